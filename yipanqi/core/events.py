"""Events and who reacts to them. Reactions are registered in one readable list, yipanqi/wiring.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Moved:
    """A step was taken on a matter."""

    matter: UUID
    move: UUID
    step: str


Reaction = Callable[[Moved], None]
_reactions: dict[str, list[Reaction]] = {}


def on(step: str, reaction: Reaction) -> None:
    """React to a step after its commit; the reaction may run twice and must not mind."""
    _reactions.setdefault(step, []).append(reaction)


def has_reactions(event: type[Moved], step: str) -> bool:
    return bool(_reactions.get(step))


def publish(event: Moved) -> None:
    for reaction in _reactions.get(event.step, ()):
        reaction(event)
