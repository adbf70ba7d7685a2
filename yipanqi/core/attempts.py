"""Limits on trying: per reference, per network and overall (trust-and-ux S20, S21)."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence

from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.keys import keyring
from yipanqi.core.models import Attempt


class TooMany(Refused):
    """Tried too often; `retry_after` in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def network(address: str) -> str:
    """The network of a peer's address: /24, or /48 of IPv6; "unknown" for what is no address.

    The address is the peer's own: what a header says of others is not believed, for anybody can write one (S34).
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    plain = getattr(parsed, "ipv4_mapped", None) or parsed
    return str(ipaddress.ip_network((plain, 24 if plain.version == 4 else 48), strict=False))


def count(*, kind: str, value: str, most: int, seconds: int, at: dt.datetime) -> None:
    """Count one attempt; raises `TooMany` above `most` in the window."""
    count_each(limits=[(kind, value, most)], seconds=seconds, at=at)


def count_each(*, limits: Sequence[tuple[str, str, int]], seconds: int, at: dt.datetime) -> None:
    """Count one attempt against several limits (kind, value, most); raises `TooMany` above one of them. What a limit
    refuses does not use up those that come after it.

    The counters are raised before the outcome is known and in one statement, so that parallel attempts cannot exceed
    the cap. What is counted is stored as a keyed hash.
    """
    parts: list[str] = []
    values: list[bytes | dt.datetime] = []
    for n, (kind, value, _most) in enumerate(limits):
        key, window = _place(kind, value, seconds, at)
        allowed = f"FROM c{n - 1} WHERE c{n - 1}.count <= {limits[n - 1][2]:d}" if n else ""
        parts.append(
            f'c{n} AS (INSERT INTO core_attempt AS a (key, "window", count) '
            f"SELECT %s::bytea, %s::timestamptz, 1 {allowed} "
            'ON CONFLICT (key, "window") DO UPDATE SET count = a.count + 1 RETURNING a.count)'
        )
        values += [key, window]
    counted = ", ".join(f"(SELECT count FROM c{n})" for n in range(len(limits)))
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} SELECT {counted}", values)
        numbers = cursor.fetchone()
    if any(
        number is None or number > most for number, (_kind, _value, most) in zip(numbers, limits, strict=True)
    ):
        wait = int(window.timestamp()) + seconds - int(at.timestamp())
        raise TooMany(_("尝试次数太多，请过一会儿再试。"), max(wait, 1))


def give_back(*, kind: str, value: str, seconds: int, at: dt.datetime) -> None:
    """Take back one attempt that turned out to be right: limits are for guesses, and an office or a call centre behind
    one address has many people who know their password. It takes back no more than was counted for it, so whoever
    guesses in between wins nothing by being right elsewhere. `at` is that of the count."""
    key, window = _place(kind, value, seconds, at)
    Attempt.objects.filter(key=key, window=window, count__gt=0).update(count=F("count") - 1)


def _place(kind: str, value: str, seconds: int, at: dt.datetime) -> tuple[bytes, dt.datetime]:
    """The key and the window under which an attempt is counted."""
    window = dt.datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, dt.UTC)
    return keyring().blind_index(value, field=f"attempt:{kind}"), window


def forget(*, at: dt.datetime) -> None:
    """Drop what is older than three days."""
    Attempt.objects.filter(window__lt=at - dt.timedelta(days=3)).delete()
