"""The one timeline and the one shape of a due date, for every kind of matter."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils import dateformat
from django.utils.translation import gettext as _, pgettext

from yipanqi.core import standing, terms, veil
from yipanqi.core.calendar import for_showing
from yipanqi.core.counting import SHANGHAI, day_of, remaining
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.labels import field_says
from yipanqi.core.models import Matter, Move, Term
from yipanqi.core.procedure import Ask, Kind, Procedure, Role, Step, TermSpec
from yipanqi.organisations.models import Area, Category, Part, Posting, Unit

READABLE = (Kind.TEXT, Kind.LINE, Kind.CHOICE, Kind.DATE, Kind.MOMENT, Kind.NUMBER, Kind.TICK)
UNIT_KINDS = (Kind.UNIT, Kind.UNITS, Kind.CO_UNIT, Kind.PARTS, Kind.REVIEWER)


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
    over: bool = False  # a time in which one might do something, and nobody did: it makes nobody late


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
    """A document that a step produced, and the unit whose words it bears.

    `move` is the one whose words they are: the number hangs on it, and `dated` is its moment; `parts` are the words under
    the names of what was asked, without one where there is a single text. `by` is the unit that made it; `to` the one to which it
    goes, empty where it goes to the submitter. `open`: it waits to be served. `record`: it is the record of a service.
    """

    kind: str
    title: str
    text: str
    at: dt.datetime
    unit: str = ""
    move: UUID | None = None
    dated: dt.datetime | None = None
    parts: tuple[tuple[str, str], ...] = ()
    to: str = ""
    by: UUID | None = None
    open: bool = False
    record: bool = False


@dataclass(frozen=True)
class PartView:
    """A unit's part, living or former; of a co-unit also what it is asked and how far that is."""

    role: str
    unit: str
    since: dt.datetime
    until: dt.datetime | None
    left_because: str
    asked: str = ""
    due: DueView | None = None
    problem: bool = False  # it holds the work up, and is not solved yet


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
    covered: dict[int, str] = field(default_factory=dict)  # posts that somebody stood in for


def history_of(matter: Matter) -> History:
    """Read a matter's moves, payloads, terms and the names in them, in six statements."""
    moves = list(Move.objects.filter(matter=matter).select_related("payload").order_by("number"))
    payloads = {m.pk: json.loads(m.payload.body) if hasattr(m, "payload") else {} for m in moves}
    limited = Term.objects.filter(matter=matter).select_related("limit", "started_by")
    own = list(limited.order_by("started_by__number", "id"))
    history = History(matter, procedure_of(matter), moves, own, payloads)
    standing.know(matter, moves, own)
    units = {m.actor_unit for m in moves if m.actor_unit}
    accounts = {m.actor_account for m in moves if m.actor_account}
    wanted: dict[Kind, set[str]] = {}
    for move in moves:
        step = history.procedure.step.get(move.step)
        for ask in step.asks if step else ():
            value = payloads[move.pk].get(ask.name)
            if value:
                kind = Kind.UNITS if ask.kind == Kind.SHARES else ask.kind
                items = value if isinstance(value, list) else [str(value)]
                wanted.setdefault(kind, set()).update(_unit_of(item) for item in items)
    ids = units | {UUID(v) for k in UNIT_KINDS for v in wanted.get(k, ())}
    history.names |= {str(u.pk): str(u) for u in Unit.objects.filter(pk__in=ids)}
    if wanted.get(Kind.CATEGORY):
        history.names |= {c.pk: str(c) for c in Category.objects.filter(pk__in=wanted[Kind.CATEGORY])}
    if wanted.get(Kind.AREA):
        history.names |= {a.pk: str(a) for a in Area.objects.filter(pk__in=wanted[Kind.AREA])}
    for posting in Posting.objects.filter(account__in=accounts, unit__in=units).order_by("-id"):
        history.posts[(posting.account_id, posting.unit_id)] = posting.post
    covered = {payload["stands_in"] for payload in payloads.values() if "stands_in" in payload}
    if covered:
        history.covered = {p.pk: p.post for p in Posting.objects.filter(pk__in=covered)}
    return history


def _unit_of(item: Any) -> str:
    """The unit that an item of a payload names; a share names one among other things."""
    return str(item["unit"] if isinstance(item, dict) else item)


def due_view(term: Term, spec: TermSpec, at: dt.datetime, *, public: bool) -> DueView:
    """A term as people see it at a moment."""
    left, late = 0, 0
    if term.state == Term.RUNNING:
        left, late = terms.time_left(spec, term, at, for_showing(), public=public)
    elif term.ended_at and term.late and term.due_effective:
        late = max((day_of(term.ended_at) - term.due_effective).days, 1)
    ended = term.state in (Term.MET, Term.LAPSED, Term.DROPPED)
    return DueView(
        code=term.code,
        label=str(spec.plain if public else spec.label),
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
        over=term.state == Term.LAPSED and bool(spec.lapse),
    )


def part_due(part: Part, at: dt.datetime, *, label: str = "") -> DueView | None:
    """The date by which a co-unit owes its part, as people see it; None where it owes nothing."""
    if part.due_at is None:
        return None
    due = day_of(part.due_at - dt.timedelta(microseconds=1))
    done = part.done_at
    left, late = remaining(today=day_of(done or at), due=due, calendar=for_showing())
    return DueView(
        code="part",
        label=label or _("协办"),
        effective=due,
        raw=due,
        working_days_left=0 if done else left,
        late_by=late,
        paused=False,
        met=(late == 0) if done else None,
        running=done is None,
        provisional=False,
        basis="",
        lines=[],
        ended_at=done,
        dropped=part.until is not None and done is None,
    )


def _value(history: History, ask: Ask, value: Any, *, public: bool) -> str:
    if ask.kind == Kind.CHOICE:
        return next((str(label) for code, label in ask.choices if code == value), str(value))
    if ask.kind in (Kind.UNIT, Kind.CO_UNIT, Kind.REVIEWER, Kind.CATEGORY, Kind.AREA):
        return history.names.get(str(value), str(value))
    if ask.kind in (Kind.UNITS, Kind.PARTS):
        return _("、").join(history.names.get(str(v), str(v)) for v in value)
    if ask.kind == Kind.SHARES:
        return _("；").join(_share(history, item, public=public) for item in value)
    return _plainly(ask, value)


def _plainly(ask: Ask, value: Any) -> str:
    """A value that names nothing else."""
    if ask.kind == Kind.DATE and value:
        return _day(value)
    if ask.kind == Kind.MOMENT:
        return f"{dt.datetime.fromisoformat(value).astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    if ask.kind == Kind.TICK:
        return _("是") if value else _("否")
    return str(value)


def _day(value: Any) -> str:
    return dateformat.format(dt.date.fromisoformat(str(value)), pgettext("date format", "Y年n月j日"))


def _share(history: History, item: Any, *, public: bool) -> str:
    """A unit with what it is asked; what units ask of each other is no matter of the submitter's."""
    name = history.names.get(_unit_of(item), "")
    if public or not isinstance(item, dict):
        return name
    told = [str(item[key]) for key in ("asked", "until") if item.get(key)]
    return _("%(unit)s（%(asked)s）") % {"unit": name, "asked": _("，").join(told)} if told else name


def _who(history: History, move: Move, *, public: bool) -> str:
    if move.actor_role == Role.SUBMITTER:
        return _("您") if public else _("本人")
    if move.actor_role == Role.SYSTEM or move.actor_unit is None:
        return _("系统")
    unit = history.names.get(str(move.actor_unit), "")
    covered = history.payloads[move.pk].get("stands_in")
    if covered is not None:
        return _("%(unit)s %(post)s（代办）") % {"unit": unit, "post": history.covered.get(covered, "")}
    post = history.posts.get((move.actor_account, move.actor_unit), "") if move.actor_account else ""
    return f"{unit} {post}".strip()


def timeline(history: History, *, at: dt.datetime, public: bool, sender: bool = False) -> list[Event]:
    """The events. `public` is the submitter's view: only steps with a plain line, in plain words, never a name of
    an officer; staff see every step but those still veiled (trust-and-ux H6). Events are numbered as if what is veiled
    were not there, for everybody: the numbers are those of `veil.told`. What is meant for the `sender` alone (a proof
    of service may name who signed for it; that something was split off may be a complaint about the handler) is told
    nobody else."""
    events, number, hidden = [], 0, veil.veiled(history.matter)
    uncounted = veil.uncounted(history.matter)
    for move in history.moves:
        step = history.procedure.step[move.step]
        number += move.number not in uncounted
        if public and step.plain is None:
            continue
        if not public and (move.number in hidden or (step.for_sender and not sender)):
            continue
        payload = history.payloads[move.pk]
        facts = [
            (str(ask.label), _value(history, ask, payload[ask.name], public=public))
            for ask in step.asks
            if payload.get(ask.name) not in (None, "", []) and _is_told(ask, public=public, sender=sender)
        ]
        if public and move.step in ("answer", "clear"):
            facts = []  # an answer is the submitter's once it is served
        own = [t for t in _told_terms(history, public=public) if t.started_by_id == move.pk]
        events.append(
            Event(
                number=number,
                at=move.at,
                step=move.step,
                label=str(step.plain if public and step.plain else step.label),
                who=_who(history, move, public=public),
                facts=facts,
                due=[due_view(t, history.procedure.term[t.code], at, public=public) for t in own],
                mine=move.actor_role == Role.SUBMITTER,
            )
        )
    return events


def _told_terms(history: History, *, public: bool) -> list[Term]:
    """The limits; where the submitter looks, without what units owe each other beside the work."""
    between = {spec.code for spec in history.procedure.terms if spec.beside and not spec.owed}
    return [t for t in history.terms if not (public and t.code in between)]


def _is_told(ask: Ask, *, public: bool, sender: bool) -> bool:
    """Whether an answer stands on this timeline."""
    return ask.told and (ask.shown or sender) and (ask.public or not public)


def without_words(events: Sequence[Event]) -> list[Event]:
    """The events with nothing of what was said in them: what happened when, and by whom."""
    return [replace(event, facts=[]) for event in events]


def open_dues(history: History, *, at: dt.datetime, public: bool) -> list[DueView]:
    """The limits that run or stand still now, the earliest first."""
    found = [
        due_view(t, history.procedure.term[t.code], at, public=public)
        for t in _told_terms(history, public=public)
        if t.state in (Term.RUNNING, Term.PAUSED)
    ]
    return sorted(found, key=lambda d: d.effective or dt.date.max)


def documents(
    history: History, *, public: bool = False, sees_proof: Callable[[Move], bool] = lambda _move: False
) -> list[DocumentView]:
    """What was served or told in writing: steps that produce a document, and after what was served by a lawful method
    the record of that. The text of a served answer is that of the last answer before it; one in which nothing is written
    is no document. `public`: what goes to the submitter alone, for units write to each other too. `sees_proof`: whether
    who signed, refused or witnessed a service stands in its record."""
    found: list[DocumentView] = []
    answer: Move | None = None
    units: dict[str, str] = {}
    for move in history.moves:
        step, payload = history.procedure.step[move.step], history.payloads[move.pk]
        if move.step == "answer":
            answer = move
        if step.produces is not None and (step.plain is not None or not public):
            words = answer if move.step == "serve" and answer is not None else move
            to = _addressed(history, move, units)
            made = _document(history, str(step.produces), words, move, to, public=public)
            if made.text and not (public and made.to):
                found.append(made)
                if is_record(step):
                    found.append(_record(history, made, move, full=sees_proof(move)))
        units |= _units_so_far(history, move, payload)
    waiting = history.procedure.step.get("serve")
    if not public and answer and waiting and waiting.produces and history.matter.state in waiting.sources:
        made = _document(history, str(waiting.produces), answer, answer, "")
        found.append(replace(made, kind="answer", open=True))
    return found


def _document(
    history: History, title: str, words: Move, move: Move, to: str, *, public: bool = False
) -> DocumentView:
    step, payload = history.procedure.step[words.step], history.payloads[words.pk]
    return DocumentView(
        kind=move.step,
        title=title,
        text=written(step, payload, public=public),
        at=move.at,
        unit=history.names.get(str(words.actor_unit), ""),
        move=words.pk,
        dated=words.at,
        parts=said_in(step, payload, public=public),
        to=to,
        by=words.actor_unit,
    )


def _units_so_far(history: History, move: Move, payload: Mapping[str, Any]) -> dict[str, str]:
    """Who has which part after a move, as moves tell: whoever acts in one, and the unit that a step names."""
    told = {move.actor_role: history.names.get(str(move.actor_unit), "")} if move.actor_unit else {}
    for ask in history.procedure.step[move.step].asks:
        if ask.kind == Kind.UNIT and payload.get(ask.name):
            told[Role.LEAD.value] = history.names.get(str(payload[ask.name]), "")
    return told


def _addressed(history: History, move: Move, units: Mapping[str, str]) -> str:
    """The unit to which a document goes: the one that its step names, else who is told; nothing for a submitter."""
    step, payload = history.procedure.step[move.step], history.payloads[move.pk]
    named = [a for a in step.asks if a.kind == Kind.UNIT and payload.get(a.name)]
    if named:
        return history.names.get(str(payload[named[0].name]), "")
    if Role.SUBMITTER in step.tells:
        return ""
    return next((units[role.value] for role in step.tells if units.get(role.value)), "")


def is_record(step: Step) -> bool:
    """Whether a step says how something was served by the law, of which a record is kept (送达回证)."""
    return {"method", "served_on", "witness"} <= {ask.name for ask in step.asks}


def _record(history: History, of: DocumentView, move: Move, *, full: bool) -> DocumentView:
    """The record of a service. Who signed, refused or witnessed it is for those who see the proof of it."""
    payload = history.payloads[move.pk]
    names = ("method", "announced_on", "served_on", "proof", "refusal", "witness")
    asks = [ask for ask in history.procedure.step[move.step].asks if ask.name in names]
    facts = tuple(
        (str(ask.label), _in_words(ask, payload[ask.name]))
        for ask in asks
        if payload.get(ask.name) and (ask.shown or full)
    )
    text = "\n".join(field_says(label, value) for label, value in facts)
    unit = history.names.get(str(move.actor_unit), "")
    return replace(
        of,
        kind="service",
        title=_("送达回证"),
        text=text,
        unit=unit,
        parts=facts,
        dated=move.at,
        by=move.actor_unit,
        record=True,
    )


def provable(history: History) -> list[tuple[Move, frozenset[str]]]:
    """The moves that the submitter sees, each with the names of the fields of its payload that they are told: what a
    receipt may hold. Of fields that name units or files in codes nobody is told the code."""
    found, answers = [], _served_answers(history)
    for move in history.moves:
        step = history.procedure.step[move.step]
        if step.plain is None:
            continue
        payload = history.payloads[move.pk]
        names = {a.name for a in step.asks if _is_told(a, public=True, sender=False)}
        if move.step in ("answer", "clear"):
            names = set()
        if move.pk in answers or (step.produces is not None and move.step != "serve"):
            names |= {a.name for a in step.shown_asks if a.kind in (Kind.TEXT, Kind.CHOICE) and a.public}
        names &= {a.name for a in step.asks if a.kind in READABLE}
        if step.initial:
            names |= {"submission", "files"}
        found.append((move, frozenset(names & payload.keys())))
    return found


def _served_answers(history: History) -> set[UUID]:
    """The answers whose text was served: the last before each service."""
    served, last = set(), None
    for move in history.moves:
        if move.step == "answer":
            last = move.pk
        elif move.step == "serve" and last is not None:
            served.add(last)
    return served


def written(step: Step, payload: Mapping[str, Any], *, public: bool = False) -> str:
    """What a step puts in writing: its text; where it asks for several, each under its name with what was chosen."""
    return "\n".join(
        field_says(label, text) if label else text for label, text in said_in(step, payload, public=public)
    )


def said_in(step: Step, payload: Mapping[str, Any], *, public: bool = False) -> tuple[tuple[str, str], ...]:
    """The parts of what a step puts in writing, each under its name; a single text has none."""
    kinds = (Kind.TEXT, Kind.CHOICE, Kind.DATE, *((Kind.LINE,) if step.labelled else ()))
    asks = [a for a in step.shown_asks if a.kind in kinds and a.written and payload.get(a.name)]
    asks = [ask for ask in asks if ask.public or not public]
    texts = [ask for ask in asks if ask.kind == Kind.TEXT]
    if len(texts) < 2 and not step.labelled:
        return tuple(("", str(payload[ask.name])) for ask in texts)
    return tuple((str(ask.label), _in_words(ask, payload[ask.name])) for ask in asks)


def _in_words(ask: Ask, value: Any) -> str:
    """A choice or a day as a document says it."""
    if ask.kind == Kind.DATE:
        return _day(value)
    return str(dict(ask.choices).get(value, value))


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
