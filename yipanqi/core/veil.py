"""What staff may not know yet: moves under a veil (trust-and-ux H6).

A step says until the end of which term it is veiled. Not only what a veiled move says is hidden but that there is one:
a number that counted it, or a conflict that it caused, would tell the handler that the submitter has judged.
"""

from __future__ import annotations

from django.db.models import Q

from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Move, Term


def veiled(matter: Matter) -> frozenset[int]:
    """The numbers of the moves that are under a veil now: the term that veils them, begun before, has not ended."""
    steps = {step.name: step.veiled_until for step in procedure_of(matter).steps if step.veiled_until}
    if not steps:
        return frozenset()
    living = Term.objects.filter(matter=matter, code__in=set(steps.values()), ended_at__isnull=True)
    clause = Q(pk__in=[])
    for code, begun in living.values_list("code", "started_by__number"):
        names = [name for name, until in steps.items() if until == code]
        clause |= Q(step__in=names, number__gt=begun)
    return frozenset(Move.objects.filter(clause, matter=matter).values_list("number", flat=True))


def told(matter: Matter) -> int:
    """How many moves of the matter are under no veil: what a form says its reader saw."""
    return matter.moves_count - len(veiled(matter))
