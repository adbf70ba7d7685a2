from __future__ import annotations

from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "yipanqi.meetings"
    label = "meetings"

    def ready(self) -> None:
        from yipanqi.meetings.kinds import register_kinds

        register_kinds()
