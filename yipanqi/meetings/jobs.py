"""Jobs of tasks and meetings."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="30 0 * * *")
@app.task(name="remind", queue="terms", queueing_lock="remind", lock="remind")
def remind(timestamp: int) -> None:
    """Every morning at half past eight, city time: remind, urge or press, whatever is due on each task."""
    from yipanqi.meetings import reminders

    reminders.send_due(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(name="look_after_video", queue="terms", queueing_lock="look_after_video", lock="look_after_video")
def look_after_video(timestamp: int) -> None:
    """Every five minutes: whether the video systems of the meetings ahead answer."""
    from yipanqi.meetings import video

    video.look_after(at=timezone.now())
