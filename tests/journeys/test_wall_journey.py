"""The wall on a large screen brings itself up to now, and says so when it cannot; the week leads to its lists."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import make_city
from tests.journeys.helpers import WAYS, Seen, fits, sign_in
from tests.journeys.validator import faults
from tests.meetings.world import lines
from tests.web.desk_helpers import case_in

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@WAYS
def test_the_week_and_the_searches_that_are_kept(
    page_for: Callable[..., Page], seen: Seen, language: str, width: int
) -> None:
    case_in(make_city(), "handling", at=timezone.now())
    page = page_for(language, width)
    sign_in(page, "deputy")
    page.goto("/desk/week/")
    seen(page)
    pages = {"week": page.content()}
    page.goto("/desk/queue/?whose=all&came=1")
    expect(page.locator(".row-link")).to_have_count(1)
    page.locator("input[name=words]").first.fill("三号杆")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_visible()
    seen(page)
    pages["search"] = page.content()
    assert faults(pages) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_goes_on_by_itself_and_says_when_it_cannot(
    page_for: Callable[..., Page], seen: Seen, language: str
) -> None:
    city = make_city()
    lines(city, "改进路灯维修", at=timezone.now())
    page = page_for(language, 1920)
    page.clock.install(time=timezone.now())
    sign_in(page, "deputy")
    page.goto("/desk/wall/")
    expect(page.locator(".wall-number")).to_have_text(["1"])
    seen(page)
    lines(city, "改进路灯维修", "修好道路", at=timezone.now())
    page.clock.run_for(61_000)
    expect(page.locator(".wall-number")).to_have_text(["1", "2"])
    assert "改进路灯维修" not in page.content()
    seen(page)
    assert faults({"wall": page.content()}) == []
    page.route("**/desk/wall/?part=1", lambda route: route.abort())
    page.clock.run_for(61_000)
    expect(page.locator("#wall-told")).not_to_be_empty()
    expect(page.locator(".wall-number")).to_have_text(["1", "2"])
    # On paper letters have another size: it moves, and nobody reads it meanwhile.
    page.emulate_media(media="print")
    fits(page)
