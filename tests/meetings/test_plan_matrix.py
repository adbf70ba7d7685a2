"""The decomposition plan against a table written by hand: the value, and each state × step × person."""

from __future__ import annotations

import pytest

from tests.factories import make_city
from tests.meetings.matrices import People, check_open, check_value, mutants, table_of
from tests.meetings.plan_world import bring_plan, plan
from yipanqi.core.procedure import Step
from yipanqi.meetings.plan_procedure import PLAN

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
    check_value(PLAN, TABLE, AMOUNTS, aside=ASIDE, sender_alone=SENDERS_ALONE, when=WHEN)


@pytest.mark.parametrize("steps", list(mutants(PLAN)))
def test_a_mutant_is_killed(steps: tuple[Step, ...]) -> None:
    assert table_of(steps) != TABLE


# The parts of the standing people once lamps and roads are asked; nobody is a co-unit of what was not consulted on.
PARTS: People = {
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
    # It was withdrawn before it was consulted on.
    nobody = frozenset({"co"}) if state in ("drafted", "withdrawn") else frozenset[str]()
    check_open(TABLE, PARTS, city, matter.pk, state, first="draw_up", nobody=nobody)
