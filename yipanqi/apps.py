from __future__ import annotations

from django.apps import AppConfig


class YipanqiConfig(AppConfig):
    """The topmost app: connects reactions once everything is registered."""

    name = "yipanqi"
    label = "yipanqi"

    def ready(self) -> None:
        from yipanqi import wiring

        wiring.connect()
