"""What journeys share: what is asked of every page, a resident's way through the portal, a colleague's through the
desk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

PHONE, DESKTOP = 390, 1280
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
LANGUAGES = tuple(LOCALES)
# A long way is walked in each language and at each width once; every page in every pair of them is test_every_page's.
WAYS = pytest.mark.parametrize(("language", "width"), [("zh", PHONE), ("en", DESKTOP)])
MOST_MOVED = 0.02  # of the screen times the way; "good" is below 0.1
Seen = Callable[[Page], None]


def unseen(_page: Page) -> None:
    """For browsers without JavaScript, in which neither the scan nor the measuring can run."""


def follow(link: Locator) -> None:
    """Press what leads to another page, and wait until that page stands: what is looked at next is never the old one
    on its way out."""
    with link.page.expect_navigation():
        link.click()


def fits(page: Page) -> None:
    """Nothing has to be scrolled sideways, whatever the size of the letters: neither the page nor a table in it."""
    wide = page.evaluate(
        """() => Math.max(...[document.documentElement, ...document.querySelectorAll('.queue-room, .board-room')]
            .map(box => box.scrollWidth - box.clientWidth))"""
    )
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def stands_still(page: Page) -> None:
    """Nothing jumped while the page was read: what moved without anybody's doing (Chromium's cumulative layout shift)."""
    page.wait_for_load_state()
    moved = page.evaluate(
        """() => new Promise(done => {
            // A file that a test picks is no press to Chromium; its line in the list is what the person wanted.
            if (document.querySelector('form[data-upload]')) return done(0);
            const moves = [];
            new PerformanceObserver(list => moves.push(...list.getEntries())).observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(moves.filter(each => !each.hadRecentInput).reduce((sum, each) => sum + each.value, 0)), 50);
        })"""
    )
    assert moved < MOST_MOVED, f"{page.url} moved by {moved:.3f}"


# --- the desk --------------------------------------------------------------------------------------------------------


def sign_in(page: Page, login: str) -> None:
    # Imported late: models need the settings, which the root conftest makes after this file is read.
    from tests.factories import PASSWORD

    page.goto(reverse("desk:sign_in"))
    page.locator("#id_login").fill(login)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page.locator(".desk-who")).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator(f"form[action='{reverse('desk:sign_out')}'] button").click()
    expect(page.locator("#id_password")).to_be_visible()


def pick(page: Page, group: str, value: str) -> None:
    """Choose a radio button as people do: by its words."""
    radio = page.locator(f"input[name='{group}'][value='{value}']:visible").first
    page.locator(f"label[for='{radio.get_attribute('id')}']").click()


def unfold(page: Page, step: str) -> Locator:
    """The card of a step, unfolded."""
    card = page.locator(f"#step-{step}")
    if card.get_attribute("open") is None:
        card.locator("summary").click()
    return card


def take(page: Page, step: str, seen: Seen, **typed: str) -> None:
    """Fill in the form of a step, have the page with its open form looked at, and send it."""
    card = unfold(page, step)
    for name, text in typed.items():
        card.locator(f"[name='{name}']").first.fill(text)
    seen(page)
    send(card, seen)


def send(card: Locator, seen: Seen) -> None:
    follow(card.locator("button[type=submit]:not([name])"))
    expect(card.page.locator(".notice-success")).to_be_visible()
    seen(card.page)


def open_first(page: Page, seen: Seen, **filters: str) -> None:
    """From the queue to its most urgent matter."""
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    page.goto(f"{reverse('desk:queue')}?{query}")
    seen(page)
    follow(page.locator(".row-link").first)
    expect(page.locator("h2#timeline")).to_be_visible()
    seen(page)


# --- the portal ------------------------------------------------------------------------------------------------------

SAID = {
    "title": "小区门口的路灯不亮",
    "text": "我叫王小明。路灯一周不亮了，晚上老人走路很危险，请尽快修。",
    "place": "示例路与示例街路口",
    "name": "王小明",
    "phone": "19900000001",
}


def choose(page: Page, value: str) -> None:
    """Choose as people do: by the words."""
    page.locator(f"input[value='{value}'] + label").click()


def press(page: Page, value: str) -> None:
    follow(page.locator(f"main button[name='go'][value='{value}']").first)


def file(
    page: Page, seen: Seen, anonymity: str = "hidden", kind: str = "order", said: dict[str, str] = SAID
) -> tuple[str, str]:
    """From the first page to reference and secret; a mistake and a change on the way. What is `said` begins with the
    name, which is taken out again."""
    page.goto("/")
    seen(page)
    follow(page.locator("main a[href='/file/']"))
    press(page, "next")
    expect(page.locator(".problems")).to_be_visible()
    seen(page)
    choose(page, kind)
    press(page, "next")
    press(page, "next")
    expect(page.locator(".problems")).to_be_visible()
    seen(page)
    for name in ("title", "text"):
        page.locator(f"[name='{name}']").fill(said[name])
    page.locator("[name='category']").select_option("lamps")
    press(page, "next")
    page.locator("[name='place']").fill(said["place"])
    page.locator("[name='area']").select_option("370199001")
    seen(page)
    press(page, "next")
    seen(page)
    press(page, "next")
    seen(page)
    choose(page, anonymity)
    press(page, "next")
    if anonymity != "anonymous":
        page.locator("[name='name']").fill(said["name"])
        page.locator("[name='phone']").fill(said["phone"])
        seen(page)
        press(page, "next")
    expect(page.locator("mark")).to_have_text(["王小明"])
    seen(page)
    press(page, "what")
    text = page.locator("[name='text']")
    expect(text).to_have_value(said["text"])
    text.fill(said["text"].replace("我叫王小明。", ""))
    press(page, "next")
    expect(page.locator("mark")).to_have_count(0)
    press(page, "submit")
    expect(page.locator(".secret")).to_be_visible()
    seen(page)
    codes = [
        page.locator(f"#filed [name='{name}']").get_attribute("value") for name in ("reference", "secret")
    ]
    assert all(codes)
    return str(codes[0]), str(codes[1])


def track(page: Page, reference: str, secret: str, seen: Seen) -> None:
    page.goto("/track/")
    page.locator("[name='reference']").fill(reference)
    page.locator("[name='secret']").fill("0000 0000 0000 0000")
    follow(page.locator("main form button").first)
    expect(page.locator(".problems")).to_be_visible()
    seen(page)
    page.locator("[name='secret']").fill(secret)
    follow(page.locator("main form button").first)
    expect(page).to_have_url(re.compile(rf"/track/{reference}/$"))
    seen(page)
