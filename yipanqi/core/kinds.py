"""The register of kinds of matter. Domains register; `core` knows nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from yipanqi.core.gate import Actor, Channel, Live, Viewer
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Procedure, Role, Step

Answers = dict[str, Any]


@dataclass(frozen=True)
class UnitRef:
    """A unit as the engine needs it: id and path in the managing order."""

    id: UUID
    path: str


@dataclass
class Taking:
    """A step being taken, as an effect sees it. An effect may change the subject, the payload and own dates."""

    matter: Matter
    subject: Any
    step: Step
    answers: Answers
    by: Actor
    at: dt.datetime
    own_dates: dict[str, dt.date] = field(default_factory=dict)
    # Code by code: day zero where it is not the day of the move (service by post counts from its arrival).
    day0s: dict[str, dt.date] = field(default_factory=dict)
    # Terms that the step starts by itself and that do not begin this time.
    skips: set[str] = field(default_factory=set)
    # Code by code: days by which the step makes the term longer.
    extensions: dict[str, int] = field(default_factory=dict)
    # Further steps on the same matter, taken in the same transaction after this one's move; answers as `clean` has them.
    then: list[tuple[str, Answers]] = field(default_factory=list)


@dataclass(frozen=True)
class Words:
    """What of a matter may be searched: never what is sealed, and no text that staff do not read as its own."""

    matter: UUID
    reference: str
    title: str = ""
    text: str = ""


Effect = Callable[[Taking], None]


@dataclass(frozen=True)
class Joining:
    """How matters of a kind are handled together: some are joined to one, the head, and follow it.

    `head` is whom a subject follows; `followers` gives, of some heads, the open matters that follow each; `beside` names
    for a step, from its raw answers, the matters that must be locked with the step's own; `parting` is the system's
    step for a matter that can no longer follow.
    """

    head: Callable[[Any], UUID | None]
    followers: Callable[[Iterable[UUID]], Mapping[UUID, Sequence[UUID]]]
    beside: Mapping[str, Callable[[Mapping[str, Any]], Iterable[UUID]]]
    parting: str


@dataclass(frozen=True)
class Kind:
    """What a domain tells the engine about its matters.

    `subjects` loads (and locks) the subjects of matters; `units` says which units play a part; `visible` is the
    gate's clause (None: nothing), whose third argument says that open matters alone are looked for; `reads` that of the matters whose text
    the viewer reads without opening it, and `words` what of matters is searched (core/search.py); `present` shapes one matter; `effects` run inside the transaction of a step,
    after the checks and before the move is written.
    """

    procedure: Procedure
    subjects: Callable[[Iterable[UUID]], Mapping[UUID, Any]]
    units: Callable[[Any], Mapping[Role, Sequence[UnitRef]]]
    visible: Callable[[Viewer, Channel, Live], Q | None]
    present: Callable[[Matter, Viewer, Channel], Any]
    effects: Mapping[str, Effect] = field(default_factory=dict)
    reads: Callable[[Viewer, Channel], Q | None] = lambda _viewer, _channel: None
    words: Callable[[Iterable[UUID]], Iterable[Words]] = lambda _ids: ()
    versions: tuple[Procedure, ...] = ()
    joining: Joining | None = None
    searched: bool = True  # False: nothing of it stands in the index
    # Whether one of these matters is shut to a viewer whatever their part in it (None: none ever is).
    shut: Callable[[Iterable[UUID], Viewer], bool] | None = None
    # The parts in which a viewer takes no step of a subject's matter, whatever they may (recusal).
    barred: Callable[[Any, Viewer], Collection[Role]] = lambda _subject, _viewer: ()

    def head(self, subject: Any) -> UUID | None:
        """Whom the subject's matter follows; None where it stands by itself."""
        return self.joining.head(subject) if self.joining else None

    def at_version(self, version: int) -> Procedure:
        return next(p for p in (self.procedure, *self.versions) if p.version == version)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Register a kind of matter under its procedure's code."""
    _kinds[kind.procedure.code] = kind


def all_kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())


def all_procedures() -> Iterator[Procedure]:
    """Of every kind the procedure in force and the older ones, by which matters may still run."""
    return (procedure for kind in all_kinds() for procedure in (kind.procedure, *kind.versions))


def kind_of(matter: Matter) -> Kind:
    return _kinds[matter.procedure]


def kind_named(code: str) -> Kind:
    return _kinds[code]


def procedure_of(matter: Matter) -> Procedure:
    """The procedure in the version the matter began with."""
    return kind_of(matter).at_version(matter.version)
