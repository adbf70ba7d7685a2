"""H4 and H5: who looked is told as unit, post and purpose, never by name; and no text gives its writer away unseen."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import City, file, make_city, take
from tests.web.desk_helpers import EN, NOW, ZH, city_with, matter_url, page_of, signed_in, text_of
from tests.web.portal_helpers import case_url, press_step, tracking
from yipanqi.cases.actions import Filed, Words
from yipanqi.core import gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import AccessLog, Matter
from yipanqi.organisations.models import Posting
from yipanqi.people.models import Account

pytestmark = pytest.mark.django_db

WHO = Words(
    title="路灯不亮",
    text="我叫王小明，住三单元，电话19900000001。\n示例路三号杆的路灯不亮一周了。",
    name="王小明",
    phone="199 0000 0001",
    email="wang@example.com",
    address="示例路9号",
)
PARTICULARS = (WHO.name, "199 0000 0001", WHO.email, WHO.address)
MINUTES_30 = 1800


def known_posts(city: City) -> None:
    """Posts whose words say nothing of logins, and logins and names that nothing else contains."""
    Posting.objects.update(post_zh="业务岗", post_en="case officer")
    for number, account in enumerate(Account.objects.order_by("login")):
        Account.objects.filter(pk=account.pk).update(login=f"LOGIN{number:02d}", name=f"OFFICER{number:02d}")


def api_track(filed: Filed, language: str) -> Any:
    codes = json.dumps({"reference": filed.reference, "secret": filed.secret})
    answer = Client().post(
        "/api/v1/track", codes, content_type="application/json", headers={"accept-language": language}
    )
    assert answer.status_code == 200
    return answer


# --- H4: who looked --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [ZH, EN])
def test_who_looked_is_told_as_unit_post_and_purpose_and_never_by_name(language: str) -> None:
    city, filed = city_with("handling", words=WHO, founded=NOW)
    take(filed.case.pk, "open_identity", city.actor("insider"), NOW, purpose="contact")
    take(filed.case.pk, "open_text", city.actor("deputy"), NOW, purpose="督办")
    known_posts(city)
    shown = {
        "portal": text_of(tracking(filed, language).get(case_url(filed))),
        "interface": text_of(api_track(filed, language)),
        "desk": page_of(city, "clerk", filed.case.pk, language),
    }
    unit, post, purpose = {
        ZH: ("示例路灯处", "业务岗", "联系本人了解情况"),
        EN: ("Lamps", "case officer", "To contact the person about the case"),
    }[language]
    for channel, text in shown.items():
        assert f"{unit} {post}".lower() in text.lower(), channel
        assert purpose in text, channel
        assert "督办" in text, channel
        assert "LOGIN" not in text, channel
        assert "OFFICER" not in text, channel


def test_a_look_at_an_opened_identity_is_in_the_access_log_and_on_the_residents_page() -> None:
    city, filed = city_with("handling", words=WHO, founded=NOW)
    take(filed.case.pk, "open_identity", city.actor("insider"), NOW, purpose="contact")
    page_of(city, "insider", filed.case.pk)
    row = AccessLog.objects.get(page="matter")
    assert (row.account, row.matter) == (city.accounts["insider"].pk, filed.case.pk)
    assert "person" in row.fields.split(",")
    assert "身份信息被打开" in text_of(tracking(filed).get(case_url(filed)))


# --- for half an hour after a purpose --------------------------------------------------------------------------------


def seen_by(city: City, login: str, filed: Filed, seconds: int) -> Any:
    import datetime as dt

    from yipanqi.cases.access import present

    matter = Matter.objects.get(pk=filed.case.pk)
    return present(matter, city.viewer(login), Channel.DESK, NOW + dt.timedelta(seconds=seconds))


@pytest.mark.parametrize("anonymity", ["named", "hidden", "anonymous"])
@pytest.mark.parametrize("login", ["clerk", "insider"])
def test_an_opened_identity_is_seen_for_half_an_hour(login: str, anonymity: str) -> None:
    """A hidden one by intake alone, an anonymous one by nobody."""
    city, filed = city_with("handling", words=WHO, anonymity=anonymity, founded=NOW)
    may = anonymity == "named" or (anonymity == "hidden" and login == "clerk")
    page = page_of(city, login, filed.case.pk)
    assert not any(each in page for each in PARTICULARS)
    if not may:
        with pytest.raises(Refused):
            take(filed.case.pk, "open_identity", city.actor(login), NOW, purpose="contact")
        assert not any(each in page_of(city, login, filed.case.pk) for each in PARTICULARS)
        return
    take(filed.case.pk, "open_identity", city.actor(login), NOW, purpose="contact")
    page = page_of(city, login, filed.case.pk)
    assert all(each in page for each in PARTICULARS)
    other = "insider" if login == "clerk" else "clerk"
    assert not any(each in page_of(city, other, filed.case.pk) for each in PARTICULARS)
    assert not seen_by(city, login, filed, MINUTES_30 - 1).person.masked
    assert seen_by(city, login, filed, MINUTES_30).person.masked


def test_an_overseer_reads_the_text_for_half_an_hour_after_a_purpose() -> None:
    city, filed = city_with("handling", words=WHO, founded=NOW)
    assert "三号杆路灯不亮" not in page_of(city, "deputy", filed.case.pk)
    take(filed.case.pk, "open_text", city.actor("deputy"), NOW, purpose="督办")
    assert "三号杆路灯不亮" in page_of(city, "deputy", filed.case.pk)
    assert seen_by(city, "deputy", filed, MINUTES_30 - 1).text
    assert seen_by(city, "deputy", filed, MINUTES_30).text is None


# --- H5: what a text gives away --------------------------------------------------------------------------------------


def test_the_clerk_sees_what_identifies_marked_and_the_handler_gets_the_cleared_text_alone() -> None:
    city, filed = city_with(words=WHO, founded=NOW)
    page = page_of(city, "clerk", filed.case.pk)
    for found in ("19900000001", "王小明"):
        assert f">{found}</mark>" in page
    with pytest.raises(Refused):  # nothing goes on as it was said
        take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps", co_units=[])
    cleared = {"title": "路灯", "text": "三号杆路灯不亮", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", city.actor("clerk"), NOW, **cleared)
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps", co_units=[])
    for login in ("insider", "clerk", "deputy"):
        page = page_of(city, login, filed.case.pk)
        assert "三单元" not in page
        assert "王小明" not in page
        assert "19900000001" not in page


def test_a_clerk_who_leaves_in_what_identifies_is_asked_to_look_again() -> None:
    city, filed = city_with(words=WHO, founded=NOW)
    answers = {"title": "路灯", "text": WHO.text, "category": "lamps", "area": city.area.pk, "seen": 1}
    answer = signed_in(city, "clerk").post(reverse("desk:step", args=[filed.case.pk, "clear"]), answers)
    assert answer.status_code == 422
    assert "19900000001" in text_of(answer)
    assert not Matter.objects.filter(pk=filed.case.pk, moves_count__gt=1).exists()


@pytest.mark.parametrize("anonymity", ["hidden", "anonymous"])
def test_whoever_stays_hidden_is_told_which_words_of_a_reply_identify_them(anonymity: str) -> None:
    city, filed = city_with("handling", anonymity=anonymity, words=WHO, founded=NOW)
    take(filed.case.pk, "ask", city.actor("insider"), NOW, question="哪一根？")
    client = tracking(filed)
    text = "第三根。我的电话是19900000001。"
    answer = press_step(client, filed, "reply", text=text)
    assert answer.status_code == 422
    assert "其中可能会让人认出您：手机号“19900000001”" in text_of(answer)
    assert text in text_of(answer)
    assert Matter.objects.get(pk=filed.case.pk).state == "asked"
    english = press_step(tracking(filed, EN), filed, "reply", text=text)
    assert "tell who you are: mobile number" in text_of(english)
    assert press_step(client, filed, "reply", text=text, words_checked="on").status_code == 302
    assert Matter.objects.get(pk=filed.case.pk).state == "handling"


def test_whoever_gave_a_name_replies_without_being_asked_twice() -> None:
    city, filed = city_with("handling", founded=NOW)
    take(filed.case.pk, "ask", city.actor("insider"), NOW, question="哪一根？")
    assert press_step(tracking(filed), filed, "reply", text="我的电话是19900000001。").status_code == 302


def test_a_proof_of_service_is_for_intake_and_nobody_else() -> None:
    """It may name who signed for it, and where a hidden person lives."""
    city, filed = city_with("answered", anonymity="hidden", words=WHO, founded=NOW)
    proof = "示例路9号，其妻签收"
    take(
        filed.case.pk,
        "serve",
        city.actor("auditor"),
        NOW,
        method="post",
        proof=proof,
        served_on=NOW.date().isoformat(),
    )
    assert proof in page_of(city, "clerk", filed.case.pk)
    for login in ("insider", "colleague", "deputy"):
        assert proof not in page_of(city, login, filed.case.pk)
    assert proof not in text_of(tracking(filed).get(case_url(filed)))
    assert proof not in text_of(api_track(filed, ZH))


def test_the_gate_shows_nothing_to_who_finds_nothing() -> None:
    city = make_city(NOW)
    filed = file(city, at=NOW, words=WHO)
    for login in ("insider", "stranger", "accused", "sysadmin", "secadmin", "audadmin"):
        assert gate.find(filed.case.pk, city.viewer(login), Channel.DESK) is None
        assert signed_in(city, login).get(matter_url(filed.case.pk)).status_code == 404
