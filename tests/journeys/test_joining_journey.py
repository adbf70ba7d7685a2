"""One matter through two people, and one of them with a second matter: joined, split, answered together, judged apart, and
parted. In a real browser, in both languages, on a desk and on a phone, with an accessibility scan of every page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import City, bring_to, file, make_city
from tests.journeys.conftest import PageFor
from tests.journeys.helpers import (
    WAYS,
    Seen,
    follow,
    pick,
    send,
    sign_in,
    sign_out,
    take,
    unfold,
)
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case, Verdict
from yipanqi.core.models import Matter

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TOGETHER = {
    "zh": "与其他人反映的同一件事一起办理",
    "en": "handled together with others about the same matter",
}
SUBMISSIONS = {"zh": "这件事来自 2 份提交", "en": "From 2 submissions"}


def open_number(page: Page, number: str, seen: Seen) -> None:
    page.goto(reverse("desk:queue"))
    page.locator("input[name=number]:visible").fill(number)
    page.locator("main form[role=search]:visible button").click()
    expect(page.locator("h2#timeline")).to_be_visible()
    seen(page)


def join_and_split(page: Page, head: Filed, other: Filed, language: str, seen: Seen) -> str:
    """The clerk joins the second voice to the first, mistyping once, and splits off its second matter."""
    sign_in(page, "clerk")
    open_number(page, other.reference, seen)
    card = unfold(page, "join")
    card.locator("[name=head]").fill("K7MQ-3Q9X-D")
    follow(card.locator("button[type=submit]:not([name])"))
    expect(page.locator(".notice-danger")).to_be_visible()
    seen(page)
    take(page, "join", seen, head=head.reference)
    expect(page.locator(".notice-info").first).to_contain_text(head.reference)
    card = unfold(page, "split")
    card.locator("[name=category]").select_option("lamps")
    card.locator("[name=area]").select_option("370199001")
    take(page, "split", seen, title="路面有坑", text="同一路口的路面有坑，请填平。")
    part = Case.objects.get(submission=other.submission, title="路面有坑")
    trail = page.locator("section[aria-labelledby=trail]")
    trail.get_by_role("link", name=part.number).click()
    expect(page.locator("section[aria-labelledby=trail]")).to_contain_text(other.reference)
    seen(page)
    open_number(page, head.reference, seen)
    expect(page.locator("main")).to_contain_text(SUBMISSIONS[language])
    sign_out(page)
    return part.number


def answer_together(page: Page, head: Filed, seen: Seen) -> None:
    """Handler and auditor work on one row."""
    sign_in(page, "insider")
    page.goto(reverse("desk:queue"))
    seen(page)
    expect(page.locator(".row-link")).to_have_count(1)
    page.locator(".row-link").click()
    pick(unfold(page, "answer").page, "outcome", "solved")
    take(page, "answer", seen, text="第三根灯杆的灯泡已更换，今晚亮灯。")
    sign_out(page)
    sign_in(page, "auditor")
    open_number(page, head.reference, seen)
    pick(unfold(page, "serve").page, "method", "portal")
    take(page, "serve", seen, proof="网上查看")
    sign_out(page)


def open_tracking(page: Page, number: str, secret: str, seen: Seen) -> None:
    page.goto(reverse("portal:track"))
    page.locator("[name='reference']").fill(number)
    page.locator("[name='secret']").fill(secret)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(rf"/track/{number}/$"))
    seen(page)


def judge_alone(page: Page, other: Filed, part: str, language: str, seen: Seen) -> None:
    """The second voice sees two threads behind one secret, an own answer, and nothing of anybody else; and judges."""
    open_tracking(page, part, other.secret, seen)
    threads = page.locator("main nav")
    expect(threads.locator("li")).to_have_count(2)
    threads.get_by_role("link").click()
    expect(page).to_have_url(re.compile(rf"/track/{other.reference}/$"))
    seen(page)
    expect(page.locator("main")).to_contain_text(TOGETHER[language])
    expect(page.locator("main")).to_contain_text("第三根灯杆的灯泡已更换")
    card = unfold(page, "evaluate")
    pick(page, "solved", "yes")
    pick(page, "grade", "satisfied")
    send(card, seen)


def staged(city: City) -> tuple[Filed, Filed]:
    at = timezone.now() - dt.timedelta(minutes=30)
    head, other = file(city, at=at), file(city, at=at)
    bring_to(city, head, "handling", at)
    bring_to(city, other, "registered", at)
    return head, other


@WAYS
def test_two_voices_are_handled_together_and_judge_apart(
    page_for: PageFor, seen: Seen, language: str, width: int
) -> None:
    city = make_city()
    head, other = staged(city)
    desk, portal = page_for(language, width), page_for(language, width)
    part = join_and_split(desk, head, other, language, seen)
    answer_together(desk, head, seen)
    judge_alone(portal, other, part, language, seen)
    open_tracking(portal, head.reference, head.secret, seen)
    assert other.reference not in portal.content()
    sign_in(desk, "clerk")
    open_number(desk, other.reference, seen)
    take(desk, "part", seen, reason="其实是另一根灯杆")
    states = dict(Matter.objects.values_list("case__number", "state"))
    assert states == {head.reference: "served", other.reference: "served", part: "registered"}
    assert list(Verdict.objects.values_list("case__number", flat=True)) == [other.reference]
    assert not Case.objects.exclude(joined_to=None).exists()
