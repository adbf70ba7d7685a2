"""What waits for somebody's decision, in one list by time left, each with why it is asked for and what it would change.
Which steps are decisions the procedures say: those that decide a request, and those that rule on what was prepared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q

from yipanqi.cases.models import Case
from yipanqi.core import gate, terms
from yipanqi.core.gate import Channel, Live, Viewer
from yipanqi.core.kinds import all_procedures, procedure_of
from yipanqi.core.models import Matter, Term
from yipanqi.core.procedure import Procedure, Role, Step
from yipanqi.insight.places import Cursor, Lists
from yipanqi.insight.queue import paged
from yipanqi.insight.rows import Row
from yipanqi.insight.turns import once, owed_parts, waits_for_us
from yipanqi.meetings.models import Conference, Task
from yipanqi.meetings.plan_models import Opinion, Plan
from yipanqi.organisations.access import units_reached

SIZE = 20  # a row has two forms


@dataclass(frozen=True)
class Waiting:
    """One decision: what it is about, the steps that take it, what was asked for, and the day that would move."""

    row: Row
    subject: Any
    steps: list[Step]
    asked: Mapping[str, Any] = field(default_factory=dict)
    now_due: dt.date | None = None
    then_due: dt.date | None = None
    owes: str = ""  # what the viewer's unit is asked for, where it is a co-unit that decides

    @property
    def sends(self) -> bool:
        """Whether it is decided for the unit that sent it: what others said is for that one to read."""
        return any(Role.SENDER in step.by for step in self.steps)


@dataclass(frozen=True)
class Page:
    """Some of them, and where to go on."""

    waiting: list[Waiting]
    previous: Cursor | None
    next: Cursor | None


def decisions(procedure: Procedure) -> list[Step]:
    """The steps of a procedure that are decisions, whatever waits now."""
    return [step for step in procedure.steps if step.is_decision]


def needed() -> tuple[str, ...]:
    """The capabilities by which somebody decides what others bring before them. What a unit says of its own part needs no
    more than its work does: who has only that finds it in the queue."""
    steps = (step for procedure in all_procedures() for step in decisions(procedure))
    found = {step.needed(role) for step in steps for role in step.by if role != Role.CO}
    return tuple(sorted(found - {""}))


def deciding(procedure: Procedure, state: str, pending: str, viewer: Viewer) -> list[Step]:
    """The steps by which this viewer may decide what waits there, the one that grants it first."""
    found = [
        step
        for step in decisions(procedure)
        if state in step.sources and step.decides == pending and _may(step, viewer)
    ]
    # A request is granted by its first step; what is finished is granted by the step that closes it.
    return found if pending else sorted(found, key=lambda step: _goes_on(procedure, step))


def _goes_on(procedure: Procedure, step: Step) -> bool:
    return step.target is None or procedure.state[step.target].open


def _may(step: Step, viewer: Viewer) -> bool:
    return any(viewer.has(step.needed(role)) for role in step.by)


def page(
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = SIZE,
) -> Page:
    """A page of what waits for this viewer: what is asked for, walked along its index; what was prepared, along that of
    states, of which those that wait for a decision are few; and what a unit is asked to sign, at the part's own date."""

    def lists() -> Lists:
        found = Matter.objects.filter(gate.visible(viewer, Channel.DESK, live=Live.WALKED), open=True)
        asked = found.filter(waits_for_us(viewer)).exclude(pending="")
        prepared = [
            found.filter(clause, procedure=procedure.code, version=procedure.version)
            for procedure in all_procedures()
            if (clause := _prepared(procedure, viewer))
        ]
        owed = once(owed_parts(viewer, lambda step: step.rules))
        return Lists([asked, *prepared], owed.filter(matter__in=found.values("pk")), walked=True)

    rows = paged(
        lists, viewer, at, after=after, before=before, size=size, key=("approvals", viewer.key), slots={}
    )
    return Page(_waiting(rows.rows, viewer), rows.previous, rows.next)


def _prepared(procedure: Procedure, viewer: Viewer) -> Q:
    """The clause over the matters of a procedure: one waits for a decision nobody asked for by a request, which the viewer
    may take over the unit whose move it is. Empty where there is none."""
    clause = Q()
    for step in procedure.steps:
        needs = {step.needed(role) for role in step.by if role != Role.CO}
        if not (step.rules and any(viewer.has(each) for each in needs)):
            continue
        held = Q(holder__in=units_reached(viewer, *sorted(needs)).values("pk"))
        ready = [Q(condition.found()) for condition in step.when if condition.found is not None]
        clause |= Q(held, *ready, state__in=sorted(step.sources), pending="")
    return clause


def _waiting(rows: list[Row], viewer: Viewer) -> list[Waiting]:
    ids = [row.id for row in rows]
    subjects = _subjects(ids)
    answers = Term.objects.filter(matter__in=ids, code="answer", state=Term.RUNNING).select_related("limit")
    running = {term.matter_id: term for term in answers}
    owed = owed_parts(viewer, lambda step: step.rules).filter(matter__in=ids)
    asked = dict(once(owed).values_list("matter", "asked"))
    found = [_one(row, subjects[row.id], running.get(row.id), viewer) for row in rows]
    return [replace(one, owes=asked.get(one.row.id, "")) for one in found]


def _subjects(ids: list[UUID]) -> dict[UUID, Any]:
    """The subjects of these matters, of whichever kind, with their matter; read without a lock."""
    cases = Case.objects.filter(pk__in=ids).select_related("matter", "category", "area")
    tasks = Task.objects.filter(pk__in=ids).select_related("matter", "line")
    said = Opinion.objects.select_related("unit")
    plans = Plan.objects.filter(pk__in=ids).select_related("matter", "conference")
    plans = plans.prefetch_related(Prefetch("opinions", said), "disputes", "tasks")
    conferences = Conference.objects.filter(matter__in=ids).select_related("matter", "instruction")
    found: dict[UUID, Any] = {one.pk: one for rows in (cases, tasks, plans) for one in rows}
    return found | {one.matter_id: one for one in conferences if one.matter_id}


def _one(row: Row, subject: Any, term: Term | None, viewer: Viewer) -> Waiting:
    matter = subject.matter
    steps = deciding(procedure_of(matter), matter.state, matter.pending, viewer)
    # Whoever may not read the case reads nothing of the request either.
    asked = getattr(subject, "request", {}) if row.title is not None else {}
    if isinstance(subject, Task) and "due_on" in asked:
        return Waiting(row, subject, steps, asked, subject.due_on, dt.date.fromisoformat(asked["due_on"]))
    extends = any(step.extends for step in steps) and term is not None and "days" in asked
    then = terms.if_extended(term, int(asked["days"])) if extends and term is not None else None
    return Waiting(row, subject, steps, asked, term.due_effective if term and then else None, then)
