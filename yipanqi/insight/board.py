"""The board: a conference's lines, the units that carry them, lights from live tasks and cases, what is late and what
waits for whom. Units only, never persons."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Sum, Value
from django.db.models.fields import IntegerField

from yipanqi.cases.queries import with_categories_in_area
from yipanqi.core import gate
from yipanqi.core.gate import Channel, Live, Viewer
from yipanqi.core.models import Matter
from yipanqi.insight.city import Lights, tasks_now
from yipanqi.insight.lights import LineLight, line_light
from yipanqi.insight.linesums import LineSum, TaskRow, sum_of, sums_of, task_rows
from yipanqi.insight.models import COUNTS, Cursor, Standing, Tally
from yipanqi.insight.rollup import CURSOR, changes, uncounted
from yipanqi.meetings.models import Conference, Line, LineBinding, Task
from yipanqi.meetings.queries import lines_of, tasks_under
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Area, Category, Unit

SMALLEST = 5  # a share of fewer than this many is no figure, and tells of persons (domain §1.10)
MOST_LATE = 10_000  # late orders that are looked at; beyond it their figures say "at least"
MOST_UNITS = 3  # units that a line names
TOP = 8  # units in "what waits for whom", and matters in "late now"


@dataclass(frozen=True)
class Share:
    """Numerator and denominator; nothing below five is shown."""

    good: int
    of: int

    @property
    def shown(self) -> bool:
        return self.of >= SMALLEST

    @property
    def percent(self) -> int:
        """Rounded down: nothing is a hundred per cent that is not."""
        return 100 * self.good // self.of if self.of else 0


@dataclass(frozen=True)
class CaseFigures:
    """The bound cases of a line; `bounded` says that there are at least so many late ones."""

    open: int = 0
    late: int = 0
    on_hold: int = 0
    closed: int = 0
    in_time: Share = Share(0, 0)
    solved: Share = Share(0, 0)
    bounded: bool = False

    @property
    def not_solved(self) -> int | None:
        """Verdicts "not solved"; None where there are some and too few to be shown."""
        number = self.solved.of - self.solved.good
        return number if number == 0 or number >= SMALLEST else None


@dataclass(frozen=True)
class LineRow:
    """A line with the figures that this viewer may see. The first of the units that lead its tasks (`led`) or, where it has
    none, answer for most of its open orders, and how many more there are. `lights`: how many tasks show which;
    `tasks` themselves are those of a page that lists them."""

    line: Line
    light: LineLight | None
    units: Sequence[Unit]
    more_units: int
    led: bool
    lights: Lights
    tasks: Sequence[TaskRow]
    cases: CaseFigures | None  # None: not bound to cases
    next_on: dt.date | None
    nodes: tuple[int, int]


@dataclass(frozen=True)
class Waiting:
    """A unit and how many late matters wait for it."""

    unit: Unit
    tasks: int
    cases: int

    @property
    def matters(self) -> int:
        return self.tasks + self.cases


@dataclass(frozen=True)
class Board:
    """One conference as this viewer sees it. `counted_at` is set where the figures of orders are those of an earlier
    moment, because more moves wait to be counted than are added live."""

    conference: Conference
    lines: Sequence[LineRow]
    cases: CaseFigures
    waiting: Sequence[Waiting] = ()
    waiting_bounded: bool = False
    late: Sequence[Matter] = ()
    counted_at: dt.datetime | None = None
    tasks: Lights = field(default_factory=Counter)


@dataclass
class _Sums:
    """What is added up for one line: sums of COUNTS, late ones, open ones by unit."""

    counts: list[int] = field(default_factory=lambda: [0] * len(COUNTS))
    late: int = 0
    open_at: dict[UUID, int] = field(default_factory=dict)

    def add(self, counts: Iterable[int], unit: UUID, sign: int = 1) -> None:
        new = list(counts)
        self.counts = [a + sign * b for a, b in zip(self.counts, new, strict=True)]
        self.open_at[unit] = self.open_at.get(unit, 0) + sign * new[0]


def board(conference: Conference, viewer: Viewer, at: dt.datetime) -> Board:
    """The board of one conference for one viewer, at a moment. Every figure, and what it counts:

    * tasks of a line: those whose lead unit lies in the viewer's scope (or whose sender does), by state; **late**: a
      running limit of it has passed (receipt, the work, the check).
    * **nodes**: milestones done, of all milestones of tasks that are issued and not dropped.
    * **open**: cases (orders, suggestions and claims alike) of the line's categories and areas that are not closed, withdrawn or redirected, at the units
      in the viewer's scope that answer for them (the lead; before there is one, the sender).
      One matter in three channels is counted once, at the head; verdicts are counted each (insight/rollup.py).
    * **late**: open cases whose earliest running limit has passed while they wait for a unit (never those that wait
      for the submitter). **on hold**: 挂账; counts as open and never as solved.
    * **closed**: cases that ran to their end; **in time**: of those, no limit for the answer was missed, over those
      that had one; **solved**: the last verdict says solved, over those with a verdict that staff may see and
      that says whether it is solved, which a suggestion's does not. A share
      of fewer than five is not shown, nor are one to four verdicts "not solved".
    * **next date**: the earliest date still to come of a milestone or a task.
    * **what waits for whom**: late matters by the unit whose move it is.

    Cost does not grow with the number of cases. Sums of cases are read from `insight_tally` by its unique index
    (category, area, unit), at most one row for each combination that occurs; late ones from `insight_standing` by
    the partial index `standing_due`, at most MOST_LATE of them; moves that the tally has not counted yet are added
    live, at most MOST_WAITING. Late matters by unit come from `core_matter` by `matter_due`, at most MOST_LATE.
    """
    tasks, lines = tasks_now(viewer, at), list(lines_of(conference))
    found = _summed(lines, sums_of(tasks, lines), viewer, at)
    waiting, waiting_bounded = waits_for_whom(viewer, at)
    whole: Lights = Counter()
    for row in found.rows:
        whole.update(row.lights)
    return Board(
        conference=conference,
        lines=found.rows,
        cases=found.cases,
        waiting=waiting,
        waiting_bounded=waiting_bounded,
        late=late_now(viewer, at),
        counted_at=found.counted_at or tasks.counted_at,
        tasks=whole,
    )


@dataclass(frozen=True)
class Lines:
    """Lines with their figures; `cases` counts an order once that several of them are bound to."""

    rows: Sequence[LineRow]
    cases: CaseFigures
    counted_at: dt.datetime | None


def lines_now(conference: Conference, viewer: Viewer, at: dt.datetime, only: Line | None = None) -> Lines:
    """The lines of a conference, or one of them, with the figures that `board` defines."""
    lines = [line for line in lines_of(conference) if only is None or line.pk == only.pk]
    shown = _tasks(lines, viewer, at)
    return _summed(lines, {pk: sum_of(rows) for pk, rows in shown.items()}, viewer, at, shown)


def _summed(
    lines: Sequence[Line],
    of: Mapping[int, LineSum],
    viewer: Viewer,
    at: dt.datetime,
    shown: Mapping[int, Sequence[TaskRow]] | None = None,
) -> Lines:
    sums, bounded, counted_at = _orders(lines, viewer, at)
    wanted = {unit for each in of.values() for unit in each.units()[:MOST_UNITS]}
    units = Unit.objects.in_bulk([*wanted | {unit for each in sums.values() for unit in _most(each)}])
    rows = [
        _row(
            line,
            of.get(line.pk, LineSum()),
            sums.get(line.pk),
            units,
            bounded,
            (shown or {}).get(line.pk, []),
        )
        for line in lines
    ]
    return Lines(rows, _figures(sums.get(0), bounded), counted_at)


# --- tasks -----------------------------------------------------------------------------------------------------------


def _tasks(lines: Sequence[Line], viewer: Viewer, at: dt.datetime) -> dict[int, list[TaskRow]]:
    # Who drafts and checks without seeing the board still finds the tasks of a line: those of their desk.
    channel = Channel.FIGURES if viewer.has("board.see") else Channel.DESK
    found: dict[int, list[TaskRow]] = {}
    for row in task_rows(tasks_under(lines, gate.visible(viewer, channel)), at):
        found.setdefault(row.task.line_id, []).append(row)
    return {line: _as_tree(rows) for line, rows in found.items()}


def _as_tree(rows: Sequence[TaskRow]) -> list[TaskRow]:
    """Each task with those that it is broken down into after it; what stands under one that is not shown stands at the
    top. A task and those below it count each for itself."""
    known = {row.task.pk for row in rows}
    below: dict[UUID | None, list[TaskRow]] = {}
    for row in rows:
        below.setdefault(row.task.parent_id if row.task.parent_id in known else None, []).append(row)
    found: list[TaskRow] = []
    todo = [(row, 0) for row in reversed(below.get(None, []))]
    while todo:
        row, depth = todo.pop()
        found.append(replace(row, depth=depth))
        todo += [(child, depth + 1) for child in reversed(below.get(row.task.pk, []))]
    return found


def task_cases(task: Task, viewer: Viewer, at: dt.datetime) -> CaseFigures | None:
    """The figures of the cases from which a task's progress is read, as `board` defines them; None where there are
    none, or the viewer sees no figures. Each case once, as of a line."""
    bindings = list(task.bindings.select_related("category", "area"))
    if not bindings or not viewer.has("board.see"):
        return None
    sums, bounded, _counted_at = _sums_of({task.line_id: bindings}, viewer, at)
    return _figures(sums[0], bounded)


# --- orders ----------------------------------------------------------------------------------------------------------


def categories_of(bindings: Iterable[LineBinding]) -> dict[str, list[str]]:
    """The categories that are bound, each with itself and those below it."""
    found = {binding.category_id: [binding.category_id] for binding in bindings}
    for code, parent in Category.objects.filter(parent__in=found).values_list("pk", "parent_id"):
        found[str(parent)].append(code)
    return found


def binding_clause(bindings: Iterable[LineBinding], categories: Mapping[str, list[str]]) -> Q:
    """The clause over `Case`, `Standing` and `Tally` of what these bindings cover, each once; nothing for none.

    `categories` are those of `categories_of`: named one by one, they can be looked up in an index.
    """
    clauses = [
        with_categories_in_area(
            categories=categories[b.category_id], area_path=b.area.path if b.area else None
        )
        for b in bindings
    ]
    return reduce(or_, clauses, Q(pk__in=[]))


def _orders(
    lines: Sequence[Line], viewer: Viewer, at: dt.datetime
) -> tuple[dict[int, _Sums], bool, dt.datetime | None]:
    """Sums of orders by line (0: of all lines together, each order once), whether the late ones were too many to look
    at, and the moment of the tally where what came since was too much to add."""
    return _sums_of({line.pk: list(line.bindings.all()) for line in lines}, viewer, at)


def _sums_of(
    by_line: Mapping[int, list[LineBinding]], viewer: Viewer, at: dt.datetime
) -> tuple[dict[int, _Sums], bool, dt.datetime | None]:
    bound = {pk: bindings for pk, bindings in by_line.items() if bindings}
    sums = {pk: _Sums() for pk in (0, *bound)}
    if not bound:
        return sums, False, None
    bound[0] = [binding for bindings in bound.values() for binding in bindings]
    categories = categories_of(bound[0])
    reached = units_reached(viewer, "board.see").values("pk")
    for row in _tallied(bound, categories, reached):
        sums[row["line"]].add((row[f"sum_{name}"] for name in COUNTS), row["unit_id"])
    places = _Places(bound, categories)
    late, bounded = _late(reached, at)
    for category, area, number in late:
        for pk in places.lines(category, area):
            sums[pk].late += number
    cursor = Cursor.objects.filter(name=CURSOR).first() or Cursor(name=CURSOR)
    waiting = uncounted(cursor)
    if waiting is None:
        return sums, bounded, cursor.at or at
    _add_uncounted(sums, places, waiting, frozenset(reached.values_list("pk", flat=True)), at)
    return sums, bounded, None


def _tallied(
    bound: dict[int, list[LineBinding]], categories: Mapping[str, list[str]], reached: QuerySet[Unit, Any]
) -> QuerySet[Any, Any]:
    """The tally's sums by line and unit, in one statement."""
    queries = [
        Tally.objects.filter(binding_clause(bindings, categories), unit__in=reached)
        .order_by()
        .values("unit_id")
        .annotate(
            line=Value(pk, output_field=IntegerField()), **{f"sum_{name}": Sum(name) for name in COUNTS}
        )
        for pk, bindings in bound.items()
    ]
    return queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]


def _late(reached: QuerySet[Unit, Any], at: dt.datetime) -> tuple[list[tuple[str, str, int]], bool]:
    """Late orders at these units by category and area path, at most MOST_LATE of them, and whether there are more."""
    rows = Standing.objects.filter(due_at__lte=at, unit__in=reached).order_by()
    places = list(rows.values_list("category_id", "area__path")[: MOST_LATE + 1])
    found: dict[tuple[str, str], int] = {}
    for place in places[:MOST_LATE]:
        found[place] = found.get(place, 0) + 1
    return [(*place, number) for place, number in found.items()], len(places) > MOST_LATE


@dataclass(frozen=True)
class Cases:
    """The figures of cases by line, and of all these lines together, each case once."""

    by_line: Mapping[int, CaseFigures]
    whole: CaseFigures
    counted_at: dt.datetime | None


def case_figures(lines: Sequence[Line], viewer: Viewer, at: dt.datetime) -> Cases:
    """The figures of the cases that each of these lines is bound to, as `board` defines them."""
    sums, bounded, counted_at = _orders(lines, viewer, at)
    by_line = {pk: _figures(own, bounded) for pk, own in sums.items() if pk}
    return Cases(by_line, _figures(sums.get(0), bounded), counted_at)


class _Places:
    """Which lines a category in an area belongs to."""

    def __init__(self, bound: dict[int, list[LineBinding]], categories: Mapping[str, Sequence[str]]) -> None:
        self._parents = {code: top for top, codes in categories.items() for code in codes if code != top}
        self._bound: dict[str, list[tuple[int, str]]] = {}
        for pk, bindings in bound.items():
            for b in bindings:
                path = b.area.path if b.area else "/"
                self._bound.setdefault(b.category_id, []).append((pk, path))

    def lines(self, category: str, area_path: str) -> set[int]:
        own = self._bound.get(category, [])
        above = self._bound.get(self._parents.get(category) or "", [])
        return {pk for pk, path in (*own, *above) if area_path.startswith(path)}


def _add_uncounted(
    sums: dict[int, _Sums],
    places: _Places,
    waiting: frozenset[UUID],
    reached: frozenset[UUID],
    at: dt.datetime,
) -> None:
    """Add live what moved since the tally was last brought up to the log, so that the board is never behind."""
    rows = list(changes(waiting))
    areas = {row.area_id for row, _sign in rows}
    paths = dict(Area.objects.filter(pk__in=areas).values_list("pk", "path"))
    for standing, sign in rows:
        if standing.unit_id not in reached:
            continue
        for pk in places.lines(standing.category_id, paths[standing.area_id]):
            sums[pk].add(standing.counts, standing.unit_id, sign)
            if standing.due_at is not None and standing.due_at <= at:
                sums[pk].late += sign


def _figures(sums: _Sums | None, bounded: bool) -> CaseFigures:
    if sums is None:
        return CaseFigures()
    n = dict(zip(COUNTS, sums.counts, strict=True))
    return CaseFigures(
        open=n["open"],
        late=sums.late,
        on_hold=n["on_hold"],
        closed=n["closed"],
        in_time=Share(n["in_time"], n["timed"]),
        solved=Share(n["solved"], n["judged"]),
        bounded=bounded,
    )


# --- lines -----------------------------------------------------------------------------------------------------------


def _most(sums: _Sums) -> list[UUID]:
    ranked = sorted(sums.open_at.items(), key=lambda item: (-item[1], str(item[0])))
    return [unit for unit, number in ranked[:2] if number > 0]


def _row(
    line: Line,
    of: LineSum,
    sums: _Sums | None,
    units: Mapping[UUID, Unit],
    bounded: bool,
    tasks: Sequence[TaskRow] = (),
) -> LineRow:
    cases = _figures(sums, bounded) if sums is not None else None
    carriers = of.units() or (_most(sums) if sums is not None else [])
    return LineRow(
        line=line,
        light=None if line.principle else line_light(of.lights, cases),
        units=[units[pk] for pk in carriers[:MOST_UNITS]],
        more_units=max(len(carriers) - MOST_UNITS, 0),
        led=bool(of.leads),
        lights=of.lights,
        tasks=tasks,
        cases=cases,
        next_on=of.next_on,
        nodes=(of.done, of.nodes),
    )


# --- what is late ----------------------------------------------------------------------------------------------------


def sees_all(viewer: Viewer) -> bool:
    """Whether the viewer's figures are the whole city's: a scope that begins at the root of the units."""
    return any(path.strip("/").count("/") == 0 for path in viewer.capabilities.get("board.see", ()))


def _late_matters(viewer: Viewer, channel: Channel, at: dt.datetime) -> QuerySet[Matter]:
    """Open matters that are late and wait for a unit; served by the partial index `matter_due`. Who sees the whole city
    finds nearly all of them: they are walked, for to gather the parts of all units reads every open one."""
    clause = gate.visible(viewer, channel, live=Live.WALKED if sees_all(viewer) else Live.OPEN)
    return Matter.objects.filter(clause, open=True, due_at__lte=at, holder__isnull=False)


def waits_for_whom(viewer: Viewer, at: dt.datetime) -> tuple[list[Waiting], bool]:
    """The units for whose move most late matters wait, and whether there are more late matters than were looked at
    (MOST_LATE). A matter is counted where the viewer's figures count it."""
    late = _late_matters(viewer, Channel.FIGURES, at).order_by("due_at", "pk")
    looked_at = Counter(late.values_list("holder", "procedure")[:MOST_LATE])
    numbers: dict[UUID, dict[str, int]] = {}
    for (holder, procedure), number in looked_at.items():
        if holder is not None:
            numbers.setdefault(holder, {})[procedure] = number
    ranked = sorted(numbers.items(), key=lambda item: (-sum(item[1].values()), str(item[0])))[:TOP]
    units = Unit.objects.in_bulk([unit for unit, _n in ranked])
    rows = [
        Waiting(units[pk], tasks=n.get("task", 0), cases=sum(n.values()) - n.get("task", 0))
        for pk, n in ranked
    ]
    return rows, looked_at.total() >= MOST_LATE


def late_now(viewer: Viewer, at: dt.datetime) -> list[Matter]:
    """The matters that have been late for longest, of those the viewer finds at the desk."""
    return list(_late_matters(viewer, Channel.DESK, at).order_by("due_at", "pk")[:TOP])
