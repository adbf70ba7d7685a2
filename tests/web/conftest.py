"""What pages depend on besides what is asked: the day, and the language of the request before."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone


class Clock:
    """The moment that `timezone.now()` gives; views read it there and nowhere else."""

    def __init__(self, now: dt.datetime) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now

    def forward(self, **span: float) -> dt.datetime:
        """Move on by a `timedelta` and say where it stands."""
        self.now += dt.timedelta(**span)
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The pages' clock, standing on a Tuesday morning."""
    # Imported late: models need the settings, which the root conftest makes after this file is read.
    from tests.web.desk_helpers import NOW

    standing = Clock(NOW)
    monkeypatch.setattr(timezone, "now", standing)
    return standing
