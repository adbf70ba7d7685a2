"""How pages look to this visitor: in large print, in high contrast. Each is a cookie that says nothing else."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse

CHOICES = ("elder", "contrast")
YEAR = 365 * 24 * 3600


def chosen(request: HttpRequest) -> dict[str, bool]:
    """By name of the choice whether it is on."""
    return {name: request.COOKIES.get(name) == "1" for name in CHOICES}


def switches(request: HttpRequest) -> bool:
    """Whether a button was pressed that changes how the page looks."""
    return any(name in request.POST for name in CHOICES)


def wear(request: HttpRequest) -> None:
    """Let this very answer look as the button that was pressed says."""
    for name in CHOICES:
        if request.POST.get(name) in ("0", "1"):
            request.COOKIES[name] = request.POST[name]


def remember(request: HttpRequest, response: HttpResponse) -> None:
    """Remember what the button that was pressed says ("1" or "0"; anything else changes nothing): pressed twice, or on
    a page that was opened before, it does what it promised."""
    for name in CHOICES:
        wanted = request.POST.get(name)
        if wanted in ("0", "1"):
            response.set_cookie(
                name, wanted, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
            )
