"""The planned conference against a table written by hand: the value, and each state × step × person."""

from __future__ import annotations

import pytest

from tests.factories import make_city
from tests.meetings.matrices import People, check_open, check_value, mutants, table_of
from tests.meetings.meeting_world import AFTER, advance, meeting
from yipanqi.core.procedure import Step
from yipanqi.meetings.meeting_procedure import MEETING

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
WHEN = {
    "convene": ["invited", "a venue"],
    "receive_papers": ["papers"],
    "attach_paper": ["papers"],
    "withdraw_paper": ["files"],
    "sign_minutes": ["minutes"],
}


def test_the_meeting_is_what_the_table_says() -> None:
    check_value(MEETING, TABLE, AMOUNTS, aside=ASIDE, sender_alone=CONVENERS_ALONE, when=WHEN)


@pytest.mark.parametrize("steps", list(mutants(MEETING)))
def test_a_mutant_is_killed(steps: tuple[Step, ...]) -> None:
    assert table_of(steps) != TABLE


# The parts of the standing people once lamps and roads are invited; nobody is a co-unit of what is not convened.
PARTS: People = {
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
    # It was cancelled before it was convened.
    nobody = frozenset({"co"}) if state in ("planned", "cancelled") else frozenset[str]()
    check_open(TABLE, PARTS, city, matter.pk, state, first="plan", nobody=nobody, at=AFTER)
