"""The board of the whole city: tasks by unit and theme, by conference, over time, and who works with whom. Units only,
never persons.

Everything here counts `TaskStanding` at the units over which the viewer sees the board, so that a figure and what is
behind it are the same rows; what moved since the rollups were last brought up to the log is added live.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func, Q, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.fields import CharField
from django.db.models.functions import Concat

from yipanqi.core.gate import Viewer
from yipanqi.core.labels import pick
from yipanqi.core.prepared import Prepared
from yipanqi.insight.models import Cursor as Follower, TaskHelp, TaskStanding
from yipanqi.insight.rollup import CURSOR, uncounted
from yipanqi.insight.tasks import helps_of, task_standings
from yipanqi.meetings.lights import SHADES, Shade, Turns, lights_in_sql, shaded, shown_as
from yipanqi.meetings.models import Line
from yipanqi.organisations.models import Unit

MOST_ROWS = 100  # units in the matrix
THEMES = 8  # columns of it at once
MOST_PAIRS = 20
NO_THEME = "-"  # how an address names the theme of lines that have none


@dataclass(frozen=True)
class Chosen:
    """Which tasks: at `unit` (its path) and below, or at it alone where `own`; helped by `helper` and below, of a theme, a conference, a light, due
    from one day to another. Empty: no filter."""

    unit: str = ""
    own: bool = False
    helper: str = ""
    helper_own: bool = False
    theme: str = ""
    conference: int | None = None
    light: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    def rows(self, at: dt.datetime) -> Q:
        """The clause over `TaskStanding`."""
        clause = Q()
        if self.unit:
            clause = Q(unit__path=self.unit) if self.own else Q(unit__path__startswith=self.unit)
        if self.helper:
            how = "unit__path" if self.helper_own else "unit__path__startswith"
            clause &= Q(pk__in=TaskHelp.objects.filter(**{how: self.helper}).values("task"))
        if self.theme:
            clause &= Q(line__theme="" if self.theme == NO_THEME else self.theme)
        if self.conference is not None:
            clause &= Q(line__conference=self.conference)
        if self.light:
            clause &= shown_as(self.light, at)
        if self.since is not None and self.until is not None:
            clause &= Q(due_on__range=(self.since, self.until))
        return clause

    def holds(self, row: TaskStanding, helpers: Iterable[str], at: dt.datetime) -> bool:
        """The same of one row that is not in the table yet."""
        return (
            _lies(row.unit.path, self.unit, self.own)
            and (not self.helper or any(_lies(path, self.helper, self.helper_own) for path in helpers))
            and self.theme in ("", row.line.theme or NO_THEME)
            and self.conference in (None, row.line.conference_id)
            and self.light in ("", SHADES[shade_of(row, at)])
            and (self.since is None or self.until is None or self.since <= row.due_on <= self.until)
        )


def _lies(path: str, above: str, own: bool) -> bool:
    return path == above if own else path.startswith(above)


def shade_of(row: TaskStanding, at: dt.datetime) -> Shade:
    shade: Any = row.shade
    return Turns(shade, row.yellow_on, row.red_at).at(at)


@dataclass(frozen=True)
class Tasks:
    """The tasks that a viewer's figures count, as they are now: `kept` in the rollup, without those that moved since,
    which are `fresh` and, of whatever unit, `moved`. `counted_at`: set where more moved than are added live, the moment for which `kept` speaks."""

    viewer: Viewer
    at: dt.datetime
    kept: QuerySet[TaskStanding]
    fresh: Sequence[TaskStanding] = ()
    helps: Sequence[TaskHelp] = ()
    moved: Sequence[UUID] = ()
    counted_at: dt.datetime | None = None

    def chosen(self, chosen: Chosen) -> Iterator[TaskStanding]:
        """Of those that moved lately."""
        paths: dict[UUID, list[str]] = {}
        for help_ in self.helps:
            paths.setdefault(help_.task_id, []).append(help_.unit.path)
        return (row for row in self.fresh if chosen.holds(row, paths.get(row.pk, ()), self.at))


def tasks_now(viewer: Viewer, at: dt.datetime, *, helped: bool = False) -> Tasks:
    """The tasks at the units over which the viewer sees the board; where joint work is looked at, `helped` ones of others
    as well. No other figure counts these: each task counts at one unit."""
    scopes = tuple(viewer.capabilities.get("board.see", ()))
    mine = _within(scopes)
    if helped:
        mine |= Q(pk__in=TaskHelp.objects.filter(_within(scopes)).values("task"))
    ours = TaskStanding.objects.filter(mine).order_by()
    follower = Follower.objects.filter(name=CURSOR).first() or Follower(name=CURSOR)
    waiting = uncounted(follower)
    if waiting is None:
        return Tasks(viewer, at, ours, counted_at=follower.at or at)
    fresh = task_standings(waiting) if waiting else {}
    if not fresh:
        return Tasks(viewer, at, ours)
    helps = helps_of(fresh)
    units = Unit.objects.in_bulk([*{r.unit_id for r in fresh.values()}, *{h.unit_id for h in helps}])
    lines = Line.objects.in_bulk([*{r.line_id for r in fresh.values()}])
    for row in fresh.values():
        row.unit, row.line = units[row.unit_id], lines[row.line_id]
    for help_ in helps:
        help_.unit, help_.lead = units[help_.unit_id], units[help_.lead_id]
    given = {help_.task_id for help_ in helps if helped and help_.unit.path.startswith(scopes)}
    seen = [row for row in fresh.values() if row.unit.path.startswith(scopes) or row.pk in given]
    return Tasks(viewer, at, ours.exclude(pk__in=list(fresh)), seen, helps, list(fresh))


def _within(scopes: Iterable[str], name: str = "unit__path") -> Q:
    clause = Q(pk__in=[])
    for path in scopes:
        clause |= Q(**{f"{name}__startswith": path})
    return clause


# --- units by level --------------------------------------------------------------------------------------------------


def top_of(viewer: Viewer) -> str:
    """The path of the lowest unit above all those over which the viewer sees the board."""
    scopes = [path.strip("/").split("/") for path in viewer.capabilities.get("board.see", ())]
    same: list[str] = []
    for codes in zip(*scopes, strict=False):
        if len(set(codes)) > 1:
            break
        same.append(codes[0])
    return f"/{'/'.join(same)}/" if same else "/"


def _level(path: str) -> int:
    """How many codes the path of a unit just below this one has."""
    return path.count("/")


def _codes(path: str) -> int:
    return path.strip("/").count("/") + 1


def _row_in_sql(name: str, level: int) -> Combinable:
    """The first codes of a path. Split and not matched by a pattern, which takes ten times as long over every task."""
    parts: list[Combinable] = []
    for number in range(2, level + 2):
        code = Func(F(name), Value("/"), Value(number), function="split_part", output_field=CharField())
        parts += [Value("/"), code] if parts else [code]
    return Concat(*parts) if len(parts) > 1 else parts[0]


def _row_of(path: str, level: int) -> str:
    return f"/{'/'.join(path.strip('/').split('/')[:level])}/"


def _units_at(paths: Iterable[str]) -> dict[str, Unit]:
    """The units with these paths; a code that was given anew names the living one."""
    found = Unit.objects.filter(path__in=list(paths)).order_by(F("valid_to").asc(nulls_last=True))
    return {unit.path: unit for unit in found}


def with_units_below(units: Sequence[Unit]) -> frozenset[UUID]:
    """Those of these units that have others below them."""
    found = Unit.objects.filter(managing__in=units).order_by().values_list("managing", flat=True)
    return frozenset(pk for pk in found.distinct() if pk is not None)


# --- the matrix ------------------------------------------------------------------------------------------------------

Lights = Counter[str]  # how many by shade


@dataclass(frozen=True)
class MatrixRow:
    """A unit with everything below it; `own`: those of the unit above itself."""

    unit: Unit
    cells: Mapping[str, Lights]
    whole: Lights
    own: bool = False


@dataclass(frozen=True)
class Matrix:
    """Unit × theme. `themes` are the busiest ones, by name as entered and as shown, from `first` on, of `of`; `more`:
    there are further units."""

    above: Unit | None
    rows: Sequence[MatrixRow]
    themes: Sequence[tuple[str, str]]
    first: int
    of: int
    whole: Lights
    more: bool = False


def _by_shade(at: dt.datetime) -> dict[str, Count]:
    """A column a shade: grouped by the light, of which it cannot tell how few there are, the planner sorts every task."""
    return {f"n_{shade}": Count("pk", filter=shaded(shade, at)) for shade in SHADES}


def whole(tasks: Tasks) -> Lights:
    """How many tasks show which light, of all that the viewer's figures count."""
    found = tasks.kept.aggregate(**_by_shade(tasks.at))
    lights: Lights = Counter({shade: found[f"n_{shade}"] for shade in SHADES})
    lights.update(shade_of(row, tasks.at) for row in tasks.fresh)
    return lights


def matrix(tasks: Tasks, top: str, *, first: int = 0) -> Matrix:
    """The tasks of each unit just below the one with this path, with all below them, by the theme of their lines. A draft
    counts at the unit that drafts it, any other task at its lead; each once.

    One pass over the rollup (`_placed`)."""
    level, at = _level(top), tasks.at
    counted: dict[tuple[str, str], Lights] = {}
    for codes, theme, *each in _placed(tasks, top, level):
        lights = Counter({shade: n for shade, n in zip(SHADES, each, strict=True) if n})
        counted.setdefault((f"/{codes.strip('/')}/", theme), Counter()).update(lights)
    for row in tasks.chosen(Chosen(unit=top)):
        key = _row_of(row.unit.path, level), row.line.theme
        counted.setdefault(key, Counter())[shade_of(row, at)] += 1
    return _matrix(counted, top, first)


def _placed(tasks: Tasks, top: str, level: int) -> list[tuple[Any, ...]]:
    """The first codes of the unit's path, the theme, and how many tasks of each shade.

    A sequential scan of narrow rows, joined by hash with units and lines, for no index finds less than all of them. The
    units are placed first and for themselves: where the path is split in the same statement, it is split once a task
    instead of once a unit, and the planner, which then cannot tell how few rows come of it, sorts every task.
    """
    units = Prepared.of(
        Unit.objects.filter(path__startswith=top).order_by().values_list("pk", _row_in_sql("path", level))
    )
    rows = Prepared.of(tasks.kept.values_list("unit", "line__theme", lights_in_sql(tasks.at)))
    if units is None or rows is None:
        return []
    counts = ", ".join("count(*) FILTER (WHERE task.shade = %s)" for _shade in SHADES)
    sql = (
        f"WITH placed (unit, codes) AS MATERIALIZED ({units.sql}) SELECT placed.codes, task.theme, {counts}"
        f" FROM ({rows.sql}) AS task (unit, theme, shade) JOIN placed USING (unit) GROUP BY 1, 2"
    )
    return Prepared(sql, (*units.values, *SHADES, *rows.values)).rows()


def _matrix(counted: Mapping[tuple[str, str], Lights], top: str, first: int) -> Matrix:
    by_unit: dict[str, Lights] = {}
    by_theme: Lights = Counter()
    for (path, theme), lights in counted.items():
        by_unit.setdefault(path, Counter()).update(lights)
        by_theme[theme] += lights.total()
    busiest = [theme for theme, _n in sorted(by_theme.items(), key=lambda item: (-item[1], item[0]))]
    first = first if 0 <= first < len(busiest) else 0
    themes = busiest[first : first + THEMES]
    # In the order of the published list of units, never by a figure.
    paths = sorted(by_unit)
    units = _units_at([top, *paths[:MOST_ROWS]])
    rows = [
        MatrixRow(
            units[path],
            {t: counted[path, t] for t in themes if (path, t) in counted},
            by_unit[path],
            path == top,
        )
        for path in paths[:MOST_ROWS]
        if path in units
    ]
    whole: Lights = Counter()
    for lights in by_unit.values():
        whole.update(lights)
    named = _theme_names(themes)
    shown = [(theme, named.get(theme, theme)) for theme in themes]
    return Matrix(units.get(top), rows, shown, first, len(busiest), whole, len(paths) > MOST_ROWS)


def _theme_names(themes: Sequence[str]) -> dict[str, str]:
    found = Line.objects.filter(theme__in=themes).order_by("theme", "-theme_en").distinct("theme")
    return {line.theme: pick(line.theme, line.theme_en) for line in found}


# --- by line ---------------------------------------------------------------------------------------------------------


def by_line(tasks: Tasks, conferences: Collection[int]) -> dict[int, Lights]:
    """The lights of the tasks of each line of these conferences."""
    counted: dict[int, Lights] = {}
    kept = tasks.kept.filter(line__conference__in=list(conferences))
    found = kept.values_list("line", lights_in_sql(tasks.at)).annotate(n=Count("pk"))
    for line, shade, number in found:
        counted.setdefault(line, Counter())[shade] += number
    for row in tasks.fresh:
        if row.line.conference_id in conferences:
            counted.setdefault(row.line_id, Counter())[shade_of(row, tasks.at)] += 1
    return counted


# --- joint work ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """How many tasks under way one unit leads with the help of another; each with everything below it or, where it stands
    higher than those that are compared, by itself."""

    lead: Unit
    helper: Unit
    tasks: int
    lead_own: bool = False
    helper_own: bool = False


@dataclass(frozen=True)
class Joint:
    """The pairs with most tasks in common; `more`: there are further ones."""

    pairs: Sequence[Pair] = field(default_factory=list)
    more: bool = False


def joint_work(tasks: Tasks, top: str) -> Joint:
    """Who leads and who helps, of the tasks under way that the units below the one with this path lead or help with, each
    at its level. What a unit does with those below it is its own and no joint work."""
    level = _level(top)
    scopes = tuple(tasks.viewer.capabilities.get("board.see", ()))
    ours = Q()
    for name in ("lead__path", "unit__path"):
        ours |= Q(_within(scopes, name), **{f"{name}__startswith": top})
    rows = TaskHelp.objects.filter(ours)
    if tasks.moved:
        rows = rows.exclude(task__in=tasks.moved)
    found = rows.values_list(_row_in_sql("lead__path", level), _row_in_sql("unit__path", level))
    counted: Counter[tuple[str, str]] = Counter()
    for lead, helper, number in found.annotate(n=Count("pk")).order_by():
        counted[f"/{lead.strip('/')}/", f"/{helper.strip('/')}/"] += number
    for help_ in tasks.helps:
        sides = (help_.lead.path, help_.unit.path)
        if any(path.startswith(scopes) and path.startswith(top) for path in sides):
            counted[_row_of(help_.lead.path, level), _row_of(help_.unit.path, level)] += 1
    between = sorted(
        ((pair, n) for pair, n in counted.items() if n > 0 and pair[0] != pair[1]),
        key=lambda item: (-item[1], item[0]),
    )
    shown = between[:MOST_PAIRS]
    units = _units_at({path for pair, _n in shown for path in pair})
    pairs = [
        Pair(units[a], units[b], n, _codes(a) < level, _codes(b) < level)
        for (a, b), n in shown
        if a in units and b in units
    ]
    return Joint(pairs, len(between) > MOST_PAIRS)
