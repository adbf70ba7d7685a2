"""What others said: the list with its filters and pages, in both languages, and with the portal's own database role."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.outlets import as_portal
from tests.factories import City, make_city, submitter, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import NOW, ONE_DAY, case_in
from tests.web.portal_helpers import case_url, press_step, text_of, tracking, visitor
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Publication
from yipanqi.cases.queries import others, published
from yipanqi.core.gate import SYSTEM
from yipanqi.web.portal.others import language_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]

URL = "/others/"


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city(NOW)


def publish(city: City, n: int = 0, **more: Any) -> tuple[Filed, Publication]:
    filed = case_in(city, "closed", **more)
    take(filed.case.pk, "consent", submitter(filed), NOW, agreed="on")
    words = {"title": f"第{n}件", "said": f"说了{n}", "came_of_it": f"结果{n}", "place": "district"}
    take(filed.case.pk, "publish", city.actor("auditor"), NOW + n * ONE_DAY, **words)
    return filed, Publication.objects.get(case=filed.case.pk)


def titles(path: str = URL) -> list[str]:
    return re.findall(r"第\d+件", text_of(visitor().get(path)))


def test_empty_it_says_what_will_be_here_and_where_to_look_meanwhile(city: City) -> None:
    shown = text_of(visitor().get(URL))
    assert "还没有公开的" in shown
    assert 'href="/figures/"' in shown


def test_home_and_figures_lead_here(city: City) -> None:
    for path in ("/", "/figures/"):
        assert f'href="{URL}"' in text_of(visitor().get(path)), path


def test_a_page_says_what_was_said_what_came_of_it_who_answered_and_how_long_it_took(city: City) -> None:
    _filed, row = publish(city)
    shown = text_of(visitor().get(f"{URL}{row.number}/"))
    for words in (
        "第0件",
        "说了0",
        "结果0",
        "示例路灯处",
        "当天",
        "2026年11月",
        "反映一个问题",
        "路灯",
        "示例区",
    ):
        assert words in shown, words
    assert "本人说" not in shown  # nothing was said of it
    english = text_of(visitor("en").get(f"{URL}{row.number}/"))
    assert '<h1 lang="zh-Hans">第0件</h1>' in english
    for words in ("Lamps", "the same day", "November 2026", "Sample District"):
        assert words in english, words


def test_working_days_are_counted_from_receipt_to_service(city: City) -> None:
    filed = case_in(city, "answered")
    served = NOW + 9 * ONE_DAY
    take(filed.case.pk, "serve", city.actor("auditor"), served, method="portal", proof="示例")
    take(filed.case.pk, "close", SYSTEM, served + 20 * ONE_DAY)
    take(filed.case.pk, "consent", submitter(filed), served + 21 * ONE_DAY, agreed="on")
    words = {"title": "x", "said": "x", "came_of_it": "x", "place": "city"}
    take(filed.case.pk, "publish", city.actor("auditor"), served + 22 * ONE_DAY, **words)
    row = Publication.objects.get()
    assert (row.working_days, row.month.isoformat()) == (7, "2026-12-01")


def test_it_can_be_looked_at_by_kind_category_and_district(city: City) -> None:
    publish(city, 1)
    publish(city, 2, kind="suggestion")
    assert titles() == ["第2件", "第1件"]
    assert titles(f"{URL}?kind=suggestion") == ["第2件"]
    assert titles(f"{URL}?kind=claim") == []
    assert "这一部分还没有公开的" in text_of(visitor().get(f"{URL}?kind=claim"))
    assert titles(f"{URL}?category=city&area=370199") == ["第2件", "第1件"]
    # What is not offered filters nothing.
    assert titles(f"{URL}?kind=task&category=%27&area=%00&after=%00") == ["第2件", "第1件"]


def test_pages_follow_each_other_both_ways_whatever_is_taken_off_meanwhile(city: City) -> None:
    rows = [publish(city, n) for n in range(5)]
    found = published()
    first = others(found, size=2)
    second = others(found, after=first.next, size=2)
    third = others(found, after=second.next, size=2)
    assert [[row.title for row in page.rows] for page in (first, second, third)] == [
        ["第4件", "第3件"], ["第2件", "第1件"], ["第0件"],
    ]  # fmt: skip
    assert (first.previous, third.next) == ("", "")
    back = others(found, before=second.previous, size=2)
    assert [row.title for row in back.rows] == ["第4件", "第3件"]
    assert back.previous == ""
    filed, row = rows[3]
    take(filed.case.pk, "withdraw_consent", submitter(filed), NOW + 9 * ONE_DAY)
    assert [one.title for one in others(found, after=row.number, size=2).rows] == ["第2件", "第1件"]


def test_the_number_of_statements_does_not_grow_with_the_list(city: City) -> None:
    counts = []
    for n in range(3):
        publish(city, n)
        with CaptureQueriesContext(connection) as asked:
            visitor().get(URL)
        counts.append(len(asked))
    assert counts[0] == counts[2]


def test_a_list_and_a_page_read_the_publications_and_names_alone(city: City) -> None:
    _filed, row = publish(city)
    for path in (URL, f"{URL}{row.number}/"):
        with CaptureQueriesContext(connection) as asked:
            visitor().get(path)
        read = set(re.findall(r'(?:FROM|JOIN) "(\w+)"', " ".join(one["sql"] for one in asked)))
        assert read <= {
            "cases_publication", "organisations_area", "organisations_category", "organisations_unit",
        }, path  # fmt: skip


def test_a_text_is_marked_with_the_language_it_was_written_in() -> None:
    assert [language_of(text) for text in ("修好了 OK", "It was mended.")] == ["zh-Hans", "en"]


@pytest.mark.django_db(transaction=True)
def test_the_portals_role_consents_shows_and_takes_back(settings: Any) -> None:
    city = make_city(NOW)
    filed = case_in(city, "closed")
    settings.ROOT_URLCONF, settings.SESSION_ENGINE = "config.urls_portal", "yipanqi.web.portal.sessions"
    with as_portal():
        assert press_step(tracking(filed), filed, "consent", agreed="on").status_code == 302
    words = {"title": "第1件", "said": "x", "came_of_it": "y", "place": "city"}
    take(filed.case.pk, "publish", city.actor("auditor"), NOW + ONE_DAY, **words)
    row = Publication.objects.get()
    with as_portal():
        client = tracking(filed)
        assert titles() == ["第1件"]
        assert visitor().get(f"{URL}{row.number}/").status_code == 200
        assert f"{URL}{row.number}/" in text_of(client.get(case_url(filed)))
        assert press_step(client, filed, "withdraw_consent").status_code == 302
        assert visitor().get(f"{URL}{row.number}/").status_code == 404
        assert titles() == []
