"""The wall: how the city stands, for a screen that everybody in the room sees. Sums alone: nothing that anybody wrote, no
title, no unit's name beside a number small enough to point at somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.insight import board as figures, city, tasklists
from yipanqi.insight.board import SMALLEST, CaseFigures, Share, Waiting
from yipanqi.meetings.queries import latest_conference
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.desk.task_rows import COLOURS, by_colour, light_name


@staff("board.see")
@require_safe
def wall(request: HttpRequest) -> HttpResponse:
    """The whole page; with `part` what of it changes, which a script asks for each minute."""
    viewer, now = viewer_of_request(request), timezone.now()
    conference, part = latest_conference(), "part" in request.GET
    context: dict[str, Any] = {"at": now, "conference": conference}
    if conference is not None:
        tasks = city.tasks_now(viewer, now)
        (row,), cases = tasklists.lit(tasks, [conference])
        waiting, bounded = figures.waits_for_whom(viewer, now)
        lights = by_colour(city.whole(tasks))
        context |= {
            "numbers": _numbers(cases.whole),
            "shares": _shares(cases.whole),
            "lines": [
                {"number": line.number, "light": light.colour, "word": light.word}
                for line, light in row.lines
                if light is not None
            ],
            "lights": bars({light_name(c): lights.get(c, 0) for c in COLOURS}),
            "waiting": bars(_by_unit(waiting)),
            "any_late": bool(waiting),
            "bounded": bounded,
            "counted_at": cases.counted_at,
        }
    if not part:
        access_log.note(account=viewer.account, page="wall", at=now)
        return render(request, "desk/wall.html", context | {"part": f"{reverse('desk:wall')}?part=1"})
    response = render(request, "desk/wall_part.html", context)
    # Nobody sits before it: a screen that asks by itself does not keep its session (S24).
    response.no_use = True  # type: ignore[attr-defined]
    return response


def cell(number: int, *, bounded: bool = False) -> str:
    """A number as it may be shown to a room: one to four are told as fewer than five (domain §1.10)."""
    if 0 < number < SMALLEST:
        return _("不足 %(n)d") % {"n": SMALLEST}
    return f"{number}+" if bounded else str(number)


def bars(numbers: Mapping[str, int]) -> list[dict[str, Any]]:
    """Rows with a bar each, in hundredths of the longest; too small a number has none, for its length would tell it."""
    longest = max((n for n in numbers.values() if n >= SMALLEST), default=1)
    return [
        {"label": label, "cell": cell(n), "length": 100 * n // longest if n >= SMALLEST else 0}
        for label, n in numbers.items()
    ]


def _numbers(cases: CaseFigures) -> list[dict[str, str]]:
    rows = [
        (_("未结诉求"), cell(cases.open), ""),
        (_("超期诉求"), cell(cases.late, bounded=cases.bounded), "red" if cases.late else ""),
        (_("挂账诉求"), cell(cases.on_hold), ""),
        (_("已办结诉求"), cell(cases.closed), ""),
    ]
    return [{"label": label, "cell": text, "colour": colour} for label, text, colour in rows]


def _shares(cases: CaseFigures) -> list[dict[str, Any]]:
    named: list[tuple[str, Share]] = [(_("按期答复"), cases.in_time), (_("群众说解决了"), cases.solved)]
    return [{"label": label, "percent": share.percent, "shown": share.shown} for label, share in named]


def _by_unit(waiting: Sequence[Waiting]) -> dict[str, int]:
    """In the order of the published list of units, never by a figure; who has too few is not named."""
    shown = (row for row in waiting if row.matters >= SMALLEST)
    return {str(row.unit): row.matters for row in sorted(shown, key=lambda row: row.unit.path)}
