"""The addresses below /api/v1/. The framework's own root page is left out: it declares no access."""

from __future__ import annotations

from yipanqi.api.views import v1

app_name = "api"
urlpatterns = [pattern for pattern in v1.urls[0] if getattr(pattern, "name", None) != "api-root"]
