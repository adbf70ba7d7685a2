"""Limits on trying: per reference, per network and overall (trust-and-ux S20, S21)."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.keys import keyring
from yipanqi.core.models import Attempt


class TooMany(Refused):
    """Tried too often; `retry_after` in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def count(*, kind: str, value: str, most: int, seconds: int, at: dt.datetime) -> None:
    """Count one attempt; raises `TooMany` above `most` in the window.

    The counter is raised before the outcome is known and in one statement, so that parallel attempts cannot exceed
    the cap. What is counted is stored as a keyed hash.
    """
    window = dt.datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, dt.UTC)
    key = keyring().blind_index(value, field=f"attempt:{kind}")
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO core_attempt AS a (key, "window", count) VALUES (%s, %s, 1) '
            'ON CONFLICT (key, "window") DO UPDATE SET count = a.count + 1 RETURNING count',
            [key, window],
        )
        number = cursor.fetchone()[0]
    if number > most:
        wait = int(window.timestamp()) + seconds - int(at.timestamp())
        raise TooMany(_("尝试次数太多，请过一会儿再试。"), max(wait, 1))


def forget(*, at: dt.datetime) -> None:
    """Drop what is older than three days."""
    Attempt.objects.filter(window__lt=at - dt.timedelta(days=3)).delete()
