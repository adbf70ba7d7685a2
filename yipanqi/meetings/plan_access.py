"""What of a decomposition plan a viewer sees: who may find one is who may find a task (meetings/access.py).

Every unit that is asked sees the whole plan, for that is what it is asked about; what another unit says of it is that
one's business and the sender's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from yipanqi.core import engine
from yipanqi.core.gate import Actor, Channel, Viewer, visible
from yipanqi.core.kinds import UnitRef, procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role, Step
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.models import Conference, Line, Task
from yipanqi.meetings.plan_actions import CAPABILITY
from yipanqi.meetings.plan_models import Dispute, Opinion, Plan
from yipanqi.meetings.plan_tasks import Roles, roles_in, tasks_of
from yipanqi.organisations.access import in_any_part
from yipanqi.organisations.models import Part
from yipanqi.organisations.queries import parts_of, units_in
from yipanqi.organisations.timeline import (
    DocumentView,
    DueView,
    Event,
    PartView,
    history_of,
    open_dues,
    part_due,
    timeline,
)


@dataclass(frozen=True)
class Placed:
    """A task at its place in a plan; `found`: the viewer finds its own page."""

    place: int
    task: Task
    lead: str
    helps: list[str]
    found: bool


@dataclass(frozen=True)
class Asked:
    """A unit with its roles in a plan, and what it said, where the viewer is told; who is not asked has no opinion."""

    roles: Roles
    opinion: Opinion | None
    told: bool


@dataclass(frozen=True)
class PlanView:
    """One plan in the shape in which one viewer sees it. What it has in common with a case or a task bears the same name."""

    number: str
    matter: Matter
    viewer: Viewer
    plan: Plan
    conference: Conference
    state: str
    state_code: str
    unit: str
    unit_telephone: str
    title: str
    sends: bool
    lines: list[Line]
    placed: list[Placed]
    asked: list[Asked]
    disputes: list[Dispute]
    events: list[Event]
    dues: list[DueView]
    steps: list[Step]
    parts: list[PartView]
    text: str = ""
    kind: str = "plan"
    text_withheld: bool = False
    documents: list[DocumentView] = field(default_factory=list)
    units: Mapping[Role, list[UnitRef]] = field(default_factory=dict)


def present(matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None) -> PlanView:
    """The plan for this viewer, who has found it."""
    moment = at or timezone.now()
    plan = Plan.objects.select_related("matter", "conference").get(pk=matter.pk)
    history, parts = history_of(matter), parts_of([matter.pk]).get(matter.pk, [])
    units = units_in(parts)
    sender = next((p.unit for p in parts if p.role == Part.SENDER and p.until is None), None)
    sends = any(in_any_part(parts, viewer, capability, Part.SENDER) for capability in SENDING)
    tasks = list(tasks_of(plan))
    roles = roles_in(tasks)
    lines = list(Line.objects.filter(conference=plan.conference, principle=False).order_by("number"))
    return PlanView(
        number=plan.number,
        matter=matter,
        viewer=viewer,
        plan=plan,
        conference=plan.conference,
        state=str(procedure_of(matter).state[matter.state].label),
        state_code=matter.state,
        unit=str(sender) if sender else "",
        unit_telephone=sender.telephone if sender else "",
        title=plan.title,
        text=_summary(plan, lines, tasks),
        sends=sends,
        lines=lines,
        placed=_placed(tasks, roles, viewer, channel),
        asked=_asked(plan, roles, viewer, sends=sends),
        disputes=_disputes(plan, viewer, sends=sends),
        events=timeline(history, at=moment, public=False, sender=sends),
        dues=open_dues(history, at=moment, public=False),
        steps=list(engine.open_steps(matter, plan, Actor(viewer), moment, units)),
        parts=_parts(parts, viewer, sends=sends, at=moment),
        units=units,
    )


def _summary(plan: Plan, lines: Sequence[Line], tasks: Sequence[Task]) -> str:
    told = {"conference": str(plan.conference), "lines": len(lines), "tasks": len(tasks)}
    return _("%(conference)s：要分解的要求 %(lines)d 条，任务 %(tasks)d 项。") % told


def _placed(
    tasks: Sequence[Task], roles: Mapping[UUID, Roles], viewer: Viewer, channel: Channel
) -> list[Placed]:
    seen = Matter.objects.filter(visible(viewer, channel, procedures=("task",)), pk__in=[t.pk for t in tasks])
    found = set(seen.values_list("pk", flat=True))
    leads = {place: str(one.unit) for one in roles.values() for place in one.leads}
    helps: dict[int, list[str]] = {}
    for one in roles.values():
        for place in one.helps:
            helps.setdefault(place, []).append(str(one.unit))
    return [
        Placed(place, task, leads.get(place, ""), helps.get(place, []), task.pk in found)
        for place, task in enumerate(tasks, start=1)
    ]


def _asked(plan: Plan, roles: Mapping[UUID, Roles], viewer: Viewer, *, sends: bool) -> list[Asked]:
    opinions = {one.unit_id: one for one in plan.opinions.select_related("unit")}
    found = []
    for pk, one in roles.items():
        told = sends or viewer.reaches(CAPABILITY, one.unit.path)
        found.append(Asked(one, opinions.get(pk) if told else None, told))
    return found


def _disputes(plan: Plan, viewer: Viewer, *, sends: bool) -> list[Dispute]:
    rows = plan.disputes.select_related("unit", "task", "instead").order_by("number")
    return [one for one in rows if sends or viewer.reaches(CAPABILITY, one.unit.path)]


def _parts(parts: Sequence[Part], viewer: Viewer, *, sends: bool, at: dt.datetime) -> list[PartView]:
    """The units' parts. Whether another unit has answered is nobody's business but the sender's: of it no former part is
    shown either, for one ends where nothing was said."""
    found, living = [], {part.unit_id for part in parts if part.until is None}
    for part in parts:
        if part.until is not None and part.unit_id in living:
            continue  # it was asked anew, which the table of answers tells
        mine = sends or viewer.reaches(CAPABILITY, part.unit.path)
        told = (part.left_because, part.asked, part_due(part, at)) if mine else ("", "", None)
        if mine or part.until is None:
            found.append(PartView(part.role, str(part.unit), part.since, part.until, *told))
    return found
