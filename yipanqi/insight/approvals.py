"""What waits for somebody's decision: returns, extensions, holds and finished tasks, in one list by time left, each with
why it is asked for and what it would change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from yipanqi.cases.models import Case
from yipanqi.core import gate, terms
from yipanqi.core.gate import Channel, Live, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Term
from yipanqi.core.procedure import Procedure, Step
from yipanqi.insight.places import Cursor, Lists
from yipanqi.insight.queue import paged, waits_for_us
from yipanqi.insight.rows import Row
from yipanqi.meetings.models import Task

SIZE = 20  # a row has two forms
CHECKED = "closing"  # the state of a task whose unit says that it is done


@dataclass(frozen=True)
class Waiting:
    """One decision: what it is about, the steps that take it, what was asked for, and the day that would move."""

    row: Row
    subject: Any
    steps: list[Step]
    asked: Mapping[str, Any] = field(default_factory=dict)
    now_due: dt.date | None = None
    then_due: dt.date | None = None


@dataclass(frozen=True)
class Page:
    """Some of them, and where to go on."""

    waiting: list[Waiting]
    previous: Cursor | None
    next: Cursor | None


def deciding(procedure: Procedure, state: str, pending: str) -> list[Step]:
    """The steps that decide what waits there, the one that grants it first."""
    if pending:
        return [step for step in procedure.steps_from(state) if step.decides == pending]
    found = [step for step in procedure.steps_from(state) if state == CHECKED and "check" in step.stops]
    return sorted(found, key=lambda step: step.target is None or procedure.state[step.target].open)


def page(
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = SIZE,
) -> Page:
    """A page of what waits for this viewer, walked along the indexes of what is asked for and of tasks by their state."""

    def lists() -> Lists:
        found = Matter.objects.filter(
            gate.visible(viewer, Channel.DESK, live=Live.WALKED), waits_for_us(viewer), open=True
        )
        asked = found.filter(~Q(pending=""))
        done = found.filter(pending="", procedure="task", state=CHECKED)
        return Lists([asked, done], walked=True)

    rows = paged(
        lists, viewer, at, after=after, before=before, size=size, key=("approvals", viewer.key), slots={}
    )
    return Page(_waiting(rows.rows), rows.previous, rows.next)


def _waiting(rows: list[Row]) -> list[Waiting]:
    ids = [row.id for row in rows]
    cases = Case.objects.filter(pk__in=ids).select_related("matter", "category", "area")
    tasks = Task.objects.filter(pk__in=ids).select_related("matter", "line")
    subjects: dict[UUID, Any] = {one.pk: one for found in (cases, tasks) for one in found}
    answers = Term.objects.filter(matter__in=ids, code="answer", state=Term.RUNNING).select_related("limit")
    running = {term.matter_id: term for term in answers}
    return [_one(row, subjects[row.id], running.get(row.id)) for row in rows]


def _one(row: Row, subject: Any, term: Term | None) -> Waiting:
    matter = subject.matter
    steps = deciding(procedure_of(matter), matter.state, matter.pending)
    # Whoever may not read the case reads nothing of the request either.
    asked = getattr(subject, "request", {}) if row.title is not None else {}
    if isinstance(subject, Task) and "due_on" in asked:
        return Waiting(row, subject, steps, asked, subject.due_on, dt.date.fromisoformat(asked["due_on"]))
    extends = any(step.extends for step in steps) and term is not None and "days" in asked
    then = terms.if_extended(term, int(asked["days"])) if extends and term is not None else None
    return Waiting(row, subject, steps, asked, term.due_effective if term and then else None, then)
