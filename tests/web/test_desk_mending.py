"""Mended text and earlier cases at the desk: offered, taken with one tick, on record; never to a stranger."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import make_city, take
from tests.web.desk_helpers import EN, NOW, case_in, page_of, post_step, signed_in, text_of
from tests.web.test_desk_intake import take_in
from yipanqi.cases.actions import Words
from yipanqi.cases.models import Case
from yipanqi.core import sealing
from yipanqi.core.models import MovePayload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

BAD = Words(
    title="社會(huì )工作", text="请著(zhù)力解决,谢谢!各级(党组)要管。", name="甲某", phone="199 0000 0001"
)
GOOD = Words(title="路灯不亮", text="示例路三号杆的路灯不亮一周了。", name="甲某", phone="199 0000 0007")


def _cleared(**more: str) -> dict[str, Any]:
    return {"title": BAD.title, "text": BAD.text, "category": "lamps", "area": "370199001"} | more


def _payload(case: Case) -> dict[str, Any]:
    body = MovePayload.objects.get(move__matter=case.pk, move__step="clear").body
    assert body is not None
    found: dict[str, Any] = json.loads(body)
    return found


def test_what_would_change_stands_beside_the_tick() -> None:
    city = make_city()
    page = page_of(city, "clerk", case_in(city, words=BAD).case.pk)
    assert 'name="mend"' in page
    assert "文字有 6 处可以修补" in page
    assert "删去“(huì )”" in page
    assert "“會”改为“会”" in page
    assert "请着力解决，谢谢！各级(党组)要管。" in page
    english = page_of(city, "clerk", case_in(city, words=BAD).case.pk, EN)
    assert "6 things in the text can be mended" in english
    assert "&quot;(huì )&quot; goes" in english
    assert "Use the mended text" in english


def test_nothing_is_offered_where_nothing_is_wrong() -> None:
    city = make_city()
    assert 'name="mend"' not in page_of(city, "clerk", case_in(city, words=GOOD).case.pk)


def test_one_tick_takes_it_and_the_change_is_on_record() -> None:
    city = make_city()
    case = case_in(city, words=BAD).case
    assert post_step(signed_in(city, "clerk"), case.pk, "clear", **_cleared(mend="on")).status_code == 302
    case.refresh_from_db()
    assert (case.title, case.text) == ("社会工作", "请着力解决，谢谢！各级(党组)要管。")
    payload = _payload(case)
    assert "mend" not in payload
    assert payload["mended"] == [
        "title 1-2 script: 會 → 会",
        "title 2-8 gloss: (huì ) → ",
        "text 1-2 script: 著 → 着",
        "text 2-7 gloss: (zhù) → ",
        "text 10-11 punctuation: , → ，",
        "text 13-14 punctuation: ! → ！",
    ]
    assert sealing.open_seal(case.submission.seal_id)["text"] == BAD.text


def test_what_was_typed_stays_where_nobody_ticks() -> None:
    city = make_city()
    case = case_in(city, words=BAD).case
    assert post_step(signed_in(city, "clerk"), case.pk, "clear", **_cleared()).status_code == 302
    case.refresh_from_db()
    assert (case.title, case.text) == (BAD.title, BAD.text)
    assert not {"mend", "mended"} & set(_payload(case))


def test_of_a_long_text_only_the_places_that_change_are_shown() -> None:
    city = make_city()
    filler = "示例路的路灯坏了很久没有人修。" * 40
    words = Words(
        title="路灯", text=f"{filler}請來人。_x000D_2、{filler}著力解决。", name="甲某", phone="199 0000 0001"
    )
    page = page_of(city, "clerk", case_in(city, words=words).case.pk)
    offered = page[page.index("修补后：") : page.index('name="mend"')]
    assert "请来人。 2、" in offered
    assert "着力解决" in offered
    assert len(offered) < 400
    assert "“_x000D_”改为“换行”" in page


def test_a_refused_form_offers_it_for_what_was_typed() -> None:
    city = make_city()
    case = case_in(city, words=GOOD).case
    answer = post_step(signed_in(city, "clerk"), case.pk, "clear", **_cleared(category=""))
    assert answer.status_code == 422
    assert "请着力解决，谢谢！" in text_of(answer)


def test_a_hostile_text_is_escaped_in_the_offer() -> None:
    city = make_city()
    words = Words(
        title="路灯", text="<b onclick=x>坏</b>&lt;script&gt;alert(1)了", name="甲某", phone="199 0000 0001"
    )
    page = page_of(city, "clerk", case_in(city, words=words).case.pk)
    assert "<b onclick" not in page
    assert "<script>alert" not in page


def test_it_is_offered_at_intake_and_the_words_are_sealed_as_they_were_said() -> None:
    city = make_city()
    answer = take_in(signed_in(city, "clerk"), title=BAD.title, text=BAD.text)
    assert answer.status_code == 200
    page = text_of(answer)
    case = Case.objects.get()
    assert "文字有 6 处可以修补" in page
    assert f"{reverse('desk:matter', args=[case.pk])}?step=clear#step-clear" in page
    assert BAD.text in page_of(city, "clerk", case.pk)
    assert "可以修补" not in text_of(take_in(signed_in(city, "clerk")))


def test_earlier_cases_stand_on_the_page_and_at_intake_with_why() -> None:
    city = make_city()
    clerk = signed_in(city, "clerk")
    first = case_in(city, "forwarded").case
    page = page_of(city, "clerk", case_in(city, words=GOOD).case.pk)
    assert "相似的诉求" in page
    assert first.number in page
    assert reverse("desk:matter", args=[first.pk]) in page
    assert "同一事项：路灯" in page
    assert "示例路灯处" in page
    assert first.number in text_of(take_in(clerk))
    assert "Same thing: 路灯" in page_of(city, "clerk", case_in(city, words=GOOD).case.pk, EN)


def test_where_there_is_none_nothing_is_said() -> None:
    city = make_city()
    assert "相似的诉求" not in page_of(city, "clerk", case_in(city, words=GOOD).case.pk)
    assert "相似的诉求" not in text_of(
        take_in(signed_in(city, "clerk"), title="社保怎么转", text="请问要带什么？")
    )


def test_a_handler_sees_none_of_another_unit() -> None:
    city = make_city()
    other = case_in(city).case
    clear = {"title": "路灯不亮", "text": "三号杆路灯不亮", "category": "lamps", "area": city.area.pk}
    take(other.pk, "clear", city.actor("clerk"), NOW, **clear)
    take(other.pk, "route", city.actor("clerk"), NOW, unit="roads")
    own = case_in(city)
    take(own.case.pk, "clear", city.actor("clerk"), NOW, **clear)
    take(own.case.pk, "route", city.actor("clerk"), NOW, unit="lamps")
    assert other.number in page_of(city, "clerk", own.case.pk)
    assert other.number not in page_of(city, "insider", own.case.pk)
