"""Homes for products that are started as people start them."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import pytest

from tests.faults.running import build_small_city


def _place() -> Path:
    # Not pytest's own folder: as root the server runs as another account, which must be able to reach its data.
    return Path(tempfile.gettempdir()) / f"yq-home-{uuid.uuid4().hex[:12]}"


def _home() -> Iterator[Path]:
    place = _place()
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
def built_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the small city, which nobody uses: whoever needs it first builds it for all processes of the run,
    and it is copied. The last one out takes it away."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with (shared / "built-home").open("a+") as kept, _locked(kept):
        kept.seek(0)
        users, _space, where = kept.read().partition(" ")
        place = Path(where) if int(users or 0) else _place()
        if not place.exists():
            build_small_city(place)
        _write(kept, int(users or 0) + 1, place)
    yield place
    with (shared / "built-home").open("r+") as kept, _locked(kept):
        users = kept.read().split()[0]
        if users == "1":
            shutil.rmtree(place, ignore_errors=True)
        _write(kept, int(users) - 1, place)


def _write(kept: TextIO, users: int, place: Path) -> None:
    kept.seek(0)
    kept.truncate()
    kept.write(f"{users} {place}")
    kept.flush()


@contextmanager
def _locked(kept: TextIO) -> Iterator[None]:
    fcntl.flock(kept, fcntl.LOCK_EX)
    try:
        yield
    finally:
        kept.flush()
        fcntl.flock(kept, fcntl.LOCK_UN)


def copy_home(built: Path, to: Path) -> None:
    # By cp, because the database's files belong to another account where we are root.
    subprocess.run(["cp", "-a", built, to], check=True)


@pytest.fixture
def city_home(built_home: Path, fresh_home: Path) -> Path:
    """A home with the small city, for one test to break."""
    copy_home(built_home, fresh_home)
    return fresh_home
