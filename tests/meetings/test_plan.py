"""What the steps of a decomposition plan do: consulting, answers, disputes, signatures, and issuing all tasks at once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.factories import City, make_city, take
from tests.meetings.plan_world import (
    AFTERWARDS,
    FRIDAY,
    NUMBER,
    bring_plan,
    drawn_up,
    plan,
)
from tests.meetings.world import DUE, MONDAY, bring, lines, task
from yipanqi.core import gate
from yipanqi.core.counting import end_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter, Move, Term
from yipanqi.insight import queue
from yipanqi.meetings.models import Task
from yipanqi.meetings.plan_access import PlanView
from yipanqi.meetings.plan_actions import draw_up_plan
from yipanqi.meetings.plan_models import Dispute, Opinion, Plan
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db
UNTIL = dt.date(2026, 11, 30)  # five working days after Monday


def refused(
    city: City, pk: object, step: str, login: str, *, at: dt.datetime = MONDAY, **told: Any
) -> Refused:
    with pytest.raises(Refused) as found, transaction.atomic():
        take(pk, step, city.actor(login), at, **told)  # type: ignore[arg-type]
    return found.value


def seen(city: City, one: Plan, login: str) -> PlanView:
    matter = gate.find(one.pk, city.viewer(login), Channel.DESK)
    assert matter is not None
    view = gate.present(matter, city.viewer(login), Channel.DESK)
    assert isinstance(view, PlanView)
    return view


def told_units(matter: Matter, step: str) -> set[str]:
    moves = matter.moves.filter(step=step)
    tell(moves=[move.pk for move in moves], at=MONDAY)
    return set(Notice.objects.filter(move__in=moves).values_list("unit__code", flat=True))


def unit_of(one: Task, role: str) -> list[str]:
    parts = Part.objects.filter(matter=one.pk, role=role, until__isnull=True)
    return sorted(parts.values_list("unit__code", flat=True))


def test_a_plan_gathers_what_is_drafted_until_it_is_consulted_on() -> None:
    city = make_city()
    one, first = plan(city)
    second = task(city, one.conference.lines.get(number=2), title="划定停车位", unit="roads", co_units=[])
    issued = task(city, first.line, title="先办的")
    bring(city, issued, "issued", MONDAY)
    assert [placed.task.pk for placed in seen(city, one, "deputy").placed] == [first.pk, second.pk]
    take(second.pk, "drop", city.actor("deputy"), MONDAY, reason="并到别处")
    bring_plan(city, one, "consulting")
    assert [placed.task.pk for placed in seen(city, one, "deputy").placed] == [first.pk]
    late = task(city, first.line, title="后起草的")
    assert Task.objects.get(pk=late.pk).plan_id is None
    assert [line.number for line in seen(city, one, "deputy").lines] == [1, 2], "a principle takes no task"


def test_a_unit_has_one_open_plan_for_a_conference_and_only_who_drafts_draws_it_up() -> None:
    city = make_city()
    one, first = plan(city)
    with pytest.raises(Refused, match=one.number):
        drawn_up(city, first)
    with pytest.raises(NotAllowed):
        draw_up_plan(
            conference=one.conference, sender=city.units["lamps"], title="示例", by=city.actor("insider"), at=MONDAY
        )  # fmt: skip
    bring_plan(city, one, "withdrawn")
    again = drawn_up(city, first)
    assert (one.number[-3:], again.number[-3:]) == ("-01", "-02")
    assert queue.find_number(city.viewer("deputy"), again.number) == again.pk
    assert queue.find_number(city.viewer("insider"), again.number) is None


def test_an_empty_plan_and_one_whose_dates_are_past_are_not_consulted_on() -> None:
    city = make_city()
    one, first = plan(city)
    late = MONDAY + dt.timedelta(days=60)
    assert first.number in refused(city, one.pk, "consult", "deputy", at=late).message
    take(first.pk, "drop", city.actor("deputy"), MONDAY, reason="不办")
    assert "还没有任务" in refused(city, one.pk, "consult", "deputy").message


def test_each_unit_is_asked_once_about_all_of_its_roles() -> None:
    city = make_city()
    one, first = plan(city)
    task(city, first.line, title="第二项", unit="roads", co_units=["lamps"])
    matter = bring_plan(city, one, "consulting")
    parts = Part.objects.filter(matter=matter, role="co").order_by("unit__path")
    assert {part.unit.code: part.asked for part in parts} == dict.fromkeys(
        ("lamps", "roads"), "确认分工：牵头 1 项，配合 1 项"
    )
    assert {part.due_at for part in parts} == {end_of(UNTIL)}
    assert {opinion.due_on for opinion in one.opinions.all()} == {UNTIL}
    assert Term.objects.get(matter=matter, code="consultation").due_effective == UNTIL
    assert told_units(matter, "consult") == {"lamps", "roads"}


def test_before_it_is_consulted_on_only_its_sender_finds_it_and_no_figure_counts_it() -> None:
    city = make_city()
    one, first = plan(city)
    people = ("deputy", "insider", "colleague", "stranger", "clerk", "sysadmin")

    def finders(pk: object, channel: Channel) -> set[str]:
        return {p for p in people if gate.find(pk, city.viewer(p), channel)}  # type: ignore[arg-type]

    assert finders(one.pk, Channel.DESK) == {"deputy"}
    bring_plan(city, one, "consulting")
    assert finders(one.pk, Channel.DESK) == finders(one.pk, Channel.COMMAND) == {"deputy", "insider", "colleague"}  # fmt: skip
    assert finders(one.pk, Channel.FIGURES) == finders(one.pk, Channel.API) == set()
    assert finders(first.pk, Channel.DESK) == {"deputy"}, "the draft itself is not theirs yet"


def test_what_a_unit_is_asked_waits_in_its_queue_until_it_answers() -> None:
    city = make_city()
    one, _first = plan(city)
    bring_plan(city, one, "consulting")
    viewer = city.viewer("insider")

    def waiting() -> list[object]:
        return [row.id for row in queue.page(viewer, queue.Wanted(), MONDAY).rows]

    assert waiting() == [one.pk]
    take(one.pk, "agree", city.actor("insider"), MONDAY)
    assert waiting() == []
    assert one.opinions.get(unit__code="lamps").answer == "agrees"
    assert "不用再答复" in refused(city, one.pk, "agree", "insider").message
    assert told_units(Matter.objects.get(pk=one.pk), "agree") == {"socialwork"}


def test_what_one_unit_says_no_other_sees() -> None:
    city = make_city()
    one, _first = plan(city)
    bring_plan(city, one, "consulting")
    take(one.pk, "dispute", city.actor("insider"), MONDAY, task="1", reason="密不示人", instead="schools")
    ours, mine, theirs = (seen(city, one, login) for login in ("deputy", "insider", "colleague"))
    assert [len(view.disputes) for view in (ours, mine, theirs)] == [1, 1, 0]
    assert "密不示人" in str(ours.events)
    assert "密不示人" not in str(theirs.events)
    told = {row.roles.unit.code: row.opinion.answer if row.opinion else None for row in theirs.asked}
    assert told == {"lamps": None, "roads": ""}
    assert [part.due is None for part in theirs.parts if part.role == "co"] == [True, False]
    take(one.pk, "decide", city.actor("deputy"), MONDAY, dispute="1", decision="rejected", reason="按职责")
    take(one.pk, "agree", city.actor("insider"), MONDAY)
    take(one.pk, "circulate", city.actor("deputy"), AFTERWARDS)
    theirs = seen(city, one, "insider")
    assert "没有答复" not in str(theirs.parts), "nor who said nothing"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ({"task": "9"}, "task"),
        ({"task": "2"}, "task"),
        ({"task": "1", "instead": "lamps"}, "instead"),
        ({"task": "1", "reason": ""}, "reason"),
    ],
)
def test_a_dispute_is_about_ones_own_role(told: dict[str, Any], wrong: str) -> None:
    city = make_city()
    one, first = plan(city)
    task(city, first.line, title="第二项", unit="roads", co_units=[])
    bring_plan(city, one, "consulting")
    assert set(refused(city, one.pk, "dispute", "insider", **({"reason": "不归我们"} | told)).fields) == {
        wrong
    }


def test_an_upheld_dispute_changes_the_task_and_asks_the_new_unit() -> None:
    city = make_city()
    one, first = plan(city)
    matter = bring_plan(city, one, "consulting")
    insider, deputy = city.actor("insider"), city.actor("deputy")
    take(one.pk, "dispute", insider, MONDAY, task="1", reason="不归我们", instead="schools")
    assert "已经提过" in refused(city, one.pk, "dispute", "insider", task="1", reason="再说").message
    assert "还没有决定" in refused(city, one.pk, "agree", "insider").message
    assert "异议" in refused(city, one.pk, "circulate", "deputy").message
    assert set(refused(city, one.pk, "decide", "deputy", dispute="2", decision="upheld", reason="x").fields) == {"dispute"}  # fmt: skip
    take(one.pk, "decide", deputy, FRIDAY, dispute="1", decision="upheld", reason="按三定方案")
    assert (unit_of(first, "lead"), unit_of(first, "co")) == (["schools"], ["roads"])
    [dispute] = one.disputes.all()
    assert (dispute.decision, dispute.because) == ("upheld", "按三定方案")
    schools = one.opinions.get(unit__code="schools")
    assert (schools.answer, schools.due_on) == ("", dt.date(2026, 12, 4)), "five working days of its own"
    assert told_units(matter, "decide") == {"lamps", "schools"}
    settled = Move.objects.get(matter=first.pk, step="settle")
    assert (settled.actor_role, settled.actor_account) == ("system", None)
    take(one.pk, "agree", city.actor("stranger"), FRIDAY)


def test_an_upheld_dispute_of_a_co_unit_needs_nobody_instead_but_that_of_a_lead_does() -> None:
    city = make_city()
    one, first = plan(city, co_units=[{"unit": "roads", "asked": "报送清单", "until": "2026-12-11"}])
    bring_plan(city, one, "consulting")
    deputy = city.actor("deputy")
    take(one.pk, "dispute", city.actor("colleague"), MONDAY, task="1", reason="没有这项职责")
    take(one.pk, "dispute", city.actor("insider"), MONDAY, task="1", reason="不归我们")
    lead: dict[str, Any] = {"dispute": "2", "decision": "upheld", "reason": "同意"}
    assert set(refused(city, one.pk, "decide", "deputy", **lead).fields) == {"unit"}
    assert set(refused(city, one.pk, "decide", "deputy", unit="lamps", **lead).fields) == {"unit"}
    take(one.pk, "decide", deputy, MONDAY, dispute="1", decision="upheld", reason="同意", unit="market")
    market = Part.objects.get(matter=first.pk, role="co", until__isnull=True)
    assert (market.unit.code, market.asked, market.due_at) == (
        "market",
        "报送清单",
        end_of(dt.date(2026, 12, 11)),
    )
    take(one.pk, "dispute", city.actor("accused"), MONDAY, task="1", reason="也不归我们")
    take(one.pk, "decide", deputy, MONDAY, dispute="3", decision="upheld", reason="不用配合")
    assert unit_of(first, "co") == []
    take(one.pk, "decide", deputy, MONDAY, dispute="2", decision="rejected", reason="按职责清单")
    assert unit_of(first, "lead") == ["lamps"]


def test_silence_is_waited_for_until_its_day_and_is_no_consent() -> None:
    city = make_city()
    one, _first = plan(city)
    bring_plan(city, one, "consulting")
    take(one.pk, "agree", city.actor("insider"), MONDAY)
    assert "示例道路处" in refused(city, one.pk, "circulate", "deputy", at=FRIDAY).message
    matter = take(one.pk, "circulate", city.actor("deputy"), AFTERWARDS)
    assert one.opinions.get(unit__code="roads").answer == ""
    owed = Part.objects.filter(matter=matter, until__isnull=True, due_at__isnull=False, done_at__isnull=True)
    assert [(part.unit.code, part.asked) for part in owed] == [("lamps", "会签：牵头 1 项")]
    assert "示例路灯处" in refused(city, one.pk, "submit", "deputy", at=AFTERWARDS).message
    later = AFTERWARDS + dt.timedelta(days=7)
    take(one.pk, "submit", city.actor("deputy"), later)
    assert one.opinions.get(unit__code="lamps").signature == ""


def test_leads_sign_or_say_why_not() -> None:
    city = make_city()
    one, _first = plan(city)
    bring_plan(city, one, "countersigning")
    assert "不牵头" in refused(city, one.pk, "countersign", "colleague", signature="signs").message
    assert set(refused(city, one.pk, "countersign", "insider", signature="objects").fields) == {"remark"}
    take(one.pk, "countersign", city.actor("insider"), MONDAY, signature="objects", remark="经费没有落实")
    take(one.pk, "countersign", city.actor("insider"), MONDAY, signature="signs")
    assert "已经会签" in refused(city, one.pk, "countersign", "insider", signature="signs").message
    assert one.opinions.get(unit__code="lamps").signature == "signs"


def test_urging_tells_only_who_has_not_answered() -> None:
    city = make_city()
    one, _first = plan(city)
    matter = bring_plan(city, one, "consulting")
    take(one.pk, "agree", city.actor("colleague"), MONDAY)
    take(one.pk, "urge", city.actor("deputy"), MONDAY, line="请答复")
    assert told_units(matter, "urge") == {"lamps"}


def test_a_task_in_a_plan_is_neither_changed_nor_issued_by_itself() -> None:
    city = make_city()
    one, first = plan(city)
    again = {"title": "改", "goal": "改", "due_on": "2026-12-20", "unit": "roads", "co_units": ["lamps"]}
    bring_plan(city, one, "consulting")
    for step, told in (("issue", {}), ("drop", {"reason": "不办"}), ("redraft", again)):
        assert "分解方案" in refused(city, first.pk, step, "deputy", **told).message
    take(one.pk, "revise", city.actor("deputy"), MONDAY, reason="改分工")
    take(first.pk, "redraft", city.actor("deputy"), MONDAY, **again)
    first.refresh_from_db()
    assert (first.title, first.due_on) == ("改", dt.date(2026, 12, 20))
    assert (unit_of(first, "lead"), unit_of(first, "co")) == (["roads"], ["lamps"])


def test_a_plan_that_was_taken_back_is_asked_about_anew() -> None:
    city = make_city()
    one, first = plan(city)
    bring_plan(city, one, "consulting")
    take(one.pk, "agree", city.actor("insider"), MONDAY)
    take(one.pk, "dispute", city.actor("colleague"), MONDAY, task="1", reason="不归我们")
    matter = take(one.pk, "revise", city.actor("deputy"), MONDAY, reason="改分工")
    assert told_units(matter, "revise") == {"lamps", "roads"}
    assert [(d.decision, d.because) for d in one.disputes.all()] == [("dropped", "改分工")]
    assert seen(city, one, "colleague").state_code == "revising"
    assert [row.id for row in queue.page(city.viewer("colleague"), queue.Wanted(), MONDAY).rows] == []
    again = {
        "title": first.title,
        "goal": first.goal,
        "due_on": DUE,
        "unit": "lamps",
        "co_units": ["schools"],
    }
    take(first.pk, "redraft", city.actor("deputy"), MONDAY, **again)
    take(one.pk, "consult", city.actor("deputy"), FRIDAY)
    opinions = {(o.unit.code, o.answer) for o in one.opinions.all()}
    assert opinions == {("lamps", ""), ("schools", "")}
    assert gate.find(one.pk, city.viewer("colleague"), Channel.DESK) is None


def test_issuing_a_plan_issues_all_of_its_tasks_as_if_each_had_been_issued_singly() -> None:
    city = make_city()
    one, first = plan(
        city, at=MONDAY, co_units=[{"unit": "roads", "asked": "报送清单", "until": "2026-12-11"}]
    )
    child = task(city, first.line, title="分出的", parent=first, unit="roads", co_units=[])
    single = task(city, first.line, title="单独下达的")
    bring(city, single, "issued", MONDAY)
    matter = bring_plan(city, one, "approved")
    moves = Move.objects.count()
    take(one.pk, "issue", city.actor("deputy"), MONDAY, document_number=NUMBER)
    assert Move.objects.count() == moves + 3
    one.refresh_from_db()
    assert (one.document_number, one.issued_on) == (NUMBER, MONDAY.date())
    for each in (first, child):
        each.refresh_from_db()
        assert (each.matter.state, each.issued_on) == ("issued", MONDAY.date())
        assert told_units(each.matter, "issue") >= {unit_of(each, "lead")[0]}
    terms = {
        pk: set(Term.objects.filter(matter=pk).values_list("code", "due_effective", "state"))
        for pk in (first.pk, single.pk)
    }
    assert terms[first.pk] == terms[single.pk]
    assert (first.rung_on, first.matter.holder) == (single_of(single).rung_on, city.units["lamps"].pk)
    assert Part.objects.get(matter=first.pk, role="co").due_at == end_of(dt.date(2026, 12, 11))
    assert told_units(matter, "issue") == {"lamps", "roads"}
    take(first.pk, "receive", city.actor("insider"), MONDAY)


def single_of(one: Task) -> Task:
    return Task.objects.get(pk=one.pk)


def test_a_plan_is_issued_whole_or_not_at_all() -> None:
    city = make_city()
    one, first = plan(city)
    bring_plan(city, one, "issued")
    [line] = lines(city)
    second = task(city, line)
    other = drawn_up(city, second)
    bring_plan(city, other, "approved")
    assert "文号" in refused(city, other.pk, "issue", "deputy", document_number=NUMBER).message
    late = MONDAY + dt.timedelta(days=60)
    assert (
        second.number in refused(city, other.pk, "issue", "deputy", at=late, document_number="二号").message
    )
    assert (single_of(second).matter.state, single_of(second).issued_on) == ("drafted", None)
    assert single_of(first).matter.state == "issued"


def test_the_page_shows_who_has_confirmed() -> None:
    city = make_city()
    one, first = plan(city)
    bring_plan(city, one, "issued")
    assert [placed.task.matter.state for placed in seen(city, one, "deputy").placed] == ["issued"]
    take(first.pk, "receive", city.actor("insider"), MONDAY)
    view = seen(city, one, "insider")
    assert [(placed.task.matter.state, placed.found) for placed in view.placed] == [("working", True)]


def test_the_database_keeps_a_plan_whole() -> None:
    city = make_city()
    one, first = plan(city)
    bring_plan(city, one, "consulting")
    take(one.pk, "dispute", city.actor("insider"), MONDAY, task="1", reason="不归我们")
    breaches: list[tuple[str, Any]] = [
        ("a_plan_has_its_document_number", lambda: Plan.objects.update(document_number="一号")),
        ("a_unit_signs_or_says_why_not", lambda: Opinion.objects.update(signature="objects")),
        ("a_unit_agrees_or_disputes", lambda: Opinion.objects.update(answer="silent")),
        ("a_dispute_is_decided_with_a_reason", lambda: Dispute.objects.update(decision="upheld")),
        ("a_unit_is_asked_of_a_plan_once", lambda: Opinion.objects.update(unit=city.units["lamps"])),
    ]  # fmt: skip
    for name, breach in breaches:
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            breach()
    assert first.plan_id is None
