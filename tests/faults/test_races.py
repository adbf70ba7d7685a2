"""Races on one case: one wins, the others get a conflict, and the history stays linear (R7)."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection

from tests.factories import City, bring_to, file, make_city
from yipanqi.core import engine, ledger
from yipanqi.core.errors import Conflict, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Leaf, Move, Unsequenced
from yipanqi.core.verify import verify

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
WORKERS = 20


def at_once(count: int, act: object) -> list[object]:
    """Call `act(n)` from many threads at the same moment; each with a connection of its own."""
    gate = threading.Barrier(count)

    def one(n: int) -> object:
        gate.wait()
        try:
            return act(n)  # type: ignore[operator]
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def accept(matter: UUID, by: Actor) -> str:
    try:
        engine.take(matters=[matter], step="accept", by=by, at=MONDAY)
    except Conflict:
        return "conflict"
    except Refused:
        return "refused"
    return "won"


def test_twenty_workers_take_the_same_step_and_one_wins() -> None:
    city = make_city()
    matter = bring_to(city, file(city, at=MONDAY), "forwarded", MONDAY)
    by = city.actor("insider")
    outcomes = at_once(WORKERS, lambda n: accept(matter.pk, by))
    assert sorted(map(str, outcomes)) == ["conflict"] * (WORKERS - 1) + ["won"]
    numbers = list(Move.objects.filter(matter=matter).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert verify().faults == []


def filed(city: City) -> None:
    bring_to(city, file(city, at=MONDAY), "handling", MONDAY)


def test_sequencers_beside_writers_number_every_move_once() -> None:
    city = make_city()

    def act(n: int) -> None:
        if n % 4 == 0:
            ledger.sequence()
        else:
            filed(city)

    at_once(12, act)
    ledger.sequence()
    assert not Unsequenced.objects.exists()
    assert list(Leaf.objects.order_by("number").values_list("number", flat=True)) == list(
        range(Move.objects.count())
    )
    assert verify().faults == []
