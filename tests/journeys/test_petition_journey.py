"""A claim from letter to execution (issue 6, proof 4): filed on a phone with an accusation in it, which is taken out and
sealed; decided, reviewed and upheld, reviewed a second time and changed, carried out, closed. What was served is opened as
people get it, on paper and in large print; the accused's side finds nothing of what accuses it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from tests.cases.accusation_world import add_organ
from tests.cases.ladder_world import REVIEWED, SERVICE, add_bodies
from tests.factories import OPINION, City, make_city, take as take_directly
from tests.journeys.helpers import (
    DESKTOP,
    LANGUAGES,
    PHONE,
    SAID as LAMPS,
    Seen,
    file,
    follow,
    pick,
    sign_in,
    sign_out,
    take,
    track,
    unfold,
    unseen,
)
from tests.journeys.test_whole_journey import Pass, let_pass
from yipanqi.cases.models import Case
from yipanqi.core import jobs
from yipanqi.core.models import Matter, Term

__all__ = ["let_pass"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

ACCUSING = "市场监管局的负责人收了商户的钱"
SAID = LAMPS | {
    "title": "多收的修灯费要退",
    "text": f"我叫王小明。修灯多收了三百元，请退还。另外我要检举：{ACCUSING}。",
}
CLEARED = {"title": "多收的修灯费要退", "text": "修灯多收了三百元，请退还。"}
INK = 0.002  # of a sheet, at least
MARGIN = 40  # points around what stands on it
HEAD = (98, 134)  # points from the top: between them is the name of the unit
MIDDLE = (
    (28 + 210 - 26) / 2 / 25.4 * 72
)  # points from the left: of what stands between the margins of GB/T 9704
As = Callable[[str], Any]


# --- what is on paper ------------------------------------------------------------------------------------------------


def look_at_the_sheets(data: bytes) -> str:
    """Make a picture of each sheet of a document, see that none is empty or cut off at its edges, and give its words."""
    words = ""
    with pypdfium2.PdfDocument(data) as document:
        for number in range(len(document)):
            sheet = document[number]
            assert [round(side / 72 * 25.4) for side in sheet.get_size()] == [210, 297]
            look_at_the_picture(sheet.render(scale=1, grayscale=True).to_pil(), first=number == 0)
            words += sheet.get_textpage().get_text_range()
    return re.sub(r"\s", "", words)


def look_at_the_picture(picture: Image.Image, *, first: bool) -> None:
    """Something stands on it, within its margins, and on the first sheet the unit's name stands in the middle."""
    (width, height), ink = picture.size, picture.point(lambda tone: 255 if tone < 128 else 0)
    assert sum(ink.histogram()[128:]) / (width * height) > INK
    box = ink.getbbox()
    assert box is not None
    left, top, right, bottom = box
    assert min(left, top, width - right, height - bottom) > MARGIN, box
    if first:
        name = ink.crop((0, HEAD[0], width, HEAD[1])).getbbox()
        assert name is not None
        assert abs((name[0] + name[2]) / 2 - MIDDLE) < 5, name


def look_at_the_documents(page: Page, seen: Seen, *told: str) -> None:
    """The newest answer of the page that is open, as its submitter gets it: as a file and in large print."""
    here = page.url
    paper = page.locator("main a[href$='.pdf'][href*='/documents/']").first
    words = look_at_the_sheets(page.request.get(str(paper.get_attribute("href"))).body())
    assert re.search(r"〔\d{4}〕\d+号", words), words
    for each in told:
        assert each in words, words
    follow(page.locator("main .actions a[href*='/documents/']").first)
    for each in told:
        expect(page.locator("main")).to_contain_text(each)
    seen(page)
    page.goto(here)


# --- the desk --------------------------------------------------------------------------------------------------------


def at_the_desk(desk: Page) -> As:
    @contextmanager
    def as_(login: str) -> Iterator[Page]:
        sign_in(desk, login)
        yield desk
        sign_out(desk)

    return as_


def open_matter(page: Page, case: Case, seen: Seen) -> None:
    page.goto(reverse("desk:matter", args=[case.pk]))
    expect(page.locator("h2#timeline")).to_be_visible()
    seen(page)


def split(as_: As, claim: Case, seen: Seen) -> Case:
    """The accusation is taken out and sent under seal; the claim goes on without it."""
    with as_("clerk") as page:
        open_matter(page, claim, seen)
        form = page.locator(f"form[action='{reverse('desk:accuse', args=[claim.pk])}']")
        page.locator("details", has=form).locator("summary").click()
        follow(form.locator("button"))
        expect(page.locator(".notice-success")).to_be_visible()
        accusation = Case.objects.get(submission=claim.submission_id, matter__procedure="accusation")
        assert str(accusation.pk) in page.url
        seen(page)
        card = unfold(page, "route")
        card.locator("[name='accused']").first.fill("market")
        card.locator("[name='unit']:visible").first.fill("discipline")
        take(page, "route", seen)
        page.goto(reverse("desk:matter", args=[claim.pk]))
        take(page, "clear", unseen, **CLEARED)
        take(page, "route", unseen)
    return accusation


def decided(page: Page, seen: Seen, outcome: str, answers: dict[str, Any], **picked: str) -> None:
    """The opinion and its service, by the forms of the page that is open."""
    unfold(page, "answer")
    pick(page, "outcome", outcome)
    for name, value in picked.items():
        pick(page, name, value)
    texts = {name: str(text) for name, text in answers.items() if name != "outcome"}
    take(page, "answer", seen, **texts)
    unfold(page, "serve")
    # What a method needs appears with it and goes with it.
    witness = page.locator("#step-serve [name=witness]")
    expect(witness).to_be_hidden()
    pick(page, "method", "left")
    expect(witness).to_be_visible()
    pick(page, "method", SERVICE["method"])
    expect(witness).to_be_hidden()
    take(page, "serve", seen, proof=SERVICE["proof"])


def handle(as_: As, city: City, claim: Case, seen: Seen) -> None:
    """The lead accepts it in writing, decides and serves."""
    take_directly(claim.pk, "accept", city.actor("insider"), timezone.now(), notice="已受理，六十日内答复。")
    with as_("insider") as page:
        open_matter(page, claim, seen)
        assert ACCUSING not in page.content()
        decided(page, seen, "rejected", OPINION)


def review(
    as_: As, city: City, case: Case, login: str, seen: Seen, said: dict[str, Any], **picked: str
) -> None:
    """A reviewing body accepts, decides and serves; what it reviews lies on the page."""
    take_directly(case.pk, "accept", city.actor(login), timezone.now(), notice="已受理。")
    with as_(login) as page:
        open_matter(page, case, seen)
        # The forms are those of the claim's opinion, which were looked at.
        decided(page, unseen, said["outcome"], said, **picked)


def find_nothing(as_: As, accusation: Case, seen: Seen) -> None:
    """The accused's officer looks for it in the queue, by search, by number and by address."""
    address = reverse("desk:matter", args=[accusation.pk])
    with as_("accused") as page:
        page.goto(f"{reverse('desk:queue')}?whose=all")
        seen(page)
        expect(page.locator(".row-link")).to_have_count(0)
        page.goto(f"{reverse('desk:queue')}?number={accusation.number}")
        expect(page.locator(".row-link")).to_have_count(0)
        page.locator("#words").fill(ACCUSING)
        page.locator("#words").press("Enter")
        expect(page.locator("#words")).to_have_value(ACCUSING)
        expect(page.locator(".row-link")).to_have_count(0)
        seen(page)
        for path in (address, reverse("desk:document", args=[accusation.pk, 1]), reverse("desk:step", args=[accusation.pk, "accept"])):  # fmt: skip
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 404
            assert accusation.number not in page.content()
        page.goto(reverse("desk:queue"))


# --- the phone -------------------------------------------------------------------------------------------------------


def ask_onward(phone: Page, step: str, reason: str, seen: Seen, body: str = "") -> None:
    """Ask for the next rung, with a choice of body where the law gives one."""
    card = unfold(phone, step)
    seen(phone)
    if body:
        # What the law leaves to the petitioner is chosen by nobody else.
        expect(card.locator("[name='body']:checked")).to_have_count(0)
        pick(phone, "body", body)
    card.locator("[name='reason']").fill(reason)
    follow(card.locator("button[type=submit]:not([name])"))
    expect(phone.locator(".notice-success")).to_be_visible()
    seen(phone)


def to_thread(phone: Page, case: Case, seen: Seen) -> None:
    phone.goto(reverse("portal:case", args=[case.number]))
    seen(phone)


def rung_above(case: Case) -> Case:
    found: Case = Case.objects.get(reviews=case.pk)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_letter_to_execution(
    page_for: Callable[..., Page], seen: Seen, let_pass: Pass, language: str
) -> None:
    city = add_organ(add_bodies(make_city(timezone.now() - dt.timedelta(days=1))))
    phone, desk = page_for(language, PHONE), page_for(language, DESKTOP)
    as_ = at_the_desk(desk)
    reference, secret = file(phone, unseen, "handler_only", "claim", SAID)
    claim = Case.objects.get(number=reference)
    accusation = split(as_, claim, seen)
    find_nothing(as_, accusation, seen)

    handle(as_, city, claim, seen)
    track(phone, reference, secret, seen)
    look_at_the_documents(phone, seen, OPINION["text"], OPINION["remedy"], OPINION["law"])

    ask_onward(phone, "ask_review", "发票没有看。", seen, str(city.units["government"].pk))
    first = rung_above(claim)
    review(as_, city, first, "reviewer", seen, REVIEWED)
    to_thread(phone, first, seen)
    look_at_the_documents(phone, seen, REVIEWED["text"], REVIEWED["remedy"])

    ask_onward(phone, "ask_second", "发票还是没有看。", unseen)
    second = rung_above(first)
    final = REVIEWED | {"outcome": "changed", "text": "退还三百元。", "remedy": "这是终结的意见。"}
    review(as_, city, second, "second", unseen, final, result="supported")
    to_thread(phone, second, seen)
    look_at_the_documents(phone, seen, final["text"], final["remedy"])

    assert Matter.objects.get(pk=claim.pk).state == "executing"
    with as_("insider") as page:
        open_matter(page, claim, seen)
        done = {"text": "三百元已退。", "done_on": timezone.localdate().isoformat(), "proof": "回单一号"}
        take(page, "carry_out", seen, **done)
    close(let_pass, claim)
    track(phone, reference, secret, seen)
    expect(phone.locator("main")).to_contain_text("三百元已退。")
    assert {Matter.objects.get(pk=case.pk).state for case in (claim, first, second)} == {"closed"}


def close(let_pass: Pass, claim: Case) -> None:
    """The windows that are still open run out, and what follows follows."""
    last = max(
        term.due_at for term in Term.objects.filter(matter=claim.pk, state=Term.RUNNING) if term.due_at
    )
    let_pass(last - timezone.now() + dt.timedelta(minutes=1))
    jobs.lapse(timestamp=0)
