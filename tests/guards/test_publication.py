"""PIPL Art. 25: nothing is published without a consent of its own, and what is taken back is gone at once. What is public
says nothing of a person and leads to no case (H1, H5), and in the time to judge nobody learns of a consent (H6)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.factories import DAY, City, bring_to, make_city, submitter, take
from tests.guards.test_verdicts import BAD, GOOD, pages
from tests.web.desk_helpers import EN, NOW, ONE_DAY, case_in, page_of, post_step, signed_in
from tests.web.portal_helpers import case_url, form_of, press_step, step_url, text_of, tracking, visitor
from yipanqi.cases.actions import Filed, Words, reissue_secret
from yipanqi.cases.models import Publication, Verdict
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import Matter, Move
from yipanqi.core.veil import told
from yipanqi.organisations.access import viewer_of
from yipanqi.organisations.actions import add_areas, appoint
from yipanqi.organisations.models import Area
from yipanqi.people.models import Role

pytestmark = pytest.mark.django_db

PUBLIC: dict[str, Any] = {
    "title": "路灯修好了",
    "said": "一根灯杆不亮。",
    "came_of_it": "三天后修好。",
    "place": "street",
}
LIST = "/others/"


def closed(city: City, **more: Any) -> Filed:
    return case_in(city, "closed", **more)


def consent(filed: Filed, at: Any = NOW) -> None:
    take(filed.case.pk, "consent", submitter(filed), at, agreed="on")


def publish(city: City, filed: Filed, at: Any = NOW, **answers: Any) -> Publication:
    take(filed.case.pk, "publish", city.actor("auditor"), at, **{**PUBLIC, **answers})
    return Publication.objects.get(case=filed.case.pk)


def published(city: City, **more: Any) -> tuple[Filed, Publication]:
    filed = closed(city, **more)
    consent(filed)
    return filed, publish(city, filed)


def page(row: Publication, client: Client | None = None) -> Any:
    return (client or visitor()).get(f"{LIST}{row.number}/")


# --- consent ---------------------------------------------------------------------------------------------------------


def test_nothing_is_published_without_consent() -> None:
    city = make_city(NOW)
    filed = closed(city)
    with pytest.raises(Refused, match="没有同意"):
        publish(city, filed)
    assert not Publication.objects.exists()
    assert "还没有公开的" in text_of(visitor().get(LIST))


def test_a_row_without_a_consent_does_not_go_into_the_table() -> None:
    city = make_city(NOW)
    _filed, row = published(city)
    row.pk, row.number = closed(city).case.pk, "other"
    for move in (None, row.consent):  # none; another case's
        row.consent = move  # type: ignore[assignment]
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


@pytest.mark.parametrize("state", ["registered", "handling", "answered", "served"])
def test_nothing_is_published_before_the_time_to_judge_is_over(state: str) -> None:
    city = make_city(NOW)
    filed = case_in(city, "" if state == "registered" else state)
    if state == "served":
        consent(filed)
    with pytest.raises(Conflict):
        publish(city, filed)
    assert not Publication.objects.exists()


def test_consent_is_an_unticked_box_that_nothing_depends_on() -> None:
    city = make_city(NOW)
    filed = case_in(city, "served")
    client = tracking(filed)
    assert "agreed" not in form_of(client.get(case_url(filed)), step_url(filed, "consent"))
    assert press_step(client, filed, "evaluate", **GOOD).status_code == 302
    assert press_step(client, filed, "consent").status_code == 422
    assert not Move.objects.filter(step="consent").exists()


@pytest.mark.parametrize("state", ["served", "closed"])
def test_consent_is_folded_even_where_it_is_all_that_can_be_done(state: str) -> None:
    city = make_city(NOW)
    filed = case_in(city, state)
    client = tracking(filed)
    for step in ("consent", "withdraw_consent"):
        shown = text_of(client.get(case_url(filed)))
        assert f'<details class="step" id="step-{step}"><summary>' in shown
        if step == "consent":
            consent(filed)


def test_no_page_and_no_number_of_staff_changes_when_somebody_consents_while_they_may_judge() -> None:
    city = make_city(NOW)
    filed = case_in(city, "served")
    for login in ("insider", "colleague", "clerk", "auditor", "callback", "deputy"):
        before, seen = pages(city, login, filed), told(Matter.objects.get(pk=filed.case.pk))
        for step in ("consent", "withdraw_consent", "consent"):
            answers = {"agreed": "on"} if step == "consent" else {}
            take(filed.case.pk, step, submitter(filed), NOW, **answers)
            assert pages(city, login, filed) == before, (login, step)
        assert told(Matter.objects.get(pk=filed.case.pk)) == seen


def test_the_desk_is_told_when_the_time_to_judge_is_over_and_the_handler_never() -> None:
    city = make_city(NOW)
    filed = case_in(city, "served")
    consent(filed)
    take(filed.case.pk, "close", SYSTEM, NOW + 20 * ONE_DAY)
    assert "本人同意公开" in page_of(city, "auditor", filed.case.pk)
    assert "同意" not in page_of(city, "insider", filed.case.pk)
    late = closed(city)
    consent(late)
    assert "本人同意公开" in page_of(city, "auditor", late.case.pk)


def test_a_consent_ends_when_the_case_is_handled_again() -> None:
    """It was given for an answer that does not stand any more."""
    city = make_city(NOW)
    filed = case_in(city, "served")
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **BAD)
    consent(filed)
    take(filed.case.pk, "second_handling", submitter(filed), NOW, understood="on")
    take(filed.case.pk, "answer", city.actor("insider"), NOW, text="又修了一次。", outcome="solved")
    take(filed.case.pk, "serve", city.actor("auditor"), NOW, method="portal", proof="示例")
    take(filed.case.pk, "close", SYSTEM, NOW + 20 * ONE_DAY)
    with pytest.raises(Refused, match="没有同意"):
        publish(city, filed)


@pytest.mark.parametrize("step", ["second_handling", "withdraw"])
def test_handling_again_and_withdrawing_take_a_page_off(step: str) -> None:
    """It cannot be published before; were it, by whatever way, it would be gone with the step."""
    city = make_city(NOW)
    _other, row = published(city)
    filed = case_in(city, "served" if step == "second_handling" else "handling")
    if step == "second_handling":
        take(filed.case.pk, "evaluate", submitter(filed), NOW, **BAD)
    row.pk, row.number, row.consent = filed.case.pk, "laidin", filed.case.matter.moves.latest("number")
    row.save(force_insert=True)
    assert page(row).status_code == 200
    answers = {"understood": "on"} if step == "second_handling" else {}
    take(filed.case.pk, step, submitter(filed), NOW, **answers)
    assert page(row).status_code == 404


def test_a_consent_that_is_taken_back_takes_the_page_off_at_once() -> None:
    city = make_city(NOW)
    filed, row = published(city)
    reader = visitor()
    assert row.title in text_of(reader.get(LIST))
    assert row.said in text_of(page(row, reader))
    client = tracking(filed)
    assert f"{LIST}{row.number}/" in text_of(client.get(case_url(filed)))
    assert press_step(client, filed, "withdraw_consent").status_code == 302
    assert page(row, reader).status_code == 404
    assert row.title not in text_of(reader.get(LIST))
    assert row.number not in text_of(client.get(case_url(filed)))
    assert "no-store" in reader.get(LIST).headers["Cache-Control"]
    with pytest.raises(Refused, match="没有同意"):
        publish(city, filed)


def test_published_anew_it_has_another_number() -> None:
    city = make_city(NOW)
    filed, row = published(city)
    take(filed.case.pk, "unpublish", city.actor("auditor"), NOW, reason="漏了一处")
    assert page(row).status_code == 404
    again = publish(city, filed)
    assert again.number != row.number
    assert page(row).status_code == 404
    assert page(again).status_code == 200


def test_at_the_counter_a_colleague_who_had_no_part_in_it_takes_down_either() -> None:
    city = make_city(NOW)
    filed = closed(city)
    with pytest.raises(Refused, match="另一位同事"):
        take(filed.case.pk, "record_consent", city.actor("clerk"), NOW, told_at="counter")
    for login in ("insider", "auditor", "deputy"):
        with pytest.raises(NotAllowed):
            take(filed.case.pk, "record_consent", city.actor(login), NOW, told_at="counter")
    take(filed.case.pk, "record_consent", city.actor("clerk2"), NOW, told_at="counter")
    row = publish(city, filed)
    assert "按您说的" in text_of(tracking(filed).get(case_url(filed)))
    # To take it back whoever is at the counter will do.
    take(filed.case.pk, "withdraw_consent", city.actor("clerk"), NOW)
    assert page(row).status_code == 404


def test_a_secret_that_staff_gave_out_does_not_consent_and_can_take_back() -> None:
    city = make_city(NOW)
    filed = case_in(city, "served")
    consent(filed)
    secret = reissue_secret(case=filed.case, checked="counter", by=city.actor("clerk"), at=NOW)
    take(filed.case.pk, "close", SYSTEM, NOW)
    row = publish(city, filed)
    client = visitor()
    client.post("/track/", {"reference": filed.reference, "secret": secret})
    assert press_step(client, filed, "withdraw_consent").status_code == 302
    assert page(row).status_code == 404
    shown = text_of(client.get(case_url(filed)))
    assert "不能用它同意公开" in shown
    answer = client.post(step_url(filed, "consent"), {"agreed": "on", "seen": told(Matter.objects.get())})
    assert answer.status_code == 422


# --- who publishes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", ["insider", "colleague", "clerk", "callback", "deputy", "stranger"])
def test_who_may_not_check_answers_does_not_publish(login: str) -> None:
    city = make_city(NOW)
    filed = closed(city)
    consent(filed)
    with pytest.raises(NotAllowed):
        take(filed.case.pk, "publish", city.actor(login), NOW, **PUBLIC)


@pytest.mark.parametrize("login", ["insider", "clerk2"])
def test_who_answered_it_or_took_down_the_consent_does_not_publish_it(login: str) -> None:
    """Though they hold a post by which they could."""
    city = make_city(NOW)
    filed, account = closed(city), city.accounts[login]
    row = (account, Role.objects.get(code="auditor"), city.units["hotline"], "另一岗", "another")
    appoint(rows=[row], valid_from=DAY, by=None, at=NOW)
    if login == "insider":
        consent(filed)
    else:
        take(filed.case.pk, "record_consent", city.actor(login), NOW, told_at="callback")
    assert viewer_of(account, NOW).has("cases.audit")
    with pytest.raises(Refused, match="另一位同事"):
        take(filed.case.pk, "publish", city.actor(login), NOW, **PUBLIC)
    assert not Publication.objects.exists()
    publish(city, filed)


# --- what it says ----------------------------------------------------------------------------------------------------


def test_a_row_says_nothing_of_a_person() -> None:
    assert {field.name for field in Publication._meta.concrete_fields} == {
        "case", "consent", "number", "kind", "title", "said", "came_of_it", "category", "area", "unit",
        "month", "working_days", "solved", "published_at", "withdrawn_at",
    }  # fmt: skip


def _plain(answer: Any, row: Publication) -> str:
    shown = text_of(answer).replace(row.number, "…")
    return re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", shown)


def test_how_somebody_signed_does_not_show() -> None:
    city = make_city(NOW)
    shown = []
    for anonymity in ("named", "hidden", "anonymous"):
        filed, row = published(city, anonymity=anonymity)
        shown.append((_plain(page(row), row), _plain(visitor().get(LIST), row)))
        take(filed.case.pk, "withdraw_consent", submitter(filed), NOW)
    assert shown[0] == shown[1] == shown[2]


def test_the_list_goes_by_the_time_of_publishing_and_asks_for_no_person() -> None:
    city = make_city(NOW)
    rows = []
    for n in (3, 1, 2):
        filed = closed(city)
        consent(filed)
        rows.append((n, publish(city, filed, NOW + n * ONE_DAY, title=f"第{n}件")))
    shown = text_of(visitor().get(LIST))
    assert sorted((1, 2, 3), key=lambda n: shown.index(f"第{n}件")) == [3, 2, 1]
    names = (
        "person",
        "name",
        "phone",
        "submitter",
        "number",
        "reference",
        "q",
        "order",
        "sort",
        "unit",
        "by",
    )
    for name in names:
        assert _still(visitor().get(LIST, {name: filed.reference})) == _still(visitor().get(LIST))


def _still(answer: Any) -> str:
    return re.sub(r'value="[^"]*"|nonce="[^"]*"', "", text_of(answer))


def test_a_public_page_leads_to_no_case_and_tells_no_day() -> None:
    city = make_city(NOW)
    filed, row = published(city)
    assert row.number not in (filed.reference, filed.case.number)
    for language in ("zh-hans", EN):
        shown = text_of(page(row, visitor(language))) + text_of(visitor(language).get(LIST))
        for word in (
            filed.reference,
            filed.case.number,
            str(filed.case.pk),
            "11月24日",
            "24 November",
            "2026-11-24",
        ):
            assert word not in shown
        assert ("2026年11月" if language != EN else "November 2026") in shown


def test_what_the_submitter_said_of_it_shows_where_staff_may_see_it_and_no_more() -> None:
    city = make_city(NOW)
    filed = case_in(city, "served")
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **GOOD, comment="某某真好", pressed="on")
    consent(filed)
    take(filed.case.pk, "close", SYSTEM, NOW + 20 * ONE_DAY)
    row = publish(city, filed)
    shown = text_of(page(row))
    assert "解决了" in shown
    for word in ("满意", "某某真好", "好评"):
        assert word not in shown


def test_a_verdict_that_staff_may_not_see_is_not_told() -> None:
    """By then the time to judge is over; were it not, nothing of the verdict would be public."""
    city = make_city(NOW)
    filed = case_in(city, "served")
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **GOOD)
    take(filed.case.pk, "close", SYSTEM, NOW + 20 * ONE_DAY)
    consent(filed)
    Verdict.objects.update(open_to_staff=False)
    assert publish(city, filed).solved is None


def test_no_place_is_told_closer_than_a_subdistrict() -> None:
    city = make_city(NOW)
    add_areas(rows=[("370199001001", "小小社区", "Tiny", "community", "370199001")], by=None, at=NOW)
    tiny = Area.objects.get(pk="370199001001")
    told_as = {}
    for place in ("street", "district", "city"):
        filed = case_in(city)
        take(
            filed.case.pk,
            "clear",
            city.actor("clerk"),
            NOW,
            title="路灯",
            text="不亮",
            category="lamps",
            area=tiny.pk,
        )
        for step, login, answers in (
            ("route", "clerk", {"unit": "lamps"}), ("accept", "insider", {}),
            ("answer", "insider", {"text": "好了", "outcome": "solved"}),
            ("serve", "auditor", {"method": "portal", "proof": "示例"}),
        ):  # fmt: skip
            take(filed.case.pk, step, city.actor(login), NOW, **answers)
        take(filed.case.pk, "close", SYSTEM, NOW)
        consent(filed)
        row = publish(city, filed, place=place)
        told_as[place] = str(row.area)
        assert "小小社区" not in text_of(page(row)) + text_of(visitor().get(LIST))
    assert told_as == {"street": "示例街道", "district": "示例区", "city": "示例市"}


# --- words -----------------------------------------------------------------------------------------------------------

NAME, PHONE, HOME = "王小明", "13800138000", "3号楼2单元501"
SAID = Words(
    title=f"我叫{NAME}", text=f"我叫{NAME}，电话{PHONE}，住{HOME}。", name=NAME, phone=PHONE, address=HOME
)


def test_names_and_numbers_that_were_said_are_on_no_public_page() -> None:
    city = make_city(NOW)
    filed = closed(city, words=SAID)
    consent(filed)
    publish(city, filed)
    for path in (LIST, f"{LIST}{Publication.objects.get().number}/"):
        shown = text_of(visitor().get(path))
        assert not [word for word in (NAME, PHONE, HOME, "示例路三号杆") if word in shown]


def test_the_form_is_filled_without_what_gives_the_person_away_and_warns_of_it() -> None:
    city = make_city(NOW)
    filed = case_in(city, "handling")
    answer = f"您好，我叫{NAME}，电话{PHONE}，已修好。"
    take(filed.case.pk, "answer", city.actor("insider"), NOW, text=answer, outcome="solved")
    take(filed.case.pk, "serve", city.actor("auditor"), NOW, method="portal", proof="示例")
    take(filed.case.pk, "close", SYSTEM, NOW)
    consent(filed)
    desk = signed_in(city, "auditor")
    form = form_of(
        desk.get(f"/desk/matters/{filed.case.pk}/"), f"/desk/matters/{filed.case.pk}/steps/publish"
    )
    assert "已修好" in form["came_of_it"]
    assert NAME not in form["came_of_it"]
    assert PHONE not in form["came_of_it"]
    typed: dict[str, Any] = {**PUBLIC, "came_of_it": f"联系人：{NAME}，电话{PHONE}"}
    refused = post_step(desk, filed.case.pk, "publish", **typed)
    assert refused.status_code == 422
    assert "姓名“王小明”" in text_of(refused)
    assert not Publication.objects.exists()
    assert post_step(desk, filed.case.pk, "publish", **typed, words_checked="on").status_code == 302
    assert PHONE in text_of(page(Publication.objects.get()))  # typed by whoever published it, who had looked


def test_of_a_claim_the_other_side_is_warned_of() -> None:
    city = make_city(NOW)
    filed = closed(city, kind="claim", anonymity="handler_only")
    consent(filed)
    desk = signed_in(city, "auditor")
    typed: dict[str, Any] = {**PUBLIC, "said": "说示例大地物业公司多收了费。"}
    refused = post_step(desk, filed.case.pk, "publish", **typed)
    assert refused.status_code == 422
    assert "单位名称“" in text_of(refused)
    assert post_step(desk, filed.case.pk, "publish", **PUBLIC).status_code == 302


def test_bringing_a_case_to_its_end_publishes_nothing_by_itself() -> None:
    city = make_city(NOW)
    filed = case_in(city, "served")
    consent(filed)
    bring_to(city, case_in(city), "closed", NOW)
    take(filed.case.pk, "close", SYSTEM, NOW)
    assert not Publication.objects.exists()


def test_a_case_keeps_the_moment_at_which_it_was_closed() -> None:
    city = make_city(NOW)
    filed = closed(city)
    consent(filed, NOW + ONE_DAY)
    assert Matter.objects.get(pk=filed.case.pk).closed_at == NOW
