"""References and secrets: a reference tells nothing about order or volume; a secret is shown once."""

from __future__ import annotations

import datetime as dt
import secrets
import unicodedata
from uuid import UUID

from django.db import connection

from yipanqi.cases.models import Submission, TrackingSecret
from yipanqi.core.keys import keyring

# No 0/O, 1/I/L, U/V: what is read out over a telephone must not be misheard.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"
LENGTH = 8  # 38 bits, random
SECRET_DIGITS = 16  # 53 bits; digits alone, for a keypad and for reading aloud


def _check(code: str) -> str:
    """A check character that catches one wrong character and two swapped ones."""
    size = len(ALPHABET)
    total = sum((n + 1) * ALPHABET.index(c) for n, c in enumerate(code))
    return ALPHABET[total % size]


def _new_code() -> str:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return f"{code[:4]}-{code[4:]}-{_check(code)}"


def new_references(count: int) -> list[str]:
    """References nobody has yet, e.g. `K7MQ-3Q9X-D`, taken in the caller's transaction."""
    taken: list[str] = []
    while len(taken) < count:
        drawn = [_new_code() for _ in range(count - len(taken))]
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_reference (code) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING RETURNING code",
                [drawn],
            )
            taken += [code for (code,) in cursor.fetchall()]
    return taken


def read_reference(text: str) -> str | None:
    """A reference as typed (full width, lower case, without hyphens) in its own form; None where it cannot be one."""
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = "".join(c for c in plain if c.isalnum())
    if (
        len(plain) != LENGTH + 1
        or any(c not in ALPHABET for c in plain)
        or _check(plain[:LENGTH]) != plain[-1]
    ):
        return None
    return f"{plain[:4]}-{plain[4:8]}-{plain[8]}"


def new_secret() -> str:
    """A secret as it is shown: four groups of four digits."""
    digits = f"{secrets.randbelow(10**SECRET_DIGITS):0{SECRET_DIGITS}d}"
    return " ".join(digits[n : n + 4] for n in range(0, SECRET_DIGITS, 4))


def _plain_secret(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c in "0123456789")


def issued_secret(
    *, submission: Submission, at: dt.datetime, issued_by: UUID | None
) -> tuple[str, TrackingSecret]:
    """A secret and its row, which the caller inserts; the only time it is seen."""
    secret, salt = new_secret(), secrets.token_bytes(16)
    return secret, TrackingSecret(
        submission=submission,
        salt=salt,
        digest=keyring().secret_hash(salt, _plain_secret(secret)),
        issued_at=at,
        issued_by=issued_by,
    )


def issue_secret(*, submission: Submission, at: dt.datetime, issued_by: UUID | None) -> str:
    """Give out a secret and void the one before it."""
    TrackingSecret.objects.filter(submission=submission, revoked_at__isnull=True).update(revoked_at=at)
    secret, row = issued_secret(submission=submission, at=at, issued_by=issued_by)
    row.save(force_insert=True)
    return secret


def proves(row: TrackingSecret, text: str) -> bool:
    """Whether the text is the secret, compared in constant time."""
    return secrets.compare_digest(
        keyring().secret_hash(bytes(row.salt), _plain_secret(text)), bytes(row.digest)
    )
