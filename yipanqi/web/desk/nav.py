"""The desk's destinations, by capability: each person sees their own desk and no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipanqi.core.gate import Viewer
from yipanqi.insight.queue import SEEING
from yipanqi.organisations.access import postings_of
from yipanqi.people.models import Account
from yipanqi.web.access import viewer as viewer_of_request
from yipanqi.web.components.shapes import NavItem


@dataclass(frozen=True)
class Place:
    """A destination: its URL, and which capabilities it is for."""

    url_name: str
    label: str | Promise
    capabilities: tuple[str, ...]


# In the order of the bar; the first one that somebody may see is where signing in leads.
PLACES = (
    Place("desk:board", _("一盘棋"), ("board.see",)),
    Place("desk:queue", _("待办"), SEEING),
    Place("desk:meetings", _("会议与任务"), ("decisions.draft", "decisions.issue", "decisions.check")),
    Place("desk:intake", _("登记来电来访"), ("cases.register",)),
    Place("desk:lost", _("找回查询号"), ("cases.register",)),
    Place("desk:units", _("机构与职责"), ("organisations.manage", "cases.route", "cases.oversee")),
    Place("desk:pressed", _("被要求好评"), ("cases.oversee",)),
    Place("desk:limits", _("办理期限"), ("limits.manage",)),
    Place("desk:calendar", _("工作日历"), ("calendar.manage",)),
    Place("desk:accounts", _("账号"), ("accounts.manage",)),
    Place("desk:access_log", _("访问记录"), ("access.audit",)),
)


def url_or_none(name: str) -> str | None:
    """The path of a named URL; None where this surface does not have it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def places_of(viewer: Viewer) -> list[tuple[Place, str]]:
    """The destinations that this viewer has, with their paths."""
    found = []
    for place in PLACES:
        url = url_or_none(place.url_name) if any(viewer.has(c) for c in place.capabilities) else None
        if url is not None:
            found.append((place, url))
    return found


def landing(viewer: Viewer) -> str:
    """Where signing in leads: the viewer's first destination, or the page that says that there is none."""
    return next((url for _place, url in places_of(viewer)), reverse("desk:nothing"))


def _current(places: Iterable[tuple[Place, str]], path: str) -> str:
    """The destination whose path is the longest beginning of this one; the board's is exact, for all lie below it."""
    fitting = [
        url
        for place, url in places
        if (path == url if place.url_name == "desk:board" else path.startswith(url))
    ]
    return max(fitting, key=len, default="")


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `desk_nav`, `desk_unit`, `desk_post` and `desk_home` for the frame of desk pages."""
    user = getattr(request, "user", None)
    if not request.path.startswith("/desk/") or not isinstance(user, Account):
        return {}
    viewer = viewer_of_request(request)
    places = places_of(viewer)
    current = _current(places, request.path)
    posting = postings_of(user, timezone.now()).first()
    return {
        "desk_nav": [NavItem(str(place.label), url, current=url == current) for place, url in places],
        "desk_unit": str(posting.unit) if posting else "",
        "desk_post": posting.post if posting else "",
        "desk_home": places[0][1] if places else "",
    }
