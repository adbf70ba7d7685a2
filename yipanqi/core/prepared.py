"""SQL of lists, written once and asked many times.

Django takes longer to write the SQL of a list with its rights than PostgreSQL to answer it. The SQL depends on who
looks and on what they filter by, which are its key; what differs each time (the hour, a place in the list) are slots in
it, values that occur nowhere else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

MOST = 512  # statements a process keeps
_held: dict[Hashable, Prepared | None] = {}


def time_slot(number: int) -> dt.datetime:
    """A slot for a moment."""
    return dt.datetime(1, 1, 1, microsecond=number, tzinfo=dt.UTC)


def id_slot(number: int) -> UUID:
    """A slot for an id."""
    return UUID(int=number)


@dataclass(frozen=True)
class Prepared:
    """A statement, or a part of one, with its values."""

    sql: str
    values: tuple[Any, ...]

    @classmethod
    def of(cls, found: QuerySet[Any, Any]) -> Prepared | None:
        """What Django makes of a query; None where it knows that there is nothing to find."""
        try:
            sql, values = found.query.sql_with_params()
        except EmptyResultSet:
            return None
        return cls(sql, tuple(values))

    @classmethod
    def union(cls, arms: Sequence[Prepared]) -> Prepared:
        """All rows of the arms, each of which keeps its own order and limit."""
        values = tuple(value for arm in arms for value in arm.values)
        return cls(" UNION ALL ".join(f"({arm.sql})" for arm in arms), values)

    def rows(self, slots: Mapping[Any, Any] | None = None) -> list[tuple[Any, ...]]:
        """Run it, with the slots filled."""
        values = (
            [slots.get(v, v) if isinstance(v, Hashable) else v for v in self.values] if slots else self.values
        )
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return list(cursor.fetchall())


def prepared(key: Hashable, write: Callable[[], Prepared | None]) -> Prepared | None:
    """The statement of this key, which says everything that writing it looks at; written where it is not held. The
    oldest go first."""
    if key not in _held:
        while len(_held) >= MOST:
            _held.pop(next(iter(_held)), None)
        _held[key] = write()
    return _held[key]
