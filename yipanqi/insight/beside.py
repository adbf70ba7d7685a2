"""What stands beside matters in a list: who has which part in them and what limits run, with the matters themselves
or for some of them, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from yipanqi.core.labels import pick
from yipanqi.core.models import Term
from yipanqi.organisations.models import Part

# The columns over a source `m` with an `id`; JSON, for one matter has several of each.
COLUMNS = """
(SELECT json_agg(json_build_array(p.role, u.id, u.path, u.name_zh, u.name_en))
 FROM organisations_part p JOIN organisations_unit u ON u.id = p.unit_id WHERE p.matter_id = m.id AND p.until IS NULL),
(SELECT json_agg(json_build_array(t.id, t.code, t.due_at, t.due_effective, t.due_raw, t.provisional))
 FROM core_term t WHERE t.matter_id = m.id AND t.state = 'running')
"""


class LivingPart(NamedTuple):
    """A part that a unit has now."""

    role: str
    unit: UUID
    path: str
    name: str


@dataclass(frozen=True)
class Beside:
    """Of one matter: its living parts and running terms. Of a term only what a list shows is there."""

    parts: tuple[LivingPart, ...] = ()
    terms: tuple[Term, ...] = ()

    @classmethod
    def read(cls, parts: list[Any] | None, terms: list[Any] | None) -> Beside:
        """From the two columns."""
        return cls(
            tuple(
                LivingPart(role, UUID(unit), path, pick(zh, en)) for role, unit, path, zh, en in parts or ()
            ),
            tuple(_term(*each) for each in terms or ()),
        )

    @property
    def lead(self) -> str:
        """The name of the lead unit; empty where there is none."""
        return next((part.name for part in self.parts if part.role == Part.LEAD), "")


def _term(pk: str, code: str, due_at: str | None, due: str | None, raw: str | None, provisional: Any) -> Term:
    return Term(
        id=UUID(pk),
        code=code,
        due_at=dt.datetime.fromisoformat(due_at) if due_at else None,
        due_effective=dt.date.fromisoformat(due) if due else None,
        due_raw=dt.date.fromisoformat(raw) if raw else None,
        provisional=provisional,
    )


def beside_of(ids: Iterable[UUID]) -> Mapping[UUID, Beside]:
    """What stands beside these matters."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT m.id, {COLUMNS} FROM unnest(%s::uuid[]) AS m (id)", [list(ids)])
        return {pk: Beside.read(parts, terms) for pk, parts, terms in cursor.fetchall()}
