"""The engine: opens matters and takes steps. The one place where a state changes.

One transaction: lock, check, effect, move, terms, matter, job. What must be told or done later is a job enqueued in
the same transaction; the job row is the outbox.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core import ledger, terms, veil
from yipanqi.core.asks import clean, payload_of
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.jobs import matter_moved
from yipanqi.core.kinds import Kind, Taking, kind_named, kind_of, procedure_of
from yipanqi.core.models import Matter, Move, Term, new_id
from yipanqi.core.procedure import Procedure, Role, Step

STAFF = (Role.SENDER, Role.LEAD, Role.CO)


def new_matter(*, procedure: str, at: dt.datetime, matter_id: UUID | None = None) -> Matter:
    """A matter in the initial state, saved; the caller creates the subject and then calls `begin`."""
    value = kind_named(procedure).procedure
    first = value.initial
    assert first.target is not None
    matter = Matter(
        id=matter_id or new_id(),
        procedure=value.code,
        version=value.version,
        state=first.target,
        opened_at=at,
    )
    matter.save(force_insert=True)
    return matter


def begin(*, matter: Matter, subject: Any, by: Actor, at: dt.datetime, payload: dict[str, Any]) -> Move:
    """Write the first move of a new matter and start its first terms, in the caller's transaction."""
    value = procedure_of(matter)
    taking = Taking(matter, subject, value.initial, {}, by, at)
    role = by.role or value.initial.by[0]
    return _write(taking, role, source="", payload=payload)


@transaction.atomic
def take(
    *,
    matters: Iterable[UUID],
    step: str,
    by: Actor,
    at: dt.datetime,
    answers: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> list[Move]:
    """Take one step on a batch of matters of one kind; all or nothing.

    `seen` is the number of moves the actor saw (one matter): `Conflict` where another came in between, but for one
    under a veil, which overtakes nobody (core/veil.py). Raises
    `NotAllowed` where the actor has no part in it, `Refused` with a sentence for people otherwise.
    """
    ids = sorted(set(matters))
    locked = list(Matter.objects.select_for_update().filter(pk__in=ids).order_by("pk"))
    if len(locked) != len(ids) or not locked:
        raise NotAllowed(_("没有这个事项，或者您无权办理。"))
    if len({matter.procedure for matter in locked}) != 1:
        raise Refused(_("一次只能办理同一类事项。"))
    kind = kind_of(locked[0])
    subjects = kind.subjects(ids)
    return [
        _take_one(
            kind=kind, matter=m, subject=subjects[m.pk], step=step, by=by, at=at, raw=answers or {}, seen=seen
        )
        for m in locked
    ]


def _take_one(
    *,
    kind: Kind,
    matter: Matter,
    subject: Any,
    step: str,
    by: Actor,
    at: dt.datetime,
    raw: Mapping[str, Any],
    seen: int | None,
) -> Move:
    value = procedure_of(matter)
    found = value.step.get(step)
    role = role_for(kind, subject, found, by) if found else None
    if found is None or role is None or found.initial:
        raise NotAllowed(_("没有这个事项，或者您无权办理。"))
    if seen is not None and seen != veil.told(matter):
        raise Conflict(_("您打开之后，这件事已有新的进展。请先看看再办理；您填写的内容还在。"))
    _check_open(value, matter, subject, found)
    _check_within(matter, found, at)
    answers = clean(found, raw)
    taking = Taking(matter, subject, found, answers, by, at)
    effect = kind.effects.get(step)
    if effect:
        effect(taking)
    return _write(taking, role, source=matter.state, payload=payload_of(found, taking.answers))


def role_for(kind: Kind, subject: Any, step: Step, by: Actor) -> Role | None:
    """In which part the actor may take the step, or None. The first part of the step that fits."""
    viewer = by.viewer
    for role in step.by:
        if by.role is not None and by.role != role:
            continue
        if role == Role.SYSTEM:
            if viewer.system:
                return role
        elif role == Role.SUBMITTER:
            if subject.pk in viewer.proved:
                return role
        elif any(viewer.reaches(step.needs, unit.path) for unit in kind.units(subject, role)):
            return role
    return None


def _check_open(value: Procedure, matter: Matter, subject: Any, step: Step) -> None:
    if matter.state not in step.sources:
        state = value.state[matter.state].label
        raise Conflict(
            _("现在是“%(state)s”，不能“%(step)s”。") % {"state": str(state), "step": str(step.label)}
        )
    if step.decides and matter.pending != step.decides:
        raise Conflict(_("没有等待决定的申请。"))
    if matter.pending and not (step.decides or step.while_pending):
        raise Conflict(_("有一项申请正在等待决定，请先等它有结果。"))
    for condition in step.when:
        if not condition.holds(subject):
            raise Refused(str(condition.otherwise))


def _check_within(matter: Matter, step: Step, at: dt.datetime) -> None:
    if not step.within:
        return
    term = Term.objects.filter(matter=matter, code=step.within, state=Term.RUNNING).first()
    if term is None or term.due_at is None or at >= term.due_at:
        raise Refused(_("这一步的期限已过，不能再办理。"))


def _write(taking: Taking, role: Role, *, source: str, payload: dict[str, Any]) -> Move:
    """The move, its terms, the matter's new place, and the job that tells others."""
    matter, step, at = taking.matter, taking.step, taking.at
    value = procedure_of(matter)
    target = value.target(step, matter.state)
    viewer = taking.by.viewer
    move = ledger.record(
        matter=matter,
        payload=payload,
        step=step.name,
        source=source,
        target=target,
        at=at,
        actor_role=role.value,
        actor_account=viewer.account if role in STAFF else None,
        actor_unit=viewer.unit if role in STAFF else None,
    )
    matter.state = target
    matter.open = value.state[target].open
    if step.requests:
        matter.pending = step.requests
    elif step.decides or not matter.open:
        matter.pending = ""
    _move_terms(taking, move)
    if not matter.open:
        matter.closed_at = at
        for term in Term.objects.filter(matter=matter, state__in=(Term.RUNNING, Term.PAUSED)):
            terms.end(matter=matter, code=term.code, move=move, dropped=True)
    matter.due_at = terms.next_due(matter) if matter.open else None
    matter.holder = _holder(taking) if matter.open else None
    matter.save()
    matter_moved(matter.pk, move.pk, step.name)
    return move


def _move_terms(taking: Taking, move: Move) -> None:
    step, matter = taking.step, taking.matter
    for code in step.stops:
        terms.end(matter=matter, code=code, move=move)
    for code in step.drops:
        terms.end(matter=matter, code=code, move=move, dropped=True)
    for code in step.pauses:
        terms.pause(matter=matter, code=code, move=move)
    for code in step.resumes:
        terms.resume(matter=matter, code=code, move=move)
    if step.extends:
        terms.extend(matter=matter, code=step.extends, days=taking.extensions[step.extends])
    for code in step.starts:
        terms.start(
            matter=matter,
            code=code,
            move=move,
            own_date=taking.own_dates.get(code),
            day0=taking.day0s.get(code),
        )


def _holder(taking: Taking) -> UUID | None:
    """The unit whose move it is: the decider of an open request, else whom the state waits for."""
    matter = taking.matter
    value, kind = procedure_of(matter), kind_of(matter)
    role = value.state[matter.state].waits_for
    if matter.pending:
        role = next(s.decider for s in value.steps if s.requests == matter.pending)
    if role is None or role in (Role.SUBMITTER, Role.SYSTEM):
        return None
    units = kind.units(taking.subject, role)
    return units[0].id if units else None


def open_steps(matter: Matter, subject: Any, by: Actor, at: dt.datetime) -> Sequence[Step]:
    """The steps this actor could take now, in the procedure's order: what the buttons are made of."""
    kind, value = kind_of(matter), procedure_of(matter)
    found = []
    for step in value.steps_from(matter.state):
        if role_for(kind, subject, step, by) is None:
            continue
        try:
            _check_open(value, matter, subject, step)
            _check_within(matter, step, at)
        except Refused:
            continue
        found.append(step)
    return found


def lapse_due(*, at: dt.datetime, limit: int = 500) -> int:
    """Take the system's steps for terms that ended unmet: questions unanswered, windows closed, reviews due.

    Each matter in a transaction of its own, so that one that cannot move does not hold up the others.
    """
    from yipanqi.core.gate import SYSTEM
    from yipanqi.core.kinds import all_kinds

    taken = 0
    for kind in all_kinds():
        for spec in kind.procedure.terms:
            if not spec.lapse:
                continue
            late = Term.objects.filter(
                matter__procedure=kind.procedure.code, code=spec.code, state=Term.RUNNING, due_at__lte=at
            )
            for matter_id in late.order_by("due_at", "id").values_list("matter_id", flat=True)[:limit]:
                taken += _lapse_one(matter_id, spec.lapse, SYSTEM, at)
    return taken


def _lapse_one(matter_id: UUID, steps: Sequence[str], by: Actor, at: dt.datetime) -> int:
    for name in steps:
        try:
            take(matters=[matter_id], step=name, by=by, at=at)
        except Refused:
            continue
        return 1
    return 0
