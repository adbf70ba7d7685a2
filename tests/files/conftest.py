"""The pages' clock."""

from __future__ import annotations

from tests.web.conftest import clock

__all__ = ["clock"]
