"""Jobs of the figures."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="tally", queue="figures", queueing_lock="tally")
def tally(timestamp: int) -> None:
    """Bring the rollups up to the log every minute; the board adds what came since by itself."""
    from yipanqi.insight import actions

    actions.advance(at=timezone.now())
