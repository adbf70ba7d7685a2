"""What both surfaces have: language, large print and contrast, health, reports of browsers, the component gallery."""

from __future__ import annotations

from django.urls import path

from yipanqi.web import common as views, plan, reports
from yipanqi.web.components.views import gallery

common = [
    path("language/", views.set_language, name="set_language"),
    path("display/", views.set_display, name="set_display"),
    path("policy-report/", reports.policy_report, name="policy_report"),
    path("health/", views.health, name="health"),
    path("gallery/", gallery, name="gallery"),
    path("map/<int:z>/<int:x>/<int:y>.svg", plan.tile, name="plan"),
]
