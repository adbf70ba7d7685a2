"""Whose turn it is: where the next move, or a part that is owed, is a unit's of the viewer, as the procedures have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import all_procedures
from yipanqi.core.procedure import Procedure, Role, Step
from yipanqi.organisations.access import reach, units_below
from yipanqi.organisations.models import Part, Unit


def waits_for_us(viewer: Viewer) -> Q:
    """The clause over `Matter`: the next move is a unit's over which the viewer may take it. What may be taken comes
    from the procedures: in each state the steps of whom it waits for, and for an open request those that decide it."""
    where = _Where()
    for procedure in all_procedures():
        for needs, there in _next_moves(procedure).items():
            where.add(reach(viewer, *needs), procedure, there)
    return where.clause(lambda units: Q(holder__in=units))


class _Where:
    """Where matters then are, by the units that may act there. Kinds that are alike in it share one clause: PostgreSQL
    plans each word of it each time, and for several wishes several times."""

    def __init__(self, matter: str = "") -> None:
        """`matter` leads to the matter's columns."""
        self._matter = matter
        self._found: dict[tuple[str, ...], dict[tuple[Q, int], list[str]]] = {}

    def add(self, paths: tuple[str, ...], procedure: Procedure, there: Q) -> None:
        """Under `paths` (none: nobody acts) matters of this procedure, where they are `there`."""
        if paths:
            alike = self._found.setdefault(paths, {})
            alike.setdefault((there, procedure.version), []).append(procedure.code)

    def clause(self, ours: Callable[[QuerySet[Unit, Any]], Q]) -> Q:
        """All of them; `ours` is the clause with the ids of such units."""
        clause = Q(pk__in=[])
        for paths, alike in self._found.items():
            there = Q()
            for (place, version), codes in alike.items():
                kind = {f"{self._matter}procedure__in": codes, f"{self._matter}version": version}
                there |= Q(place, **kind)
            clause |= Q(there, ours(units_below(paths).values("pk")))
        return clause


def _next_moves(procedure: Procedure) -> dict[tuple[str, ...], Q]:
    """By the capabilities of which one is needed: where a matter then waits."""
    states: dict[tuple[str, ...], list[str]] = {}
    for state in procedure.states:
        usual = [s for s in procedure.steps_from(state.code) if not (s.while_pending or s.decides)]
        needs = tuple(sorted({s.needs for s in usual if state.waits_for in s.by and s.needs}))
        if needs:
            states.setdefault(needs, []).append(state.code)
    requests: dict[tuple[str, ...], list[str]] = {}
    for request in sorted({s.requests for s in procedure.steps if s.requests}):
        needs = tuple(sorted({s.needs for s in procedure.steps if s.decides == request}))
        requests.setdefault(needs, []).append(request)
    found = {needs: Q(pending="", state__in=sorted(codes)) for needs, codes in states.items()}
    for needs, codes in requests.items():
        found[needs] = found.get(needs, Q()) | Q(pending__in=codes)
    return found


def owed_parts(viewer: Viewer, by: Callable[[Step], bool] = lambda step: True) -> QuerySet[Part]:
    """The parts that our units owe as co-units, where the procedure now lets them be given; `by` some steps alone."""
    return _OWED.filter(_owing(viewer, by, "matter__").clause(lambda units: Q(unit__in=units)))


def owes(viewer: Viewer, on: Q) -> Q:
    """The clause over `Matter`: our units owe such a part in it, of whose own date `on` holds."""
    parts = _OWED.filter(on, matter=OuterRef("pk"))
    return _owing(viewer).clause(lambda units: Q(Exists(parts.filter(unit__in=units))))


_OWED = Part.objects.filter(until__isnull=True, open=True, done_at__isnull=True, due_at__isnull=False)


def _owing(viewer: Viewer, by: Callable[[Step], bool] = lambda step: True, matter: str = "") -> _Where:
    where = _Where(matter)
    for procedure in all_procedures():
        # What co-units alone may say is what they owe, though one of them overtakes no other.
        owed_by = (s for s in procedure.steps if Role.CO in s.by and (not s.aside or s.by == (Role.CO,)))
        for step in filter(by, owed_by):
            free = {} if step.while_pending else {f"{matter}pending": ""}
            there = Q(**free, **{f"{matter}state__in": sorted(step.sources)})
            where.add(reach(viewer, step.needed(Role.CO)), procedure, there)
    return where


def once(owed: QuerySet[Part]) -> QuerySet[Part]:
    """Of each matter the part that is due first."""
    sooner = Q(due_at__lt=OuterRef("due_at")) | Q(due_at=OuterRef("due_at"), pk__lt=OuterRef("pk"))
    return owed.filter(~Exists(owed.filter(sooner, matter=OuterRef("matter"))))
