"""What is handled together: matters joined to one, the head, follow it (docs/adr/0010).

A step that follows, taken on the head, is taken with the same answers on each of them that stands where the head stood:
each has a move, limits, documents and a verdict of its own. What waits for its own submitter is left in peace. What
else no longer stands where its head stands parts by itself, so that no matter is ever left with nobody to handle it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.core.errors import Conflict
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import Kind, all_kinds, procedure_of
from yipanqi.core.models import Matter, Move
from yipanqi.core.procedure import Role

Standing = tuple[str, str]  # state and pending request


@dataclass(frozen=True)
class Wish:
    """A step that somebody wants to take."""

    step: str
    by: Actor
    at: dt.datetime
    raw: Mapping[str, Any]
    seen: int | None = None


class Unlocked(Exception):
    """Matters that follow are not locked yet: everything must be locked anew, in order."""

    def __init__(self, ids: frozenset[UUID]) -> None:
        super().__init__()
        self.ids = ids


def beside(wish: Wish) -> frozenset[UUID]:
    """The matters that must be locked with those of the wish."""
    found: set[UUID] = set()
    for kind in all_kinds():
        if kind.joining and wish.step in kind.joining.beside:
            found |= set(kind.joining.beside[wish.step](wish.raw))
    return frozenset(found)


def followers_of(ids: Iterable[UUID]) -> frozenset[UUID]:
    """What follows these matters just now, whatever kind they are of."""
    heads, found = list(ids), set[UUID]()
    for followers in {kind.joining.followers for kind in all_kinds() if kind.joining}:
        found.update(*followers(heads).values())
    return frozenset(found)


@dataclass
class Group:
    """Locked matters with their subjects, and which of them follow which."""

    kind: Kind
    locked: dict[UUID, Matter]
    subjects: Mapping[UUID, Any]
    wish: Wish
    followers: Mapping[UUID, Any] = field(default_factory=dict)

    def gather(self, ids: frozenset[UUID], *, complete: bool) -> None:
        """Find what follows the matters of a step that concerns it, under their locks: nobody joins a locked head.

        Raises `Unlocked` for those that are not locked yet; where everything should be (`complete`), somebody was
        joined in between: `Conflict`.
        """
        steps = [procedure_of(self.locked[pk]).step.get(self.wish.step) for pk in ids]
        if self.kind.joining is None or not any(s and (s.follows or s.target) for s in steps):
            return
        self.followers = self.kind.joining.followers(ids)
        unlocked = {pk for found in self.followers.values() for pk in found} - set(self.locked)
        if unlocked and complete:
            raise Conflict(_("您打开之后，这件事已有新的进展。请先看看再办理；您填写的内容还在。"))
        if unlocked:
            raise Unlocked(frozenset(unlocked))

    def comes_along(self, pk: UUID, ids: frozenset[UUID]) -> bool:
        """Whether a matter of a batch follows another of the batch in this step."""
        step = procedure_of(self.locked[pk]).step.get(self.wish.step)
        return step is not None and step.follows and self.kind.head(self.subjects[pk]) in ids

    def following(self, head: Matter, before: Standing) -> Iterator[tuple[Matter, Any]]:
        """What follows the head in this step: what stands where it stood."""
        if procedure_of(head).step[self.wish.step].follows:
            for matter, subject in self._followers_of(head):
                if (matter.state, matter.pending) == before:
                    yield matter, subject

    def left_behind(self, matter: Matter, move: Move) -> Iterator[tuple[Matter, Any]]:
        """What can follow no more now that a matter has moved: of those that follow it, or itself."""
        for follower, subject in self._followers_of(matter):
            if not _alongside(follower, (matter.state, matter.pending)):
                yield follower, subject
        subject = self.subjects[matter.pk]
        head = self.kind.head(subject)
        if head is not None and move.source not in ("", move.target):
            # Unlocked: whoever moves the head locks this matter first, and so looks at it after us.
            where = Matter.objects.values_list("state", "pending").get(pk=head)
            if not _alongside(matter, where):
                yield matter, subject

    def _followers_of(self, head: Matter) -> Iterator[tuple[Matter, Any]]:
        for pk in self.followers.get(head.pk, ()):
            yield self.locked[pk], self.subjects[pk]


def _alongside(matter: Matter, head: Standing) -> bool:
    """Whether a matter needs nobody but its head's handler: it stands where the head stands, it waits for its own
    submitter, or it has ended."""
    waits_for = procedure_of(matter).state[matter.state].waits_for
    return not matter.open or waits_for == Role.SUBMITTER or (matter.state, matter.pending) == head
