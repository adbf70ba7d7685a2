"""A clerk with the keyboard alone: no mouse, in both languages."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from tests.factories import PASSWORD, City, bring_to, file, make_city
from tests.journeys.helpers import DESKTOP, LANGUAGES, Seen
from yipanqi.core.models import Matter, Move
from yipanqi.notices.actions import keep_template
from yipanqi.web.desk.models import Typed
from yipanqi.web.desk.orders import run_due_orders

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, *keys: str) -> None:
    """Press keys of which the last leads to another page, and wait until that page stands."""
    press(page, *keys[:-1])
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def palette(page: Page) -> None:
    press(page, "Control+k")
    expect(page.locator("#palette-box")).to_be_focused()


def sign_in(page: Page, login: str) -> None:
    page.goto(reverse("desk:sign_in"))
    page.locator("#id_login").focus()
    page.keyboard.type(login)
    press(page, "Tab")
    page.keyboard.type(PASSWORD)
    go(page, "Enter")
    expect(page.locator(".desk-who")).to_be_visible()


def city_with(*states: str) -> tuple[City, list[str]]:
    """A city with cases in these states, the first the most urgent."""
    now = timezone.now()
    city, found = make_city(now - dt.timedelta(days=20)), []
    for days, state in enumerate(states):
        filed = file(city, at=now - dt.timedelta(days=9 - days))
        bring_to(city, filed, state, now - dt.timedelta(days=9 - days))
        found.append(str(filed.case.pk))
    return city, found


@pytest.mark.parametrize("language", LANGUAGES)
def test_lists_and_cases_are_walked_by_keys(page_for: Any, seen: Seen, language: str) -> None:
    _city, ids = city_with("forwarded", "forwarded", "handling")
    page = page_for(language, DESKTOP)
    sign_in(page, "insider")
    page.goto(reverse("desk:queue"))
    press(page, "j")
    expect(page.locator(".row-link").first).to_be_focused()
    press(page, "j", "x")
    expect(page.locator(".row-link").nth(1)).to_be_focused()
    expect(page.locator("[name=pick]").nth(1)).to_be_checked()
    expect(page.locator("#keys-told")).to_contain_text("1")
    press(page, "k", "k")
    expect(page.locator("#keys-told")).not_to_be_empty()
    go(page, "Enter")
    assert ids[0] in page.url
    go(page, "j")
    assert ids[1] in page.url
    expect(page.locator(".side-item[aria-current]")).to_have_attribute("href", f"/desk/matters/{ids[1]}/")
    press(page, "r")
    expect(page.locator("#step-request_return textarea")).to_be_focused()
    page.keyboard.type("jka?x")
    expect(page.locator("#step-request_return textarea")).to_have_value("jka?x")
    press(page, "Control+a", "Delete", "Escape", "?")
    expect(page.locator("#keys")).to_be_visible()
    seen(page)
    press(page, "Escape")
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "/")
    expect(page.locator("#words")).to_be_focused()
    page.locator("main").focus()
    page.on("dialog", lambda dialog: dialog.accept())  # something was typed and taken away again
    go(page, "u")
    expect(page.locator(".row-link").nth(1)).to_be_focused()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_palette_finds_steps_and_places_and_numbers(page_for: Any, seen: Seen, language: str) -> None:
    _city, ids = city_with("forwarded")
    page = page_for(language, DESKTOP)
    sign_in(page, "insider")
    page.goto(reverse("desk:matter", args=[ids[0]]))
    palette(page)
    seen(page)
    label = page.locator("#step-accept .step-label").inner_text()
    page.keyboard.type(label)
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text(label)
    press(page, "Enter")
    expect(page.locator("#step-accept button[type=submit]:not([name])")).to_be_focused()
    go(page, "Enter")
    assert Matter.objects.get(pk=ids[0]).state == "handling"
    number = page.locator(".matter-top .code").inner_text()
    palette(page)
    page.keyboard.type(page.locator(f".desk-nav a[href='{reverse('desk:notices')}']").inner_text().split()[0])
    go(page, "Enter")
    assert page.url.endswith(reverse("desk:notices"))
    palette(page)
    page.keyboard.type(number)
    go(page, "Enter")
    assert ids[0] in page.url
    palette(page)
    page.keyboard.type("qwxy-zmnp-k")
    expect(page.locator("#palette [role=option]")).to_have_count(1)  # a number may have no digit
    press(page, *["Backspace"] * 11)
    page.keyboard.type("@@@")
    expect(page.locator("#palette [role=status]")).not_to_be_empty()


def test_single_keys_are_switched_off_and_stay_off(page_for: Any) -> None:
    city_with("forwarded")
    page = page_for("zh", DESKTOP)
    sign_in(page, "insider")
    page.goto(reverse("desk:queue"))
    press(page, "?")
    page.locator("#keys button[value=off]").focus()
    go(page, "Enter")
    press(page, "j", "?")
    expect(page.locator(".row-link").first).not_to_be_focused()
    expect(page.locator("#keys")).to_be_hidden()
    press(page, "Control+k")
    expect(page.locator("#palette")).to_be_visible()
    press(page, "Escape")
    page.locator("#open-keys").focus()
    press(page, "Enter")
    page.locator("#keys button[value=on]").focus()
    go(page, "Enter")
    press(page, "j")
    expect(page.locator(".row-link").first).to_be_focused()


def test_without_javascript_there_is_no_button_that_does_nothing(page_for: Any) -> None:
    city_with("forwarded")
    page = page_for("zh", DESKTOP, java_script_enabled=False)
    page.goto(reverse("desk:sign_in"))
    page.locator("#id_login").fill("insider")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator(".desk-who")).to_be_visible()
    expect(page.locator("#open-keys")).to_be_hidden()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_is_kept_and_a_colleague_is_seen(page_for: Any, seen: Seen, language: str) -> None:
    _city, ids = city_with("handling")
    page = page_for(language, DESKTOP)
    sign_in(page, "insider")
    page.goto(reverse("desk:matter", args=[ids[0]]))
    press(page, "a")
    page.keyboard.type("第三根灯杆已修好。")
    expect(page.locator("#step-answer .kept-state")).to_have_text(re.compile(r"\d\d:\d\d$"))
    seen(page)
    other = page_for(language, DESKTOP)
    sign_in(other, "clerk")
    other.goto(reverse("desk:matter", args=[ids[0]]))
    expect(other.locator("#presence")).not_to_be_empty()
    seen(other)
    # Kept: it is left without a warning (a dialog nobody answers would hold the page), and stands there again.
    page.goto(reverse("desk:queue"))
    go(page, "j", "Enter")
    expect(page.locator("#step-answer .badge")).to_be_visible()
    press(page, "a")
    expect(page.locator("#step-answer textarea")).to_have_value("第三根灯杆已修好。")
    seen(page)
    page.route("**/typed", lambda route: route.abort())
    page.keyboard.type("又")
    expect(page.locator("#step-answer .kept-wrong")).to_be_visible()
    page.unroute("**/typed")
    expect(page.locator("#step-answer .kept-wrong")).to_have_count(0, timeout=15_000)
    page.locator("#step-answer button[value=discard]").focus()
    go(page, "Enter")
    expect(page.locator("#step-answer textarea")).to_have_value("")
    assert not Typed.objects.exists()


def test_a_pause_in_typing_sends_nothing_but_what_is_kept(page_for: Any) -> None:
    _city, ids = city_with("handling")
    page = page_for("zh", DESKTOP)
    sign_in(page, "insider")
    page.goto(reverse("desk:matter", args=[ids[0]]))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    press(page, "a")
    with page.expect_request("**/typed", timeout=30_000):
        page.keyboard.type("第三根灯")
    page.wait_for_timeout(6000)  # longer than any script waits
    assert {url.rsplit("/", 1)[1] for url in sent} <= {"typed", "here"}
    assert Matter.objects.get(pk=ids[0]).state == "handling"


def test_what_is_typed_before_the_script_has_come_is_kept(page_for: Any) -> None:
    _city, ids = city_with("handling")
    page = page_for("zh", DESKTOP)
    sign_in(page, "insider")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/autosave*.js", hold)
    page.goto(reverse("desk:matter", args=[ids[0]]))
    press(page, "a")
    page.keyboard.type("第三根灯")
    with page.expect_response("**/typed", timeout=30_000):
        held[0].continue_()
    assert Typed.objects.count() == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_clerk_works_a_case_by_the_keyboard_alone(page_for: Any, seen: Seen, language: str) -> None:
    """Open the most urgent, accept it, begin from a template, look at it as the resident will, answer."""
    city, ids = city_with("forwarded", "forwarded")
    text = "您反映的{title}已经办好。"
    place = {
        "unit": None,
        "place": "order.answer.text",
        "category": None,
        "title": "Mended 修好了",
        "text": text,
    }
    keep_template(template=None, by=city.viewer("sysadmin"), at=timezone.now(), **place)  # type: ignore[arg-type]
    page = page_for(language, DESKTOP)
    sign_in(page, "insider")
    palette(page)
    page.keyboard.type(page.locator(f".desk-nav a[href='{reverse('desk:queue')}']").inner_text())
    go(page, "Enter")
    go(page, "j", "Enter")
    assert ids[0] in page.url
    press(page, "a")
    expect(page.locator("#step-accept button[type=submit]:not([name])")).to_be_focused()
    go(page, "Enter")
    press(page, "a")
    expect(page.locator("#step-answer textarea")).to_be_focused()
    palette(page)
    page.keyboard.type("Mended")
    press(page, "Enter")
    expect(page.locator("#step-answer textarea")).to_have_value("您反映的路灯不亮已经办好。")
    press(page, "Tab", "Space")
    expect(page.locator("#step-answer input[value=solved]")).to_be_checked()
    press(page, "Tab", "Tab")
    expect(page.locator("#step-answer button[value=look]")).to_be_focused()
    go(page, "Enter")
    expect(page.locator("#looked")).to_be_focused()
    expect(page.locator("#looked")).to_contain_text("您反映的路灯不亮已经办好。")
    seen(page)
    press(page, "Tab")
    expect(page.locator("#step-answer button[type=submit]:not([name])")).to_be_focused()
    go(page, "Enter")
    expect(page.locator(".notice-success")).to_be_visible()
    assert Matter.objects.get(pk=ids[0]).state == "answered"


def test_a_template_and_the_preview_need_no_javascript(page_for: Any) -> None:
    city, ids = city_with("handling")
    place = {
        "unit": None,
        "place": "order.answer.text",
        "category": None,
        "title": "修好了",
        "text": "已经办好。",
    }
    keep_template(template=None, by=city.viewer("sysadmin"), at=timezone.now(), **place)  # type: ignore[arg-type]
    page = page_for("zh", DESKTOP, java_script_enabled=False)
    sign_in(page, "insider")
    page.goto(f"{reverse('desk:matter', args=[ids[0]])}?step=answer")
    card = page.locator("#step-answer")
    card.locator("textarea").fill("先写的。")
    card.locator("select").select_option(label="修好了")
    card.locator("button[value=template]").click()
    expect(card.locator("textarea")).to_have_value("先写的。\n已经办好。")
    card.locator("button[value=look]").click()
    expect(page.locator("#looked")).to_contain_text("先写的。")
    card.locator("button[value=keep]").click()
    expect(page.locator("main .notice-success")).to_be_visible()
    assert Typed.objects.count() == 1


def order_five(page: Page, seen: Seen) -> None:
    """Tick five rows and route them, by keys alone; at the end the order's page stands."""
    page.goto(reverse("desk:queue"))
    press(page, *("j", "x") * 5)
    expect(page.locator("[name=pick]:checked")).to_have_count(5)
    palette(page)
    page.keyboard.type(page.locator("main button[name=step]").inner_text())
    go(page, "Enter")
    seen(page)
    go(page, "a", "Enter")
    expect(page.locator("#order span")).not_to_be_empty()
    seen(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_are_sent_on_at_once_and_it_is_undone_and_done(page_for: Any, seen: Seen, language: str) -> None:
    city_with(*["registered"] * 5)
    page = page_for(language, DESKTOP)
    sign_in(page, "clerk")
    order_five(page, seen)
    go(page, "a", "Enter")
    expect(page.locator(".notice-success")).to_be_visible()
    assert not Move.objects.filter(step="route", at__gt=timezone.now() - dt.timedelta(minutes=5)).exists()
    order_five(page, seen)
    run_due_orders(at=timezone.now() + dt.timedelta(seconds=11))
    page.reload()
    expect(page.locator("#order")).to_have_count(0)
    seen(page)
    assert set(Matter.objects.values_list("state", flat=True)) == {"forwarded"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_view_is_kept_by_keys(page_for: Any, seen: Seen, language: str) -> None:
    city_with("forwarded", "handling")
    page = page_for(language, DESKTOP)
    sign_in(page, "insider")
    page.goto(f"{reverse('desk:queue')}?when=late")
    palette(page)
    page.keyboard.type(page.locator("main > details.disclosure > summary").last.inner_text())
    press(page, "Enter")
    expect(page.locator("#view-name")).to_be_focused()
    page.keyboard.type("早上先看")
    go(page, "Enter")
    expect(page.locator("[data-views] [aria-current]")).to_have_text("早上先看")
    seen(page)
    page.goto(reverse("desk:queue"))
    palette(page)
    page.keyboard.type("早上")
    go(page, "Enter")
    assert "when=late" in page.url


@pytest.mark.parametrize("width", [1280, 1600])
def test_list_and_case_stand_side_by_side(page_for: Any, width: int) -> None:
    _city, ids = city_with("forwarded", "forwarded", "handling")
    page = page_for("zh", width)
    sign_in(page, "insider")
    page.goto(reverse("desk:queue"))
    go(page, "j", "Enter")
    for number, key in ((1, "j"), (2, "j"), (1, "k")):
        go(page, key)
        expect(page.locator(".side-item[aria-current]")).to_have_attribute(
            "href", f"/desk/matters/{ids[number]}/"
        )
        expect(page.locator(".side-item[aria-current]")).to_be_in_viewport()
        expect(page.locator("main h1")).to_be_in_viewport()
    press(page, "a")
    expect(page.locator(".side-item[aria-current]")).to_be_in_viewport()
