"""Leaving a tracking page in a hurry, in a real browser: "back" shows nothing of it (trust-and-ux H3)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route
from pytest_django.live_server_helper import LiveServer

from tests.factories import bring_to, file, make_city
from tests.journeys.conftest import PageFor

pytestmark = pytest.mark.journey

NOWHERE = "<!doctype html><title>Weather</title><p>It rains.</p>"
ANSWER = "已修好。"


@pytest.mark.parametrize("scripts", [True, False])
def test_back_after_leaving_shows_nothing(scripts: bool, live_server: LiveServer, page_for: PageFor) -> None:
    from django.utils import timezone

    now = timezone.now()
    city = make_city(now)
    filed = file(city, at=now)
    bring_to(city, filed, "served", now)
    page: Page = page_for("zh", java_script_enabled=scripts)
    page.route("https://www.weather.com.cn/**", _weather)
    page.goto(f"{live_server.url}/track/")
    page.fill('[name="reference"]', filed.reference)
    page.fill('[name="secret"]', filed.secret)
    page.click('main button[type="submit"]')
    assert ANSWER in page.content()
    page.click("[data-leave]")
    page.wait_for_url("https://www.weather.com.cn/")
    for _ in range(3):
        if page.go_back() is None:
            break
        shown = page.content()
        assert ANSWER not in shown
        assert "路灯" not in shown
        assert "已答复" not in shown
    assert page.context.cookies(live_server.url) == [] or all(
        cookie["name"] != "session" for cookie in page.context.cookies(live_server.url)
    )


def _weather(route: Route) -> None:
    route.fulfill(status=200, content_type="text/html", body=NOWHERE)
