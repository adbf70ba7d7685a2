"""The filters of the queue that look at the hour, and those for what a supervisor looks after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from yipanqi.core.calendar import for_showing, next_days_off
from yipanqi.core.counting import day_of, end_of
from yipanqi.core.kinds import all_kinds, all_procedures
from yipanqi.core.models import Move, Term
from yipanqi.core.prepared import time_slot
from yipanqi.core.procedure import Role
from yipanqi.organisations.models import Part


class Times(NamedTuple):
    """The moments that filters by time look at, all from one: now, when the day ends, when the last day before the next
    long holiday ends, when the seventh day from now ends, and when the seventh day before today began; and the same of
    thirty days. Of each end also when the first working day from it on ends: what falls due in between without its
    moving there is warned of at the end itself (domain §1.2)."""

    now: dt.datetime
    tonight: dt.datetime
    holiday: dt.datetime
    week: dt.datetime
    ago: dt.datetime
    month: dt.datetime
    month_ago: dt.datetime
    rolled_tonight: dt.datetime
    rolled_holiday: dt.datetime
    rolled_week: dt.datetime
    rolled_month: dt.datetime

    @classmethod
    def at(cls, now: dt.datetime) -> Times:
        today, off = day_of(now), next_days_off(day_of(now))
        holiday = end_of(off.first - dt.timedelta(days=1)) if off else now
        one, week, month = (dt.timedelta(days=days) for days in (1, 7, 30))
        last = off.first - one if off else today
        return cls(
            now,
            end_of(today),
            holiday,
            end_of(today + week),
            end_of(today - week - one),
            end_of(today + month),
            end_of(today - month - one),
            *(end_of(_working_day(day)) for day in (today, last, today + week, today + month)),
        )


def _working_day(last: dt.date) -> dt.date:
    """The day up to which a limit moves that ends on a day of rest right after `last`, or on `last` itself."""
    calendar, one = for_showing(), dt.timedelta(days=1)
    if calendar.is_working(last) and calendar.is_working(last + one):
        return last
    day = last + one
    while not calendar.is_working(day):
        day += one
    return day


SLOTS = Times(*(time_slot(number) for number in range(1, 12)))


def _unassigned(_times: Times) -> Q:
    lead = Part.objects.filter(matter=OuterRef("pk"), role=Part.LEAD, until__isnull=True)
    # A meeting is nobody's to lead: it is not without its unit.
    led = [p for p in all_procedures() if any(Role.LEAD in step.by for step in p.steps)]
    firsts = {p.initial.target for p in led}
    return Q(~Exists(lead), state__in=sorted(filter(None, firsts)))


def _bounced(_times: Times) -> Q:
    given_back = Part.objects.filter(role=Part.LEAD, until__isnull=False, open=True)
    return Q(pending="return") | Q(pk__in=given_back.values("matter_id"))


def _provisional(_times: Times) -> Q:
    terms = Term.objects.filter(state=Term.RUNNING, provisional=True)
    return Q(pk__in=terms.values("matter_id"))


def _came(times: Times) -> Q:
    return Q(opened_at__gt=times.ago)


def _answered(times: Times) -> Q:
    return _served(times.ago)


def _served(since: dt.datetime) -> Q:
    """By the steps that serve an answer, of whichever kind; of open matters: the time to judge it runs."""
    steps = {s.name for kind in all_kinds() for s in kind.procedure.steps if s.target == "served"}
    served = Move.objects.filter(matter=OuterRef("pk"), step__in=sorted(steps), at__gt=since)
    return Q(Exists(served), state="served")


def moved() -> Q:
    """The clause over `Matter`: the limit by which it is due ended on a day of rest and moved to the next working day."""
    due = Term.objects.filter(matter=OuterRef("pk"), state=Term.RUNNING, due_at=OuterRef("due_at"))
    return Q(Exists(due.filter(due_raw__lt=F("due_effective"))))


# What a supervisor looks for, by the name of its filter.
TROUBLES: Mapping[str, Callable[[Times], Q]] = {
    "unassigned": _unassigned,
    "bounced": _bounced,
    "provisional": _provisional,
    "came": _came,
    "answered": _answered,
    "came_month": lambda times: Q(opened_at__gt=times.month_ago),
    "answered_month": lambda times: _served(times.month_ago),
}
# Those of them that look at the hour.
TIMED = ("came", "answered", "came_month", "answered_month")
