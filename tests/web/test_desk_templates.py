"""Templates of what is written to submitters: who writes them, what may not stand in them, how they are put in; and what
is written, as its reader will see it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, add_head, make_city
from tests.web.desk_helpers import EN, NOW, city_with, page_of, post_step, signed_in, text_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.models import Change, Matter
from yipanqi.notices import replies
from yipanqi.notices.actions import keep_template, remove_template
from yipanqi.notices.models import ReplyTemplate
from yipanqi.organisations.models import Category, Posting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/desk/reply-templates/"
GOOD = {
    "owner": "city",
    "place": "order.answer.text",
    "title": "修好了",
    "text": "您反映的{title}已经办好。\n电话：{telephone}\n由{unit}负责，编号{reference}。",
}


def head(city: City) -> City:
    add_head(city)
    Posting.objects.filter(account=city.accounts["head"]).update(in_charge=True)
    return city


def post(city: City, login: str, **more: Any) -> Any:
    return signed_in(city, login).post(URL, GOOD | {"go": "save"} | more)


def template(city: City, **more: Any) -> ReplyTemplate:
    assert post(city, "sysadmin", **more).status_code == 302
    return ReplyTemplate.objects.latest("pk")


def test_the_city_s_are_the_administrator_s_and_a_unit_s_its_head_s() -> None:
    city = head(make_city())
    assert post(city, "sysadmin").status_code == 302
    unit = str(city.units["lamps"].pk)
    assert post(city, "head", owner=unit, title="自家的").status_code == 302
    assert post(city, "head").status_code == 404, "the city's are not the head's"
    assert post(city, "sysadmin", owner=unit, title="别的").status_code == 422
    for login in ("insider", "clerk", "secadmin"):
        assert post(city, login).status_code == 404
    assert [t.unit_id for t in ReplyTemplate.objects.order_by("pk")] == [None, city.units["lamps"].pk]
    assert "自家的" not in text_of(signed_in(city, "sysadmin").get(URL))
    one, other = ReplyTemplate.objects.order_by("pk")
    assert post(city, "head", go="remove", edit=str(one.pk)).status_code != 302
    with pytest.raises(NotAllowed):
        remove_template(template=one, by=city.viewer("head"), at=NOW)
    assert post(city, "head", go="remove", edit=str(other.pk)).status_code == 302
    assert list(ReplyTemplate.objects.all()) == [one]
    assert Change.objects.filter(what="reply_template").count() == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("请您不再上访。", "不能要人承诺不再反映"),
        ("请 签 订 息·访 协议", "不能要人承诺不再反映"),
        ("請簽訂息訪協議", "不能要人承诺不再反映"),
        ("本人自愿撤回信访事项", "不能要人承诺撤诉"),
        ("办结后请您在评价时给好评", "不能请人给好评"),
        ("Please promise to withdraw it.", "不能要人承诺撤诉"),
        ("{name}您好", "没有 {name} 这个变量"),
        ("{title", "花括号要成对"),
        ("", "请填写"),
        ("长" * 3001, "最多 3000 字"),
    ],
)
def test_what_may_not_stand_in_a_template_is_refused_with_the_reason(text: str, why: str) -> None:
    city = make_city()
    answer = post(city, "sysadmin", text=text)
    assert answer.status_code == 422
    page = text_of(answer)
    assert why in page
    assert GOOD["title"] in page, "what was typed is kept"
    assert not ReplyTemplate.objects.exists()


@pytest.mark.parametrize(
    "text", ["复核以后不再受理您的信访事项。", "您对答复不满意，可以要求复查。", "路灯今后不再熄灭。"]
)
def test_what_the_law_says_may_be_said(text: str) -> None:
    assert replies.forbidden(text) == ""


def test_names_are_once_and_a_place_must_be_one_whose_text_its_submitter_reads() -> None:
    city = make_city()
    one = template(city)
    assert "同名的模板" in text_of(post(city, "sysadmin"))
    assert post(city, "sysadmin", edit=str(one.pk), text="改过的。").status_code == 302
    assert ReplyTemplate.objects.get().text == "改过的。"
    for place in ("order.send_back.reason", "order.withdraw.reason", "nonsense", ""):
        assert post(city, "sysadmin", place=place, title="又").status_code == 422
    with pytest.raises(Refused):
        keep_template(
            template=None,
            unit=None,
            place="x",
            category=None,
            title="a",
            text="b",
            by=city.viewer("sysadmin"),
            at=NOW,
        )
    sample = text_of(post(city, "sysadmin", go="look", title="看"))
    assert "您反映的示例路路灯不亮已经办好。" in sample


def test_it_is_filled_as_the_submitter_may_know_it_and_keeps_what_was_typed() -> None:
    city, filed = city_with("handling")
    one = template(city)
    other = template(city, title="别类的")
    ReplyTemplate.objects.filter(pk=other.pk).update(category=Category.objects.exclude(pk="lamps").first())
    page = page_of(city, "insider", filed.case.pk)
    assert "别类的" not in page
    number = filed.case.number
    title = Matter.objects.get(pk=filed.case.pk).case.title
    assert f"您反映的{title}已经办好。" in page
    assert "电话：0531-00000000" in page
    client = signed_in(city, "insider")
    answer = post_step(
        client, filed.case.pk, "answer", go="template", template=one.pk, text="先写的。", outcome="solved"
    )
    form = text_of(answer).split('id="step-answer"')[1]
    assert answer.status_code == 200
    area = re.search(r"<textarea[^>]*>([^<]*)</textarea>", form)
    assert area is not None
    assert area[1].strip().startswith("先写的。\n您反映的")
    assert number in area[1]
    assert 'value="solved" checked' in form
    assert "这一步还没有办理" not in text_of(answer)
    assert Matter.objects.get(pk=filed.case.pk).state == "handling"


def test_the_preview_is_the_portal_s_card_with_what_gives_somebody_away() -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    answer = post_step(
        client, filed.case.pk, "answer", go="look", text="已修好，请打19900000001。", outcome="solved"
    )
    assert answer.status_code == 200
    looked = text_of(answer).split('id="looked"')[1].split("</form>")[0]
    assert "答复</h3>" in looked
    assert "已修好，请打19900000001。" in looked
    assert "手机号“19900000001”" in looked
    assert Matter.objects.get(pk=filed.case.pk).state == "handling"
    clean = post_step(client, filed.case.pk, "ask", go="look", question="哪一根？")
    assert "没有找到姓名和号码" in text_of(clean)
    assert post_step(signed_in(city, "stranger"), filed.case.pk, "answer", go="look").status_code == 404
    assert post_step(signed_in(city, "clerk"), filed.case.pk, "answer", go="look").status_code == 404
    assert (
        'value="look"'
        not in page_of(city, "insider", filed.case.pk)
        .split('id="step-request_hold"')[1]
        .split("</details>")[0]
    )
    assert reverse("desk:templates") not in page_of(city, "insider", filed.case.pk, EN)
