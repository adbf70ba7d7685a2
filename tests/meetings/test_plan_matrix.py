"""The decomposition plan against a table written by hand: the value, and each state × step × person."""

from __future__ import annotations

import pytest

from tests.factories import make_city
from tests.meetings.plan_world import bring_plan, plan
from tests.meetings.test_matrix import attempt, mutants, table_of
from tests.meetings.world import MONDAY
from yipanqi.core.errors import NotAllowed
from yipanqi.core.gate import SYSTEM
from yipanqi.core.procedure import Step
from yipanqi.core.procedures import faults
from yipanqi.meetings.plan_procedure import LIMITS, PLAN

KNOWN = "approved approving consulting countersigning"
BOTH = "consultation countersigning"
# name: sources, target (=: stays), who, capability (and the sender's, where it is another), starts, stops, drops, pauses, resumes
TABLE = {
    "draw_up": ("", "drafted", "sender", "decisions.draft", "", "", "", "", ""),
    "consult": ("drafted revising", "consulting", "sender", "decisions.draft", "consultation", "", "", "", ""),
    "agree": ("consulting", "=", "co", "decisions.work", "", "", "", "", ""),
    "dispute": ("consulting", "=", "co", "decisions.work", "", "", "", "", ""),
    "decide": ("consulting", "=", "sender", "decisions.issue", "", "", "", "", ""),
    "urge": ("consulting countersigning", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "circulate": ("consulting", "countersigning", "sender", "decisions.draft", "countersigning", "consultation", "", "", ""),
    "countersign": ("countersigning", "=", "co", "decisions.work", "", "", "", "", ""),
    "submit": ("countersigning", "approving", "sender", "decisions.draft", "", "countersigning", "", "", ""),
    "approve": ("approving", "approved", "sender", "decisions.issue", "", "", "", "", ""),
    "issue": ("approved", "issued", "sender", "decisions.issue", "", "", "", "", ""),
    "send_back": ("approving", "revising", "sender", "decisions.issue", "", "", "", "", ""),
    "revise": (KNOWN, "revising", "sender", "decisions.draft", "", "", BOTH, "", ""),
    "withdraw": (f"{KNOWN} drafted revising", "withdrawn", "sender", "decisions.issue", "", "", BOTH, "", ""),
    "note": (f"{KNOWN} revising", "=", "co sender", "decisions.work decisions.draft", "", "", "", "", ""),
}  # fmt: skip
AMOUNTS = {"consultation": (5, "working_days"), "countersigning": (3, "working_days")}
# Said beside the work: no unit's answer overtakes another's.
ASIDE = {"agree", "dispute", "urge", "countersign", "note"}
SENDERS_ALONE = {"agree", "dispute", "decide", "countersign"}
WHEN = {"decide": ["disputed"], "circulate": ["no_open_dispute"]}


def test_the_plan_is_what_the_table_says() -> None:
    assert table_of(PLAN.steps) == TABLE
    assert {seed.code: (seed.amount, seed.unit.value) for seed in LIMITS} == AMOUNTS
    assert all(seed.practice for seed in LIMITS)
    assert {step.name for step in PLAN.steps if step.aside} == ASIDE
    assert {step.name for step in PLAN.steps if step.for_sender} == SENDERS_ALONE
    assert {step.name: [one.code for one in step.when] for step in PLAN.steps if step.when} == WHEN
    assert faults(PLAN) == []


@pytest.mark.parametrize("steps", list(mutants(PLAN)))
def test_a_mutant_is_killed(steps: tuple[Step, ...]) -> None:
    assert table_of(steps) != TABLE


# The parts of the standing people once lamps and roads are asked; nobody is a co-unit of what was not consulted on.
PARTS = {
    "deputy": ({"sender"}, {"decisions.draft", "decisions.issue"}),
    "insider": ({"co"}, {"decisions.work"}),
    "colleague": ({"co"}, {"decisions.work"}),
    "stranger": (set(), {"decisions.work"}),
    "clerk": (set(), set()),
    "system": ({"system"}, set()),
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.code for state in PLAN.states])
def test_each_step_is_open_to_whom_the_table_says(state: str) -> None:
    city = make_city()
    one, _task = plan(city)
    matter = bring_plan(city, one, state)
    nobody = (
        {"co"} if state in ("drafted", "withdrawn") else set()
    )  # it was withdrawn before it was consulted on
    for login, (roles, capabilities) in PARTS.items():
        actor = SYSTEM if login == "system" else city.actor(login)
        parts = roles - nobody
        for step, row in TABLE.items():
            refusal = attempt(matter.pk, step, actor, MONDAY)
            if step == "draw_up" or not (parts & {*row[2].split()} and capabilities & {*row[3].split()}):
                assert refusal is NotAllowed, (login, step, refusal)
            elif state not in row[0].split():
                assert refusal not in (None, NotAllowed), (login, step, refusal)
            else:
                assert refusal is not NotAllowed, (login, step)
