"""Registers the cases' procedures with the engine."""

from __future__ import annotations

from yipanqi.cases import accusations, recusal, together
from yipanqi.cases.access import present, reads, visible
from yipanqi.cases.models import Case
from yipanqi.cases.procedure import ACCUSATION, CLAIM, LADDER, PROCEDURES
from yipanqi.cases.queries import searched, subjects
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import Kind, UnitRef, register
from yipanqi.core.procedure import Role
from yipanqi.organisations import barring
from yipanqi.organisations.queries import units_of


def _units(case: Case) -> dict[Role, list[UnitRef]]:
    return units_of(case.pk)


RECUSING = (CLAIM, *LADDER)  # petitions: the regulation knows recusal of these


def _nobody(_case: Case, _viewer: Viewer) -> tuple[Role, ...]:
    return ()


def register_kinds() -> None:
    """Called once, when Django is ready."""
    for procedure in (*(p for p in PROCEDURES if p is not ACCUSATION), *LADDER):
        register(
            Kind(
                procedure=procedure,
                subjects=subjects,
                units=_units,
                visible=visible,
                present=present,
                effects=together.EFFECTS[procedure.code],
                reads=reads,
                words=searched,
                barred=recusal.barred if procedure in RECUSING else _nobody,
                joining=together.JOINED if procedure in PROCEDURES else None,
            )
        )
    # Last: of a state that several kinds have, lists say what the others call it.
    register(
        Kind(
            procedure=ACCUSATION,
            subjects=subjects,
            units=_units,
            visible=accusations.visible,
            present=accusations.present,
            effects=accusations.EFFECTS,
            searched=False,
            shut=barring.shut,
        )
    )
