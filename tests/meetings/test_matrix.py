"""The task against a table written by hand: the value, every mutant of it, and each state × step × person."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.factories import make_city
from tests.meetings.world import MONDAY, bring, lines, task
from yipanqi.core import engine
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.procedure import Procedure, ProcedureError, Role, Step
from yipanqi.core.procedures import faults
from yipanqi.meetings.procedure import LIMITS, TASK

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
MOVES = ("starts", "stops", "drops", "pauses", "resumes")


def row_of(step: Step) -> tuple[str, ...]:
    terms = (" ".join(getattr(step, name)) for name in MOVES)
    sources = " ".join(sorted(step.sources))
    needs = " ".join(filter(None, (step.needs, step.sender_needs)))
    return (sources, step.target or "=", " ".join(step.by), needs, *terms)


def table_of(steps: tuple[Step, ...]) -> dict[str, tuple[str, ...]]:
    return {step.name: row_of(step) for step in steps}


def test_the_task_is_what_the_table_says() -> None:
    assert table_of(TASK.steps) == TABLE
    assert {seed.code: (seed.amount, seed.unit.value) for seed in LIMITS} == AMOUNTS
    assert {seed.code for seed in LIMITS if not seed.practice} == {"explain"}
    assert faults(TASK) == []


def more_of(step: Step) -> str:
    told = [
        f"{name} {getattr(step, name)}" for name in ("requests", "decides", "extends") if getattr(step, name)
    ]
    return ", ".join([*told, *(["reopens"] if step.reopens else [])])


def test_what_is_asked_for_and_what_waits_is_what_the_table_says() -> None:
    assert {step.name: more_of(step) for step in TASK.steps if more_of(step)} == MORE
    assert {step.name for step in TASK.steps if step.while_pending} == MEANWHILE
    assert {step.name: [c.code for c in step.when] for step in TASK.steps if step.when} == WHEN


def test_nothing_leads_out_of_an_end_but_what_opens_it_again() -> None:
    for change in ({"reopens": False}, {"target": "dropped"}, {"sources": frozenset({"closed", "working"})}):
        steps = tuple(
            dataclasses.replace(step, **change) if step.name == "reopen" else step for step in TASK.steps
        )
        with pytest.raises(ProcedureError, match=r"closed state|opens nothing again"):
            dataclasses.replace(TASK, steps=steps)


def mutants(procedure: Procedure) -> Iterator[Any]:
    """Each step with a source, its target, its capability, its actor or a term changed."""
    states = [state.code for state in procedure.states]
    for n, step in enumerate(procedure.steps):
        changes: list[dict[str, Any]] = [
            {"sources": step.sources - {source}} for source in sorted(step.sources)
        ]
        changes += [{"sources": step.sources | {s}} for s in states if s not in step.sources][:1]
        changes.append({"target": next(s for s in states if s != step.target)})
        changes.append({"needs": "board.see"})
        changes.append({"by": (Role.LEAD if step.by == (Role.SYSTEM,) else Role.SYSTEM,)})
        changes += [{name: getattr(step, name)[1:]} for name in MOVES if getattr(step, name)]
        for change in changes:
            mutant = dataclasses.replace(step, **change)
            name = f"{step.name}-{next(iter(change))}"
            yield pytest.param((*procedure.steps[:n], mutant, *procedure.steps[n + 1 :]), id=name)


@pytest.mark.parametrize("steps", list(mutants(TASK)))
def test_a_mutant_is_killed(steps: tuple[Step, ...]) -> None:
    assert table_of(steps) != TABLE


# The parts of the standing people once lamps lead with roads helping; the deputy's scope is the whole city.
PARTS = {
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
    for login, (parts, capabilities) in PARTS.items():
        actor = SYSTEM if login == "system" else city.actor(login)
        for step, row in TABLE.items():
            refusal = attempt(one.pk, step, actor)
            # What the system alone does needs no capability.
            may = parts & {*row[2].split()} and (capabilities & {*row[3].split()} or not row[3])
            if step == "draft" or not may:
                assert refusal is NotAllowed, (login, step, refusal)
            elif state not in row[0].split():
                assert refusal not in (None, NotAllowed), (login, step, refusal)
            else:
                assert refusal is not NotAllowed, (login, step)


def attempt(matter: UUID, step: str, actor: Actor, at: dt.datetime = MONDAY) -> type[Refused] | None:
    """How the engine refuses the step without answers, or None; undone in any case."""
    try:
        with transaction.atomic():
            engine.take(matters=[matter], step=step, by=actor, at=at)
            transaction.set_rollback(True)
    except Refused as refusal:
        return type(refusal)
    return None
