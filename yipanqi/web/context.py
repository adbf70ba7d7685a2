"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

ELDER_COOKIE = "elder"


def page(request: HttpRequest) -> dict[str, Any]:
    """The demo band, elder mode, and which surface this page belongs to."""
    return {
        "demo_city": settings.DEMO_CITY,
        "elder": request.COOKIES.get(ELDER_COOKIE) == "1",
        "surface": "desk" if request.path.startswith("/desk/") else "portal",
    }
