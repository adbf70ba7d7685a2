"""Views that both surfaces have."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST
from django.views.i18n import set_language as django_set_language

from yipanqi.web.access import public
from yipanqi.web.display import remember


def next_page(request: HttpRequest, default: str = "/") -> str:
    """Where a form sends the person back to: a page of this site, never another (S28)."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return target if safe else default


@public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the language."""
    response: HttpResponse = django_set_language(request)
    return response


@public
@require_POST
def set_display(request: HttpRequest) -> HttpResponse:
    """Switch large print or high contrast on or off, and remember it."""
    response = HttpResponseRedirect(next_page(request))
    remember(request, response)
    return response


@public
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Whether the process answers and its database does. That it does not is an answer, not an error to be logged:
    whoever watches asks every second."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (OperationalError, InterfaceError):
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
