"""Registers with the engine: the task, the planned conference, the decomposition plan, the leader's instruction."""

from __future__ import annotations

from uuid import UUID

from yipanqi.core import asks
from yipanqi.core.kinds import Kind, UnitRef, register
from yipanqi.core.procedure import Kind as AskKind, Role
from yipanqi.meetings import instruction_access, meeting_access, meeting_queries, plan_access, plan_queries
from yipanqi.meetings.access import present, reads, visible
from yipanqi.meetings.effects import EFFECTS
from yipanqi.meetings.instruction_actions import INSTRUCTION_EFFECTS
from yipanqi.meetings.instruction_procedure import INSTRUCTION
from yipanqi.meetings.meeting_actions import MEETING_EFFECTS
from yipanqi.meetings.meeting_procedure import MEETING
from yipanqi.meetings.models import Conference, Task
from yipanqi.meetings.plan_actions import PLAN_EFFECTS
from yipanqi.meetings.plan_models import Plan
from yipanqi.meetings.plan_procedure import PLAN
from yipanqi.meetings.procedure import TASK
from yipanqi.meetings.queries import milestone_number, searched, subjects, target_number
from yipanqi.organisations.queries import units_of


def _units(task: Task) -> dict[Role, list[UnitRef]]:
    return units_of(task.pk)


def _units_of_meeting(conference: Conference) -> dict[Role, list[UnitRef]]:
    matter: UUID | None = conference.matter_id
    return units_of(matter) if matter else {}


def _units_of_plan(plan: Plan) -> dict[Role, list[UnitRef]]:
    return units_of(plan.pk)


def register_kinds() -> None:
    """Called once, when Django is ready."""
    asks.register_reader(AskKind.MILESTONE, milestone_number)
    asks.register_reader(AskKind.TARGET, target_number)
    register(
        Kind(
            procedure=TASK,
            subjects=subjects,
            units=_units,
            visible=visible,
            present=present,
            effects=EFFECTS,
            reads=reads,
            words=searched,
        )
    )
    # Whoever may find tasks finds all of these by the same clause, so that a list of all is walked once.
    register(
        Kind(
            procedure=MEETING,
            subjects=meeting_queries.subjects,
            units=_units_of_meeting,
            visible=visible,
            present=meeting_access.present,
            effects=MEETING_EFFECTS,
            reads=reads,
            words=meeting_queries.searched,
        )
    )
    register(
        Kind(
            procedure=PLAN,
            subjects=plan_queries.subjects,
            units=_units_of_plan,
            visible=visible,
            present=plan_access.present,
            effects=PLAN_EFFECTS,
            reads=reads,
            words=plan_queries.searched,
        )
    )
    register(
        Kind(
            procedure=INSTRUCTION,
            subjects=meeting_queries.subjects,
            units=_units_of_meeting,
            visible=visible,
            present=instruction_access.present,
            effects=INSTRUCTION_EFFECTS,
            reads=reads,
            words=meeting_queries.searched,
        )
    )
