"""A parent that ends while a child is born under it: one of the two wins, whichever, and nobody waits for ever (R7)."""

from __future__ import annotations

import pytest

from tests.factories import make_city, take
from tests.faults.test_races import at_once
from tests.meetings.world import MONDAY, bring, lines, task
from yipanqi.core.errors import Refused
from yipanqi.core.models import Matter
from yipanqi.core.verify import verify
from yipanqi.meetings.models import Task

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


def nothing_ended_over_what_is_open() -> None:
    for child in Task.objects.filter(parent__isnull=False).select_related("matter", "parent__matter"):
        assert child.parent is not None
        over = child.parent.matter
        assert not (child.matter.open and (over.state == "closing" or not over.open)), (
            child.number,
            over.state,
        )
    assert verify().faults == []


def test_a_parent_that_is_closed_while_children_are_drafted() -> None:
    city = make_city()
    [line] = lines(city)
    insider = city.actor("insider")
    seen = set()
    for _round in range(ROUNDS):
        parent = task(city, line)
        bring(city, parent, "working", MONDAY)

        def act(n: int, parent: Task = parent) -> str:
            try:
                if n % 2:
                    task(city, parent.line, parent=parent)
                else:
                    take(parent.pk, "apply_to_close", insider, MONDAY, text="完成。")
            except Refused:
                return "refused"
            return "drafted" if n % 2 else "closing"

        outcomes = {str(each) for each in at_once(4, act)} - {"refused"}
        assert len(outcomes) == 1, "either the parent is applied for, or it has children"
        seen |= outcomes
        state = Matter.objects.get(pk=parent.pk).state
        assert (state == "closing") == (not Task.objects.filter(parent=parent).exists())
    assert seen
    nothing_ended_over_what_is_open()


def test_a_parent_that_is_closed_while_its_child_is_taken_up_again() -> None:
    city = make_city()
    [line] = lines(city)
    deputy, insider = city.actor("deputy"), city.actor("insider")
    for _round in range(ROUNDS):
        parent = task(city, line)
        bring(city, parent, "working", MONDAY)
        child = task(city, line, parent=parent)
        bring(city, child, "closed", MONDAY)

        def act(n: int, parent: Task = parent, child: Task = child) -> str:
            try:
                if n % 2:
                    take(child.pk, "reopen", deputy, MONDAY, reason="没做完", due_on=child.due_on)
                else:
                    take(parent.pk, "apply_to_close", insider, MONDAY, text="完成。")
            except Refused:
                return "refused"
            return "won"

        assert sorted(map(str, at_once(2, act))) == ["refused", "won"]
    nothing_ended_over_what_is_open()
