"""How a matter stands: which moves it has and which limits, for what asks that again and again, as conditions and the veil
do. Both change with a move alone, so they are read once of a matter as it was read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from yipanqi.core.models import Matter, Move, Term

RUNNING, PAUSED = Term.RUNNING, Term.PAUSED


class Moved(NamedTuple):
    """A move, without what it says."""

    number: int
    step: str
    role: str
    account: UUID | None


class Timed(NamedTuple):
    """A term; `began` is the number of the move that began it."""

    code: str
    state: str
    extended: int
    ended: bool
    began: int


@dataclass(frozen=True)
class Standing:
    """All moves, in order, and all terms."""

    moves: tuple[Moved, ...]
    terms: tuple[Timed, ...]

    def has(self, code: str, *states: str) -> bool:
        """Whether there is such a term, in one of these states; without states: in any."""
        return any(term.code == code and (not states or term.state in states) for term in self.terms)

    def last(self, *steps: str) -> Moved | None:
        """The last move by one of these steps."""
        return next((move for move in reversed(self.moves) if move.step in steps), None)


def standing(matter: Matter) -> Standing:
    """How the matter stands, as it was read."""
    kept = vars(matter).get("_standing")
    if kept is None or kept[0] != matter.moves_count:
        moves = Move.objects.filter(matter=matter).order_by("number")
        terms = Term.objects.filter(matter=matter).select_related("started_by").only(*_ASKED)
        kept = know(matter, moves.only("number", "step", "actor_role", "actor_account"), terms)
    found: Standing = kept[1]
    return found


def know(matter: Matter, moves: Iterable[Move], terms: Iterable[Term]) -> tuple[int, Standing]:
    """Answer for this matter out of all its moves and terms, which somebody has just read."""
    found = Standing(
        tuple(Moved(m.number, m.step, m.actor_role, m.actor_account) for m in moves),
        tuple(Timed(t.code, t.state, t.extended, t.ended_at is not None, t.started_by.number) for t in terms),
    )
    kept = vars(matter)["_standing"] = (matter.moves_count, found)
    return kept


def forget(matter: Matter) -> None:
    """Its terms have changed since."""
    vars(matter).pop("_standing", None)


_ASKED = ("code", "state", "extended", "ended_at", "started_by__number")
