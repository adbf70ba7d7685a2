"""What the interface writes of its own: answers kept for requests that are sent again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import connection, transaction
from django.utils.translation import gettext as _

from yipanqi.api.limits import count_replay, count_submission
from yipanqi.api.models import IdempotentAnswer
from yipanqi.core.crypto import Unopenable
from yipanqi.core.errors import Conflict
from yipanqi.core.keys import keyring

KEPT = dt.timedelta(hours=24)


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
        try:
            return _answer(hashed, context, make, at)
        except _Late:
            kept = _kept(hashed, context, at)
    if kept is None:  # it was there and its day has ended since
        raise Conflict(_("请再发一次。"))
    return kept


class _Late(Exception):
    """Another request with the same key was answered first; what this one wrote is rolled back."""


@transaction.atomic
def _answer(hashed: bytes, context: bytes, make: Callable[[], bytes], at: dt.datetime) -> bytes:
    """Of requests with one key that come at once each does the work, and one can write its answer: the others wait at
    the unique key for its commit and undo theirs. That costs the rare double something, and all others nothing."""
    answer = make()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO api_idempotentanswer (id, key, sealed, expires_at) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [uuid.uuid4(), hashed, keyring().seal_answer(context, answer), at + KEPT],
        )
        if not cursor.rowcount:
            raise _Late
    return answer


def _kept(hashed: bytes, context: bytes, at: dt.datetime) -> bytes | None:
    """The kept answer, or None. Another body cannot open it, so its digest need not be stored."""
    row = IdempotentAnswer.objects.filter(key=hashed).first()
    if row is None:
        return None
    if row.expires_at <= at:
        IdempotentAnswer.objects.filter(pk=row.pk, expires_at__lte=at).delete()
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
