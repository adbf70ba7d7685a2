"""The supervisor's page: each figure is the length of the list behind it, for the whole and for each unit."""

from __future__ import annotations

import datetime as dt
from html import unescape
from re import findall

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import City, bring_to, file, make_city, take
from tests.insight.test_board import LATER
from tests.insight.test_lists import busy_city
from tests.web.desk_helpers import EN, NOW, signed_in, text_of
from yipanqi.core import ledger, terms
from yipanqi.core.calendar import next_days_off, publish_notice
from yipanqi.core.counting import DayKind
from yipanqi.core.models import Term
from yipanqi.insight import queue
from yipanqi.insight.actions import advance
from yipanqi.insight.supervision import WISHES, nothing_late, supervision

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def trouble(city: City, at: dt.datetime) -> None:
    """One given back and one that is about to be, one that waits for a decision, one with a provisional date."""
    for n, state in enumerate(("registered", "forwarded", "forwarded", "handling", "handling")):
        filed = file(city, at=at)
        bring_to(city, filed, state, at)
        pk = filed.case.pk
        if n in (1, 2):
            take(pk, "request_return", city.actor("insider"), at, reason="不归我们")
        if n == 1:
            take(pk, "agree_return", city.actor("clerk"), at)
        if n == 3:
            take(pk, "request_extension", city.actor("insider"), at, reason="等配件", days="3")
        if n == 4:
            Term.objects.filter(matter=pk, state=Term.RUNNING).update(provisional=True)


def test_each_figure_is_the_length_of_its_list_for_the_whole_and_for_each_unit() -> None:
    city, _line = busy_city()
    trouble(city, LATER - 7 * DAY)
    trouble(city, LATER - DAY)
    seen = set()
    for login in ("deputy", "insider", "colleague"):
        viewer = city.viewer(login)
        found = supervision(viewer, LATER)
        for name, wish in WISHES.items():
            rows = queue.page(viewer, wish, LATER).rows
            assert found.figures[name].number == len(rows), (login, name)
            seen |= {name} if rows else set()
            for unit in found.units:
                behind = queue.page(viewer, unit.wanted(name), LATER).rows
                assert unit.figures[name] == len(behind), (login, unit.unit, name)
    assert seen == set(WISHES) - {"holiday"} or seen == set(WISHES)


def test_the_next_days_off_are_more_than_a_weekend_and_not_those_that_have_begun() -> None:
    days = {
        dt.date(2028, 1, 3): (DayKind.HOLIDAY, "示例节", "Sample Day"),
        dt.date(2028, 1, 4): (DayKind.HOLIDAY, "示例节", "Sample Day"),
        dt.date(2028, 2, 2): (DayKind.HOLIDAY, "单日节", "One Day"),
        dt.date(2028, 3, 6): (DayKind.HOLIDAY, "又一节", "Another Day"),
    }
    publish_notice(year=2028, source="示例", days=days, at=NOW, by=None)
    first = next_days_off(dt.date(2027, 12, 30))
    assert first is not None
    assert (first.name, first.first, first.last) == ("示例节", dt.date(2028, 1, 1), dt.date(2028, 1, 4))
    after = next_days_off(dt.date(2028, 1, 2))
    assert after is not None
    assert (after.name, after.first) == ("又一节", dt.date(2028, 3, 4))


def test_what_is_due_before_the_holiday_is_found_and_what_is_late_or_after_it_is_not() -> None:
    city = make_city()
    filed = file(city, at=LATER)
    bring_to(city, filed, "handling", LATER)
    due = filed.case.matter.terms.filter(state=Term.RUNNING).get().due_effective
    assert due is not None
    viewer, wish = city.viewer("deputy"), WISHES["holiday"]
    off = {due + n * DAY: (DayKind.HOLIDAY, "示例节", "Sample Day") for n in (1, 2, 3)}
    publish_notice(year=due.year, source="示例", days=off, at=LATER, by=None)
    terms.recount(at=LATER)
    assert [row.id for row in queue.page(viewer, wish, LATER).rows] == [filed.case.pk]
    off = {due + n * DAY: (DayKind.HOLIDAY, "示例节", "Sample Day") for n in (0, 1, 2, 3)}
    publish_notice(year=due.year, source="示例", days=off, at=LATER, by=None)
    terms.recount(at=LATER)
    assert queue.page(viewer, wish, LATER).rows == []


def test_the_workload_is_told_by_unit_in_the_published_order_and_counted_where_a_case_is_led() -> None:
    city, _line = busy_city()
    trouble(city, LATER - DAY)
    ledger.sequence()
    advance(at=LATER)
    found = supervision(city.viewer("deputy"), LATER)
    assert [row.unit.path for row in found.units] == sorted(row.unit.path for row in found.units)
    leads = {row.unit.code: row.leads for row in found.units}
    assert leads["hotline"] == 0
    for row in found.units:
        assert row.leads == len(queue.page(city.viewer("deputy"), row.led, LATER).rows), row.unit
    assert leads["lamps"] > 3
    # Whoever sees no figures of a unit sees none of its work.
    assert {row.unit.code for row in supervision(city.viewer("colleague"), LATER).units if row.leads} <= {
        "roads"
    }


@pytest.mark.usefixtures("clock")
def test_the_page_leads_to_the_lists_says_units_and_no_person_and_is_kind_when_all_is_well() -> None:
    city = make_city()
    client = signed_in(city, "deputy")
    assert "没有超期" in text_of(client.get(reverse("desk:supervision")))
    assert nothing_late(supervision(city.viewer("deputy"), NOW))
    trouble(city, NOW - 7 * DAY)
    page = text_of(client.get(reverse("desk:supervision")))
    assert "没有超期" not in page
    assert "示例路灯处" in page
    assert "示例insider" not in page
    assert "No lead unit yet" in text_of(signed_in(city, "deputy", EN).get(reverse("desk:supervision")))
    assert "2026年11月24日 星期二" in page
    rows = findall(r'<tr role="row" class="([^"]*)">(.*?)</tr>', page)
    late = ["queue-late" in shown for shown, _cells in rows]
    assert late == ['data-label="已超期" class="cell-number"><span' in cells for _shown, cells in rows]
    assert any(late)
    assert "&nbsp;" not in page
    links = {unescape(link) for link in findall(r'href="(/desk/queue/\?[^"]+)"', page)}
    assert len(links) > 6
    for link in links:
        assert "desk/matters/" in text_of(client.get(link)), link


@pytest.mark.usefixtures("clock")
def test_the_statements_of_the_page_do_not_depend_on_what_is_late() -> None:
    city = make_city()
    client = signed_in(city, "deputy")

    def statements() -> int:
        client.get(reverse("desk:supervision"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("desk:supervision")).status_code == 200
        return len(captured)

    trouble(city, NOW - 7 * DAY)
    few = statements()
    trouble(city, NOW - 8 * DAY)
    assert statements() == few
