"""Whether single keys do something: somebody whom they disturb, a voice or a tremor, switches them off (WCAG 2.1.4)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from yipanqi.web.access import staff
from yipanqi.web.common import next_page
from yipanqi.web.display import YEAR

KEYS_COOKIE = "keys"
ON, OFF = "on", "off"


@staff()
@require_POST
def keys(request: HttpRequest) -> HttpResponse:
    """Switch them on or off, as the button that was pressed says, and remember it."""
    response = HttpResponseRedirect(next_page(request, reverse("desk:nothing")))
    if (wanted := request.POST.get("keys", "")) in (ON, OFF):
        response.set_cookie(
            KEYS_COOKIE, wanted, max_age=YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax"
        )
    return response
