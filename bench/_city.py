"""A city on a server of its own, with the product's settings and as the application's role."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yipanqi.runtime import embedded


@contextmanager
def demo_city() -> Iterator[embedded.Server]:
    """Migrated and built by the usual actions; gone with all its files afterwards."""
    home = Path(tempfile.mkdtemp(prefix="yq-bench-", dir="/var/tmp"))
    try:
        home.chmod(0o711)
        (home / "static").mkdir()
        with embedded.running(home, say=embedded.say_nothing) as server:
            _ready(server, home)
            from yipanqi.commands.demo import ensure_demo

            ensure_demo()
            yield server
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def bare_city() -> Iterator[embedded.Server]:
    """Migrated and empty; gone with all its files afterwards."""
    with embedded.throwaway() as server:
        _ready(server, Path(server.home))
        yield server


def _ready(server: embedded.Server, home: Path) -> None:
    os.environ.update(server.urls)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        YIPANQI_HOME=str(home),
        YIPANQI_SECRET_KEY="benchmarks-only-" + "x" * 40,
        YIPANQI_HOSTS="testserver,127.0.0.1",
        YIPANQI_SURFACE="both",
        YIPANQI_API_SUBMISSIONS_NETWORK="1000000000",
        YIPANQI_API_SUBMISSIONS_ALL="1000000000",
    )
    subprocess.run([sys.executable, "-m", "yipanqi.commands.main", "migrate"], check=True)
    import django

    django.setup()
