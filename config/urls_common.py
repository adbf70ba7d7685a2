"""What both surfaces have: language, elder mode, health, the component gallery."""

from __future__ import annotations

from django.urls import path

from yipanqi.web import common as views
from yipanqi.web.components.views import gallery

common = [
    path("language/", views.set_language, name="set_language"),
    path("elder/", views.set_elder, name="set_elder"),
    path("health/", views.health, name="health"),
    path("gallery/", gallery, name="gallery"),
]
