"""One case's whole life in one browser: a resident files it on a phone, hidden from the handler; the desk clears,
sends on, answers, audits and serves; the resident finds it not solved and has it handled again; the second answer is
judged too, and when the time for that is over the case ends. Both surfaces are the real ones; only the clock is moved
on, as nobody can wait for two weeks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.factories import make_city
from tests.journeys.helpers import (
    DESKTOP,
    LANGUAGES,
    PHONE,
    SAID,
    Seen,
    choose,
    file,
    follow,
    pick,
    sign_in,
    sign_out,
    take,
    track,
    unfold,
)
from yipanqi.cases.models import Case, Verdict
from yipanqi.cases.procedure import ORDER
from yipanqi.core import jobs
from yipanqi.core.models import Matter, Move, Term

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

Pass = Callable[[dt.timedelta], None]


@pytest.fixture
def let_pass(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Move the product's clock on, for this thread and the server's."""
    usual, ahead = timezone.now, dt.timedelta()
    monkeypatch.setattr(timezone, "now", lambda: usual() + ahead)

    def let_pass(span: dt.timedelta) -> None:
        nonlocal ahead
        ahead += span

    return let_pass


def open_by_number(page: Page, login: str, reference: str, seen: Seen) -> None:
    sign_in(page, login)
    page.goto(f"{reverse('desk:queue')}?number={reference}")
    expect(page.locator("h2#timeline")).to_be_visible()
    for told in (SAID["name"], SAID["phone"]):
        assert login == "clerk" or told not in page.content(), f"{login} sees who it is"
    seen(page)


def send_on(page: Page, reference: str, seen: Seen) -> None:
    open_by_number(page, "clerk", reference, seen)
    take(page, "clear", seen, text="路灯一周不亮，请尽快修。")
    take(page, "route", seen)
    sign_out(page)
    open_by_number(page, "insider", reference, seen)
    take(page, "accept", seen)
    sign_out(page)


def answer(page: Page, reference: str, text: str, seen: Seen) -> None:
    """The lead unit answers, another pair of eyes looks at it and serves it."""
    open_by_number(page, "insider", reference, seen)
    unfold(page, "answer")
    pick(page, "outcome", "solved")
    take(page, "answer", seen, text=text)
    sign_out(page)
    open_by_number(page, "auditor", reference, seen)
    unfold(page, "serve")
    pick(page, "method", "portal")
    take(page, "serve", seen, proof="示例")
    sign_out(page)


def judge(page: Page, solved: str, grade: str, seen: Seen) -> None:
    page.reload()
    choose(page, solved)
    choose(page, grade)
    follow(page.locator("#step-evaluate button[type='submit']"))
    expect(page.locator(".notice-success")).to_be_visible()
    seen(page)


def ask_for_second_handling(page: Page, seen: Seen) -> None:
    card = unfold(page, "second_handling")
    card.locator("[name='understood'] + label").click()
    seen(page)
    follow(card.locator("button[type='submit']"))
    expect(page.locator(".notice-success")).to_be_visible()
    expect(page.locator("main .badge-active")).to_be_visible()
    seen(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_a_phone_to_the_end(
    page_for: Callable[..., Page], seen: Seen, let_pass: Pass, language: str
) -> None:
    make_city(timezone.now() - dt.timedelta(days=1))
    phone, desk = page_for(language, PHONE), page_for(language, DESKTOP)
    reference, secret = file(phone, seen)
    track(phone, reference, secret, seen)
    case = Case.objects.get(number=reference)

    send_on(desk, reference, seen)
    answer(desk, reference, "灯泡已换。", seen)
    judge(phone, "no", "not_satisfied", seen)
    ask_for_second_handling(phone, seen)

    answer(desk, reference, "线路已修，三根灯杆都亮了。", seen)
    judge(phone, "yes", "basically", seen)
    expect(phone.locator("#step-second_handling")).to_have_count(0)

    # How many days that is depends on today: a limit does not end on a day of rest.
    judging = Term.objects.get(matter=case.pk, code="evaluate", state=Term.RUNNING)
    assert judging.due_at is not None
    let_pass(judging.due_at - timezone.now() + dt.timedelta(minutes=1))
    jobs.lapse(timestamp=0)
    # After so long every session has ended: the secret is asked for again.
    track(phone, reference, secret, seen)
    closed = ORDER.state["closed"]
    expect(phone.locator("h1")).to_have_text(closed.plain.en if language == "en" else closed.plain.zh)
    expect(phone.locator("main")).to_contain_text("线路已修")
    open_by_number(desk, "insider", reference, seen)

    assert Matter.objects.get(pk=case.pk).state == "closed"
    verdicts = Verdict.objects.filter(case=case).order_by("round").values_list("round", "grade", "solved")
    assert list(verdicts) == [(1, "not_satisfied", False), (2, "basically", True)]
    steps = list(Move.objects.filter(matter=case.pk).order_by("number").values_list("step", flat=True))
    first = ["register", "clear", "route", "accept", "answer", "serve", "evaluate", "second_handling"]
    assert steps == [*first, "answer", "serve", "evaluate", "close"]
