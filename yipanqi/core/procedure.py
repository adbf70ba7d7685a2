"""Procedures as values: states, steps, terms, and the proof of their graph.

Buttons, step forms, API steps, the state constraint, notices, diagrams and the test matrix are derived from these
values and never written twice (docs/architecture.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label

PRACTICE = "practice"


class Role(StrEnum):
    """What part somebody has in a matter."""

    SUBMITTER = "submitter"
    SENDER = "sender"  # the unit that took the matter in and sends it on
    LEAD = "lead"
    CO = "co"
    SYSTEM = "system"


class Kind(StrEnum):
    """What an ask wants: decides how it is read, checked and shown in a form."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    NUMBER = "number"
    TICK = "tick"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"
    AREA = "area"
    MILESTONE = "milestone"


@dataclass(frozen=True)
class Ask:
    """One thing a step asks of the person who takes it."""

    name: str
    label: Label
    kind: Kind = Kind.TEXT
    required: bool = True
    choices: tuple[tuple[str, Label], ...] = ()
    hint: Label | None = None
    longest: int = 5000
    shown: bool = True  # False: on the sender's timeline alone, never on the submitter's or a handler's
    told: bool = True  # False: kept in the payload, on nobody's timeline
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Condition:
    """A named predicate on the matter's subject, with the sentence that is shown when it does not hold."""

    code: str
    holds: Callable[[Any], bool]
    otherwise: Label


@dataclass(frozen=True)
class State:
    """A state; `waits_for` says whose move it is, `no_term` why no limit runs where none does."""

    code: str
    label: Label
    plain: Label  # for the resident
    waits_for: Role | None = None
    open: bool = True
    no_term: str = ""


@dataclass(frozen=True)
class TermSpec:
    """A time limit of a procedure. Its amount is a dated row (`core.Limit`), seeded from `limits`."""

    code: str
    label: Label
    who: Role
    plain: Label  # what it means for the resident
    lapse: tuple[str, ...] = ()  # system steps that are tried, in order, when it ends unmet
    own_date: bool = (
        False  # the due date is given by the step or the subject; the limit is the longest allowed
    )


@dataclass(frozen=True)
class LimitSeed:
    """The first dated row of a limit: amount in `unit`, with its basis or the word practice."""

    code: str
    amount: int
    unit: Unit
    basis: Label
    practice: bool = True
    valid_from: str = "2020-01-01"


@dataclass(frozen=True)
class Step:
    """A step: who may take it from which states to which, what it asks, which terms it moves, whom it tells."""

    name: str
    label: Label
    does: Label  # what it will do, in the words of the button's explanation
    sources: frozenset[str]
    target: str | None  # None: the state stays
    by: tuple[Role, ...]
    needs: str = ""  # capability of staff; empty for submitter and system
    asks: tuple[Ask, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()  # the limit was met (or lapses, when it is late)
    drops: tuple[str, ...] = ()  # the limit no longer matters
    pauses: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    extends: str = ""  # term that is made longer by the pending request's `days`
    requests: str = ""  # opens a request that another party decides
    decides: str = ""  # decides the pending request of that name
    decider: Role = Role.SENDER  # for `requests`: whose decision it is
    while_pending: bool = False  # may be taken while a request is open (which stays open)
    within: str = ""  # may be taken only while this term runs and is not late
    when: tuple[Condition, ...] = ()
    produces: Label | None = None  # the document that comes of it
    tells: tuple[Role, ...] = ()
    plain: Label | None = None  # its line on the submitter's timeline; None: not shown there
    veiled_until: str = ""  # staff do not see it before this term has ended (trust-and-ux H6)
    basis: str = PRACTICE

    @property
    def initial(self) -> bool:
        return not self.sources

    @property
    def shown_asks(self) -> tuple[Ask, ...]:
        return tuple(ask for ask in self.asks if ask.shown)


class ProcedureError(ValueError):
    """The graph of a procedure is wrong."""


@dataclass(frozen=True)
class Procedure:
    """A versioned value. A matter keeps the version it began with."""

    code: str
    version: int
    label: Label
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    terms: tuple[TermSpec, ...]
    limits: tuple[LimitSeed, ...]
    state: Mapping[str, State] = field(init=False, repr=False)
    step: Mapping[str, Step] = field(init=False, repr=False)
    term: Mapping[str, TermSpec] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", {s.code: s for s in self.states})
        object.__setattr__(self, "step", {s.name: s for s in self.steps})
        object.__setattr__(self, "term", {t.code: t for t in self.terms})
        faults = graph_faults(self)
        if faults:
            raise ProcedureError(f"{self.code} v{self.version}: " + "; ".join(faults))

    def steps_from(self, state: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if state in step.sources)

    def target(self, step: Step, state: str) -> str:
        return step.target or state

    @property
    def initial(self) -> Step:
        return next(step for step in self.steps if step.initial)


def graph_faults(procedure: Procedure) -> list[str]:
    """What is wrong with the graph: unknown names, unreachable states, dead ends, open states without a term."""
    faults = _name_faults(procedure)
    if faults:
        return faults
    edges = {(source, procedure.target(step, source)) for step in procedure.steps for source in step.sources}
    initials = [step for step in procedure.steps if step.initial]
    if len(initials) != 1 or initials[0].target is None:
        return ["there must be exactly one initial step, with a target"]
    reached = _closure({initials[0].target}, edges)
    faults += [f"state {s.code} is never reached" for s in procedure.states if s.code not in reached]
    ends = {s.code for s in procedure.states if not s.open}
    back = _closure(ends, {(b, a) for a, b in edges})
    faults += [f"state {s.code} has no way to an end" for s in procedure.states if s.code not in back]
    faults += [f"closed state {a} has a step out of it" for a, b in sorted(edges) if a in ends and a != b]
    running = running_terms(procedure)
    for state in procedure.states:
        if state.open and not state.no_term and frozenset() in running.get(state.code, set()):
            faults.append(f"open state {state.code} can be reached with no term running and gives no reason")
    return faults


def _name_faults(procedure: Procedure) -> list[str]:
    states, terms = set(procedure.state), set(procedure.term)
    faults = []
    if len(states) != len(procedure.states) or len(procedure.step) != len(procedure.steps):
        faults.append("a name is used twice")
    requests = {step.requests for step in procedure.steps if step.requests}
    for step in procedure.steps:
        used = {step.target} - {None} | set(step.sources)
        faults += [f"{step.name}: unknown state {name}" for name in sorted(used - states, key=str)]
        named = {
            *step.starts,
            *step.stops,
            *step.drops,
            *step.pauses,
            *step.resumes,
            step.extends,
            step.within,
        }
        named = (named | {step.veiled_until}) - {""}
        faults += [f"{step.name}: unknown term {name}" for name in sorted(named - terms)]
        if step.decides and step.decides not in requests:
            faults.append(f"{step.name}: nothing requests {step.decides}")
        if not step.by:
            faults.append(f"{step.name}: nobody may take it")
        staff = set(step.by) & {Role.SENDER, Role.LEAD, Role.CO}
        if bool(staff) != bool(step.needs):
            faults.append(f"{step.name}: a step of staff needs a capability, and no other does")
    for term in procedure.terms:
        faults += [f"term {term.code}: unknown step {s}" for s in term.lapse if s not in procedure.step]
        if term.code not in {limit.code for limit in procedure.limits}:
            faults.append(f"term {term.code}: no limit")
    return faults


def _closure(start: set[str], edges: set[tuple[str, str]]) -> set[str]:
    reached, frontier = set(start), set(start)
    while frontier:
        frontier = {b for a, b in edges if a in frontier} - reached
        reached |= frontier
    return reached


def running_terms(procedure: Procedure) -> dict[str, set[frozenset[str]]]:
    """For each state, every set of terms that can be running (not paused) in it, by walking the graph."""
    seen: set[tuple[str, frozenset[str], frozenset[str]]] = set()
    first = procedure.initial
    todo = [(str(first.target), frozenset(first.starts), frozenset[str]())]
    while todo:
        item = todo.pop()
        if item in seen:
            continue
        seen.add(item)
        state, running, paused = item
        for step in procedure.steps_from(state):
            target = procedure.target(step, state)
            ended = {*step.stops, *step.drops}
            now_paused = (paused | (running & set(step.pauses))) - set(step.resumes) - ended
            now = ((running - set(step.pauses)) | (paused & set(step.resumes)) | set(step.starts)) - ended
            now |= frozenset(step.starts)
            if not procedure.state[target].open:
                now, now_paused = frozenset(), frozenset()
            todo.append((target, frozenset(now), frozenset(now_paused - frozenset(step.starts))))
    result: dict[str, set[frozenset[str]]] = {}
    for state, running, _ in seen:
        result.setdefault(state, set()).add(running)
    return result
