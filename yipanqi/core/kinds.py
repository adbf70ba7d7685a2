"""The register of kinds of matter. Domains register; `core` knows nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from yipanqi.core.gate import Actor, Channel, Viewer
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
    # Code by code: days by which the step makes the term longer.
    extensions: dict[str, int] = field(default_factory=dict)


Effect = Callable[[Taking], None]


@dataclass(frozen=True)
class Kind:
    """What a domain tells the engine about its matters.

    `subjects` loads (and locks) the subjects of matters; `units` says which units play a part; `visible` is the
    gate's clause (None: nothing), whose third argument says that open matters alone are looked for; `present` shapes one matter; `effects` run inside the transaction of a step,
    after the checks and before the move is written.
    """

    procedure: Procedure
    subjects: Callable[[Iterable[UUID]], Mapping[UUID, Any]]
    units: Callable[[Any, Role], tuple[UnitRef, ...]]
    visible: Callable[[Viewer, Channel, bool], Q | None]
    present: Callable[[Matter, Viewer, Channel], Any]
    effects: Mapping[str, Effect] = field(default_factory=dict)
    versions: tuple[Procedure, ...] = ()

    def at_version(self, version: int) -> Procedure:
        return next(p for p in (self.procedure, *self.versions) if p.version == version)


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Register a kind of matter under its procedure's code."""
    _kinds[kind.procedure.code] = kind


def all_kinds() -> tuple[Kind, ...]:
    return tuple(_kinds.values())


def kind_of(matter: Matter) -> Kind:
    return _kinds[matter.procedure]


def kind_named(code: str) -> Kind:
    return _kinds[code]


def procedure_of(matter: Matter) -> Procedure:
    """The procedure in the version the matter began with."""
    return kind_of(matter).at_version(matter.version)
