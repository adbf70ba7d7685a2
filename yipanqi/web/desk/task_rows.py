"""How the pages of the board show a task, a light, and what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from yipanqi.core import gate
from yipanqi.core.counting import day_of
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.models import Matter
from yipanqi.insight import board as figures
from yipanqi.insight.city import Lights
from yipanqi.insight.linesums import TaskRow
from yipanqi.insight.rows import Row, rows_of
from yipanqi.meetings.lights import SHADES
from yipanqi.meetings.models import Task
from yipanqi.meetings.queries import late_below
from yipanqi.web.components.shapes import Column, Light, TableRow
from yipanqi.web.desk.queue import about_of
from yipanqi.web.desk.words import responsible_words

COLOURS = ("red", "yellow", "green", "blue", "grey")


def light_name(colour: str) -> str:
    """What a light says of a task."""
    return {
        "red": _("超期"),
        "yellow": _("需要关注"),
        "green": _("正常推进"),
        "blue": _("已销号"),
        "grey": _("未下达、已撤销或已批准延期"),
    }[colour]


def by_colour(lights: Lights) -> dict[str, int]:
    found: dict[str, int] = {}
    for shade, colour in SHADES.items():
        if lights[shade]:
            found[colour] = found.get(colour, 0) + lights[shade]
    return found


def task_columns() -> list[Column]:
    return [
        Column("title", _("任务"), main=True),
        Column("light", _("灯"), "light"),
        Column("unit", _("牵头单位")),
        Column("nodes", _("节点")),
        Column("due", _("完成日期"), "day"),
        Column("number", _("编号"), "reference"),
    ]


def late_words(late: tuple[int, int]) -> str:
    """That of a task's children some are late; nothing where none is. Its light is that of its own dates."""
    number, of = late
    text = ngettext("下级任务 %(of)d 项中 %(n)d 项超期", "下级任务 %(of)d 项中 %(n)d 项超期", number)
    return text % {"n": number, "of": of} if number else ""


def late_below_url(task: Task) -> str:
    """The list of these children."""
    return f"{reverse('desk:line', args=[task.line_id])}?show=tasks&light=red&under={task.pk}"


def task_table(rows: Sequence[TaskRow], viewer: Viewer, at: dt.datetime) -> list[TableRow]:
    """Tasks as rows of a table, with what is late below each; one statement more."""
    desk = gate.visible(viewer, Channel.DESK, procedures=("task",))
    late = late_below([row.task.pk for row in rows], desk, at)
    return [task_row(row, late.get(row.task.pk, (0, 0))) for row in rows]


def _note(row: TaskRow, late: tuple[int, int]) -> str | SafeString:
    above = _("属于 %(number)s") % {"number": row.task.parent.number} if row.task.parent else ""
    if not late[0]:
        return above
    return format_html(
        '{}{}<a href="{}">{}</a>', above, " · " if above else "", late_below_url(row.task), late_words(late)
    )


def task_row(row: TaskRow, late: tuple[int, int] = (0, 0)) -> TableRow:
    done, of = row.progress
    return TableRow(
        cells={
            "title": row.task.title,
            "light": Light(row.light.colour, row.light.why),
            "unit": str(row.unit) if row.unit else "",
            "nodes": f"{done}/{of}" if of else "",
            "due": row.task.due_on,
            "number": row.task.number,
        },
        url=reverse("desk:matter", args=[row.task.pk]),
        note=_note(row, late),
        late=row.light.colour == "red",
        depth=row.depth,
    )


def late_context(
    waiting: Sequence[figures.Waiting],
    late: Sequence[Matter],
    viewer: Viewer,
    at: dt.datetime,
    *,
    bounded: bool,
) -> dict[str, Any]:
    """What `desk/board_late.html` shows: for whom late matters wait, and which have been late for longest."""
    heads = responsible_words([matter.holder for matter in late], viewer, day_of(at))
    holders = {matter.pk: heads.get(matter.holder, "") for matter in late if matter.holder}
    return {
        "waiting": _waiting(waiting),
        "waiting_bounded": bounded,
        "late": [_late(row) | {"responsible": holders.get(row.id, "")} for row in rows_of(late, viewer, at)],
        "late_url": f"{reverse('desk:queue')}?whose=all&when=late",
    }


def _waiting(rows: Sequence[figures.Waiting]) -> list[dict[str, Any]]:
    """The units for whom late matters wait, with the length of their bars in hundredths of the longest."""
    longest = max((row.matters for row in rows), default=1)
    return [
        {
            "unit": str(row.unit),
            "number": row.matters,
            "tasks": row.tasks,
            "length": max(100 * row.matters // longest, 2),
            "url": f"{reverse('desk:queue')}?whose=all&when=late&holder={row.unit.pk}",
        }
        for row in rows
    ]


def _late(row: Row) -> dict[str, Any]:
    """A late matter; where its text is not open to the viewer, its category and place stand for it."""
    return {
        "title": row.title or about_of(row) or row.number,
        "url": reverse("desk:matter", args=[row.id]),
        "kind": row.kind,
        "number": row.number,
        "waits": row.waits_for,
        "due": row.due,
    }
