"""The engine: opens matters and takes steps. The one place where a state changes.

One transaction: lock, check, effect, move, terms, matter, job. What must be told or done later is a job enqueued in
the same transaction; the job row is the outbox.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from yipanqi.core import events, following, ledger, standing, terms, veil, writing
from yipanqi.core.asks import clean, payload_of
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.following import Unlocked, Wish
from yipanqi.core.gate import SYSTEM, Actor, Cover
from yipanqi.core.jobs import matter_moved
from yipanqi.core.kinds import Answers, Kind, Taking, UnitRef, kind_named, kind_of, procedure_of
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.prepared import Prepared, prepared, time_slot
from yipanqi.core.procedure import Procedure, Role, Step, TermSpec

STAFF = (Role.SENDER, Role.LEAD, Role.CO, Role.SUPERIOR)


@dataclass(frozen=True)
class Opening:
    """A matter to be opened by an initial step of its procedure: its id, who holds which part in it, what the first
    move says, day zero of limits whose event was on another day than that of the move, and the limits that are `met`
    already and do not start. `subject` is what reactions are asked about, as far as it is there already."""

    procedure: str
    step: str
    matter_id: UUID
    units: Mapping[Role, UUID]
    payload: dict[str, Any]
    day0s: Mapping[str, dt.date] = field(default_factory=dict)
    met: Collection[str] = ()
    subject: Any = None


def opened(
    *, openings: Iterable[Opening], by: Actor, at: dt.datetime, limits: terms.Limits | None = None
) -> tuple[list[Matter], list[Model]]:
    """New matters in the state to which their initial step leads, and all rows of theirs that the engine knows: the
    matters, their first moves and first terms. The caller inserts them with its own in one transaction."""
    matters: list[Matter] = []
    rows: list[Model] = []
    limits = limits or terms.Limits()
    for opening in openings:
        matter, own = _opened(opening, by, at, limits)
        matters.append(matter)
        rows += own
    return matters, rows


def _opened(opening: Opening, by: Actor, at: dt.datetime, limits: terms.Limits) -> tuple[Matter, list[Model]]:
    value = kind_named(opening.procedure).procedure
    step = value.step[opening.step]
    assert step.initial
    assert step.target is not None
    state = value.state[step.target]
    matter = Matter(
        id=opening.matter_id,
        procedure=value.code,
        version=value.version,
        state=state.code,
        open=state.open,
        holder=opening.units.get(state.waits_for) if state.open and state.waits_for else None,
        opened_at=at,
        closed_at=None if state.open else at,
    )
    role = by.role or step.by[0]
    move, rows = ledger.next_move(
        matter=matter, payload=opening.payload, source="", target=state.code, **_signed(step, role, by, at)
    )
    running = [
        terms.started(matter=matter, code=code, move=move, day0=opening.day0s.get(code), limits=limits)
        for code in step.starts
        if code not in opening.met and _holds(value, code, opening.day0s.get(code) or day_of(at), limits)
    ]
    first = terms.pressing(value, running)
    matter.due_at = first.due_at if first else None
    matter_moved(matter=matter.pk, move=move.pk, step=step, subject=opening.subject)
    return matter, [matter, *rows, *running]


def _signed(step: Step, role: Role, by: Actor, at: dt.datetime) -> dict[str, Any]:
    """What a move says of who made it. A submitter and the system have neither account nor unit."""
    staff = role in STAFF
    return {
        "step": step.name,
        "at": at,
        "actor_role": role.value,
        "actor_account": by.viewer.account if staff else None,
        "actor_unit": by.viewer.unit if staff else None,
    }


def take(
    *,
    matters: Iterable[UUID],
    step: str,
    by: Actor,
    at: dt.datetime,
    answers: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> list[Move]:
    """Take one step on a batch of matters of one kind, and where it is a step that follows on all that is joined to
    them; all or nothing. Returns the moves of the batch.

    `seen` is the number of moves the actor saw (one matter): `Conflict` where another came in between, but for one
    under a veil, which overtakes nobody (core/veil.py). Raises
    `NotAllowed` where the actor has no part in it, `Refused` with a sentence for people otherwise.
    """
    ids, wish = frozenset(matters), Wish(step, by, at, answers or {}, seen)
    beside = following.beside(wish)
    try:
        return _take(ids, beside, wish, complete=False)
    except Unlocked as more:
        # The locks were let go of and are taken anew, all in the order of the ids: two steps never wait for each other.
        return _take(ids, beside | more.ids, wish, complete=True)


@transaction.atomic
def _take(ids: frozenset[UUID], beside: frozenset[UUID], wish: Wish, *, complete: bool) -> list[Move]:
    wanted = sorted(ids | beside)
    locked = {m.pk: m for m in Matter.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if not ids or not ids <= set(locked):
        raise NotAllowed(_("没有这个事项，或者您无权办理。"))
    if len({locked[pk].procedure for pk in ids}) != 1:
        raise Refused(_("一次只能办理同一类事项。"))
    kind = kind_of(locked[min(ids)])
    if kind.shut is not None and kind.shut(ids, wish.by.viewer):
        raise NotAllowed(_("没有这个事项，或者您无权办理。"))
    group = following.Group(kind, locked, kind.subjects(wanted), wish)
    group.gather(ids, complete=complete)
    moves = []
    for pk in sorted(ids):
        if not group.comes_along(pk, ids):
            moves.append(_take_with_all(group, locked[pk]))
    return moves


def _take_with_all(group: following.Group, matter: Matter) -> Move:
    """The step on a matter, on all that follows it and is where it is, and the parting of what can follow no more."""
    kind, wish = group.kind, group.wish
    before = (matter.state, matter.pending)
    move, answers = _take_one(kind, matter, group.subjects[matter.pk], wish)
    for follower, subject in group.following(matter, before):
        try:
            _take_one(kind, follower, subject, replace(wish, seen=None), given=answers)
        except Refused as refusal:
            why = _("并入的 %(number)s 办不了这一步：%(why)s")
            told = why % {"number": getattr(subject, "number", ""), "why": refusal.message}
            raise Refused(told, fields=refusal.fields) from None
    for left, subject in group.left_behind(matter, move):
        parting = Wish(kind.joining.parting, SYSTEM, wish.at, {}) if kind.joining else wish
        _take_one(kind, left, subject, parting)
    return move


def _take_one(
    kind: Kind, matter: Matter, subject: Any, wish: Wish, *, given: Answers | None = None
) -> tuple[Move, Answers]:
    """One step on one matter; `given`: answers already read, of a step that follows another. Returns the answers as
    they were before the effect."""
    value = procedure_of(matter)
    found = value.step.get(wish.step)
    units = kind.units(subject)
    role = role_for(units, subject, found, wish.by) if found else None
    if found is None or role is None or found.initial:
        raise NotAllowed(_("没有这个事项，或者您无权办理。"))
    role = role_for(units, subject, found, wish.by, barred=kind.barred(subject, wish.by.viewer))
    if role is None:
        raise NotAllowed(_("您已回避，或者办理过所审查的事项，依法不能再办这一步。"))
    if wish.seen is not None and wish.seen != veil.told(matter):
        raise Conflict(_("您打开之后，这件事已有新的进展。请先看看再办理；您填写的内容还在。"))
    if given is None:
        _check_own(kind, subject, found)
    _check_open(value, matter, subject, found)
    _check_within(matter, found, wish.at)
    _check_apart(matter, found, wish.at)
    answers = clean(found, wish.raw) if given is None else given
    taking = Taking(matter, subject, found, dict(answers), wish.by, wish.at)
    effect = kind.effects.get(wish.step)
    if effect:
        effect(taking)
    move = _write(taking, role, source=matter.state, payload=payload_of(found, taking.answers))
    for name, more in taking.then:
        by = SYSTEM if value.step[name].by == (Role.SYSTEM,) else wish.by
        _take_one(kind, matter, subject, Wish(name, by, wish.at, {}), given=more)
    return move, answers


def role_for(
    units: Mapping[Role, Sequence[UnitRef]],
    subject: Any,
    step: Step,
    by: Actor,
    *,
    barred: Collection[Role] = (),
) -> Role | None:
    """In which part the actor may take the step, or None, given which units play which part. The first that fits and
    from which they are not `barred`."""
    viewer = by.viewer
    for role in step.by:
        if (by.role is not None and by.role != role) or role in barred:
            continue
        if role == Role.SYSTEM:
            if viewer.system:
                return role
        elif role == Role.SUBMITTER:
            if subject.pk in viewer.proved:
                return role
        elif any(viewer.reaches(step.needed(role), unit.path) for unit in units.get(role, ())):
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
            raise Refused(condition.why_not(subject))


def _check_own(kind: Kind, subject: Any, step: Step) -> None:
    if step.follows and kind.head(subject) is not None:
        raise Refused(_("这一件随另一件一起办理：请在那一件上办，或者先把它拆出来。"))


def _check_within(matter: Matter, step: Step, at: dt.datetime) -> None:
    if not step.within:
        return
    term = Term.objects.filter(matter=matter, code=step.within, state=Term.RUNNING).first()
    if term is None or term.due_at is None or at >= term.due_at:
        raise Refused(_("这一步的期限已过，不能再办理。"))


def _check_apart(matter: Matter, step: Step, at: dt.datetime) -> None:
    """Some steps are taken once in a while: nobody is to be nagged."""
    since = at - dt.timedelta(minutes=step.apart)
    if step.apart and Move.objects.filter(matter=matter, step=step.name, at__gt=since).exists():
        told = {"step": str(step.label), "n": step.apart}
        raise Refused(_("刚刚“%(step)s”过，%(n)d 分钟以内不再重复。") % told)


def _write(taking: Taking, role: Role, *, source: str, payload: dict[str, Any]) -> Move:
    """The move, its terms, the matter's new place, and the job that tells others."""
    matter, step, at = taking.matter, taking.step, taking.at
    value = procedure_of(matter)
    target = value.target(step, matter.state)
    signed = _signed(step, role, taking.by, at)
    cover = _cover(taking, role) if taking.by.viewer.covers and role in STAFF else None
    if cover:
        signed["actor_unit"], payload = cover.unit, payload | {"stands_in": cover.posting}
    move, rows = ledger.next_move(matter=matter, payload=payload, source=source, target=target, **signed)
    matter.state = target
    matter.open = value.state[target].open
    if step.requests:
        matter.pending = step.requests
    elif step.decides or not matter.open:
        matter.pending = ""
    rows += _move_terms(taking, move)
    writing.insert(rows)
    if matter.open:
        matter.closed_at = None  # what was closed may be taken up again
    if not matter.open and matter.closed_at is None:
        matter.closed_at = at
        for term in Term.objects.filter(matter=matter, state__in=(Term.RUNNING, Term.PAUSED)):
            terms.end(matter=matter, code=term.code, move=move, dropped=True)
    standing.forget(matter)
    matter.due_at = terms.next_due(matter) if matter.open else None
    matter.holder = _holder(taking) if matter.open else None
    matter.save()
    events.written(matter, move, step)
    matter_moved(matter=matter.pk, move=move.pk, step=step, subject=taking.subject)
    return move


def _cover(taking: Taking, role: Role) -> Cover | None:
    """The post of an absent one by which alone the actor could take the step: the move says so, under that unit."""
    viewer, needs = taking.by.viewer, taking.step.needed(role)
    units = kind_of(taking.matter).units(taking.subject).get(role, ())
    reached = [unit.path for unit in units if viewer.reaches(needs, unit.path)]
    covers = [viewer.covering(needs, path) for path in reached]
    return covers[0] if covers and all(covers) else None


def _move_terms(taking: Taking, move: Move) -> list[Term]:
    """End, pause, resume and extend the terms that the step touches; those that it starts are not saved yet."""
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
    limits = terms.Limits()
    return [
        terms.started(
            matter=matter,
            code=code,
            move=move,
            limits=limits,
            own_date=taking.own_dates.get(code),
            day0=taking.day0s.get(code),
        )
        for code in step.starts
        if code not in taking.skips
        and _holds(procedure_of(matter), code, taking.day0s.get(code) or day_of(taking.at), limits)
    ]


def _holds(value: Procedure, code: str, day: dt.date, limits: terms.Limits) -> bool:
    """Whether a limit is in force: one that no law sets may be off."""
    return not value.term[code].optional or limits.is_on(value.code, code, day)


def _holder(taking: Taking) -> UUID | None:
    """The unit whose move it is: the decider of an open request, else whom the state waits for."""
    matter = taking.matter
    value, kind = procedure_of(matter), kind_of(matter)
    if kind.head(taking.subject) is not None:
        return None  # whoever handles the head handles it
    role = value.state[matter.state].waits_for
    if matter.pending:
        role = next(s.decider for s in value.steps if s.requests == matter.pending)
    if role is None or role in (Role.SUBMITTER, Role.SYSTEM):
        return None
    units = kind.units(taking.subject).get(role)
    return units[0].id if units else None


def open_steps(
    matter: Matter,
    subject: Any,
    by: Actor,
    at: dt.datetime,
    units: Mapping[Role, Sequence[UnitRef]] | None = None,
) -> Sequence[Step]:
    """The steps this actor could take now, in the procedure's order: what the buttons are made of. `units` that play
    each part, where they have just been read."""
    kind, value, found = kind_of(matter), procedure_of(matter), []
    units = kind.units(subject) if units is None else units
    barred = kind.barred(subject, by.viewer)
    for step in value.steps_from(matter.state):
        if role_for(units, subject, step, by, barred=barred) is None:
            continue
        try:
            _check_own(kind, subject, step)
            _check_open(value, matter, subject, step)
            _check_within(matter, step, at)
            _check_apart(matter, step, at)
        except Refused:
            continue
        found.append(step)
    return found


def lapse_due(*, at: dt.datetime, limit: int = 500) -> int:
    """Take the system's steps for terms that ended unmet: questions unanswered, windows closed, reviews due.

    Each matter in a transaction of its own, so that one that cannot move does not hold up the others.
    """
    from yipanqi.core.kinds import all_kinds

    taken = 0
    for kind in all_kinds():
        for spec in kind.procedure.terms:
            if not spec.lapse:
                continue
            late = prepared(
                ("lapse", kind.procedure.code, spec.code, limit), partial(_late, kind, spec, limit)
            )
            for (matter_id,) in late.rows({time_slot(0): at}) if late else ():
                taken += _lapse_one(matter_id, spec.lapse, SYSTEM, at)
    return taken


def _late(kind: Kind, spec: TermSpec, limit: int) -> Prepared | None:
    # Open ones alone have such terms; that it is said keeps the planner from reading all of a rare kind's years.
    of = {"matter__procedure": kind.procedure.code, "matter__open": True}
    late = Term.objects.filter(**of, code=spec.code, state=Term.RUNNING, due_at__lte=time_slot(0))
    return Prepared.of(late.order_by("due_at", "id").values_list("matter_id", flat=True)[:limit])


def _lapse_one(matter_id: UUID, steps: Sequence[str], by: Actor, at: dt.datetime) -> int:
    for name in steps:
        try:
            take(matters=[matter_id], step=name, by=by, at=at)
        except Refused:
            continue
        return 1
    return 0
