"""The page of a matter: who sees what of it, and taking steps."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from tests.factories import bring_to, make_city, submitter, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import (
    EN,
    NOW,
    ONE_DAY,
    case_in,
    city_with,
    matter_url,
    page_of,
    post_step,
    signed_in,
    text_of,
)
from yipanqi.cases.actions import Words
from yipanqi.core import gate
from yipanqi.core.gate import Channel
from yipanqi.core.models import AccessLog, Matter

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SAID = Words(
    title="北门外路灯不亮",
    text="我叫张晓明，住示例路18号楼2单元301室，电话19900000001。北门外路灯坏了。",
    name="张晓明",
    phone="199 0000 0001",
    place="示例路北门",
)


# --- who sees what ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("clerk", 200), ("clerk2", 200), ("auditor", 200), ("callback", 200), ("insider", 200), ("colleague", 200), ("deputy", 200),
        ("stranger", 404), ("accused", 404), ("sysadmin", 404), ("secadmin", 404), ("audadmin", 404),
    ],
)  # fmt: skip
def test_the_right_people_see_a_case_and_to_others_it_does_not_exist(login: str, status: int) -> None:
    city, filed = city_with("handling")
    client = signed_in(city, login)
    assert client.get(matter_url(filed.case.pk)).status_code == status
    nothing = client.get(matter_url(uuid4()))
    assert nothing.status_code == 404
    if status == 404:
        there = client.get(matter_url(filed.case.pk))
        assert re.sub(r"[A-Za-z0-9]{64}", "", text_of(there)) == re.sub(
            r"[A-Za-z0-9]{64}", "", text_of(nothing)
        )


def test_intake_sees_the_words_as_said_until_they_are_sent_on() -> None:
    city, filed = city_with(words=SAID)
    page = page_of(city, "clerk", filed.case.pk)
    assert '<mark title="姓名">张晓明</mark>' in page
    assert '<mark title="门牌地址">18号楼2单元301室</mark>' in page
    assert '<mark title="手机号">19900000001</mark>' in page
    bring_to(city, filed, "forwarded", NOW)
    for login in ("clerk", "insider", "auditor", "deputy"):
        later = page_of(city, login, filed.case.pk)
        assert "北门外" not in later
        assert "18号楼" not in later


def test_the_form_for_clearing_suggests_the_words_without_what_gives_the_person_away() -> None:
    city, filed = city_with(words=SAID)
    form = page_of(city, "clerk", filed.case.pk).split('id="step-clear"')[1].split("</form>")[0]
    assert 'value="北门外路灯不亮"' in form
    assert "我叫［姓名略］，住示例路［门牌略］，电话［电话略］。北门外路灯坏了。" in form
    assert "张晓明" not in form


def test_the_suggestion_keeps_an_entrance_that_the_unit_must_find_and_marks_it() -> None:
    city = make_city()
    words = Words(title="电梯漏水", text="示例花园6号楼1单元的电梯漏水，我住1单元501室。")
    page = page_of(city, "clerk", case_in(city, words=words).case.pk)
    form = page.split('id="step-clear"')[1].split("</details>")[0]
    assert "示例花园6号楼1单元的电梯漏水，我住［门牌略］。" in form
    assert page.split('id="original"')[1].split("</section>")[0].count("<mark") == 2


def test_who_may_audit_but_not_register_does_not_see_the_words_as_said() -> None:
    city, filed = city_with(words=SAID)
    page = page_of(city, "auditor", filed.case.pk)
    assert "18号楼" not in page
    assert "本人原话" not in page


@pytest.mark.parametrize(
    ("anonymity", "clerk", "insider", "auditor"),
    [
        ("named", "甲*", "甲*", "您看不到本人的姓名和联系方式"),
        ("hidden", "甲*", "本人选择对办理单位隐去", "本人选择对办理单位隐去"),
        (
            "anonymous",
            "没有姓名和联系方式，谁也打不开",
            "没有姓名和联系方式，谁也打不开",
            "没有姓名和联系方式，谁也打不开",
        ),
    ],
)
def test_the_person_is_masked_for_each(anonymity: str, clerk: str, insider: str, auditor: str) -> None:
    city, filed = city_with("handling", anonymity=anonymity)
    for login, words in (("clerk", clerk), ("insider", insider), ("auditor", auditor)):
        page = page_of(city, login, filed.case.pk)
        assert words in page
        assert "甲某" not in page
        assert "199 0000 0001" not in page
        assert ("199****0001" in page) is (words == "甲*")


def test_opening_an_identity_needs_a_purpose_shows_for_half_an_hour_and_is_written_down(clock: Clock) -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    refused = post_step(client, filed.case.pk, "open_identity")
    assert refused.status_code == 422
    assert "用途：请填写。" in text_of(refused)
    done = post_step(client, filed.case.pk, "open_identity", purpose="visit")
    assert done["Location"] == matter_url(filed.case.pk)
    page = text_of(client.get(matter_url(filed.case.pk)))
    assert "甲某" in page
    assert "199 0000 0001" in page
    row = AccessLog.objects.filter(page="matter", matter=filed.case.pk).latest("at", "id")
    assert "person" in row.fields.split(",")
    assert "甲" not in row.fields
    assert "甲某" not in page_of(city, "colleague", filed.case.pk), "what one has opened another has not"
    clock.forward(minutes=31)
    assert "甲某" not in text_of(client.get(matter_url(filed.case.pk)))


def test_the_submitter_sees_who_looked_as_unit_post_and_purpose_and_no_name() -> None:
    city, filed = city_with("handling")
    post_step(signed_in(city, "insider"), filed.case.pk, "open_identity", purpose="visit")
    view = gate.present(Matter.objects.get(pk=filed.case.pk), submitter(filed).viewer, Channel.PORTAL)
    event = next(e for e in view.events if e.step == "open_identity")
    assert event.who == "示例路灯处 insider岗"
    assert event.facts == [("用途", "上门办理")]
    assert "示例insider" not in str(view.events)


def test_an_overseer_reads_nothing_before_opening_it_with_a_purpose() -> None:
    city, filed = city_with("forwarded")
    take(filed.case.pk, "request_return", city.actor("insider"), NOW, reason="内容在理由里")
    page = page_of(city, "deputy", filed.case.pk)
    for words in ("三号杆", "路灯不亮", "内容在理由里", "甲"):
        assert words not in page
    assert "您看得到进度，看不到内容" in page
    assert "申请退回" in page, "how it stands is theirs to see"
    client = signed_in(city, "deputy")
    assert post_step(client, filed.case.pk, "open_text").status_code == 422
    post_step(client, filed.case.pk, "open_text", purpose="督办超期")
    opened = text_of(client.get(matter_url(filed.case.pk)))
    assert "三号杆路灯不亮" in opened
    assert "内容在理由里" in opened
    public = gate.present(Matter.objects.get(pk=filed.case.pk), submitter(filed).viewer, Channel.PORTAL)
    assert ("用途", "督办超期") in [fact for event in public.events for fact in event.facts]


def test_former_holders_stay_visible_with_their_reason() -> None:
    city, filed = city_with("forwarded")
    take(filed.case.pk, "request_return", city.actor("insider"), NOW, reason="是物业的路灯")
    take(filed.case.pk, "agree_return", city.actor("clerk"), NOW)
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="roads")
    page = page_of(city, "colleague", filed.case.pk)
    parts = page.split('id="parts"')[1].split("</section>")[0]
    assert "示例路灯处" in parts
    assert "理由：是物业的路灯" in parts
    assert signed_in(city, "insider").get(matter_url(filed.case.pk)).status_code == 404


def test_every_look_is_written_down_with_kinds_of_particulars_and_no_content() -> None:
    city, filed = city_with(words=SAID)
    page_of(city, "clerk", filed.case.pk)
    row = AccessLog.objects.get()
    assert (row.page, row.matter, row.account) == ("matter", filed.case.pk, city.accounts["clerk"].pk)
    assert row.fields == "original,person_masked"
    signed_in(city, "stranger").get(matter_url(filed.case.pk))
    assert AccessLog.objects.exclude(page="refused").count() == 1, "who found nothing saw nothing"


def test_a_time_limit_explains_itself_in_both_languages() -> None:
    city, filed = city_with("handling")
    assert "跳过 2 个周末日" in page_of(city, "insider", filed.case.pk)
    page = page_of(city, "insider", filed.case.pk, EN)
    assert "5 working days left" in page
    assert "Jinan 12345 hotline regulation, Art. 24" in page


# --- the verdict is not the handler's (H6) --------------------------------------------------------------------------


def without_tokens(page: str) -> str:
    return re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"|name="seen" value="\d+"', "", page)


@pytest.mark.parametrize("login", ["insider", "colleague", "clerk", "auditor", "deputy"])
def test_no_page_of_staff_changes_when_the_submitter_judges(login: str) -> None:
    city, filed = city_with("served")
    before = without_tokens(page_of(city, login, filed.case.pk))
    take(
        filed.case.pk,
        "evaluate",
        submitter(filed),
        NOW,
        grade="not_satisfied",
        solved="no",
        pressed="on",
        comment="敷衍",
    )
    assert without_tokens(page_of(city, login, filed.case.pk)) == before


def test_the_verdict_is_shown_when_the_window_has_ended() -> None:
    city, filed = city_with("served")
    take(filed.case.pk, "evaluate", submitter(filed), NOW, grade="basically", solved="yes")
    take(filed.case.pk, "close", gate.SYSTEM, NOW + 16 * ONE_DAY)
    page = page_of(city, "insider", filed.case.pk)
    assert "基本满意；解决了" in page


def test_the_list_beside_the_case_leads_to_the_next_one() -> None:
    city = make_city()
    one, two = case_in(city, "handling", NOW - ONE_DAY), case_in(city, "handling")
    side = page_of(city, "insider", two.case.pk).split('<nav class="side"')[1].split("</nav>")[0]
    assert matter_url(one.case.pk) in side
    assert side.count('aria-current="true"') == 1
