"""The tree of tasks as a state machine: whoever drafts, works, closes, waives, takes up again and hands over, in whatever
order, nothing ends over what is open, dates lie within those above, and every light is what a naive reader says (R8)."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.factories import make_city, take
from tests.lives import live
from tests.meetings.world import MONDAY, WORKERS, lines, task
from yipanqi.core import engine
from yipanqi.core.errors import Conflict, Refused
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.veil import told
from yipanqi.core.verify import Report, _chain
from yipanqi.meetings.lights import light_of
from yipanqi.meetings.models import Milestone, Task
from yipanqi.meetings.procedure import TASK
from yipanqi.meetings.queries import problems_of
from yipanqi.meetings.reminders import RUNGS, send_due
from yipanqi.organisations.models import Part

UNITS = tuple(WORKERS)
MOST_TASKS = 7
# By state: what is tried there most of the time, the way to the end more often than the rest.
USUAL = {
    "drafted": ("issue", "issue", "drop"),
    "issued": ("receive", "receive", "hand_over", "drop"),
    "working": (
        "apply_to_close", "apply_to_close", "progress", "request_extension", "approve_extension", "refuse_extension",
        "hand_over", "raise_problem", "contribute", "answer_notice", "note", "release_co_unit", "drop",
    ),
    "closing": ("close", "close", "send_back", "drop"),
    "closed": ("reopen",),
    "dropped": ("reopen",),
}  # fmt: skip
BY_SENDER = {step.name for step in TASK.steps if step.by == ("sender",)}


class Town:
    """What lives begin from: the city and a requirement with one task that is worked on. A life is rolled back to it."""

    def __init__(self) -> None:
        self.city = make_city()
        [self.line] = lines(self.city)
        self.first = task(self.city, self.line, due_on=dt.date(2027, 1, 20))
        take(self.first.pk, "issue", self.city.actor("deputy"), MONDAY)
        take(self.first.pk, "receive", self.city.actor("insider"), MONDAY)
        self.actors = {login: self.city.actor(login) for login in ("deputy", *WORKERS.values())}
        self.steps: set[str] = set()
        self.refused = 0
        self.overtaken = 0


_town: Town


class TreeMachine(RuleBasedStateMachine):
    """Some tasks under one requirement; days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.at = MONDAY
        self.dates = {_town.first.pk: _town.first.due_on}
        self.moves = 0

    @property
    def today(self) -> dt.date:
        return self.at.date()

    @rule(days=st.integers(0, 5) | st.integers(14, 60))
    def days_go_by(self, days: int) -> None:
        self.go_on(days)

    @rule()
    def weeks_go_by(self) -> None:
        """Time enough to be reminded, urged and pressed."""
        for _n in range(3):
            self.go_on(8)

    def go_on(self, days: int) -> None:
        self.at += dt.timedelta(days=days)
        before = Move.objects.filter(step__in=RUNGS).count()
        rungs = {one.pk: one.rung for one in self.tasks()}
        sent = send_due(at=self.at)
        assert Move.objects.filter(step__in=RUNGS).count() == before + sent
        assert all(one.rung - rungs[one.pk] in (0, 1) for one in self.tasks()), "one step at a time"
        _town.steps |= set(Move.objects.filter(matter__in=self.dates).values_list("step", flat=True))
        self.everything_is_in_order()

    @rule(data=st.data(), days=st.integers(0, 70), unit=st.sampled_from(UNITS))
    def somebody_drafts(self, data: st.DataObject, days: int, unit: str) -> None:
        if len(self.dates) >= MOST_TASKS:
            return
        parent = data.draw(st.sampled_from([*self.tasks(), None]))
        self.draft(parent, self.today + dt.timedelta(days=days), unit)

    def draft(self, parent: Task | None, due_on: dt.date, unit: str) -> None:
        try:
            with transaction.atomic():
                one = task(
                    _town.city, _town.line, parent=parent, unit=unit, due_on=due_on, at=self.at, co_units=["roads"],
                    milestones=[("摸底", min(due_on, self.today + dt.timedelta(days=3)))],
                )  # fmt: skip
        except Refused:
            _town.refused += 1
            return
        self.dates[one.pk] = one.due_on
        _town.steps.add("draft")
        self.everything_is_in_order()

    @rule(data=st.data())
    def somebody_does_something(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.tasks()))
        usual = [step for step in USUAL[one.matter.state] if self.waits(step) == one.matter.pending]
        if Term.objects.filter(matter=one.pk, code="explain", state=Term.RUNNING).exists():
            usual += ["answer_notice"] * len(usual)
        step = data.draw(st.sampled_from(usual or USUAL[one.matter.state]))
        self.attempt(one, step, self.answers(data, one, step))

    # Twice in the list is twice as often.
    somebody_goes_on = rule(data=st.data())(lambda self, data: self.somebody_does_something(data))

    @rule(data=st.data())
    def somebody_tries_something(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.tasks()))
        step = data.draw(st.sampled_from([step.name for step in TASK.steps if not step.initial]))
        self.attempt(one, step, self.answers(data, one, step))

    @rule(data=st.data())
    def two_change_a_task_at_once(self, data: st.DataObject) -> None:
        """Both saw the same: the first may win, and then the second is told that it was overtaken."""
        one = data.draw(st.sampled_from(self.tasks()))
        seen = told(Matter.objects.get(pk=one.pk))
        state, pending = one.matter.state, one.matter.pending
        first, second = (data.draw(st.sampled_from(USUAL[state])) for _n in range(2))
        given = [self.answers(data, one, step) for step in (first, second)]
        if not self.attempt(one, first, given[0], seen) or TASK.step[first].aside:
            return  # what is said beside the work overtakes nobody
        assert (state, pending) == (one.matter.state, one.matter.pending)
        before = Matter.objects.get(pk=one.pk)
        by = _town.actors[self.person(before, second)]
        with pytest.raises(Refused) as refused, transaction.atomic():
            engine.take(matters=[one.pk], step=second, by=by, at=self.at, answers=given[1], seen=seen)
        _town.overtaken += isinstance(refused.value, Conflict)
        assert Matter.objects.get(pk=one.pk).moves_count == before.moves_count

    @staticmethod
    def waits(step: str) -> str:
        return TASK.step[step].decides

    def tasks(self) -> list[Task]:
        return list(Task.objects.filter(pk__in=self.dates).select_related("matter").order_by("number"))

    def person(self, matter: Matter, step: str) -> str:
        """Who usually takes it: somebody of the lead, of a co-unit, or the deputy, whom every sender answers to."""
        if step in BY_SENDER:
            return "deputy"
        role = "co" if step == "contribute" else "lead"
        part = (
            Part.objects.filter(matter=matter, role=role, until__isnull=True).select_related("unit").first()
        )
        return WORKERS[part.unit.code] if part else "deputy"

    def answers(self, data: st.DataObject, one: Task, step: str) -> dict[str, Any]:
        unit = data.draw(st.sampled_from(UNITS))
        later = one.due_on + dt.timedelta(days=data.draw(st.integers(-1, 20)))
        every: dict[str, Any] = {
            "reason": "理由", "text": "示例文字", "unit": unit, "due_on": later, "until": self.today, "milestone": "1", "line": "请快办", "plan": "加班",
        }  # fmt: skip
        if step == "release_co_unit":
            every["unit"] = "roads"  # who helps with each from its draft on
        asks = {ask.name for ask in TASK.step[step].asks}
        return {name: value for name, value in every.items() if name in asks}

    def attempt(self, one: Task, step: str, answers: dict[str, Any], seen: int | None = None) -> bool:
        before = Matter.objects.get(pk=one.pk)
        by = _town.actors[self.person(before, step)]
        try:
            with transaction.atomic():
                engine.take(matters=[one.pk], step=step, by=by, at=self.at, answers=answers, seen=seen)
        except Refused:
            _town.refused += 1
            after = Matter.objects.get(pk=one.pk)
            assert (after.state, after.moves_count) == (before.state, before.moves_count)
            return False
        _town.steps.add(step)
        self.chain_is_in_order(one.pk)
        self.everything_is_in_order()
        return True

    def chain_is_in_order(self, pk: UUID) -> None:
        matter = Matter.objects.get(pk=pk)
        moves = list(Move.objects.filter(matter=matter).select_related("payload").order_by("number"))
        report = Report()
        _chain(report, matter, moves)
        assert report.faults == []

    def everything_is_in_order(self) -> None:
        tasks = self.tasks()
        by_id = {one.pk: one for one in tasks}
        problems = problems_of(tasks)
        for one in tasks:
            if one.parent_id is not None:
                self.child_is_in_order(one, by_id[one.parent_id])
            assert one.due_on >= self.dates[one.pk], "a date never becomes earlier"
            self.dates[one.pk] = one.due_on
            self.units_are_in_order(one)
            self.terms_are_in_order(one)
            nodes = list(Milestone.objects.filter(task=one).order_by("number"))
            light = light_of(one, one.matter, nodes, self.at, problems.get(one.pk))
            assert light.colour == naive(one, nodes, self.today), (one.number, light)

    def child_is_in_order(self, child: Task, parent: Task) -> None:
        assert child.due_on <= parent.due_on
        if child.matter.open:
            assert parent.matter.state in ("drafted", "issued", "working"), (
                child.number,
                parent.matter.state,
            )
        if child.issued_on is not None:
            assert parent.issued_on is not None

    def units_are_in_order(self, one: Task) -> None:
        parts = Part.objects.filter(matter=one.pk, until__isnull=True)
        roles = sorted(parts.exclude(role="co").values_list("role", flat=True))
        never_theirs = one.matter.state == "dropped" and one.issued_on is None
        assert roles == (["sender"] if never_theirs else ["lead", "sender"])
        assert set(Part.objects.filter(matter=one.pk).values_list("open", flat=True)) == {one.matter.open}

    def terms_are_in_order(self, one: Task) -> None:
        work = Term.objects.filter(matter=one.pk, code="work", state__in=(Term.RUNNING, Term.PAUSED)).first()
        assert (work is not None) == (one.matter.state in ("issued", "working", "closing"))
        if work is not None:
            assert work.due_raw == one.due_on
        running = [t.due_at for t in Term.objects.filter(matter=one.pk, state=Term.RUNNING) if t.due_at]
        assert one.matter.due_at == min(running, default=None)

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)


def naive(one: Task, nodes: list[Milestone], today: dt.date) -> str:
    """The light as somebody would say it who reads the dates one after the other."""
    state = one.matter.state
    if state == "closed":
        return "blue"
    if state in ("drafted", "dropped"):
        return "grey"
    days = Term.objects.filter(matter=one.pk, state=Term.RUNNING).values_list("due_effective", flat=True)
    if any(day is not None and today > day for day in days):
        return "red"
    if state == "closing":
        return "green"
    held_up = Part.objects.filter(matter=one.pk, problem=True, until=None, done_at=None).exists()
    if held_up or any(node.done_at is None and node.due_on < today for node in nodes):
        return "yellow"
    done = len([node for node in nodes if node.done_at is not None])
    assert one.issued_on is not None
    days_gone, all_days = (today - one.issued_on).days, max((one.due_on - one.issued_on).days, 1)
    slow = not nodes or done * all_days < len(nodes) * min(days_gone, all_days)
    if (one.due_on - today).days <= 7 and slow:
        return "yellow"
    return "green" if one.deferred_from is None else "grey"


def run(lives: int, steps: int) -> Town:
    global _town
    _town = Town()
    live(TreeMachine, lives, steps)
    return _town


@pytest.mark.django_db
def test_nothing_breaks_a_tree() -> None:
    assert run(4, 12).steps


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_breaks_a_tree_in_hundreds_of_lives() -> None:
    """The whole way was gone by lives that nobody wrote, and somebody was overtaken; every other step is taken in
    test_steps.py, test_reminders.py and test_task_notes.py, whatever these lives draw."""
    town = run(100, 20)
    way = {"draft", "issue", "receive", "progress", "apply_to_close", "send_back", "close", "reopen", "drop"}
    assert way - town.steps == set()
    assert town.overtaken > 0
    assert town.refused > 100
