"""From working-day offsets to moments: where the days of the demo lie, given "now" and a calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from yipanqi.demo.shapes import Event

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_BREAK = 60  # a calendar without one working day in so many days is broken


class Schedule:
    """Turns offsets into dates and moments.

    Day 0 is the last working day wholly over before `now`: so every event of day 0 or earlier lies in the past
    at whatever hour, weekend or holiday the demo is built, and the order of a story's events is kept.
    `is_working` tells of a date in Asia/Shanghai whether it is a working day (make-up days included); it is
    the loader's calendar, so terms and offsets count the same days.
    """

    def __init__(self, now: datetime, is_working: Callable[[date], bool]) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        self._is_working = is_working
        self._days: dict[int, date] = {0: self._step(now.astimezone(SHANGHAI).date(), -1)}

    def _step(self, start: date, direction: int) -> date:
        """The next working day after (1) or before (-1) `start`."""
        day = start
        for _ in range(LONGEST_BREAK):
            day += timedelta(days=direction)
            if self._is_working(day):
                return day
        raise ValueError(f"no working day within {LONGEST_BREAK} days of {start}")

    def day(self, offset: int) -> date:
        """The working day `offset` working days from day 0."""
        direction = 1 if offset > 0 else -1
        for reached in range(0, offset, direction):
            if reached + direction not in self._days:
                self._days[reached + direction] = self._step(self._days[reached], direction)
        return self._days[offset]

    def at(self, event: Event) -> datetime:
        """The moment of an event, aware, in Asia/Shanghai."""
        return datetime.combine(self.day(event.day_offset), time(event.hour, event.minute), SHANGHAI)
