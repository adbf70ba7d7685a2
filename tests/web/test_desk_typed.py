"""What is typed is kept, sealed, for whoever typed it, until it is sent, thrown away or a fortnight old; and who is
here is said and not kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import City, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, city_with, matter_url, page_of, post_step, signed_in, text_of
from yipanqi.cases.actions import Filed
from yipanqi.core.models import Matter
from yipanqi.web.desk import actions
from yipanqi.web.desk.models import Presence, Typed
from yipanqi.web.differing import apart

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SAID = "第三根灯杆的灯泡已经更换"


def type_(client: Client, filed: Filed, step: str = "answer", **fields: Any) -> Any:
    return client.post(reverse("desk:typed", args=[filed.case.pk, step]), fields)


def card(page: str, step: str = "answer") -> str:
    return page.split(f'id="step-{step}"')[1].split("</details>", maxsplit=1)[0]


def test_what_is_typed_is_shown_again_to_its_writer_alone_and_lies_sealed() -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    answer = type_(client, filed, text=SAID, outcome="solved", seen="99", stranger="x")
    assert (answer.status_code, text_of(answer)) == (200, "已保存 10:00")
    [row] = Typed.objects.all()
    assert SAID.encode() not in bytes(row.sealed)
    shown = card(page_of(city, "insider", filed.case.pk))
    assert SAID in shown
    assert 'value="solved" checked' in shown
    assert "11月24日" in shown
    assert "12月8日" in shown
    assert 'value="99"' not in shown, "the form knows what its reader sees now"
    assert "is kept until" in page_of(city, "insider", filed.case.pk, EN)
    for other in ("clerk", "colleague"):
        assert SAID not in page_of(city, other, filed.case.pk)
    assert type_(signed_in(city, "stranger"), filed, text=SAID).status_code == 404
    assert type_(client, filed, step="accept").status_code == 404
    assert type_(client, filed, step="nonsense").status_code == 404


def test_the_seal_opens_in_its_own_row_alone_and_says_when_its_key_is_gone() -> None:
    city, filed = city_with("handling")
    type_(signed_in(city, "insider"), filed, text=SAID)
    Typed.objects.update(step="ask")
    page = page_of(city, "insider", filed.case.pk)
    assert SAID not in page
    assert "打不开了" in card(page, "ask")


def test_taking_the_step_forgets_it_and_a_refusal_does_not() -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    type_(client, filed, text=SAID)
    assert post_step(client, filed.case.pk, "answer", text=SAID).status_code == 422
    assert post_step(client, filed.case.pk, "answer", seen=1, text=SAID, outcome="solved").status_code == 409
    assert Typed.objects.count() == 1
    assert post_step(client, filed.case.pk, "answer", text=SAID, outcome="solved").status_code == 302
    assert Typed.objects.count() == 0


def test_it_can_be_thrown_away_and_emptied_and_goes_after_a_fortnight(clock: Clock) -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    type_(client, filed, text=SAID)
    assert type_(client, filed, go="discard").status_code == 302
    assert "已丢弃" in text_of(client.get(matter_url(filed.case.pk)))
    type_(client, filed, text=SAID)
    type_(client, filed, text="")
    assert Typed.objects.count() == 0
    assert type_(client, filed, go="keep", text=SAID).status_code == 302, "a button, where there is no script"
    assert type_(client, filed, text="长" * 60_001).status_code == 422
    actions.forget_old_typed(at=clock.forward(days=14))
    assert Typed.objects.count() == 1
    actions.forget_old_typed(at=clock.forward(seconds=1))
    assert Typed.objects.count() == 0


# --- who is here -----------------------------------------------------------------------------------------------------


def beat(city: City, login: str, filed: Filed, **more: str) -> str:
    answer = signed_in(city, login).post(reverse("desk:presence", args=[filed.case.pk]), more)
    assert answer.status_code == 200
    return text_of(answer)


def test_colleagues_at_a_matter_are_told_by_unit_and_post(clock: Clock) -> None:
    city, filed = city_with("handling")
    assert beat(city, "insider", filed, writing="1") == ""
    assert beat(city, "clerk", filed) == "示例路灯处insider岗正在写"
    assert "clerk岗也在看" in beat(city, "insider", filed)
    page = page_of(city, "clerk", filed.case.pk)
    assert "示例路灯处insider岗也在看" in page
    assert city.accounts["insider"].name not in page.split("presence")[1].split("</span>")[0]
    clock.forward(seconds=46)
    assert beat(city, "clerk", filed) == ""
    actions.forget_presence(at=clock.now)
    assert list(Presence.objects.values_list("account__login", flat=True)) == ["clerk"]
    beat(city, "clerk", filed, leave="1")
    assert Presence.objects.count() == 0


def test_whoever_looks_on_by_another_right_is_not_told_of_and_not_told() -> None:
    city, filed = city_with("handling")
    beat(city, "insider", filed)
    assert beat(city, "deputy", filed) == ""
    assert beat(city, "insider", filed) == "", "an overseer is nobody's colleague here (H4)"
    assert Presence.objects.count() == 1


def test_a_page_left_open_keeps_no_session(clock: Clock) -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    client.get(matter_url(filed.case.pk))
    used = client.session["seen"]
    clock.forward(minutes=5)
    client.post(reverse("desk:presence", args=[filed.case.pk]))
    assert client.session["seen"] == used
    type_(client, filed, text=SAID)
    assert client.session["seen"] > used


# --- somebody was quicker --------------------------------------------------------------------------------------------


def test_the_conflict_page_shows_both_texts_and_what_differs() -> None:
    city, filed = city_with("handling")
    seen = Matter.objects.get(pk=filed.case.pk).moves_count
    take(filed.case.pk, "contribute", city.actor("colleague"), NOW, text="道路已围挡，明天开工")
    answer = post_step(
        signed_in(city, "colleague"), filed.case.pk, "contribute", seen=seen, text="道路已围挡，今天完工"
    )
    page = text_of(answer)
    assert answer.status_code == 409
    both = page.split("两份文字")[1].split("看过以后还要办")[0]
    assert "道路已围挡，<mark>明</mark>天<mark>开</mark>工" in both
    assert "道路已围挡，<mark>今</mark>天<mark>完</mark>工" in both
    assert re.search(r'name="seen" value="\d+"', page.split("看过以后还要办")[1])
    same = post_step(
        signed_in(city, "colleague"), filed.case.pk, "contribute", seen=seen, text="道路已围挡，明天开工"
    )
    assert "两份一样" in text_of(same)


@pytest.mark.parametrize("text", ["\n" * 5000, "。" * 5000, "<b>&" * 1000, ""])
def test_long_and_hostile_texts_are_compared_and_escaped(text: str) -> None:
    left, right = apart(text, text[: len(text) // 2] + "<i>" + text[len(text) // 2 :])
    assert "<b>" not in left + right
    assert "<i>" not in right


@pytest.mark.parametrize("go", ["keep", "discard", "", "anything"])
def test_only_the_button_that_takes_a_step_takes_it(go: str) -> None:
    """A script once kept what was typed at the address of the step itself, and half an answer went out."""
    city, filed = city_with("handling")
    typed = {"text": SAID, "outcome": "solved", "seen": "5", "go": go}
    url = reverse("desk:step", args=[filed.case.pk, "answer"])
    assert signed_in(city, "insider").post(url, typed).status_code == 404
    assert Matter.objects.get(pk=filed.case.pk).state == "handling"
