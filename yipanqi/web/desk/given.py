"""Reading what an address asks for. Anybody can write one: nothing in it may break a page."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict


def given(request: HttpRequest, name: str, longest: int = 300) -> str:
    """A parameter of the address, trimmed, cut, and without what the database cannot hold; empty where it is not."""
    return given_in(request.GET, name, longest)


def given_in(parameters: QueryDict, name: str, longest: int = 300) -> str:
    """The same of parameters that come from elsewhere, as those of a view that was kept."""
    return str(parameters.get(name, "")).replace("\x00", "").strip()[:longest]
