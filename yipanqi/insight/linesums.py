"""What the tasks of a line come to: their lights, nodes, next date and who leads them.

The board asks it of a conference of a thousand tasks, and reads none of them: what the rollup has kept is summed by the
database, and only what moved since is looked at task by task. A page that lists the tasks sums what it lists.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Count, Min, Q

from yipanqi.core.counting import day_of
from yipanqi.insight.city import Lights, Tasks, by_line
from yipanqi.meetings.lights import TaskLight, light_of, progress_of
from yipanqi.meetings.models import Line, Milestone, Task
from yipanqi.meetings.queries import leads_of, problems_of, with_nodes
from yipanqi.organisations.models import Part, Unit

_RESTING = ("grey", "blue")  # the shades of what nobody works on: drafted, dropped, closed


@dataclass(frozen=True)
class TaskRow:
    """A task on the board: its light, its one lead unit, its date."""

    task: Task
    light: TaskLight
    unit: Unit | None
    progress: tuple[int, int]
    next_on: dt.date | None
    depth: int = 0  # under how many of those shown it stands


def task_rows(tasks: Sequence[Task], at: dt.datetime) -> list[TaskRow]:
    """These tasks, with matter and milestones, as the board shows them; two statements more."""
    leads, problems = leads_of(tasks), problems_of(tasks)
    rows = []
    for task in tasks:
        lead = leads.get(task.pk)
        rows.append(
            TaskRow(
                task=task,
                light=light_of(task, task.matter, task.nodes, at, problems.get(task.pk)),
                unit=lead.unit if lead else None,
                progress=progress_of(task.nodes),
                next_on=_next_of(task, day_of(at)),
            )
        )
    return rows


def _next_of(task: Task, today: dt.date) -> dt.date | None:
    """The earliest date still to come of an open, issued task: a milestone not done, or its own."""
    if not task.matter.open or task.matter.state == "drafted":
        return None
    dates = [m.due_on for m in task.nodes if m.done_at is None]
    return min((day for day in (*dates, task.due_on) if day >= today), default=None)


@dataclass
class LineSum:
    """Of the tasks of one line: how many show which light; nodes done, and of how many, of those that are issued and not
    dropped; the next date; the units that lead those that are not dropped, each with the first number of its tasks."""

    lights: Lights = field(default_factory=Counter)
    done: int = 0
    nodes: int = 0
    next_on: dt.date | None = None
    leads: dict[UUID, str] = field(default_factory=dict)

    def dated(self, day: dt.date | None) -> None:
        self.next_on = min((each for each in (self.next_on, day) if each), default=None)

    def led(self, unit: UUID, number: str) -> None:
        self.leads[unit] = min(number, self.leads.get(unit, number))

    def units(self) -> list[UUID]:
        """The units in the order of their first tasks."""
        return sorted(self.leads, key=lambda unit: (self.leads[unit], str(unit)))


def sum_of(rows: Iterable[TaskRow], into: LineSum | None = None) -> LineSum:
    """What these tasks of one line come to, added to what is there."""
    found = into or LineSum()
    for row in rows:
        state = row.task.matter.state
        found.lights[row.light.shade] += 1
        found.dated(row.next_on)
        if state not in ("drafted", "dropped"):
            found.done, found.nodes = found.done + row.progress[0], found.nodes + row.progress[1]
        if row.unit is not None and state != "dropped":
            found.led(row.unit.pk, row.task.number)
    return found


def sums_of(tasks: Tasks, lines: Sequence[Line]) -> dict[int, LineSum]:
    """The same by line, of the tasks that the viewer's figures count. Six statements, whatever their number."""
    found = {line.pk: LineSum() for line in lines}
    for line, lights in by_line(tasks, {line.conference_id for line in lines}).items():
        if line in found:
            found[line].lights.update(lights)
    kept, today = tasks.kept.filter(line__in=list(found)), day_of(tasks.at)
    going = kept.exclude(shade__in=_RESTING).order_by()
    for line, day in going.filter(due_on__gte=today).values_list("line").annotate(first=Min("due_on")):
        found[line].dated(day)
    # `grey` for good is what is drafted or dropped; put off is a shade of its own.
    nodes = Milestone.objects.filter(task__in=kept.exclude(shade="grey").values("pk")).order_by()
    ahead = Q(done_at__isnull=True, due_on__gte=today, task__matter__open=True)
    counted = nodes.values_list("task__line").annotate(
        done=Count("pk", filter=Q(done_at__isnull=False)), of=Count("pk"), first=Min("due_on", filter=ahead)
    )
    for line, done, of, day in counted:
        found[line].done, found[line].nodes = done, of
        found[line].dated(day)
    leading = Part.objects.filter(matter__in=kept.values("pk"), role=Part.LEAD, until__isnull=True)
    leading = leading.exclude(matter__state="dropped").order_by()
    for line, unit, number in leading.values_list("matter__task__line", "unit").annotate(
        first=Min("matter__task__number")
    ):
        found[line].led(unit, number)
    _add_moved(found, tasks)
    return found


def _add_moved(found: dict[int, LineSum], tasks: Tasks) -> None:
    """What moved lately, but for its light, which `by_line` has counted."""
    moved = [row.pk for row in tasks.fresh if row.line_id in found]
    if not moved:
        return
    for row in task_rows(
        list(with_nodes(Task.objects.filter(pk__in=moved).select_related("matter"))), tasks.at
    ):
        one = found[row.task.line_id]
        lights = one.lights.copy()
        sum_of([row], one)
        one.lights = lights
