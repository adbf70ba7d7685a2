"""Reminders day by day: a notice before the date, urging, a notice in writing; one at a time, and none skipped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.factories import City, make_city, take
from tests.faults.test_races import at_once
from tests.meetings.test_task import term
from tests.meetings.world import MONDAY, bring, days, lines, task
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel
from yipanqi.core.limits import set_limit
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.verify import verify
from yipanqi.meetings.access import present
from yipanqi.meetings.models import Task
from yipanqi.meetings.reminders import RUNGS, send_due
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice

pytestmark = pytest.mark.django_db


def on(day: str) -> dt.datetime:
    """Half past eight on a day, when the job runs."""
    return dt.datetime.fromisoformat(f"{day}T08:30+08:00")


def working(city: City, **change: Any) -> Task:
    one = task(city, lines(city)[0], **change)
    bring(city, one, "working", MONDAY)
    return one


def sent(one: Task) -> list[tuple[str, str]]:
    """The rungs that were taken, each with its day."""
    moves = Move.objects.filter(matter=one.pk, step__in=RUNGS).order_by("number")
    return [(move.step, move.at.date().isoformat()) for move in moves]


def every_day(first: str, number: int) -> None:
    """The job, every morning; twice, for it may be run again."""
    for n in range(number):
        for _twice in range(2):
            send_due(at=on(first) + days(n))


def test_a_task_is_reminded_of_urged_and_pressed_one_after_the_other() -> None:
    city = make_city()
    one = working(city)
    every_day("2026-11-24", 60)
    # Due on Friday 18 December; the new year's holiday lies behind the last of them.
    assert sent(one) == [("remind", "2026-12-11"), ("urge", "2026-12-21"), ("press", "2026-12-28")]
    explain = term(one, "explain")
    assert (explain.state, explain.day0, explain.amount) == (Term.RUNNING, dt.date(2026, 12, 28), 10)
    assert "绩效管理条例" in explain.limit.basis
    assert verify().faults == []


def test_the_unit_that_sent_the_task_sends_them_and_the_lead_is_told() -> None:
    city = make_city()
    one = working(city)
    every_day("2026-12-11", 1)
    [move] = Move.objects.filter(matter=one.pk, step="remind")
    assert (move.actor_role, move.actor_unit, move.actor_account) == (
        "sender", city.units["socialwork"].pk, None
    )  # fmt: skip
    tell(moves=[move.pk], at=on("2026-12-11"))
    assert list(Notice.objects.filter(move=move).values_list("unit__code", flat=True)) == ["lamps"]
    view = present(Matter.objects.get(pk=one.pk), city.viewer("insider"), Channel.DESK, on("2026-12-11"))
    assert (view.events[-1].label, view.events[-1].who) == ("到期提醒", "示例社会工作部")


def test_after_weeks_without_the_job_no_step_is_skipped_and_none_comes_with_another() -> None:
    city = make_city()
    one = working(city)
    every_day("2027-02-01", 12)
    # A late reminder, then urging on the day after, for its day has long passed; then five working days.
    assert [step for step, _day in sent(one)] == ["remind", "urge", "press"]
    on_days = [day for _step, day in sent(one)]
    assert len(set(on_days)) == 3
    assert on_days[:2] == ["2027-02-01", "2027-02-02"]


def test_a_task_that_is_issued_late_is_reminded_of_the_day_after() -> None:
    city = make_city()
    one = working(city, due_on=dt.date(2026, 11, 25), milestones=[])
    every_day("2026-11-23", 3)
    assert sent(one) == [("remind", "2026-11-24")]


def test_urging_by_telephone_takes_the_rung_where_it_is_its_turn() -> None:
    city = make_city()
    one = working(city)
    deputy = city.actor("deputy")
    take(one.pk, "urge", deputy, on("2026-12-10"), line="记得时间")
    every_day("2026-12-11", 10)
    assert [step for step, _day in sent(one)] == ["urge", "remind"], "urged before its time: one more call"
    take(one.pk, "urge", deputy, on("2026-12-21"), line="已到期")
    every_day("2026-12-21", 8)
    assert sent(one)[2:] == [("urge", "2026-12-21"), ("press", "2026-12-28")]


def test_by_hand_nothing_is_skipped_either() -> None:
    city = make_city()
    one = working(city)
    deputy = city.actor("deputy")
    with pytest.raises(Refused, match="先提醒、再催办"):
        take(one.pk, "press", deputy, on("2026-12-11"), text="通知")
    with pytest.raises(Refused, match="最早 2026-12-11"):
        take(one.pk, "remind", deputy, on("2026-12-10"))
    take(one.pk, "remind", deputy, on("2026-12-11"))
    with pytest.raises(Refused, match="已经提醒过"):
        take(one.pk, "remind", deputy, on("2026-12-12"))


def test_a_page_offers_no_step_whose_day_has_not_come() -> None:
    city = make_city()
    one = working(city)
    matter, deputy = Matter.objects.get(pk=one.pk), city.viewer("deputy")
    for day, offered in (("2026-12-10", False), ("2026-12-11", True)):
        steps = {step.name for step in present(matter, deputy, Channel.DESK, on(day)).steps}
        assert ("remind" in steps, "urge" in steps) == (offered, True)


def test_a_new_date_or_a_new_lead_begins_at_the_foot_again() -> None:
    city = make_city()
    one = working(city)
    every_day("2026-12-11", 1)
    take(
        one.pk,
        "request_extension",
        city.actor("insider"),
        on("2026-12-11"),
        reason="缺灯杆",
        due_on=dt.date(2027, 1, 29),
    )
    take(one.pk, "approve_extension", city.actor("deputy"), on("2026-12-11"))
    every_day("2026-12-12", 30)
    assert [step for step, _day in sent(one)] == ["remind"], "it is not late by its new date"
    every_day("2027-01-22", 1)
    assert sent(one)[1:] == [("remind", "2027-01-22")]
    take(one.pk, "hand_over", city.actor("deputy"), on("2027-01-23"), unit="roads", reason="职责已调整")
    every_day("2027-01-24", 1)
    assert sent(one)[2:] == [("remind", "2027-01-24")]


def test_a_notice_in_writing_is_answered_and_applying_to_close_answers_it_too() -> None:
    city = make_city()
    one, other = working(city), working(city)
    insider = city.actor("insider")
    with pytest.raises(Refused, match="没有等待答复的书面通知"):
        take(one.pk, "answer_notice", insider, MONDAY, reason="原因", plan="措施")
    every_day("2026-12-11", 20)
    documents = present(
        Matter.objects.get(pk=one.pk), city.viewer("insider"), Channel.DESK, on("2026-12-30")
    ).documents
    assert [document.title for document in documents] == ["督促通知"]
    assert "2026-12-18 已过" in documents[0].text
    take(one.pk, "answer_notice", insider, on("2026-12-30"), reason="缺灯杆", plan="一月十日前补齐")
    assert (term(one, "explain").state, term(one, "work").state) == (Term.MET, Term.RUNNING)
    take(other.pk, "apply_to_close", insider, on("2026-12-30"), text="已补齐")
    assert term(other, "explain").state == Term.MET


def test_nobody_is_reminded_of_what_has_ended_or_waits_for_its_check() -> None:
    city = make_city()
    closed, dropped, closing, drafted = (task(city, lines(city)[0]) for _n in range(4))
    bring(city, closed, "closed", MONDAY)
    bring(city, dropped, "working", MONDAY)
    take(dropped.pk, "drop", city.actor("deputy"), MONDAY, reason="不再需要")
    bring(city, closing, "closing", MONDAY)
    every_day("2026-12-11", 5)
    assert not Move.objects.filter(step__in=RUNGS).exists()
    # What is sent back is reminded of from where it was.
    take(closing.pk, "send_back", city.actor("deputy"), on("2026-12-16"), reason="还差")
    every_day("2026-12-17", 1)
    assert sent(closing) == [("remind", "2026-12-17")]
    assert Task.objects.get(pk=drafted.pk).rung_on is None


def test_the_distances_are_dated_rows() -> None:
    city = make_city()
    set_limit(
        procedure="task", code="remind", valid_from=dt.date(2026, 12, 1), amount=3, unit="working_days", practice=True,
        basis_zh="工作惯例", basis_en="practice", by=city.viewer("sysadmin"), at=MONDAY,
    )  # fmt: skip
    before, after = working(city), task(city, lines(city)[0])
    bring(city, after, "working", on("2026-12-01"))
    assert (Task.objects.get(pk=before.pk).rung_on, Task.objects.get(pk=after.pk).rung_on) == (
        dt.date(2026, 12, 11),
        dt.date(2026, 12, 15),
    )


@pytest.mark.fault
@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_once_take_one_step_between_them() -> None:
    city = make_city()
    ones = [working(city) for _n in range(4)]
    numbers = [int(str(n)) for n in at_once(3, lambda _n: send_due(at=on("2027-02-01")))]
    assert sum(numbers) == len(ones)
    assert all([step for step, _day in sent(one)] == ["remind"] for one in ones)
    assert verify().faults == []
