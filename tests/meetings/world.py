"""A conference with lines and tasks in the small city, made by the same actions as everything else."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories import DAY, PASSWORD, City, take
from yipanqi.core.models import Matter
from yipanqi.meetings.actions import LineDraft, TaskDraft, draft_tasks, hold_conference, lay_down_lines
from yipanqi.meetings.models import Line, Task
from yipanqi.organisations.actions import appoint
from yipanqi.organisations.models import Part
from yipanqi.people.actions import create_accounts, define_role

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


def task(
    city: City,
    line: Line,
    *,
    at: dt.datetime = MONDAY,
    parent: Task | None = None,
    sender: str = "socialwork",
    by: str = "deputy",
    **change: Any,
) -> Task:
    """One drafted task: lamps lead, roads help, two milestones, due on 18 December. Under a `parent`, by the unit that
    sends it or, as its `sender`, that leads it."""
    fields: dict[str, Any] = {
        "title": "更换老旧路灯",
        "goal": "三百盏，亮灯率不低于九成八。",
        "due_on": DUE,
        "unit": "lamps",
        "co_units": ["roads"],
        "milestones": [("摸底", dt.date(2026, 12, 4)), ("更换", dt.date(2026, 12, 16))],
    }
    draft = TaskDraft(**(fields | change))
    return draft_tasks(
        line=line, drafts=[draft], sender=city.units[sender], by=city.actor(by), at=at, parent=parent
    )[0]


def add_task_head(city: City, unit: str = "lamps", login: str = "leadhead") -> City:
    """The head of a unit, who may break down what it leads, and issue and check that."""
    capabilities = ["decisions.work", "decisions.break_down", "decisions.issue", "decisions.check"]
    role = define_role(
        code=login,
        name_zh=login,
        name_en=login,
        duty="business",
        capabilities=capabilities,
        by=None,
        at=city.at,
    )
    (account,) = create_accounts(
        rows=[(login, f"示例{login}", "business")], password=PASSWORD, by=None, at=city.at
    )
    row = (account, role, city.units[unit], f"{login}岗", login)
    appoint(rows=[row], valid_from=DAY, by=None, at=city.at)
    city.accounts[login] = account
    return city


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
