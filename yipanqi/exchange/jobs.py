"""Jobs of imports. One goes on for a while and hands over to the next, so that no import holds the worker."""

from __future__ import annotations

import datetime as dt
import time
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

SLICE = 30.0  # seconds
QUIET = dt.timedelta(minutes=2)  # without a batch: whoever was at it was killed


@app.task(name="import_run", queue="imports", retry=3)
def import_run(run: str) -> None:
    """Go on with an import; by whoever started it, as far as they still may."""
    from yipanqi.core.errors import NotAllowed, Refused
    from yipanqi.core.gate import SYSTEM
    from yipanqi.exchange import actions, queries

    found = queries.at_work(UUID(run))
    if found is None:
        return
    by = queries.actor_of(found, timezone.now()) or SYSTEM
    until = time.monotonic() + SLICE
    try:
        ended = actions.advance_import(
            run=found,
            source=actions.stored(found),
            by=by,
            now=timezone.now,
            more=lambda: time.monotonic() < until,
        )
    except NotAllowed as refusal:
        actions.stop_import(run=found, why=refusal.message, at=timezone.now())
        return
    except Refused as refusal:
        actions.stop_import(run=found, why=refusal.message, at=timezone.now())
        return
    if not ended and time.monotonic() >= until:
        import_run.defer(run=run)


@app.periodic(cron="* * * * *")
@app.task(name="resume_imports", queue="imports", queueing_lock="resume_imports")
def resume_imports(timestamp: int) -> None:
    """Go on with imports whose worker was killed. Twice does no harm: a batch is taken once."""
    from yipanqi.exchange import queries

    for run in queries.stalled(before=timezone.now() - QUIET):
        import_run.defer(run=str(run))


@app.periodic(cron="17 * * * *")
@app.task(name="forget_files", queue="seals", queueing_lock="forget_files")
def forget_files(timestamp: int) -> None:
    """Delete uploaded files and failed rows that nobody needs any more."""
    from yipanqi.exchange import actions

    actions.forget_files(at=timezone.now())
