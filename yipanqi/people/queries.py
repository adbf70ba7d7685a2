"""What the owner of an account reads of it: factors, sessions, and who came in. Nobody else reads it."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from yipanqi.people.models import Account, Factor, SignIn

SHOWN = 10
LONGEST_SESSION = dt.timedelta(hours=12)  # S24; idle ones end after half an hour (settings)
# Of a session's key, as the database works it out: `digest_of` in SQL.
DIGEST = "sha256(convert_to(session_key, 'UTF8'))"


def digest_of(session_key: str) -> bytes:
    """What is kept of a session's key. It is drawn from 190 bits, so a plain hash gives nothing away."""
    return hashlib.sha256(session_key.encode()).digest()


def factors_of(account: Account) -> QuerySet[Factor]:
    """The second factors of an account, the oldest first."""
    return Factor.objects.filter(account=account).order_by("created_at", "id")


def has_factor(account: Account) -> bool:
    """Whether the account has a second factor."""
    return Factor.objects.filter(account=account).exists()


@dataclass(frozen=True)
class Living:
    """A session that goes on; `last` is when it was used, to a minute."""

    sign_in: SignIn
    last: dt.datetime
    own: bool


def sessions_of(account: Account, *, own_key: str, at: dt.datetime) -> list[Living]:
    """The sessions of an account that go on, one's own first, then the latest. When one was used last follows from when
    it would end unused."""
    begun = SignIn.objects.filter(
        account=account, session__isnull=False, at__gt=at - LONGEST_SESSION
    ).order_by("-id")[:50]
    rows = {bytes(row.session or b""): row for row in begun}
    if not rows:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {DIGEST}, expire_date FROM django_session WHERE {DIGEST} = ANY(%s) AND expire_date > %s",
            [list(rows), at],
        )
        ends = {bytes(digest): end for digest, end in cursor.fetchall()}
    idle, own = dt.timedelta(seconds=settings.SESSION_COOKIE_AGE), digest_of(own_key)
    found = [Living(row, ends[key] - idle, key == own) for key, row in rows.items() if key in ends]
    return sorted(found, key=lambda living: not living.own)


def sign_ins_of(account: Account) -> list[SignIn]:
    """The last ten times that somebody came in or tried to, the latest first."""
    return list(SignIn.objects.filter(account=account).order_by("-id")[:SHOWN])


@dataclass(frozen=True)
class News:
    """What an owner should be told: new devices that came in, the latest first, and how often somebody failed."""

    devices: list[SignIn]
    failures: int
    bounded: bool


def news_for(account: Account, *, before: SignIn) -> News:
    """What happened since its owner last came in from a device that was known, up to this sign-in. Of a first sign-in
    there is no news."""
    earlier = SignIn.objects.filter(account=account, pk__lt=before.pk)
    known = earlier.filter(outcome=SignIn.ENTERED, new_device=False).order_by("-id").first()
    last = known or earlier.filter(outcome=SignIn.ENTERED).order_by("id").first()
    if last is None:
        return News([], 0, bounded=False)
    since = earlier.filter(pk__gt=last.pk)
    devices = since.filter(outcome=SignIn.ENTERED, new_device=True).order_by("-id")[:SHOWN]
    failures = since.exclude(outcome=SignIn.ENTERED).values("pk")[: SHOWN + 1].count()
    return News(list(devices), min(failures, SHOWN), failures > SHOWN)


def new_devices_since(account: Account, sign_in: UUID) -> list[SignIn]:
    """Who else came in from a new device since this sign-in: for a session that goes on."""
    later = SignIn.objects.filter(account=account, pk__gt=sign_in, outcome=SignIn.ENTERED, new_device=True)
    return list(later.order_by("id")[:SHOWN])
