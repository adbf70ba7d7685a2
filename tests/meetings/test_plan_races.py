"""Two who act on a plan, or on a plan and one of its tasks, at once: one wins, whichever, and nobody waits for ever."""

from __future__ import annotations

import pytest

from tests.factories import make_city, take
from tests.faults.test_races import at_once
from tests.meetings.plan_world import NUMBER, bring_plan, drawn_up, plan
from tests.meetings.world import MONDAY, lines, task
from yipanqi.core import engine, veil
from yipanqi.core.errors import Refused
from yipanqi.core.models import Matter
from yipanqi.core.verify import verify
from yipanqi.meetings.models import Task

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
ROUNDS = 3


def test_a_dispute_while_the_plan_goes_on() -> None:
    city = make_city()
    deputy, insider = city.actor("deputy"), city.actor("insider")
    for _round in range(ROUNDS):
        [line] = lines(city)
        one = drawn_up(city, task(city, line))
        bring_plan(city, one, "consulting")
        for login in ("insider", "colleague"):
            take(one.pk, "agree", city.actor(login), MONDAY)

        def act(n: int, pk: object = one.pk) -> str:
            try:
                if n % 2:
                    take(pk, "dispute", insider, MONDAY, task="1", reason="不归我们")  # type: ignore[arg-type]
                else:
                    take(pk, "circulate", deputy, MONDAY)  # type: ignore[arg-type]
            except Refused:
                return "refused"
            return "won"

        assert sorted(map(str, at_once(2, act))) == ["refused", "won"]
        disputed = one.disputes.filter(decision="").exists()
        assert disputed == (Matter.objects.get(pk=one.pk).state == "consulting")
    assert verify().faults == []


def test_a_plan_that_is_issued_and_taken_back_at_once() -> None:
    city = make_city()
    deputy = city.actor("deputy")
    for turn in range(ROUNDS):
        [line] = lines(city)
        first = task(city, line)
        task(city, line, title="分出的", parent=first)
        one = drawn_up(city, first)
        seen = veil.told(bring_plan(city, one, "approved"))

        def act(n: int, pk: object = one.pk, turn: int = turn, seen: int = seen) -> str:
            step, told = (
                ("issue", {"document_number": f"{NUMBER}{turn}"}) if n % 2 else ("revise", {"reason": "再改"})
            )
            try:
                engine.take(matters=[pk], step=step, by=deputy, at=MONDAY, answers=told, seen=seen)  # type: ignore[list-item]
            except Refused:
                return "refused"
            return "won"

        assert sorted(map(str, at_once(3, act))) == ["refused", "refused", "won"]
        issued = Matter.objects.get(pk=one.pk).state == "issued"
        states = set(Task.objects.filter(plan=one).values_list("matter__state", flat=True))
        assert states == {"issued" if issued else "drafted"}
    assert verify().faults == []


def test_a_task_that_is_issued_while_its_plan_is_consulted_on() -> None:
    city = make_city()
    deputy = city.actor("deputy")
    for _round in range(ROUNDS):
        one, first = plan(city)

        def act(n: int, plan_pk: object = one.pk, task_pk: object = first.pk) -> str:
            try:
                if n % 2:
                    take(task_pk, "issue", deputy, MONDAY)  # type: ignore[arg-type]
                else:
                    take(plan_pk, "consult", deputy, MONDAY)  # type: ignore[arg-type]
            except Refused:
                return "refused"
            return "won"

        assert sorted(map(str, at_once(2, act))) == ["refused", "won"]
        first.refresh_from_db()
        assert (first.plan_id is None) == (first.matter.state == "issued")
    assert verify().faults == []
