"""The staff's surface."""

from __future__ import annotations

from django.urls import include, path

from config.urls_common import common

urlpatterns = [*common, path("desk/", include("yipanqi.web.desk.urls"))]
handler400 = "yipanqi.web.errors.bad_request"
handler403 = "yipanqi.web.errors.forbidden"
handler404 = "yipanqi.web.errors.not_found"
handler500 = "yipanqi.web.errors.server_error"
