"""The leader's instruction against a table written by hand: the value, each mutant, and each state × step × person."""

from __future__ import annotations

import pytest

from tests.factories import make_city
from tests.meetings.instruction_world import advance_instruction, instruction
from tests.meetings.matrices import People, check_open, check_value, mutants, table_of
from yipanqi.core.procedure import Step
from yipanqi.meetings.instruction_procedure import INSTRUCTION

# name: sources, target (=: stays), who, capability (and the sender's, where it is another), starts, stops, drops, pauses, resumes
TABLE = {
    "register": ("", "registered", "sender", "decisions.draft", "handling", "", "", "", ""),
    "propose": ("registered", "proposed", "sender", "decisions.draft", "", "handling", "", "", ""),
    "void": ("proposed registered", "voided", "sender", "decisions.draft", "", "", "handling", "", ""),
    "instruct": ("proposed", "instructed", "sender", "decisions.draft", "distribution answer", "", "", "", ""),
    "circulate": ("proposed", "read", "sender", "decisions.draft", "", "", "", "", ""),
    "distribute": ("instructed", "distributed", "sender", "decisions.issue", "", "distribution", "", "", ""),
    "change_due": ("distributed instructed", "=", "sender", "decisions.issue", "answer", "", "answer", "", ""),
    "report_back": ("distributed", "reported", "sender", "decisions.draft", "reading", "answer", "", "", ""),
    "instruct_again": ("reported", "instructed", "sender", "decisions.draft", "distribution answer", "", "reading", "", ""),
    "submit_for_reading": ("reported", "read", "sender", "decisions.issue", "", "reading", "", "", ""),
}  # fmt: skip
AMOUNTS = {
    "handling": (2, "working_days"),
    "distribution": (2, "working_days"),
    "answer": (400, "calendar_days"),
    "reading": (3, "working_days"),
}
WHEN = {"distribute": ["laid_down", "issued"]}


def test_the_instruction_is_what_the_table_says() -> None:
    check_value(INSTRUCTION, TABLE, AMOUNTS, aside=set(), sender_alone=set(), when=WHEN)


@pytest.mark.parametrize("steps", list(mutants(INSTRUCTION)))
def test_a_mutant_is_killed(steps: tuple[Step, ...]) -> None:
    assert table_of(steps) != TABLE


# Nobody but its office has a part in it: neither the lead of its tasks nor who helps.
PEOPLE: People = {
    "deputy": ({"sender"}, {"decisions.draft", "decisions.issue"}),
    "insider": (set(), {"decisions.work"}),
    "colleague": (set(), {"decisions.work"}),
    "stranger": (set(), {"decisions.work"}),
    "clerk": (set(), set()),
    "system": ({"system"}, set()),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.code for state in INSTRUCTION.states])
def test_each_step_is_open_to_whom_the_table_says(state: str) -> None:
    city = make_city()
    matter = advance_instruction(city, instruction(city), state)
    check_open(TABLE, PEOPLE, city, matter.pk, state, first="register")
