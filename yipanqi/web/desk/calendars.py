"""Meetings in calendar programs: a file for one, and a unit's feed behind a secret address."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.core import access_log
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.calendars import (
    CANCEL,
    PUBLISH,
    entries,
    feed_at,
    feed_of,
    feed_text,
    open_feed,
    text_of,
    withdraw_feed,
)
from yipanqi.meetings.meeting_queries import find_planned
from yipanqi.organisations.models import Unit
from yipanqi.web.access import public, staff, viewer as viewer_of_request

READING = ("decisions.work", *SENDING)


def _calendar(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@staff(*READING, "board.see")
@require_safe
def meeting_file(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One meeting for a calendar program, which finds by it what it has already: changed, or cancelled."""
    viewer, now = viewer_of_request(request), timezone.now()
    one = find_planned(viewer, matter=matter_id)
    if one is None or one.matter is None:
        raise Http404
    access_log.note(account=viewer.account, page="document", at=now, matter=matter_id, fields=["documents"])
    method = CANCEL if one.matter.state == "cancelled" else PUBLISH
    return _calendar(text_of(entries([one]), method=method), one.number)


@public
@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """A unit's meetings, for whoever has the secret: a calendar program cannot sign in."""
    found = feed_at(secret) if len(secret) < 100 else None
    if found is None:
        raise Http404
    return _calendar(feed_text(found.unit, timezone.now()), "meetings")


@staff(*READING)
@require_http_methods(["GET", "HEAD", "POST"])
def subscription(request: HttpRequest) -> HttpResponse:
    """The secret address of the calendar of one's own unit: given out once, and withdrawn."""
    viewer = viewer_of_request(request)
    unit = Unit.objects.filter(pk=viewer.unit, valid_to__isnull=True).first() if viewer.unit else None
    if unit is None:
        raise Http404
    context = {"unit": unit, "address": "", "feed": feed_of(unit)}
    if request.method != "POST":
        return render(request, "desk/subscription.html", context)
    acting = {"unit": unit, "by": Actor(viewer), "at": timezone.now()}
    try:
        if request.POST.get("go") == "withdraw":
            withdraw_feed(**acting)  # type: ignore[arg-type]
            messages.success(request, _("订阅地址已作废，已经订阅的日历不再更新。"))
            return HttpResponseRedirect(reverse("desk:subscription"))
        secret = open_feed(**acting)  # type: ignore[arg-type]
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
        return HttpResponseRedirect(reverse("desk:subscription"))
    # Shown once and never after a redirect: nothing keeps it.
    context |= {
        "address": request.build_absolute_uri(reverse("desk:feed", args=[secret])),
        "feed": feed_of(unit),
    }
    return render(request, "desk/subscription.html", context)


urlpatterns: list[URLPattern] = [
    path("matters/<uuid:matter_id>/meeting.ics", meeting_file, name="meeting_file"),
    path("meetings/calendar", subscription, name="subscription"),
    path("feeds/<slug:secret>.ics", feed, name="feed"),
]
