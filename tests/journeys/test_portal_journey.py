"""A resident's way from filing to verdict in a real browser: in both languages, on a phone, with an accessibility scan
of every page; and once without JavaScript. The pages are served by the portal's own database role."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import OPINION, City, make_city, take
from tests.journeys.helpers import PHONE, SAID, Seen, choose, file, fits, follow, pick, press, track
from tests.web.portal_helpers import Filing
from yipanqi.cases.models import Case, Verdict
from yipanqi.core.models import Matter

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("config.urls_portal"),
]


@pytest.fixture
def as_portal() -> Iterator[None]:
    """The server's threads connect as the portal; this thread, which plays the desk, stays the application."""
    from config.settings import CITY_SCHEMA, JOBS_SCHEMA, database

    connections["default"].ensure_connection()
    usual = connections.settings["default"]
    own = database(os.environ["PORTAL_DATABASE_URL"], f"{CITY_SCHEMA},{JOBS_SCHEMA}")
    connections.settings["default"] = {**usual, **own}
    yield
    connections.settings["default"] = usual


@pytest.fixture
def live_server(as_portal: None, settings: Any) -> Iterator[LiveServer]:
    """A server for this journey alone: the portal keeps its visitors apart from the staff's sessions, and a server
    reads where once, when it starts."""
    settings.SESSION_ENGINE = "yipanqi.web.portal.sessions"
    server = LiveServer("localhost")
    yield server
    server.stop()


@pytest.fixture
def city(live_server: LiveServer) -> City:
    return make_city()


class Desk:
    """The colleagues behind the counter, in this process."""

    def __init__(self, city: City, reference: str) -> None:
        self.city, self.case = city, Case.objects.get(number=reference)

    def take(self, login: str, step: str, **answers: Any) -> None:
        matter: UUID = self.case.pk
        take(matter, step, self.city.actor(login), timezone.now(), **answers)

    def ask(self) -> None:
        cleared = {
            "title": "路灯不亮",
            "text": "路灯一周不亮",
            "category": "lamps",
            "area": self.city.area.pk,
        }
        self.take("clerk", "clear", **cleared)
        self.take("clerk", "route", unit="lamps", co_units=["roads"])
        self.take("insider", "accept", **({"notice": "已受理。"} if self.is_claim else {}))
        if self.case.submission.anonymity != "anonymous":
            self.take("clerk", "open_identity", purpose="contact")
        self.take("insider", "ask", question="灯杆上有编号吗？")

    @property
    def is_claim(self) -> bool:
        return self.case.submission.kind == "claim"

    def answer(self) -> None:
        if self.is_claim:
            self.take("insider", "answer", **(OPINION | {"text": "换了灯头，今天起恢复照明。"}))
            self.take("insider", "serve", method="portal", agreed="on", proof="示例")
            return
        self.take("insider", "answer", text="换了灯头，今天起恢复照明。", outcome="solved")
        self.take("auditor", "serve", method="portal", proof="示例")

    @property
    def state(self) -> str:
        return Matter.objects.get(pk=self.case.pk).state


def from_filing_to_verdict(
    page: Page, city: City, seen: Seen, anonymity: str = "hidden", kind: str = "order"
) -> Desk:
    reference, secret = file(page, seen, anonymity, kind)
    track(page, reference, secret, seen)
    desk = Desk(city, reference)
    desk.ask()
    page.reload()
    expect(page.locator("main")).to_contain_text("灯杆上有编号吗？")
    seen(page)
    page.locator("#step-reply [name='text']").fill("编号 LD-03。")
    follow(page.locator("#step-reply button[type='submit']"))
    expect(page.locator(".notice-success")).to_be_visible()
    seen(page)
    assert desk.state == "handling"
    desk.answer()
    page.reload()
    expect(page.locator("main")).to_contain_text("换了灯头")
    seen(page)
    follow(page.locator("#step-evaluate button[type='submit']"))
    expect(page.locator("#step-evaluate .problems")).to_be_visible()
    seen(page)
    choose(page, "no")
    pick(page, "grade", "basically")
    follow(page.locator("#step-evaluate button[type='submit']"))
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("#step-second_handling")).to_have_count(int(kind == "order"))
    seen(page)
    verdict = Verdict.objects.get(case=desk.case)
    assert (verdict.grade, verdict.solved, verdict.open_to_staff) == ("basically", False, False)
    return desk


@pytest.mark.parametrize("language", ["zh", "en"])
def test_from_filing_to_verdict(city: City, page_for: Callable[..., Page], seen: Seen, language: str) -> None:
    page = page_for(language, PHONE)
    from_filing_to_verdict(page, city, seen)
    page.locator("form[action='/end/'] button").click()
    expect(page.locator(".notice-success")).to_be_visible()
    page.go_back()
    # What the browser still shows of the page before is for the eye alone: the next step asks for the secret.
    page.reload()
    expect(page.locator("[name='secret']")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh", "被反映的一方看不到。依法由被反映的单位自己办理的，它会知道"),
        ("en", "the other side cannot. If by law the two are the same, only anonymous keeps you unknown"),
    ],
)
def test_a_claim_known_to_the_handler_alone(
    city: City, page_for: Callable[..., Page], seen: Seen, language: str, told: str
) -> None:
    """Who will know is said before the choice; then the same way, to an opinion with all its parts."""
    page = page_for(language, PHONE)
    page.goto("/file/")
    choose(page, "claim")
    press(page, "next")
    for name in ("title", "text"):
        page.locator(f"[name='{name}']").fill(SAID[name])
    for _page in ("what", "where", "files"):
        press(page, "next")
    expect(page.locator("main")).to_contain_text(told)
    seen(page)
    desk = from_filing_to_verdict(page, city, seen, "handler_only", "claim")
    for part in OPINION.values():
        if part not in (OPINION["text"], OPINION["outcome"]):
            expect(page.locator("main")).to_contain_text(part)
    assert desk.case.submission.anonymity == "handler_only"


def test_without_javascript_in_large_print(city: City, page_for: Callable[..., Page]) -> None:
    page = page_for("zh", PHONE, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("button", name="大字版").click()
    expect(page.locator("html[data-elder]")).to_be_visible()
    from_filing_to_verdict(page, city, fits, "anonymous")


def test_switching_on_the_way_keeps_every_word(city: City, page_for: Callable[..., Page], seen: Seen) -> None:
    page = page_for("en", PHONE)
    page.goto("/file/")
    choose(page, "order")
    press(page, "next")
    page.locator("[name='title']").fill("A dark lamp")
    # The Enter key goes on; it does not switch to large print, whose button stands before it on the page.
    page.locator("[name='title']").press("Enter")
    expect(page.locator(".problems")).to_be_visible()
    page.get_by_role("button", name="Large print").click()
    expect(page.locator("html[data-elder]")).to_be_visible()
    expect(page.locator("[name='title']")).to_have_value("A dark lamp")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("html[lang='zh-Hans']")).to_be_visible()
    expect(page.locator("[name='title']")).to_have_value("A dark lamp")
    seen(page)


def test_nothing_typed_stays_in_the_browser(city: City, page_for: Callable[..., Page]) -> None:
    page = page_for("zh", PHONE)
    reference, secret = file(page, lambda _page: None)
    kept = str(page.context.cookies()) + page.evaluate(
        "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    )
    for text in (*SAID.values(), reference, secret, secret.replace(" ", "")):
        assert text not in kept
        assert text not in page.url
    # The page loaded again files nothing more and shows no secret.
    page.reload()
    expect(page.locator("h1")).to_have_text("这件事已经提交过了")
    expect(page.locator("main")).not_to_contain_text(secret)
    assert Case.objects.count() == 1


def test_a_double_click_in_two_processes_files_once(city: City) -> None:
    """Eight submissions of one page at the same moment: one is filed, one answer shows the secret."""
    filing = Filing(Client())
    filing.to_check()
    form = filing.form | {"go": "submit"}

    def submit(_number: int) -> str:
        try:
            return Client().post("/file/", form).content.decode()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(submit, range(8)))
    assert Case.objects.count() == 1
    assert sum("提交成功，我们收到了" in page for page in pages) == 1
    assert sum("这件事已经提交过了" in page for page in pages) == 7


def test_the_journeys_clock_is_the_citys() -> None:
    """Due dates on these pages are counted in Shanghai, wherever the machine stands."""
    assert timezone.localtime(dt.datetime(2026, 11, 23, 17, tzinfo=dt.UTC)).date() == dt.date(2026, 11, 24)
