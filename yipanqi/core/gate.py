"""The one gate: what a viewer may find, and what of it they see. The default is nothing.

`visible` is the WHERE clause of every list, count, facet, search and export over matters; `present` shapes one matter
for a page, an answer or a message. `core` knows nobody: domains register their kinds (core/kinds.py).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Q

from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role


class Channel(StrEnum):
    """Through which door something is shown."""

    PORTAL = "portal"
    DESK = "desk"
    API = "api"
    COMMAND = "command"
    FIGURES = "figures"


NOTHING = Q(pk__in=[])


class Live(IntEnum):
    """Whether open matters alone are looked for, which are found without a look at what the years have closed: by the
    parts that the viewer's units have in them; or matter by matter along another order, for a viewer who finds many."""

    NO = 0
    OPEN = 1
    WALKED = 2


@dataclass(frozen=True)
class Cover:
    """A post that a viewer covers for somebody who is absent, with the capabilities it has over its unit."""

    posting: int
    unit: UUID
    path: str
    capabilities: frozenset[str]


@dataclass(frozen=True)
class Viewer:
    """Who looks: staff with capabilities in scopes of units, or a submitter who proved a secret; or nobody.

    A scope is a unit's path in the managing order: it reaches that unit and all below. `proved` holds the matters
    whose secret was shown; `own_secret` those whose secret nobody else has handed out.
    """

    account: UUID | None = None
    unit: UUID | None = None
    capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    proved: frozenset[UUID] = frozenset()
    own_secret: frozenset[UUID] = frozenset()
    system: bool = False
    covers: tuple[Cover, ...] = ()  # what is in `capabilities` for somebody else's post
    own: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # and what is not, where there are covers
    seats: tuple[str, ...] = ()  # the paths of the units of all posts, held or covered, whatever these may

    def covering(self, capability: str, path: str) -> Cover | None:
        """The covered post by which alone the viewer has the capability over this unit; None where by their own."""
        if any(path.startswith(scope) for scope in self.own.get(capability, ())):
            return None
        return next(
            (c for c in self.covers if capability in c.capabilities and path.startswith(c.path)), None
        )

    def reaches(self, capability: str, path: str | None) -> bool:
        """Whether the viewer has the capability over the unit with this path."""
        return path is not None and any(
            path.startswith(scope) for scope in self.capabilities.get(capability, ())
        )

    def has(self, capability: str) -> bool:
        return bool(self.capabilities.get(capability))

    @property
    def key(self) -> Hashable:
        """Everything that a clause of the gate may look at: viewers with the same key find the same."""
        rights = (frozenset(self.capabilities.items()), frozenset(self.own.items()), self.covers)
        return self.account, self.unit, rights, self.proved, self.own_secret, self.system, self.seats


NOBODY = Viewer()


@dataclass(frozen=True)
class Actor:
    """Who acts, in which part. A submitter has no account; the system has neither account nor unit."""

    viewer: Viewer
    role: Role | None = None  # None: whichever part of the step the viewer's capabilities give

    @property
    def is_system(self) -> bool:
        return self.viewer.system


SYSTEM = Actor(Viewer(system=True), Role.SYSTEM)


Wall = Callable[[Viewer], Q | None]
_walls: list[Wall] = []


def register_wall(wall: Wall) -> None:
    """Have a clause over `Matter` stand before every kind: what it does not let through a viewer finds nowhere, whatever
    their kind would show them. None: it stands before none of the viewer's matters."""
    if wall not in _walls:
        _walls.append(wall)


def visible(viewer: Viewer, channel: Channel, *, live: Live = Live.NO, procedures: Iterable[str] = ()) -> Q:
    """The WHERE clause over `Matter` of everything the viewer may find through this channel. `live` is for lists of
    open matters: the same matters, found without a look at what the years have closed. `procedures` is for lists of
    some kinds. Kinds that are found alike share one clause: an OR of three alike the planner would gather thrice."""
    from yipanqi.core.kinds import all_kinds

    wanted = frozenset(procedures)
    kinds = [kind for kind in all_kinds() if not wanted or kind.procedure.code in wanted]
    return _alike([(kind.procedure.code, kind.visible) for kind in kinds], viewer, channel, live)


def kinds_alike() -> list[tuple[str, ...]]:
    """The procedures in groups whose matters are found alike: a list of one group is found by its viewer's parts, where
    one of all would be an OR, which the planner can only look through whole."""
    from yipanqi.core.kinds import all_kinds

    return [tuple(codes) for codes in _by_finder((k.procedure.code, k.visible) for k in all_kinds()).values()]


def readable(viewer: Viewer, channel: Channel) -> Q:
    """The WHERE clause over `Matter` of everything whose text the viewer reads as it is. A search looks into the text
    of these alone: whoever must open a text must not learn by searching what it says (trust-and-ux S5)."""
    from yipanqi.core.kinds import all_kinds

    return _alike([(kind.procedure.code, kind.reads) for kind in all_kinds()], viewer, channel)


def _by_finder(
    finders: Iterable[tuple[str, Callable[..., Q | None]]],
) -> dict[Callable[..., Q | None], list[str]]:
    alike: dict[Callable[..., Q | None], list[str]] = {}
    for code, finder in finders:
        alike.setdefault(finder, []).append(code)
    return alike


def _alike(finders: Iterable[tuple[str, Callable[..., Q | None]]], *asked: Any) -> Q:
    clause = NOTHING
    for finder, codes in _by_finder(finders).items():
        found = finder(*asked)
        if found is not None:
            clause |= Q(procedure__in=codes) & found
    return _walled(clause, asked[0])


def _walled(clause: Q, viewer: Viewer) -> Q:
    for wall in _walls:
        let_through = wall(viewer)
        if let_through is not None:
            clause &= let_through
    return clause


def find(matter_id: UUID, viewer: Viewer, channel: Channel) -> Matter | None:
    """The matter, if the viewer may find it."""
    return Matter.objects.filter(visible(viewer, channel), pk=matter_id).first()


def present(matter: Matter, viewer: Viewer, channel: Channel) -> Any:
    """The shape in which this viewer sees this matter; what the kind registered decides. The caller has found it."""
    from yipanqi.core.kinds import kind_of

    return kind_of(matter).present(matter, viewer, channel)
