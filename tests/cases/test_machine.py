"""The order as a state machine: whatever people and the clock do, no illegal state, no clock that runs backwards,
every change on record (R8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from tests.cases.order_table import rows
from tests.factories import ROLES, STAFF, file, make_city, submitter
from yipanqi.cases.models import Verdict
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
# Whoever may have a part in a step, by the table: people of the units that have the capability in some role.
ABLE = {
    name: [
        person
        for person in PEOPLE
        if person in row.by or (row.needs and person in STAFF and row.needs in ROLES[STAFF[person][0]][1])
    ]
    for name, row in TABLE.items()
}


# Where lives begin: filed a moment ago, and further on, so that short lives reach every corner. The steps to get there.
STAGES: dict[str, list[tuple[str, str]]] = {
    "registered": [],
    "forwarded": [("clear", "clerk"), ("route", "clerk")],
    "handling": [("accept", "insider")],
    "asked": [("ask", "insider")],
    "on_hold": [("reply", "submitter"), ("request_hold", "insider"), ("approve_hold", "clerk")],
    "answered": [("resume", "insider"), ("answer", "insider")],
    "served": [("serve", "auditor")],
}


class Town:
    """What lives begin from: the city and one case, brought from stage to stage. A life is rolled back to it."""

    def __init__(self) -> None:
        city = make_city()
        self.area = city.area.pk
        filed = file(city, at=START)
        self.pk = filed.case.pk
        # Read once: whoever they are and whatever they may does not change in these lives.
        self.actors = {person: city.actor(person) for person in PEOPLE if person in STAFF}
        self.actors |= {"submitter": submitter(filed), "system": SYSTEM}
        self.steps: set[str] = set()
        self.states: set[str] = set()
        self.refused = 0

    def go_on(self, stage: str) -> None:
        for step, person in STAGES[stage]:
            self.take(step, person, START)
        assert Matter.objects.get(pk=self.pk).state == stage

    def take(self, step: str, person: str, at: dt.datetime) -> None:
        """Take a step with answers that satisfy what it asks, most of the time."""
        review = (at + dt.timedelta(days=30)).date().isoformat()
        every: dict[str, Any] = {
            "title": "路灯", "text": "示例文字", "category": "lamps", "area": self.area, "unit": "lamps",
            "co_units": ["roads"], "where": "法院", "reason": "理由", "question": "哪里？", "days": 3, "notice": "告知",
            "plan": "计划", "review_on": review, "outcome": "solved", "method": "phone", "proof": "凭据",
            "solved": "no", "grade": "not_satisfied", "understood": "on", "purpose": "contact", "checked": "counter",
        }  # fmt: skip
        answers = {ask.name: every[ask.name] for ask in ORDER.step[step].asks if ask.name in every}
        engine.take(matters=[self.pk], step=step, by=self.actors[person], at=at, answers=answers)


_town: Town


class OrderMachine(RuleBasedStateMachine):
    """One case; any person takes any step at any time, and days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.at = START
        self.pk = _town.pk
        self.matter = Matter.objects.get(pk=self.pk)
        self.seen_moves = self.matter.moves_count

    @rule(days=st.integers(0, 4) | st.integers(14, 200))
    def days_go_by(self, days: int) -> None:
        self.at += dt.timedelta(days=days)
        engine.lapse_due(at=self.at)
        self.look()

    @rule(step=st.sampled_from(sorted(TABLE)), person=st.sampled_from(PEOPLE))
    def somebody_tries_something(self, step: str, person: str) -> None:
        self.attempt(step, person)

    @rule(data=st.data())
    def somebody_does_what_is_open_to_them(self, data: st.DataObject) -> None:
        here, pending = self.matter.state, self.matter.pending
        steps = [name for name, row in TABLE.items() if here in row.sources and possible(name, pending)]
        if steps:
            step = data.draw(st.sampled_from(steps))
            self.attempt(step, data.draw(st.sampled_from(ABLE[step])))

    # Twice in the list is twice as often.
    somebody_goes_on = rule(data=st.data())(lambda self, data: self.somebody_does_what_is_open_to_them(data))

    def attempt(self, step: str, person: str) -> None:
        before = self.matter
        try:
            _town.take(step, person, self.at)
        except Refused:
            _town.refused += 1
            assert Matter.objects.filter(pk=self.pk).values().get() == values(before)
            return
        assert before.state in TABLE[step].sources
        self.look()
        assert self.matter.state == (TABLE[step].target or before.state)
        assert self.matter.moves_count == before.moves_count + 1

    def look(self) -> None:
        """See where the case stands; where it moved, everything must be in order."""
        self.matter = Matter.objects.get(pk=self.pk)
        if self.matter.moves_count != self.seen_moves:
            self.everything_is_in_order()

    def everything_is_in_order(self) -> None:
        matter = self.matter
        moves = list(Move.objects.filter(matter=matter).select_related("payload").order_by("number"))
        report = Report()
        _chain(report, matter, moves)
        assert report.faults == []
        assert matter.moves_count > self.seen_moves
        _town.steps |= {move.step for move in moves[self.seen_moves :]}
        _town.states |= {move.target for move in moves}
        self.seen_moves = matter.moves_count
        self.terms_are_in_order()
        self.units_are_in_order()

    def terms_are_in_order(self) -> None:
        matter = self.matter
        terms = list(Term.objects.select_related("started_by").filter(matter=matter))
        running = [t for t in terms if t.state == Term.RUNNING]
        assert bool(running) == matter.open
        assert matter.due_at == (min(t.due_at for t in running if t.due_at) if running else None)
        for term in terms:
            if term.due_effective is not None:
                assert term.due_effective > term.day0
            if term.ended_at is not None:
                assert term.ended_at >= term.started_by.at

    def units_are_in_order(self) -> None:
        state = self.matter.state
        leads = Part.objects.filter(matter=self.pk, role="lead", until=None).count()
        assert leads == (0 if state in ("registered", "redirected") else leads)
        assert leads == 1 or state in ("registered", "redirected", "withdrawn")
        # No staff sees a verdict before its window ends (H6).
        hidden = Verdict.objects.filter(case=self.pk, open_to_staff=False)
        assert state == "served" or not hidden.exists()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)


def possible(name: str, pending: str) -> bool:
    """Whether a step can be taken while a request waits, or none does. Only guides: the others are tried as well."""
    step = ORDER.step[name]
    return step.decides == pending if step.decides else (not pending or step.while_pending)


def values(matter: Matter) -> dict[str, Any]:
    """The row as it was read."""
    return {field.attname: getattr(matter, field.attname) for field in Matter._meta.concrete_fields}


def run(lives: int, steps: int) -> Town:
    """Live so many lives of so many steps from each stage on, and return what they went through."""
    global _town
    _town = Town()
    for stage in STAGES:
        _town.go_on(stage)
        run_state_machine_as_test(
            OrderMachine,
            settings=settings(
                max_examples=lives,
                stateful_step_count=steps,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                derandomize=True,
            ),
        )
    return _town


@pytest.mark.django_db
def test_nothing_breaks_the_order() -> None:
    assert run(4, 8).steps


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_breaks_the_order_in_two_thousand_lives() -> None:
    """Every step of the table was taken and every state reached, by lives that nobody wrote."""
    town = run(286, 8)
    assert set(TABLE) - town.steps == {"register"}
    assert {state for row in TABLE.values() for state in row.sources} - town.states == set()
    assert {"closed", "withdrawn", "redirected"} - town.states == set()
    assert town.refused > 2000


def test_the_machine_names_every_person_that_can_act() -> None:
    assert isinstance(SYSTEM, Actor)
    assert {role for row in TABLE.values() for role in row.by} == {
        "submitter",
        "sender",
        "lead",
        "co",
        "system",
    }
