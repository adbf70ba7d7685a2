"""The page of a search: what is typed reaches no address and no log, what is found is marked, filters are links."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import City, make_city, record, take
from tests.web.desk_helpers import EN, NOW, ZH, case_in, city_with, matter_url, signed_in, text_of
from yipanqi.core.models import AccessLog

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/desk/search/"


def cleared(city: City, title: str, text: str, lead: str = "lamps") -> Any:
    pk = case_in(city).case.pk
    clerk = city.actor("clerk")
    take(pk, "clear", clerk, NOW, title=title, text=text, category="lamps", area=city.area.pk)
    take(pk, "route", clerk, NOW, unit=lead)
    return pk


def search(client: Client, words: str) -> Any:
    return client.post(URL, {"words": words}, follow=True)


@pytest.mark.parametrize(("language", "says"), [(ZH, "搜索的是“路燈”。"), (EN, 'You searched for "路燈".')])
def test_what_was_typed_is_found_and_marked_and_kept_in_the_box(language: str, says: str) -> None:
    city = make_city(NOW)
    pk = cleared(city, "北门<b>路灯</b>不亮", "三号杆 & 路灯已经坏了一周。")
    response = search(signed_in(city, "clerk", language), "路燈")
    page = text_of(response)
    assert response.status_code == 200
    assert says in page
    assert 'value="路燈"' in page
    assert f'href="{matter_url(pk)}"' in page
    assert "北门&lt;b&gt;<mark>路灯</mark>&lt;/b&gt;不亮" in page
    assert "三号杆 &amp; <mark>路灯</mark>已经坏了一周。" in page


def test_what_is_long_past_stands_under_the_day_it_came_and_in_no_recent_time() -> None:
    city = make_city(NOW)
    dated = record(city, NOW, received_at=dt.datetime(2019, 7, 1, 4, tzinfo=dt.UTC)).case.pk
    record(city, NOW)
    new = cleared(city, "路灯", "二号杆又不亮了。")
    client = signed_in(city, "clerk")
    response = search(client, "二号杆")
    rows = text_of(response).partition("<tbody")[2].partition("</tbody")[0].split("<tr")[1:]
    assert [re.findall(r'datetime="([^"]+)"', row)[:1] for row in rows] == [
        ["2026-11-24"],
        ["2019-07-01"],
        [],
    ]
    assert matter_url(dated) in rows[1]
    [(address, _status)] = response.redirect_chain
    recent = text_of(client.get(f"{address}&time=week"))
    assert matter_url(new) in recent
    assert matter_url(dated) not in recent


def test_words_stand_in_no_address_no_log_and_not_plainly_in_the_session() -> None:
    city = make_city(NOW)
    cleared(city, "张晓明家门口", "路灯不亮")
    client = signed_in(city, "clerk")
    response = search(client, "张晓明")
    [(address, status)] = response.redirect_chain
    assert status == 302
    assert re.fullmatch(r"/desk/search/\?s=[\w-]+", address)
    assert "张晓明" not in response.content.decode().partition("<main")[0].replace('value="张晓明"', "")
    for link in re.findall(r'href="([^"]+)"', text_of(response)):
        assert "%E5%BC%A0" not in link
    assert not [s for s in Session.objects.all() if "张晓明" in str(s.get_decoded())]
    [row] = AccessLog.objects.filter(page="search")
    assert (row.account, row.fields) == (city.accounts["clerk"].pk, "titles")


def test_an_address_that_is_passed_on_shows_nothing_of_the_search() -> None:
    city = make_city(NOW)
    cleared(city, "路灯不亮", "三号杆")
    [(address, _status)] = search(signed_in(city, "clerk"), "路灯").redirect_chain
    page = text_of(signed_in(city, "clerk2").get(address))
    assert "这次搜索的词已经不在了" in page
    assert "路灯不亮" not in page


def test_two_tabs_do_not_mix_and_the_oldest_of_many_searches_is_gone() -> None:
    city = make_city(NOW)
    cleared(city, "路灯不亮", "三号杆")
    client = signed_in(city, "clerk")
    [(first, _s)] = search(client, "路灯").redirect_chain
    [(second, _s)] = search(client, "井盖").redirect_chain
    assert "路灯</mark>不亮" in text_of(client.get(first))
    assert "没有找到" in text_of(client.get(second))
    for n in range(9):
        search(client, f"词{n}")
    assert "这次搜索的词已经不在了" in text_of(client.get(first))


@pytest.mark.parametrize("words", ["", "  ", "\x00", "\u200b"])
def test_nothing_typed_is_told_kindly(words: str) -> None:
    city = make_city(NOW)
    response = signed_in(city, "clerk").post(URL, {"words": words})
    assert response.status_code == 422
    assert "想找什么？" in text_of(response)


def test_a_whole_reference_leads_to_its_matter() -> None:
    city, filed = city_with(founded=NOW)
    response = signed_in(city, "clerk").post(URL, {"words": filed.reference.lower().replace("-", " ")})
    assert response["Location"] == matter_url(filed.case.pk)
    assert search(signed_in(city, "stranger"), filed.reference).status_code == 200


def test_an_overseer_finds_by_reference_and_reads_nothing() -> None:
    city = make_city(NOW)
    pk = cleared(city, "路灯不亮", "三号杆")
    number = case_number(pk)
    client = signed_in(city, "deputy")
    assert matter_url(pk) not in text_of(search(client, "路灯"))
    page = text_of(search(client, number[:6]))
    assert matter_url(pk) in page
    assert "路灯不亮" not in page
    assert "三号杆" not in page


def case_number(pk: Any) -> str:
    from yipanqi.cases.models import Case

    return str(Case.objects.get(pk=pk).number)


def facets(page: str) -> dict[str, tuple[str, int]]:
    """The filters of a page by their words: address and count."""
    found = re.findall(r'<li><a href="([^"]+)"[^>]*>([^<]+?) <span class="tally">(\d+)</span></a>', page)
    return {label: (url.replace("&amp;", "&"), int(count)) for url, label, count in found}


def test_each_filter_leads_to_as_many_as_it_says() -> None:
    city = make_city(NOW)
    for lead in ("lamps", "lamps", "roads"):
        cleared(city, "路灯不亮", "三号杆", lead)
    take(cleared(city, "路灯又不亮", "三号杆"), "accept", city.actor("insider"), NOW)
    client = signed_in(city, "clerk")
    links = facets(text_of(search(client, "灯 杆")))
    assert len(links) > 6
    assert links["示例道路处"][1] == 1
    for label, (url, count) in links.items():
        page = text_of(client.get(url))
        assert len(re.findall(r'<tr role="row" class="', page)) == count, label
        assert 'aria-current="true"' in page


def test_the_statements_of_a_page_do_not_depend_on_its_rows() -> None:
    city = make_city(NOW)
    cleared(city, "路灯不亮", "三号杆")
    client = signed_in(city, "clerk")
    addresses = [search(client, "路灯").redirect_chain[0][0]]
    addresses.append(addresses[0] + "&order=best&area=370199&term=later")

    def statements(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    few = [statements(address) for address in addresses]
    for lead in ("lamps", "roads", "schools"):
        cleared(city, "路灯不亮", "三号杆", lead)
    assert [statements(address) for address in addresses] == few
    assert max(few) <= 40


def test_pages_lead_on_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yipanqi.insight.search.PAGE", 2)
    city = make_city(NOW)
    numbers = [case_number(cleared(city, f"路灯{n}", "三号杆")) for n in range(5)]
    client = signed_in(city, "clerk")
    page, seen = text_of(search(client, "路灯")), []
    while True:
        seen += re.findall(r'class="code">([\w-]+)<', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        page = text_of(client.get(following[1].replace("&amp;", "&")))
    assert seen == numbers[::-1]
    back = re.search(r'rel="prev" href="([^"]+)"', page)
    assert back
    assert (
        re.findall(r'class="code">([\w-]+)<', text_of(client.get(back[1].replace("&amp;", "&")))) == seen[2:4]
    )


def test_how_far_back_a_page_looked_is_told_as_people_write_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, few in (("WINDOW", 1), ("RARE", -1), ("FEW", -1)):
        monkeypatch.setattr(f"yipanqi.insight.search.{name}", few)
    city = make_city(NOW)
    for _ in range(3):
        cleared(city, "路灯不亮", "三号杆")
    page = text_of(search(signed_in(city, "clerk"), "路灯"))
    assert re.search(r"这一页找到 <time [^>]*>2026年11月24日 星期二</time> 为止", page)
    assert re.search(
        r'<p class="queue-note"><mark>三号杆</mark>', text_of(search(signed_in(city, "clerk"), "三号杆"))
    )


def test_the_box_stands_on_every_page_of_those_who_may_search() -> None:
    city = make_city(NOW)
    for login, url, there in (
        ("clerk", "desk:queue", True),
        ("deputy", "desk:board", True),
        ("secadmin", "desk:accounts", False),
    ):
        page = text_of(signed_in(city, login).get(reverse(url)))
        assert ('class="desk-search"' in page) == there, login
