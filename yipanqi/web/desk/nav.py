"""The desk's destinations, by capability: each person sees their own desk and no other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from yipanqi.core.gate import Viewer
from yipanqi.insight import approvals
from yipanqi.insight.queue import ACTING, SEEING
from yipanqi.notices.queries import unread
from yipanqi.people.models import Account
from yipanqi.web.access import postings, units, viewer as viewer_of_request
from yipanqi.web.components.shapes import NavItem
from yipanqi.web.desk.keys import KEYS_COOKIE, OFF, ON


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
    Place("desk:approvals", _("等我批的"), approvals.needed()),
    Place("desk:calls", _("要打的电话"), ("cases.callback", "cases.register")),
    Place("desk:notices", _("通知"), SEEING),
    Place("desk:supervision", _("督办"), ("cases.oversee", "board.see")),
    Place("desk:signs", _("交办和督办线索"), ("cases.route", "cases.oversee")),
    Place("desk:week", _("一周情况"), ("cases.oversee", "board.see")),
    Place("desk:wall", _("大屏"), ("board.see",)),
    Place("desk:meetings", _("会议与任务"), ("decisions.draft", "decisions.issue", "decisions.check")),
    Place(
        "desk:exchanges",
        _("交流发言"),
        ("decisions.draft", "decisions.issue", "decisions.check", "board.see"),
    ),
    Place("desk:intake", _("登记来电来访"), ("cases.register",)),
    Place("desk:lost", _("找回查询号"), ("cases.register",)),
    Place("desk:units", _("机构与职责"), ("organisations.manage", "cases.route", "cases.oversee")),
    Place("desk:imports", _("导入"), ("cases.import", "organisations.manage")),
    Place("desk:reconciliation", _("外部系统对账"), ("cases.import",)),
    Place("desk:pressed", _("被要求好评"), ("cases.oversee",)),
    Place("desk:limits", _("办理期限"), ("limits.manage",)),
    Place("desk:burden_rules", _("会议减负规定"), ("limits.manage",)),
    Place("desk:calendar", _("工作日历"), ("calendar.manage",)),
    Place("desk:templates", _("答复模板"), ("organisations.manage",)),
    Place("desk:background", _("后台任务"), ("system.manage",)),
    Place("desk:notice_texts", _("消息和公文文字"), ("system.manage",)),
    Place("desk:accounts", pgettext_lazy("page", "账号"), ("accounts.manage",)),
    Place("desk:roles", _("角色"), ("accounts.manage",)),
    Place("desk:stand_ins", _("代办"), ("accounts.manage",)),
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
    """Where signing in leads: the viewer's first destination, or the page that says that there is none. For whoever does
    nothing but call, no matter ever waits in the queue: their calls do."""
    if [capability for capability in ACTING if viewer.has(capability)] == ["cases.callback"]:
        return reverse("desk:calls")
    return next((url for _place, url in places_of(viewer)), reverse("desk:nothing"))


def _current(places: Iterable[tuple[Place, str]], path: str) -> str:
    """The destination whose path is the longest beginning of this one; the board's is exact, for all lie below it."""
    fitting = [
        url
        for place, url in places
        if (path == url if place.url_name == "desk:board" else path.startswith(url))
    ]
    return max(fitting, key=len, default="")


def _item(request: HttpRequest, place: Place, url: str, current: str) -> NavItem:
    """A destination; the notices say how many matters have something unread, as far as anybody would count."""
    if place.url_name != "desk:notices":
        return NavItem(str(place.label), url, url == current)
    count, bounded = unread(viewer_of_request(request), units(request))
    return NavItem(str(place.label), url, url == current, count or None, bounded)


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `desk_nav`, `desk_unit`, `desk_post`, `desk_home`, `desk_searches` and
    `desk_keys` for the frame of desk pages, and `preview` where it is a role that is looked at."""
    # Whoever looks at a role's page keeps their own bar, to get back by.
    preview, request = getattr(request, "preview", None), getattr(request, "own", request)
    user = getattr(request, "user", None)
    if not request.path.startswith("/desk/") or not isinstance(user, Account):
        return {}
    viewer = viewer_of_request(request)
    places = places_of(viewer)
    current = _current(places, request.path)
    posting = next(iter(postings(request)), None)
    items = [_item(request, place, url, current) for place, url in places]
    if posting and posting.in_charge and posting.duty == "business":
        texts = reverse("desk:templates")  # nor this: the head of a unit writes what it begins from
        items.append(NavItem(str(_("答复模板")), texts, current=request.path.startswith(texts)))
        covers = reverse("desk:stand_ins")  # no capability: the head of a unit arranges its absences
        items.append(NavItem(str(_("代办")), covers, current=request.path.startswith(covers)))
    return {
        "preview": preview,
        "desk_nav": items,
        "desk_unit": str(posting.unit) if posting else "",
        "desk_post": posting.post if posting else "",
        "desk_home": landing(viewer) if places else "",
        "desk_searches": any(viewer.has(capability) for capability in SEEING),
        "desk_keys": OFF if request.COOKIES.get(KEYS_COOKIE) == OFF else ON,
    }
