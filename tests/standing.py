"""What many tests begin with is made once a process by the product's own actions, and laid in again row by row.

Its rows are those that the actions wrote, ids included, so nothing can tell it from what was made anew; it takes a
twentieth of the time. Ids come from sequences, which no rollback turns back, and so never meet others.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from graphlib import TopologicalSorter
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

from conftest import KEPT
from yipanqi.core.keys import keyring

P = ParamSpec("P")
T = TypeVar("T")
Rows = dict[str, set[bytes]]
# Tables that `migrate` filled, and to which builders add.
FIRST = {"core_change", "core_recount", "notices_followed"}


def standing(build: Callable[P, T]) -> Callable[P, T]:
    """Have what `build` puts into an empty city laid in again when it is asked for with the same arguments.

    For builders that add rows to the city's tables and change nothing else; arguments and what is returned are pickled.
    """
    made: dict[bytes, tuple[bytes, Rows]] = {}

    @functools.wraps(build)
    def lay(*args: P.args, **more: P.kwargs) -> T:
        # What is sealed under a key that was retired since opens no more.
        key = pickle.dumps((args, sorted(more.items()), keyring().current))
        if key in made:
            returned, rows = made[key]
            _lay_in(rows)
            return pickle.loads(returned)  # type: ignore[no-any-return]
        before = _rows()
        result = build(*args, **more)
        after = _rows()
        if before.keys() <= FIRST and all(before[table] <= after[table] for table in before):
            new = {table: after[table] - before.get(table, set()) for table in after}
            made[key] = pickle.dumps(result), {table: rows for table, rows in new.items() if rows}
        return result

    return lay


@functools.cache
def _tables() -> tuple[str, ...]:
    """The tables that tests fill, each after those that its rows refer to at once. The job queue's own triggers write
    what belongs to its jobs."""
    order: TopologicalSorter[str] = TopologicalSorter()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE (schemaname = 'city' OR tablename = 'procrastinate_jobs') "
            "AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"
        )
        for (table,) in cursor.fetchall():
            order.add(table)
        cursor.execute(
            "SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint "
            "WHERE contype = 'f' AND NOT condeferrable AND connamespace = 'city'::regnamespace AND conrelid <> confrelid"
        )
        for table, referred in cursor.fetchall():
            order.add(table, referred)
    return tuple(table for table in order.static_order() if table not in KEPT)


def _rows() -> Rows:
    """What stands in each table that is not empty, as COPY writes it."""
    found: Rows = {}
    some = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in _tables())
    with connection.cursor() as cursor:
        cursor.execute(some)
        filled = {table for (table,) in cursor.fetchall()}
        for table in (table for table in _tables() if table in filled):
            with cursor.copy(f"COPY {table} TO STDOUT") as out:
                found[table] = set(b"".join(bytes(part) for part in out).splitlines(keepends=True))
    return found


def _lay_in(rows: Rows) -> None:
    # In one transaction, at whose end alone what refers in circles is looked at.
    with transaction.atomic(), connection.cursor() as cursor:
        for table, lines in rows.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as into:
                into.write(b"".join(lines))
