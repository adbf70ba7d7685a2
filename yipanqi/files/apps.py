from __future__ import annotations

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "yipanqi.files"
    label = "files"

    def ready(self) -> None:
        from yipanqi.core import asks
        from yipanqi.core.procedure import Kind
        from yipanqi.files.queries import named

        asks.register_reader(Kind.FILES, named)
