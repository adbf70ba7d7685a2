"""The desk's queue: open matters by time left. It reads the narrow table of matters through the gate, page by page.

Filters combine; a count says how many there are with the other filters as they stand, and stops at a thousand. The
number of statements does not depend on the number of rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from yipanqi.cases.access import readable, said_titles
from yipanqi.cases.models import Case
from yipanqi.core.calendar import in_force
from yipanqi.core.counting import Calendar, day_of, end_of, remaining
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.kinds import all_kinds, kind_named, procedure_of
from yipanqi.core.models import Matter, Term
from yipanqi.core.procedure import Procedure, Role
from yipanqi.meetings.models import Task
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Area, Category, Part, Unit
from yipanqi.organisations.timeline import DueView

PAGE = 50
MOST = 1000
# By which one acts, rather than looks on.
ACTING = (
    "cases.register", "cases.route", "cases.handle", "cases.approve", "cases.audit", "cases.callback",
    "decisions.draft", "decisions.issue", "decisions.work", "decisions.check",
)  # fmt: skip
# Whoever may have a queue at all: those who act and those who oversee, of cases or of tasks.
SEEING = (*ACTING, "cases.oversee", "board.see")

WAITS, ALL = "waits", "all"
LATE, TODAY = "late", "today"


@dataclass(frozen=True)
class Wanted:
    """What of the queue is wanted. Empty: no filter. `unit`, `category`, `area` and `holder` come from figures that
    lead here."""

    whose: str = WAITS
    when: str = ""  # late, today
    state: str = ""
    kind: str = ""
    pending: bool = False  # only matters with a request that waits for a decision
    unit: UUID | None = None  # the lead unit
    category: str = ""
    area: str = ""
    holder: UUID | None = None  # the unit whose move it is


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: after (or before) the matter with this due date and id."""

    due_at: dt.datetime | None
    id: UUID

    @property
    def text(self) -> str:
        return f"{self.due_at.isoformat() if self.due_at else ''}~{self.id}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """The cursor that a link carries; None for what is none."""
        when, _tilde, matter = text.partition("~")
        try:
            due_at = dt.datetime.fromisoformat(when) if when else None
            return cls(due_at, UUID(matter)) if due_at is None or due_at.tzinfo else None
        except ValueError:
            return None


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
    said: str = ""


@dataclass(frozen=True)
class Page:
    """Some rows, and where to go on; None where there is nothing."""

    rows: list[Row]
    previous: Cursor | None
    next: Cursor | None


@dataclass(frozen=True)
class Count:
    """How many; `bounded` says that there are at least so many."""

    number: int
    bounded: bool


def matters(viewer: Viewer, wanted: Wanted, at: dt.datetime) -> QuerySet[Matter]:
    """The open matters that the viewer may find and wants, in no order."""
    return _chosen(_found(viewer, wanted), viewer, wanted, at)


def _found(viewer: Viewer, wanted: Wanted) -> QuerySet[Matter]:
    """The open matters that the viewer may find, of the figures that led here."""
    found = Matter.objects.filter(visible(viewer, Channel.DESK, live=True), open=True)
    if wanted.unit:
        lead = Part.objects.filter(unit=wanted.unit, role=Part.LEAD, until__isnull=True, open=True)
        found = found.filter(pk__in=lead.values("matter_id"))
    if wanted.holder:
        found = found.filter(holder=wanted.holder)
    if wanted.category or wanted.area:
        found = found.filter(Exists(_classified(wanted).filter(pk=OuterRef("pk"))))
    return found


def _chosen(found: QuerySet[Matter], viewer: Viewer, wanted: Wanted, at: dt.datetime) -> QuerySet[Matter]:
    """Those of them that the filters of the page leave."""
    if wanted.whose == WAITS:
        # The holder once more, outside of what is joined by OR: only so can the planner begin at a few units' index.
        mine = units_reached(viewer, *ACTING).values("pk")
        found = found.filter(waits_for_us(viewer), holder__in=mine)
    if wanted.when == LATE:
        found = found.filter(due_at__lte=at)
    elif wanted.when == TODAY:
        found = found.filter(due_at__gt=at, due_at__lte=end_of(day_of(at)))
    if wanted.state:
        found = found.filter(state=wanted.state)
    if wanted.kind:
        found = found.filter(procedure=wanted.kind)
    if wanted.pending:
        found = found.exclude(pending="")
    return found


def waits_for_us(viewer: Viewer) -> Q:
    """The clause over `Matter`: the next move is a unit's over which the viewer may take it. What may be taken comes
    from the procedures: in each state the steps of whom it waits for, and for an open request those that decide it."""
    clause = Q(pk__in=[])
    for procedure in (p for kind in all_kinds() for p in (kind.procedure, *kind.versions)):
        for needs, where in _next_moves(procedure).items():
            if any(viewer.has(capability) for capability in needs):
                held = Q(holder__in=units_reached(viewer, *needs).values("pk"))
                clause |= Q(where, held, procedure=procedure.code, version=procedure.version)
    return clause


def _next_moves(procedure: Procedure) -> dict[tuple[str, ...], Q]:
    """By the capabilities of which one is needed: where a matter then waits."""
    found: dict[tuple[str, ...], Q] = {}
    for state in procedure.states:
        usual = [s for s in procedure.steps_from(state.code) if not (s.while_pending or s.decides)]
        needs = tuple(sorted({s.needs for s in usual if state.waits_for in s.by and s.needs}))
        if needs:
            found[needs] = found.get(needs, Q()) | Q(state=state.code, pending="")
    for request in sorted({s.requests for s in procedure.steps if s.requests}):
        needs = tuple(sorted({s.needs for s in procedure.steps if s.decides == request}))
        found[needs] = found.get(needs, Q()) | Q(pending=request)
    return found


def _classified(wanted: Wanted) -> QuerySet[Case]:
    found = Case.objects.all()
    if wanted.category:
        found = found.filter(Q(category=wanted.category) | Q(category__parent=wanted.category))
    if wanted.area:
        paths = Area.objects.filter(pk=wanted.area).values_list("path", flat=True)
        path = paths.first()
        found = found.filter(area__path__startswith=path) if path else found.none()
    return found


def page(
    viewer: Viewer,
    wanted: Wanted,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """A page of the queue, the most urgent first; what has no limit comes last."""
    return paged(matters(viewer, wanted, at), viewer, at, after=after, before=before, size=size)


def paged(
    base: QuerySet[Matter],
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """A page of any such list: of what the viewer may find, the most urgent first, without a limit last."""
    if before is not None:
        found = _gather(_segments_before(base, before), size + 1)
        more, found = len(found) > size, found[:size][::-1]
        previous, following = more, bool(found)
    else:
        found = _gather(_segments_after(base, after), size + 1)
        more, found = len(found) > size, found[:size]
        previous, following = after is not None and bool(found), more
    return Page(
        rows=rows_of(found, viewer, at),
        previous=Cursor(found[0].due_at, found[0].pk) if previous and found else None,
        next=Cursor(found[-1].due_at, found[-1].pk) if following and found else None,
    )


def _segments_after(base: QuerySet[Matter], cursor: Cursor | None) -> list[QuerySet[Matter]]:
    """What comes after the cursor, in order: with a due date, then without one. Two statements, so that each walks
    an index from where the cursor stands."""
    dated = base.filter(due_at__isnull=False).order_by("due_at", "id")
    undated = base.filter(due_at__isnull=True).order_by("id")
    if cursor is None:
        return [dated, undated]
    if cursor.due_at is None:
        return [undated.filter(id__gt=cursor.id)]
    beyond = Q(due_at__gt=cursor.due_at) | Q(id__gt=cursor.id)
    return [dated.filter(beyond, due_at__gte=cursor.due_at), undated]


def _segments_before(base: QuerySet[Matter], cursor: Cursor) -> list[QuerySet[Matter]]:
    dated = base.filter(due_at__isnull=False).order_by("-due_at", "-id")
    if cursor.due_at is None:
        return [base.filter(due_at__isnull=True, id__lt=cursor.id).order_by("-id"), dated]
    beyond = Q(due_at__lt=cursor.due_at) | Q(id__lt=cursor.id)
    return [dated.filter(beyond, due_at__lte=cursor.due_at)]


def _gather(segments: Iterable[QuerySet[Matter]], size: int) -> list[Matter]:
    found: list[Matter] = []
    for segment in segments:
        if len(found) < size:
            found += segment[: size - len(found)]
    return found


def counts(viewer: Viewer, wanted: Iterable[Wanted], at: dt.datetime) -> dict[Wanted, Count]:
    """How many there are of each wish, in one statement; each count stops at `MOST`.

    They differ in the page's own filters alone, and share the figures that led here. What the viewer may find is gathered once and bears the name of the
    table, so that each wish is put to it as it would be to the table.
    """
    each = list(dict.fromkeys(wanted))
    if not each:
        return {}
    gathered, values = _sql(_found(viewer, each[0]).order_by())
    parts: list[str] = []
    for wish in each:
        limited = _chosen(Matter.objects.order_by(), viewer, wish, at).values("pk")[: MOST + 1]
        sql, own = _sql(limited)
        parts.append(f"(SELECT count(*) FROM ({sql}) AS found)")
        values += own
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(Matter._meta.db_table)
        cursor.execute(f"WITH {table} AS MATERIALIZED ({gathered}) SELECT " + ", ".join(parts), values)
        numbers = cursor.fetchone()
    return {wish: Count(min(n, MOST), n > MOST) for wish, n in zip(each, numbers, strict=True)}


def _sql(found: QuerySet[Any, Any]) -> tuple[str, list[Any]]:
    """A query with its values, also where Django knows that it finds nothing."""
    try:
        sql, values = found.query.sql_with_params()
        return sql, list(values)
    except EmptyResultSet:
        return _sql(found.model._default_manager.order_by().extra(where=["FALSE"]))


def facet_wishes(wanted: Wanted) -> dict[str, list[Wanted]]:
    """By filter: what each of its choices would show, with the other filters as they stand."""
    states = dict.fromkeys(
        state.code
        for kind in all_kinds()
        if wanted.kind in ("", kind.procedure.code)
        for state in kind.procedure.states
        if state.open
    )
    kinds = [kind.procedure.code for kind in all_kinds()]
    return {
        "whose": [replace(wanted, whose=w) for w in (WAITS, ALL)],
        "when": [replace(wanted, when=w) for w in ("", LATE, TODAY)],
        "pending": [replace(wanted, pending=True)],
        "state": [replace(wanted, state=s) for s in ("", *states)],
        "kind": [replace(wanted, kind=k, state="") for k in ("", *kinds)],
    }


def find_number(viewer: Viewer, number: str) -> UUID | None:
    """The matter with this number, open or not, if the viewer may find it."""
    numbered = [
        *Case.objects.filter(number=number).values_list("matter_id", flat=True),
        *Task.objects.filter(number=number).values_list("matter_id", flat=True),
    ]
    seen = Matter.objects.filter(visible(viewer, Channel.DESK), pk__in=numbered)
    return seen.values_list("pk", flat=True).first()


# --- rows --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Brief:
    """What a kind of matter says of itself in a list."""

    number: str
    title: str | None
    category: str = ""
    area: str = ""
    said: str = ""


def _cases(ids: Sequence[UUID], viewer: Viewer, at: dt.datetime) -> dict[UUID, _Brief]:
    may_read, said = readable(ids, viewer, at), said_titles(ids, viewer)
    cases = Case.objects.filter(pk__in=ids).select_related("category", "area").defer("text", "request")
    return {
        case.pk: _Brief(
            case.number,
            case.title if case.pk in may_read else None,
            str(case.category) if case.category else "",
            str(case.area) if case.area else "",
            said.get(case.pk, ""),
        )
        for case in cases
    }


def _tasks(ids: Sequence[UUID], viewer: Viewer, at: dt.datetime) -> dict[UUID, _Brief]:
    """A task is no resident's: whoever may find it reads it. In place of a category stands its requirement."""
    tasks = Task.objects.filter(pk__in=ids).select_related("line").defer("goal")
    return {task.pk: _Brief(task.number, task.title, str(task.line)) for task in tasks}


_BRIEFS = {"order": _cases, "task": _tasks}


def rows_of(found: Sequence[Matter], viewer: Viewer, at: dt.datetime) -> list[Row]:
    ids = [matter.pk for matter in found]
    briefs: dict[UUID, _Brief] = {}
    for code, load in _BRIEFS.items():
        briefs |= load([m.pk for m in found if m.procedure == code], viewer, at)
    leads = _lead_units(ids)
    holders = {u.pk: str(u) for u in Unit.objects.filter(pk__in={m.holder for m in found if m.holder})}
    dues = _dues(ids, {m.pk: m for m in found}, at)
    return [
        _row(m, briefs[m.pk], leads.get(m.pk, ""), holders, dues.get(m.pk)) for m in found if m.pk in briefs
    ]


def _row(matter: Matter, brief: _Brief, unit: str, holders: Mapping[UUID, str], due: DueView | None) -> Row:
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
        unit=unit,
        waits_for=holders.get(matter.holder, "") if matter.holder else "",
        waits_for_submitter=matter.holder is None and state.waits_for == Role.SUBMITTER,
        state=str(state.label),
        state_code=state.code,
        pending=str(request.label) if request else "",
        due=due,
        said=brief.said,
    )


def _lead_units(ids: Sequence[UUID]) -> dict[UUID, str]:
    parts = Part.objects.filter(matter__in=ids, role=Part.LEAD, until__isnull=True).select_related("unit")
    return {part.matter_id: str(part.unit) for part in parts}


def _dues(ids: Sequence[UUID], by_id: Mapping[UUID, Matter], at: dt.datetime) -> dict[UUID, DueView]:
    """Of each matter the running limit that ends first; without its derivation, which the matter's page shows."""
    calendar = in_force()
    running = Term.objects.filter(matter__in=ids, state=Term.RUNNING).order_by("-due_at", "-id")
    terms = {term.matter_id: term for term in running.defer("derivation")}
    return {pk: _due(term, by_id[pk], calendar, at) for pk, term in terms.items()}


def _due(term: Term, matter: Matter, calendar: Calendar, at: dt.datetime) -> DueView:
    left, late = 0, 0
    if term.due_effective is not None:
        left, late = remaining(today=day_of(at), due=term.due_effective, calendar=calendar)
    return DueView(
        code=term.code,
        label=str(procedure_of(matter).term[term.code].label),
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


def state_label(code: str) -> str:
    """The label of a state, of whichever kind has it first."""
    for kind in all_kinds():
        if code in kind.procedure.state:
            return str(kind.procedure.state[code].label)
    return code


def kind_label(code: str) -> str:
    return str(kind_named(code).procedure.label)


def names_of(wanted: Wanted) -> dict[str, str]:
    """The names behind the filters that figures bring along, for taking them off again."""
    found: dict[str, Any] = {
        "unit": Unit.objects.filter(pk=wanted.unit).first() if wanted.unit else None,
        "category": Category.objects.filter(pk=wanted.category).first() if wanted.category else None,
        "area": Area.objects.filter(pk=wanted.area).first() if wanted.area else None,
        "holder": Unit.objects.filter(pk=wanted.holder).first() if wanted.holder else None,
    }
    return {name: str(row) for name, row in found.items() if row is not None}
