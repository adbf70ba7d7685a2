"""A case worked by the desk alone: taken in, cleared, sent on, asked about, answered, served. In a real browser, in
both languages, on a desk and on a phone, with an accessibility scan of every page."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import City, make_city
from tests.journeys.helpers import (
    DESKTOP,
    WAYS,
    Seen,
    follow,
    open_first,
    pick,
    sign_in,
    sign_out,
    take,
    unfold,
    unseen,
)
from yipanqi.cases.models import Case
from yipanqi.core.models import Matter, Move

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SAID = "我叫张晓明，住示例路18号楼2单元301室，电话19900000001。北门外的路灯坏了一周。"


def take_in_a_call(page: Page, seen: Seen) -> str:
    follow(page.locator(f"nav a[href='{reverse('desk:intake')}']"))
    seen(page)
    page.locator("#id_title").fill("北门外路灯不亮")
    page.locator("#id_text").fill(SAID)
    page.locator("#id_place").fill("示例路北门")
    page.locator("#id_category").select_option("lamps")
    page.locator("#id_area").select_option("370199001")
    pick(page, "anonymity", "hidden")
    page.locator("#id_name").fill("张晓明")
    page.locator("#id_phone").fill("199 0000 0001")
    page.locator("main form button[type=submit]").last.click()
    secret = page.locator(".secret-code").nth(1)
    expect(secret).to_have_text(re.compile(r"^\d{4} \d{4} \d{4} \d{4}"))
    seen(page)
    return str(page.locator(".secret-code").first.text_content()).strip()


def clear_and_send_on(page: Page, seen: Seen) -> None:
    """The suggestion has what gives the person away taken out; the duty list says whose it is."""
    page.locator(".actions a.button-primary").click()
    expect(page.locator("mark")).to_have_count(3)
    text = page.locator("#step-clear textarea")
    expect(text).to_have_value(re.compile("我叫［姓名略］"))
    take(page, "clear", seen, text="示例路北门外的路灯坏了一周，请修。")
    card = unfold(page, "route")
    expect(card.locator("input[type=radio]:checked")).to_have_count(1)
    expect(card).to_contain_text("示例三定方案 3")
    take(page, "route", seen, co_units="roads")


def work(page: Page, seen: Seen) -> None:
    """The handler sees the cleared text and nobody behind it."""
    expect(page.locator("main")).to_contain_text("示例路北门外的路灯坏了一周，请修。")
    assert "张晓明" not in page.content()
    assert "18号楼" not in page.content()
    take(page, "accept", seen)
    take(page, "ask", seen, question="是从北门数起第几根？")


def answer(page: Page, seen: Seen) -> None:
    """A first answer names somebody; it is looked at twice."""
    card = unfold(page, "answer")
    card.locator("textarea").fill("已修好，已电话 19900000001 告知。")
    pick(page, "outcome", "solved")
    follow(card.locator("button[type=submit]:not([name])"))
    expect(page.locator(".notice-danger")).to_be_visible()
    seen(page)
    card = page.locator("#step-answer")
    expect(card.locator("textarea")).to_have_value("已修好，已电话 19900000001 告知。")
    take(page, "answer", seen, text="第三根灯杆的灯泡已更换，今晚亮灯。")


def work_a_case(page: Page, seen: Seen) -> str:
    """From the call to the service, by one browser, as one after another signs in."""
    sign_in(page, "clerk")
    seen(page)
    number = take_in_a_call(page, seen)
    clear_and_send_on(page, seen)
    sign_out(page)
    sign_in(page, "insider")
    open_first(page, seen)
    work(page, seen)
    sign_out(page)
    sign_in(page, "clerk")
    page.goto(reverse("desk:queue"))
    page.locator("input[name=number]:visible").fill(number)
    page.locator("main form[role=search]:visible button").click()
    take(page, "reply", seen, text="第三根。")
    sign_out(page)
    sign_in(page, "insider")
    open_first(page, seen)
    answer(page, seen)
    sign_out(page)
    sign_in(page, "auditor")
    open_first(page, seen)
    pick(unfold(page, "serve").page, "method", "phone")
    take(page, "serve", seen, proof="今天十点通话")
    return number


def city_today() -> City:
    return make_city(timezone.now() - dt.timedelta(days=1))


def assert_worked(number: str) -> None:
    case = Case.objects.get(number=number)
    assert Matter.objects.get(pk=case.pk).state == "served"
    steps = list(Move.objects.filter(matter=case.pk).order_by("number").values_list("step", flat=True))
    assert steps == ["register", "clear", "route", "accept", "ask", "reply", "answer", "serve"]


@WAYS
def test_a_case_is_worked_by_the_desk(page_for: Any, seen: Seen, language: str, width: int) -> None:
    city_today()
    assert_worked(work_a_case(page_for(language, width), seen))


def test_a_case_is_worked_without_javascript(page_for: Any) -> None:
    city_today()
    page = page_for("zh", DESKTOP, java_script_enabled=False)
    assert_worked(work_a_case(page, unseen))
