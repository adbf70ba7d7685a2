"""Reading what an address asks for. Anybody can write one: nothing in it may break a page."""

from __future__ import annotations

from django.http import HttpRequest


def given(request: HttpRequest, name: str, longest: int = 300) -> str:
    """A parameter of the address, trimmed, cut, and without what the database cannot hold; empty where it is not."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:longest]
