"""Taking in calls, visits and letters, and finding what was lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import bring_to, file, make_city
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, signed_in, text_of
from yipanqi.cases.actions import Words
from yipanqi.cases.models import Case, Submission, TrackingSecret
from yipanqi.cases.queries import prove
from yipanqi.core.models import AccessLog, Matter, SealedText
from yipanqi.organisations.models import Part
from yipanqi.web.desk import intake

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PHONE = "199 0000 0001"


def said(**more: str) -> dict[str, str]:
    words = {
        "kind": "order",
        "channel": "phone",
        "title": "路灯不亮",
        "text": "示例路三号杆的路灯不亮一周了。",
        "place": "示例路",
        "category": "lamps",
        "area": "370199001",
        "anonymity": "named",
        "name": "甲某",
        "phone": PHONE,
    }
    return words | more


def take_in(client: Client, **more: str) -> Any:
    return client.post(reverse("desk:intake"), said(**more))


def test_the_receipt_says_that_a_secret_from_the_desk_does_not_judge() -> None:
    client = signed_in(make_city(), "clerk")
    page = text_of(take_in(client))
    assert "不能用来评价" in page
    assert "作出评价" not in page
    assert "本人没有留联系方式" not in page
    page = text_of(take_in(client, anonymity="anonymous", name="", phone=""))
    assert "本人没有留联系方式" in page
    assert "打电话听取" not in page


def once_of(client: Client) -> str:
    found = re.search(r'name="once" value="([^"]+)"', text_of(client.get(reverse("desk:intake"))))
    assert found is not None
    return found[1]


def test_a_call_gets_the_receipt_that_a_filing_on_the_portal_gets() -> None:
    city = make_city()
    answer = take_in(signed_in(city, "clerk"))
    page = text_of(answer)
    case = Case.objects.select_related("submission", "category", "area").get()
    secret = re.search(r"\d{4} \d{4} \d{4} \d{4}", page)
    assert answer.status_code == 200
    assert secret is not None
    assert case.number in page
    proved, _row = prove(reference=case.number, secret=secret[0], network="x", at=NOW)
    assert proved == case.submission
    assert (case.submission.channel, case.submission.recorded_by) == ("phone", city.accounts["clerk"].pk)
    assert (case.category, case.area) == (city.category, city.area)
    assert answer["Cache-Control"] == "no-store"


def test_the_clerk_who_hands_it_over_is_told_and_kept_from_judging() -> None:
    city = make_city()
    page = text_of(take_in(signed_in(city, "clerk", EN)))
    assert "nobody can judge the case with it" in page
    assert TrackingSecret.objects.get().issued_by == city.accounts["clerk"].pk


@pytest.mark.parametrize("channel", ["phone", "visit", "paper"])
def test_it_says_by_which_door_it_came(channel: str) -> None:
    take_in(signed_in(make_city(), "clerk"), channel=channel)
    assert Submission.objects.get().channel == channel


@pytest.mark.parametrize("channel", ["portal", "api", "", "x"])
def test_no_other_door_is_taken(channel: str) -> None:
    answer = take_in(signed_in(make_city(), "clerk"), channel=channel)
    assert answer.status_code == 422
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("kind", "anonymity"),
    [
        ("order", "named"),
        ("order", "hidden"),
        ("suggestion", "hidden"),
        ("claim", "named"),
        ("claim", "handler_only"),
    ],
)
def test_the_three_ways_are_offered(kind: str, anonymity: str) -> None:
    take_in(signed_in(make_city(), "clerk"), kind=kind, anonymity=anonymity)
    submission = Submission.objects.get()
    assert (submission.kind, submission.anonymity) == (kind, anonymity)
    assert Matter.objects.get().procedure == kind


@pytest.mark.parametrize(
    ("kind", "anonymity"), [("claim", "hidden"), ("order", "handler_only"), ("x", "named")]
)
def test_what_cannot_be_promised_is_refused_beside_its_field(kind: str, anonymity: str) -> None:
    answer = take_in(signed_in(make_city(), "clerk", EN), kind=kind, anonymity=anonymity, title="Kept")
    page = text_of(answer)
    assert answer.status_code == 422
    assert 'value="Kept"' in page
    assert f'href="#id_{"kind" if kind == "x" else "anonymity"}_0"' in page
    assert not Submission.objects.exists()


def test_a_kind_that_was_left_open_is_asked_for_not_denied() -> None:
    page = text_of(take_in(signed_in(make_city(), "clerk"), kind="", title="Kept"))
    assert "请从所列选项中选择。" in page
    assert "没有这一类诉求" not in page
    assert 'value="Kept"' in page


def test_the_clerk_is_told_what_to_read_out_before_a_claim_is_taken_in() -> None:
    city = make_city()
    assert "不能对它隐去" in text_of(signed_in(city, "clerk").get(reverse("desk:intake")))
    assert "cannot be hidden from it" in text_of(signed_in(city, "clerk", EN).get(reverse("desk:intake")))


def test_each_way_to_be_known_stands_under_the_kinds_that_allow_it() -> None:
    page = text_of(signed_in(make_city(), "clerk").get(reverse("desk:intake")))
    told = re.findall(r'class="choice-group"[^>]*>([^<]+)<|name="anonymity"[^>]* value="(\w+)"', page)
    assert [group or way for group, way in told] == [
        "哪一种都可以选", "named", "anonymous", "只能用于：工单、人民建议、检举控告", "hidden", "只能用于：申诉求决", "handler_only",
    ]  # fmt: skip


def test_an_anonymous_call_leaves_no_contact() -> None:
    client = signed_in(make_city(), "clerk")
    refused = take_in(client, anonymity="anonymous")
    assert refused.status_code == 422
    assert "匿名提交不能带姓名和联系方式" in text_of(refused)
    assert not SealedText.objects.exists()
    assert take_in(client, anonymity="anonymous", name="", phone="").status_code == 200
    assert not Submission.objects.get().has_contact


def test_typed_text_is_kept_and_escaped_and_each_error_names_its_field() -> None:
    hostile = "<script>x</script>"
    client = signed_in(make_city(), "clerk")
    answer = take_in(client, title="", name=hostile, place="x" * 201)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "示例路三号杆的路灯不亮一周了。" in page
    assert hostile not in page
    assert "&lt;script&gt;x" in page
    assert "用一句话说是什么事：请填写。" in page
    assert "地点：最多 200 字，现有 201 字。" in page
    assert "类别：请从所列选项中选择。" in text_of(take_in(client, category="nowhere"))
    for field in ("title", "text", "name", "category", "area", "once"):
        assert take_in(client, **{field: "\x00"}).status_code in (200, 422)


def test_a_form_that_is_sent_twice_opens_one_case() -> None:
    client = signed_in(make_city(), "clerk")
    once = once_of(client)
    assert take_in(client, once=once).status_code == 200
    twice = take_in(client, once=once)
    page = text_of(twice)
    assert twice.status_code == 409
    assert Case.objects.count() == 1
    assert matter_url(Case.objects.get().pk) in page
    assert not re.search(r"\d{4} \d{4} \d{4} \d{4}", page)
    assert once_of(client) != once


@pytest.mark.parametrize("once", ["", "x", "00000000-0000-0000-0000-000000000000; DROP"])
def test_a_form_without_an_id_of_its_own_gets_one(once: str) -> None:
    assert take_in(signed_in(make_city(), "clerk"), once=once).status_code == 200


@pytest.mark.parametrize("login", ["insider", "auditor", "deputy", "sysadmin"])
@pytest.mark.parametrize("page", ["desk:intake", "desk:lost"])
def test_only_intake_takes_in_and_finds_again(login: str, page: str) -> None:
    client = signed_in(make_city(), login)
    assert client.get(reverse(page)).status_code == 404
    assert client.post(reverse(page), said()).status_code == 404
    assert not Submission.objects.exists()


# --- lost references -------------------------------------------------------------------------------------------------


def look_up(client: Client, phone: str, on: str = "2026-11-24") -> Any:
    return client.post(reverse("desk:lost"), {"phone": phone, "on": on})


def test_a_case_is_found_again_by_telephone_number_however_it_is_typed() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    other = file(city, at=NOW, words=Words(title="x", text="y", name="乙", phone="199 0000 0002"))
    client = signed_in(city, "clerk")
    for typed in (PHONE, "19900000001", "１９９０００００００１"):
        page = text_of(look_up(client, typed))
        assert filed.reference in page
        assert other.reference not in page
    assert "甲某" not in page
    assert reverse("desk:matter", args=[filed.case.pk]) + "?step=reissue_secret#step-reissue_secret" in page


@pytest.mark.parametrize(
    ("on", "why"),
    [("", "请填写日期。"), ("昨天", "请按“年-月-日”填写"), ("9000-01-01", "这一天不在能查的范围里。")],
)
def test_a_day_is_asked_for_and_what_is_wrong_with_it_is_said(on: str, why: str) -> None:
    answer = look_up(signed_in(make_city(), "clerk"), PHONE, on)
    assert answer.status_code == 422
    assert why in text_of(answer)


def test_a_number_in_an_address_finds_nothing() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    page = text_of(signed_in(city, "clerk").get(reverse("desk:lost"), {"phone": PHONE}))
    assert filed.reference not in page
    assert PHONE not in page


def test_each_look_and_each_case_found_is_written_down_without_the_number() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    look_up(signed_in(city, "clerk"), PHONE)
    rows = list(AccessLog.objects.order_by("id").values_list("page", "matter", "fields"))
    assert rows == [("lost", filed.case.pk, "phone")]


def test_one_case_at_a_time_is_found_the_one_nearest_to_the_day() -> None:
    """A list of what somebody filed, or how many, would be a list of persons who complain (H1)."""
    city = make_city()
    days = {back: file(city, at=NOW - back * ONE_DAY).reference for back in (0, 2, 4, 14, 40)}
    client = signed_in(city, "clerk")

    def found(on: str) -> list[int]:
        page = text_of(look_up(client, PHONE, on))
        return [back for back, reference in days.items() if reference in page]

    assert [found(on) for on in ("2026-11-24", "2026-11-22", "2026-11-19", "2026-11-10")] == [
        [0],
        [2],
        [4],
        [14],
    ]
    # Whoever does not know the day learns nothing.
    assert [found(on) for on in ("2026-10-20", "2025-11-24", "", "24.11.2026", "9999-12-31")] == [
        [40],
        [],
        [],
        [],
        [],
    ]


def test_what_the_gate_does_not_show_is_not_found() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    Part.objects.filter(matter=filed.case.pk).update(unit=city.units["schools"])
    page = text_of(look_up(signed_in(city, "clerk"), PHONE))
    assert filed.reference not in page
    assert "没有查到" in page


@pytest.mark.parametrize("phone", ["", "   ", "123", "abcdefghij"])
def test_too_little_of_a_number_is_no_search(phone: str) -> None:
    city = make_city()
    file(city, at=NOW)
    answer = look_up(signed_in(city, "clerk"), phone)
    assert answer.status_code == 422
    assert not AccessLog.objects.exists()


def test_nobody_tries_number_after_number(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    monkeypatch.setitem(intake.LOOK_UPS, "most", 2)
    client = signed_in(city, "clerk")
    assert [look_up(client, f"1990000000{n}").status_code for n in range(4)] == [200, 200, 429, 429]
    assert look_up(signed_in(city, "clerk2"), PHONE).status_code == 200


def test_a_closed_case_is_found_too() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    bring_to(city, filed, "closed", NOW)
    assert Matter.objects.get(pk=filed.case.pk).state == "closed"
    assert filed.reference in text_of(look_up(signed_in(city, "clerk"), PHONE))
