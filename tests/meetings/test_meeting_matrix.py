"""The planned conference against a table written by hand: the value, and each state × step × person."""

from __future__ import annotations

import pytest

from tests.factories import make_city
from tests.meetings.meeting_world import AFTER, advance, meeting
from tests.meetings.test_matrix import attempt, mutants, table_of
from yipanqi.core.errors import NotAllowed
from yipanqi.core.gate import SYSTEM
from yipanqi.core.procedure import Step
from yipanqi.core.procedures import faults
from yipanqi.meetings.meeting_procedure import LIMITS, MEETING

# name: sources, target (=: stays), who, capability (and the sender's, where it is another), starts, stops, drops, pauses, resumes
TABLE = {
    "plan": ("", "planned", "sender", "decisions.draft", "", "", "", "", ""),
    "revise": ("planned", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "convene": ("planned", "convened", "sender", "decisions.issue", "meeting", "", "", "", ""),
    "cancel": ("convened planned", "cancelled", "sender", "decisions.issue", "", "", "meeting", "", ""),
    "change": ("convened", "=", "sender", "decisions.draft", "meeting", "", "meeting", "", ""),
    "reply": ("convened", "=", "co", "decisions.work", "", "", "", "", ""),
    "receive_papers": ("convened held", "=", "co", "decisions.work", "", "", "", "", ""),
    "invite_also": ("convened", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "uninvite": ("convened", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "urge": ("convened", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "note": ("convened held", "=", "co sender", "decisions.work decisions.draft", "", "", "", "", ""),
    "attach_paper": ("convened held planned", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "withdraw_paper": (
        "cancelled convened held planned signed",
        "=",
        "sender",
        "decisions.draft",
        "",
        "",
        "",
        "",
        "",
    ),
    "hold": ("convened", "held", "sender", "decisions.draft", "minutes", "meeting", "", "", ""),
    "draft_minutes": ("held", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "sign_minutes": ("held", "signed", "sender", "decisions.issue", "", "minutes", "", "", ""),
}
AMOUNTS = {"meeting": (400, "calendar_days"), "minutes": (10, "working_days")}
# Said beside the work: no unit's reply overtakes another's.
ASIDE = {"reply", "receive_papers", "urge", "note", "attach_paper", "withdraw_paper"}
CONVENERS_ALONE = {"reply", "receive_papers", "draft_minutes"}


def test_the_meeting_is_what_the_table_says() -> None:
    assert table_of(MEETING.steps) == TABLE
    assert {seed.code: (seed.amount, seed.unit.value) for seed in LIMITS} == AMOUNTS
    assert all(seed.practice for seed in LIMITS)
    assert {step.name for step in MEETING.steps if step.aside} == ASIDE
    assert {step.name for step in MEETING.steps if step.for_sender} == CONVENERS_ALONE
    assert faults(MEETING) == []


@pytest.mark.parametrize("steps", list(mutants(MEETING)))
def test_a_mutant_is_killed(steps: tuple[Step, ...]) -> None:
    assert table_of(steps) != TABLE


# The parts of the standing people once lamps and roads are invited; nobody is a co-unit of what is not convened.
PARTS = {
    "deputy": ({"sender"}, {"decisions.draft", "decisions.issue"}),
    "insider": ({"co"}, {"decisions.work"}),
    "colleague": ({"co"}, {"decisions.work"}),
    "stranger": (set(), {"decisions.work"}),
    "clerk": (set(), set()),
    "system": ({"system"}, set()),
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.code for state in MEETING.states])
def test_each_step_is_open_to_whom_the_table_says(state: str) -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, state)
    nobody = {"co"} if state in ("planned", "cancelled") else set()  # it was cancelled before it was convened
    for login, (roles, capabilities) in PARTS.items():
        actor = SYSTEM if login == "system" else city.actor(login)
        parts = roles - nobody
        for step, row in TABLE.items():
            refusal = attempt(matter.pk, step, actor, AFTER)
            if step == "plan" or not (parts & {*row[2].split()} and capabilities & {*row[3].split()}):
                assert refusal is NotAllowed, (login, step, refusal)
            elif state not in row[0].split():
                assert refusal not in (None, NotAllowed), (login, step, refusal)
            else:
                assert refusal is not NotAllowed, (login, step)
