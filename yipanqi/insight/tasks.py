"""How a task counts now: at which unit, under which line, with which light from when on, and who helps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from yipanqi.insight.models import TaskHelp, TaskStanding
from yipanqi.meetings.lights import turns_of
from yipanqi.meetings.models import Task
from yipanqi.meetings.queries import problems_of, with_nodes
from yipanqi.organisations.models import Part


def task_standings(ids: Iterable[UUID]) -> dict[UUID, TaskStanding]:
    """How the tasks among these matters count now, unsaved: as the gate counts figures, a draft at the unit that sends it
    and any other at its lead or, without one, at its sender. Four statements, whatever their number."""
    tasks = list(with_nodes(Task.objects.filter(pk__in=list(ids)).select_related("matter")))
    if not tasks:
        return {}
    problems, units = problems_of(tasks), _units(tasks)
    found = {}
    for task in tasks:
        turns = turns_of(task, task.matter, task.nodes, problems.get(task.pk))
        found[task.pk] = TaskStanding(
            matter_id=task.pk,
            line_id=task.line_id,
            unit_id=units[task.pk],
            due_on=task.due_on,
            shade=turns.shade,
            yellow_on=turns.yellow_on,
            red_at=turns.red_at,
        )
    return found


def _units(tasks: Iterable[Task]) -> dict[UUID, UUID]:
    drafted = {task.pk for task in tasks if task.matter.state == "drafted"}
    parts = Part.objects.filter(
        matter__in=[task.pk for task in tasks], role__in=(Part.LEAD, Part.SENDER), until__isnull=True
    )
    found: dict[UUID, UUID] = {}
    for matter, role, unit in parts.values_list("matter_id", "role", "unit_id"):
        if role == (Part.SENDER if matter in drafted else Part.LEAD) or matter not in found:
            found[matter] = unit
    return found


def helps_of(standings: Mapping[UUID, TaskStanding]) -> list[TaskHelp]:
    """Who helps with those that are under way, unsaved."""
    going = [pk for pk, row in standings.items() if row.shade not in ("grey", "blue")]
    parts = Part.objects.filter(matter__in=going, role=Part.CO, until__isnull=True)
    return [
        TaskHelp(task_id=matter, lead_id=standings[matter].unit_id, unit_id=unit)
        for matter, unit in parts.values_list("matter_id", "unit_id")
    ]
