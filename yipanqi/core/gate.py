"""The one gate: what a viewer may find, and what of it they see. The default is nothing.

`visible` is the WHERE clause of every list, count, facet, search and export over matters; `present` shapes one matter
for a page, an answer or a message. `core` knows nobody: domains register their kinds (core/kinds.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
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

    def reaches(self, capability: str, path: str | None) -> bool:
        """Whether the viewer has the capability over the unit with this path."""
        return path is not None and any(
            path.startswith(scope) for scope in self.capabilities.get(capability, ())
        )

    def has(self, capability: str) -> bool:
        return bool(self.capabilities.get(capability))


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


def visible(viewer: Viewer, channel: Channel, *, live: bool = False, procedure: str = "") -> Q:
    """The WHERE clause over `Matter` of everything the viewer may find through this channel. `live` is for lists of
    open matters: the same matters, found without a look at what the years have closed. `procedure` is
    for lists of one kind."""
    from yipanqi.core.kinds import all_kinds

    clause = NOTHING
    for kind in all_kinds():
        found = kind.visible(viewer, channel, live)
        if found is not None and procedure in ("", kind.procedure.code):
            clause |= Q(procedure=kind.procedure.code) & found
    return clause


def find(matter_id: UUID, viewer: Viewer, channel: Channel) -> Matter | None:
    """The matter, if the viewer may find it."""
    return Matter.objects.filter(visible(viewer, channel), pk=matter_id).first()


def present(matter: Matter, viewer: Viewer, channel: Channel) -> Any:
    """The shape in which this viewer sees this matter; what the kind registered decides. The caller has found it."""
    from yipanqi.core.kinds import kind_of

    return kind_of(matter).present(matter, viewer, channel)
