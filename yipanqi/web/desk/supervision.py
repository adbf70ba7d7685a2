"""The supervisor's page: what is late, due, unassigned, bounced or waits for a decision; each figure leads to its list."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.core.counting import day_of
from yipanqi.insight.queue import Wanted
from yipanqi.insight.supervision import WISHES, Supervision, UnitRow, nothing_late, supervision
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Link, TableRow
from yipanqi.web.components.words import day_text
from yipanqi.web.desk.queue import list_url
from yipanqi.web.desk.words import responsible_words


@staff("cases.oversee", "board.see")
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The figures, and the same by unit."""
    viewer, now = viewer_of_request(request), timezone.now()
    found = supervision(viewer, now)
    heads = responsible_words([row.unit.pk for row in found.units], viewer, day_of(now))
    late = {row.unit.pk for row in found.units if row.figures["late"]}
    access_log.note(account=viewer.account, page="supervision", at=now)
    context = {
        **shown(
            found,
            _words(found),
            WISHES,
            responsible={unit: said for unit, said in heads.items() if unit in late},
        ),
        "today": day_of(now),
        "no_holiday": found.days_off is None,
        "calm": nothing_late(found),
    }
    return render(request, "desk/supervision.html", context)


def shown(
    found: Supervision,
    words: dict[str, str],
    wishes: Mapping[str, Wanted],
    *,
    whole: Container[str] = (),
    responsible: Mapping[UUID, str] | None = None,
) -> dict[str, Any]:
    """The figures that have a word, each leading to its list, and the same by unit. `whole`: those that are not split, for
    they wait for no unit; `responsible`: who is, beside units that are late."""
    split = {name: word for name, word in words.items() if name not in whole}
    return {
        "figures": [
            {
                "label": words[name],
                "number": count.number,
                "bounded": count.bounded,
                "url": list_url(wishes[name]) if count.number else "",
                "colour": "red" if name == "late" and count.number else "",
            }
            for name, count in found.figures.items()
            if name in words
        ],
        "columns": [
            Column("unit", _("单位"), main=True),
            Column("leads", _("主办的在办件"), "number"),
            *(Column(name, label, "number") for name, label in split.items()),
        ],
        "units": [_row(row, split, (responsible or {}).get(row.unit.pk, "")) for row in found.units],
        "bounded": found.bounded,
        "more": found.more,
    }


def _row(unit: UnitRow, words: dict[str, str], responsible: str) -> TableRow:
    """The figures of a unit that are not nought, each leading to its list."""
    cells: dict[str, object] = {
        name: Link(str(unit.figures[name]), list_url(unit.wanted(name)))
        for name in words
        if unit.figures[name]
    }
    if unit.leads:
        cells["leads"] = Link(str(unit.leads), list_url(unit.led))
    return TableRow(cells={"unit": str(unit.unit), **cells}, late=unit.figures["late"] > 0, note=responsible)


def _words(found: Supervision) -> dict[str, str]:
    off = found.days_off
    words = {"late": _("已超期"), "today": _("今天到期"), "week": _("七天内到期")}
    if off is not None:
        words["holiday"] = _("%(name)s（%(day)s）前到期") % {"name": off.name, "day": day_text(off.first)}
    return words | {
        "unassigned": _("还没有主办单位"),
        "bounced": _("退回过或申请退回"),
        "pending": _("申请等待决定"),
        "provisional": _("日期暂定"),
    }
