"""Registers the cases' procedures with the engine."""

from __future__ import annotations

from yipanqi.cases.access import present, visible
from yipanqi.cases.actions import EFFECTS
from yipanqi.cases.models import Case
from yipanqi.cases.procedure import ORDER
from yipanqi.cases.queries import subjects
from yipanqi.core.kinds import Kind, UnitRef, register
from yipanqi.core.procedure import Role
from yipanqi.organisations.queries import parts_of, units_in


def _units(case: Case, role: Role) -> tuple[UnitRef, ...]:
    return units_in(parts_of([case.pk]).get(case.pk, ()), role)


def register_kinds() -> None:
    """Called once, when Django is ready."""
    register(
        Kind(
            procedure=ORDER,
            subjects=subjects,
            units=_units,
            visible=visible,
            present=present,
            effects=EFFECTS,
        )
    )
