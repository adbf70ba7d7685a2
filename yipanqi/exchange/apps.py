from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "yipanqi.exchange"
    label = "exchange"

    def ready(self) -> None:
        from yipanqi.exchange.organisations import DUTIES, UNITS
        from yipanqi.exchange.paths import PATHS
        from yipanqi.exchange.reasons import REASONS
        from yipanqi.exchange.reviewers import REVIEWERS
        from yipanqi.exchange.submissions import TARGET
        from yipanqi.exchange.targets import register

        for target in (TARGET, UNITS, DUTIES, PATHS, REVIEWERS, REASONS):
            register(target)
