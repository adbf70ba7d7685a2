"""Tests run the product as the application's role on a real, throw-away PostgreSQL.

The server is started before Django reads its settings; only set-up, clean-up and tampering use the owner.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

_stack = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start a migrated server, and only then let Django see its settings."""
    # A shell that starts us in the background has us ignore Ctrl-C, and so would everything that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput"):
        return  # it runs no test itself, and what it set here its processes would share
    from yipanqi.runtime import embedded

    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        YIPANQI_SECRET_KEY="tests-only-" + "x" * 40,
        YIPANQI_SURFACE="both",
    )
    os.environ.pop("YIPANQI_ROLE", None)
    server = _stack.enter_context(embedded.throwaway(like=_migrated()))
    os.environ.update(server.urls | {"YIPANQI_HOME": str(server.home)})
    import django

    django.setup()
    _clean_with_the_owners_role()
    _list_static_files_once()


def _migrated() -> Path:
    """The home of a stopped server that was migrated with the code as it is: made once, and copied by each process of
    each run until the code changes. What `migrate` costs is Django's, for each migration and each model anew."""
    from yipanqi.runtime import embedded

    root = Path(__file__).parent
    code = [*root.glob("yipanqi/**/*.py"), *root.glob("config/**/*.py"), *root.glob("requirements/*.txt")]
    said = hashlib.sha256(f"{os.geteuid()} {os.environ.get('YIPANQI_PG_BIN')}".encode())
    for path in sorted(code):
        said.update(f"{path.relative_to(root)} {path.stat().st_size} ".encode() + path.read_bytes())
    kept = root / "build" / "migrated"
    kept.mkdir(parents=True, exist_ok=True)
    home = kept / said.hexdigest()[:16]
    with (kept / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            for old in (path for path in kept.iterdir() if path.is_dir()):
                shutil.rmtree(old, ignore_errors=True)
            with embedded.throwaway() as server:
                environment = os.environ | server.urls | {"YIPANQI_HOME": str(server.home)}
                subprocess.run(
                    [sys.executable, "-m", "yipanqi.commands.main", "migrate"], check=True, env=environment
                )
                server.cluster.stop()
                unborn = home.with_suffix(".unborn")
                subprocess.run(["cp", "-a", server.home, unborn], check=True)
                unborn.rename(home)
    return home


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What is there now stays to the end: the collector need not go through it after each page."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    _stack.close()


@pytest.fixture(scope="session", autouse=True)
def _pages_rendered_as_in_earnest(django_test_environment: None) -> None:
    """For `response.context` Django's test environment copies the context of every fragment; no test asks for it."""
    from django.template import Template

    Template._render = lambda self, context: self.nodelist.render(context)  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _nothing_is_held_from_another_test() -> Iterator[None]:
    """Cities have the same ids again, tests change what statements are written from, and a request leaves its language
    behind in the thread."""
    yield
    from django.utils import translation

    from yipanqi.core import prepared
    from yipanqi.insight import queue

    translation.deactivate()
    prepared._held.clear()
    queue._many.clear()


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The database is the throw-away server's; it was migrated before Django started."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Nothing to modify: each process of pytest-xdist has a server of its own."""


def owner_connection() -> Any:
    """A connection with the owner's role, for set-up, clean-up and tampering alone."""
    import psycopg

    return psycopg.connect(
        os.environ["MIGRATE_DATABASE_URL"], autocommit=True, options="-c search_path=city,jobs"
    )


# What `migrate` put in; everything else is business and goes after a test with real transactions.
KEPT = {
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "core_procedurestate",
    "core_limit",
    "core_calendarnotice",
    "core_calendarday",
    "meetings_burdenrule",
    "cases_reasoncode",
}


def clean() -> None:
    """Empty the business tables and the job queue, with the owner's role: the application's cannot."""
    with owner_connection() as owner:
        rows = owner.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('city', 'jobs')"
        ).fetchall()
        tables = ", ".join(f'"{schema}"."{table}"' for schema, table in rows if table not in KEPT)
        owner.execute(f"TRUNCATE {tables} CASCADE")
        owner.execute("DELETE FROM core_limit WHERE valid_from > '2020-01-01'")
        owner.execute(
            "DELETE FROM core_calendarday WHERE notice_id IN (SELECT id FROM core_calendarnotice WHERE year > 2026)"
        )
        owner.execute("DELETE FROM core_calendarnotice WHERE year > 2026")


def _clean_with_the_owners_role() -> None:
    """Django's own clean-up truncates with the test's role, which here has no such power."""
    from django.test import TransactionTestCase

    TransactionTestCase._fixture_teardown = lambda self: clean()  # type: ignore[attr-defined]


def _list_static_files_once() -> None:
    """Each client of a test has the middleware made anew, which goes through all static files; they do not change."""
    from whitenoise.middleware import WhiteNoiseMiddleware  # type: ignore[import-untyped]

    go_through = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, Any] = {}

    def add(self: Any) -> None:
        if not found:
            go_through(self)
            found.update(self.files)
        self.files.update(found)

    WhiteNoiseMiddleware.add_files_from_finders = add
