"""Order, suggestion and claim as state machines: whatever people and the clock do, no illegal state, no clock that
runs backwards, every change on record (R8)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.cases import claim_table, order_table, suggestion_table
from tests.cases.ladder_world import add_bodies
from tests.cases.tables import OF_SEVERAL
from tests.factories import OPINION, ROLES, STAFF, add_head, file, make_city, submitter
from tests.lives import live
from yipanqi.cases.models import Case, Verdict
from yipanqi.cases.procedure import PROCEDURES
from yipanqi.cases.reasons import choices
from yipanqi.core import engine
from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.verify import Report, _chain
from yipanqi.organisations.models import Part

# Off until somebody turns it on.
OFF = {"mark_simple"}
ENDED = ("served", "executing", "reviewing", "closed", "withdrawn")
JUDGED = ("served", "executing", "reviewing")
# What answers another step hangs on two lucky draws; each is taken in test_oversight.py, test_recusal.py, test_ladder.py
# and test_evaluation.py whatever is drawn here.
ANSWERS = {
    "report_back", "accept_report", "return_report", "rectify", "answer_proposal", "grant_recusal", "refuse_recusal",
    "grant_exclusion", "refuse_exclusion", "enforce",
}  # fmt: skip
START = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
TABLES = {"order": order_table.ORDER, "suggestion": suggestion_table.SUGGESTION, "claim": claim_table.CLAIM}
PEOPLE = (
    "clerk", "clerk2", "auditor", "callback", "insider", "head", "colleague", "stranger", "deputy", "submitter", "system",
)  # fmt: skip
CAPABLE = {person: ROLES[role][1] for person, (role, _unit) in STAFF.items()} | {
    "head": ["cases.handle", "cases.approve"]
}


# Where lives begin: filed a moment ago, and further on, so that short lives reach every corner. The steps to get there.
Stages = dict[str, list[tuple[str, str]]]
FIRST: Stages = {
    "registered": [],
    "forwarded": [("clear", "clerk"), ("route", "clerk")],
    "handling": [("accept", "insider")],
    "asked": [("ask", "insider")],
}
# The end, published: the same for all.
LAST: Stages = {"closed": [("consent", "submitter"), ("close", "system"), ("publish", "auditor")]}
STAGES: dict[str, Stages] = {
    "order": FIRST
    | {
        "on_hold": [("reply", "submitter"), ("request_hold", "insider"), ("approve_hold", "clerk")],
        "answered": [("resume", "insider"), ("answer", "insider")],
        "served": [("serve", "auditor")],
    }
    | LAST,
    "suggestion": FIRST
    | {"answered": [("reply", "submitter"), ("answer", "insider")], "served": [("serve", "auditor")]}
    | LAST,
    "claim": {
        "registered": [],
        "guided": [("clear", "clerk"), ("route", "clerk"), ("guide", "insider")],
        "forwarded": [("come_back", "submitter"), ("assign", "clerk")],
        "handling": [("accept", "insider")],
        "asked": [("ask", "insider")],
        "answered": [("reply", "submitter"), ("answer", "insider")],
        "executing": [("serve", "insider")],
        "served": [("carry_out", "insider")],
    }
    | LAST,
}


class Town:
    """What lives begin from: the city and one case, brought from stage to stage. A life is rolled back to it."""

    def __init__(self, kind: str) -> None:
        city = add_head(add_bodies(make_city()))
        self.area = city.area.pk
        self.procedure = next(p for p in PROCEDURES if p.code == kind)
        self.table = TABLES[kind].rows
        filed = file(city, at=START, kind=kind)
        self.pk = filed.case.pk
        # Read once: whoever they are and whatever they may does not change in these lives.
        self.actors = {person: city.actor(person) for person in PEOPLE if person in CAPABLE}
        self.actors |= {"submitter": submitter(filed), "system": SYSTEM}
        self.steps: set[str] = set()
        self.states: set[str] = set()
        self.refused = 0

    def able(self, step: str) -> list[str]:
        """Whoever may have a part in a step, by the table: people of the units that have the capability in some role."""
        row = self.table[step]
        able = {row.needs, row.sender_needs} - {""}
        return [p for p in PEOPLE if p in row.by or able & set(CAPABLE.get(p, ()))]

    def possible(self, name: str, pending: str) -> bool:
        """Whether a step can be taken while a request waits, or none does. Only guides: the others are tried too."""
        step = self.procedure.step[name]
        return step.decides == pending if step.decides else (not pending or step.while_pending)

    def go_on(self, stage: str) -> None:
        for step, person in STAGES[self.procedure.code][stage]:
            self.take(step, person, START)
            self.steps.add(step)
        assert Matter.objects.get(pk=self.pk).state == stage

    def take(self, step: str, person: str, at: dt.datetime) -> None:
        """Take a step with answers that satisfy what it asks, most of the time."""
        review = (at + dt.timedelta(days=30)).date().isoformat()
        every: dict[str, Any] = OPINION | {
            "path": "court", "how": "起诉", "by_when": "六个月", "title": "路灯", "text": "示例文字", "category": "lamps", "area": self.area, "unit": "lamps",
            "co_units": ["roads"], "where": "法院", "reason": "理由", "question": "哪里？", "days": 3, "notice": "告知",
            "plan": "计划", "review_on": review, "call_on": review, "came": "going", "method": "in_person", "proof": "凭据",
            "solved": "no", "grade": "not_satisfied", "understood": "on", "line": "请快办", "mention": ["lamps"], "what": "对方骂人", "purpose": "contact", "checked": "counter",
            "duty": "三定方案第三条", "basis": "三定方案", "demands": "退还多少", "report_on": review, "points": "1. 已退还", "report": "已办结",
            "unanswered": "1", "breach": "delay", "rectify_on": review, "rule": "late", "proposal": "work", "adopted": "adopted", "whose": "own",
            "ground": "duplicate", "law": "条例", "done": "已处置", "reported_to": ["hotline"],
            "body": "government", "done_on": at.date().isoformat(), "kind": "talk", "earlier": "无",
            "agreed": "on", "told_at": "counter", "said": "路灯不亮", "came_of_it": "修好了", "place": "street",
        }  # fmt: skip
        asks = self.procedure.step[step].asks
        answers = {ask.name: every[ask.name] for ask in asks if ask.name in every}
        answers |= {ask.name: ask.choices[0][0] for ask in asks if ask.name == "outcome"}
        answers |= {ask.name: choices(ask.name)[1][0] for ask in asks if ask.name == "code"}
        if step in ("release_co_unit", "raise_dispute"):
            answers["unit"] = "roads"
        engine.take(matters=[self.pk], step=step, by=self.actors[person], at=at, answers=answers)


_town: Town


class CaseMachine(RuleBasedStateMachine):
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

    @rule(data=st.data(), person=st.sampled_from(PEOPLE))
    def somebody_tries_something(self, data: st.DataObject, person: str) -> None:
        self.attempt(data.draw(st.sampled_from(sorted(_town.table))), person)

    @rule(data=st.data())
    def somebody_does_what_is_open_to_them(self, data: st.DataObject) -> None:
        here, pending = self.matter.state, self.matter.pending
        steps = [
            name
            for name, row in _town.table.items()
            # What several cases do together is lived in test_joining_machine.py.
            if here in row.sources and name not in OF_SEVERAL and _town.possible(name, pending)
        ]
        if steps:
            step = data.draw(st.sampled_from(steps))
            # Whoever stepped back does nothing more, and lives are short: one of four goes through with it.
            if step == "recuse" and data.draw(st.integers(0, 3)):
                return
            self.attempt(step, data.draw(st.sampled_from(_town.able(step))))

    @rule(data=st.data())
    def a_request_is_granted(self, data: st.DataObject) -> None:
        self.decide(data, ("agree", "approve"))

    @rule(data=st.data())
    def a_request_is_refused(self, data: st.DataObject) -> None:
        self.decide(data, ("refuse",))

    def decide(self, data: st.DataObject, ways: tuple[str, ...]) -> None:
        """Decide what waits to be decided, as often each way: few lives come by a request of their own accord."""
        for name, row in _town.table.items():
            decides = _town.procedure.step[name].decides
            if decides and decides == self.matter.pending and name.startswith(ways):
                assert self.matter.state in row.sources
                moves, able = self.matter.moves_count, _town.able(name)
                first = data.draw(st.integers(0, len(able) - 1))
                for person in (*able[first:], *able[:first]):
                    if self.matter.moves_count == moves:
                        self.attempt(name, person)

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
        assert before.state in _town.table[step].sources
        self.look()
        new = Move.objects.filter(matter=self.pk, number__gt=before.moves_count).order_by("number")
        # A consent that comes out from under its veil is told of by a move of its own; a claim that is upheld begins to be
        # carried out, and one whose windows are all over closes.
        assert new[0].step == step
        assert {move.step for move in new[1:]} <= {"offer_publication", "begin_execution", "close"}
        state = before.state
        for move in new:
            state = _town.table[move.step].target or state
        assert self.matter.state == state
        assert self.matter.moves_count == before.moves_count + len(new)

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
        # A claim under review waits for the review, which has the limit.
        assert bool(running) == matter.open or matter.state == "reviewing"
        # A window that closes by itself makes nobody late, unless nothing else runs.
        duties = [t for t in running if not procedure_of(matter).term[t.code].lapse] or running
        assert matter.due_at == (min(t.due_at for t in duties if t.due_at) if running else None)
        for term in terms:
            if term.due_effective is not None:
                assert term.due_effective > term.day0
            if term.ended_at is not None:
                assert term.ended_at >= term.started_by.at

    def units_are_in_order(self) -> None:
        state = self.matter.state
        running = Term.objects.filter(matter=self.pk, state=Term.RUNNING).values_list("code", flat=True)
        leads = Part.objects.filter(matter=self.pk, role="lead", until=None).count()
        assert leads == (0 if state == "registered" else leads)
        no_lead = ("registered", "guided", "redirected", "declined", "withdrawn", "not_accepted")
        assert leads == 1 or state in no_lead
        # Sixty days are for the sixth route of Art. 31 alone, two months for the fifth.
        case, codes = Case.objects.get(pk=self.pk), set(running)
        if self.matter.procedure == "claim":
            assert (case.route == "petition") == (
                state in ("handling", "asked", "answered")
            ) or state in ENDED
            assert "answer" not in codes or case.route == "petition"
            assert ("duty" in codes) == (state == "acting")
        # No staff sees a verdict before its window ends (H6).
        hidden = Verdict.objects.filter(case=self.pk, open_to_staff=False)
        assert state in JUDGED or not hidden.exists()

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)


def values(matter: Matter) -> dict[str, Any]:
    """The row as it was read."""
    return {field.attname: getattr(matter, field.attname) for field in Matter._meta.concrete_fields}


def run(kind: str, lives: int, steps: int) -> Town:
    """Live so many lives of so many steps from each stage on, and return what they went through."""
    global _town
    _town = Town(kind)
    for stage in STAGES[kind]:
        _town.go_on(stage)
        live(CaseMachine, lives, steps)
    return _town


@pytest.mark.django_db
@pytest.mark.parametrize("kind", TABLES)
def test_nothing_breaks_a_case(kind: str) -> None:
    assert run(kind, 2, 8).steps


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "lives"), [("order", 120), ("suggestion", 70), ("claim", 110)])
def test_nothing_breaks_a_case_in_thousands_of_lives(kind: str, lives: int) -> None:
    """Every step of the table was taken and every state reached, by lives that nobody wrote."""
    town = run(kind, lives, 8)
    # Decisions hang on two lucky draws, and so does a consent that a clerk takes down; each is taken in test_matrix.py
    # whatever is drawn here. These people speak for themselves: nobody's mandate ends.
    lucky = (
        {name for name in town.table if town.procedure.step[name].decides}
        | {"record_consent", "pause_calls"}
        | ANSWERS
    )
    alone = {"register", "record", "end_mandate", "hand_over"}
    if kind == "claim":
        # They need a city without lawful reviewers, or a second review that was served: test_ladder.py.
        alone |= {"want_review", "not_accept_again"}
    assert set(town.table) - town.steps - lucky == alone | set(OF_SEVERAL) | (OFF & set(town.table))
    assert {state for row in town.table.values() for state in row.sources} - town.states <= {"not_accepted"}
    assert {"closed", "withdrawn", "redirected"} - town.states == set()
    assert town.refused > 7 * lives


@pytest.mark.parametrize("kind", TABLES)
def test_the_machine_names_every_person_that_can_act(kind: str) -> None:
    assert isinstance(SYSTEM, Actor)
    rows = TABLES[kind].rows.values()
    assert {role for row in rows for role in row.by} - {"superior"} == {
        "submitter",
        "sender",
        "lead",
        "co",
        "system",
    }
