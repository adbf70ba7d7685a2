"""The order as a state machine: whatever people and the clock do, no illegal state, no clock that runs backwards,
every change on record (R8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.cases.order_table import rows
from tests.factories import City, file, make_city, submitter
from yipanqi.cases.models import Case, Verdict
from yipanqi.cases.procedure import ORDER
from yipanqi.core import engine
from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.verify import Report, _chain
from yipanqi.organisations.models import Part

START = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
TABLE = rows()
PEOPLE = ("clerk", "auditor", "callback", "insider", "colleague", "stranger", "deputy", "submitter", "system")

_city: City


def answers_for(step: str, at: dt.datetime) -> dict[str, Any]:
    """Answers that satisfy what the step asks, most of the time."""
    review = (at + dt.timedelta(days=30)).date().isoformat()
    every: dict[str, Any] = {
        "title": "路灯", "text": "示例文字", "category": "lamps", "area": _city.area.pk, "unit": "lamps",
        "co_units": ["roads"], "where": "法院", "reason": "理由", "question": "哪里？", "days": 3, "notice": "告知",
        "plan": "计划", "review_on": review, "outcome": "solved", "method": "phone", "proof": "凭据",
        "solved": "no", "grade": "not_satisfied", "understood": "on", "purpose": "contact", "checked": "counter",
    }  # fmt: skip
    return {ask.name: every[ask.name] for ask in ORDER.step[step].asks if ask.name in every}


class OrderMachine(RuleBasedStateMachine):
    """One case; any person takes any step at any time, and days go by."""

    @initialize()
    def begin(self) -> None:
        self.sid = transaction.savepoint()
        self.at = START
        self.filed = file(_city, at=START)
        self.pk = self.filed.case.pk
        self.seen_moves = 1

    @rule(days=st.integers(0, 4))
    def days_go_by(self, days: int) -> None:
        self.at += dt.timedelta(days=days)
        engine.lapse_due(at=self.at)

    @rule(days=st.integers(14, 200))
    def a_long_time_goes_by(self, days: int) -> None:
        self.at += dt.timedelta(days=days)
        engine.lapse_due(at=self.at)

    @rule(step=st.sampled_from(sorted(TABLE)), person=st.sampled_from(PEOPLE))
    def somebody_tries_something(self, step: str, person: str) -> None:
        self.attempt(step, person)

    @rule(data=st.data())
    def somebody_does_what_is_open_to_them(self, data: st.DataObject) -> None:
        matter = Matter.objects.get(pk=self.pk)
        steps = [name for name, row in TABLE.items() if matter.state in row.sources]
        if steps:
            self.attempt(data.draw(st.sampled_from(sorted(steps))), data.draw(st.sampled_from(PEOPLE)))

    def attempt(self, step: str, person: str) -> None:
        by = {"submitter": submitter(self.filed), "system": SYSTEM}.get(person) or _city.actor(person)
        before = Matter.objects.get(pk=self.pk)
        try:
            engine.take(matters=[self.pk], step=step, by=by, at=self.at, answers=answers_for(step, self.at))
        except Refused:
            after = Matter.objects.get(pk=self.pk)
            assert (after.state, after.moves_count) == (before.state, before.moves_count)
            return
        assert before.state in TABLE[step].sources
        after = Matter.objects.get(pk=self.pk)
        assert after.state == (TABLE[step].target or before.state)
        assert after.moves_count == before.moves_count + 1

    @invariant()
    def everything_is_in_order(self) -> None:
        if not hasattr(self, "pk"):
            return
        matter = Matter.objects.get(pk=self.pk)
        report = Report()
        _chain(
            report,
            matter,
            list(Move.objects.filter(matter=matter).select_related("payload").order_by("number")),
        )
        assert report.faults == []
        assert matter.moves_count >= self.seen_moves
        self.seen_moves = matter.moves_count
        self.terms_are_in_order(matter)
        self.units_are_in_order(matter)

    def terms_are_in_order(self, matter: Matter) -> None:
        terms = list(Term.objects.filter(matter=matter))
        running = [t for t in terms if t.state == Term.RUNNING]
        assert bool(running) == matter.open
        assert matter.due_at == (min(t.due_at for t in running if t.due_at) if running else None)
        for term in terms:
            if term.due_effective is not None:
                assert term.due_effective > term.day0
            if term.ended_at is not None:
                assert term.ended_at >= term.started_by.at

    def units_are_in_order(self, matter: Matter) -> None:
        leads = Part.objects.filter(matter=matter, role="lead", until=None).count()
        assert leads == (0 if matter.state in ("registered", "redirected") else leads)
        assert leads == 1 or matter.state in ("registered", "redirected", "withdrawn")
        case = Case.objects.get(pk=matter.pk)
        hidden = Verdict.objects.filter(case=case, open_to_staff=False)
        assert not hidden.exists() or matter.state == "served"

    def teardown(self) -> None:
        if hasattr(self, "sid"):
            transaction.savepoint_rollback(self.sid)


def run(examples: int, steps: int) -> None:
    global _city
    _city = make_city()
    run_state_machine_as_test(
        OrderMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )


@pytest.mark.django_db
def test_nothing_breaks_the_order() -> None:
    run(8, 20)


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_breaks_the_order_in_many_lives() -> None:
    run(150, 40)


def test_the_machine_names_every_person_that_can_act() -> None:
    assert isinstance(SYSTEM, Actor)
    assert {role for row in TABLE.values() for role in row.by} == {
        "submitter",
        "sender",
        "lead",
        "co",
        "system",
    }
