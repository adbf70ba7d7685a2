"""Tests run the product as the application's role on a real, throw-away PostgreSQL.

The server is started before Django reads its settings; only set-up, clean-up and tampering use the owner.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from typing import Any

import pytest

_stack = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server, migrate, and only then let Django see its settings."""
    # A shell that starts us in the background has us ignore Ctrl-C, and so would everything that the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if getattr(config.option, "dist", "no") != "no" and not hasattr(config, "workerinput"):
        return  # it runs no test itself, and what it set here its processes would share
    from yipanqi.runtime import embedded

    server = _stack.enter_context(embedded.throwaway())
    os.environ.update(server.urls)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings",
        YIPANQI_HOME=str(server.home),
        YIPANQI_SECRET_KEY="tests-only-" + "x" * 40,
        YIPANQI_SURFACE="both",
    )
    os.environ.pop("YIPANQI_ROLE", None)
    subprocess.run([sys.executable, "-m", "yipanqi.commands.main", "migrate"], check=True)
    import django

    django.setup()
    _clean_with_the_owners_role()


def pytest_unconfigure(config: pytest.Config) -> None:
    _stack.close()


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
