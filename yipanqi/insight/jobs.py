"""Jobs of the figures."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="0 23 * * 0")
@app.task(name="tell_weeks", queue="figures", queueing_lock="tell_weeks")
def tell_weeks(timestamp: int) -> None:
    """On Monday at seven, city time: tell whoever heads units or sees their board how the week stands."""
    from yipanqi.insight import weekly

    weekly.tell_weeks(at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="tally", queue="figures", queueing_lock="tally")
def tally(timestamp: int) -> None:
    """Bring the rollups up to the log every minute; the board adds what came since by itself. Once a
    month what anybody may read is released."""
    from yipanqi.insight import actions, public

    actions.advance(at=timezone.now())
    public.release(at=timezone.now())
