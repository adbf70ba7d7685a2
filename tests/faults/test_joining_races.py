"""Joining, parting and working at once: nobody waits for another for ever, and no case is left behind (R7)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from tests.factories import City, bring_to, file, make_city, submitter, take
from tests.faults.test_races import at_once
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case
from yipanqi.core import engine
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Matter
from yipanqi.core.verify import verify

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
TUESDAY = MONDAY + dt.timedelta(days=1)
ROUNDS = 6


def attempt(pk: UUID, step: str, by: Actor, **answers: object) -> str:
    """Whether the step won; any refusal is one, and an error of the database is none."""
    try:
        engine.take(matters=[pk], step=step, by=by, at=TUESDAY, answers=answers)
    except Refused:
        return "refused"
    return "won"


def voices(city: City, number: int, at: dt.datetime = TUESDAY) -> list[Filed]:
    filed = [file(city, at=at) for _n in range(number)]
    for each in filed:
        bring_to(city, each, "registered", at)
    return filed


def nobody_is_left_behind() -> None:
    for case in Case.objects.select_related("matter", "joined_to__matter"):
        matter, head = case.matter, case.joined_to.matter if case.joined_to else None
        if not matter.open or matter.state in ("asked", "served"):
            continue
        if head is None:
            assert matter.holder is not None
        else:
            assert (matter.state, matter.pending, matter.holder) == (head.state, head.pending, None)
    assert verify().faults == []


def test_two_cases_that_are_joined_to_each_other_at_once_make_one_pair() -> None:
    city = make_city()
    clerk = city.actor("clerk")
    for _round in range(ROUNDS):
        pair = voices(city, 2)
        outcomes = at_once(2, lambda n, p=pair: attempt(p[n].case.pk, "join", clerk, head=p[1 - n].reference))
        assert sorted(map(str, outcomes)) == ["refused", "won"]
    nobody_is_left_behind()


def test_joining_parting_and_answering_at_once_leaves_nobody_behind() -> None:
    city = make_city()
    clerk, insider = city.actor("clerk"), city.actor("insider")
    for _round in range(ROUNDS):
        head = file(city, at=MONDAY)
        bring_to(city, head, "handling", MONDAY)
        others = voices(city, 6)
        for other in others[:3]:
            take(other.case.pk, "join", clerk, TUESDAY, head=head.reference)
        acts = [
            lambda h=head: attempt(h.case.pk, "answer", insider, text="已修好。", outcome="solved"),
            lambda o=others: attempt(o[0].case.pk, "part", clerk, reason="不是一回事"),
            lambda o=others: attempt(o[1].case.pk, "withdraw", submitter(o[1])),
            lambda o=others: attempt(o[2].case.pk, "ask", insider, question="哪根？"),
            *(
                lambda o=other, h=head: attempt(o.case.pk, "join", clerk, head=h.reference)
                for other in others[3:]
            ),
        ]
        at_once(len(acts), lambda n, a=acts: a[n]())
        nobody_is_left_behind()


def test_a_batch_of_heads_and_their_own_meets_another_in_any_order() -> None:
    city = make_city()
    clerk = city.actor("clerk")
    heads, others = voices(city, 3, MONDAY), voices(city, 9)
    for n, other in enumerate(others):
        take(other.case.pk, "join", clerk, TUESDAY, head=heads[n % 3].reference)
    ids = [f.case.pk for f in (*heads, *others)]
    answers = {"unit": "lamps", "co_units": []}

    def act(n: int) -> str:
        batch = ids if n % 2 else [f.case.pk for f in heads][::-1]
        try:
            engine.take(matters=batch, step="route", by=clerk, at=TUESDAY, answers=answers)
        except Refused:
            return "refused"
        return "won"

    outcomes = at_once(8, act)
    assert list(outcomes).count("won") == 1
    assert set(Matter.objects.filter(pk__in=ids).values_list("state", flat=True)) == {"forwarded"}
    nobody_is_left_behind()
