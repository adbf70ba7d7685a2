"""A resident lets others read what came of their case, the desk publishes it, a stranger reads it, and the resident takes
it back. In a real browser on phones and a desk, with an accessibility scan of every page."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import bring_to, file, make_city
from tests.journeys.conftest import PageFor
from tests.journeys.helpers import DESKTOP, PHONE, Seen, follow, pick, send, sign_in, take, unfold
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Publication

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def open_tracking(page: Page, filed: Filed, seen: Seen) -> None:
    page.goto(reverse("portal:track"))
    page.locator("[name='reference']").fill(filed.reference)
    page.locator("[name='secret']").fill(filed.secret)
    page.locator("main form button").first.click()
    expect(page).to_have_url(re.compile(rf"/track/{filed.reference}/$"))
    seen(page)


def consent(page: Page, seen: Seen) -> None:
    """The box is not ticked; sent without it, nothing is noted."""
    card = unfold(page, "consent")
    box = card.locator("input[name=agreed]")
    expect(box).not_to_be_checked()
    follow(card.locator("button[type=submit]:not([name])"))
    expect(page.locator(".error-summary, [role=alert]").first).to_be_visible()
    card = unfold(page, "consent")
    page.locator(f"label[for='{card.locator('input[name=agreed]').get_attribute('id')}']").click()
    send(card, seen)
    expect(page.locator("#step-withdraw_consent")).to_be_visible()


def publish(page: Page, filed: Filed, seen: Seen) -> None:
    """The form is filled beforehand; a telephone number that was typed is asked about once."""
    sign_in(page, "auditor")
    page.goto(reverse("desk:matter", args=[filed.case.pk]))
    card = unfold(page, "publish")
    expect(card.locator("[name=came_of_it]")).to_have_value("已修好。")
    pick(page, "place", "district")
    card.locator("[name=came_of_it]").fill("已修好，可打19900000001。")
    follow(card.locator("button[type=submit]:not([name])"))
    expect(page.locator("main")).to_contain_text("手机号")
    seen(page)
    take(page, "publish", seen, came_of_it="灯泡已更换，当晚亮灯。")


def test_one_lets_others_read_it_and_takes_it_back(page_for: PageFor, seen: Seen) -> None:
    city, at = make_city(), timezone.now() - dt.timedelta(minutes=30)
    filed = file(city, at=at)
    bring_to(city, filed, "closed", at)
    resident, desk, stranger = (page_for("zh", width) for width in (PHONE, DESKTOP, PHONE))
    open_tracking(resident, filed, seen)
    consent(resident, seen)
    publish(desk, filed, seen)
    stranger.goto("/")
    stranger.locator(f"main a[href='{reverse('portal:others')}']").click()
    expect(stranger.locator("main article")).to_have_count(1)
    seen(stranger)
    stranger.locator("main article a").click()
    expect(stranger.locator("main")).to_contain_text("灯泡已更换，当晚亮灯。")
    for word in (filed.reference, "甲某", "199"):
        expect(stranger.locator("main")).not_to_contain_text(word)
    seen(stranger)
    open_tracking(resident, filed, seen)
    expect(resident.locator("main")).to_contain_text("别人可以看到")
    send(unfold(resident, "withdraw_consent"), seen)
    answer = stranger.reload()
    assert answer is not None
    assert answer.status == 404
    stranger.goto(reverse("portal:others"))
    expect(stranger.locator("main")).to_contain_text("还没有公开的")
    seen(stranger)
    assert Publication.objects.get().withdrawn_at is not None
