"""The roster of a venue, made for the keeper's phone: a button a post, and no script."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.arrivals import Roster, kept_by, note_arrival, rosters
from yipanqi.meetings.meeting_queries import find_planned
from yipanqi.meetings.models import Conference
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Tab
from yipanqi.web.desk.given import given
from yipanqi.web.desk.meeting_shown import SEATS, time_text


@staff("decisions.work", *SENDING)
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Tick off who has come to a venue that one keeps."""
    viewer = viewer_of_request(request)
    one = find_planned(viewer, "convened", "held", pk=conference_id)
    if one is None:
        raise Http404
    every = rosters(one)
    kept = kept_by(viewer, one, [each.venue for each in every])
    mine = [each for each in every if each.venue in kept]
    if not mine:
        raise Http404
    chosen = next((r for r in mine if str(r.venue.number) == given(request, "venue", 3)), mine[0])
    here = f"{reverse('desk:roster', args=[one.pk])}?venue={chosen.venue.number}"
    if request.method == "POST":
        return _note(request, one, here)
    context = {
        "conference": one,
        "time": time_text(one),
        "back": reverse("desk:matter", args=[one.matter_id]),
        "here": here,
        "roster": chosen,
        "rows": [
            {"one": post, "seat": SEATS[post.seat](), "who": post.who or post.post} for post in chosen.posts
        ],
        "arrived": sum(post.arrived_at is not None for post in chosen.posts),
        "tabs": [_tab(each, one, current=each is chosen) for each in mine] if len(mine) > 1 else [],
    }
    return render(request, "desk/roster.html", context)


def _tab(each: Roster, one: Conference, *, current: bool) -> Tab:
    url = f"{reverse('desk:roster', args=[one.pk])}?venue={each.venue.number}"
    return Tab(str(each.venue.unit), url, current, len(each.posts))


def _note(request: HttpRequest, one: Conference, here: str) -> HttpResponse:
    number = request.POST.get("number", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 5):
        messages.error(request, _("请点名单上的一个岗位。"))
        return HttpResponseRedirect(here)
    arrived = request.POST.get("go") != "back"
    try:
        by, at = Actor(viewer_of_request(request)), timezone.now()
        note_arrival(conference=one, number=int(number), here=arrived, by=by, at=at)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(f"{here}#post-{number}")


urlpatterns: list[URLPattern] = [path("meetings/<int:conference_id>/roster", roster, name="roster")]
