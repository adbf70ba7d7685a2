"""What the portal keeps of its visitors: sessions of a portal that runs on its own, and drafts.

A session's key is all that a cookie holds: whoever reads the staff's sessions can be any of them. So the portal's
database role cannot see the staff's table, and a captured portal process cannot become a clerk (architecture §2.11).
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from yipanqi.web.portal.sessions import SessionStore


class PortalSession(AbstractBaseSession):
    """A visitor's session: two ids and a time (proof.py), or nothing."""

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        from yipanqi.web.portal.sessions import SessionStore

        return SessionStore

    class Meta(AbstractBaseSession.Meta):
        pass


class SavedDraft(models.Model):
    """What somebody has typed and not filed yet, for some days.

    `key` is a keyed hash of the resume code; `sealed` opens only with the portal's key together with that code, which
    stands nowhere. The id is random, and the row goes with the filing: nothing ties it to a case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["key"], name="a_code_opens_one_draft")]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="draft_expires")]
