"""Homes for products that are started as people start them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.running import build_small_city


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


@pytest.fixture(scope="session")
def built_home() -> Iterator[Path]:
    """A home with the small city, which nobody uses: it is built once and copied."""
    for place in _home():
        build_small_city(place)
        yield place


@pytest.fixture
def city_home(built_home: Path, fresh_home: Path) -> Path:
    """A home with the small city, for one test to break."""
    # By cp, because the database's files belong to another account where we are root.
    subprocess.run(["cp", "-a", built_home, fresh_home], check=True)
    return fresh_home
