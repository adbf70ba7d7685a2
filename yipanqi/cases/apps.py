from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yipanqi.cases"
    label = "cases"

    def ready(self) -> None:
        from yipanqi.cases.kinds import register_kinds

        register_kinds()
