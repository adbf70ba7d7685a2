"""What was closed within a week or a month. The queue cannot list it: all that it does rests on what is open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from yipanqi.cases.models import Case
from yipanqi.core.counting import day_of, end_of
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.kinds import all_kinds
from yipanqi.core.models import Matter
from yipanqi.insight.places import Cursor
from yipanqi.insight.queue import MOST, PAGE, Count as HowMany
from yipanqi.insight.rows import Row, rows_of
from yipanqi.organisations.models import Part, Unit

SPANS = (7, 30)
CLOSED = (
    "closed"  # the state in which what was to be done is done; withdrawn, dropped or redirected is not that
)
MOST_SPLIT = 10_000  # closed matters that are split by unit; beyond it the split says "at least"
UNITS = 100


@dataclass(frozen=True)
class Closed:
    """What was closed within so many days before today, and today: of a kind, and led by a unit, where these are given."""

    days: int = 7
    kind: str = ""
    unit: UUID | None = None


@dataclass(frozen=True)
class Page:
    """Some rows, each with when it was closed, and where to go on."""

    rows: Sequence[tuple[Row, dt.datetime]]
    previous: Cursor | None
    next: Cursor | None


@dataclass(frozen=True)
class ByUnit:
    """How many each unit led, in the published order of units; `bounded`: at least so many, or not all units."""

    rows: Sequence[tuple[Unit, int]]
    bounded: bool


def kinds() -> list[str]:
    """The procedures in which something is closed."""
    return [
        kind.procedure.code
        for kind in all_kinds()
        if CLOSED in kind.procedure.state and not kind.procedure.state[CLOSED].open
    ]


def matters(viewer: Viewer, wanted: Closed, at: dt.datetime) -> QuerySet[Matter]:
    """The closed matters that the viewer finds at the desk, in no order. What went with another case is that case's."""
    since = end_of(day_of(at) - dt.timedelta(days=wanted.days + 1))
    some = [kind for kind in kinds() if wanted.kind in ("", kind)]
    found = Matter.objects.filter(
        visible(viewer, Channel.DESK, procedures=some), open=False, state=CLOSED, closed_at__gt=since
    )
    found = found.filter(~Exists(Case.objects.filter(pk=OuterRef("pk"), joined_to__isnull=False)))
    if wanted.unit:
        led = Part.objects.filter(matter=OuterRef("pk"), unit=wanted.unit, role=Part.LEAD, until__isnull=True)
        found = found.filter(Exists(led))
    return found


def count(viewer: Viewer, wanted: Closed, at: dt.datetime) -> HowMany:
    """How many there are, counted as far as a list of the queue is."""
    number = matters(viewer, wanted, at).order_by()[: MOST + 1].count()
    return HowMany(min(number, MOST), number > MOST)


def by_kind(viewer: Viewer, wanted: Closed, at: dt.datetime) -> dict[str, HowMany]:
    """By kind, where there are any."""
    found = {kind: count(viewer, replace(wanted, kind=kind), at) for kind in kinds()}
    return {kind: number for kind, number in found.items() if number.number}


def by_unit(viewer: Viewer, wanted: Closed, at: dt.datetime) -> ByUnit:
    """By the unit that led it."""
    ids = list(matters(viewer, wanted, at).order_by().values_list("pk", flat=True)[: MOST_SPLIT + 1])
    led = Part.objects.filter(matter__in=ids[:MOST_SPLIT], role=Part.LEAD, until__isnull=True).order_by()
    numbers = dict(led.values_list("unit").annotate(n=Count("matter", distinct=True)))
    units = list(Unit.objects.filter(pk__in=numbers).order_by("path")[: UNITS + 1])
    rows = [(unit, numbers[unit.pk]) for unit in units[:UNITS]]
    return ByUnit(rows, len(ids) > MOST_SPLIT or len(units) > UNITS)


def page(
    viewer: Viewer,
    wanted: Closed,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """A page of them, what was closed last first; a place is the moment of closing."""
    found, place = matters(viewer, wanted, at), before or after
    way, back = ("gt", True) if before is not None else ("lt", False)
    if place is not None and place.due_at is not None:
        beyond = Q(**{f"closed_at__{way}": place.due_at}) | Q(
            **{"closed_at": place.due_at, f"pk__{way}": place.id}
        )
        found = found.filter(beyond, **{f"closed_at__{way}e": place.due_at})
    order = ("closed_at", "pk") if back else ("-closed_at", "-pk")
    rows = list(found.order_by(*order)[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    rows = rows[::-1] if back else rows
    previous, following = (more, bool(rows)) if back else (after is not None and bool(rows), more)
    when = {one.pk: one.closed_at for one in rows if one.closed_at is not None}
    return Page(
        rows=[(row, when[row.id]) for row in rows_of(rows, viewer, at)],
        previous=_cursor(rows[0]) if previous and rows else None,
        next=_cursor(rows[-1]) if following and rows else None,
    )


def _cursor(one: Matter) -> Cursor:
    return Cursor(one.closed_at, one.pk)
