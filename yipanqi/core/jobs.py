"""Jobs of the core. A job is enqueued in the transaction of what caused it and may run twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from procrastinate.contrib.django import app

from yipanqi.core import events
from yipanqi.core.procedure import Step


@app.task(name="matter_moved", queue="moves", retry=5)
def _matter_moved(matter: str, move: str, step: str) -> None:
    events.publish(events.Moved(UUID(matter), UUID(move), step))


def matter_moved(*, matter: UUID, move: UUID, step: Step, subject: Any) -> None:
    """Tell, after the commit, whoever reacts to moves (wiring.py). Nothing is enqueued where nobody does."""
    if events.has_reactions(step, subject):
        _matter_moved.defer(matter=str(matter), move=str(move), step=step.name)


@app.periodic(cron="* * * * *")
@app.task(name="sequence", queue="ledger", queueing_lock="sequence")
def sequence(timestamp: int) -> None:
    """Number committed moves every minute."""
    from yipanqi.core import ledger

    ledger.sequence()


@app.periodic(cron="7 * * * *")
@app.task(name="checkpoint", queue="ledger", queueing_lock="checkpoint")
def checkpoint(timestamp: int) -> None:
    """Sign the log every hour, and publish a checkpoint a day."""
    from yipanqi.core import ledger, published

    ledger.checkpoint()
    published.publish()


@app.periodic(cron="* * * * *")
@app.task(name="lapse", queue="terms", queueing_lock="lapse")
def lapse(timestamp: int) -> None:
    """Take the system's steps for limits that ended."""
    from yipanqi.core import engine

    engine.lapse_due(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="recount", queue="terms", queueing_lock="recount")
def recount(timestamp: int) -> None:
    """Count open limits anew after a notice of holidays; goes on where it was interrupted."""
    from yipanqi.core import terms

    terms.recount(at=timezone.now())


@app.periodic(cron="23 * * * *")
@app.task(name="rewrap", queue="seals", queueing_lock="rewrap")
def rewrap(timestamp: int) -> None:
    """Bring data keys under the current wrapping key, a batch at a time, while the service runs."""
    from yipanqi.core import sealing

    sealing.rewrap()


@app.periodic(cron="* * * * *")
@app.task(name="give_out_looks", queue="looks", queueing_lock="give_out_looks", lock="give_out_looks")
def give_out_looks(timestamp: int) -> None:
    """Give the access log out to the city's log server, where one is named. What cannot be sent now goes the next time."""
    from yipanqi.core import syslog

    if settings.SYSLOG:
        syslog.give_out(
            to=settings.SYSLOG,
            position=Path(settings.HOME) / "syslog-position",
            since=None,
            until=timezone.now() - syslog.LAG,
        )


@app.periodic(cron="41 3 * * *")
@app.task(name="forget", queue="seals", queueing_lock="forget")
def forget(timestamp: int) -> None:
    """Drop counters of attempts after some days: network data is never kept for longer (trust-and-ux H9)."""
    from yipanqi.core import attempts

    attempts.forget(at=timezone.now())
