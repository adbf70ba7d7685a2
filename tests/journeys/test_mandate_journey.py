"""A granddaughter files for her grandmother, on a phone and in large print; then her grandmother comes to the counter and
takes the case over herself. With scripts and without."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import make_city
from tests.journeys.conftest import PageFor
from tests.journeys.helpers import (
    DESKTOP,
    LANGUAGES,
    PHONE,
    SAID,
    Seen,
    choose,
    follow,
    press,
    sign_in,
    sign_out,
    unfold,
    unseen,
)
from yipanqi.cases.models import Mandate, MandateEnd
from yipanqi.core.models import Move

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
GRANDMOTHER, HER_PHONE = "王秀兰", "199 0000 0077"


def codes_on(page: Page) -> tuple[str, str]:
    reference, secret = page.locator(".secret-code").all_inner_texts()[:2]
    found = re.search(r"\d{4} \d{4} \d{4} \d{4}", secret)
    assert found is not None
    return reference.split()[0], found[0]


def file_for_her(page: Page, seen: Seen) -> tuple[str, str]:
    """Seven pages at most, though she files for somebody else; her agreement is forgotten once."""
    page.goto("/file/")
    follow(page.locator("button[name=elder][value='1']"))
    expect(page.locator("button[name=elder][value='0']")).to_be_visible()
    choose(page, "order")
    press(page, "next")
    page.locator("[name=title]").fill(SAID["title"])
    page.locator("[name=text]").fill("奶奶家楼下的路灯一周不亮了，她晚上不敢出门。")
    press(page, "next")
    press(page, "next")
    press(page, "next")
    choose(page, "named")
    page.locator("main summary").last.click()
    choose(page, "helper")
    seen(page)
    press(page, "next")
    seen(page)
    page.locator("[name=name]").fill("孙小雨")
    page.locator("[name=phone]").fill(SAID["phone"])
    page.locator("[name=person]").fill(GRANDMOTHER)
    page.locator("[name=person_phone]").fill(HER_PHONE)
    press(page, "next")
    expect(page.locator(".problems").first).to_be_visible()
    seen(page)
    page.locator("[name=agreed] + label").click()
    press(page, "next")
    expect(page.get_by_text(GRANDMOTHER)).to_be_visible()
    seen(page)
    press(page, "submit")
    seen(page)
    return codes_on(page)


def take_over(page: Page, seen: Seen, reference: str) -> str:
    """At the counter: found by her own number, checked, and a secret of her own."""
    sign_in(page, "clerk")
    page.goto("/desk/lost/")
    page.locator("[name=phone]").fill(HER_PHONE)
    page.locator("[name=on]").fill(timezone.localdate().isoformat())
    follow(page.locator("main form button[type=submit]").last)
    seen(page)
    follow(page.locator("main a[href^='/desk/matters/']").first)
    expect(page.get_by_text(GRANDMOTHER)).to_have_count(0)
    seen(page)
    card = unfold(page, "end_mandate")
    for value in ("own_wish", "counter"):
        card.locator(f"input[value={value}] + label").click()
    seen(page)
    follow(card.locator("button[type=submit]:not([name])"))
    seen(page)
    given, secret = codes_on(page)
    assert given == reference
    sign_out(page)
    return secret


def look(page: Page, reference: str, secret: str) -> None:
    page.goto("/track/")
    page.locator("[name=reference]").fill(reference)
    page.locator("[name=secret]").fill(secret)
    follow(page.locator("main form button[type=submit]").first)


def journey(page_for: PageFor, language: str, seen: Seen, **options: bool) -> None:
    make_city(timezone.now())
    phone = page_for(language, PHONE, **options)
    reference, helpers = file_for_her(phone, seen)
    look(phone, reference, helpers)
    seen(phone)
    assert Mandate.objects.get().relation == "helper"
    hers = take_over(page_for(language, DESKTOP, **options), seen, reference)
    assert MandateEnd.objects.count() == 1
    assert Move.objects.filter(step="end_mandate").count() == 1
    phone.reload()
    expect(phone).to_have_url(re.compile(r"/track/\?reference="))
    look(phone, reference, helpers)
    expect(phone.locator(".problems").first).to_be_visible()
    look(phone, reference, hers)
    expect(phone.locator("#timeline, .timeline").first).to_be_visible()
    expect(phone.get_by_text(GRANDMOTHER)).to_have_count(0)
    seen(phone)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_granddaughter_files_and_her_grandmother_takes_it_over(
    page_for: PageFor, seen: Seen, language: str
) -> None:
    journey(page_for, language, seen)


def test_the_same_without_scripts(page_for: PageFor) -> None:
    journey(page_for, "zh", unseen, java_script_enabled=False)
