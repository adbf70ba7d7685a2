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
    SUPERIOR = "superior"  # the common superior of units that dispute, as long as it has to decide
    SYSTEM = "system"


class Kind(StrEnum):
    """What an ask wants: decides how it is read, checked and shown in a form."""

    LINE = "line"
    TEXT = "text"
    CHOICE = "choice"
    DATE = "date"
    MOMENT = "moment"  # a day and a time of day, as the city's clocks have it
    NUMBER = "number"
    TICK = "tick"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"
    AREA = "area"
    MILESTONE = "milestone"
    TARGET = "target"
    SHARES = "shares"  # several units, each with what it is asked to do and by when
    FILES = "files"  # some of the files that came with it
    CO_UNIT = "co_unit"  # one of the units that help already
    STATUTORY = "statutory"  # a line of the departments' lists of statutory paths
    REVIEWER = "reviewer"  # one of the units that may lawfully review what was decided
    REASON = "reason"  # one of the reasons that are on record for what is asked
    PARTS = "parts"  # some of the units that have a part in it: they are told


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
    written: bool = True  # False: on the timeline, not in the document that the step produces
    public: bool = True  # False: among units alone, never on the submitter's timeline
    only_with: str = ""  # "ask=choice": what it is about; on a page it appears when that is chosen
    mentions: bool = False  # the units that are chosen in it are told, though they have no part
    beside: str = (
        ""  # another ask of the step: where there is nothing to choose in it, this is not asked either
    )
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True)
class Condition:
    """A named predicate on the matter's subject, with the sentence that is shown when it does not hold."""

    code: str
    holds: Callable[[Any], bool]
    otherwise: Label
    quiet: bool = False  # what most matters have nothing to do with: a step that waits for it is not listed
    which: Callable[[Any], str] | None = None  # what stands in the way, told at the end of the sentence
    found: Callable[[], Any] | None = None  # the same as a clause (Q) over `Matter`, for lists

    def why_not(self, subject: Any) -> str:
        """The sentence for a subject of which it does not hold."""
        return f"{self.otherwise}{self.which(subject) if self.which else ''}"


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
    beside: bool = False  # runs beside the work, whatever its state: no open state may rest on it alone
    owed: bool = False  # to the submitter, who is told of it though it runs beside the work
    optional: bool = False  # no law sets it: it runs only from the day on which an administrator turned it on


@dataclass(frozen=True)
class LimitSeed:
    """The first dated row of a limit: amount in `unit`, with its basis or the word practice."""

    code: str
    amount: int
    unit: Unit
    basis: Label
    practice: bool = True
    valid_from: str = "2020-01-01"
    off: bool = False  # of an optional term: nobody has turned it on yet


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
    sender_needs: str = ""  # the sender's, where it is another than the lead's
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
    rules: bool = (
        False  # decides what others have prepared and nobody asked for by a request: it waits in one list
    )
    while_pending: bool = False  # may be taken while a request is open (which stays open)
    within: str = ""  # may be taken only while this term runs and is not late
    when: tuple[Condition, ...] = ()
    fulfils: Condition | None = None  # what others wait for: it stands first until that holds
    produces: Label | None = None  # the document that comes of it
    labelled: bool = False  # in which each thing stands under its name, though one alone is a text
    tells: tuple[Role, ...] = ()
    plain: Label | None = None  # its line on the submitter's timeline; None: not shown there
    veiled_until: str = ""  # staff do not see it before this term has ended (trust-and-ux H6)
    for_sender: bool = False  # on the sender's timeline and the submitter's alone, never on a handler's
    follows: bool = (
        False  # taken on a head, it is taken on all that is joined to it, and on these by no other way
    )
    tells_left: tuple[Role, ...] = ()  # who loses such a part by it is told so, with what it knew and no more
    tells_own: bool = False  # the unit of whoever takes it is told, its head among it
    aside: bool = False  # said beside the work: it overtakes nobody who is at work on a form
    apart: int = 0  # minutes that lie between two of them on a matter
    reopens: bool = False  # leads out of an end: what was closed is taken up again
    basis: str = PRACTICE
    bulk: bool = False  # may be taken on several at once: what it asks is the same for all, or a unit

    @property
    def initial(self) -> bool:
        return not self.sources

    def needed(self, role: Role) -> str:
        """The capability that staff in this part need."""
        return self.sender_needs if role == Role.SENDER and self.sender_needs else self.needs

    @property
    def is_decision(self) -> bool:
        """Whether somebody's decision is taken by it, asked for by a request or not."""
        return bool(self.decides) or self.rules

    @property
    def tells_anybody(self) -> bool:
        return (
            bool(self.tells or self.tells_left)
            or self.tells_own
            or any(ask.mentions or ask.kind == Kind.PARTS for ask in self.asks)
        )

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
        """How a matter usually begins; others (what was handled long ago) stand after it."""
        return next(step for step in self.steps if step.initial)


def graph_faults(procedure: Procedure) -> list[str]:
    """What is wrong with the graph: unknown names, unreachable states, dead ends, open states without a term."""
    faults = _name_faults(procedure)
    if faults:
        return faults
    edges = {(source, procedure.target(step, source)) for step in procedure.steps for source in step.sources}
    first = {step.target for step in procedure.steps if step.initial}
    if not first or None in first:
        return ["there must be an initial step, and each with a target"]
    reached = _closure({str(target) for target in first}, edges)
    faults += [f"state {s.code} is never reached" for s in procedure.states if s.code not in reached]
    ends = {s.code for s in procedure.states if not s.open}
    back = _closure(ends, {(b, a) for a, b in edges})
    faults += [f"state {s.code} has no way to an end" for s in procedure.states if s.code not in back]
    anew = {(source, step.target) for step in procedure.steps if step.reopens for source in step.sources}
    out = [(a, b) for a, b in sorted(edges) if a in ends and a != b]
    faults += [f"closed state {a} has a step out of it" for a, b in out if (a, b) not in anew]
    faults += [
        f"{a} to {b} opens nothing again" for a, b in sorted(anew, key=str) if a not in ends or b in ends
    ]
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
        staff = set(step.by) & {Role.SENDER, Role.LEAD, Role.CO, Role.SUPERIOR}
        if bool(staff) != bool(step.needs):
            faults.append(f"{step.name}: a step of staff needs a capability, and no other does")
        if step.veiled_until and set(step.tells) - {Role.SUBMITTER}:
            faults.append(f"{step.name}: what is under a veil tells no staff")
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
    """For each state, every set of terms that can be running (not paused) in it, by walking the graph; as the engine
    has it, an open request holds up every step but those that decide it or may be taken meanwhile. What runs beside the
    work or may be off is left out: whether it runs proves nothing, and all its combinations would be walked."""
    left_out = frozenset(term.code for term in procedure.terms if term.beside or term.optional)
    seen: set[tuple[str, str, frozenset[str], frozenset[str]]] = set()
    todo = [
        (str(step.target), step.requests, frozenset(step.starts) - left_out, frozenset[str]())
        for step in procedure.steps
        if step.initial
    ]
    while todo:
        item = todo.pop()
        if item in seen:
            continue
        seen.add(item)
        state, pending, running, paused = item
        for step in procedure.steps_from(state):
            if step.decides != pending if step.decides else (pending and not step.while_pending):
                continue
            target = procedure.target(step, state)
            now, now_paused = _moved(step, running, paused)
            waits = step.requests or ("" if step.decides else pending)
            if not procedure.state[target].open:
                waits, now, now_paused = "", frozenset(), frozenset()
            todo.append((target, waits, now - left_out, now_paused))
    result: dict[str, set[frozenset[str]]] = {}
    for state, _pending, running, _paused in seen:
        result.setdefault(state, set()).add(running)
    return result


def _moved(
    step: Step, running: frozenset[str], paused: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """What runs and what is paused after a step."""
    ended = {*step.stops, *step.drops}
    now_paused = (paused | (running & set(step.pauses))) - set(step.resumes) - ended
    now = ((running - set(step.pauses)) | (paused & set(step.resumes))) - ended
    return now | frozenset(step.starts), now_paused - frozenset(step.starts)
