"""What a supervisor looks after: each figure is the length of the one list with a filter, and leads to it. Split by the
unit whose move it is, in the managing order: units, never persons, and no order by figures."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, Sum

from yipanqi.core.calendar import DaysOff, next_days_off
from yipanqi.core.counting import day_of
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.models import Matter
from yipanqi.insight import queue
from yipanqi.insight.models import Tally
from yipanqi.insight.moments import Times
from yipanqi.insight.queue import ALL, HOLIDAY, LATE, MONTH, TODAY, WEEK, Wanted
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Part, Unit

WISHES: dict[str, Wanted] = {
    "late": Wanted(whose=ALL, when=LATE),
    "today": Wanted(whose=ALL, when=TODAY),
    "week": Wanted(whose=ALL, when=WEEK),
    "holiday": Wanted(whose=ALL, when=HOLIDAY),
    "unassigned": Wanted(whose=ALL, unassigned=True),
    "bounced": Wanted(whose=ALL, bounced=True),
    "pending": Wanted(whose=ALL, pending=True),
    "provisional": Wanted(whose=ALL, provisional=True),
}
# What a week is told by: what came in and is not closed yet, what was answered, what is late, what falls due.
WEEK_WISHES: dict[str, Wanted] = {
    "came": Wanted(whose=ALL, came=True),
    "answered": Wanted(whose=ALL, answered=True),
    "late": WISHES["late"],
    "week": WISHES["week"],
}
# And a month.
MONTH_WISHES: dict[str, Wanted] = {
    "came_month": Wanted(whose=ALL, came_month=True),
    "answered_month": Wanted(whose=ALL, answered_month=True),
    "late": WISHES["late"],
    "month": Wanted(whose=ALL, when=MONTH),
}
EVERY_WISH = WISHES | WEEK_WISHES | MONTH_WISHES
MOST = 10_000  # matters that are split by unit; beyond it the split says "at least"
UNITS = 100  # rows of the split


@dataclass(frozen=True)
class UnitRow:
    """The figures of one unit, each with the list it leads to. `leads`: the open matters that it leads; cases that are
    handled together count once."""

    unit: Unit
    figures: Mapping[str, int]
    leads: int = 0

    @property
    def led(self) -> Wanted:
        return Wanted(whose=ALL, unit=self.unit.pk)

    def wanted(self, name: str) -> Wanted:
        return replace(EVERY_WISH[name], holder=self.unit.pk)


@dataclass(frozen=True)
class Supervision:
    """The page. `bounded`: the split says "at least"; `more`: there are further units."""

    figures: Mapping[str, queue.Count]
    units: Sequence[UnitRow]
    days_off: DaysOff | None
    bounded: bool
    more: bool


def supervision(viewer: Viewer, at: dt.datetime, wishes: Mapping[str, Wanted] = WISHES) -> Supervision:
    """The figures for this viewer, and the same split by the unit whose move it is."""
    counts = queue.counts(viewer, wishes.values(), at)
    units, bounded, more = _split(viewer, at, wishes)
    return Supervision(
        figures={name: counts[wish] for name, wish in wishes.items()},
        units=units,
        days_off=next_days_off(day_of(at)),
        bounded=bounded,
        more=more,
    )


def _split(viewer: Viewer, at: dt.datetime, wishes: Mapping[str, Wanted]) -> tuple[list[UnitRow], bool, bool]:
    times = Times.at(at)
    clauses = {name: queue.clause_of(viewer, wish, times) for name, wish in wishes.items()}
    found = queue.matters(viewer, Wanted(whose=ALL), at)
    concerned = found.filter(reduce(or_, clauses.values()), holder__isnull=False)
    ids = list(concerned.order_by().values_list("pk", flat=True)[: MOST + 1])
    counted = Matter.objects.filter(pk__in=ids[:MOST]).order_by().values("holder")
    counts = {name: Count("pk", filter=clause) for name, clause in clauses.items()}
    rows = counted.annotate(**counts).values_list("holder", *wishes)
    by_unit = {holder: dict(zip(wishes, figures, strict=True)) for holder, *figures in rows}
    leads = _leads(viewer)
    # In the order of the published list of units, never by a figure.
    units = list(Unit.objects.filter(pk__in={*by_unit, *leads}).order_by("path")[: UNITS + 1])
    nothing = dict.fromkeys(wishes, 0)
    split = [UnitRow(u, by_unit.get(u.pk, nothing), leads.get(u.pk, 0)) for u in units[:UNITS]]
    return split, len(ids) > MOST, len(units) > UNITS


def _leads(viewer: Viewer) -> Mapping[UUID, int]:
    """How many open matters the units lead that the viewer sees figures of: cases from the rollup, and tasks, of which
    there are few. What has no lead yet is counted at who took it in, who leads none."""
    reached = units_reached(viewer, "board.see", "cases.oversee").exclude(kind="intake").values("pk")
    sums = Tally.objects.filter(unit__in=reached, open__gt=0).order_by().values("unit")
    found = Counter(dict(sums.annotate(leads=Sum("open")).values_list("unit", "leads")))
    tasks = Matter.objects.filter(visible(viewer, Channel.DESK, procedures=("task",)), procedure="task")
    lead = Part.objects.filter(role=Part.LEAD, until__isnull=True, open=True, unit__in=reached)
    found.update(lead.filter(matter__in=tasks.values("pk")).values_list("unit", flat=True))
    return found


def nothing_late(found: Supervision) -> bool:
    """Whether all is in time and everything has its unit."""
    return not any(
        found.figures[name].number for name in ("late", "today", "unassigned", "bounced", "pending")
    )
