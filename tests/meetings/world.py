"""A conference with lines and tasks in the small city, made by the same actions as everything else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories import City, take
from yipanqi.core.models import Matter
from yipanqi.meetings.actions import LineDraft, TaskDraft, draft_tasks, hold_conference, lay_down_lines
from yipanqi.meetings.models import Line, Task
from yipanqi.organisations.models import Part

# A Monday with ordinary weeks before and after it.
MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
DUE = dt.date(2026, 12, 18)


def days(number: float) -> dt.timedelta:
    return dt.timedelta(days=number)


def lines(city: City, *texts: str, at: dt.datetime = MONDAY) -> list[Line]:
    """A conference with these requirements; a text that begins with * is a principle."""
    actor = city.actor("deputy")
    conference = hold_conference(
        title="示例市社会工作会议", kind="conference", held_text="2月14日", by=actor, at=at
    )
    drafts = [LineDraft(text.lstrip("*"), theme="示例主题", principle=text.startswith("*")) for text in texts]
    return lay_down_lines(conference=conference, lines=drafts or [LineDraft("改进路灯维修")], by=actor, at=at)


def task(city: City, line: Line, *, at: dt.datetime = MONDAY, **change: Any) -> Task:
    """One drafted task: lamps lead, roads help, two milestones, due on 18 December."""
    fields: dict[str, Any] = {
        "title": "更换老旧路灯",
        "goal": "三百盏，亮灯率不低于九成八。",
        "due_on": DUE,
        "unit": "lamps",
        "co_units": ["roads"],
        "milestones": [("摸底", dt.date(2026, 12, 4)), ("更换", dt.date(2026, 12, 16))],
    }
    draft = TaskDraft(**(fields | change))
    sender = city.units["socialwork"]
    return draft_tasks(line=line, drafts=[draft], sender=sender, by=city.actor("deputy"), at=at)[0]


# Who works for a unit, and by login "" whoever works for the lead.
WORKERS = {"lamps": "insider", "roads": "colleague", "schools": "stranger", "market": "accused"}
WAY: list[tuple[str, str, str, dict[str, Any]]] = [
    ("issued", "issue", "deputy", {}),
    ("working", "receive", "", {}),
    ("closing", "apply_to_close", "", {"text": "已更换三百零二盏。"}),
    ("closed", "close", "deputy", {}),
]


def bring(city: City, one: Task, state: str, at: dt.datetime) -> Matter:
    """Bring a drafted task to a state of the usual way: drafted, issued, working, closing, closed."""
    matter = Matter.objects.get(pk=one.pk)
    worker = WORKERS[Part.objects.get(matter=one.pk, role="lead", until__isnull=True).unit.code]
    reached = [state for state, *_rest in WAY]
    start = reached.index(matter.state) + 1 if matter.state in reached else 0
    for target, step, login, answers in WAY[start:]:
        if matter.state == state:
            break
        matter = take(one.pk, step, city.actor(login or worker), at, **answers)
        assert matter.state == target
    return matter
