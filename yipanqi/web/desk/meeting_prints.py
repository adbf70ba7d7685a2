"""What is printed for a conference, each in one click: seating plan, table cards, the chair's script, reply slips and
the sheet of test calls. Posts and units, never names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log, gate
from yipanqi.core.gate import Channel
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.arrivals import rosters
from yipanqi.meetings.meeting_access import MeetingView
from yipanqi.meetings.meeting_queries import find_planned
from yipanqi.meetings.models import Invitation
from yipanqi.organisations.models import Part
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Link
from yipanqi.web.components.words import day_text
from yipanqi.web.desk.meeting_shown import time_text
from yipanqi.web.letters import official_sheet

WIDTH = 8  # seats in a row
T = TypeVar("T")


def places(row: Sequence[T], width: int = WIDTH) -> list[T | None]:
    """A row of seats, the first in the middle, the others by turns on its left and right hand (左为上)."""
    order = sorted(range(width), key=lambda seat: (abs(seat - width // 2), seat))
    found: list[T | None] = [None] * width
    for seat, one in zip(order, row, strict=False):
        found[seat] = one
    return found


def _seat(one: Invitation) -> dict[str, str]:
    return {"unit": str(one.unit), "post": one.who or one.post}


def _seats(view: MeetingView) -> dict[str, Any]:
    """A plan a venue: those who attend in front, in the published order, and behind them those who observe."""
    plans = []
    for roster in rosters(view.conference):
        seats: list[dict[str, str] | None] = []
        for seat in (Invitation.ATTEND, Invitation.OBSERVE):
            group = [_seat(one) for one in roster.posts if one.seat == seat]
            for start in range(0, len(group), WIDTH):
                seats += places(group[start : start + WIDTH])
        plans.append({"name": f"{roster.venue.unit} {roster.venue.room}", "seats": seats})
    return {"venues": plans, "width": WIDTH, "podium": _("主席台")}


def _cards(view: MeetingView) -> dict[str, Any]:
    return {"cards": [_seat(one) for roster in rosters(view.conference) for one in roster.posts]}


def _script(view: MeetingView) -> dict[str, Any]:
    """What the chair says, from the agenda: a draft that the chair's office edits."""
    said = [
        _("同志们，现在开会。"),
        _("今天的会议是%(title)s，要解决的问题是：%(purpose)s")
        % {"title": str(view.conference), "purpose": view.text},
        _("会议共有%(n)d项议程。") % {"n": len(view.agenda)},
    ]
    for item in view.agenda:
        speaker = str(item.speaker) if item.speaker else item.speaker_post
        told = {"n": item.number, "title": item.title, "who": speaker, "minutes": item.minutes}
        line = _("第%(n)d项：%(title)s。请%(who)s发言，时间%(minutes)d分钟。") if speaker else _("第%(n)d项：%(title)s，时间%(minutes)d分钟。")  # fmt: skip
        said.append(line % told)
    return {"paragraphs": [*said, _("各项议程已进行完毕，散会。")]}


def _slips(view: MeetingView) -> dict[str, Any]:
    """A slip a unit, with a box for each of its invited posts."""
    units: dict[UUID, dict[str, Any]] = {}
    for row in view.invited:
        one = row.invitation
        slip = units.setdefault(one.unit_id, {"unit": str(one.unit), "posts": []})
        slip["posts"].append(one.post)
    due = Part.objects.filter(matter=view.matter, role=Part.CO, until__isnull=True, due_at__isnull=False)
    by = due.values_list("due_at", flat=True).first()
    until = day_text(timezone.localtime(by - dt.timedelta(seconds=1)).date()) if by else ""
    return {
        "heading": _("参会回执"),
        "slips": list(units.values()),
        "rows": [
            {"label": _("会议"), "value": str(view.conference)},
            {"label": _("时间"), "value": time_text(view.conference)},
            {"label": _("单位"), "key": "unit"},
        ],
        "choices": [
            {"label": _("本岗位参加"), "line": ""},
            {"label": _("由其他岗位代为参加"), "line": _("岗位和理由：")},
            {"label": _("请假"), "line": _("理由，向哪位领导请的假：")},
        ],
        "foot": _("请在 %(day)s 以前答复；能登录的单位请在一盘棋上答复，不用再交纸质回执。") % {"day": until}
        if until
        else "",
    }


def _tests(view: MeetingView) -> dict[str, Any]:
    return {
        "heading": _("分会场试机记录"),
        "columns": [
            _("会场"), _("房间"), _("视频地址"), _("管理岗位"), _("图像"), _("声音"), _("发言回传"), _("试机时间"), _("签字"),
        ],
        "venues": [[str(one.unit), one.room, one.link, one.keeper] for one in view.venues if not one.main],
    }  # fmt: skip


SHEETS: dict[str, tuple[Callable[[], str], Callable[[MeetingView], dict[str, Any]]]] = {
    "seats": (lambda: _("座次图"), _seats),
    "cards": (lambda: _("桌签"), _cards),
    "script": (lambda: _("主持词"), _script),
    "slips": (lambda: _("参会回执"), _slips),
    "tests": (lambda: _("分会场试机记录"), _tests),
}


def sheets_of(view: MeetingView) -> list[Link]:
    """Where each of the sheets is, for who convenes the conference."""
    if not view.convenes or view.state_code == "cancelled":
        return []
    found = [
        (word(), reverse("desk:meeting_sheet", args=[view.matter.pk, what]))
        for what, (word, _of) in SHEETS.items()
    ]
    return [Link(label, url) for label, url in found]


@staff(*SENDING)
@require_safe
def sheet(request: HttpRequest, matter_id: UUID, what: str) -> HttpResponse:
    """One of the sheets as PDF, for who convenes the conference. Every look is written down."""
    viewer, now = viewer_of_request(request), timezone.now()
    one = find_planned(viewer, matter=matter_id)
    if one is None or one.matter is None or what not in SHEETS:
        raise Http404
    view: MeetingView = gate.present(one.matter, viewer, Channel.DESK)
    if not view.convenes:
        raise Http404
    access_log.note(account=viewer.account, page="document", at=now, matter=matter_id, fields=["documents"])
    data = {
        "what": what,
        "title": str(view.conference),
        "under": time_text(view.conference),
        **SHEETS[what][1](view),
    }
    return official_sheet("meeting", data, f"{view.number}-{what}")


urlpatterns: list[URLPattern] = [
    path("matters/<uuid:matter_id>/print/<slug:what>.pdf", sheet, name="meeting_sheet"),
]
