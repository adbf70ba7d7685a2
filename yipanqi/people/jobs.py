"""Jobs of accounts."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="53 3 * * *")
@app.task(name="forget_sign_ins", queue="seals", queueing_lock="forget_sign_ins")
def forget_sign_ins(timestamp: int) -> None:
    """Drop sign-ins after half a year."""
    from yipanqi.people import actions

    actions.forget_sign_ins(at=timezone.now())
