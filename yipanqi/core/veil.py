"""What staff may not know yet: moves under a veil (trust-and-ux H6).

A step says until the end of which term it is veiled. Not only what a veiled move says is hidden but that there is one:
a number that counted it, or a conflict that it caused, would tell the handler that the submitter has judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Move, Term

Both = tuple[frozenset[int], frozenset[int]]


def veiled(matter: Matter) -> frozenset[int]:
    """The numbers of the moves that are under a veil now: the term that veils them, begun before, has not ended."""
    return _kept(matter)[0]


def uncounted(matter: Matter) -> frozenset[int]:
    """The numbers of the moves that are counted for nobody: what is under a veil, and what was said beside the work."""
    return _kept(matter)[1]


def know(matter: Matter, moves: Iterable[Move], terms: Iterable[Term]) -> None:
    """Answer for this matter out of all its moves and terms, which somebody has just read."""
    living = {term.code: term.started_by.number for term in terms if term.ended_at is None}
    vars(matter)["_veiled"] = (
        matter.moves_count,
        _of(matter, ((move.number, move.step) for move in moves), living),
    )


def _kept(matter: Matter) -> Both:
    """Both, asked once of a matter as it was read: a term ends with a move."""
    kept = vars(matter).get("_veiled")
    if kept is None or kept[0] != matter.moves_count:
        kept = vars(matter)["_veiled"] = (matter.moves_count, _asked(matter))
    found: Both = kept[1]
    return found


def _asked(matter: Matter) -> Both:
    until, aside = _steps(matter)
    if not until and not aside:
        return frozenset(), frozenset()
    living = Term.objects.filter(matter=matter, code__in=set(until.values()), ended_at__isnull=True)
    moves = Move.objects.filter(matter=matter, step__in=until.keys() | aside)
    return _of(
        matter, moves.values_list("number", "step"), dict(living.values_list("code", "started_by__number"))
    )


def _of(matter: Matter, moves: Iterable[tuple[int, str]], living: Mapping[str, int]) -> Both:
    """Both, of moves and of the terms that live, each with the move that began it."""
    until, aside = _steps(matter)
    hidden, uncounted = set(), set()
    for number, step in moves:
        if until.get(step) in living and number > living[until[step]]:
            hidden.add(number)
        elif step not in aside:
            continue
        uncounted.add(number)
    return frozenset(hidden), frozenset(uncounted)


def _steps(matter: Matter) -> tuple[dict[str, str], set[str]]:
    """Until the end of which term each step is veiled, and which are said beside the work."""
    steps = procedure_of(matter).steps
    until = {step.name: step.veiled_until for step in steps if step.veiled_until}
    return until, {step.name for step in steps if step.aside}


def told(matter: Matter) -> int:
    """How many moves of the matter count: what a form says its reader saw."""
    return matter.moves_count - len(uncounted(matter))
