"""Writing new rows of several tables at once.

What is filed stands in ten tables. A statement for each costs more than the rows do: a few rows go in one statement,
many by COPY. Either way every constraint is checked as ever, and nothing but INSERT is needed of the role.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, JSONField, Model
from psycopg.types.json import Jsonb

# Beyond this COPY is the faster way; a statement holds 65,535 values at most.
_FEW = 100


def insert(rows: Iterable[Model]) -> None:
    """Insert new rows, tables in the order in which their first rows come; ids that the database gives are not
    brought back."""
    tables: dict[type[Model], list[Model]] = {}
    for row in rows:
        tables.setdefault(type(row), []).append(row)
    if sum(map(len, tables.values())) <= _FEW:
        _in_one_statement(tables)
    else:
        for model, many in tables.items():
            _by_copy(model, many)
    for each in tables.values():
        for row in each:
            row._state.adding, row._state.db = False, "default"


def _columns(model: type[Model]) -> list[Field[Any, Any]]:
    return [f for f in model._meta.concrete_fields if not isinstance(f, AutoField)]


def _values(row: Model, fields: Sequence[Field[Any, Any]]) -> list[Any]:
    """The row's values as psycopg takes them."""
    found = []
    for field in fields:
        value = getattr(row, field.attname)
        found.append(Jsonb(value) if isinstance(field, JSONField) and value is not None else value)
    return found


def _head(model: type[Model], fields: Sequence[Field[Any, Any]]) -> str:
    quote = connection.ops.quote_name
    return f"{quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in fields)})"


def _in_one_statement(tables: dict[type[Model], list[Model]]) -> None:
    """One INSERT with the others as common table expressions before it: foreign keys among them are checked when the
    whole statement is done."""
    parts: list[str] = []
    values: list[Any] = []
    for model, rows in tables.items():
        fields = _columns(model)
        marks = f"({', '.join(['%s'] * len(fields))})"
        parts.append(f"INSERT INTO {_head(model, fields)} VALUES {', '.join([marks] * len(rows))}")
        for row in rows:
            values += _values(row, fields)
    if not parts:
        return
    before = ", ".join(f"i{n} AS ({part})" for n, part in enumerate(parts[:-1]))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {before} {parts[-1]}" if before else parts[-1], values)


def _by_copy(model: type[Model], rows: Sequence[Model]) -> None:
    fields = _columns(model)
    with connection.cursor() as cursor, cursor.copy(f"COPY {_head(model, fields)} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(_values(row, fields))
