"""Both surfaces in one process."""

from __future__ import annotations

from config.urls_desk import handler400, handler403, handler404, handler500, urlpatterns as desk
from config.urls_portal import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [*desk, *portal]
