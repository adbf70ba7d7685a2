"""A resident asks to be telephoned, on a phone and without scripts; and a call-back officer makes the round of the calls: who
asked, taken down as a case by a clerk; who can judge, reached and not reached. In both languages."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import add_caller, bring_to, file, make_city
from tests.journeys.conftest import PageFor
from tests.journeys.helpers import (
    DESKTOP,
    PHONE,
    WAYS,
    Seen,
    follow,
    pick,
    sign_in,
    sign_out,
    unseen,
)
from yipanqi.cases.models import CallRequest, Case, Verdict
from yipanqi.core.models import Move

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NUMBER = "199 0000 0008"


def ask(page: Page, seen: Seen) -> None:
    """Mistyped once; then noted."""
    page.goto("/call-me/")
    seen(page)
    button = page.locator("main form[action='/call-me/'] button")
    page.locator("[name=number]").fill("打给我")
    page.locator("[name=about]").fill("小区的路灯")
    follow(button)
    expect(page.locator("[name=about]")).to_have_value("小区的路灯")
    seen(page)
    page.locator("[name=number]").fill(NUMBER)
    follow(button)
    expect(page.locator("main form")).to_have_count(0)
    expect(page.locator("main a[href^='tel:']")).to_be_visible()
    seen(page)


def round_of_calls(page: Page, seen: Seen) -> None:
    """From signing in to an empty list: nobody answers the first, the second judges."""
    sign_in(page, "caller")
    expect(page).to_have_url("/desk/calls/")
    rows = page.locator("main tbody tr")
    expect(rows).to_have_count(3)
    seen(page)
    follow(page.locator("main a[href^='/desk/calls/']:not([href*=asked])").first)
    seen(page)
    follow(page.locator("button[name=outcome][value=no_answer]"))
    expect(rows).to_have_count(2)
    follow(page.locator("main a[href^='/desk/calls/']:not([href*=asked])").first)
    expect(page.get_by_text("199 0000 0001")).to_have_count(0)
    follow(page.locator("form[action$=open_identity] button"))
    expect(page.get_by_text("199 0000 0001")).to_be_visible()
    verdict = page.locator("form[action$=record_verdict]")
    follow(verdict.locator("button"))
    expect(page.locator(".problems").first).to_be_visible()
    seen(page)
    pick(page, "solved", "no")
    pick(page, "grade", "not_satisfied")
    follow(verdict.locator("button"))
    expect(rows).to_have_count(1)
    follow(page.locator("main a[href*=asked]"))
    seen(page)
    follow(page.locator("button[value=open]"))
    expect(page.get_by_text(NUMBER)).to_be_visible()
    follow(page.locator("button[value=later]"))
    expect(rows).to_have_count(0)
    seen(page)
    sign_out(page)


def take_down(page: Page, seen: Seen) -> None:
    """A clerk makes a case of what the second who asked wants to say."""
    sign_in(page, "clerk")
    page.goto("/desk/calls/")
    follow(page.locator("main a[href*=asked]"))
    follow(page.locator("button[value=open]"))
    follow(page.locator("button[value=from_call]"))
    expect(page.locator("#id_phone")).to_have_value(NUMBER)
    expect(page.locator("#id_text")).to_have_value("小区的路灯")
    assert "小区" not in page.url
    page.locator("#id_title").fill("小区路灯不亮")
    page.locator("#id_name").fill("王女士")
    seen(page)
    follow(page.locator("main form[data-guard] button[type=submit]"))
    expect(page.locator(".secret")).to_be_visible()
    seen(page)


def journey(page_for: PageFor, language: str, width: int, seen: Seen, **options: bool) -> None:
    city = add_caller(make_city(timezone.now()))
    for _ in range(2):
        bring_to(city, file(city, at=timezone.now()), "served", timezone.now())
    ask(page_for(language, PHONE, java_script_enabled=False), unseen)
    page = page_for(language, width, **options)
    round_of_calls(page, seen)
    ask(page_for(language, PHONE, **options), seen)
    take_down(page, seen)
    assert Verdict.objects.get().grade == "not_satisfied"
    assert Move.objects.filter(step="log_call").count() == 1
    done = CallRequest.objects.exclude(outcome="").get()
    assert (done.outcome, done.submission) == ("case", Case.objects.latest("pk").submission)
    assert CallRequest.objects.get(outcome="").tries == 1


@WAYS
def test_a_round_of_calls(page_for: PageFor, seen: Seen, language: str, width: int) -> None:
    journey(page_for, language, width, seen)


def test_a_round_of_calls_without_scripts(page_for: PageFor) -> None:
    journey(page_for, "zh", DESKTOP, unseen, java_script_enabled=False)
