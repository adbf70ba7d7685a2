"""The rules on meetings at the desk: each row with its number, basis and day, and a successor from a future day on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests.factories import make_city
from tests.meetings.meeting_world import meeting
from tests.web.desk_helpers import EN, NOW, ONE_DAY, signed_in, text_of
from yipanqi.core.models import Change
from yipanqi.meetings.burden import advice
from yipanqi.meetings.models import BurdenRule

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HERE = reverse("desk:burden_rules")
NEW = {
    "code": "speech", "valid_from": "2026-12-01", "amount": "30", "practice": "on", "basis_zh": "本市惯例：讲话不超过半小时", "basis_en": "practice of the city",
}  # fmt: skip


def test_each_rule_stands_there_with_its_number_basis_and_day() -> None:
    city = make_city()
    page = text_of(signed_in(city, "sysadmin").get(HERE))
    for told in (
        "主要讲话",
        "最多 60 分钟",
        "2024年8月6日",
        "现行",
        "整治形式主义为基层减负若干规定：不层层陪会",
    ):
        assert told in page
    english = text_of(signed_in(city, "sysadmin", EN).get(HERE))
    assert "at most 60 minutes" in english
    assert "How many levels down units are called up" in english


def test_a_successor_holds_from_its_day_and_the_past_stays() -> None:
    city = make_city()
    one = meeting(city, at=NOW - ONE_DAY)
    one.agenda.create(number=1, title="讲话", minutes=45, main=True)
    client = signed_in(city, "sysadmin")
    assert client.post(HERE, NEW).headers["Location"] == HERE
    rows = BurdenRule.objects.filter(code="speech").order_by("valid_from")
    assert [(row.valid_from, row.amount) for row in rows] == [
        (dt.date(2024, 8, 6), 60),
        (dt.date(2026, 12, 1), 30),
    ]
    told = [[each.code for each in advice(one, at)] for at in (NOW, NOW + 8 * ONE_DAY)]
    assert ["speech" in codes for codes in told] == [False, True]
    change = Change.objects.get(what="burden_rule")
    assert change.account == city.accounts["sysadmin"].pk
    assert [(row or {})["amount"] for row in (change.before, change.after)] == [60, 30]
    page = text_of(client.get(HERE))
    assert "将来" in page
    assert "最多 30 分钟" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"code": "lights"}, "没有这条规定"),
        ({"valid_from": "2026-11-24"}, "须从明天或以后起"),
        ({"valid_from": "2026-12-02", "amount": "0"}, "请填写 1 到 100000 之间的整数"),
        ({"amount": "一"}, "请填写整数"),
        ({"basis_en": ""}, "请写明依据"),
    ],
)
def test_a_wrong_row_is_refused_and_what_was_typed_is_kept(wrong: dict[str, str], words: str) -> None:
    city = make_city()
    answer = signed_in(city, "sysadmin").post(HERE, NEW | wrong)
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "本市惯例：讲话不超过半小时" in answer.content.decode()
    assert not BurdenRule.objects.filter(amount=30).exists()


def test_one_day_has_one_row_and_nobody_else_keeps_them() -> None:
    city = make_city()
    client = signed_in(city, "sysadmin")
    client.post(HERE, NEW)
    again = client.post(HERE, NEW | {"amount": "20"})
    assert again.status_code == 422
    assert "这一天已有一行" in text_of(again)
    assert BurdenRule.objects.filter(code="speech").count() == 2
    assert [signed_in(city, login).get(HERE).status_code for login in ("deputy", "secadmin")] == [404, 404]
