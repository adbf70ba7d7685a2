"""Pure counting of time limits: no database, no clock, no settings.

The rules, in the order they are applied:

* 民法典 201: the day a limit begins is not counted; counting starts the day after.
* 民法典 203: a limit in calendar days whose last day is not a working day ends on the first working
  day after it (ordinary weekends included, the usual reading of 法定休假日). A limit ends at 24:00.
* A limit in working days counts working days only, make-up weekends (调休上班) among them.
* 民法典 202: a limit in months ends on the day with the same number as the one it began on, or where that month has no
  such day on its last; then it is rolled like one in calendar days.
* A pause follows the same rule as the beginning: the day it begins is still available, the day of
  resumption is not. And a limit cannot lapse while it is paused: where the day that would be the last one
  is the day a pause begins, that day is given again after the pause. Otherwise a question sent on the last
  day would make the asker late while waiting for the answer.
* Extensions are the caller's business: the amount is base plus extension, counted from the same day zero
  and rolled once (信访工作条例 34: acceptance + 90 raw days, not 60 rolled + 30).
* A year without a published notice is counted by weekday, and what depends on it is provisional.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

#: Longest limit that is counted, in days: no lawful limit comes near, and a slip of the finger must not
#: make a worker walk for minutes.
LONGEST = 3660
MOST_MONTHS = LONGEST // 31

#: How many passed-over days a result lists one by one; ``Due.skipped_days`` is exact beyond it.
LISTED = 120

_ONE = timedelta(days=1)


class DayKind(StrEnum):
    """What a day is by the calendar in force."""

    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"

    @property
    def working(self) -> bool:
        """Whether offices work on such a day."""
        return self in _WORKING


_WORKING = frozenset({DayKind.WORKDAY, DayKind.MAKEUP_WORKDAY})

#: One day of the calendar table that differs from its weekday: kind, Chinese name, English name.
CalendarException = tuple[DayKind, str, str]


class Unit(StrEnum):
    """What a limit's amount counts."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Day:
    """One day as the calendar sees it. The names are empty for an ordinary workday or weekend;
    ``published`` is False where the year has no published notice and the weekday was used."""

    on: date
    kind: DayKind
    name_zh: str
    name_en: str
    published: bool

    @property
    def working(self) -> bool:
        """Whether offices work on this day."""
        return self.kind.working


class Calendar:
    """An immutable working-day calendar: the rows that differ from the weekday, and the years whose notice
    is published. Rows of an unpublished year are a draft and are not applied."""

    __slots__ = ("_exceptions", "published_years", "version")

    def __init__(
        self,
        *,
        exceptions: Mapping[date, CalendarException],
        published_years: Iterable[int],
        version: str,
    ) -> None:
        self.published_years: frozenset[int] = frozenset(published_years)
        self.version: str = version
        # A plain dict: calendars are put into caches that pickle.
        self._exceptions: dict[date, CalendarException] = {
            on: row for on, row in exceptions.items() if on.year in self.published_years
        }

    def day(self, d: date) -> Day:
        """The day ``d`` with its kind, names and whether its year's notice is published."""
        kind, name_zh, name_en = self._exceptions.get(d) or (_by_weekday(d), "", "")
        return Day(d, kind, name_zh, name_en, d.year in self.published_years)

    def is_working(self, d: date) -> bool:
        """Whether offices work on ``d``; cheaper than ``day(d).working``."""
        row = self._exceptions.get(d)
        return row[0].working if row is not None else d.weekday() < 5

    def __repr__(self) -> str:
        return f"Calendar(version={self.version!r}, published_years={sorted(self.published_years)})"


def _by_weekday(d: date) -> DayKind:
    return DayKind.WORKDAY if d.weekday() < 5 else DayKind.WEEKEND


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch that does not count: ``d`` is paused when ``since < d <= until``. ``until`` None: it goes
    on. A pause that ends on the day it began takes nothing. ValueError when it ends before it begins."""

    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise ValueError(f"a pause cannot end ({self.until}) before it begins ({self.since})")

    def covers(self, d: date) -> bool:
        """Whether the day ``d`` does not count."""
        return self.since < d and (self.until is None or d <= self.until)

    def holds_midnight_after(self, d: date) -> bool:
        """Whether the limit stands still at 24:00 of ``d``, the only moment at which it could lapse."""
        return self.since <= d and (self.until is None or d < self.until)


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends, and how that was found.

    ``raw`` is the last day by counting alone (officers are warned on it), ``effective`` the day after whose
    end it is late; both are None while an open pause makes the end unknown. Where known,
    ``effective - day0 = amount in days + paused_days + skipped_days + len(rolled_over)``.

    ``paused_days``: calendar days taken by pauses. ``skipped``: non-working days a working-day limit passed
    over (the first LISTED of ``skipped_days``; days inside a pause are not repeated here). ``makeup``:
    weekends that did count because offices worked (the first LISTED). ``rolled_over``: non-working days from
    ``raw`` on, before ``effective``. ``provisional``: a day that was looked at lies in a year without a
    published notice, so the result may change when it comes.
    """

    raw: date | None
    effective: date | None
    paused_days: int = 0
    provisional: bool = False
    skipped: tuple[Day, ...] = ()
    rolled_over: tuple[Day, ...] = ()
    makeup: tuple[Day, ...] = ()
    skipped_days: int = 0


class _Walk:
    """One walk from day zero forward, a day at a time, remembering why each day did not count."""

    def __init__(self, start: date, calendar: Calendar, pauses: Sequence[Pause]) -> None:
        self.at = start
        self.calendar = calendar
        self.pauses = tuple(p for p in pauses if p.until is None or p.until > start)
        self.stuck = False
        self.paused_days = 0
        self.skipped_days = 0
        self.provisional = False
        self.skipped: list[Day] = []
        self.makeup: list[Day] = []
        self.rolled_over: list[Day] = []

    def step(self) -> bool:
        """Go one day on; False when a pause that has not ended is in the way for good."""
        if any(p.until is None and p.since <= self.at for p in self.pauses):
            self.stuck = True
            return False
        self.at += _ONE
        return True

    def look(self) -> Day:
        day = self.calendar.day(self.at)
        self.provisional = self.provisional or not day.published
        return day

    def paused(self) -> bool:
        return any(p.covers(self.at) for p in self.pauses)

    def held(self) -> bool:
        return any(p.holds_midnight_after(self.at) for p in self.pauses)

    def count(self, amount: int, unit: Unit) -> bool:
        """Walk to the amount-th counted day at whose end the limit is running; False when stuck."""
        left = amount
        while left:
            if not self.step():
                return False
            day = self.look()
            if self.paused():
                self.paused_days += 1
            elif unit is Unit.WORKING_DAYS and not day.working:
                self.skipped_days += 1
                if len(self.skipped) < LISTED:
                    self.skipped.append(day)
            elif left == 1 and self.held():
                self.paused_days += 1  # the last day, interrupted: given again after the pause
            else:
                left -= 1
                if day.kind is DayKind.MAKEUP_WORKDAY and unit is Unit.WORKING_DAYS:
                    self.makeup.append(day)
        del self.makeup[LISTED:]
        return True

    def roll(self) -> bool:
        """Walk on to a working day at whose end the limit is running; False when stuck."""
        while True:
            day = self.look()
            if self.paused():
                self.paused_days += 1
            elif not day.working:
                self.rolled_over.append(day)
            elif self.held():
                self.paused_days += 1
            else:
                return True
            if not self.step():
                return False

    def due(self, raw: date | None) -> Due:
        return Due(
            raw=None if self.stuck else raw,
            effective=None if self.stuck else self.at,
            paused_days=self.paused_days,
            provisional=self.provisional,
            skipped=tuple(self.skipped),
            rolled_over=tuple(self.rolled_over),
            makeup=tuple(self.makeup),
            skipped_days=self.skipped_days,
        )


def due(
    *,
    day0: date,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    roll: bool = True,
    more: int = 0,
) -> Due:
    """When a limit of ``amount`` units, made ``more`` days longer (working days, where it counts these), that began on
    ``day0`` ends.

    ``roll`` moves a limit off a non-working day; working-day limits need none. Pauses may
    overlap and come in any order; one that begins after the limit has ended changes nothing. ValueError for
    an amount below 1 or above LONGEST days.
    """
    if not 1 <= amount <= (MOST_MONTHS if unit is Unit.MONTHS else LONGEST):
        raise ValueError(f"a limit is between 1 and {LONGEST} days, not {amount} {unit}")
    walk = _Walk(day0, calendar, pauses)
    days = more + ((months_after(day0, amount) - day0).days if unit is Unit.MONTHS else amount)
    if not walk.count(days, unit):
        return walk.due(None)
    raw = walk.at
    if roll and unit is not Unit.WORKING_DAYS:
        walk.roll()
    return walk.due(raw)


def months_after(day: date, months: int) -> date:
    """The day with the same number so many months later, or the last of that month where it has none (民法典 202)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def fixed(*, on: date, calendar: Calendar, roll: bool = False) -> Due:
    """A limit that is a date of its own (a plan's day, a review date), rolled only when asked."""
    walk = _Walk(on, calendar, ())
    walk.look()
    if roll:
        walk.roll()
    return walk.due(on)


def remaining(*, today: date, due: date, calendar: Calendar) -> tuple[int, int]:
    """``(working_days_left, late_by)`` for a queue. Left: working days after ``today`` up to and including
    ``due``; 0 on the last day itself. Late: calendar days since ``due``, so that it is above zero exactly
    when the limit is overdue, on a weekend too. At most one of the two is above zero."""
    if today >= due:
        return 0, (today - due).days
    span = (due - today).days
    return sum(calendar.is_working(today + timedelta(days=n)) for n in range(1, span + 1)), 0


def day_of(instant: datetime) -> date:
    """The day in Asia/Shanghai on which ``instant`` (aware) lies; ValueError for a naive one."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """The instant ``day`` ends, 24:00 Asia/Shanghai (民法典 203), in UTC: late is ``now >= end_of(due)``."""
    return datetime.combine(day + _ONE, time.min, SHANGHAI).astimezone(UTC)
