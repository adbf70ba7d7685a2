"""Splitting, joining and parting: each submitter keeps an own thread, whatever is done to several at once."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import City, bring_to, file, make_city, submitter, take
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case, Verdict
from yipanqi.core import engine
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.models import Matter, Move, MovePayload, Term
from yipanqi.core.verify import verify
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
TUESDAY = MONDAY + dt.timedelta(days=1)
OTHER = {"title": "路面坑洼", "text": "同一路口路面有坑", "category": "lamps"}


def clear(city: City, filed: Filed, at: dt.datetime = TUESDAY) -> None:
    bring_to(city, filed, "registered", at)


def pair(city: City, state: str = "handling") -> tuple[Filed, Filed]:
    """A head in a state, filed on Monday, and a cleared case of somebody else's that was filed on Tuesday."""
    head, other = file(city, at=MONDAY), file(city, at=TUESDAY)
    bring_to(city, head, state, TUESDAY)
    clear(city, other)
    return head, other


def join(city: City, other: Filed, head: Filed, at: dt.datetime = TUESDAY) -> Matter:
    return take(other.case.pk, "join", city.actor("clerk"), at, head=head.reference)


def steps(matter: UUID) -> list[str]:
    return list(Move.objects.filter(matter=matter).order_by("number").values_list("step", flat=True))


def state(matter: UUID) -> str:
    return Matter.objects.get(pk=matter).state


def running(matter: UUID) -> dict[str, Term]:
    return {term.code: term for term in Term.objects.filter(matter=matter, state=Term.RUNNING)}


@pytest.mark.parametrize(
    ("where", "moves"),
    [
        ("registered", ["join"]),
        ("forwarded", ["join", "route"]),
        ("handling", ["join", "route", "taken_along"]),
    ],
)
def test_a_case_is_brought_to_where_its_head_stands(where: str, moves: list[str]) -> None:
    city = make_city()
    head, other = pair(city, where)
    matter = join(city, other, head)
    assert (matter.state, matter.holder) == (where, None)
    assert steps(matter.pk)[2:] == moves
    roles = {"sender", "lead", "co"} if "route" in moves else {"sender"}
    assert {p.role for p in Part.objects.filter(matter=matter, until=None)} == roles
    assert Case.objects.get(pk=matter.pk).joined_to_id == head.case.pk
    assert matter.due_at is not None
    assert verify().faults == []


def test_what_is_done_to_the_head_is_done_to_each_with_an_own_history_reply_and_window() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head)
    insider, at = city.actor("insider"), TUESDAY + dt.timedelta(days=1)
    take(head.case.pk, "answer", insider, at, text="已修好。", outcome="solved")
    take(head.case.pk, "send_back", city.actor("auditor"), at, reason="写明日期")
    take(head.case.pk, "answer", insider, at, text="昨天修好。", outcome="solved")
    take(head.case.pk, "serve", city.actor("auditor"), at, method="portal", proof="示例")
    for filed in (head, other):
        assert steps(filed.case.pk)[-4:] == ["answer", "send_back", "answer", "serve"]
        assert set(running(filed.case.pk)) == {"evaluate"}
        assert Case.objects.get(pk=filed.case.pk).outcome == "solved"
    take(other.case.pk, "evaluate", submitter(other), at, grade="satisfied", solved="yes")
    assert list(Verdict.objects.values_list("case", flat=True)) == [other.case.pk]
    assert verify().faults == []


def test_a_request_that_was_granted_to_the_head_moves_each_ones_own_limit() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head, TUESDAY + dt.timedelta(days=1))
    before = {f.reference: running(f.case.pk)["answer"].due_effective for f in (head, other)}
    assert before[head.reference] != before[other.reference]
    take(head.case.pk, "request_extension", city.actor("insider"), TUESDAY, reason="等料", days=3)
    take(head.case.pk, "approve_extension", city.actor("clerk"), TUESDAY, notice="等料")
    for filed in (head, other):
        assert running(filed.case.pk)["answer"].extended == 3
        assert Case.objects.get(pk=filed.case.pk).request == {}


def test_a_step_that_follows_is_not_taken_on_a_joined_case_itself() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head)
    insider = city.actor("insider")
    with pytest.raises(Refused, match="随另一件"):
        take(other.case.pk, "answer", insider, TUESDAY, text="x", outcome="solved")
    case = Case.objects.get(pk=other.case.pk)
    names = {s.name for s in engine.open_steps(case.matter, case, insider, TUESDAY)}
    assert "answer" not in names
    assert "ask" in names
    own = Case.objects.get(pk=head.case.pk)
    assert "ask" not in {s.name for s in engine.open_steps(own.matter, own, insider, TUESDAY)}


def test_a_batch_with_a_head_and_its_own_takes_the_step_once_on_each() -> None:
    city = make_city()
    head, other = pair(city, "forwarded")
    join(city, other, head)
    moves = engine.take(
        matters=[head.case.pk, other.case.pk], step="accept", by=city.actor("insider"), at=TUESDAY
    )
    assert [move.matter_id for move in moves] == [head.case.pk]
    assert [steps(f.case.pk)[-1] for f in (head, other)] == ["accept", "accept"]


def test_parting_keeps_everything_and_gives_the_case_back_to_its_unit() -> None:
    city = make_city()
    head, other = pair(city)
    joined = join(city, other, head)
    term = running(joined.pk)["answer"]
    parted = take(joined.pk, "part", city.actor("clerk"), TUESDAY, reason="不是一回事")
    assert parted.holder == city.units["lamps"].pk
    assert running(parted.pk)["answer"].pk == term.pk
    assert parted.due_at == term.due_at
    take(head.case.pk, "answer", city.actor("insider"), TUESDAY, text="已修好。", outcome="solved")
    assert state(parted.pk) == "handling"


def test_a_question_to_one_person_stops_that_case_alone_and_an_answer_leaves_it_in_peace() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head)
    insider = city.actor("insider")
    with pytest.raises(Refused, match="为问一个人"):
        take(head.case.pk, "ask", insider, TUESDAY, question="哪根？")
    take(other.case.pk, "ask", insider, TUESDAY, question="哪根？")
    take(head.case.pk, "answer", insider, TUESDAY, text="已修好。", outcome="solved")
    assert (state(head.case.pk), state(other.case.pk)) == ("answered", "asked")
    replied = take(other.case.pk, "reply", submitter(other), TUESDAY, text="第三根")
    assert steps(other.case.pk)[-2:] == ["reply", "parted"]
    assert (replied.state, replied.holder) == ("handling", city.units["lamps"].pk)


def test_whoever_wants_second_handling_goes_alone() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head)
    take(head.case.pk, "answer", city.actor("insider"), TUESDAY, text="已修好。", outcome="solved")
    take(head.case.pk, "serve", city.actor("auditor"), TUESDAY, method="portal", proof="示例")
    take(other.case.pk, "evaluate", submitter(other), TUESDAY, grade="not_satisfied", solved="no")
    again = take(other.case.pk, "second_handling", submitter(other), TUESDAY, understood=True)
    assert (again.state, again.holder) == ("handling", city.units["lamps"].pk)
    assert steps(again.pk)[-2:] == ["second_handling", "parted"]
    assert state(head.case.pk) == "served"


def test_a_head_that_is_withdrawn_leaves_the_others_with_a_thread_each() -> None:
    city = make_city()
    head, other = pair(city)
    third = file(city, at=TUESDAY)
    clear(city, third)
    join(city, other, head)
    join(city, third, head)
    take(head.case.pk, "withdraw", submitter(head), TUESDAY)
    for filed in (other, third):
        matter = Matter.objects.get(pk=filed.case.pk)
        assert (matter.state, matter.holder) == ("handling", city.units["lamps"].pk)
        assert Case.objects.get(pk=matter.pk).joined_to_id is None


def test_a_withdrawal_ends_one_thread_alone() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head)
    take(other.case.pk, "withdraw", submitter(other), TUESDAY)
    take(head.case.pk, "answer", city.actor("insider"), TUESDAY, text="已修好。", outcome="solved")
    assert (state(head.case.pk), state(other.case.pk)) == ("answered", "withdrawn")


def test_the_end_of_a_hold_wakes_all_of_them() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head)
    day = "2026-12-24"
    take(head.case.pk, "request_hold", city.actor("insider"), TUESDAY, plan="改造", review_on=day)
    take(head.case.pk, "approve_hold", city.actor("clerk"), TUESDAY, notice="到时再看")
    assert (state(head.case.pk), state(other.case.pk)) == ("on_hold", "on_hold")
    engine.lapse_due(at=MONDAY + dt.timedelta(days=40))
    for filed in (head, other):
        assert state(filed.case.pk) == "handling"
        assert steps(filed.case.pk)[-1] == "review_due"


def refusals(city: City) -> list[tuple[str, Filed, str]]:
    """(what is told, the case that is to be joined, the number that is typed)"""
    head, other = pair(city)
    third, served = file(city, at=TUESDAY), file(city, at=MONDAY)
    clear(city, third)
    bring_to(city, served, "served", TUESDAY)
    early, late = file(city, at=MONDAY), file(city, at=TUESDAY)
    bring_to(city, early, "handling", TUESDAY)
    bring_to(city, late, "handling", TUESDAY + dt.timedelta(days=1))
    elsewhere = file(city, at=TUESDAY)
    clear(city, elsewhere)
    roads = {"unit": "roads", "co_units": []}
    take(elsewhere.case.pk, "route", city.actor("clerk"), TUESDAY + dt.timedelta(days=1), **roads)
    raw = file(city, at=TUESDAY)
    waiting = file(city, at=MONDAY)
    bring_to(city, waiting, "handling", TUESDAY)
    take(waiting.case.pk, "request_extension", city.actor("insider"), TUESDAY, reason="等料", days=3)
    join(city, other, head)
    return [
        ("没有这个编号", third, "K7MQ-3Q9X-D"),
        ("没有这个编号", third, "abc"),
        ("自己的编号", third, third.reference),
        ("它所并入的那一件", third, other.reference),
        ("不能一起办理", third, served.reference),
        ("期限更早", early, late.reference),
        ("由不同的单位主办", elsewhere, head.reference),
        ("请先清理", raw, head.reference),
        ("请先拆出它们", head, early.reference),
        ("已经随另一件", other, early.reference),
        ("等待决定", third, waiting.reference),
    ]


def test_what_cannot_be_joined_is_told_why() -> None:
    city = make_city()
    for told, filed, number in refusals(city):
        before = Matter.objects.filter(pk=filed.case.pk).values().get()
        with pytest.raises(Refused, match=told):
            take(filed.case.pk, "join", city.actor("clerk"), TUESDAY, head=number)
        assert Matter.objects.filter(pk=filed.case.pk).values().get() == before


def test_a_head_that_the_clerk_may_not_route_does_not_exist_for_them() -> None:
    city = make_city()
    head, other = pair(city)
    Part.objects.filter(matter=head.case.pk, role="sender").update(unit=city.units["schools"])
    told = []
    for number in (head.reference, "K7MQ-3Q9X-D"):
        with pytest.raises(Refused) as refusal:
            take(other.case.pk, "join", city.actor("clerk"), TUESDAY, head=number)
        told.append(refusal.value.message)
    assert told[0] == told[1]
    with pytest.raises(NotAllowed):
        take(other.case.pk, "join", city.actor("insider"), TUESDAY, head=head.reference)


def test_a_split_case_is_the_same_submitters_and_counts_from_receipt() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    clear(city, filed)
    late = MONDAY + dt.timedelta(days=7)
    take(filed.case.pk, "split", city.actor("clerk"), late, area=city.area.pk, **OTHER)
    first, second = Case.objects.filter(submission=filed.submission).order_by("pk")
    assert first.number == filed.reference != second.number
    assert (second.matter.state, second.cleared, second.title) == ("registered", True, "路面坑洼")
    assert second.matter.holder == city.units["hotline"].pk
    terms = [running(case.pk)["route"] for case in (first, second)]
    assert terms[0].due_effective == terms[1].due_effective
    body = MovePayload.objects.get(move__matter=second.pk, move__number=1).body
    assert f'"split_from":"{first.number}"' in body
    assert steps(first.pk)[-1] == "split"
    assert verify().faults == []


def test_the_database_refuses_chains_circles_and_a_case_joined_to_itself() -> None:
    city = make_city()
    head, other = pair(city)
    third = file(city, at=TUESDAY)
    join(city, other, head)

    def point(case: Filed, to: Filed, **more: Any) -> None:
        rows = Case.objects.filter(pk=case.case.pk)
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(joined_to=to.case.pk, **({"stands": False} | more))

    point(third, other)
    point(head, third)
    point(third, third)
    point(third, head, stands=True)
    point(third, other, head_stands=False)


def test_a_case_that_was_joined_between_reading_and_locking_is_a_conflict(monkeypatch: Any) -> None:
    """Somebody is joined after the locks were taken in order: nothing is locked out of order, the step is refused."""
    from yipanqi.core import kinds

    city = make_city()
    head, other = pair(city)
    third = file(city, at=TUESDAY)
    clear(city, third)
    join(city, other, head)
    join(city, third, head)
    kind = kinds.kind_named("order")
    assert kind.joining is not None
    real, calls = kind.joining.followers, []

    def late(ids: Any) -> Any:
        calls.append(1)
        found = dict(real(ids))
        return {h: rows[:1] for h, rows in found.items()} if len(calls) == 1 else found

    monkeypatch.setitem(kinds._kinds, "order", _with(kind, followers=late))
    with pytest.raises(Conflict):
        take(head.case.pk, "answer", city.actor("insider"), TUESDAY, text="x", outcome="solved")
    assert state(head.case.pk) == "handling"


def _with(kind: Any, **change: Any) -> Any:
    from dataclasses import replace

    return replace(kind, joining=replace(kind.joining, **change))


def test_a_head_stays_one_for_those_that_have_ended() -> None:
    city = make_city()
    head, other = pair(city)
    third = file(city, at=MONDAY - dt.timedelta(days=1))
    bring_to(city, third, "handling", MONDAY)
    join(city, other, head)
    take(other.case.pk, "withdraw", submitter(other), TUESDAY)
    with pytest.raises(Refused, match="请先拆出它们"):
        join(city, head, third)
    take(head.case.pk, "ask", city.actor("insider"), TUESDAY, question="哪根？")


def test_only_the_system_parts_and_takes_along() -> None:
    city = make_city()
    head, other = pair(city)
    join(city, other, head)
    for step in ("parted", "taken_along"):
        with pytest.raises(NotAllowed):
            take(other.case.pk, step, city.actor("clerk"), TUESDAY)
        with pytest.raises(Refused):
            take(head.case.pk, step, SYSTEM, TUESDAY)
    assert isinstance(SYSTEM, Actor)


MANY = 200
MOST_STATEMENTS = 45  # a case, of a step that starts two limits and stops one


@pytest.mark.slow
def test_two_hundred_that_go_with_one_are_worked_in_one_go() -> None:
    """What a step costs grows with the number of them alone, never with their square."""
    city = make_city()
    head = file(city, at=MONDAY)
    bring_to(city, head, "registered", MONDAY)
    clerk, filed = city.actor("clerk"), []
    for number in range(MANY):
        filed.append(file(city, at=TUESDAY))
        clear(city, filed[-1])
        join(city, filed[-1], head)
        if number + 1 in (10, MANY // 2, MANY):
            with CaptureQueriesContext(connection) as counted, transaction.atomic():
                take(head.case.pk, "route", clerk, TUESDAY, unit="lamps", co_units=[])
                transaction.set_rollback(True)
            costs = len(counted) / (number + 2)
            assert costs < MOST_STATEMENTS
    take(head.case.pk, "route", clerk, TUESDAY, unit="lamps", co_units=[])
    take(head.case.pk, "accept", city.actor("insider"), TUESDAY)
    take(head.case.pk, "answer", city.actor("insider"), TUESDAY, text="已修好。", outcome="solved")
    take(head.case.pk, "serve", city.actor("auditor"), TUESDAY, method="portal", proof="示例")
    assert Matter.objects.filter(state="served").count() == MANY + 1
    assert Term.objects.filter(code="evaluate", state=Term.RUNNING).count() == MANY + 1
