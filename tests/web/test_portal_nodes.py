"""What a resident can follow of a claim (domain §1.9): each node with its day, from the same trail as the desk's."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.cases.accusation_world import add_organ
from tests.cases.ladder_world import SERVICE, add_bodies, at, decide, owner
from tests.factories import OPINION, City, add_head, bring_to, file, make_city, take
from tests.web.conftest import Clock
from tests.web.portal_helpers import case_url, text_of, tracking
from yipanqi.cases.actions import Filed
from yipanqi.cases.mixed import split_accusation
from yipanqi.cases.models import Case
from yipanqi.core import engine

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]


@pytest.fixture
def city(clock: Clock) -> City:
    return add_head(add_bodies(make_city()))


def told(client: Client, number: str) -> str:
    """The page as it is read: without tags, in one line."""
    page = text_of(client.get(reverse("portal:case", args=[number])))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def claim(city: City, day: str) -> Filed:
    filed = file(city, at=at(day), kind="claim")
    bring_to(city, filed, "registered", at(day))
    return filed


def test_registration_each_forwarding_and_each_notice_is_told_with_its_day(city: City) -> None:
    filed = claim(city, "2026-06-01")
    pk = filed.case.pk
    take(pk, "route", city.actor("clerk"), at("2026-06-03"), unit="roads", co_units=[])
    take(pk, "request_return", city.actor("colleague"), at("2026-06-04"), reason="不归我们", duty="三定方案")
    take(pk, "agree_return", city.actor("clerk"), at("2026-06-05"))
    take(pk, "route", city.actor("clerk"), at("2026-06-08"), unit="lamps", co_units=[])
    take(pk, "accept", city.actor("insider"), at("2026-06-10"), notice="已接收")
    take(pk, "request_extension", city.actor("insider"), at("2026-07-01"), reason="复杂", days=30)
    take(pk, "approve_extension", city.actor("head"), at("2026-07-02"), notice="情况复杂")
    take(pk, "answer", city.actor("insider"), at("2026-07-20"), **OPINION | {"outcome": "explained"})
    take(pk, "serve", city.actor("insider"), at("2026-07-21"), **SERVICE)
    client = tracking(filed)
    page = told(client, filed.reference)
    for day in ("6月1日", "6月3日", "6月5日", "6月8日", "6月10日", "7月2日", "7月21日"):
        assert day in page, day
    for document in ("受理告知书", "延期告知书", "信访处理意见书"):
        assert document in page
    assert page.count("已转给有权处理的单位") >= 2


def test_what_is_not_accepted_is_told_with_its_day(city: City) -> None:
    filed = claim(city, "2026-06-01")
    said = {"ground": "duplicate", "reason": "在办", "law": "条例 19", "where": "路灯处"}
    take(filed.case.pk, "refuse_accept", city.actor("clerk"), at("2026-06-09"), **said)
    page = told(tracking(filed), filed.reference)
    assert "不予受理告知书" in page
    assert "6月9日" in page


def test_the_opinions_of_both_reviews_are_told_with_their_days(city: City) -> None:
    filed = claim(city, "2026-06-01")
    take(filed.case.pk, "route", city.actor("clerk"), at("2026-06-01"), unit="lamps", co_units=[])
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-06-01"), notice="已接收")
    take(
        filed.case.pk, "answer", city.actor("insider"), at("2026-06-02"), **OPINION | {"outcome": "explained"}
    )
    take(filed.case.pk, "serve", city.actor("insider"), at("2026-06-03"), **SERVICE)
    client, one = tracking(filed), filed.case
    for ask, body, login, days in (
        ("ask_review", "government", "reviewer", ("2026-06-10", "2026-06-20")),
        ("ask_second", "province", "second", ("2026-06-25", "2026-07-06")),
    ):
        take(one.pk, ask, owner(one), at(days[0]), body=city.units[body].pk, reason="不服")
        one = Case.objects.get(reviews=one)
        decide(city, one, at(days[1]), login)
        page = told(client, one.number)
        title = "复查意见书" if ask == "ask_review" else "复核意见书"
        assert title in page
        assert f"{int(days[1][5:7])}月{int(days[1][8:])}日" in page
        # The claim's own page leads there.
        assert reverse("portal:case", args=[one.number]) in text_of(client.get(case_url(filed)))


def test_the_accusation_of_a_mixed_letter_looks_like_any_other_part_of_it(city: City) -> None:
    filed = file(add_organ(city), at=at("2026-06-01"), kind="claim")
    taken_out = split_accusation(case=filed.case, by=city.actor("window"), at=at("2026-06-01"))
    client = tracking(filed)
    assert told(client, filed.reference).count("标题还在整理") == 2
    take(taken_out.pk, "route", city.actor("window"), at("2026-06-02"), accused=["market"], unit="discipline")
    page = told(client, filed.reference)
    assert page.count("标题还在整理") == 1
    assert "这份提交的另一部分" in page
    assert "检举" not in page


def test_a_time_in_which_nobody_judged_is_over_and_makes_nobody_late(city: City) -> None:
    filed = claim(city, "2026-06-01")
    pk = filed.case.pk
    take(pk, "route", city.actor("clerk"), at("2026-06-03"), unit="lamps", co_units=[])
    take(pk, "accept", city.actor("insider"), at("2026-06-10"), notice="已接收")
    take(pk, "answer", city.actor("insider"), at("2026-07-20"), **OPINION | {"outcome": "explained"})
    take(pk, "serve", city.actor("insider"), at("2026-07-21"), **SERVICE)
    for day in ("2026-09-10", "2026-09-11"):
        engine.lapse_due(at=at(day))
    page = told(tracking(filed), filed.reference)
    assert "已办结" in page
    assert "这段时间已过" in page
    assert "超期" not in page
