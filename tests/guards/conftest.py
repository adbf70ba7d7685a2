"""A clock that stands still and the small city, for the guards against harm."""

from __future__ import annotations

import pytest
from django.utils import timezone


@pytest.fixture(autouse=True)
def _still(monkeypatch: pytest.MonkeyPatch) -> None:
    # Imported late: models need the settings, which the root conftest makes after this file is read.
    from tests.web.desk_helpers import NOW

    monkeypatch.setattr(timezone, "now", lambda: NOW)
