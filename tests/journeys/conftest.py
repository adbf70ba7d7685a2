"""Journeys: a real Chromium against the product in this process, on the real database.

What a server thread commits cannot be rolled back, so each journey ends with a clean-up by the owner's role (ours
cannot truncate). A journey needs only `live_server`: the fixtures below take pytest-django's own flush away.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from psycopg import sql
from pytest_django.plugin import DjangoDbBlocker

from conftest import owner_connection
from tests.journeys.helpers import LOCALES, Seen, fits, stands_still
from yipanqi.runtime import browser as installed

ROOT = Path(__file__).resolve().parent.parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
ARGUMENTS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# What `migrate` wrote, and every city needs: it outlives a journey.
KEPT = {
    "django_migrations",
    "django_content_type",
    "core_procedurestate",
    "core_limit",
    "core_calendarnotice",
    "core_calendarday",
    "cases_reasoncode",
}
PATIENCE = 15_000  # milliseconds, of every step and every expectation: a test machine may be busy
expect.set_options(timeout=PATIENCE)

PageFor = Callable[..., Page]
Axe = Callable[[Page], None]


def clean() -> None:
    """Empty every table of the city and of the job queue that `migrate` did not fill, in one statement: without
    CASCADE, so that a table that is to be kept can never be emptied by the way."""
    with owner_connection() as connection:
        rows = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('city', 'jobs')"
        )
        tables = [sql.Identifier(schema, name) for schema, name in rows if name not in KEPT]
        connection.execute("SET lock_timeout = '20s'")
        connection.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(tables)))


@pytest.fixture
def clean_database() -> Iterator[None]:
    """An empty city before the journey and after it. States, limits and the calendar stay."""
    clean()
    yield
    clean()


@pytest.fixture
def _django_db_helper(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, clean_database: None
) -> Iterator[None]:
    """In place of pytest-django's: database access in this thread and the server's, and our own clean-up."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        connections.close_all()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once a session."""
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    glyphs: dict[str, str | float | bool] = {**os.environ, **installed.font_environment()}
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, and Django takes that for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(
            executable_path=str(installed.ensure()), args=arguments, env=glyphs
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page_for(browser: Browser, live_server: Any) -> Iterator[PageFor]:
    """`page_for("zh", 390)`: a page of a fresh visitor in a language and at a width (CSS pixels); further arguments
    are the context's, `java_script_enabled=False` among them. Scripts that fail or are refused by the content
    security policy fail the test."""
    contexts: list[Any] = []
    faults: list[str] = []

    def make(language: str = "zh", width: int = 1280, **options: Any) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 844 if width < 600 else 900},
            has_touch=width < 600,
            **options,
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security" in line.text else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="session")
def axe() -> Axe:
    """`axe(page)` asserts that the accessibility scan of the page as it stands finds nothing serious or critical."""
    source = AXE.read_text(encoding="utf-8")

    def scan(page: Page) -> None:
        page.wait_for_load_state()
        # Evaluated by the browser itself, so the page's content security policy stays as it is.
        if not page.evaluate("'axe' in window"):  # a page that was looked at before has it
            page.evaluate(f"{source}\n; undefined")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        bad = [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
        told = [f"{v['id']}: {node['target']} {node['html'][:160]}" for v in bad for node in v["nodes"]]
        assert told == [], f"{page.url}\n" + "\n".join(told)

    return scan


@pytest.fixture
def seen(axe: Axe) -> Seen:
    """What is asked of every page that is visited."""

    def look(page: Page) -> None:
        stands_still(page)
        axe(page)
        fits(page)

    return look
