"""Limits in months (民法典 202): the day of the same number, or the last of a month that has none."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.core.test_counting import CALENDAR_2026, DAY, _calendars, _dates, _pauses
from yipanqi.core.counting import MOST_MONTHS, Calendar, Pause, Unit, due


@pytest.mark.parametrize(
    ("day0", "amount", "raw", "effective"),
    [
        (date(2026, 9, 17), 2, date(2026, 11, 17), date(2026, 11, 17)),
        # No such day: the last of the month; and where that is one of rest, the working day after it.
        (date(2026, 12, 31), 2, date(2027, 2, 28), date(2027, 3, 1)),
        (date(2026, 8, 5), 2, date(2026, 10, 5), date(2026, 10, 8)),
        (date(2024, 1, 30), 1, date(2024, 2, 29), date(2024, 2, 29)),
        (date(2026, 11, 30), 13, date(2027, 12, 30), date(2027, 12, 30)),
    ],
)
def test_months_end_on_the_day_of_the_same_number(
    day0: date, amount: int, raw: date, effective: date
) -> None:
    found = due(day0=day0, amount=amount, unit=Unit.MONTHS, calendar=CALENDAR_2026)
    assert (found.raw, found.effective) == (raw, effective)


def test_days_are_added_to_months_before_the_end_is_rolled() -> None:
    found = due(day0=date(2026, 8, 5), amount=2, unit=Unit.MONTHS, calendar=CALENDAR_2026, more=3)
    assert (found.raw, found.effective) == (date(2026, 10, 8), date(2026, 10, 8))


def test_refuses_months_that_are_no_limit() -> None:
    with pytest.raises(ValueError, match="between 1 and"):
        due(day0=date(2026, 9, 17), amount=MOST_MONTHS + 1, unit=Unit.MONTHS, calendar=CALENDAR_2026)


@settings(max_examples=200, deadline=None)
@given(_dates, st.integers(1, 24), st.integers(0, 30), _calendars(), _pauses, st.booleans())
def test_months_are_as_many_days_as_lie_between(
    day0: date, months: int, more: int, calendar: Calendar, pauses: list[Pause], roll: bool
) -> None:
    rest: dict[str, Any] = {"day0": day0, "calendar": calendar, "pauses": pauses, "roll": roll}
    last = day0
    for _month in range(months):
        last = (last.replace(day=1) + 31 * DAY).replace(day=1)
    while last.day < day0.day and (last + DAY).month == last.month:
        last += DAY
    days = (last - day0).days
    found = due(amount=months, more=more, unit=Unit.MONTHS, **rest)
    assert found == due(amount=days + more, unit=Unit.CALENDAR_DAYS, **rest)
