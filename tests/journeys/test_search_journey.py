"""Searching: from the box in the bar to a matter, and back to the same results; filters, order, and nothing found. In a
real browser, in both languages, on a desk and on a phone, with an accessibility scan of every page."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import City, file, make_city, take
from tests.journeys.helpers import DESKTOP, WAYS, Seen, sign_in, unseen

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TEXTS = (
    ("北门外路燈不亮", "小区北门外三根路灯一周不亮，晚上老人走路很危险。", "lamps"),
    ("示例路路灯昼夜常亮", "白天也亮着。", "lamps"),
    ("人行道坑洼", "示例路人行道上有坑，旁边的路灯也歪了。", "roads"),
)


def some_cases() -> City:
    at = timezone.now() - dt.timedelta(days=1)
    city = make_city(at)
    for title, text, lead in TEXTS:
        pk = file(city, at=at).case.pk
        clerk = city.actor("clerk")
        take(pk, "clear", clerk, at, title=title, text=text, category="lamps", area=city.area.pk)
        take(pk, "route", clerk, at, unit=lead)
    return city


def search(page: Page, words: str, seen: Seen) -> None:
    page.locator("#words").fill(words)
    page.locator("#words").press("Enter")
    expect(page.locator("#words")).to_have_value(words.strip())
    seen(page)


def look_for_the_lamps(page: Page, seen: Seen) -> None:
    sign_in(page, "clerk")
    search(page, "路灯", seen)
    rows = page.locator(".row-link")
    expect(rows).to_have_count(3)
    expect(page.locator("main mark").first).to_have_text("路灯")
    assert "%" not in page.url  # no word of the search stands in the address
    page.locator(".tabs a").last.click()
    expect(rows.first).to_have_text("示例路路灯昼夜常亮")
    seen(page)
    page.locator("main details summary").first.click()
    page.locator(".facets a", has_text="示例道路处").or_(page.locator(".facets a", has_text="Roads")).click()
    expect(rows).to_have_count(1)
    seen(page)
    rows.first.click()
    expect(page.locator("h2#timeline")).to_be_visible()
    page.go_back()
    expect(rows).to_have_count(1)
    search(page, "没有 人说过", seen)
    expect(rows).to_have_count(0)
    search(page, " ", seen)
    expect(rows).to_have_count(0)


@WAYS
def test_what_was_said_is_found(page_for: Any, seen: Seen, language: str, width: int) -> None:
    some_cases()
    look_for_the_lamps(page_for(language, width), seen)


def test_what_was_said_is_found_without_javascript(page_for: Any) -> None:
    some_cases()
    look_for_the_lamps(page_for("zh", DESKTOP, java_script_enabled=False), unseen)


def test_a_slash_leads_to_the_box(page_for: Any) -> None:
    some_cases()
    page = page_for("zh", DESKTOP)
    sign_in(page, "clerk")
    page.locator("main").press("/")
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("路/灯")
    expect(page.locator("#words")).to_have_value("路/灯")
