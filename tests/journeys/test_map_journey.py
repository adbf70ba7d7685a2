"""A place by pin on a phone: by touch, by keyboard alone, by where one is, and without any of it; on the made-up map."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.factories import City
from tests.journeys.helpers import PHONE, SAID, Seen, choose, press
from tests.journeys.test_portal_journey import as_portal, city, live_server
from tests.journeys.validator import faults
from yipanqi.cases.models import Submission
from yipanqi.core import sealing
from yipanqi.text.geo import metres, read

__all__ = ["as_portal", "city", "live_server"]
pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("config.urls_portal"),
]
HERE = {"latitude": 36.65321, "longitude": 117.00123}
POINT = "#pin [name=point]"
KEPT = re.compile(r"^geo:36\.\d{5},11\d\.\d{5};crs=wgs84$")


def to_where(page: Page) -> None:
    page.goto("/file/")
    choose(page, "order")
    press(page, "next")
    for name in ("title", "text"):
        page.locator(f"[name='{name}']").fill(SAID[name])
    press(page, "next")
    expect(page.locator("[name=place]")).to_be_visible()


def asked(page: Page) -> list[str]:
    """The addresses that the page asks from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url))
    return found


def opened(page: Page) -> None:
    page.locator("#pin-offer button").click()
    expect(page.locator("#pin-room")).to_be_visible()
    expect(page.locator("#pin-map img").first).to_be_visible()


def told(page: Page) -> str:
    expect(page.locator("#pin-told")).not_to_be_empty()
    return page.locator("#pin-told").inner_text()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_pin_by_touch_goes_along_to_the_end(
    page_for: Callable[..., Page], city: City, seen: Seen, language: str, live_server: Any
) -> None:
    page = page_for(language, PHONE)
    requests = asked(page)
    to_where(page)
    seen(page)
    assert not any("leaflet" in url or "pin.js" in url or "/map/" in url for url in requests)
    opened(page)
    page.locator("#pin-map").tap(position={"x": 150, "y": 120})
    expect(page.locator(POINT)).to_have_value(KEPT)
    said = told(page)
    assert "36." in said
    assert ("示例街道" if language == "zh" else "Sample Street") in said
    seen(page)
    assert faults({"where": page.content()}) == []
    assert all(url.startswith((live_server.url, "data:")) for url in requests)
    # What is nearest is suggested and why; the person decides.
    expect(page.locator("[name=area]")).to_have_value("")
    page.locator("#pin-near button").click()
    expect(page.locator("[name=area]")).to_have_value("370199001")
    point = page.locator(POINT).input_value()
    press(page, "next")
    press(page, "back")
    expect(page.locator(POINT)).to_have_value(point)
    press(page, "next")
    press(page, "next")
    choose(page, "anonymous")
    press(page, "next")
    expect(page.locator(".point-picture")).to_be_visible()
    seen(page)
    press(page, "submit")
    expect(page.locator(".secret")).to_be_visible()
    assert sealing.open_seal(Submission.objects.get().seal_id)["point"] == point


def test_the_keyboard_alone_moves_the_pin_and_takes_it_away(
    page_for: Callable[..., Page], city: City, seen: Seen
) -> None:
    page = page_for("zh", 1280)
    to_where(page)
    page.locator("#pin-offer button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pin-map")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(POINT)).to_have_value("geo:36.65000,117.00000;crs=wgs84")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowRight")
    expect(page.locator(POINT)).not_to_have_value("geo:36.65000,117.00000;crs=wgs84")
    point = read(page.locator(POINT).input_value())
    assert point is not None
    assert point.latitude > 36.65
    assert point.longitude > 117.0
    assert "离“示例街道”的中心最近" in told(page)
    page.keyboard.press("+")
    page.locator("[data-do=remove]").press("Enter")
    expect(page.locator(POINT)).to_have_value("")
    expect(page.locator("#pin-told")).to_have_text("去掉了。")
    seen(page)


@pytest.mark.parametrize("elder", [False, True])
def test_everything_to_press_is_large_enough(
    page_for: Callable[..., Page], city: City, seen: Seen, *, elder: bool
) -> None:
    page = page_for("zh", PHONE)
    page.goto("/file/")
    if elder:
        page.locator("button[name=elder]").first.click()
        expect(page.locator("html[data-elder]")).to_be_attached()
    to_where(page)
    opened(page)
    page.locator("#pin-map").press("ArrowUp")
    told(page)
    seen(page)
    for button in page.locator("#pin button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= (60 if elder else 44), button.inner_text()


def test_the_map_is_offered_when_its_script_answers(page_for: Callable[..., Page], city: City) -> None:
    page = page_for("zh", PHONE)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/offer*.js", hold)
    to_where(page)
    while not held:
        page.wait_for_timeout(20)
    expect(page.locator("#pin-offer button")).to_be_hidden()
    held[0].continue_()
    opened(page)


def test_where_one_is_now_is_used_when_it_is_allowed(page_for: Callable[..., Page], city: City) -> None:
    page = page_for("zh", PHONE, geolocation=HERE, permissions=["geolocation"])
    to_where(page)
    opened(page)
    page.locator("[data-do=here]").click()
    expect(page.locator(POINT)).to_have_value("geo:36.65321,117.00123;crs=wgs84")


def test_refused_it_says_so_and_keeps_all_that_was_typed(page_for: Callable[..., Page], city: City) -> None:
    page = page_for("zh", PHONE)
    to_where(page)
    page.locator("[name=place]").fill(SAID["place"])
    opened(page)
    page.locator("[data-do=here]").click()
    expect(page.locator("#pin-told")).to_contain_text("没有得到允许")
    expect(page.locator("[name=place]")).to_have_value(SAID["place"])
    expect(page.locator(POINT)).to_have_value("")


def test_a_map_that_does_not_come_is_told_and_can_be_tried_again(
    page_for: Callable[..., Page], city: City, seen: Seen
) -> None:
    page = page_for("zh", PHONE)
    to_where(page)
    page.route("**/leaflet/leaflet.js", lambda route: route.abort())
    page.locator("#pin-offer button").click()
    expect(page.locator("#pin-map [role=alert]")).to_contain_text("地图没有打开")
    seen(page)
    page.unroute("**/leaflet/leaflet.js")
    page.locator("#pin-map button").click()
    expect(page.locator("#pin-map img").first).to_be_visible()
    seen(page)


def test_without_scripts_words_and_list_do(page_for: Callable[..., Page], city: City) -> None:
    page = page_for("zh", PHONE, java_script_enabled=False)
    to_where(page)
    expect(page.locator("#pin-offer")).to_be_hidden()
    page.locator("[name=place]").fill(SAID["place"])
    press(page, "next")
    expect(page.locator("input[type=file]")).to_be_visible()


def test_near_is_worked_out_alike_here_and_there(page_for: Callable[..., Page], city: City) -> None:
    page = page_for("zh", PHONE, geolocation=HERE, permissions=["geolocation"])
    to_where(page)
    opened(page)
    page.locator("[data-do=here]").click()
    one, other = read("geo:36.65321,117.00123;crs=wgs84"), read("geo:36.65000,117.00000;crs=wgs84")
    assert one is not None
    assert other is not None
    expect(page.locator("#pin-told")).to_contain_text(f"约 {metres(one, other)} 米")
