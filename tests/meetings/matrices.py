"""What every procedure of meetings is held against: a table written by hand, mutants of its steps that the table must tell
apart, and each state × step × person, asked of the engine."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.factories import City
from tests.meetings.world import MONDAY
from yipanqi.core import engine
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.procedure import Procedure, Role, Step
from yipanqi.core.procedures import faults

MOVES = ("starts", "stops", "drops", "pauses", "resumes")
# name: sources, target (=: stays), who, capability (and the sender's, where it is another), starts, stops, drops, pauses, resumes
Table = Mapping[str, tuple[str, ...]]
# By login: the parts that the person's units have, and what the person may do.
People = Mapping[str, tuple[set[str], set[str]]]


def row_of(step: Step) -> tuple[str, ...]:
    terms = (" ".join(getattr(step, name)) for name in MOVES)
    sources = " ".join(sorted(step.sources))
    needs = " ".join(filter(None, (step.needs, step.sender_needs)))
    return (sources, step.target or "=", " ".join(step.by), needs, *terms)


def table_of(steps: tuple[Step, ...]) -> dict[str, tuple[str, ...]]:
    return {step.name: row_of(step) for step in steps}


def check_value(
    procedure: Procedure,
    table: Table,
    amounts: Mapping[str, tuple[int, str]],
    *,
    aside: set[str],
    sender_alone: set[str],
    when: Mapping[str, list[str]],
    by_law: frozenset[str] = frozenset(),
) -> None:
    """The procedure is what the table says. `aside`: what is said beside the work; `sender_alone`: what the sender's
    timeline alone shows; `when`: what waits for which conditions; `by_law`: the limits that are no practice."""
    steps = procedure.steps
    assert table_of(steps) == table
    assert {seed.code: (seed.amount, seed.unit.value) for seed in procedure.limits} == amounts
    assert {seed.code for seed in procedure.limits if not seed.practice} == by_law
    assert {step.name for step in steps if step.aside} == aside
    assert {step.name for step in steps if step.for_sender} == sender_alone
    assert {step.name: [one.code for one in step.when] for step in steps if step.when} == when
    assert faults(procedure) == []


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


def check_open(
    table: Table,
    people: People,
    city: City,
    matter: UUID,
    state: str,
    *,
    first: str,
    nobody: frozenset[str] = frozenset(),
    at: dt.datetime = MONDAY,
) -> None:
    """In this state each step is open to whom the table says. `first` begins a matter, and is taken on none that is there;
    `nobody`: the parts that no unit has in it yet."""
    for login, (roles, capabilities) in people.items():
        actor = SYSTEM if login == "system" else city.actor(login)
        parts = roles - nobody
        for step, row in table.items():
            refusal = attempt(matter, step, actor, at)
            # What the system alone does needs no capability.
            may = parts & {*row[2].split()} and (capabilities & {*row[3].split()} or not row[3])
            if step == first or not may:
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
