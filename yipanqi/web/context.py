"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from yipanqi.web.display import chosen


def page(request: HttpRequest) -> dict[str, Any]:
    """The demo band, how the page looks, and which surface this page belongs to."""
    return {
        "demo_city": settings.DEMO_CITY,
        **chosen(request),
        "surface": "desk" if request.path.startswith("/desk/") else "portal",
    }
