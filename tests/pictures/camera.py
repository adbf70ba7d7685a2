"""Takes the pictures: one browser, a context for each language, width and account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.journeys.helpers import LOCALES, fits
from tests.pictures.stage import Shot, Stage
from yipanqi.runtime import browser as installed
from yipanqi.web.display import CHOICES

PATIENCE = 20_000  # milliseconds
TALLEST = 4000  # CSS pixels of a page that are pictured; the gallery and the accounts go on for longer


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium, with Chinese glyphs wherever it runs."""
    arguments = ["--disable-gpu", "--no-first-run", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    glyphs: dict[str, str | float | bool] = {**os.environ, **installed.font_environment()}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(installed.ensure()), args=arguments, env=glyphs
        )
        yield browser
        browser.close()


class Camera:
    """Pictures of the product at `url`; every account signs in once, by the form, as people do."""

    def __init__(self, browser: Browser, url: str, stage: Stage) -> None:
        self._browser, self._url, self._stage = browser, url, stage
        self._signed_in: dict[str, Any] = {}

    def take(
        self,
        shot: Shot,
        address: str,
        language: str,
        width: int,
        into: Path,
        *,
        elder: bool = False,
        height: int = 0,
    ) -> None:
        """Picture a page, in large print where `elder`. Raises what the page or the browser raises: a picture that cannot be taken is an error."""
        context = self._context(language, width, self._state(shot.login))
        looks = [name for name, on in (("elder", elder), ("contrast", shot.contrast)) if on]
        context.add_cookies([{"name": name, "value": "1", "url": self._url} for name in looks])
        try:
            page = context.new_page()
            page.goto(shot.address(self._stage) if shot.address else address)
            if shot.do is not None:
                shot.do(page, self._stage)
                if shot.login in self._signed_in:  # who showed their password once more has another session
                    self._signed_in[shot.login] = self._session(context)
            self.save(page, into, height)
            fits(page)
        finally:
            context.close()

    @staticmethod
    def _session(context: BrowserContext) -> Any:
        """The session alone: how this picture looks is not how the next one does."""
        state = context.storage_state()
        state["cookies"] = [cookie for cookie in state["cookies"] if cookie["name"] not in CHOICES]
        return state

    def save(self, page: Page, into: Path, height: int = 0) -> None:
        """The whole page, or its beginning."""
        into.parent.mkdir(parents=True, exist_ok=True)
        size = page.viewport_size
        assert size is not None
        long = int(page.evaluate("document.documentElement.scrollHeight"))
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height or min(long, TALLEST)}
        page.screenshot(path=into, full_page=True, clip=clip, animations="disabled")  # type: ignore[arg-type]

    def _context(self, language: str, width: int, state: Any = None) -> BrowserContext:
        context = self._browser.new_context(
            base_url=self._url,
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 844 if width < 600 else 900},
            has_touch=width < 600,
            storage_state=state,
        )
        context.set_default_timeout(PATIENCE)
        return context

    def _state(self, login: str) -> Any:
        """The cookies of a signed-in account; none for a visitor."""
        if not login:
            return None
        if login not in self._signed_in:
            from django.urls import reverse

            from yipanqi.demo.load import PASSWORD

            context = self._context("zh", 1280)
            page = context.new_page()
            page.goto(reverse("desk:sign_in"))
            page.locator("#id_login").fill(login)
            page.locator("#id_password").fill(PASSWORD)
            page.locator("main button[type=submit]").click()
            page.wait_for_url(lambda url: "sign-in" not in url)
            self._signed_in[login] = context.storage_state()
            context.close()
        return self._signed_in[login]
