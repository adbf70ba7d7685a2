"""The one timeline and the one shape of a due date, for every kind of matter."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.core import terms, veil
from yipanqi.core.calendar import in_force
from yipanqi.core.counting import SHANGHAI, day_of, end_of, remaining
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.procedure import Ask, Kind, Procedure, Role
from yipanqi.organisations.models import Area, Category, Posting, Unit


@dataclass(frozen=True)
class DueView:
    """A limit as people see it; `lines` is its derivation."""

    code: str
    label: str
    effective: dt.date | None
    raw: dt.date | None
    working_days_left: int
    late_by: int
    paused: bool
    met: bool | None  # None: still open
    running: bool
    provisional: bool
    basis: str
    lines: list[str]
    ended_at: dt.datetime | None
    dropped: bool = False


@dataclass(frozen=True)
class Event:
    """One line of a timeline."""

    number: int
    at: dt.datetime
    step: str
    label: str
    who: str
    facts: list[tuple[str, str]]
    due: list[DueView]
    mine: bool = False

    @property
    def text(self) -> str:
        return "\n".join(value for _label, value in self.facts)


@dataclass(frozen=True)
class DocumentView:
    """A document that a step produced: what was served to the submitter."""

    kind: str
    title: str
    text: str
    at: dt.datetime


@dataclass(frozen=True)
class PartView:
    """A unit's part, living or former."""

    role: str
    unit: str
    since: dt.datetime
    until: dt.datetime | None
    left_because: str


@dataclass
class History:
    """Everything the timeline is made of, read once."""

    matter: Matter
    procedure: Procedure
    moves: list[Move]
    terms: list[Term]
    payloads: dict[UUID, dict[str, Any]]
    names: dict[str, str] = field(default_factory=dict)
    posts: dict[tuple[UUID, UUID], str] = field(default_factory=dict)


def history_of(matter: Matter) -> History:
    """Read a matter's moves, payloads, terms and the names in them, in six statements."""
    moves = list(Move.objects.filter(matter=matter).select_related("payload").order_by("number"))
    payloads = {m.pk: json.loads(m.payload.body) if hasattr(m, "payload") else {} for m in moves}
    own = list(
        Term.objects.filter(matter=matter)
        .select_related("limit", "started_by")
        .order_by("started_by__number", "id")
    )
    history = History(matter, procedure_of(matter), moves, own, payloads)
    units = {m.actor_unit for m in moves if m.actor_unit}
    accounts = {m.actor_account for m in moves if m.actor_account}
    wanted: dict[Kind, set[str]] = {}
    for move in moves:
        step = history.procedure.step.get(move.step)
        for ask in step.asks if step else ():
            value = payloads[move.pk].get(ask.name)
            if value:
                wanted.setdefault(ask.kind, set()).update(value if isinstance(value, list) else [str(value)])
    ids = units | {UUID(v) for k in (Kind.UNIT, Kind.UNITS) for v in wanted.get(k, ())}
    history.names |= {str(u.pk): str(u) for u in Unit.objects.filter(pk__in=ids)}
    if wanted.get(Kind.CATEGORY):
        history.names |= {c.pk: str(c) for c in Category.objects.filter(pk__in=wanted[Kind.CATEGORY])}
    if wanted.get(Kind.AREA):
        history.names |= {a.pk: str(a) for a in Area.objects.filter(pk__in=wanted[Kind.AREA])}
    for posting in Posting.objects.filter(account__in=accounts, unit__in=units).order_by("-id"):
        history.posts[(posting.account_id, posting.unit_id)] = posting.post
    return history


def due_view(term: Term, label: str, at: dt.datetime) -> DueView:
    """A term as people see it at a moment."""
    left, late = 0, 0
    if term.state == Term.RUNNING and term.due_effective:
        left, late = remaining(today=day_of(at), due=term.due_effective, calendar=in_force())
    elif term.ended_at and term.late and term.due_effective:
        late = max((day_of(term.ended_at) - term.due_effective).days, 1)
    ended = term.state in (Term.MET, Term.LAPSED, Term.DROPPED)
    return DueView(
        code=term.code,
        label=label,
        effective=term.due_effective,
        raw=term.due_raw,
        working_days_left=left,
        late_by=late,
        paused=term.state == Term.PAUSED,
        met=(not term.late) if ended else None,
        running=term.state == Term.RUNNING,
        provisional=term.provisional and not ended,
        basis=term.limit.basis,
        lines=terms.explain(term),
        ended_at=term.ended_at,
        dropped=term.state == Term.DROPPED,
    )


def is_late(term: Term, at: dt.datetime) -> bool:
    """Whether a term is or ended late."""
    return term.late or (
        term.state == Term.RUNNING and term.due_effective is not None and at >= end_of(term.due_effective)
    )


def _value(history: History, ask: Ask, value: Any) -> str:
    if ask.kind == Kind.CHOICE:
        return next((str(label) for code, label in ask.choices if code == value), str(value))
    if ask.kind in (Kind.UNIT, Kind.CATEGORY, Kind.AREA):
        return history.names.get(str(value), str(value))
    if ask.kind == Kind.UNITS:
        return _("、").join(history.names.get(str(v), str(v)) for v in value)
    if ask.kind == Kind.TICK:
        return _("是") if value else _("否")
    return str(value)


def _who(history: History, move: Move, *, public: bool) -> str:
    if move.actor_role == Role.SUBMITTER:
        return _("您") if public else _("本人")
    if move.actor_role == Role.SYSTEM or move.actor_unit is None:
        return _("系统")
    unit = history.names.get(str(move.actor_unit), "")
    post = history.posts.get((move.actor_account, move.actor_unit), "") if move.actor_account else ""
    return f"{unit} {post}".strip()


def timeline(history: History, *, at: dt.datetime, public: bool, sender: bool = False) -> list[Event]:
    """The events. `public` is the submitter's view: only steps with a plain line, in plain words, never a name of
    an officer; staff see every step but those still veiled (trust-and-ux H6). Events are numbered as if what is veiled
    were not there, for everybody: the numbers are those of `veil.told`. What is meant for the `sender` alone (a proof
    of service may name who signed for it) is told nobody else."""
    events, number, hidden = [], 0, veil.veiled(history.matter)
    for move in history.moves:
        step = history.procedure.step[move.step]
        number += move.number not in hidden
        if public and step.plain is None:
            continue
        if not public and move.number in hidden:
            continue
        payload = history.payloads[move.pk]
        facts = [
            (str(ask.label), _value(history, ask, payload[ask.name]))
            for ask in step.asks
            if payload.get(ask.name) not in (None, "", []) and ask.told and (ask.shown or sender)
        ]
        if public and move.step in ("answer", "clear"):
            facts = []  # an answer is the submitter's once it is served
        own = [t for t in history.terms if t.started_by_id == move.pk]
        events.append(
            Event(
                number=number,
                at=move.at,
                step=move.step,
                label=str(step.plain if public and step.plain else step.label),
                who=_who(history, move, public=public),
                facts=facts,
                due=[due_view(t, term_label(history.procedure, t, public=public), at) for t in own],
                mine=move.actor_role == Role.SUBMITTER,
            )
        )
    return events


def without_words(events: Sequence[Event]) -> list[Event]:
    """The events with nothing of what was said in them: what happened when, and by whom."""
    return [replace(event, facts=[]) for event in events]


def term_label(procedure: Procedure, term: Term, *, public: bool) -> str:
    spec = procedure.term[term.code]
    return str(spec.plain if public else spec.label)


def open_dues(history: History, *, at: dt.datetime, public: bool) -> list[DueView]:
    """The limits that run or stand still now, the earliest first."""
    found = [
        due_view(t, term_label(history.procedure, t, public=public), at)
        for t in history.terms
        if t.state in (Term.RUNNING, Term.PAUSED)
    ]
    return sorted(found, key=lambda d: d.effective or dt.date.max)


def documents(history: History) -> list[DocumentView]:
    """What was served or told in writing: steps that produce a document. The text of a served answer is that of the
    last answer before it."""
    found = []
    answer = ""
    for move in history.moves:
        payload = history.payloads[move.pk]
        step = history.procedure.step[move.step]
        if move.step == "answer":
            answer = str(payload.get("text", ""))
        if step.produces is not None:
            texts = [
                str(payload[a.name]) for a in step.shown_asks if a.kind == Kind.TEXT and payload.get(a.name)
            ]
            text = answer if step.name == "serve" else "\n".join(texts)
            found.append(DocumentView(step.name, str(step.produces), text, move.at))
    return found


def asked_last(history: History, step: str, ask: str) -> str:
    """What the last move of a step said under one ask."""
    for move in reversed(history.moves):
        if move.step == step:
            return str(history.payloads[move.pk].get(ask, ""))
    return ""


def lines_of(events: Sequence[Event]) -> list[str]:
    """A timeline as plain lines, as commands print it."""
    return [
        f"{event.number:>3}  {event.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}  {event.label}"
        f"  [{event.who}]"
        + "".join(f"\n     {label}: {value}" for label, value in event.facts)
        + "".join(f"\n     → {due.label}: {due.effective or '—'}" for due in event.due)
        for event in events
    ]


def is_staff(viewer: Viewer) -> bool:
    return viewer.account is not None
