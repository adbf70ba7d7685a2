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
from yipanqi.core.procedure import Role, Step
from yipanqi.core.procedures import faults
from yipanqi.meetings.procedure import LIMITS, TASK

# name: sources, target (=: stays), who, capability, starts, stops, drops, pauses, resumes
TABLE = {
    "draft": ("", "drafted", "sender", "decisions.draft", "", "", "", "", ""),
    "issue": ("drafted", "issued", "sender", "decisions.issue", "receipt work", "", "", "", ""),
    "drop": ("drafted issued", "dropped", "sender", "decisions.issue", "", "", "receipt work", "", ""),
    "receive": ("issued", "working", "lead", "decisions.work", "", "receipt", "", "", ""),
    "progress": ("working", "=", "lead", "decisions.work", "", "", "", "", ""),
    "contribute": ("working", "=", "co", "decisions.work", "", "", "", "", ""),
    "apply_to_close": ("working", "closing", "lead", "decisions.work", "check", "", "", "work", ""),
    "send_back": ("closing", "working", "sender", "decisions.check", "", "check", "", "", "work"),
    "close": ("closing", "closed", "sender", "decisions.check", "", "check work", "", "", ""),
}
AMOUNTS = {"receipt": (2, "working_days"), "work": (1100, "calendar_days"), "check": (5, "working_days")}
MOVES = ("starts", "stops", "drops", "pauses", "resumes")


def row_of(step: Step) -> tuple[str, ...]:
    terms = (" ".join(getattr(step, name)) for name in MOVES)
    sources = " ".join(sorted(step.sources))
    return (sources, step.target or "=", " ".join(step.by), step.needs, *terms)


def table_of(steps: tuple[Step, ...]) -> dict[str, tuple[str, ...]]:
    return {step.name: row_of(step) for step in steps}


def test_the_task_is_what_the_table_says() -> None:
    assert table_of(TASK.steps) == TABLE
    assert {seed.code: (seed.amount, seed.unit.value) for seed in LIMITS} == AMOUNTS
    assert all(seed.practice for seed in LIMITS)
    assert faults(TASK) == []


def mutants() -> Iterator[Any]:
    """Each step with a source, its target, its capability, its actor or a term changed."""
    states = [state.code for state in TASK.states]
    for n, step in enumerate(TASK.steps):
        changes: list[dict[str, Any]] = [
            {"sources": step.sources - {source}} for source in sorted(step.sources)
        ]
        changes.append({"sources": step.sources | {next(s for s in states if s not in step.sources)}})
        changes.append({"target": next(s for s in states if s != step.target)})
        changes.append({"needs": "board.see"})
        changes.append({"by": (Role.SYSTEM,)})
        changes += [{name: getattr(step, name)[1:]} for name in MOVES if getattr(step, name)]
        for change in changes:
            mutant = dataclasses.replace(step, **change)
            name = f"{step.name}-{next(iter(change))}"
            yield pytest.param((*TASK.steps[:n], mutant, *TASK.steps[n + 1 :]), id=name)


@pytest.mark.parametrize("steps", list(mutants()))
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
            if step == "draft" or row[2] not in parts or row[3] not in capabilities:
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
