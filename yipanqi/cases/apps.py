from __future__ import annotations

from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "yipanqi.cases"
    label = "cases"

    def ready(self) -> None:
        from yipanqi.cases import paths, reasons
        from yipanqi.cases.kinds import register_kinds
        from yipanqi.core import asks
        from yipanqi.core.procedure import Kind

        register_kinds()
        asks.register_reader(Kind.STATUTORY, paths.read)
        asks.register_reader(Kind.REASON, reasons.read)
