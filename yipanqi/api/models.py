"""Answers kept for a day, so that a request that is sent again gets the same one."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models


class IdempotentAnswer(models.Model):
    """The answer to a submission that bore an idempotency key.

    `key` is a keyed hash of that key; `sealed` opens only with the portal's key together with the request's key and
    body, and none of the three stands here. The id is random, as everywhere where an order would say something of a
    person.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key"], name="an_idempotency_key_has_one_answer")
        ]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="answer_expires")]
