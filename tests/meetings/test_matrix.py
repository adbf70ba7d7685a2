"""The task against a table written by hand: the value, every mutant of it, and each state × step × person."""

from __future__ import annotations

import dataclasses

import pytest

from tests.factories import make_city
from tests.meetings.matrices import People, check_open, check_value, mutants, table_of
from tests.meetings.world import MONDAY, bring, lines, task
from yipanqi.core import engine
from yipanqi.core.procedure import ProcedureError, Step
from yipanqi.meetings.procedure import TASK

# name: sources, target (=: stays), who, capability (and the sender's, where it is another), starts, stops, drops, pauses, resumes
TABLE = {
    "draft": ("", "drafted", "sender", "decisions.draft", "", "", "", "", ""),
    "redraft": ("drafted", "=", "sender", "decisions.draft", "", "", "", "", ""),
    "settle": ("drafted", "=", "system", "", "", "", "", "", ""),
    "issue": ("drafted", "issued", "sender", "decisions.issue", "receipt work", "", "", "", ""),
    "drop": (
        "closing drafted issued working",
        "dropped",
        "sender",
        "decisions.issue",
        "",
        "",
        "receipt work check explain",
        "",
        "",
    ),
    "hand_over": (
        "issued working",
        "issued",
        "sender",
        "decisions.issue",
        "receipt",
        "",
        "receipt explain",
        "",
        "",
    ),
    "receive": ("issued", "working", "lead", "decisions.work", "", "receipt", "", "", ""),
    "progress": ("working", "=", "lead", "decisions.work", "", "", "", "", ""),
    "contribute": ("working", "=", "co", "decisions.work", "", "", "", "", ""),
    "apply_to_close": ("working", "closing", "lead", "decisions.work", "check", "explain", "", "work", ""),
    "raise_problem": ("working", "=", "lead co", "decisions.work", "", "", "", "", ""),
    "release_co_unit": (
        "working",
        "=",
        "lead sender",
        "decisions.work decisions.check",
        "",
        "",
        "",
        "",
        "",
    ),
    "request_extension": ("working", "=", "lead", "decisions.work", "", "", "", "", ""),
    "approve_extension": ("working", "=", "sender", "decisions.check", "", "", "", "", ""),
    "refuse_extension": ("working", "=", "sender", "decisions.check", "", "", "", "", ""),
    "remind": ("issued working", "=", "sender", "decisions.check", "", "", "", "", ""),
    "press": ("issued working", "=", "sender", "decisions.check", "explain", "", "", "", ""),
    "answer_notice": ("issued working", "=", "lead", "decisions.work", "", "explain", "", "", ""),
    "urge": ("issued working", "=", "sender", "decisions.check", "", "", "", "", ""),
    "note": (
        "closing issued working",
        "=",
        "lead co sender",
        "decisions.work decisions.check",
        "",
        "",
        "",
        "",
        "",
    ),
    "send_back": ("closing", "working", "sender", "decisions.check", "", "check", "", "", "work"),
    "close": ("closing", "closed", "sender", "decisions.check", "", "check work", "", "", ""),
    "reopen": ("closed", "working", "sender", "decisions.check", "work", "", "", "", ""),
}
# What else a step does to the matter: requests, decides, makes longer, leads out of an end.
MORE = {
    "request_extension": "requests extension",
    "approve_extension": "decides extension, extends work",
    "refuse_extension": "decides extension",
    "reopen": "reopens",
}
MEANWHILE = {
    "progress",
    "contribute",
    "raise_problem",
    "release_co_unit",
    "urge",
    "note",
    "remind",
    "press",
    "answer_notice",
}
# What waits for a condition, and for which.
WHEN = {
    "redraft": ["in_no_plan"],
    "issue": ["in_no_plan", "parent_issued"],
    "drop": ["in_no_plan", "no_open_child"],
    "apply_to_close": ["no_open_child"],
    "close": ["no_open_child"],
    "release_co_unit": ["helped"],
    "remind": ["not_reminded"],
    "press": ["urged"],
    "answer_notice": ["pressed"],
}
AMOUNTS = {
    "receipt": (2, "working_days"),
    "work": (1100, "calendar_days"),
    "check": (5, "working_days"),
    "explain": (10, "working_days"),
    "remind": (7, "calendar_days"),
    "urge": (1, "working_days"),
    "press": (5, "working_days"),
}
# Said beside the work.
ASIDE = {"urge", "note", "remind", "press"}


def test_the_task_is_what_the_table_says() -> None:
    by_law = frozenset({"explain"})
    check_value(TASK, TABLE, AMOUNTS, aside=ASIDE, sender_alone=set(), when=WHEN, by_law=by_law)


def more_of(step: Step) -> str:
    told = [
        f"{name} {getattr(step, name)}" for name in ("requests", "decides", "extends") if getattr(step, name)
    ]
    return ", ".join([*told, *(["reopens"] if step.reopens else [])])


def test_what_is_asked_for_and_what_waits_is_what_the_table_says() -> None:
    assert {step.name: more_of(step) for step in TASK.steps if more_of(step)} == MORE
    assert {step.name for step in TASK.steps if step.while_pending} == MEANWHILE


def test_nothing_leads_out_of_an_end_but_what_opens_it_again() -> None:
    for change in ({"reopens": False}, {"target": "dropped"}, {"sources": frozenset({"closed", "working"})}):
        steps = tuple(
            dataclasses.replace(step, **change) if step.name == "reopen" else step for step in TASK.steps
        )
        with pytest.raises(ProcedureError, match=r"closed state|opens nothing again"):
            dataclasses.replace(TASK, steps=steps)


@pytest.mark.parametrize("steps", list(mutants(TASK)))
def test_a_mutant_is_killed(steps: tuple[Step, ...]) -> None:
    assert table_of(steps) != TABLE


# The parts of the standing people once lamps lead with roads helping; the deputy's scope is the whole city.
PARTS: People = {
    "deputy": ({"sender"}, {"decisions.draft", "decisions.issue", "decisions.check"}),
    "insider": ({"lead"}, {"decisions.work"}),
    "colleague": ({"co"}, {"decisions.work"}),
    "stranger": (set(), {"decisions.work"}),
    "clerk": (set(), set()),
    "sysadmin": (set(), set()),
    "system": ({"system"}, set()),
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.code for state in TASK.states])
def test_each_step_is_open_to_whom_the_table_says(state: str) -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    if state == "dropped":
        bring(city, one, "issued", MONDAY)
        engine.take(
            matters=[one.pk], step="drop", by=city.actor("deputy"), at=MONDAY, answers={"reason": "不再需要"}
        )
    else:
        bring(city, one, state, MONDAY)
    check_open(TABLE, PARTS, city, one.pk, state, first="draft")
