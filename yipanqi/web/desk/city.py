"""The board of the whole city, as views of one page: units and themes, meetings, the plan over time, joint work, and the
tasks behind each figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext

from yipanqi.core import access_log
from yipanqi.core.counting import day_of
from yipanqi.core.gate import Viewer
from yipanqi.insight import board as figures, city, tasklists
from yipanqi.insight.city import NO_THEME, THEMES, Chosen, Lights, Matrix, MatrixRow, Pair, Tasks
from yipanqi.insight.lights import many_light
from yipanqi.insight.linesums import TaskRow
from yipanqi.insight.places import Cursor
from yipanqi.meetings.meeting_queries import found_by
from yipanqi.meetings.models import KINDS, Conference, Line
from yipanqi.organisations.models import Unit
from yipanqi.web.components.shapes import Column, Link, Tab, TableRow
from yipanqi.web.components.words import day_text
from yipanqi.web.desk import drawn
from yipanqi.web.desk.given import given
from yipanqi.web.desk.task_rows import (
    COLOURS,
    by_colour,
    late_context,
    light_name,
    task_columns,
    task_row,
    task_table,
)

UNITS, MEETINGS, PLAN, JOINT, TASKS = "units", "meetings", "plan", "joint", "tasks"
VIEWS = (UNITS, MEETINGS, PLAN, JOINT, TASKS)
MEETING = "meeting"  # the newest conference, of which desk/board.py tells


def tabs(current: str) -> list[Tab]:
    """The views of the page; the tasks behind a figure are a view while they are looked at."""
    base = reverse("desk:board")
    named = {
        UNITS: _("单位和主题"),
        MEETINGS: _("历次会议"),
        MEETING: _("最近的会议"),
        PLAN: _("时间安排"),
        JOINT: _("联合办理"),
    }
    found = [Tab(label, f"{base}?view={view}", view == current) for view, label in named.items()]
    return [*found, Tab(_("任务"), f"{base}?view={TASKS}", current == TASKS)]


@dataclass(frozen=True)
class Asked:
    """What the address asks for, looked up."""

    chosen: Chosen
    unit: Unit | None = None
    helper: Unit | None = None
    conference: Conference | None = None

    def url(self, view: str, **more: str) -> str:
        """The address of a view with the same filters and others in the place of some; an empty one is taken off."""
        plain = {
            "unit": str(self.unit.pk) if self.unit else "",
            "own": "1" if self.chosen.own else "",
            "helper": str(self.helper.pk) if self.helper else "",
            "helper_own": "1" if self.chosen.helper_own else "",
            "theme": self.chosen.theme,
            "conference": str(self.conference.pk) if self.conference else "",
            "light": self.chosen.light,
        }
        wanted = {name: value for name, value in (plain | more).items() if value}
        return f"{reverse('desk:board')}?{urlencode({'view': view, **wanted})}"


def asked_for(request: HttpRequest, viewer: Viewer) -> Asked:
    """The filters of the address; what is not there, or not the viewer's to see, is not found."""
    unit, helper = _unit(request, "unit"), _unit(request, "helper")
    if not _reached(unit, viewer) and (helper is None or not _reached(helper, viewer)):
        raise Http404
    light, number = given(request, "light"), given(request, "conference", 9)
    conference = None
    if number:
        found = found_by(viewer)
        conference = found.filter(pk=number).first() if number.isascii() and number.isdecimal() else None
        if conference is None:
            raise Http404
    chosen = Chosen(
        unit=unit.path if unit else "",
        own=bool(unit and given(request, "own")),
        helper=helper.path if helper else "",
        helper_own=bool(helper and given(request, "helper_own")),
        theme=given(request, "theme", 60),
        conference=conference.pk if conference else None,
        light=light if light in COLOURS else "",
    )
    return Asked(chosen, unit, helper, conference)


def _reached(unit: Unit | None, viewer: Viewer) -> bool:
    """Whether the board may look at a unit; who helps looks at what another leads as well."""
    return unit is None or unit.path.startswith(city.top_of(viewer))


def _unit(request: HttpRequest, name: str) -> Unit | None:
    text = given(request, name, 36)
    if not text:
        return None
    try:
        found = Unit.objects.filter(pk=UUID(text)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    return found


def page(request: HttpRequest, viewer: Viewer, now: dt.datetime, view: str) -> HttpResponse:
    """One view of the city's board."""
    asked = asked_for(request, viewer)
    if view in (UNITS, JOINT):  # these look at a unit and all below it, whatever else led here
        if not _reached(asked.unit, viewer):
            raise Http404
        asked = Asked(Chosen(unit=asked.chosen.unit), asked.unit)
    tasks = city.tasks_now(viewer, now, helped=view == JOINT or asked.helper is not None)
    shown = {UNITS: _units, MEETINGS: _meetings, PLAN: _plan, JOINT: _joint, TASKS: _tasks}[view]
    context = {
        "view": view,
        "views": tabs(view),
        "under": str(asked.unit) if asked.unit else "",
        "counted_at": tasks.counted_at,
        "taken": _taken(asked, view, viewer),
        **shown(request, asked, tasks),
    }
    access_log.note(
        account=viewer.account, page="board", at=now, fields=["titles"] if context.get("titles") else []
    )
    return render(request, "desk/city.html", context)


def _taken(asked: Asked, view: str, viewer: Viewer) -> list[Link]:
    """The filters that are on, each with the address without it."""
    chosen = asked.chosen
    named = {
        "unit": str(asked.unit) if asked.unit else "",
        "helper": _("配合：%(unit)s") % {"unit": asked.helper} if asked.helper else "",
        "theme": _theme_name(chosen.theme) if chosen.theme else "",
        "conference": str(asked.conference) if asked.conference else "",
        "light": light_name(chosen.light) if chosen.light else "",
    }
    if chosen.own:
        named["unit"] = _("%(unit)s（本级）") % {"unit": asked.unit}
    helps_no_more = {"helper": "", "helper_own": ""}
    if not _reached(asked.unit, viewer):  # without its helper it is another's
        helps_no_more |= {"unit": "", "own": ""}
    off = {"unit": {"unit": "", "own": ""}, "helper": helps_no_more}
    return [Link(text, asked.url(view, **off.get(name, {name: ""}))) for name, text in named.items() if text]


def _theme_name(theme: str) -> str:
    if theme == NO_THEME:
        return _("没有主题")
    line = Line.objects.filter(theme=theme).order_by("-theme_en").first()
    return line.theme_name if line else theme


# --- units and themes ------------------------------------------------------------------------------------------------


def _units(request: HttpRequest, asked: Asked, tasks: Tasks) -> dict[str, Any]:
    top = asked.unit.path if asked.unit else city.top_of(tasks.viewer)
    first = given(request, "from", 4)
    found = city.matrix(tasks, top, first=int(first) if first.isascii() and first.isdecimal() else 0)
    below = city.with_units_below([row.unit for row in found.rows if not row.own])
    waiting, bounded = figures.waits_for_whom(tasks.viewer, tasks.at)
    late = figures.late_now(tasks.viewer, tasks.at)
    last = min(found.first + THEMES, found.of)
    return {
        "matrix": found,
        "above": _above(found.above, tasks.viewer) if asked.unit else "",
        "themes": [name or _("没有主题") for _theme, name in found.themes],
        "rows": [_matrix_row(row, found, asked, below) for row in found.rows],
        "lights": _counts(found.whole, asked, TASKS),
        "few": found.of > THEMES
        and _("主题 %(a)d–%(b)d，共 %(n)d 个") % {"a": found.first + 1, "b": last, "n": found.of},
        "previous": asked.url(UNITS, **{"from": str(max(found.first - THEMES, 0))}) if found.first else "",
        "next": asked.url(UNITS, **{"from": str(last)}) if last < found.of else "",
        **late_context(waiting, late, tasks.viewer, tasks.at, bounded=bounded),
    }


def _above(unit: Unit | None, viewer: Viewer) -> str:
    """The view of the unit above; of the whole where this is the first below it."""
    base, parent = reverse("desk:board"), unit.managing if unit else None
    if (
        parent is None
        or not parent.path.startswith(city.top_of(viewer))
        or parent.path == city.top_of(viewer)
    ):
        return f"{base}?view={UNITS}"
    return f"{base}?view={UNITS}&unit={parent.pk}"


@dataclass(frozen=True)
class Cell:
    """The tasks of a unit and a theme: their light with its word, how many, and those to look at."""

    label: str
    colour: str = ""
    word: str = ""
    number: int = 0
    url: str = ""
    more: Sequence[tuple[str, str, str]] = ()  # colour, words, address


def _matrix_row(row: MatrixRow, found: Matrix, asked: Asked, below: frozenset[UUID]) -> dict[str, Any]:
    own = {"own": "1"} if row.own else {}
    unit = {"unit": str(row.unit.pk), **own}
    cells = [
        _cell(name or _("没有主题"), row.cells.get(theme), asked, {**unit, "theme": theme or NO_THEME})
        for theme, name in found.themes
    ]
    return {
        "name": _("%(unit)s（本级）") % {"unit": row.unit}
        if row.own and len(found.rows) > 1
        else str(row.unit),
        "url": asked.url(UNITS if row.unit.pk in below else TASKS, **unit),
        "cells": [*cells, _cell(_("合计"), row.whole, asked, unit)],
        "late": many_light(row.whole) == "red",
    }


def _cell(label: str, lights: Lights | None, asked: Asked, where: Mapping[str, str]) -> Cell:
    if lights is None or not lights.total():
        return Cell(label)
    colours = by_colour(lights)
    colour = many_light(lights)
    more = [
        (each, _cell_words(each, colours[each]), asked.url(TASKS, light=each, **where))
        for each in ("red", "yellow")
        if colours.get(each)
    ]
    return Cell(label, colour, cell_word(colour), lights.total(), asked.url(TASKS, **where), more)


def cell_word(colour: str) -> str:
    """What the light of many tasks says."""
    return {
        "red": _("超期的多于十分之一"),
        "yellow": _("需要关注"),
        "green": _("正常推进"),
        "blue": _("全部销号"),
        "grey": _("没有在办的"),
    }[colour]


def _cell_words(colour: str, number: int) -> str:
    return (_("超期 %(n)d") if colour == "red" else _("关注 %(n)d")) % {"n": number}


def _counts(lights: Lights, asked: Asked, view: str, **more: str) -> list[dict[str, Any]]:
    """How many tasks show each light, each leading to them."""
    found = by_colour(lights)
    return [
        {
            "colour": c,
            "name": light_name(c),
            "count": found.get(c, 0),
            "url": asked.url(view, light=c, **more),
        }
        for c in COLOURS
        if found.get(c) or c != "grey"
    ]


# --- meetings --------------------------------------------------------------------------------------------------------


def _meetings(request: HttpRequest, asked: Asked, tasks: Tasks) -> dict[str, Any]:
    after = given(request, "after", 9)
    rows, following = tasklists.conferences(
        tasks, after=int(after) if after.isascii() and after.isdecimal() else None
    )
    return {
        "meetings": [_meeting(row, asked) for row in rows],
        "next": f"{reverse('desk:board')}?view={MEETINGS}&after={following}" if following else "",
    }


def _meeting(row: tasklists.ConferenceRow, asked: Asked) -> dict[str, Any]:
    one = row.conference
    when = day_text(one.held_on) if one.held_on else one.held_text
    lit = [light.colour for _line, light in row.lines if light is not None]
    return {
        "title": str(one),
        "url": f"{reverse('desk:board')}?conference={one.pk}",
        "facts": " · ".join(filter(None, [str(KINDS[one.kind]), when])),
        "lines": [
            {
                "number": line.number,
                "text": str(line),
                "url": reverse("desk:line", args=[line.pk]),
                "colour": light.colour if light else "",
                "word": light.word if light else _("原则性要求"),
            }
            for line, light in row.lines
        ],
        "sum": ngettext("%(n)d 条要求", "%(n)d 条要求", len(row.lines)) % {"n": len(row.lines)},
        "said": _("、").join(f"{cell_name(c)} {lit.count(c)}" for c in COLOURS if c in lit),
        "lights": [
            each for each in _counts(row.tasks, asked, TASKS, conference=str(one.pk)) if each["count"]
        ],
    }


def cell_name(colour: str) -> str:
    """The word of a line's light."""
    return {
        "red": _("超期"),
        "yellow": _("需要关注"),
        "green": _("正常推进"),
        "blue": _("已办结"),
        "grey": _("没有在办的"),
    }[colour]


# --- tasks, and their plan -------------------------------------------------------------------------------------------


def _tasks(request: HttpRequest, asked: Asked, tasks: Tasks) -> dict[str, Any]:
    found, pages = _paged(request, asked, tasks, asked.chosen, TASKS)
    columns = [*task_columns(), Column("line", _("要求"), "link"), Column("said", _("报道"), "link")]
    return {
        "columns": columns,
        "rows": [
            _with_line(shown, row)
            for shown, row in zip(task_table(found, tasks.viewer, tasks.at), found, strict=True)
        ],
        "titles": bool(found),
        "plan": asked.url(PLAN),
        **pages,
    }


def _paged(
    request: HttpRequest, asked: Asked, tasks: Tasks, chosen: Chosen, view: str, **more: str
) -> tuple[Sequence[TaskRow], dict[str, str]]:
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    found = tasklists.page(tasks, chosen, after=after, before=before)
    return found.rows, {
        "previous": asked.url(view, before=found.previous.text, **more) if found.previous else "",
        "next": asked.url(view, after=found.next.text, **more) if found.next else "",
    }


def _with_line(shown: TableRow, row: TaskRow) -> TableRow:
    line = row.task.line
    said = {}
    if line.end:
        sentence = f"{reverse('desk:report', args=[line.conference_id])}#line-{line.number}"
        said = {"said": Link(_("原句"), sentence)}
    link = Link(str(line), reverse("desk:line", args=[line.pk]))
    return replace(shown, cells={**shown.cells, "line": link, **said})


def _plan(request: HttpRequest, asked: Asked, tasks: Tasks) -> dict[str, Any]:
    """Four quarters from the one that is asked for, this one if none is: what falls due in them, the earliest first."""
    first = _quarter(given(request, "quarter", 7)) or tasklists.quarter_of(day_of(tasks.at))
    firsts = [drawn.quarter_after(first, n) for n in range(5)]
    span = replace(asked.chosen, since=first, until=firsts[-1] - dt.timedelta(1))
    here = {"quarter": _quarter_key(first)}
    found, pages = _paged(request, asked, tasks, span, PLAN, **here)
    counted = tasklists.by_quarter(tasks, span)
    axis = drawn.Axis(firsts[0], firsts[-1], day_of(tasks.at))
    return {
        "quarters": [
            {"name": _quarter_name(one), "number": number, "late": late}
            for one in firsts[:-1]
            for number, late in [counted.get(one, (0, 0))]
        ],
        "bars": [
            {
                "row": task_row(row),
                "light": row.light,
                "line": str(row.task.line),
                "line_url": reverse("desk:line", args=[row.task.line_id]),
                "unit": str(row.unit or ""),
                "begins": row.task.issued_on,
                "ends": row.task.due_on,
                "bar": axis.bar(row.task, row.task.nodes),
            }
            for row in found
        ],
        "axis": axis,
        "titles": bool(found),
        "earlier": asked.url(PLAN, quarter=_quarter_key(drawn.quarter_after(first, -4))),
        "later": asked.url(PLAN, quarter=_quarter_key(firsts[-1])),
        "list": asked.url(TASKS),
        **pages,
    }


def _quarter(text: str) -> dt.date | None:
    """The first day of a quarter as an address names it: 2026-q4."""
    year, _q, number = text.partition("-q")
    fits = year.isascii() and year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4")
    return dt.date(int(year), 3 * int(number) - 2, 1) if fits and 2000 <= int(year) <= 2100 else None


def _quarter_key(first: dt.date) -> str:
    return f"{first.year}-q{(first.month + 2) // 3}"


def _quarter_name(first: dt.date) -> str:
    return _("%(year)d 年第 %(n)d 季度") % {"year": first.year, "n": (first.month + 2) // 3}


# --- joint work ------------------------------------------------------------------------------------------------------


def _joint(request: HttpRequest, asked: Asked, tasks: Tasks) -> dict[str, Any]:
    found = city.joint_work(tasks, asked.unit.path if asked.unit else city.top_of(tasks.viewer))
    rows = [
        TableRow(
            cells={
                "lead": str(pair.lead),
                "helper": str(pair.helper),
                "number": Link(str(pair.tasks), _pair_url(pair, asked)),
            },
            url=_pair_url(pair, asked),
        )
        for pair in found.pairs
    ]
    return {
        "pairs": found.pairs,
        "columns": [
            Column("lead", _("牵头单位"), main=True),
            Column("helper", _("配合单位")),
            Column("number", _("共同任务"), "number"),
        ],
        "rows": rows,
        "more": found.more,
        "drawing": drawn.joint(found.pairs),
        "first_x": drawn.LEFT,
        "last_x": drawn.RIGHT,
    }


def _pair_url(pair: Pair, asked: Asked) -> str:
    own, helper_own = ("1" if each else "" for each in (pair.lead_own, pair.helper_own))
    return asked.url(
        TASKS, unit=str(pair.lead.pk), own=own, helper=str(pair.helper.pk), helper_own=helper_own
    )
