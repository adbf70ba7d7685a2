"""An accusation at the desk: taken out of a mixed letter by a button, forwarded by the one step form, read by nobody then."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from tests.cases.accusation_world import WORDS, accuse, add_organ
from tests.factories import City, file, make_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import post_step, signed_in, text_of
from yipanqi.cases.models import Case
from yipanqi.core.models import Matter

pytestmark = pytest.mark.django_db


@pytest.fixture
def city(clock: Clock) -> City:
    return add_organ(make_city())


def test_it_is_taken_out_and_forwarded_and_the_claims_page_says_nothing_of_it(
    city: City, clock: Clock
) -> None:
    filed = file(city, at=clock.now, kind="claim", words=WORDS)
    client = signed_in(city, "clerk")
    page = reverse("desk:matter", args=[filed.case.pk])
    letter = text_of(client.get(page))
    assert letter.index("本人原话") < letter.index("分出检举控告") < letter.index('id="steps"')
    answer = client.post(reverse("desk:accuse", args=[filed.case.pk]))
    accusation = Case.objects.get(matter__procedure="accusation")
    assert answer.headers["Location"] == reverse("desk:matter", args=[accusation.pk])
    shown = text_of(client.get(answer.headers["Location"]))
    assert "密封转送有权机关" in shown
    assert WORDS.text not in shown
    assert "请在分出它的那一件里看" in shown
    assert "打开正文" not in shown
    again = client.post(reverse("desk:accuse", args=[filed.case.pk]), follow=True)
    assert "已经分出过一件检举控告" in text_of(again)
    step = reverse("desk:step", args=[accusation.pk, "route"])
    seen = Matter.objects.get(pk=accusation.pk).moves.count()
    typed = {"accused": ["market"], "leaders": "无此人", "unit": "discipline", "seen": seen}
    refused = client.post(step, typed)
    assert refused.status_code == 422
    assert "无此人" in text_of(refused)
    # The clerk of the small city oversees nothing: what is sealed is gone for them, and they are told so in their queue.
    sent = client.post(step, typed | {"leaders": ""})
    assert sent.headers["Location"] == reverse("desk:queue")
    landed = text_of(client.get(sent.headers["Location"]))
    assert "已办理：密封转送有权机关" in landed
    assert "从现在起您看不到它" in landed
    assert accusation.number not in landed
    assert client.get(reverse("desk:matter", args=[accusation.pk])).status_code == 404
    assert accusation.number not in text_of(client.get(page))


def test_whoever_handles_accusations_alone_has_a_queue_that_shows_them(city: City, clock: Clock) -> None:
    filed = accuse(city, at=clock.now, state="forwarded")
    client = signed_in(city, "inspector")
    landed = client.get("/desk/", follow=True)
    assert landed.redirect_chain[-1][0] == reverse("desk:queue")
    assert filed.reference in text_of(landed)
    # Of the same capability and of the accused's side: nothing.
    assert filed.reference not in text_of(signed_in(city, "accusedbelow").get("/desk/", follow=True))


def test_its_page_names_the_steps_that_open_it_and_the_head_reads_what_is_asked(
    city: City, clock: Clock
) -> None:
    filed = accuse(city, at=clock.now, state="forwarded")
    officer, head = signed_in(city, "inspector"), signed_in(city, "warden")
    page = reverse("desk:matter", args=[filed.case.pk])
    shut = text_of(officer.get(page))
    assert "先用“申请打开密封内容”写明用途" in shut
    assert "打开正文" not in shut
    post_step(officer, filed.case.pk, "ask_opening", purpose="verify", person="on")
    decided = text_of(head.get(page)).replace("\n", "")
    assert re.search(r"也要看本人的姓名和联系方式</dt>\s*<dd[^>]*>是<", decided)
    post_step(head, filed.case.pk, "agree_opening")
    post_step(officer, filed.case.pk, "open_seal", purpose="verify")
    opened = text_of(officer.get(page))
    assert WORDS.text in opened
    assert "按批准的用途打开，到时重新密封" in opened
    assert "三十分钟" not in opened
    assert "办理单位看不到" not in opened
    assert "还没有清理" not in opened
