"""What staff may not know yet: moves under a veil (trust-and-ux H6).

A step says until the end of which term it is veiled. Not only what a veiled move says is hidden but that there is one:
a number that counted it, or a conflict that it caused, would tell the handler that the submitter has judged.
"""

from __future__ import annotations

from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.standing import standing

Both = tuple[frozenset[int], frozenset[int]]


def veiled(matter: Matter) -> frozenset[int]:
    """The numbers of the moves that are under a veil now: the term that veils them, begun before, has not ended."""
    return _both(matter)[0]


def uncounted(matter: Matter) -> frozenset[int]:
    """The numbers of the moves that are counted for nobody: what is under a veil, and what was said beside the work."""
    return _both(matter)[1]


def _both(matter: Matter) -> Both:
    until, aside = _steps(matter)
    if not until and not aside:
        return frozenset(), frozenset()
    stands = standing(matter)
    living = {term.code: term.began for term in stands.terms if not term.ended}
    hidden, uncounted = set(), set()
    for move in stands.moves:
        if until.get(move.step) in living and move.number > living[until[move.step]]:
            hidden.add(move.number)
        elif move.step not in aside:
            continue
        uncounted.add(move.number)
    return frozenset(hidden), frozenset(uncounted)


def _steps(matter: Matter) -> tuple[dict[str, str], set[str]]:
    """Until the end of which term each step is veiled, and which are said beside the work."""
    steps = procedure_of(matter).steps
    until = {step.name: step.veiled_until for step in steps if step.veiled_until}
    return until, {step.name for step in steps if step.aside}


def told(matter: Matter) -> int:
    """How many moves of the matter count: what a form says its reader saw."""
    return matter.moves_count - len(uncounted(matter))
