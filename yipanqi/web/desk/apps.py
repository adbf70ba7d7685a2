from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "yipanqi.web.desk"
    label = "web_desk"
