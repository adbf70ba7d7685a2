"""Reads of a page or a step that are the same each time but for their values, in a statement that is written once.

Django takes longer to write the SQL of such a read than PostgreSQL to answer it; unlike `prepared`, whose statements
depend on who looks and make rows, these depend on the schema alone and make models.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

from yipanqi.core.prepared import Prepared

M = TypeVar("M", bound=Model)
DATE_SLOT = dt.date(1, 1, 1)


class Held(Generic[M]):
    """A read of models with what is selected with them; what differs each time are slots (`prepared.id_slot`)."""

    def __init__(self, write: Callable[[], QuerySet[M]]) -> None:
        self._write = write
        self._written: tuple[Prepared, Any] | None = None

    def read(self, slots: Mapping[Any, Any]) -> list[M]:
        """The models, with the slots filled. TransactionManagementError where it locks and there is no transaction."""
        statement, compiler = self._written = self._written or self._compiled()
        if compiler.query.select_for_update and not connection.in_atomic_block:
            raise TransactionManagementError("What is locked is locked in a transaction.")
        kind = compiler.klass_info
        first, last = kind["select_fields"][0], kind["select_fields"][-1] + 1
        names = [column[0].target.attname for column in compiler.select[first:last]]
        populators: Any = get_related_populators  # the stubs are of another version
        beside = populators(kind, compiler.select, connection.alias)
        found: list[M] = []
        for row in compiler.results_iter([statement.rows(slots)]):
            model = kind["model"].from_db(connection.alias, names, row[first:last])
            for each in beside:
                each.populate(row, model)
            found.append(model)
        return found

    def _compiled(self) -> tuple[Prepared, Any]:
        query: Any = self._write().query
        compiler = query.get_compiler(connection.alias)
        sql, values = compiler.as_sql()
        return Prepared(sql, tuple(values)), compiler
