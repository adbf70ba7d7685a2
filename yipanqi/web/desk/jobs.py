"""Jobs of the desk."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="* * * * *")
@app.task(name="forget_presence", queue="seals", queueing_lock="forget_presence")
def forget_presence(timestamp: int) -> None:
    """Delete who was at which matter as soon as it has no effect: it must never become a track."""
    from yipanqi.web.desk import actions

    actions.forget_presence(at=timezone.now())


@app.periodic(cron="47 3 * * *")
@app.task(name="forget_typed", queue="seals", queueing_lock="forget_typed")
def forget_typed(timestamp: int) -> None:
    """Delete what was typed and left for a fortnight, as the page said."""
    from yipanqi.web.desk import actions

    actions.forget_old_typed(at=timezone.now())


@app.task(name="run_held_order", queue="moves", retry=5)
def run_held_order(order: str) -> None:
    """Carry out a step on several when the time to undo it is over."""
    from uuid import UUID

    from yipanqi.web.desk import orders

    orders.run_order(order=UUID(order), at=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="run_due_orders", queue="moves", queueing_lock="run_due_orders")
def run_due_orders(timestamp: int) -> None:
    """Carry out what its own job did not: the worker was killed, the job was lost."""
    from yipanqi.web.desk import orders

    orders.run_due_orders(at=timezone.now())
