from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone

import chinese_calendar
import pytest
from hypothesis import assume, example, given, settings, strategies as st

from yipanqi.core.counting import (
    LISTED,
    LONGEST,
    Calendar,
    CalendarException,
    Day,
    DayKind,
    Due,
    Pause,
    Unit,
    day_of,
    due,
    end_of,
    fixed,
    remaining,
)
from yipanqi.core.holidays import covered_years, seed_exceptions

DAY = timedelta(days=1)
CALENDAR_2026 = Calendar(exceptions=seed_exceptions([2026]), published_years={2026}, version="test")


def _days(amount: int, month: int, day: int, *pauses: Pause, roll: bool = True) -> Due:
    return due(
        day0=date(2026, month, day),
        amount=amount,
        unit=Unit.CALENDAR_DAYS,
        calendar=CALENDAR_2026,
        pauses=pauses,
        roll=roll,
    )


def _working(amount: int, month: int, day: int, *pauses: Pause) -> Due:
    return due(
        day0=date(2026, month, day),
        amount=amount,
        unit=Unit.WORKING_DAYS,
        calendar=CALENDAR_2026,
        pauses=pauses,
    )


# The tested examples of the domain specification, 1.2


@pytest.mark.parametrize(
    ("found", "raw", "effective"),
    [
        pytest.param(
            _days(15, 9, 17), date(2026, 10, 2), date(2026, 10, 8), id="T1 over the October holiday"
        ),
        pytest.param(
            _working(5, 9, 17), date(2026, 9, 23), date(2026, 9, 23), id="T4 with Sunday 09-20 at work"
        ),
        pytest.param(_working(5, 2, 11), date(2026, 2, 25), date(2026, 2, 25), id="T4 over Spring Festival"),
        pytest.param(
            _working(5, 9, 28), date(2026, 10, 10), date(2026, 10, 10), id="T4 ends on a Saturday at work"
        ),
        pytest.param(_days(60, 8, 3), date(2026, 10, 2), date(2026, 10, 8), id="T5"),
        pytest.param(_days(90, 8, 3), date(2026, 11, 1), date(2026, 11, 2), id="T6 rolled once"),
    ],
)
def test_counts_the_examples_of_the_specification(found: Due, raw: date, effective: date) -> None:
    assert (found.raw, found.effective, found.provisional) == (raw, effective, False)


def test_an_extension_is_not_added_to_a_rolled_date() -> None:
    rolled = _days(60, 8, 3).effective
    assert rolled is not None
    assert _days(90, 8, 3).effective != rolled + 30 * DAY


def test_explains_what_was_passed_over() -> None:
    found = _working(5, 9, 17)
    assert [(d.on.day, d.kind) for d in found.skipped] == [(19, DayKind.WEEKEND)]
    assert [(d.on, d.name_zh) for d in found.makeup] == [(date(2026, 9, 20), "国庆节调休上班")]
    assert _days(60, 8, 3).rolled_over[0] == Day(
        date(2026, 10, 2), DayKind.HOLIDAY, "国庆节", "National Day", True
    )
    assert [d.on.day for d in _days(60, 8, 3).rolled_over] == [2, 3, 4, 5, 6, 7]


def test_without_rolling_a_calendar_limit_ends_on_the_holiday() -> None:
    found = _days(60, 8, 3, roll=False)
    assert found.effective == found.raw == date(2026, 10, 2)
    assert found.rolled_over == ()


def test_lists_a_bounded_number_of_skipped_days_and_counts_them_all() -> None:
    found = _working(500, 1, 5)
    assert len(found.skipped) == LISTED < found.skipped_days
    assert found.raw is not None
    assert (found.raw - date(2026, 1, 5)).days == 500 + found.skipped_days


@pytest.mark.parametrize("amount", [0, -1, LONGEST + 1])
def test_refuses_an_amount_that_is_no_limit(amount: int) -> None:
    with pytest.raises(ValueError, match="between 1 and"):
        _days(amount, 9, 17)


# The year without a notice


def test_a_limit_that_reaches_into_an_unpublished_year_is_provisional() -> None:
    found = _days(60, 11, 23)
    assert (found.raw, found.effective, found.provisional) == (date(2027, 1, 22), date(2027, 1, 22), True)


def test_looking_only_at_the_day_it_rolls_to_makes_it_provisional() -> None:
    calendar = Calendar(
        exceptions={date(2026, 12, 31): (DayKind.HOLIDAY, "元旦", "New Year's Day")},
        published_years={2026},
        version="test",
    )
    found = due(day0=date(2026, 12, 30), amount=1, unit=Unit.CALENDAR_DAYS, calendar=calendar)
    assert (found.raw, found.effective, found.provisional) == (date(2026, 12, 31), date(2027, 1, 1), True)


def test_a_published_year_after_an_unpublished_one_does_not_make_it_final() -> None:
    calendar = Calendar(exceptions={}, published_years={2028}, version="test")
    found = due(day0=date(2027, 12, 30), amount=5, unit=Unit.CALENDAR_DAYS, calendar=calendar)
    assert (found.effective, found.provisional) == (date(2028, 1, 4), True)


def test_rows_of_an_unpublished_year_are_a_draft() -> None:
    rows: dict[date, CalendarException] = {date(2027, 1, 1): (DayKind.HOLIDAY, "元旦", "New Year's Day")}
    draft = Calendar(exceptions=rows, published_years={2026}, version="1")
    final = Calendar(exceptions=rows, published_years={2026, 2027}, version="2")
    assert draft.day(date(2027, 1, 1)) == Day(date(2027, 1, 1), DayKind.WORKDAY, "", "", False)
    assert final.day(date(2027, 1, 1)) == Day(
        date(2027, 1, 1), DayKind.HOLIDAY, "元旦", "New Year's Day", True
    )
    assert (draft.is_working(date(2027, 1, 1)), final.is_working(date(2027, 1, 1))) == (True, False)


def test_the_package_does_not_cover_2027_and_nothing_is_guessed() -> None:
    assert 2026 in covered_years()
    assert 2027 not in covered_years()
    with pytest.raises(ValueError, match="2027"):
        seed_exceptions([2026, 2027])


def test_the_first_days_of_january_do_not_cover_a_year(monkeypatch: pytest.MonkeyPatch) -> None:
    carried = {**chinese_calendar.holidays, date(2027, 1, 1): "New Year's Day"}
    monkeypatch.setattr(chinese_calendar, "holidays", carried)
    assert 2027 not in covered_years()


# The calendar's first filling


def test_2026_has_six_working_weekend_days_and_33_days_off() -> None:
    rows = seed_exceptions([2026])
    at_work = sorted(d for d, row in rows.items() if row[0] is DayKind.MAKEUP_WORKDAY)
    assert at_work == [
        date(2026, month, day) for month, day in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
    ]
    assert all(CALENDAR_2026.is_working(d) for d in at_work)
    off = {d for d, row in rows.items() if row[0] is DayKind.HOLIDAY}
    assert len(off) == 33
    assert len(off) + len(at_work) == len(rows)


@pytest.mark.parametrize(
    ("first", "last", "zh", "en"),
    [
        ((1, 1), (1, 3), "元旦", "New Year's Day"),
        ((2, 15), (2, 23), "春节", "Spring Festival"),
        ((4, 4), (4, 6), "清明节", "Tomb-Sweeping Day"),
        ((5, 1), (5, 5), "劳动节", "Labour Day"),
        ((6, 19), (6, 21), "端午节", "Dragon Boat Festival"),
        ((9, 25), (9, 27), "中秋节", "Mid-Autumn Festival"),
        ((10, 1), (10, 7), "国庆节", "National Day"),
    ],
)
def test_names_the_holidays_of_2026(first: tuple[int, int], last: tuple[int, int], zh: str, en: str) -> None:
    day, end = date(2026, *first), date(2026, *last)
    while day <= end:
        assert CALENDAR_2026.day(day) == Day(day, DayKind.HOLIDAY, zh, en, True)
        day += DAY


def test_every_year_of_the_package_has_a_name_in_both_languages() -> None:
    for kind, zh, en in seed_exceptions(covered_years()).values():
        assert kind in (DayKind.HOLIDAY, DayKind.MAKEUP_WORKDAY)
        assert not zh.isascii()
        assert en.isascii()


def test_a_calendar_survives_a_cache() -> None:
    found = pickle.loads(pickle.dumps(CALENDAR_2026))
    assert (found.version, found.published_years) == ("test", frozenset({2026}))
    assert found.day(date(2026, 10, 10)).kind is DayKind.MAKEUP_WORKDAY


# Pauses


def test_the_day_a_pause_begins_counts_and_the_day_of_resumption_does_not() -> None:
    # Mon 06-01, five working days; asked on Wed, answered on Fri: Thu and Fri do not count.
    found = _working(5, 6, 1, Pause(date(2026, 6, 3), date(2026, 6, 5)))
    assert (found.effective, found.paused_days) == (date(2026, 6, 10), 2)


@pytest.mark.parametrize("day", [3, 8])
def test_a_question_answered_on_the_same_day_takes_nothing(day: int) -> None:
    pause = Pause(date(2026, 6, day), date(2026, 6, day))
    assert _working(5, 6, 1, pause) == _working(5, 6, 1)


def test_a_limit_cannot_lapse_while_it_is_paused() -> None:
    # Asked on the last day, Mon 06-08; answered ten days later: the last day is given again.
    assert _working(5, 6, 1).effective == date(2026, 6, 8)
    found = _working(5, 6, 1, Pause(date(2026, 6, 8), date(2026, 6, 18)))
    assert found.effective == date(2026, 6, 22), "06-19 to 06-21 is the Dragon Boat Festival"


def test_a_limit_does_not_lapse_while_it_is_paused_on_the_days_it_rolls_over() -> None:
    # Raw Sat 06-06; asked on Sun 06-07, answered on Wed 06-10.
    found = _days(5, 6, 1, Pause(date(2026, 6, 7), date(2026, 6, 10)))
    assert (found.raw, found.effective) == (date(2026, 6, 6), date(2026, 6, 11))


@pytest.mark.parametrize(("day", "paused"), [(1, 0), (3, 0), (8, 1)], ids=["at once", "midway", "last day"])
def test_an_open_pause_leaves_the_end_unknown(day: int, paused: int) -> None:
    found = _working(5, 6, 1, Pause(date(2026, 6, day)))
    assert (found.raw, found.effective, found.paused_days) == (None, None, paused)


def test_an_open_pause_during_the_roll_leaves_the_end_unknown() -> None:
    found = _days(60, 8, 3, Pause(date(2026, 10, 8)))
    assert (found.raw, found.effective) == (None, None)


def test_a_pause_after_the_end_does_not_undo_lateness() -> None:
    assert _working(5, 6, 1, Pause(date(2026, 6, 9))) == _working(5, 6, 1)


def test_a_pause_cannot_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end"):
        Pause(date(2026, 6, 2), date(2026, 6, 1))


# Fixed dates, the queue, instants


def test_a_date_of_its_own_stays_unless_asked_to_roll() -> None:
    on = date(2026, 10, 3)
    assert fixed(on=on, calendar=CALENDAR_2026).effective == on
    rolled = fixed(on=on, calendar=CALENDAR_2026, roll=True)
    assert (rolled.raw, rolled.effective, len(rolled.rolled_over)) == (on, date(2026, 10, 8), 5)
    assert fixed(on=date(2027, 3, 1), calendar=CALENDAR_2026).provisional


@pytest.mark.parametrize(
    ("today", "left", "late"),
    [
        pytest.param(date(2026, 9, 28), 4, 0, id="three days, the holiday, one Saturday's eve"),
        pytest.param(date(2026, 9, 30), 2, 0, id="the holiday does not count"),
        pytest.param(date(2026, 10, 9), 0, 0, id="the last day itself"),
        pytest.param(date(2026, 10, 10), 0, 1, id="the day after"),
        pytest.param(date(2026, 10, 11), 0, 2, id="late on a Sunday"),
    ],
)
def test_the_queue_shows_working_days_left_or_days_late(today: date, left: int, late: int) -> None:
    assert remaining(today=today, due=date(2026, 10, 9), calendar=CALENDAR_2026) == (left, late)


def test_days_are_those_of_shanghai() -> None:
    assert day_of(datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 23)
    assert day_of(datetime(2026, 11, 23, 16, 0, tzinfo=UTC)) == date(2026, 11, 24)
    assert day_of(datetime(2026, 11, 23, 22, 0, tzinfo=timezone(timedelta(hours=-8)))) == date(2026, 11, 24)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        day_of(datetime.fromisoformat("2026-11-23T12:00"))


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    end = end_of(date(2026, 11, 23))
    assert end == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    assert end.tzinfo is UTC
    assert day_of(end - timedelta(microseconds=1)) == date(2026, 11, 23)
    assert day_of(end) == date(2026, 11, 24)


# Properties, against a naive oracle that walks one day at a time


def _ends(found: Due) -> tuple[date, date]:
    """Raw and effective day of a limit whose end is known."""
    assert found.raw is not None
    assert found.effective is not None
    return found.raw, found.effective


_FROM, _TO = date(2026, 1, 1), date(2027, 12, 31)
_dates = st.dates(_FROM, _TO)
_amounts = st.integers(1, 40)
_units = st.sampled_from([Unit.CALENDAR_DAYS, Unit.WORKING_DAYS])


@st.composite
def _closed_pauses(draw: st.DrawFn) -> Pause:
    since = draw(st.dates(_FROM, date(2027, 4, 1)))
    return Pause(since, since + draw(st.integers(0, 30)) * DAY)


_pauses = st.lists(_closed_pauses(), max_size=4)


@st.composite
def _calendars(draw: st.DrawFn) -> Calendar:
    """A calendar with festivals and make-up days at random, or the real one."""
    if draw(st.booleans()):
        return CALENDAR_2026
    rows: dict[date, CalendarException] = {}
    for since in draw(st.lists(_dates, max_size=12)):
        for n in range(draw(st.integers(1, 9))):
            rows[since + n * DAY] = (DayKind.HOLIDAY, "节", "Festival")
    for on in draw(st.lists(_dates, max_size=12)):
        rows[on] = (DayKind.MAKEUP_WORKDAY, "班", "At work")
    years = draw(st.sets(st.sampled_from([2025, 2026, 2027, 2028]), min_size=1))
    return Calendar(exceptions=rows, published_years=years, version="random")


_ROW_WORKS = {
    DayKind.WORKDAY: True,
    DayKind.MAKEUP_WORKDAY: True,
    DayKind.WEEKEND: False,
    DayKind.HOLIDAY: False,
}


def _oracle(
    day0: date, amount: int, unit: Unit, calendar: Calendar, pauses: Sequence[Pause], roll: bool
) -> tuple[date, date]:
    """Raw and effective day by half days: every day is a noon (does it count?) and a midnight (does the limit
    stand still?), both read from a plain set made beforehand."""
    last = day0 + 2000 * DAY
    noons: set[date] = set()
    midnights: set[date] = set()
    for pause in pauses:
        assert pause.until is not None
        day = pause.since
        while day < pause.until:
            midnights.add(day)
            day = date.fromordinal(day.toordinal() + 1)
            noons.add(day)
    used, day, raw = 0, day0, None
    while day < last:
        day = date.fromordinal(day.toordinal() + 1)
        works = _ROW_WORKS[calendar.day(day).kind]
        if day not in noons and (works or unit is Unit.CALENDAR_DAYS):
            used += 1
        ended = used >= amount and day not in noons and day not in midnights
        if raw is None and ended and (works or unit is Unit.CALENDAR_DAYS):
            raw = day
        if raw is not None and ended and (works or not roll or unit is Unit.WORKING_DAYS):
            return raw, day
    raise AssertionError("no end")


@settings(max_examples=400, deadline=None)
@given(_dates, _amounts, _units, _calendars(), _pauses, st.booleans())
@example(date(2026, 9, 17), 15, Unit.CALENDAR_DAYS, CALENDAR_2026, [], True)
@example(
    date(2026, 6, 1), 5, Unit.WORKING_DAYS, CALENDAR_2026, [Pause(date(2026, 6, 8), date(2026, 6, 9))], True
)
def test_agrees_with_a_naive_day_by_day_oracle(
    day0: date, amount: int, unit: Unit, calendar: Calendar, pauses: list[Pause], roll: bool
) -> None:
    found = due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=pauses, roll=roll)
    assert (found.raw, found.effective) == _oracle(day0, amount, unit, calendar, pauses, roll)


@settings(max_examples=200, deadline=None)
@given(_dates, _amounts, _units, _calendars(), _pauses, st.booleans())
def test_every_day_of_a_derivation_is_accounted_for(
    day0: date, amount: int, unit: Unit, calendar: Calendar, pauses: list[Pause], roll: bool
) -> None:
    found = due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=pauses, roll=roll)
    effective = _ends(found)[1]
    assert (effective - day0).days == (
        amount + found.paused_days + found.skipped_days + len(found.rolled_over)
    )
    assert found.skipped_days == len(found.skipped)
    years = range((day0 + DAY).year, effective.year + 1)
    assert found.provisional == any(year not in calendar.published_years for year in years)
    passed = found.skipped + found.rolled_over
    assert not any(day.working for day in passed)
    assert not any(pause.covers(day.on) for day in passed for pause in pauses)


@settings(max_examples=200, deadline=None)
@given(_dates, _amounts, _units, _calendars(), _pauses)
def test_never_ends_on_a_non_working_day_nor_in_a_pause(
    day0: date, amount: int, unit: Unit, calendar: Calendar, pauses: list[Pause]
) -> None:
    raw, effective = _ends(due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=pauses))
    assert effective >= raw > day0
    assert calendar.is_working(effective)
    assert calendar.day(effective).working
    assert not any(pause.covers(effective) or pause.holds_midnight_after(effective) for pause in pauses)


@settings(max_examples=200, deadline=None)
@given(_dates, _amounts, st.integers(1, 30), _units, _calendars(), _pauses, st.booleans())
def test_more_days_never_end_earlier(
    day0: date, amount: int, more: int, unit: Unit, calendar: Calendar, pauses: list[Pause], roll: bool
) -> None:
    short = _ends(due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=pauses, roll=roll))
    amount += more
    long = _ends(due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=pauses, roll=roll))
    assert long[0] > short[0]
    assert long[1] >= short[1]


@settings(max_examples=200, deadline=None)
@given(_dates, _amounts, _units, _calendars(), _pauses, _closed_pauses(), st.booleans())
def test_a_pause_never_ends_a_limit_earlier(
    day0: date, amount: int, unit: Unit, calendar: Calendar, pauses: list[Pause], one: Pause, roll: bool
) -> None:
    before = due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=pauses, roll=roll)
    after = due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=[one, *pauses], roll=roll)
    assert _ends(after)[1] >= _ends(before)[1]
    if one.since > _ends(before)[1]:
        assert after == before


@settings(max_examples=100, deadline=None)
@given(_dates, _amounts, _units, _calendars(), _dates)
def test_an_open_pause_stops_what_has_not_ended_and_nothing_else(
    day0: date, amount: int, unit: Unit, calendar: Calendar, since: date
) -> None:
    without = due(day0=day0, amount=amount, unit=unit, calendar=calendar)
    found = due(day0=day0, amount=amount, unit=unit, calendar=calendar, pauses=[Pause(since)])
    if since > _ends(without)[1]:
        assert found == without
    else:
        assert (found.raw, found.effective) == (None, None)


@settings(max_examples=200, deadline=None)
@given(_dates, _dates, _calendars())
def test_a_limit_of_the_working_days_left_ends_on_its_due_day(
    today: date, end: date, calendar: Calendar
) -> None:
    assume(calendar.is_working(end) and today < end)
    left, late = remaining(today=today, due=end, calendar=calendar)
    assert late == 0
    assert due(day0=today, amount=left, unit=Unit.WORKING_DAYS, calendar=calendar).effective == end
