from __future__ import annotations

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "yipanqi.organisations"
    label = "organisations"

    def ready(self) -> None:
        from yipanqi.core.gate import register_wall
        from yipanqi.organisations.barring import wall
        from yipanqi.organisations.queries import register_readers

        register_readers()
        register_wall(wall)
