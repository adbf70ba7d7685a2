"""Jobs of the interface."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="*/10 * * * *")
@app.task(name="forget_answers", queue="seals", queueing_lock="forget_answers")
def forget_answers(timestamp: int) -> None:
    """Delete kept answers soon after their day is over: they hold secrets, though sealed."""
    from yipanqi.api import actions

    actions.forget_answers(at=timezone.now())
