"""Events and who reacts to them. Reactions are registered in one readable list, yipanqi/wiring.py."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from yipanqi.core.procedure import Step


@dataclass(frozen=True)
class Moved:
    """A step was taken on a matter."""

    matter: UUID
    move: UUID
    step: str


Reaction = Callable[[Moved], None]
Writing = Callable[[Any, Any, Step], None]
Wanted = Callable[[Step, Any], bool]
_reactions: dict[str, list[Reaction]] = {}
_telling: list[tuple[Reaction, Wanted]] = []
_writing: list[Writing] = []


def on(step: str, reaction: Reaction) -> None:
    """React to a step after its commit; the reaction may run twice and must not mind."""
    _reactions.setdefault(step, []).append(reaction)


def on_telling(reaction: Reaction, *, wanted: Wanted) -> None:
    """React, in the same way, to every step of every procedure that tells somebody (`Step.tells`). `wanted` is asked
    with the step and the subject while the move is written: it must cost no statement, for that is where people wait."""
    _telling.append((reaction, wanted))


def on_writing(reaction: Writing) -> None:
    """React to every step within its transaction, just after its move was written: with the matter, the move and the step.
    For what must be there with the move or not at all; what it raises undoes the step."""
    _writing.append(reaction)


def written(matter: Any, move: Any, step: Step) -> None:
    for reaction in _writing:
        reaction(matter, move, step)


def has_reactions(step: Step, subject: Any) -> bool:
    if _reactions.get(step.name):
        return True
    return bool(step.tells) and any(wanted(step, subject) for _reaction, wanted in _telling)


def publish(event: Moved) -> None:
    for reaction in (*_reactions.get(event.step, ()), *(reaction for reaction, _wanted in _telling)):
        reaction(event)
