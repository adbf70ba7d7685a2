"""The rows of a list of matters, whichever list it is: as many statements for many as for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from yipanqi.core.calendar import for_showing
from yipanqi.core.counting import Calendar
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role
from yipanqi.core.terms import pressing, time_left
from yipanqi.insight.beside import Beside, beside_of
from yipanqi.insight.briefs import BRIEFS, Brief, Loader
from yipanqi.organisations.models import Unit
from yipanqi.organisations.timeline import DueView


@dataclass(frozen=True)
class Row:
    """A matter in the queue. `title` is None where this viewer may not read it, and empty where nobody has written it
    yet: then `said` is what the submitter called it, for intake alone."""

    id: UUID
    kind: str
    number: str
    title: str | None
    category: str
    area: str
    unit: str
    waits_for: str  # a unit; empty where it waits for the submitter or nobody
    waits_for_submitter: bool
    state: str
    state_code: str
    pending: str
    due: DueView | None
    opened_at: dt.datetime
    said: str = ""
    joined: int = 0  # how many open cases go with it, at most MOST
    follows: bool = False  # it goes with another, which is who is waited for


def rows_of(found: Sequence[Matter], viewer: Viewer, at: dt.datetime) -> list[Row]:
    """The rows of these matters, of which the viewer may find each."""
    return rows_beside(found, beside_of([matter.pk for matter in found]), viewer, at)


def rows_beside(
    found: Sequence[Matter], beside: Mapping[UUID, Beside], viewer: Viewer, at: dt.datetime
) -> list[Row]:
    """The same where what stands beside them has been read with them."""
    briefs: dict[UUID, Brief] = {}
    alike: dict[Loader, list[UUID]] = {}
    for matter in found:
        alike.setdefault(BRIEFS[matter.procedure], []).append(matter.pk)
    for loader, ids in alike.items():
        briefs |= loader(ids, beside, viewer, at)
    holders, calendar = _holders(found, beside), for_showing()
    return [
        _row(m, briefs[m.pk], beside[m.pk], holders, _due(m, beside[m.pk], calendar, at))
        for m in found
        if m.pk in briefs
    ]


def _holders(found: Sequence[Matter], beside: Mapping[UUID, Beside]) -> dict[UUID, str]:
    """The names of the units whose move it is. Nearly always they have a part in the matter."""
    names = {part.unit: part.name for each in beside.values() for part in each.parts}
    others = {m.holder for m in found if m.holder and m.holder not in names}
    return names | {u.pk: str(u) for u in (Unit.objects.filter(pk__in=others) if others else ())}


def _row(
    matter: Matter, brief: Brief, beside: Beside, holders: Mapping[UUID, str], due: DueView | None
) -> Row:
    procedure = procedure_of(matter)
    state = procedure.state[matter.state]
    request = next((s for s in procedure.steps if s.requests and s.requests == matter.pending), None)
    return Row(
        id=matter.pk,
        kind=str(procedure.label),
        number=brief.number,
        title=brief.title,
        category=brief.category,
        area=brief.area,
        unit=beside.lead,
        waits_for=holders.get(matter.holder, "") if matter.holder else "",
        waits_for_submitter=matter.holder is None and state.waits_for == Role.SUBMITTER,
        state=str(state.label),
        state_code=state.code,
        pending=str(request.label) if request else "",
        due=due,
        opened_at=matter.opened_at,
        said=brief.said,
        joined=brief.joined,
        follows=brief.follows,
    )


def _due(matter: Matter, beside: Beside, calendar: Calendar, at: dt.datetime) -> DueView | None:
    """The limit by which it is due; without its derivation, which the matter's page shows."""
    procedure = procedure_of(matter)
    term = pressing(procedure, beside.terms)
    if term is None:
        return None
    left, late = time_left(procedure.term[term.code], term, at, calendar)
    return DueView(
        code=term.code,
        label=str(procedure.term[term.code].label),
        effective=term.due_effective,
        raw=term.due_raw,
        working_days_left=left,
        late_by=late,
        paused=False,
        met=None,
        running=True,
        provisional=term.provisional,
        basis="",
        lines=[],
        ended_at=None,
    )
