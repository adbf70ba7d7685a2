"""Another date, another lead, a problem, a waiver, and taking up again what was closed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.factories import City, make_city, take
from tests.meetings.test_task import term
from tests.meetings.world import DUE, MONDAY, add_task_head, bring, days, lines, task
from yipanqi.core import terms
from yipanqi.core.counting import end_of
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter, Term
from yipanqi.core.verify import verify
from yipanqi.meetings.access import TaskView, present
from yipanqi.meetings.models import Milestone, Task
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db
LATER = dt.date(2026, 12, 30)


def working(city: City, **change: Any) -> Task:
    one = task(city, lines(city)[0], **change)
    bring(city, one, "working", MONDAY)
    return one


def seen(city: City, one: Task, login: str = "deputy", at: dt.datetime = MONDAY) -> TaskView:
    return present(Matter.objects.get(pk=one.pk), city.viewer(login), Channel.DESK, at)


def ask(city: City, one: Task, due_on: dt.date = LATER, at: dt.datetime = MONDAY) -> Matter:
    return take(one.pk, "request_extension", city.actor("insider"), at, reason="缺灯杆", due_on=due_on)


# --- another date ----------------------------------------------------------------------------------------------------


def test_an_extension_is_asked_for_and_its_date_moves_when_it_is_granted() -> None:
    city = make_city()
    one = working(city)
    asked = ask(city, one)
    assert (asked.pending, asked.holder) == ("extension", city.units["socialwork"].pk)
    assert asked.due_at == end_of(DUE), "until it is decided the old date holds"
    assert seen(city, one).request == {"reason": "缺灯杆", "due_on": "2026-12-30"}
    granted = take(one.pk, "approve_extension", city.actor("deputy"), MONDAY + days(1))
    one.refresh_from_db()
    assert (one.due_on, one.deferred_from, one.request) == (LATER, DUE, {})
    assert (granted.pending, granted.holder) == ("", city.units["lamps"].pk)
    assert granted.due_at == end_of(LATER)
    work = term(one, "work")
    assert (work.due_effective, work.extended) == (LATER, 12)
    assert "延长 12 天。" in terms.explain(work)
    view = seen(city, one)
    assert (view.light.colour, view.light.why, view.due_on) == ("grey", "已批准延期", LATER)
    # Applied for after the first date and before the second: in time.
    take(one.pk, "apply_to_close", city.actor("insider"), MONDAY + days(30), text="完成。")
    take(one.pk, "close", city.actor("deputy"), MONDAY + days(31))
    assert (term(one, "work").state, term(one, "work").late) == (Term.MET, False)
    assert verify().faults == []


def test_a_refused_extension_changes_nothing() -> None:
    city = make_city()
    one = working(city)
    ask(city, one)
    refused = take(one.pk, "refuse_extension", city.actor("deputy"), MONDAY, reason="来得及")
    one.refresh_from_db()
    assert (one.due_on, one.deferred_from, one.request, refused.pending) == (DUE, None, {}, "")
    assert refused.due_at == end_of(DUE)


def test_put_off_twice_the_light_still_knows_the_first_date() -> None:
    city = make_city()
    one = working(city)
    for later in (LATER, LATER + dt.timedelta(days=3)):
        ask(city, one, later)
        take(one.pk, "approve_extension", city.actor("deputy"), MONDAY)
    one.refresh_from_db()
    assert (one.deferred_from, one.due_on) == (DUE, dt.date(2027, 1, 2))
    assert term(one, "work").due_effective == dt.date(2027, 1, 2)


@pytest.mark.parametrize("due_on", [DUE, DUE - dt.timedelta(days=1)])
def test_a_task_is_put_off_to_a_later_day(due_on: dt.date) -> None:
    city = make_city()
    one = working(city)
    with pytest.raises(Refused, match="须晚于现在的完成日期") as refused:
        ask(city, one, due_on)
    assert set(refused.value.fields) == {"due_on"}


def test_a_task_is_not_put_off_beyond_its_parent_nor_beyond_three_years() -> None:
    city = make_city()
    parent = working(city)
    child = task(city, parent.line, parent=parent)
    bring(city, child, "working", MONDAY)
    with pytest.raises(Refused, match="不能晚于上级任务的完成日期 2026-12-18"):
        ask(city, child)
    ask(city, parent, dt.date(2030, 1, 1))
    with pytest.raises(Refused, match="日期须在"):
        take(parent.pk, "approve_extension", city.actor("deputy"), MONDAY)
    take(parent.pk, "refuse_extension", city.actor("deputy"), MONDAY, reason="太久")
    ask(city, parent)
    take(parent.pk, "approve_extension", city.actor("deputy"), MONDAY)
    assert ask(city, child).pending == "extension"


def test_a_date_that_passed_while_nobody_decided_is_not_granted() -> None:
    city = make_city()
    one = working(city)
    ask(city, one)
    with pytest.raises(Refused, match="不能早于今天"):
        take(one.pk, "approve_extension", city.actor("deputy"), MONDAY + days(60))


# --- another lead ----------------------------------------------------------------------------------------------------


def test_another_unit_takes_the_lead_and_what_was_done_stays_done() -> None:
    city = make_city()
    one = working(city)
    take(one.pk, "progress", city.actor("insider"), MONDAY, milestone="1")
    given = take(
        one.pk, "hand_over", city.actor("deputy"), MONDAY + days(1), unit="roads", reason="职责已调整"
    )
    assert (given.state, given.holder) == ("issued", city.units["roads"].pk)
    receipt, work = term(one, "receipt"), term(one, "work")
    assert (receipt.state, receipt.day0) == (Term.RUNNING, dt.date(2026, 11, 24))
    assert (work.state, work.due_effective) == (Term.RUNNING, DUE)
    parts = (
        Part.objects.filter(matter=one.pk).order_by("id").values_list("unit__code", "role", "left_because")
    )
    assert list(parts) == [
        ("socialwork", "sender", ""), ("lamps", "lead", "职责已调整"), ("roads", "co", "改为牵头单位"), ("roads", "lead", "")
    ]  # fmt: skip
    assert Milestone.objects.filter(task=one, done_at__isnull=False).count() == 1
    with pytest.raises(NotAllowed):
        take(one.pk, "receive", city.actor("insider"), MONDAY)
    assert take(one.pk, "receive", city.actor("colleague"), MONDAY + days(1)).state == "working"


def test_a_task_that_is_not_received_is_handed_over_and_receipt_begins_anew() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "issued", MONDAY)
    take(one.pk, "hand_over", city.actor("deputy"), MONDAY + days(1), unit="schools", reason="派错了")
    states = Term.objects.filter(matter=one.pk, code="receipt").order_by("id").values_list("state", flat=True)
    assert list(states) == [Term.DROPPED, Term.RUNNING]


def test_a_task_is_not_handed_to_its_lead_nor_from_under_its_own_parts() -> None:
    city = add_task_head(make_city())
    one = working(city)
    with pytest.raises(Refused, match="已经是牵头单位"):
        take(one.pk, "hand_over", city.actor("deputy"), MONDAY, unit="lamps", reason="理由")
    own = task(city, one.line, parent=one, sender="lamps", by="leadhead", unit="roads", co_units=[])
    with pytest.raises(Refused, match=own.number):
        take(one.pk, "hand_over", city.actor("deputy"), MONDAY, unit="roads", reason="理由")
    bring_out(city, own)
    with pytest.raises(Refused, match="只能分解给"):
        take(own.pk, "hand_over", city.actor("leadhead"), MONDAY, unit="schools", reason="理由")
    take(own.pk, "drop", city.actor("leadhead"), MONDAY, reason="理由")
    assert take(one.pk, "hand_over", city.actor("deputy"), MONDAY, unit="roads", reason="理由").open


def bring_out(city: City, one: Task) -> None:
    take(one.pk, "issue", city.actor("leadhead"), MONDAY)


# --- problems and parts ----------------------------------------------------------------------------------------------


def test_a_problem_asks_who_can_solve_it_and_shows_until_it_is_answered() -> None:
    city = make_city()
    one = working(city)
    until = dt.date(2026, 12, 1)
    asked = {"text": "学校不让夜间施工，请协调。", "unit": "schools", "until": until}
    take(one.pk, "raise_problem", city.actor("insider"), MONDAY, **asked)
    part = Part.objects.get(matter=one.pk, unit=city.units["schools"])
    assert (part.role, part.asked, part.due_at, part.problem) == ("co", asked["text"], end_of(until), True)
    view = seen(city, one)
    assert (view.light.colour, view.light.why) == ("yellow", "需协调：示例教育局")
    assert [(p.unit, p.problem) for p in view.parts if p.problem] == [("示例教育局", True)]
    # Who is asked finds the task, and answers it as any co-unit gives its part.
    take(one.pk, "contribute", city.actor("stranger"), MONDAY + days(1), text="已同意周末施工。")
    part.refresh_from_db()
    assert part.done_at == MONDAY + days(1)
    assert seen(city, one).light.why == "正常推进"


def test_a_co_unit_raises_a_problem_too_and_one_that_waits_for_nobody_any_more_is_taken_off() -> None:
    city = make_city()
    one = working(city)
    asked = {"text": "占道要审批。", "unit": "market", "until": dt.date(2026, 12, 1)}
    take(one.pk, "raise_problem", city.actor("colleague"), MONDAY, **asked)
    assert seen(city, one).light.problem
    take(one.pk, "release_co_unit", city.actor("deputy"), MONDAY, unit="market", reason="已由会议协调")
    assert seen(city, one).light.why == "正常推进"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"unit": "lamps"}, "unit"),
        ({"until": DUE + dt.timedelta(days=1)}, "until"),
        ({"until": dt.date(2026, 11, 22)}, "until"),
        ({"text": ""}, "text"),
    ],
)
def test_a_problem_says_which_answer_is_wrong(change: dict[str, Any], field: str) -> None:
    city = make_city()
    one = working(city)
    asked = {"text": "占道要审批。", "unit": "market", "until": dt.date(2026, 12, 1)} | change
    with pytest.raises(Refused) as refused:
        take(one.pk, "raise_problem", city.actor("insider"), MONDAY, **asked)
    assert set(refused.value.fields) == {field}


def test_a_co_unit_is_asked_for_its_part_when_the_task_is_drafted() -> None:
    city = make_city()
    shares = [
        {"unit": "roads", "asked": "办占道手续", "until": "2026-12-04"},
        {"unit": "schools", "asked": "周末开门"},
        "market",
    ]
    one = working(city, co_units=shares)
    parts = Part.objects.filter(matter=one.pk, role="co").order_by("id")
    assert list(parts.values_list("unit__code", "asked", "due_at", "problem")) == [
        ("roads", "办占道手续", end_of(dt.date(2026, 12, 4)), False),
        ("schools", "周末开门", end_of(DUE), False),
        ("market", "", None, False),
    ]
    draft = seen(city, one).events[0]
    assert (
        "配合单位",
        "示例道路处（办占道手续，2026-12-04）；示例教育局（周末开门）；示例市场监管局",
    ) in draft.facts
    take(one.pk, "contribute", city.actor("colleague"), MONDAY, text="手续办好了。")
    assert Part.objects.get(matter=one.pk, unit=city.units["roads"]).done_at == MONDAY


@pytest.mark.parametrize("until", ["2026-12-19", "2026-11-22", "soon"])
def test_a_part_lies_within_the_task(until: str) -> None:
    city = make_city()
    with pytest.raises(Refused) as refused:
        working(city, co_units=[{"unit": "roads", "asked": "办手续", "until": until}])
    assert set(refused.value.fields) == {"co_units"}


# --- ends ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["working", "closing"])
def test_a_task_is_waived_however_far_it_is(state: str) -> None:
    city = make_city()
    one = working(city)
    bring(city, one, state, MONDAY)
    waived = take(one.pk, "drop", city.actor("deputy"), MONDAY, reason="上级已取消")
    assert (waived.state, waived.open, waived.due_at) == ("dropped", False, None)
    assert not Term.objects.filter(matter=one.pk, state__in=("running", "paused")).exists()
    # The units that worked on it see that, and why.
    assert seen(city, one, "insider").events[-1].facts == [("理由", "上级已取消")]


def test_what_was_closed_is_taken_up_again_by_a_new_date() -> None:
    city = make_city()
    one = working(city)
    bring(city, one, "closed", MONDAY)
    again = take(one.pk, "reopen", city.actor("deputy"), MONDAY + days(3), reason="灯又不亮", due_on=LATER)
    assert (again.state, again.open, again.closed_at) == ("working", True, None)
    assert (again.holder, again.due_at) == (city.units["lamps"].pk, end_of(LATER))
    one.refresh_from_db()
    assert (one.due_on, one.deferred_from) == (LATER, None)
    assert Part.objects.filter(matter=one.pk, open=True).count() == 3
    bring(city, one, "closed", MONDAY + days(4))
    assert verify().faults == []


def test_what_was_dropped_stays_dropped_and_a_past_day_is_no_date() -> None:
    city = make_city()
    one = working(city)
    bring(city, one, "closed", MONDAY)
    for due_on in (DUE - dt.timedelta(days=1), dt.date(2026, 11, 1)):
        with pytest.raises(Refused, match="不能早于 2026-12-18"):
            take(one.pk, "reopen", city.actor("deputy"), MONDAY, reason="理由", due_on=due_on)
    other = working(city)
    take(other.pk, "drop", city.actor("deputy"), MONDAY, reason="理由")
    with pytest.raises(Conflict):
        take(other.pk, "reopen", city.actor("deputy"), MONDAY, reason="理由", due_on=LATER)


def test_a_child_is_taken_up_again_under_a_parent_that_is_worked_on_and_no_other() -> None:
    city = make_city()
    parent = working(city)
    child = task(city, parent.line, parent=parent)
    bring(city, child, "closed", MONDAY)
    bring(city, parent, "closing", MONDAY)
    deputy, again = city.actor("deputy"), {"reason": "没做完", "due_on": DUE}
    with pytest.raises(Refused, match=f"上级任务 {parent.number}"):
        take(child.pk, "reopen", deputy, MONDAY, **again)
    take(parent.pk, "send_back", deputy, MONDAY, reason="下级任务没做完")
    with pytest.raises(Refused, match="不能晚于上级任务"):
        take(child.pk, "reopen", deputy, MONDAY, **(again | {"due_on": LATER}))
    assert take(child.pk, "reopen", deputy, MONDAY, **again).state == "working"
    with pytest.raises(Refused, match=child.number):
        take(parent.pk, "apply_to_close", city.actor("insider"), MONDAY, text="完成。")
