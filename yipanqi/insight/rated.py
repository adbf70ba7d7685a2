"""The rates of a month by unit, and what stands behind each number. Units in the published order, never by a figure, and
never persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Sum

from yipanqi.core.counting import day_of
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.models import Matter
from yipanqi.insight.behind import newest
from yipanqi.insight.models import Rated, RateTally
from yipanqi.insight.places import Cursor
from yipanqi.insight.queue import PAGE, Page
from yipanqi.insight.rates import HANDLER, OFFICE, RATES, SATISFIED
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Unit

SEES = ("board.see", "cases.oversee")
SMALLEST = 5  # of fewer verdicts none is told in a figure (domain §1.10)
ROWS = 200  # units of the page, each once or twice


@dataclass(frozen=True)
class Rate:
    """Numerator and denominator, always both."""

    good: int
    of: int

    @property
    def percent(self) -> int:
        """Rounded down: nothing is a hundred per cent that is not."""
        return 100 * self.good // self.of


@dataclass(frozen=True)
class Counted:
    """Which claims: of a month (its first day), and of an origin, a rate, a unit and its part, where these are given."""

    month: dt.date
    above: bool | None = None
    rate: str = ""
    unit: UUID | None = None
    of: str = ""
    good: bool | None = None


@dataclass(frozen=True)
class UnitRates:
    """A unit as who handled (`of` handler) or as the petition office, with the rates in which something counts."""

    unit: Unit
    of: str
    rates: Mapping[str, Rate]

    def told(self, rate: str) -> Rate | None:
        """A rate as it may be told: of grades, none of fewer than five."""
        found = self.rates.get(rate)
        return None if found is None or (rate == SATISFIED and found.of < SMALLEST) else found


def next_month(month: dt.date) -> dt.date:
    return (month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)


def by_unit(viewer: Viewer, wanted: Counted, at: dt.datetime) -> Sequence[UnitRates]:
    """The rates of the units that the viewer sees figures of. Read from the tally by its unique index: at most a row a day,
    unit, rate and origin, however many claims there are."""
    reached = units_reached(viewer, *SEES).values("pk")
    rows = _within(RateTally.objects.filter(unit__in=reached, total__gt=0), wanted, at).order_by()
    sums: dict[tuple[UUID, str], dict[str, Rate]] = {}
    for unit, of, rate, good, total in (
        rows.values("unit_id", "of", "rate")
        .annotate(g=Sum("good"), t=Sum("total"))
        .values_list("unit_id", "of", "rate", "g", "t")
    ):
        sums.setdefault((unit, of), {})[rate] = Rate(good, total)
    units = Unit.objects.filter(pk__in={unit for unit, _of in sums}).order_by("path")[:ROWS]
    return [UnitRates(u, of, sums[u.pk, of]) for u in units for of in (OFFICE, HANDLER) if (u.pk, of) in sums]


def behind(
    viewer: Viewer,
    wanted: Counted,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """A page of the claims that a number counts, as far as the viewer finds them at the desk. A number of few grades has no
    list either."""
    reached = units_reached(viewer, *SEES).values("pk")
    rows = _within(Rated.objects.filter(unit__in=reached), wanted, at)
    found = Matter.objects.filter(visible(viewer, Channel.DESK, procedures=("claim",)), procedure="claim")
    if wanted.rate == SATISFIED and rows.values("matter").distinct()[:SMALLEST].count() < SMALLEST:
        found = found.none()
    if wanted.good is not None:
        rows = rows.filter(good=wanted.good)
    found = found.filter(pk__in=rows.values("matter"))
    return newest(found, viewer, at, after=after, before=before, size=size)


def _within(rows: QuerySet[Any], wanted: Counted, at: dt.datetime) -> QuerySet[Any]:
    """Those whose day lies in the month and is over."""
    rows = rows.filter(day__gte=wanted.month, day__lt=min(next_month(wanted.month), day_of(at)))
    rows = rows.filter(rate__in=[wanted.rate] if wanted.rate in RATES else RATES)
    if wanted.above is not None:
        rows = rows.filter(above=wanted.above)
    if wanted.unit is not None:
        rows = rows.filter(unit=wanted.unit)
    return rows.filter(of=wanted.of) if wanted.of else rows
