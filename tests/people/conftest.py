"""A city that is no demonstration: everybody shows a second factor."""

from __future__ import annotations

import pytest

from tests.web.conftest import Clock, clock

__all__ = ["Clock", "clock", "required"]


@pytest.fixture
def required(settings: pytest.FixtureRequest) -> None:
    settings.SECOND_FACTOR, settings.DEMO_CITY = "required", False  # type: ignore[attr-defined]
