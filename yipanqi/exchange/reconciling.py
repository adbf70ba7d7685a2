"""What of a system of record came in, stands here and went back: numbers a day, each a list of its cases.

Everything passes the gate: a figure counts what the viewer's list would show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yipanqi.cases.models import ExternalRef
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.models import Matter
from yipanqi.exchange.models import Exported, ImportedRow, System

PAGE = 50
MOST = 1000
SERVED = "served"
PAST = "recorded"
#: Here there is something to tell the system: an answer was served, or the case has ended.
WORKED = (Q(case__matter__open=False) | Q(case__matter__state=SERVED)) & ~Q(case__matter__state=PAST)

Refs = QuerySet[ExternalRef]


@dataclass(frozen=True)
class Day:
    """A day in the city."""

    since: dt.datetime
    until: dt.datetime

    @classmethod
    def of(cls, day: dt.date) -> Day:
        start = dt.datetime.combine(day, dt.time(), SHANGHAI)
        return cls(start, start + dt.timedelta(days=1))


def _came(refs: Refs, system: System, day: Day) -> Refs:
    return refs.filter(added_at__gte=day.since, added_at__lt=day.until)


def _known(refs: Refs, system: System, day: Day) -> Refs:
    rows = ImportedRow.objects.filter(
        known=True, at__gte=day.since, at__lt=day.until, run__system=system, run__target="submissions"
    )
    cases = {UUID(row) for row in rows.values_list("object_id", flat=True)[: 20 * MOST]}
    return refs.filter(case__in=cases)


def _back(refs: Refs, system: System, day: Day) -> Refs:
    went = Exported.objects.filter(ref=OuterRef("pk"), export__at__gte=day.since, export__at__lt=day.until)
    return refs.filter(Exists(went))


def _open(refs: Refs, system: System, day: Day) -> Refs:
    return refs.filter(case__matter__open=True).exclude(case__matter__state=SERVED)


def _waiting(refs: Refs, system: System, day: Day) -> Refs:
    return refs.filter(WORKED).exclude(Exists(Exported.objects.filter(ref=OuterRef("pk"))))


def _differs(refs: Refs, system: System, day: Day) -> Refs:
    """Went back, and stands otherwise now: closed after it was answered, answered anew in a second handling."""
    last = Exported.objects.filter(ref=OuterRef("pk")).order_by("-export_id")
    told = refs.filter(WORKED).annotate(
        told_state=Subquery(last.values("state")[:1]),
        told_outcome=Subquery(last.values("outcome")[:1]),
        told_round=Subquery(last.values("round")[:1]),
    )
    return told.filter(told_state__isnull=False).exclude(
        told_state=F("case__matter__state"), told_outcome=F("case__outcome"), told_round=F("case__round")
    )


@dataclass(frozen=True)
class Line:
    """One number of the page. `daily`: of the chosen day; otherwise as it stands now."""

    code: str
    label: str | Promise
    refs: Callable[[Refs, System, Day], Refs]
    daily: bool = False


LINES = (
    Line("came", _("当天进来"), _came, daily=True),
    Line("known", _("当天又来、已有的编号"), _known, daily=True),
    Line("back", _("当天回传"), _back, daily=True),
    Line("open", _("在办，还没有答复"), _open),
    Line("waiting", _("已有结果，还没有回传"), _waiting),
    Line("differs", _("回传以后又有变化"), _differs),
)
BY_CODE = {line.code: line for line in LINES}


def _refs(viewer: Viewer, system: System) -> Refs:
    mine = Matter.objects.filter(visible(viewer, Channel.DESK)).values("pk")
    return ExternalRef.objects.filter(system=system.pk, case__matter__in=mine)


@dataclass(frozen=True)
class Count:
    """How many; `bounded` says that there are at least so many."""

    number: int
    bounded: bool


def counts(viewer: Viewer, system: System, day: Day) -> dict[str, Count]:
    """Every line's number, which stops at a thousand."""
    found = {}
    for line in LINES:
        number = line.refs(_refs(viewer, system), system, day).order_by().values("pk")[: MOST + 1].count()
        found[line.code] = Count(min(number, MOST), number > MOST)
    return found


@dataclass(frozen=True)
class Listed:
    """A page of numbers; `next` is the key after which the next one begins, empty at the end."""

    rows: Sequence[ExternalRef]
    next: str


def listed(viewer: Viewer, system: System, day: Day, line: Line, *, after: str = "") -> Listed:
    """The numbers behind a number, in the order in which they came."""
    refs = line.refs(_refs(viewer, system), system, day)
    if after.isascii() and after.isdecimal():
        refs = refs.filter(pk__gt=int(after))
    found = list(refs.select_related("case__matter").order_by("pk")[: PAGE + 1])
    return Listed(found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else "")


def to_give(viewer: Viewer, system: System, *, most: int) -> list[ExternalRef]:
    """What is to go back now: what never went, and what stands otherwise than it went; the oldest first."""
    day = Day.of(dt.date(2000, 1, 1))
    refs = _refs(viewer, system)
    wanted = Q(pk__in=_waiting(refs, system, day).values("pk")) | Q(
        pk__in=_differs(refs, system, day).values("pk")
    )
    return list(ExternalRef.objects.filter(wanted).select_related("case__matter").order_by("pk")[:most])
