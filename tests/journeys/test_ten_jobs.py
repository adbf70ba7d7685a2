"""Ten common jobs, and what each costs whoever does it: pages, presses and keys (docs/jobs.md).

The table in the documentation is what this test counted: build/jobs.md has the newest one, with the seconds that the
machine took. Signing in is not counted, nor is reading and thinking.
"""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from tests.factories import City, bring_to, file as file_case, make_city, take
from tests.journeys.helpers import DESKTOP, PHONE, SAID, follow, sign_in, sign_out
from yipanqi.core.models import Matter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTED, BUILT = ROOT / "docs" / "jobs.md", ROOT / "build" / "jobs.md"
HEAD = "| job | who, where | pages | presses | keys | seconds of the machine |\n|---|---|---|---|---|---|\n"


@dataclass
class Job:
    """One line of the table."""

    name: str
    who: str
    pages: int
    presses: int
    keys: int
    seconds: float

    @property
    def row(self) -> str:
        return f"| {self.name} | {self.who} | {self.pages} | {self.presses} | {self.keys} | {self.seconds:.1f} |\n"


class Hand:
    """A person's hand on a page: what it does is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages = self.presses = self.keys = 0
        page.on("framenavigated", lambda frame: self._turned(frame.parent_frame is None))

    def _turned(self, whole: bool) -> None:
        self.pages += whole

    def press(self, locator: Locator) -> None:
        """Press what leads to another page."""
        self.presses += 1
        follow(locator)

    def touch(self, locator: Locator) -> None:
        """Press what stays on the page."""
        self.presses += 1
        locator.click()

    def write(self, locator: Locator, text: str) -> None:
        self.presses += 1
        self.keys += len(text)
        locator.fill(text)

    def choose(self, locator: Locator, value: str) -> None:
        """Open a list and choose from it."""
        self.presses += 2
        locator.select_option(value)

    def tick(self, group: str, value: str) -> None:
        """A radio button of what is open, by its words."""
        radio = self.page.locator(f"input[name='{group}'][value='{value}']:visible").first
        self.touch(self.page.locator(f"label[for='{radio.get_attribute('id')}']"))

    def unfold(self, step: str) -> Locator:
        card = self.page.locator(f"#step-{step}")
        if card.get_attribute("open") is None:
            self.touch(card.locator("summary").first)
        return card

    def send(self, card: Locator) -> None:
        self.press(card.locator("p.actions button[type=submit]:not([name])").last)
        expect(self.page.locator(".notice-success")).to_be_visible()


class Jobs:
    """The jobs that were done, in order."""

    def __init__(self) -> None:
        self.done: list[Job] = []

    def do(self, name: str, who: str, hand: Hand, act: Callable[[Hand], Any]) -> Any:
        hand.pages = hand.presses = hand.keys = 0
        began = time.monotonic()
        found = act(hand)
        hand.page.wait_for_load_state()
        self.done.append(Job(name, who, hand.pages, hand.presses, hand.keys, time.monotonic() - began))
        return found


# --- the jobs --------------------------------------------------------------------------------------------------------


def file_it(hand: Hand) -> tuple[str, str]:
    page = hand.page

    def on() -> None:
        hand.press(page.locator("main button[name='go'][value='next']").first)

    page.goto("/")
    hand.press(page.locator("main a[href='/file/']"))
    hand.tick("kind", "order")
    on()
    hand.write(page.locator("[name='title']"), SAID["title"])
    hand.write(page.locator("[name='text']"), "路灯一周不亮了，晚上老人走路很危险，请尽快修。")
    on()
    hand.write(page.locator("[name='place']"), SAID["place"])
    on()
    if page.locator("input[type='file']").count():
        on()
    hand.tick("anonymity", "hidden")
    on()
    hand.write(page.locator("[name='name']"), SAID["name"])
    hand.write(page.locator("[name='phone']"), SAID["phone"])
    on()
    hand.press(page.locator("main button[name='go'][value='submit']").first)
    codes = [page.locator(f"#filed [name='{n}']").get_attribute("value") for n in ("reference", "secret")]
    return str(codes[0]), str(codes[1])


def track_it(hand: Hand, reference: str, secret: str) -> None:
    """By the QR code of the receipt, which knows the reference."""
    hand.page.goto(f"/track/?reference={reference}")
    hand.write(hand.page.locator("[name='secret']"), secret.replace(" ", ""))
    hand.press(hand.page.locator("main form button").first)
    expect(hand.page).to_have_url(re.compile(rf"/track/{reference}/$"))


def judge_it(hand: Hand) -> None:
    hand.page.reload()
    hand.tick("solved", "yes")
    hand.tick("grade", "satisfied")
    hand.send(hand.page.locator("#step-evaluate"))


def take_in(hand: Hand) -> None:
    page = hand.page
    hand.press(page.locator(f"nav a[href='{reverse('desk:intake')}']"))
    hand.write(page.locator("#id_title"), "北门外路灯不亮")
    hand.write(page.locator("#id_text"), "北门外的路灯坏了一周，请修。")
    hand.choose(page.locator("#id_category"), "lamps")
    hand.choose(page.locator("#id_area"), "370199001")
    hand.tick("anonymity", "hidden")
    hand.write(page.locator("#id_name"), "张晓明")
    hand.write(page.locator("#id_phone"), "19900000001")
    hand.press(page.locator("main form button[type=submit]").last)
    expect(page.locator(".secret")).to_be_visible()


def clear_and_route(hand: Hand, matter: str) -> None:
    hand.page.goto(matter)
    card = hand.unfold("clear")
    if not card.locator("[name='category']").input_value():
        hand.choose(card.locator("[name='category']"), "lamps")
    if not card.locator("[name='area']").input_value():
        hand.choose(card.locator("[name='area']"), "370199001")
    hand.send(card)
    hand.send(hand.unfold("route"))


def accept_and_answer(hand: Hand, matter: str) -> None:
    hand.page.goto(matter)
    hand.send(hand.unfold("accept"))
    card = hand.unfold("answer")
    hand.write(card.locator("textarea").first, "三根路灯的灯泡已更换，今晚亮灯。")
    hand.tick("outcome", "solved")
    hand.send(card)


def serve_it(hand: Hand, matter: str) -> None:
    hand.page.goto(matter)
    card = hand.unfold("serve")
    hand.tick("method", "portal")
    hand.write(card.locator("[name='proof']"), "网上查看")
    hand.send(card)


def route_five(hand: Hand) -> None:
    page = hand.page
    page.goto(reverse("desk:queue"))
    for box in page.locator("input[name='pick']").all()[:5]:
        hand.touch(box)
    hand.press(page.locator("button[name='step'][value='route']"))
    hand.press(page.locator("main form button[type=submit]").last)


def find_by_a_word(hand: Hand) -> None:
    hand.write(hand.page.locator("#words"), "危险")
    hand.press(hand.page.locator(".desk-search button"))
    hand.press(hand.page.locator(".row-link").first)


def open_the_latest(hand: Hand) -> None:
    page = hand.page
    page.goto(reverse("desk:supervision"))
    hand.press(page.locator(".figure-red a").first)
    hand.press(page.locator(".row-link").first)


def to_do_five(city: City, at: dt.datetime) -> None:
    """Five requests that are cleared and wait to be forwarded, and one that is late."""
    for _number in range(5):
        filed = file_case(city, at=at)
        words = {"title": "路灯不亮", "text": "三号杆路灯不亮", "category": "lamps", "area": city.area.pk}
        take(filed.case.pk, "clear", city.actor("clerk"), at, **words)
    late = file_case(city, at=at - dt.timedelta(days=30))
    bring_to(city, late, "forwarded", at - dt.timedelta(days=29))


def counts(table: str) -> list[tuple[str, ...]]:
    """The rows of a table without its seconds."""
    return [tuple(line.split(" | ")[:5]) for line in table.splitlines() if line.startswith("| ")]


def test_ten_jobs(page_for: Callable[..., Page]) -> None:
    at = timezone.now()
    city = make_city(at - dt.timedelta(days=60))
    jobs, phone, desk = Jobs(), Hand(page_for("zh", PHONE)), Hand(page_for("zh", DESKTOP))
    reference, secret = jobs.do("say that a lamp is dark", "resident, phone", phone, file_it)
    jobs.do("see how it stands", "resident, phone", phone, lambda h: track_it(h, reference, secret))
    matter = reverse("desk:matter", args=[Matter.objects.latest("opened_at").pk])

    sign_in(desk.page, "clerk")
    jobs.do("take in a call", "clerk, desktop", desk, take_in)
    jobs.do("clear a request and forward it", "clerk, desktop", desk, lambda h: clear_and_route(h, matter))
    to_do_five(city, at)
    jobs.do("forward five at once", "clerk, desktop", desk, route_five)
    sign_out(desk.page)
    sign_in(desk.page, "insider")
    jobs.do("accept it and answer", "handler, desktop", desk, lambda h: accept_and_answer(h, matter))
    sign_out(desk.page)
    sign_in(desk.page, "auditor")
    jobs.do(
        "check the answer and serve it", "auditor of answers, desktop", desk, lambda h: serve_it(h, matter)
    )
    jobs.do("judge it", "resident, phone", phone, judge_it)
    jobs.do("find a case by a word in it", "auditor of answers, desktop", desk, find_by_a_word)
    sign_out(desk.page)
    sign_in(desk.page, "deputy")
    jobs.do("open what is late", "deputy secretary, desktop", desk, open_the_latest)

    BUILT.parent.mkdir(exist_ok=True)
    table = HEAD + "".join(job.row for job in jobs.done)
    BUILT.write_text(table, encoding="utf-8")
    assert counts(DOCUMENTED.read_text(encoding="utf-8")) == counts(table), f"see {BUILT}"
