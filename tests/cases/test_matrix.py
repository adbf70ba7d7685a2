"""The order against its table: the value, every mutant of it, and each state × step × person in the engine."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.cases.order_table import LIMITS, rows
from tests.factories import City, bring_to, file, make_city, submitter, take
from yipanqi.cases.procedure import ORDER
from yipanqi.core import engine
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.models import Matter
from yipanqi.core.procedure import LimitSeed, Procedure, ProcedureError, Role, Step
from yipanqi.core.procedures import faults

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
TABLE = rows()


def differences(steps: tuple[Step, ...], limits: tuple[LimitSeed, ...]) -> list[str]:
    """Where steps and limits are not what the table says."""
    found = []
    if {step.name for step in steps} != set(TABLE):
        found.append("the steps are not those of the table")
    for step in steps:
        row = TABLE[step.name]
        terms = tuple(frozenset(t) for t in (step.starts, step.stops, step.drops, step.pauses, step.resumes))
        if (step.sources, step.target, step.needs, terms) != (row.sources, row.target, row.needs, row.terms):
            found.append(step.name)
        if frozenset(role.value for role in step.by) != row.by:
            found.append(step.name)
    if {limit.code: (limit.amount, limit.unit.value) for limit in limits} != LIMITS:
        found.append("the limits are not those of the table")
    return found


def test_the_order_is_what_the_table_says() -> None:
    assert differences(ORDER.steps, ORDER.limits) == []
    assert faults(ORDER) == []


def mutants() -> Iterator[Any]:
    """Each step with a source, its target, its capability, its actors or a term changed; each limit longer by one."""
    states = [state.code for state in ORDER.states]
    for n, step in enumerate(ORDER.steps):
        changes: list[dict[str, Any]] = []
        changes += [{"sources": step.sources - {source}} for source in sorted(step.sources)]
        changes.append({"sources": step.sources | {next(s for s in states if s not in step.sources)}})
        changes.append({"target": next(s for s in states if s != step.target)})
        if step.needs:
            changes.append({"needs": "cases.callback" if step.needs != "cases.callback" else "cases.handle"})
        changes.append({"by": tuple(role for role in Role if role not in step.by)[:1]})
        for name in ("starts", "stops", "drops", "pauses", "resumes"):
            if getattr(step, name):
                changes.append({name: getattr(step, name)[1:]})
        for change in changes:
            mutant = dataclasses.replace(step, **change)
            yield pytest.param(
                (*ORDER.steps[:n], mutant, *ORDER.steps[n + 1 :]),
                ORDER.limits,
                id=f"{step.name}-{next(iter(change))}",
            )
    for n, limit in enumerate(ORDER.limits):
        longer = dataclasses.replace(limit, amount=limit.amount + 1)
        yield pytest.param(
            ORDER.steps, (*ORDER.limits[:n], longer, *ORDER.limits[n + 1 :]), id=f"limit-{limit.code}"
        )


@pytest.mark.parametrize(("steps", "limits"), list(mutants()))
def test_a_mutant_is_killed(steps: tuple[Step, ...], limits: tuple[LimitSeed, ...]) -> None:
    assert differences(steps, limits)


def broken(**change: Any) -> Procedure:
    return dataclasses.replace(ORDER, **change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"steps": tuple(s for s in ORDER.steps if s.name != "ask")}, "asked is never reached"),
        ({"steps": tuple(dataclasses.replace(s, target="withdrawn") if s.name == "close" else s for s in ORDER.steps)}, "closed is never reached"),
        ({"steps": tuple(dataclasses.replace(s, target=None) if s.target in ("closed", "withdrawn", "redirected") else s for s in ORDER.steps)}, "never reached"),
        ({"steps": tuple(dataclasses.replace(s, starts=()) if s.name == "serve" else s for s in ORDER.steps)}, "served can be reached with no term"),
        ({"steps": tuple(dataclasses.replace(s, target="solved") if s.name == "serve" else s for s in ORDER.steps)}, "unknown state solved"),
        ({"limits": ORDER.limits[1:]}, "term route: no limit"),
        ({"steps": tuple(s for s in ORDER.steps if s.name != "request_hold")}, "nothing requests hold"),
    ],
)  # fmt: skip
def test_a_graph_that_is_wrong_does_not_load(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ProcedureError, match=says):
        broken(**change)


# Who plays which part once the case is with the lamps, roads helping.
PARTS = {
    "clerk": ("sender", {"cases.register", "cases.route", "cases.approve", "cases.identify"}),
    "auditor": ("sender", {"cases.audit"}),
    "callback": ("sender", {"cases.callback"}),
    "insider": ("lead", {"cases.handle", "cases.identify"}),
    "colleague": ("co", {"cases.handle", "cases.identify"}),
    "stranger": ("", {"cases.handle", "cases.identify"}),
    "deputy": ("", {"cases.oversee"}),
    "sysadmin": ("", set()),
}
NO_LEAD_YET = {"registered", "redirected"}


def in_state(city: City, state: str) -> tuple[UUID, Actor]:
    """A case in a state, and its submitter."""
    filed = file(city, at=MONDAY)
    pk = filed.case.pk
    insider, clerk = city.actor("insider"), city.actor("clerk")
    if state in ("asked", "on_hold", "withdrawn"):
        bring_to(city, filed, "handling", MONDAY)
    if state == "asked":
        take(pk, "ask", insider, MONDAY, question="哪根杆？")
    elif state == "on_hold":
        take(pk, "request_hold", insider, MONDAY, plan="改造", review_on="2027-01-05")
        take(pk, "approve_hold", clerk, MONDAY, notice="一月再看")
    elif state == "withdrawn":
        take(pk, "withdraw", submitter(filed), MONDAY)
    elif state == "redirected":
        take(pk, "redirect", clerk, MONDAY, where="到法院立案庭")
    elif state != "registered":
        bring_to(city, filed, state, MONDAY)
    assert Matter.objects.get(pk=pk).state == state
    return pk, submitter(filed)


def may(login: str, step: str, state: str) -> bool:
    """What the table says of a person, a step and a state, the case's own circumstances aside."""
    row = TABLE[step]
    if login == "submitter":
        plays = "submitter" in row.by
    elif login == "system":
        plays = "system" in row.by
    else:
        part, capabilities = PARTS[login]
        if login == "deputy":
            # The leader's scope is the whole city, so every unit's part lies within it.
            part = "sender" if "sender" in row.by else "lead"
        if part in ("lead", "co") and state in NO_LEAD_YET:
            return False
        plays = part in row.by and row.needs in capabilities
    return plays


@pytest.mark.django_db
@pytest.mark.parametrize("state", [state.code for state in ORDER.states])
def test_each_step_is_open_to_whom_the_table_says(state: str) -> None:
    city = make_city()
    matter, owner = in_state(city, state)
    people = {login: city.actor(login) for login in PARTS} | {"submitter": owner, "system": SYSTEM}
    for login, actor in people.items():
        for step in TABLE:
            refusal = attempt(matter, step, actor)
            if step == "register" or not may(login, step, state):
                assert refusal is NotAllowed, (login, step, refusal)
            elif state not in TABLE[step].sources:
                assert refusal not in (None, NotAllowed), (login, step, refusal)
            else:
                assert refusal is not NotAllowed, (login, step)


def attempt(matter: UUID, step: str, actor: Actor) -> type[Refused] | None:
    """How the engine refuses the step without answers, or None; undone in any case."""
    try:
        with transaction.atomic():
            engine.take(matters=[matter], step=step, by=actor, at=MONDAY)
            transaction.set_rollback(True)
    except Refused as refusal:
        return type(refusal)
    return None
