"""From what the gate shows to the shapes of the interface."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from yipanqi.api import schemas
from yipanqi.cases.access import CaseView
from yipanqi.core.counting import SHANGHAI
from yipanqi.organisations.timeline import DueView


def tracked(views: Iterable[CaseView]) -> schemas.Tracked:
    """The answer to tracking: the cases, and the terms of all of them."""
    cases = [_case(view) for view in views]
    return schemas.Tracked(cases=cases, terms=[term for case in cases for term in case.terms])


def _case(view: CaseView) -> schemas.TrackedCase:
    unit = schemas.ResponsibleUnit(name=view.unit, telephone=view.unit_telephone) if view.unit else None
    return schemas.TrackedCase(
        number=view.number,
        state=schemas.State(code=view.state_code, label=view.state),
        unit=unit,
        timeline=[schemas.Event(at=_moment(e.at), what=e.label, who=e.who, text=e.text) for e in view.events],
        terms=[_term(due) for due in _dues(view)],
        documents=[
            schemas.Document(kind=d.kind, title=d.title, text=d.text, served_at=_moment(d.at))
            for d in view.documents
        ],
    )


def _dues(view: CaseView) -> list[DueView]:
    """The terms that the shown events started, and those that run now though a step not shown started them."""
    started = [due for event in view.events for due in event.due]
    return started + [due for due in view.dues if due not in started]


def _term(due: DueView) -> schemas.Term:
    return schemas.Term(
        code=due.code,
        label=due.label,
        due=due.effective,
        due_raw=due.raw,
        state="running" if due.running else "paused" if due.paused else "ended",
        late=due.late_by > 0 or due.met is False,
        provisional=due.provisional,
        basis=due.basis,
        derivation=due.lines,
    )


def _moment(at: dt.datetime) -> dt.datetime:
    """A time as the clock on the wall of the city shows it, to the second."""
    return at.astimezone(SHANGHAI).replace(microsecond=0)
