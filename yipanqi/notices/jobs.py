"""Jobs of notices. The job of a move is enqueued by the engine, in the move's transaction (core/jobs.py)."""

from __future__ import annotations

import time

from django.utils import timezone
from procrastinate.contrib.django import app

from yipanqi.core.events import Moved
from yipanqi.notices import actions, delivery

REST = (
    60.0  # seconds for which nothing is sent at once after a provider could not be reached: the sweeper looks
)

_resting_until = 0.0


def tell(event: Moved) -> None:
    """The reaction to every step that tells somebody: write it down, and then send. What cannot be sent waits for the
    sweeper; nor do jobs wait, one after the other, for a provider that does not answer."""
    global _resting_until
    at = timezone.now()
    actions.tell(moves=[event.move], at=at)
    if time.monotonic() >= _resting_until and delivery.deliver(moves=[event.move], at=at).away:
        _resting_until = time.monotonic() + REST


@app.periodic(cron="* * * * *")
@app.task(name="sweep", queue="notices", queueing_lock="sweep", lock="sweep")
def sweep(timestamp: int) -> None:
    """Tell what no job has told, and send what is due: after a killed worker, a lost job, a provider that was away."""
    at = timezone.now()
    while actions.follow(at=at):
        pass
    while delivery.deliver(at=at).sent:
        pass
