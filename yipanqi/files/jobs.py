"""Jobs of files."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="*/5 * * * *")
@app.task(name="scan_held", queue="seals", queueing_lock="scan_held")
def scan_held(timestamp: int) -> None:
    """Try again what came in while the scanner did not answer."""
    from yipanqi.files import actions

    actions.scan_held(at=timezone.now())


@app.periodic(cron="29 4 * * *")
@app.task(name="forget_unfiled", queue="seals", queueing_lock="forget_unfiled")
def forget_unfiled(timestamp: int) -> None:
    """Delete the contents of files that nobody filed."""
    from yipanqi.files import actions

    actions.forget_unfiled(at=timezone.now())
