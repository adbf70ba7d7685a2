"""Taking steps on the page of a matter: refusals, conflicts, secrets, and other systems' numbers."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from tests.factories import DAY as DAY_ONE, City, bring_to, file, make_city, take
from tests.web.desk_helpers import (
    EN,
    NOW,
    case_in,
    city_with,
    matter_url,
    page_of,
    post_step,
    signed_in,
    text_of,
)
from yipanqi.cases.actions import Words
from yipanqi.cases.models import ExternalRef, TrackingSecret
from yipanqi.core.models import Matter, Move
from yipanqi.organisations.actions import appoint
from yipanqi.people.models import Role as RoleRow

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


# --- taking steps ----------------------------------------------------------------------------------------------------


def test_a_card_says_what_the_step_does_whom_it_tells_and_which_limits_it_moves() -> None:
    city, filed = city_with("registered")
    card = page_of(city, "clerk", filed.case.pk).split('id="step-route"')[1].split("</details>")[0]
    for words in (
        "转给负责单位；接收和答复的期限从现在起算。",
        "会告诉：主办单位、协办单位、本人",
        "开始计时：接收（1 个工作日）、答复（5 个工作日）",
        "结束计时：转办",
        "示例路灯处（依据：示例三定方案 3）",
    ):
        assert words in card


def test_a_step_that_waits_for_a_condition_says_which() -> None:
    city = make_city()
    page = page_of(city, "clerk", case_in(city).case.pk)
    assert "请先清理文字" in page.split("steps-waiting")[1]
    assert 'id="step-route"' not in page


def test_a_case_is_worked_from_intake_to_service_by_its_page_alone() -> None:
    city, filed = city_with()
    case, lamps = filed.case.pk, city.units["lamps"].pk
    way: list[tuple[str, str, dict[str, Any]]] = [
        ("clerk", "clear", {"title": "路灯不亮", "text": "三号杆路灯不亮", "category": "lamps", "area": city.area.pk}),
        ("clerk", "route", {"unit": str(lamps), "unit_other": "", "co_units": ["roads", ""]}),
        ("insider", "accept", {}),
        ("insider", "ask", {"question": "哪一根？"}),
        ("clerk", "reply", {"text": "三号"}),
        ("insider", "request_extension", {"reason": "等配件", "days": "3"}),
        ("clerk", "approve_extension", {"notice": "等配件"}),
        ("colleague", "contribute", {"text": "道路已围挡"}),
        ("insider", "answer", {"text": "已修好", "outcome": "solved"}),
        ("auditor", "serve", {"method": "phone", "proof": "10点通话"}),
    ]  # fmt: skip
    for login, step, answers in way:
        answer = post_step(signed_in(city, login), case, step, **answers)
        assert answer.status_code == 302, f"{step}: {text_of(answer)}"
        assert answer["Location"] == matter_url(case)
    matter = Matter.objects.get(pk=case)
    assert (matter.state, matter.moves_count) == ("served", 11)
    page = page_of(city, "insider", case)
    assert "道路已围挡" in page
    assert "已修好" in page.split('id="documents"')[1]


def test_after_a_step_the_page_says_so() -> None:
    city, filed = city_with("forwarded")
    client = signed_in(city, "insider", EN)
    page = client.post(reverse("desk:step", args=[filed.case.pk, "accept"]), {"seen": 3}, follow=True)
    assert "Done: Accept." in text_of(page)


def test_typed_text_is_kept_and_errors_stand_beside_the_fields() -> None:
    city, filed = city_with("handling")
    answer = post_step(
        signed_in(city, "insider"), filed.case.pk, "request_extension", reason="等配件到货", days="99"
    )
    page = text_of(answer)
    assert answer.status_code == 422
    card = page.split('id="step-request_extension"')[1].split("</details>")[0]
    assert "等配件到货" in card
    assert 'value="99"' in card
    assert "延长几个工作日：请填写 1 到 20 之间的整数。" in card
    assert card.split(">")[0].strip() == "open"
    assert 'href="#step-request_extension"' in page
    assert "这一步还没有办理" in page
    assert "有错误：" in page.split("</title>")[0]
    assert Matter.objects.get(pk=filed.case.pk).pending == ""


def test_hostile_text_is_escaped_wherever_it_stands() -> None:
    city = make_city()
    words = Words(title=HOSTILE[:60], text=HOSTILE, name=HOSTILE, phone=HOSTILE, place=HOSTILE)
    filed = case_in(city, words=words)
    pages = [page_of(city, "clerk", filed.case.pk)]
    take(
        filed.case.pk,
        "clear",
        city.actor("clerk"),
        NOW,
        title=HOSTILE[:60],
        text=HOSTILE,
        category="lamps",
        area=city.area.pk,
    )
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps")
    take(filed.case.pk, "request_return", city.actor("insider"), NOW, reason=HOSTILE)
    pages.append(page_of(city, "clerk", filed.case.pk))
    take(filed.case.pk, "refuse_return", city.actor("clerk"), NOW, reason=HOSTILE)
    take(filed.case.pk, "open_identity", city.actor("insider"), NOW, purpose="visit")
    pages.append(page_of(city, "insider", filed.case.pk))
    refused = post_step(signed_in(city, "insider"), filed.case.pk, "request_return", reason=HOSTILE * 40)
    pages.append(text_of(refused))
    conflict = post_step(signed_in(city, "insider"), filed.case.pk, "request_return", seen=1, reason=HOSTILE)
    assert (refused.status_code, conflict.status_code) == (422, 409)
    pages.append(text_of(conflict))
    for page in pages:
        assert "&lt;script&gt;" in page
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_somebody_was_quicker_shows_what_happened_and_keeps_the_typed_text() -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    seen = Matter.objects.get(pk=filed.case.pk).moves_count
    take(filed.case.pk, "contribute", city.actor("colleague"), NOW, text="道路已围挡")
    answer = post_step(client, filed.case.pk, "ask", seen=seen, question="是哪一根灯杆？")
    page = text_of(answer)
    assert answer.status_code == 409
    assert "道路已围挡" in page.split("您打开之后发生的事")[1]
    assert "三号杆路灯不亮" not in page, "only what happened since"
    assert "是哪一根灯杆？" in page
    assert not Move.objects.filter(matter=filed.case.pk, step="ask").exists()
    form = page.split("看过以后还要办")[1]
    renewed = re.search(r'name="seen" value="(\d+)"', form)
    assert renewed is not None
    sent = post_step(client, filed.case.pk, "ask", seen=int(renewed[1]), question="是哪一根灯杆？")
    assert sent.status_code == 302


def test_when_the_step_is_no_longer_possible_the_text_is_there_to_copy() -> None:
    city, filed = city_with("forwarded")
    seen = Matter.objects.get(pk=filed.case.pk).moves_count
    take(filed.case.pk, "accept", city.actor("insider"), NOW)
    answer = post_step(
        signed_in(city, "insider"), filed.case.pk, "request_return", seen=seen, reason="不归我们"
    )
    page = text_of(answer)
    assert answer.status_code == 409
    assert "不归我们" in page.split("您填写的内容</h2>")[1]
    assert "看过以后还要办" not in page


def test_a_form_without_the_number_of_moves_is_in_conflict() -> None:
    city, filed = city_with("forwarded")
    answer = signed_in(city, "insider").post(reverse("desk:step", args=[filed.case.pk, "accept"]), {})
    assert answer.status_code == 409
    assert Matter.objects.get(pk=filed.case.pk).state == "forwarded"


def test_words_that_may_give_a_person_away_are_looked_at_twice() -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    text = "已联系张某，电话19900000001，已修好。"
    first = post_step(client, filed.case.pk, "answer", text=text, outcome="solved")
    page = text_of(first)
    assert first.status_code == 422
    assert "手机号“19900000001”" in page
    assert "我看过了，这些内容需要保留" in page
    assert text in page
    assert Matter.objects.get(pk=filed.case.pk).state == "handling"
    second = post_step(client, filed.case.pk, "answer", text=text, outcome="solved", words_checked="on")
    assert second.status_code == 302
    assert Matter.objects.get(pk=filed.case.pk).state == "answered"


def test_the_tick_stays_when_something_else_is_wrong() -> None:
    city, filed = city_with("handling")
    answer = post_step(
        signed_in(city, "insider"), filed.case.pk, "answer", text="电话19900000001", words_checked="on"
    )
    assert answer.status_code == 422
    assert re.search(r'name="words_checked"[^>]*checked', text_of(answer))


def test_what_is_kept_as_proof_is_not_looked_at() -> None:
    city, filed = city_with("answered")
    done = post_step(
        signed_in(city, "auditor"), filed.case.pk, "serve", method="phone", proof="拨打 19900000001"
    )
    assert done.status_code == 302


@pytest.mark.parametrize("login", ["stranger", "accused", "sysadmin"])
def test_a_stranger_can_take_no_step(login: str) -> None:
    city, filed = city_with("forwarded")
    assert post_step(signed_in(city, login), filed.case.pk, "accept").status_code == 404
    assert Matter.objects.get(pk=filed.case.pk).state == "forwarded"


@pytest.mark.parametrize(
    "name", ["register", "nothing", "close", "reply_lapsed", "evaluate", "withdraw", "serve"]
)
def test_a_step_that_is_not_theirs_does_not_exist(name: str) -> None:
    city, filed = city_with("answered")
    answer = post_step(
        signed_in(city, "insider"),
        filed.case.pk,
        name,
        method="portal",
        proof="x",
        grade="satisfied",
        solved="yes",
    )
    assert answer.status_code == 404
    assert Matter.objects.get(pk=filed.case.pk).state == "answered"


def test_a_link_to_a_step_unfolds_it_and_changes_nothing() -> None:
    city, filed = city_with("handling")
    client = signed_in(city, "insider")
    answer = client.get(reverse("desk:step", args=[filed.case.pk, "ask"]))
    assert answer["Location"] == matter_url(filed.case.pk) + "?step=ask#step-ask"
    page = text_of(client.get(answer["Location"]))
    assert re.search(r'id="step-ask" open', page)
    assert Matter.objects.get(pk=filed.case.pk).moves_count == 4


def test_an_open_request_stands_at_the_top_with_what_it_asks() -> None:
    city, filed = city_with("handling")
    take(filed.case.pk, "request_hold", city.actor("insider"), NOW, plan="开春换缆", review_on="2027-01-20")
    page = page_of(city, "clerk", filed.case.pk)
    request = page.split("notice-warning")[1].split('id="text"')[0]
    assert "申请挂账" in request
    assert "开春换缆" in request
    assert "2027-01-20" in request
    form = page.split('id="step-approve_hold"')[1].split("</form>")[0]
    assert "开春换缆" in form, "what the submitter will read begins with what was asked"


def test_a_new_secret_is_shown_once_and_nobody_judges_with_it() -> None:
    city, filed = city_with("served")
    client = signed_in(city, "clerk")
    seen = Matter.objects.get(pk=filed.case.pk).moves_count
    answer = post_step(client, filed.case.pk, "reissue_secret", checked="counter")
    page = text_of(answer)
    secret = re.search(r"\d{4} \d{4} \d{4} \d{4}", page)
    assert answer.status_code == 200
    assert secret is not None
    assert filed.reference in page
    assert "用它不能评价" in page
    assert answer["Cache-Control"] == "no-store"
    valid = TrackingSecret.objects.get(submission=filed.submission, revoked_at=None)
    assert valid.issued_by == city.accounts["clerk"].pk
    twice = post_step(client, filed.case.pk, "reissue_secret", seen=seen, checked="counter")
    assert twice.status_code == 409
    assert TrackingSecret.objects.filter(submission=filed.submission).count() == 2
    assert secret[0] not in text_of(client.get(matter_url(filed.case.pk)))


def test_giving_out_a_secret_needs_a_word_on_how_the_person_was_checked() -> None:
    city, filed = city_with("served")
    answer = post_step(signed_in(city, "clerk"), filed.case.pk, "reissue_secret")
    assert answer.status_code == 422
    assert TrackingSecret.objects.filter(submission=filed.submission).count() == 1


def test_the_officer_who_gave_out_a_secret_cannot_record_the_verdict() -> None:
    city = make_city()
    callback = city.accounts["callback"]
    both = [(callback, RoleRow.objects.get(pk="clerk"), city.units["hotline"], "坐席", "clerk")]
    appoint(rows=both, valid_from=DAY_ONE, by=None, at=NOW)
    filed, other = case_in(city, "served"), case_in(city, "served")
    client = signed_in(city, "callback")
    assert post_step(client, filed.case.pk, "reissue_secret", checked="callback").status_code == 200
    verdict: dict[str, Any] = {"grade": "satisfied", "solved": "yes"}
    refused = post_step(client, filed.case.pk, "record_verdict", **verdict)
    assert refused.status_code == 422
    assert "回访评价须由另一位同事记录" in text_of(refused)
    assert post_step(client, other.case.pk, "record_verdict", **verdict).status_code == 302


# --- other systems' numbers ------------------------------------------------------------------------------------------


def external(city: City, login: str, matter: UUID, **fields: str) -> Any:
    return signed_in(city, login).post(reverse("desk:external", args=[matter]), fields)


def test_another_systems_number_stands_beside_the_case() -> None:
    city, filed = city_with("handling")
    assert external(city, "clerk", filed.case.pk, system="国家信访", number="G-1").status_code == 302
    page = page_of(city, "insider", filed.case.pk)
    assert "国家信访编号" in page
    assert "G-1" in page
    assert "登记外部编号" not in page, "handlers do not register them"


def test_a_number_that_is_taken_or_missing_is_refused_with_what_was_typed() -> None:
    city, filed = city_with()
    missing = external(city, "clerk", filed.case.pk, system="国家信访", number=" ")
    assert missing.status_code == 422
    assert 'value="国家信访"' in text_of(missing)
    for system, number in (("x" * 41, "1"), ("x", "1" * 81), ("\x00", "1")):
        assert external(city, "clerk", filed.case.pk, system=system, number=number).status_code == 422
    ExternalRef.objects.create(case=filed.case, system="甲", number="1", added_at=NOW)
    assert external(city, "clerk", filed.case.pk, system="甲", number="1").status_code == 422


@pytest.mark.parametrize("login", ["insider", "deputy", "stranger"])
def test_only_intake_registers_other_numbers(login: str) -> None:
    city, filed = city_with("handling")
    assert external(city, login, filed.case.pk, system="甲", number="1").status_code == 404
    assert not ExternalRef.objects.exists()


def test_a_clerk_takes_down_a_reply_that_comes_by_telephone() -> None:
    city, filed = city_with("handling")
    take(filed.case.pk, "ask", city.actor("insider"), NOW, question="哪一根？")
    assert 'id="step-reply"' in page_of(city, "clerk", filed.case.pk)
    assert 'id="step-reply"' not in page_of(city, "insider", filed.case.pk)


def test_characters_that_cannot_be_kept_are_refused_and_break_nothing() -> None:
    city, filed = city_with("registered")
    client = signed_in(city, "clerk")
    wrong: list[dict[str, Any]] = [{"unit": "\x00"}, {"unit": "lamps", "co_units": ["\x00"]}]
    for answers in wrong:
        assert post_step(client, filed.case.pk, "route", **answers).status_code == 422
    cleared: dict[str, Any] = {"title": "a", "text": "b", "category": "lamps", "area": city.area.pk}
    for name in cleared:
        refused = post_step(client, filed.case.pk, "clear", **(cleared | {name: "\x00"}))
        assert refused.status_code == 422


def test_what_can_be_done_now_counts_no_step_that_waits() -> None:
    city = make_city()
    page = page_of(city, "clerk", case_in(city).case.pk)
    assert page.count("steps-waiting") == 1
    can_do = page.count(' action="/desk/matters/') - page.count("/external") - page.count('/accusation"')
    assert f"现在可以做的事（{can_do} 项）" in page


@pytest.mark.parametrize(
    ("state", "login", "first"),
    [("registered", "clerk", "route"), ("forwarded", "insider", "accept"), ("handling", "insider", "answer"),
     ("answered", "auditor", "serve")],
)  # fmt: skip
def test_what_brings_a_case_on_stands_first(state: str, login: str, first: str) -> None:
    city, filed = city_with(state)
    shown = re.findall(r'id="step-([a-z_]+)"', page_of(city, login, filed.case.pk))
    assert shown[0] == first


def test_a_fresh_claim_begins_with_what_others_wait_for_and_ends_are_below_ways_on() -> None:
    city = make_city()
    filed = file(city, at=city.at, kind="claim")
    shown = re.findall(r'id="step-([a-z_]+)"', page_of(city, "clerk", filed.case.pk))
    assert shown[:4] == ["clear", "redirect", "refuse_accept", "not_accept_again"]
    bring_to(city, filed, "registered", city.at)
    shown = re.findall(r'id="step-([a-z_]+)"', page_of(city, "clerk", filed.case.pk))
    assert shown[:3] == ["route", "assign", "redirect"]
