"""Homes for products that are started as people start them."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest


def _home() -> Iterator[Path]:
    # Not pytest's own folder: as root the server runs as another account, which must be able to reach its data.
    place = Path(tempfile.gettempdir()) / f"yq-home-{uuid.uuid4().hex[:12]}"
    yield place
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def fresh_home() -> Iterator[Path]:
    """A home that nobody has used."""
    yield from _home()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home for all tests of a module."""
    yield from _home()
