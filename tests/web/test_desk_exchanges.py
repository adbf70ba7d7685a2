"""Exchanges of experience: cleared for sharing with a look at who is named, and found again by theme and words."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import City, make_city
from tests.meetings.world import lines
from tests.web.desk_helpers import EN, NOW, ONE_DAY, signed_in, text_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.meetings.actions import ReportFacts, keep_report
from yipanqi.meetings.exchange_models import Exchange
from yipanqi.meetings.exchanges import ExchangeDraft, exchanges, share_exchange, themes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ALL = reverse("desk:exchanges")
TOLD = {"title": "路灯自检", "theme": "城市管理", "text": "每周自检一次，坏灯当天修。"}


def told(city: City) -> Exchange:
    conference = lines(city, "改进路灯维修", at=NOW - ONE_DAY)[0].conference
    facts = ReportFacts("示例。", "示例。", speakers=["示例路灯处"])
    keep_report(conference=conference, facts=facts, by=city.actor("deputy"), at=NOW - ONE_DAY)
    return conference.exchanges.get()


def share(city: City, one: Exchange, *, sure: bool = False, by: str = "deputy", change: dict[str, str] | None = None) -> Exchange:  # fmt: skip
    draft = ExchangeDraft(**(TOLD | (change or {})), sure=sure)
    return share_exchange(exchange=one, draft=draft, by=city.actor(by), at=NOW)


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("title", {"title": " "}),
        ("title", {"title": "灯" * 61}),
        ("theme", {"theme": "灯" * 31}),
        ("text", {"text": "灯" * 10_001}),
        ("sure", {"text": "有事请打 13800000001 找张师傅。"}),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_shared(field: str, change: dict[str, str]) -> None:
    city = make_city()
    one = told(city)
    with pytest.raises(Refused) as found:
        share(city, one, change=change)
    assert set(found.value.fields) == {field}
    assert exchanges() == ([], False)


def test_who_is_named_stays_where_somebody_says_so_and_only_who_drafts_shares() -> None:
    city = make_city()
    one = told(city)
    share(city, one, sure=True, change={"text": "有事请打 13800000001。"})
    with pytest.raises(NotAllowed):
        share(city, one, by="insider")
    with pytest.raises(IntegrityError, match="what_is_shared_was_cleared"), transaction.atomic():
        Exchange.objects.filter(pk=one.pk).update(shared_at=None)


def test_what_is_shared_is_found_by_theme_and_all_of_its_words_until_it_is_taken_back() -> None:
    city = make_city()
    one = share(city, told(city))
    assert themes() == ["城市管理"]
    found = {
        words: [each.pk for each in exchanges(words=words)[0]]
        for words in ("坏灯 自检", "坏灯 井盖", "路灯处")
    }
    assert found == {"坏灯 自检": [one.pk], "坏灯 井盖": [], "路灯处": [one.pk]}
    assert exchanges(theme="别的")[0] == []
    share(city, one, change={"text": ""})
    assert (exchanges()[0], themes()) == ([], [])


def test_an_exchange_is_shared_and_found_by_its_pages() -> None:
    city = make_city()
    one = told(city)
    deputy, insider = signed_in(city, "deputy"), signed_in(city, "insider")
    keep, here = reverse("desk:keep_exchange", args=[one.pk]), reverse("desk:exchange", args=[one.pk])
    report = reverse("desk:report", args=[one.conference_id])
    assert keep in text_of(deputy.get(report))
    assert keep not in text_of(insider.get(report))
    assert "还没有整理好的交流发言" in text_of(insider.get(ALL))
    assert insider.get(here).status_code == 404
    named = deputy.post(keep, TOLD | {"text": "有事请打 13800000001。"})
    assert (named.status_code, "这里可能写到了具体的人：13800000001" in text_of(named)) == (422, True)
    assert deputy.post(keep, TOLD).headers["Location"] == here
    assert "坏灯当天修" in text_of(insider.get(here))
    assert here in text_of(insider.get(report))
    assert here in text_of(insider.post(ALL, {"theme": "城市管理", "words": "坏灯"}))
    assert "没有找到" in text_of(insider.post(ALL, {"words": "井盖"}))
    assert "Exchanges of experience" in text_of(signed_in(city, "insider", EN).get(ALL))
