"""Staff are warned on the raw date and judged on the effective one (domain §1.2); the resident is told the effective one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.cases.test_claim import at, claim, term
from tests.factories import bring_to, file, make_city, submitter, take
from yipanqi.cases.access import present
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.insight import queue
from yipanqi.insight.queue import ALL, HOLIDAY, LATE, TODAY, WEEK, Wanted

pytestmark = pytest.mark.django_db


def test_before_a_weekend_what_moves_over_it_is_due_today_and_late_only_after_it() -> None:
    city = make_city()
    # Received on Fri 2026-07-31: the fifteenth day is Sat 08-15, and the limit moves to Mon 08-17.
    filed = claim(city, "2026-07-31", "registered")
    other = claim(city, "2026-08-02", "registered")  # due on Mon 08-17 by its raw date as well
    assert str(term(filed, "route").due_raw) == "2026-08-15"
    assert str(term(filed, "route").due_effective) == str(term(other, "route").due_effective) == "2026-08-17"
    clerk = city.viewer("clerk")

    def on(day: str, when: str) -> set[object]:
        return {row.id for row in queue.page(clerk, Wanted(when=when), at(day)).rows}

    assert on("2026-08-13", TODAY) == set()
    assert on("2026-08-14", TODAY) == on("2026-08-15", TODAY) == {filed.case.pk}
    assert on("2026-08-17", TODAY) == {filed.case.pk, other.case.pk}
    assert on("2026-08-17", LATE) == set()
    assert on("2026-08-18", LATE) == {filed.case.pk, other.case.pk}
    assert on("2026-08-07", WEEK) == {filed.case.pk}
    counted = queue.counts(
        clerk, [Wanted(when=TODAY), replace(Wanted(when=TODAY), whose=ALL)], at("2026-08-14")
    )
    assert [count.number for count in counted.values()] == [1, 1]


def test_what_falls_due_in_a_long_holiday_is_announced_before_it() -> None:
    city = make_city()
    filed = claim(city, "2026-09-17", "registered")  # raw Fri 10-02, in the holiday; effective Thu 10-08
    claim(city, "2026-09-23", "registered")  # raw and effective Thu 10-08
    wanted = Wanted(when=HOLIDAY)
    assert {row.id for row in queue.page(city.viewer("clerk"), wanted, at("2026-09-28")).rows} == {
        filed.case.pk
    }


def test_the_days_left_are_counted_to_the_raw_date_for_staff_and_to_the_effective_one_for_the_resident() -> (
    None
):
    city = make_city()
    filed = claim(city, "2026-07-31", "registered")
    matter = Matter.objects.get(pk=filed.case.pk)
    moment = at("2026-08-13")
    (row,) = queue.page(city.viewer("clerk"), Wanted(), moment).rows
    assert row.due is not None
    assert (row.due.working_days_left, row.due.late_by) == (1, 0)
    (mine,) = present(matter, submitter(filed).viewer, Channel.PORTAL, moment).dues
    assert mine.working_days_left == 2
    (theirs,) = present(matter, city.viewer("clerk"), Channel.DESK, moment).dues
    assert (theirs.working_days_left, theirs.late_by) == (1, 0)
    (late,) = present(matter, city.viewer("clerk"), Channel.DESK, at("2026-08-18")).dues
    assert late.late_by == 1


def test_the_residents_own_limits_go_by_the_effective_date_for_everybody() -> None:
    city = make_city()
    filed = file(city, at=at("2026-07-16"), kind="claim")
    bring_to(city, filed, "answered", at("2026-07-16"))
    take(filed.case.pk, "serve", city.actor("insider"), at("2026-07-16"), method="in_person", proof="签收")
    window = term(filed, "evaluate")
    assert window.due_raw == dt.date(2026, 8, 15)
    assert window.due_effective == dt.date(2026, 8, 17)
    matter = Matter.objects.get(pk=filed.case.pk)
    (due,) = [
        each
        for each in present(matter, city.viewer("insider"), Channel.DESK, at("2026-08-14")).dues
        if each.code == "evaluate"
    ]
    assert due.working_days_left == 1
