"""Undoing an order and carrying it out at the same moment: exactly one of them wins, whichever."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.factories import bring_to, file, make_city
from tests.faults.test_races import MONDAY, at_once
from yipanqi.core.models import Matter, Move
from yipanqi.web.desk.models import HeldOrder
from yipanqi.web.desk.orders import hold_order, run_order, undo_order

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
ROUNDS = 5


def test_undoing_and_carrying_out_at_once_have_one_winner() -> None:
    city = make_city()
    due = MONDAY + dt.timedelta(seconds=10)
    for _ in range(ROUNDS):
        ids = [bring_to(city, file(city, at=MONDAY), "forwarded", MONDAY).pk for _ in range(2)]
        before = Move.objects.count()
        held = hold_order(
            account=city.accounts["insider"].pk,
            step="accept",
            label="接收",
            answers={pk: {} for pk in ids},
            at=MONDAY,
        )
        # Two undo, and the job runs beside its sweeper.
        undone = at_once(
            4, lambda n, pk=held.pk: undo_order(order=pk) if n % 2 else run_order(order=pk, at=due)
        )
        won = [each for each in undone if each is True]
        state = HeldOrder.objects.get(pk=held.pk).state
        assert len(won) == (1 if state == HeldOrder.UNDONE else 0)
        moved = 0 if state == HeldOrder.UNDONE else 2
        assert Move.objects.count() == before + moved
        states = set(Matter.objects.filter(pk__in=ids).values_list("state", flat=True))
        assert states == {"handling" if moved else "forwarded"}
