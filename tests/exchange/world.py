"""What the tests of imports share."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

from tests.factories import City
from yipanqi.core.gate import Actor
from yipanqi.core.procedure import Role
from yipanqi.exchange import actions, queries
from yipanqi.exchange.flow import Failure
from yipanqi.exchange.models import ImportRun, System

NOW = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)


def importer(city: City, login: str = "clerk") -> Actor:
    return Actor(city.viewer(login), Role.SENDER)


def received(
    source: io.BytesIO,
    by: Actor,
    *,
    target: str = "submissions",
    system: System | None = None,
    **options: Any,
) -> ImportRun:
    more = {"system": system.pk, **options} if system else options
    return actions.receive_file(
        target=target, source=source, name="表.csv", by=by, at=NOW, system=system, options=more
    )


def begin(
    run: ImportRun, by: Actor, *, mapping: Mapping[str, str] | None = None, for_good: bool = True
) -> ImportRun:
    return actions.start_import(
        run=run, mapping=mapping or run.mapping, options={}, for_good=for_good, by=by, at=NOW, queued=False
    )


def to_its_end(run: ImportRun, by: Actor) -> ImportRun:
    assert actions.advance_import(run=run, source=actions.stored(run), by=by, now=lambda: NOW)
    return ImportRun.objects.get(pk=run.pk)


def entered(source: io.BytesIO, by: Actor, **more: Any) -> tuple[ImportRun, list[Failure]]:
    """Receive, begin and enter a file; the import and what failed."""
    run = to_its_end(begin(received(source, by, **more), by), by)
    return run, list(queries.failures(run))
