"""What the interface writes of its own: answers kept for requests that are sent again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from yipanqi.api.limits import count_replay, count_submission
from yipanqi.api.models import IdempotentAnswer
from yipanqi.core.crypto import Unopenable
from yipanqi.core.errors import Conflict
from yipanqi.core.keys import keyring

KEPT = dt.timedelta(hours=24)
# The first of the two numbers of our advisory locks; the second is of the key's hash. Pairs never meet the locks that
# have one number (the sequencer's).
_LOCK = 0x61706931


class KeyReused(Conflict):
    """The idempotency key came before with another body."""


def answer_once(
    *, key: str | None, digest: bytes, network: str, make: Callable[[], bytes], at: dt.datetime
) -> bytes:
    """The answer that `make` gives, made once for an idempotency key and then given again for 24 hours.

    `digest` is of the request's body. What `make` writes and the kept answer are committed together. Of requests with
    one key that come at once, one makes the answer while the others wait for it. Raises `KeyReused`, `TooMany`, and
    what `make` raises; a refusal is not kept, so that a corrected request can bear the same key.
    """
    if key is None:
        count_submission(network=network, at=at)
        with transaction.atomic():
            return make()
    hashed = keyring().blind_index(key, field="idempotency-key")
    context = keyring().answer_context(key, digest)
    kept = _kept(hashed, context, at)
    if kept is None:
        # Counted before and outside the transaction: the counter's row would line up all submissions of the city.
        count_submission(network=network, at=at)
        return _answer_alone(hashed, context, make, at)
    return kept


@transaction.atomic
def _answer_alone(hashed: bytes, context: bytes, make: Callable[[], bytes], at: dt.datetime) -> bytes:
    with connection.cursor() as cursor:
        # Held to the commit. A process that is killed loses its connection, and PostgreSQL its lock.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, int.from_bytes(hashed[:4], "big", signed=True)]
        )
    kept = _kept(hashed, context, at)  # a statement after the lock sees what the one before us committed
    if kept is not None:
        return kept
    IdempotentAnswer.objects.filter(key=hashed, expires_at__lte=at).delete()
    answer = make()
    IdempotentAnswer(key=hashed, sealed=keyring().seal_answer(context, answer), expires_at=at + KEPT).save(
        force_insert=True
    )
    return answer


def _kept(hashed: bytes, context: bytes, at: dt.datetime) -> bytes | None:
    """The kept answer, or None. Another body cannot open it, so its digest need not be stored."""
    row = IdempotentAnswer.objects.filter(key=hashed, expires_at__gt=at).first()
    if row is None:
        return None
    count_replay(key=hashed, at=at)
    try:
        return keyring().open_answer(context, bytes(row.sealed))
    except Unopenable:
        raise KeyReused(_("这个 Idempotency-Key 在 24 小时内用过，内容不同。新的内容请用新的键。")) from None


def forget_answers(*, at: dt.datetime) -> int:
    """Delete the answers whose day is over; returns how many."""
    deleted, _by_model = IdempotentAnswer.objects.filter(expires_at__lte=at).delete()
    return deleted
