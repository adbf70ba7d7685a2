"""The desk's queue: open matters by time left. It reads the narrow table of matters through the gate, page by page.

A case that goes with another has no holder, so what waits for a unit has one row for them all: the head's, which says
how many go with it. The list of everything has a row for each, for each has limits of its own.

Filters combine; a count says how many there are with the other filters as they stand, and stops at a thousand. The
number of statements does not depend on the number of rows.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from yipanqi.cases.models import Case as CaseRow
from yipanqi.core.gate import Channel, Live, Viewer, kinds_alike, visible
from yipanqi.core.kinds import all_kinds, kind_named
from yipanqi.core.models import Matter
from yipanqi.core.prepared import Prepared, prepared
from yipanqi.insight.moments import SLOTS, TIMED, TROUBLES, Times, moved
from yipanqi.insight.places import Cursor, Lists, gather
from yipanqi.insight.rows import Row, rows_beside
from yipanqi.insight.turns import once, owed_parts, owes, waits_for_us
from yipanqi.meetings.meeting_queries import matter_numbered
from yipanqi.meetings.models import Task
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Area, Category, Part, Unit
from yipanqi.organisations.timeline import part_due

PAGE = 50
MOST = 1000
FEW = 5000  # open matters that are looked through at once; a unit has no more, intake and a whole city do
MOST_KNOWN = 10_000  # viewers and figures of which that is remembered
LOOKED_AT = 300  # seconds for which it is taken that somebody finds more
# By which one acts, rather than looks on.
ACTING = (
    "cases.register", "cases.route", "cases.handle", "cases.approve", "cases.audit", "cases.callback",
    "accusations.handle", "accusations.approve",
    "decisions.draft", "decisions.break_down", "decisions.issue", "decisions.work", "decisions.check",
)  # fmt: skip
# Whoever may have a queue at all: those who act and those who oversee, of cases or of tasks.
SEEING = (*ACTING, "cases.oversee", "board.see")

WAITS, ALL = "waits", "all"
LATE, TODAY, WEEK, MONTH, HOLIDAY = "late", "today", "week", "month", "holiday"


@dataclass(frozen=True)
class Wanted:
    """What of the queue is wanted. Empty: no filter. `unit`, `category`, `area` and `holder` come from figures that
    lead here."""

    whose: str = WAITS
    when: str = (
        ""  # late, today, week and month: within seven and thirty days, holiday: before the next long one
    )
    state: str = ""
    kind: str = ""
    pending: bool = False  # only matters with a request that waits for a decision
    unit: UUID | None = None  # the lead unit
    category: str = ""
    area: str = ""
    holder: UUID | None = None  # the unit whose move it is
    unassigned: bool = False  # taken in, and with no unit yet
    bounced: bool = False  # given back by a unit, or one asks to
    provisional: bool = False  # with a date in a year whose holidays are not published
    came: bool = False  # taken in within seven days
    answered: bool = False  # its answer was served within seven days
    came_month: bool = False  # the same within thirty days
    answered_month: bool = False


ALL_OF_IT = Wanted()


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
    return _found(viewer, wanted, _live(viewer, wanted)).filter(clause_of(viewer, wanted, Times.at(at)))


# Whether a viewer finds more than FEW open matters, and when that was last seen; also of the figures that led here.
_many: dict[Hashable, tuple[bool, float]] = {}


def _finds_many(viewer: Viewer, wanted: Wanted) -> bool:
    """Whether there is too much to be gathered and sorted: all that a city has is, what a unit has is not."""
    return bool(_known(viewer, wanted))


def _known(viewer: Viewer, wanted: Wanted) -> bool | None:
    """Whether that was seen lately; None where nobody has looked."""
    many, seen = _many.get(_place(viewer, wanted), (False, -math.inf))
    return many if time.monotonic() - seen < LOOKED_AT else None


def _saw(key: Hashable, *, many: bool) -> None:
    if len(_many) >= MOST_KNOWN:
        _many.clear()
    _many[key] = many, time.monotonic()


def _live(viewer: Viewer, wanted: Wanted) -> Live:
    """How to look for what the viewer may find: not by the parts of their units where these are very many, even if
    what is looked for is little."""
    return Live.WALKED if _finds_many(viewer, ALL_OF_IT) or _finds_many(viewer, wanted) else Live.OPEN


def _place(viewer: Viewer, wanted: Wanted) -> tuple[Hashable, ...]:
    """Who looks, and the figures that led here."""
    led = Wanted(unit=wanted.unit, category=wanted.category, area=wanted.area, holder=wanted.holder)
    return _key(viewer, led)


def _groups(viewer: Viewer, wanted: Wanted, live: Live) -> list[QuerySet[Matter]]:
    """The same in lists that are each found at once."""
    if live == Live.WALKED:
        return [_found(viewer, wanted, live)]
    return [_found(viewer, wanted, live, alike) for alike in kinds_alike()]


def _found(viewer: Viewer, wanted: Wanted, live: Live, procedures: Iterable[str] = ()) -> QuerySet[Matter]:
    """The open matters that the viewer may find, of the figures that led here."""
    found = Matter.objects.filter(visible(viewer, Channel.DESK, live=live, procedures=procedures), open=True)
    if wanted.unit:
        lead = Part.objects.filter(unit=wanted.unit, role=Part.LEAD, until__isnull=True, open=True)
        found = found.filter(pk__in=lead.values("matter_id"))
    if wanted.holder:
        found = found.filter(holder=wanted.holder)
    if wanted.category or wanted.area:
        found = found.filter(Exists(_classified(wanted).filter(pk=OuterRef("pk"))))
    return found


def clause_of(viewer: Viewer, wanted: Wanted, times: Times, live: Live = Live.OPEN) -> Q:
    """What the filters of the page say of a matter, as one clause: for figures of several wishes in one statement."""
    when, plainly = _when(wanted.when, times), _plainly(wanted, times)
    if wanted.whose == ALL:
        return when & plainly
    held, owed = _held(viewer, live), owes(viewer, _on(wanted.when, times))
    return (Q(held, when) | Q(~held, owed)) & plainly


def _when(when: str, times: Times) -> Q:
    """The clause over `Matter`: late by the effective date, due by the raw one, on which staff are warned."""
    if when not in (TODAY, WEEK, MONTH, HOLIDAY):
        return _on(when, times)
    rolled = {
        TODAY: times.rolled_tonight, WEEK: times.rolled_week, MONTH: times.rolled_month, HOLIDAY: times.rolled_holiday,
    }[when]  # fmt: skip
    return Q(due_at__gt=times.now, due_at__lte=rolled) & (_on(when, times) | moved())


def _on(when: str, times: Times) -> Q:
    """The clause over what has a `due_at` that is a date of its own."""
    if when == LATE:
        return Q(due_at__lte=times.now)
    until = {TODAY: times.tonight, WEEK: times.week, MONTH: times.month, HOLIDAY: times.holiday}.get(when)
    return Q(due_at__gt=times.now, due_at__lte=until) if until else Q()


def _held(viewer: Viewer, live: Live) -> Q:
    """The clause over `Matter`: the next move is ours."""
    if live == Live.WALKED:
        return waits_for_us(viewer)
    # The holder once more, outside of what is joined by OR: only so can the planner begin at a few units' index.
    return Q(waits_for_us(viewer), holder__in=units_reached(viewer, *ACTING).values("pk"))


def _owed(viewer: Viewer, times: Times, when: str) -> QuerySet[Part]:
    return owed_parts(viewer).filter(_on(when, times))


def _plainly(wanted: Wanted, times: Times) -> Q:
    """What the filters say of the matter itself."""
    clause = Q()
    if wanted.state:
        clause &= Q(state=wanted.state)
    if wanted.kind:
        clause &= Q(procedure=wanted.kind)
    if wanted.pending:
        clause &= ~Q(pending="")
    for name, trouble in TROUBLES.items():
        if getattr(wanted, name):
            clause &= trouble(times)
    return clause


def _classified(wanted: Wanted) -> QuerySet[CaseRow]:
    found = CaseRow.objects.filter(open=True)
    if wanted.category:
        below = Category.objects.filter(Q(pk=wanted.category) | Q(parent=wanted.category))
        found = found.filter(category__in=below.values("pk"))
    if wanted.area:
        path = Area.objects.filter(pk=wanted.area).values("path")
        found = found.filter(area__in=Area.objects.filter(path__startswith=Subquery(path)).values("pk"))
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
    """A page of the queue, the most urgent first; what has no limit comes last.

    What waits for us is two lists, each read from its own index and merged by date: matters whose next move is ours,
    and parts that we owe as a co-unit, each at the part's own date.
    """
    # Where no count was asked for before, as beside a case: gathering what nobody has looked at may be a whole city's.
    if not _finds_many(viewer, ALL_OF_IT) and _known(viewer, wanted) is None:
        counts(viewer, [wanted], at)
    live, walked = _live(viewer, wanted), _finds_many(viewer, wanted)

    def lists() -> Lists:
        groups = _groups(viewer, wanted, live)
        if wanted.whose == ALL:
            clause = clause_of(viewer, wanted, SLOTS, live)
            # Out of a CASE a state is no reason to begin at its index and to sort all that a city has in it.
            if walked and (wanted.state or wanted.kind):
                clause = Q(_flag(clause))
            return Lists([found.filter(clause) for found in groups], walked=walked)
        held = Q(_flag(_held(viewer, live))) if walked else _held(viewer, live)
        plainly, owed = _plainly(wanted, SLOTS), _owed(viewer, SLOTS, wanted.when)
        others = _found(viewer, wanted, live).filter(~held, plainly).order_by().values("pk")
        ours = [found.filter(held, _when(wanted.when, SLOTS), plainly) for found in groups]
        return Lists(ours, once(owed).filter(matter__in=others), walked=walked)

    key, slots = ("queue", live, walked, *_key(viewer, wanted)), _slots([wanted], at)
    return paged(lists, viewer, at, after=after, before=before, size=size, key=key, slots=slots)


def _key(viewer: Viewer, wanted: Wanted) -> tuple[Hashable, ...]:
    """All that the SQL of a list depends on."""
    return viewer.key, wanted


def _slots(wanted: Iterable[Wanted], at: dt.datetime) -> dict[Any, Any]:
    """The times of the filters, where there is one by time."""
    timed = any(each.when or any(getattr(each, name) for name in TIMED) for each in wanted)
    return dict(zip(SLOTS, Times.at(at), strict=True)) if timed else {}


def paged(
    lists: Callable[[], Lists],
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
    key: Hashable | None = None,
    slots: Mapping[Any, Any] | None = None,
) -> Page:
    """A page of any such list: of what the viewer may find, the most urgent first, without a limit last."""
    found = gather(lists, size + 1, place=before or after, backwards=before is not None, key=key, slots=slots)
    more, found = len(found) > size, found[:size]
    if before is not None:
        found, previous, following = found[::-1], more, bool(found)
    else:
        previous, following = after is not None and bool(found), more
    beside = {place.matter.pk: place.beside for place in found}
    own = {p.matter.pk: part_due(Part(due_at=p.part_due_at), at) for p in found if p.part_due_at is not None}
    rows = rows_beside([place.matter for place in found], beside, viewer, at)
    return Page(
        rows=[replace(row, due=own[row.id]) if row.id in own else row for row in rows],
        previous=found[0].cursor if previous and found else None,
        next=found[-1].cursor if following and found else None,
    )


def counts(
    viewer: Viewer,
    wanted: Iterable[Wanted],
    at: dt.datetime,
    *,
    most: int = MOST,
    spare: Iterable[Wanted] = (),
) -> dict[Wanted, Count]:
    """How many there are of each wish, in one statement. They differ in the page's own filters alone, and share the
    figures that led here.

    What a unit has is gathered once and looked through for all of them. Where there is more than `FEW`, each wish is
    counted by itself, along an index and no further than `most`; and those that can be spared are left out.
    """
    each, rest = list(dict.fromkeys(wanted)), list(dict.fromkeys(spare))
    if not each:
        return {}
    every = list(dict.fromkeys([*each, *rest]))
    key, live, slots = _place(viewer, each[0]), _live(viewer, each[0]), _slots(every, at)
    if not _finds_many(viewer, each[0]):
        few = ("few", key, live, tuple(every))
        gathered, *numbers = _numbers(few, lambda: _few(viewer, every, live), slots)
        _saw(key, many=gathered > FEW)
        if gathered <= FEW:
            return {wish: Count(n, bounded=False) for wish, n in zip(every, numbers, strict=True)}
    numbers = _numbers(("many", key, tuple(each), most), lambda: _bounded(viewer, each, most), slots)
    return {wish: Count(min(n, most), n > most) for wish, n in zip(each, numbers, strict=True)}


def _numbers(key: Hashable, write: Callable[[], Prepared], slots: Mapping[Any, Any]) -> list[int]:
    found = prepared(key, write)
    return list(found.rows(slots)[0]) if found else []


def _few(viewer: Viewer, each: Sequence[Wanted], live: Live) -> Prepared:
    """How many are gathered, and how many of them are of each wish. What wishes have in common is asked once of each
    matter: to plan it twenty times took longer than to answer."""
    names, columns = zip(*((f.attname, f.column) for f in Matter._meta.concrete_fields), strict=True)
    arms = [
        Prepared.of(found.order_by().values_list(*names)[: FEW + 1])
        for found in _groups(viewer, each[0], live)
    ]
    some = [arm for arm in arms if arm is not None]
    if not some:
        return Prepared("SELECT " + ", ".join("0" for _ in range(len(each) + 1)), ())
    whens = list(dict.fromkeys(wish.when for wish in each))
    flags = {"held": _flag(waits_for_us(viewer))}
    for n, when in enumerate(whens):
        flags[f"due{n}"] = _flag(_when(when, SLOTS))
        flags[f"owed{n}"] = _flag(owes(viewer, _on(when, SLOTS)))
    flags |= {n: _flag(t(SLOTS)) for n, t in TROUBLES.items() if any(getattr(wish, n) for wish in each)}
    sums, values = ["count(*)"], []
    for wish in each:
        sql, own = _picked(wish, whens.index(wish.when))
        sums.append(f"count(*) FILTER (WHERE {sql})")
        values += own
    flagged = _over(Prepared.union(some), columns, flags)
    return Prepared(f"SELECT {', '.join(sums)} FROM ({flagged.sql}) AS found", (*values, *flagged.values))


def _over(gathered: Prepared, columns: Sequence[str], flags: Mapping[str, Any]) -> Prepared:
    """What is gathered, with flags: the SQL that Django writes over the table of matters, over those alone. Without the
    OFFSET each flag would be worked out again wherever it is used."""
    asked = Prepared.of(
        Matter.objects.order_by().annotate(**flags).values_list("state", "procedure", "pending", *flags)
    )
    table = f'"{Matter._meta.db_table}"'
    flagged, found, rest = asked.sql.rpartition(f" FROM {table}") if asked else ("", "", "")
    if not (asked and found) or rest:
        raise RuntimeError("the flags of the queue have become more than columns")
    sql = f"{flagged} FROM ({gathered.sql}) AS {table} ({', '.join(columns)}) OFFSET 0"
    return Prepared(sql, (*asked.values, *gathered.values))


def _picked(wish: Wanted, when: int) -> tuple[str, list[Any]]:
    """The condition of a wish over what is gathered, with its values; as `clause_of` has it."""
    timely = f"CASE WHEN held THEN due{when} ELSE owed{when} END" if wish.whose == WAITS else f"due{when}"
    tests = [timely, *(name for name in TROUBLES if getattr(wish, name))]
    values = [value for value in (wish.state, wish.kind) if value]
    tests += [f"{name} = %s" for name, value in (("state", wish.state), ("procedure", wish.kind)) if value]
    if wish.pending:
        tests.append("pending <> ''")
    return " AND ".join(tests), values


def _flag(clause: Q) -> Any:
    return Case(When(clause, then=Value(True)), default=Value(False)) if clause else Value(True)


def _bounded(viewer: Viewer, each: Sequence[Wanted], most: int) -> Prepared:
    parts: list[str] = []
    values: list[Any] = []
    for wish in each:
        limited = (
            _found(viewer, wish, Live.WALKED)
            .filter(clause_of(viewer, wish, SLOTS, Live.WALKED))
            .order_by()
            .values("pk")
        )
        one = Prepared.of(limited[: most + 1])
        parts.append(f"(SELECT count(*) FROM ({one.sql}) AS found)" if one else "0")
        values += one.values if one else ()
    return Prepared("SELECT " + ", ".join(parts), tuple(values))


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
        "when": [
            replace(wanted, when=w)
            for w in ("", LATE, TODAY, *([wanted.when] if wanted.when in (WEEK, MONTH, HOLIDAY) else []))
        ],
        "pending": [replace(wanted, pending=True)],
        "state": [replace(wanted, state=s) for s in ("", *states)],
        "kind": [replace(wanted, kind=k, state="") for k in ("", *kinds)],
    }


def find_number(viewer: Viewer, number: str) -> UUID | None:
    """The matter with this number, open or not, if the viewer may find it. The gate stands within each question: whether a
    number is known must show in no further one."""
    mine = Matter.objects.filter(visible(viewer, Channel.DESK))
    ours = Exists(mine.filter(pk=OuterRef("matter_id")))
    case = CaseRow.objects.filter(ours, number=number).values_list("matter_id", flat=True).first()
    task = Task.objects.filter(ours, number=number).values_list("matter_id", flat=True).first()
    met = matter_numbered(number)
    return case or task or (mine.filter(pk=met).values_list("pk", flat=True).first() if met else None)


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
