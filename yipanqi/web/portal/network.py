"""Where a request comes from, as far as limits need it, and what is told to those who try too often."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yipanqi.core.attempts import TooMany, network


def network_of(request: HttpRequest) -> str:
    """The network of the client."""
    return network(request.META.get("REMOTE_ADDR", ""))


def too_many(request: HttpRequest, refusal: TooMany) -> HttpResponse:
    """Tried too often: when to come back."""
    response = render(request, "errors/429.html", status=429)
    response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def unlisted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pages of one person: no search engine keeps them."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped
