"""The decomposition plan as a state machine: whoever answers, disputes, decides, signs, takes back and issues, in whatever
order, a unit owes what it did not answer, no task moves without its plan, and all of them are issued or none."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.factories import make_city
from tests.lives import live
from tests.meetings.plan_world import NUMBER, plan
from tests.meetings.world import MONDAY, WORKERS, task
from yipanqi.core import engine
from yipanqi.core.errors import Refused
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.verify import Report, _chain
from yipanqi.meetings.models import Task
from yipanqi.meetings.plan_models import Plan
from yipanqi.meetings.plan_procedure import PLAN
from yipanqi.meetings.plan_tasks import FREE, roles_in, tasks_of
from yipanqi.organisations.models import Part

UNITS = tuple(WORKERS)
# By state: what is tried there most of the time, the way to the end more often than the rest.
USUAL = {
    "drafted": ("consult",),
    "revising": ("consult", "redraft"),
    "consulting": ("agree", "agree", "agree", "dispute", "decide", "decide", "circulate", "circulate", "urge", "revise"),
    "countersigning": ("countersign", "countersign", "submit", "submit", "urge", "revise"),
    "approving": ("approve", "approve", "send_back"),
    "approved": ("issue", "issue", "revise"),
    "issued": ("note",),
    "withdrawn": ("note",),
}  # fmt: skip
OF_UNITS = {"agree", "dispute", "countersign"}


class Town:
    """What lives begin from: a plan in its draft with three tasks, one of them under another. A life is rolled back to it."""

    def __init__(self) -> None:
        self.city = make_city()
        self.plan, first = plan(self.city, milestones=[], due_on=dt.date(2027, 6, 30))
        more: dict[str, Any] = {"milestones": [], "due_on": dt.date(2027, 6, 20)}
        child = task(self.city, first.line, parent=first, title="分出的", unit="roads", co_units=[], **more)
        other = task(self.city, first.line, title="另一项", unit="schools", co_units=["lamps"], **more)
        self.tasks = [first, child, other]
        self.actors = {login: self.city.actor(login) for login in ("deputy", *WORKERS.values())}
        self.steps: set[str] = set()
        self.refused = 0


_town: Town


class PlanMachine(RuleBasedStateMachine):
    """One plan; days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.at = MONDAY

    @property
    def plan(self) -> Plan:
        return Plan.objects.select_related("matter").get(pk=_town.plan.pk)

    @rule(days=st.integers(1, 12))
    def days_go_by(self, days: int) -> None:
        self.at += dt.timedelta(days=days)

    @rule(data=st.data())
    def somebody_does_something(self, data: st.DataObject) -> None:
        self.attempt(data, data.draw(st.sampled_from(USUAL[self.plan.matter.state])))

    # Thrice in the list is thrice as often.
    somebody_goes_on = rule(data=st.data())(lambda self, data: self.somebody_does_something(data))
    somebody_goes_on_again = rule(data=st.data())(lambda self, data: self.somebody_does_something(data))

    @rule(data=st.data())
    def somebody_tries_something(self, data: st.DataObject) -> None:
        names = [step.name for step in PLAN.steps if not step.initial]
        self.attempt(data, data.draw(st.sampled_from([*names, "issue_one", "redraft"])))

    def attempt(self, data: st.DataObject, step: str) -> None:
        one = data.draw(st.sampled_from(_town.tasks))
        pk = one.pk if step in ("issue_one", "redraft") else _town.plan.pk
        login = data.draw(st.sampled_from(tuple(WORKERS.values()))) if step in OF_UNITS else "deputy"
        held = self.plan.matter.state not in (*FREE, "issued", "withdrawn")
        try:
            with transaction.atomic():
                engine.take(
                    matters=[pk], step=step.removesuffix("_one"), by=_town.actors[login], at=self.at,
                    answers=self.answers(data, one, step),
                )  # fmt: skip
        except Refused:
            _town.refused += 1
        else:
            assert pk == _town.plan.pk or not held, "no task moves without its plan"
            _town.steps.add(step)
        self.everything_is_in_order()

    def answers(self, data: st.DataObject, one: Task, step: str) -> dict[str, Any]:
        unit = data.draw(st.sampled_from(UNITS))
        if step == "redraft":
            return {
                "title": "改过的",
                "goal": "改过的",
                "due_on": one.due_on,
                "unit": unit,
                "co_units": [UNITS[0]],
            }
        number = str(data.draw(st.integers(1, 3)))
        # The earliest dispute that waits, more often than any.
        waiting = _town.plan.disputes.filter(decision="").values_list("number", flat=True).first()
        every: dict[str, Any] = {
            "reason": "理由", "task": number, "instead": unit, "unit": unit, "line": "请答复", "text": "示例", "remark": "意见",
            "dispute": str(waiting or number), "decision": data.draw(st.sampled_from(["upheld", "rejected"])),
            "signature": data.draw(st.sampled_from(["signs", "objects"])), "document_number": NUMBER,
        }  # fmt: skip
        asks = () if step == "issue_one" else {ask.name for ask in PLAN.step[step].asks}
        return {name: value for name, value in every.items() if name in asks}

    def everything_is_in_order(self) -> None:
        one = self.plan
        matter = one.matter
        for pk in (matter.pk, *(each.pk for each in _town.tasks)):
            self.chain_is_in_order(Matter.objects.get(pk=pk))
        found = Task.objects.filter(pk__in=[each.pk for each in _town.tasks])
        tasks = list(found.select_related("matter"))
        if matter.state == "issued":
            assert {each.matter.state for each in tasks if each.plan_id == one.pk} == {"issued"}
        elif matter.state not in (*FREE, "withdrawn"):
            assert {each.matter.state for each in tasks if each.plan_id == one.pk} == {"drafted"}
        for each in tasks:
            leads = Part.objects.filter(matter=each.pk, role="lead", until__isnull=True).count()
            assert leads == 1, each.number
        self.units_are_in_order(one)
        running = [t.due_at for t in Term.objects.filter(matter=matter, state=Term.RUNNING) if t.due_at]
        assert matter.due_at == min(running, default=None)

    def units_are_in_order(self, one: Plan) -> None:
        """Every unit with a role is asked, and owes an answer for as long as it has given none."""
        owed = Part.objects.filter(
            matter=one.pk, until__isnull=True, due_at__isnull=False, done_at__isnull=True
        )
        owing = set(owed.values_list("unit_id", flat=True)) if one.matter.open else set()
        if one.matter.state == "consulting":
            roles = set(roles_in(list(tasks_of(one))))
            assert roles <= set(one.opinions.values_list("unit_id", flat=True))
            silent = one.opinions.filter(answer="").values_list("unit_id", flat=True)
            assert owing == set(silent)
        elif one.matter.state == "countersigning":
            leads = {pk for pk, role in roles_in(list(tasks_of(one))).items() if role.leads}
            unsigned = one.opinions.filter(signature="", unit__in=leads).values_list("unit_id", flat=True)
            assert owing == set(unsigned)
        else:
            assert owing == set()

    def chain_is_in_order(self, matter: Matter) -> None:
        moves = list(Move.objects.filter(matter=matter).select_related("payload").order_by("number"))
        report = Report()
        _chain(report, matter, moves)
        assert report.faults == []

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)


def run(lives: int, steps: int) -> Town:
    global _town
    _town = Town()
    live(PlanMachine, lives, steps)
    return _town


@pytest.mark.django_db
def test_nothing_breaks_a_plan() -> None:
    assert run(4, 14).steps


@pytest.mark.slow
@pytest.mark.django_db
def test_nothing_breaks_a_plan_in_many_lives() -> None:
    """The way was gone to its end and back by lives that nobody wrote."""
    town = run(60, 30)
    way = {
        "consult",
        "agree",
        "dispute",
        "decide",
        "circulate",
        "countersign",
        "submit",
        "revise",
        "withdraw",
    }
    assert way - town.steps == set()
    assert town.refused > 60
