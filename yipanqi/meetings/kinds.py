"""Registers the task with the engine."""

from __future__ import annotations

from yipanqi.core import asks
from yipanqi.core.kinds import Kind, UnitRef, register
from yipanqi.core.procedure import Kind as AskKind, Role
from yipanqi.meetings.access import present, visible
from yipanqi.meetings.actions import EFFECTS
from yipanqi.meetings.models import Task
from yipanqi.meetings.procedure import TASK
from yipanqi.meetings.queries import milestone_number, subjects
from yipanqi.organisations.queries import parts_of, units_in


def _units(task: Task, role: Role) -> tuple[UnitRef, ...]:
    return units_in(parts_of([task.pk]).get(task.pk, ()), role)


def register_kinds() -> None:
    """Called once, when Django is ready."""
    asks.register_reader(AskKind.MILESTONE, milestone_number)
    register(
        Kind(
            procedure=TASK,
            subjects=subjects,
            units=_units,
            visible=visible,
            present=present,
            effects=EFFECTS,
        )
    )
