"""The session engine of a portal that runs on its own (settings.SESSION_ENGINE)."""

from __future__ import annotations

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's, over the portal's own table."""

    @classmethod
    def get_model_class(cls) -> type:
        from yipanqi.web.portal.models import PortalSession

        return PortalSession
