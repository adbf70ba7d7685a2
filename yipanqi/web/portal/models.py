"""Sessions of a portal that runs on its own, in a table of their own.

A session's key is all that a cookie holds: whoever reads the staff's sessions can be any of them. So the portal's
database role cannot see the staff's table, and a captured portal process cannot become a clerk (architecture §2.11).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.sessions.base_session import AbstractBaseSession

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
