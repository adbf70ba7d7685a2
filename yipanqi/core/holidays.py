"""The first filling of the calendar table, from the ``chinesecalendar`` package.

The table is the authority afterwards: the package covers no year before its notice, and an administrator
publishes a new year's notice without waiting for a release of the package.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import chinese_calendar

from yipanqi.core.counting import CalendarException, DayKind

# The package's English name → the names as official notices and their translations write them.
_NAMES = {
    "New Year's Day": ("元旦", "New Year's Day"),
    "Spring Festival": ("春节", "Spring Festival"),
    "Tomb-sweeping Day": ("清明节", "Tomb-Sweeping Day"),
    "Labour Day": ("劳动节", "Labour Day"),
    "Dragon Boat Festival": ("端午节", "Dragon Boat Festival"),
    "Mid-autumn Festival": ("中秋节", "Mid-Autumn Festival"),
    "National Day": ("国庆节", "National Day"),
    "Anti-Fascist 70th Day": ("抗战胜利70周年纪念日", "70th Anniversary of Victory Day"),
}


def covered_years() -> frozenset[int]:
    """The years whose notice the package holds. National Day must be in: a release that carries only the
    first days of January of a next year does not cover that year."""
    return frozenset(d.year for d in chinese_calendar.holidays if (d.month, d.day) == (10, 1))


def seed_exceptions(years: Iterable[int]) -> dict[date, CalendarException]:
    """The holidays and make-up workdays of ``years``: day → (kind, Chinese name, English name).

    ValueError for a year the package does not hold: guessing would pass for a published notice.
    """
    wanted = sorted(set(years))
    missing = [year for year in wanted if year not in covered_years()]
    if missing:
        raise ValueError(f"no published holiday notice is known for {', '.join(map(str, missing))}")
    found: dict[date, CalendarException] = {}
    for year in wanted:
        on = date(year, 1, 1)
        while on.year == year:
            row = _exception(on)
            if row is not None:
                found[on] = row
            on += timedelta(days=1)
    return found


def _exception(on: date) -> CalendarException | None:
    # get_holiday_detail names the festival on a make-up workday too: (False, 'Spring Festival') is a day
    # on which people work, so the first member decides and the name only explains.
    off, name = chinese_calendar.get_holiday_detail(on)
    if name is None:
        return None
    zh, en = _NAMES.get(name, (name, name))
    if off:
        return DayKind.HOLIDAY, zh, en
    return DayKind.MAKEUP_WORKDAY, f"{zh}调休上班", f"Working day in lieu ({en})"
