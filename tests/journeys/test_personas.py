"""Named people, each in the way that is theirs: somebody old with a small telephone, somebody who hears the page instead of
seeing it, and a leader who has ten minutes before nine. The clerk who uses keys alone is in test_keyboard_journey, the telephone
without scripts in test_portal_journey, the administrator with a broken spreadsheet in test_import_journey."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Locator, Page, expect

from tests.factories import City, make_city
from tests.insight.test_lists import some_of_everything
from tests.journeys.helpers import (
    LANGUAGES,
    PHONE,
    SAID,
    WAYS,
    Seen,
    choose,
    file,
    follow,
    press,
    sign_in,
    take,
    track,
)
from yipanqi.cases.models import CallRequest, Case
from yipanqi.core.models import Move

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SMALL = 320
LARGE_LETTERS, LARGE_TARGET = (
    24,
    60,
)  # CSS pixels: 18 pt, and what a stiff finger hits (MIIT's rules for the elderly)
PageFor = Callable[..., Page]


@pytest.fixture
def city(live_server: object) -> City:
    return make_city()


def words(language: str) -> Callable[[str], str]:
    """What the product calls something in a language."""

    def say(text: str) -> str:
        with translation.override({"zh": "zh-hans"}.get(language, language)):
            return translation.gettext(text)

    return say


# --- Grandmother Li: seventy-eight, a small cheap telephone, large print -----------------------------------------------


def comfortable(page: Page) -> None:
    """Whatever is read is at least 18 pt, whatever is pressed at least 60 by 60, and nothing is wider than the screen."""
    small = page.evaluate(
        """least => [...document.querySelectorAll('main p, main li, main dd, main label, main h1, main h2, main legend')]
            .filter(each => each.checkVisibility() && !each.classList.contains('visually-hidden') && each.textContent.trim()
                && parseFloat(getComputedStyle(each).fontSize) < least)
            .map(each => `${each.tagName} ${each.className}: ${each.textContent.trim().slice(0, 40)}`)""",
        LARGE_LETTERS,
    )
    assert small == [], page.url
    tight = page.evaluate(
        """least => [...document.querySelectorAll('main button, main .button, main select, main input, main summary')]
            .filter(each => each.checkVisibility() && !['hidden', 'radio', 'checkbox'].includes(each.type))
            .map(each => [each, each.getBoundingClientRect()])
            .filter(([, box]) => box.height && (box.height < least - 0.5 || box.width < least - 0.5))
            .map(([each, box]) => `${each.tagName} ${each.className} ${each.name ?? ''}: ${box.width} x ${box.height}`)""",
        LARGE_TARGET,
    )
    assert tight == [], page.url


@pytest.mark.parametrize("language", LANGUAGES)
def test_grandmother_files_in_large_print_on_a_small_phone_and_asks_for_a_call(
    city: City, page_for: PageFor, seen: Seen, language: str
) -> None:
    page, say = page_for(language, SMALL), words(language)

    def look() -> None:
        comfortable(page)
        seen(page)

    page.goto("/")
    page.get_by_role("button", name=say("大字版"), exact=True).click()
    expect(page.locator("html[data-elder]")).to_be_visible()
    look()
    follow(page.get_by_role("link", name=say("开始填写")))
    look()
    choose(page, "order")
    press(page, "next")
    look()
    for name in ("title", "text"):
        page.locator(f"[name='{name}']").fill(SAID[name])
    for _page in ("where", "files", "known"):
        press(page, "next")
        look()
    choose(page, "named")
    press(page, "next")
    look()
    page.locator("[name='name']").fill(SAID["name"])
    page.locator("[name='phone']").fill(SAID["phone"])
    press(page, "next")
    look()
    press(page, "submit")
    expect(page.locator(".secret")).to_be_visible()
    look()
    with page.expect_download() as sheet:
        page.get_by_role("button", name=say("下载大字单（PDF）")).click()
    assert sheet.value.suggested_filename.endswith(".pdf")
    follow(page.get_by_role("link", name=say("请给我打电话")).first)
    look()
    page.locator("[name='number']").fill(SAID["phone"])
    follow(page.get_by_role("button", name=say("请给我打电话"), exact=True))
    look()
    assert CallRequest.objects.filter(closed_at__isnull=True).count() == 1


# --- Mr Zhao: blind; knows a page by what it is called, and nothing else ---------------------------------------------


def heard(page: Page) -> str:
    """What a screen reader says first of a page: its title; and there is one main part, and one first heading in it."""
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("contentinfo")).to_have_count(1)
    return page.title()


def field(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_label(name, exact=False).first


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_blind_resident_files_and_tracks_by_what_things_are_called(
    city: City, page_for: PageFor, language: str
) -> None:
    page, say, titles = page_for(language, PHONE), words(language), []

    def go_on() -> None:
        titles.append(heard(page))
        follow(page.get_by_role("button", name=say("继续"), exact=True))

    page.goto("/")
    titles.append(heard(page))
    page.get_by_role("link", name=say("跳到正文")).press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    follow(page.get_by_role("link", name=say("开始填写")))
    go_on()
    # What is wrong is said at once: it has the focus, and its line leads to the field.
    alert = page.get_by_role("alert")
    expect(alert).to_be_focused()
    assert heard(page).startswith(say("有需要改的地方："))
    alert.get_by_role("link").first.press("Enter")
    expect(page.get_by_role("radio").first).to_be_focused()
    expect(page.get_by_role("radio", name=say("反映一个问题"))).to_have_accessible_description(
        re.compile(r"\S")
    )
    page.get_by_role("radio", name=say("反映一个问题")).press("Space")
    go_on()
    field(page, say("用一句话说是什么事")).fill(SAID["title"])
    field(page, say("详细说说")).fill(SAID["text"])
    go_on()
    field(page, say("用文字描述地点")).fill(SAID["place"])
    go_on()
    go_on()
    page.get_by_role("radio", name=say("匿名"), exact=True).press("Space")
    go_on()
    titles.append(heard(page))
    expect(page.get_by_role("main")).to_contain_text(SAID["text"][:10])
    follow(page.get_by_role("button", name=say("提交"), exact=True))
    titles.append(heard(page))
    codes = (
        page.get_by_role("region", name=say("请现在记下这两行")).get_by_role("definition").all_inner_texts()
    )
    reference, secret = (code.split("\n")[0].strip() for code in codes)
    follow(page.get_by_role("main").get_by_role("link", name=say("查进度"), exact=True))
    titles.append(heard(page))
    expect(field(page, say("查询号"))).to_have_value(re.compile(reference.replace("-", "-?")))
    field(page, say("查询密码")).fill(secret)
    follow(page.get_by_role("button", name=say("查看进度")))
    titles.append(heard(page))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert len(set(titles)) == len(titles), titles
    assert Case.objects.count() == 1


# --- Ms Sun: opens the page from a chat, in the browser that is built into it ------------------------------------------

CHAT = (
    "Mozilla/5.0 (Linux; Android 13; V2241A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/116.0.0.0 "
    "Mobile Safari/537.36 MMWEBID/1234 MicroMessenger/8.0.49.2600 WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
)
# What such browsers lack or refuse: the clipboard, printing, voices, passkeys, where one is, and a place to store things.
LACKS = """
    for (const [owner, name] of [[Navigator.prototype, 'clipboard'], [window, 'print'], [window, 'speechSynthesis'],
        [window, 'PublicKeyCredential'], [Navigator.prototype, 'geolocation'], [window, 'localStorage'],
        [window, 'sessionStorage']])
        Object.defineProperty(owner, name, {get: () => undefined, configurable: true});
"""


def test_a_resident_files_in_the_browser_of_a_chat(city: City, page_for: PageFor, seen: Seen) -> None:
    """No browser of that kind is at hand; this one says that it is one, and lacks what they lack."""
    page = page_for("zh", PHONE, user_agent=CHAT, is_mobile=True)
    page.add_init_script(LACKS)
    reference, secret = file(page, seen)
    track(page, reference, secret, seen)
    assert Case.objects.filter(number=reference).exists()


# --- Deputy Secretary Chen: what is late, by nine ---------------------------------------------------------------------


@WAYS
def test_a_leader_sees_what_is_late_and_what_stands_behind_each_figure(
    city: City, page_for: PageFor, seen: Seen, language: str, width: int
) -> None:
    some_of_everything(city)
    page, say = page_for(language, width), words(language)
    sign_in(page, "deputy")
    page.goto(reverse("desk:supervision"))
    seen(page)
    figures = page.locator(".figure-number a")
    assert figures.count() > 1
    told = [
        (figures.nth(n).evaluate("each => each.firstChild.textContent"), figures.nth(n).get_attribute("href"))
        for n in range(figures.count())
    ]
    for number, address in told:
        page.goto(str(address))
        expect(page.locator(".row-link")).to_have_count(int(number))
    page.goto(reverse("desk:supervision"))
    follow(page.get_by_role("main").get_by_role("link", name=re.compile(re.escape(say("已超期")))).first)
    seen(page)
    # A leader reads no case by the way: it is opened with a purpose, and that is on the record.
    follow(page.locator(".row-link").first)
    expect(page.get_by_role("heading", level=1)).to_have_text(say("（正文未打开）"))
    take(page, "open_text", seen, purpose="九点前要知道为什么超期")
    opened = Move.objects.get(matter=UUID(page.url.rstrip("/").rsplit("/", 1)[1]), step="open_text")
    assert opened.actor_account == city.accounts["deputy"].pk
    page.goto(reverse("desk:board") + "?view=meeting")
    seen(page)
