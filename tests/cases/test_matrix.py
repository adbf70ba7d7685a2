"""Order, suggestion and claim against their tables: the value, every mutant of it, and each state × step × person in the engine."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from tests.cases import accusation_table, claim_table, order_table, review_table, suggestion_table
from tests.cases.accusation_world import accuse, add_organ
from tests.cases.ladder_world import (
    REVIEWED,
    SERVICE,
    add_bodies,
    ask_review,
    ask_second,
    decide,
    owner,
    served,
)
from tests.cases.tables import Row
from tests.factories import OPINION, City, add_head, bring_to, file, make_city, record, submitter, take
from yipanqi.cases.actions import Filed
from yipanqi.cases.procedure import LADDER, ORDER, PROCEDURES, SECOND_REVIEW
from yipanqi.core import engine
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.models import Matter
from yipanqi.core.procedure import LimitSeed, Procedure, ProcedureError, Role, Step
from yipanqi.core.procedures import faults

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
TABLES = {
    "order": order_table.ORDER,
    "suggestion": suggestion_table.SUGGESTION,
    "claim": claim_table.CLAIM,
    "review": review_table.REVIEW,
    "second_review": review_table.SECOND_REVIEW,
    "accusation": accusation_table.ACCUSATION,
}
ALL = (*PROCEDURES, *LADDER)


People = dict[str, tuple[str, set[str]]]


def differences(code: str, steps: tuple[Step, ...], limits: tuple[LimitSeed, ...]) -> list[str]:
    """Where steps and limits are not what the table says."""
    table, found = TABLES[code], []
    if {step.name for step in steps} != set(table.rows):
        found.append("the steps are not those of the table")
    for step in steps:
        row = table.rows[step.name]
        terms = tuple(frozenset(t) for t in (step.starts, step.stops, step.drops, step.pauses, step.resumes))
        if (step.sources, step.target, step.needs, terms) != (row.sources, row.target, row.needs, row.terms):
            found.append(step.name)
        if step.sender_needs != row.sender_needs:
            found.append(step.name)
        if frozenset(role.value for role in step.by) != row.by:
            found.append(step.name)
        if step.follows != (step.name in table.following):
            found.append(step.name)
    told = {
        limit.code: (limit.amount, limit.unit.value, "practice" if limit.practice else "law")
        for limit in limits
    }
    if told != table.limits:
        found.append("the limits are not those of the table")
    return found


@pytest.mark.parametrize("procedure", ALL, ids=lambda procedure: procedure.code)
def test_a_procedure_is_what_its_table_says(procedure: Procedure) -> None:
    assert differences(procedure.code, procedure.steps, procedure.limits) == []
    assert faults(procedure) == []


def mutants(procedure: Procedure) -> Iterator[Any]:
    """Each step with a source, its target, its capability, its actors or a term changed; each limit longer by one, or
    with law for practice."""
    states = [state.code for state in procedure.states]
    for n, step in enumerate(procedure.steps):
        changes: list[dict[str, Any]] = []
        changes += [{"sources": step.sources - {source}} for source in sorted(step.sources)]
        changes.append({"sources": step.sources | {next(s for s in states if s not in step.sources)}})
        changes.append({"target": next(s for s in states if s != step.target)})
        if step.sender_needs:
            changes.append({"sender_needs": ""})
        if step.needs:
            changes.append({"needs": "cases.callback" if step.needs != "cases.callback" else "cases.handle"})
        changes.append({"by": tuple(role for role in Role if role not in step.by)[:1]})
        changes.append({"follows": not step.follows})
        for name in ("starts", "stops", "drops", "pauses", "resumes"):
            if getattr(step, name):
                changes.append({name: getattr(step, name)[1:]})
        for change in changes:
            mutant = dataclasses.replace(step, **change)
            steps = (*procedure.steps[:n], mutant, *procedure.steps[n + 1 :])
            name = f"{procedure.code}-{step.name}-{next(iter(change))}"
            yield pytest.param(procedure.code, steps, procedure.limits, id=name)
    for n, limit in enumerate(procedure.limits):
        for change in ({"amount": limit.amount + 1}, {"practice": not limit.practice}):
            mutated = dataclasses.replace(limit, **change)
            limits = (*procedure.limits[:n], mutated, *procedure.limits[n + 1 :])
            name = f"{procedure.code}-limit-{limit.code}-{next(iter(change))}"
            yield pytest.param(procedure.code, procedure.steps, limits, id=name)


@pytest.mark.parametrize(("code", "steps", "limits"), [m for p in ALL for m in mutants(p)])
def test_a_mutant_is_killed(code: str, steps: tuple[Step, ...], limits: tuple[LimitSeed, ...]) -> None:
    assert differences(code, steps, limits)


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
    "head": ("lead", {"cases.handle", "cases.approve"}),
    "colleague": ("co", {"cases.handle", "cases.identify"}),
    "stranger": ("", {"cases.handle", "cases.identify"}),
    "deputy": ("", {"cases.oversee"}),
    "sysadmin": ("", set()),
}
# The same of an accusation: those who act on other kinds have no part in it.
ACCUSATION_PARTS = {
    "window": ("sender", {"cases.register", "cases.route"}),
    "petitions": ("sender", {"cases.oversee"}),
    "petitionhead": ("sender", {"accusations.approve", "cases.oversee"}),
    "inspector": ("lead", {"accusations.handle"}),
    "warden": ("lead", {"accusations.handle", "accusations.approve"}),
    "accused": ("", {"cases.handle", "cases.identify"}),
    "accusedbelow": ("", {"cases.oversee", "accusations.handle"}),
    "insider": ("", {"cases.handle", "cases.identify"}),
    "deputy": ("", {"cases.oversee"}),
    "sysadmin": ("", set()),
}
NO_LEAD_YET = {"registered", "guided", "redirected", "recorded", "not_accepted", "declined"}
AFTERWARDS = ("executing", "reviewing", "not_accepted")
HANDLES = {"cases.handle", "cases.identify"}
BODY = {
    "review": {"reviewer": ("lead", HANDLES), "second": ("", HANDLES)},
    "second_review": {"reviewer": ("", HANDLES), "second": ("lead", HANDLES)},
}
ELSEWHERE = {
    "where": "到法院立案庭",
    "path": "court",
    "how": "递交起诉状",
    "by_when": "六个月内",
    "call_on": "2026-12-01",
}

# States that claims alone know: from which of the usual way, by which step of whose.
OF_CLAIMS: dict[str, tuple[str, str, str, dict[str, str]]] = {
    "acting": ("forwarded", "accept_duty", "insider", {"notice": "告知"}),
    "declined": (
        "registered",
        "refuse_accept",
        "clerk",
        {"ground": "duplicate", "reason": "已在办", "law": "条例十九", "where": "原单位"},
    ),
}


def accused_in(city: City, state: str) -> tuple[UUID, Actor]:
    """An accusation in a state, and its submitter."""
    filed = accuse(city, at=MONDAY, state="handling" if state == "withdrawn" else state)
    if state == "withdrawn":
        take(filed.case.pk, "withdraw", submitter(filed), MONDAY)
    return filed.case.pk, submitter(filed)


def in_state(city: City, procedure: Procedure, state: str) -> tuple[UUID, Actor]:
    """A case in a state, and its submitter."""
    if state == "recorded":
        filed = record(city, MONDAY, kind=procedure.code)
    else:
        filed = file(city, at=MONDAY, kind=procedure.code)
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
    elif state in ("guided", "redirected"):
        asked = [ask.name for ask in procedure.step["redirect"].asks]
        take(pk, "redirect", clerk, MONDAY, **{name: ELSEWHERE.get(name) for name in asked})
        if procedure.code == "claim" and state == "redirected":
            take(pk, "call_guided", clerk, MONDAY, came="going")
    elif state in (*OF_CLAIMS, *AFTERWARDS):
        of_claims(city, filed, state)
    elif state not in ("registered", "recorded"):
        bring_to(city, filed, state, MONDAY)
    assert Matter.objects.get(pk=pk).state == state
    return pk, submitter(filed)


def of_claims(city: City, filed: Filed, state: str) -> None:
    """A claim that is a duty or declined, is carried out or reviewed, or is not accepted again."""
    pk, insider = filed.case.pk, city.actor("insider")
    if state in OF_CLAIMS:
        where, step, login, answers = OF_CLAIMS[state]
        bring_to(city, filed, where, MONDAY)
        take(pk, step, city.actor(login), MONDAY, **answers)
        return
    if state == "not_accepted":
        earlier = review_in_state(city, SECOND_REVIEW, "closed")[2]
        take(pk, "not_accept_again", city.actor("clerk"), MONDAY, earlier=earlier, reason="同一事实")
        return
    bring_to(city, filed, "handling", MONDAY)
    outcome = "supported" if state == "executing" else "explained"
    take(pk, "answer", insider, MONDAY, **OPINION | {"outcome": outcome})
    take(pk, "serve", insider, MONDAY, **SERVICE)
    if state == "reviewing":
        ask_review(city, filed, MONDAY)


def review_in_state(city: City, procedure: Procedure, state: str) -> tuple[UUID, Actor, str]:
    """A review in a state, its submitter and its number."""
    review = ask_review(city, served(city, MONDAY.date().isoformat()), MONDAY + dt.timedelta(hours=1))
    moment, login = MONDAY + dt.timedelta(hours=2), "reviewer"
    if procedure.code == "second_review":
        decide(city, review, moment)
        review, login = ask_second(city, review, moment), "second"
    by, pk = city.actor(login), review.pk
    if state == "withdrawn":
        take(pk, "withdraw", owner(review), moment)
    elif state != "requested":
        take(pk, "accept", by, moment, notice="受理")
    if state == "asked":
        take(pk, "ask", by, moment, question="哪一天？")
    elif state == "hearing":
        take(pk, "call_hearing", by, moment, notice="听证", held_on="2026-12-01")
    elif state in ("answered", "served", "reviewing", "closed"):
        take(pk, "answer", by, moment, **REVIEWED)
        if state != "answered":
            take(pk, "serve", by, moment, **SERVICE)
        if state == "reviewing":
            ask_second(city, review, moment)
        if state == "closed" and procedure.code == "review":
            take(pk, "close", SYSTEM, moment)
    assert Matter.objects.get(pk=pk).state == state
    return pk, owner(review), review.number


def may(login: str, row: Row, state: str, people: People) -> bool:
    """What the table says of a person, a step and a state, the case's own circumstances aside."""
    if login == "submitter":
        return "submitter" in row.by
    if login == "system":
        return "system" in row.by
    part, capabilities = people[login]
    # The leader's scope is the whole city, so every unit's part lies within it, but for those of the bodies above it.
    parts = ("sender", "lead", "co") if login == "deputy" and not part else (part,)
    return any(_may(each, capabilities, row, state) for each in parts)


def _may(part: str, capabilities: set[str], row: Row, state: str) -> bool:
    if part in ("lead", "co") and state in NO_LEAD_YET:
        return False
    needs = row.sender_needs if part == "sender" and row.sender_needs else row.needs
    return part in row.by and needs in capabilities


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("procedure", "state"),
    [pytest.param(p, state.code, id=f"{p.code}-{state.code}") for p in ALL for state in p.states],
)
def test_each_step_is_open_to_whom_the_table_says(procedure: Procedure, state: str) -> None:
    city, rows, parts = add_head(add_bodies(make_city())), TABLES[procedure.code].rows, PARTS
    if procedure.code == "accusation":
        city, parts = add_organ(city), ACCUSATION_PARTS
        matter, person = accused_in(city, state)
    elif procedure in LADDER:
        matter, person, _number = review_in_state(city, procedure, state)
        parts = PARTS | {
            "insider": ("", PARTS["insider"][1]),
            "head": ("", PARTS["head"][1]),
            **BODY[procedure.code],
        }
        parts |= {"colleague": ("", PARTS["colleague"][1]), "deputy": ("sender", {"cases.oversee"})}
    else:
        matter, person = in_state(city, procedure, state)
    people = {login: city.actor(login) for login in parts} | {"submitter": person, "system": SYSTEM}
    for login, actor in people.items():
        for step, row in rows.items():
            refusal = attempt(matter, step, actor)
            if not row.sources or not may(login, row, state, parts):
                assert refusal is NotAllowed, (login, step, refusal)
            elif state not in row.sources:
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
