"""Jobs of the web pages."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app


@app.periodic(cron="53 3 * * *")
@app.task(name="forget_sessions", queue="seals", queueing_lock="forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Delete sessions that have ended, staff's and visitors': what is over says who was here when."""
    from django.contrib.sessions.backends.db import SessionStore as Staffs

    from yipanqi.web.portal.sessions import SessionStore as Visitors

    Staffs.clear_expired()
    Visitors.clear_expired()


@app.periodic(cron="17 * * * *")
@app.task(name="forget_drafts", queue="seals", queueing_lock="forget_drafts")
def forget_drafts(timestamp: int) -> None:
    """Delete drafts soon after their days are over."""
    from yipanqi.web.portal import actions

    actions.forget_drafts(at=timezone.now())
