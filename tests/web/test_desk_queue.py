"""The queue: who sees what, the most urgent first, page by page, at a cost that does not grow."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import STAFF, City, bring_to, file, make_city, submitter, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, case_in, city_with, matter_url, signed_in, text_of
from yipanqi.cases.actions import Filed, Words
from yipanqi.core.models import AccessLog, Matter, Seal
from yipanqi.insight import queue
from yipanqi.insight.places import Cursor
from yipanqi.insight.queue import ALL, LATE, TODAY, WAITS, Wanted
from yipanqi.web.desk import queue as desk_queue
from yipanqi.web.desk.queue import read_wanted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)


def several(city: City, number: int, state: str = "handling") -> list[Filed]:
    """Cases filed one day after the other, the oldest first."""
    found = []
    for n in range(number):
        filed = file(city, at=NOW - (number - n) * DAY)
        bring_to(city, filed, state, NOW - (number - n) * DAY)
        found.append(filed)
    return found


def ids(page: queue.Page) -> list[UUID]:
    return [row.id for row in page.rows]


def get(city: City, login: str, query: str = "", language: str = "zh-hans") -> str:
    response = signed_in(city, login, language).get(reverse("desk:queue") + query)
    assert response.status_code == 200
    return text_of(response)


def facet_counts(page: str) -> dict[str, str]:
    return dict(re.findall(r">([^<>]+?) ?<span class=\"tally\">(\d+\+?)</span>", page))


@pytest.mark.parametrize(
    ("login", "sees"),
    [("clerk", True), ("auditor", True), ("insider", True), ("colleague", True), ("deputy", True), ("stranger", False), ("accused", False)],
)  # fmt: skip
def test_the_right_people_find_a_case(login: str, sees: bool) -> None:
    city = make_city()
    [filed] = several(city, 1)
    assert (matter_url(filed.case.pk) in get(city, login, "?whose=all")) is sees


@pytest.mark.parametrize("login", ["sysadmin", "secadmin", "audadmin"])
def test_administrators_have_no_queue(login: str) -> None:
    city = make_city()
    assert signed_in(city, login).get(reverse("desk:queue")).status_code == 404


def test_the_most_urgent_stands_first_and_says_how_long() -> None:
    city = make_city()
    old, young = several(city, 8)[0], file(city, at=NOW)
    bring_to(city, young, "handling", NOW)
    page = get(city, "insider")
    assert page.index(matter_url(old.case.pk)) < page.index(matter_url(young.case.pk))
    assert "剩 5 日" in page
    assert re.search(r"超期 \d", page)
    assert "light-red" in page
    assert "days left" in get(city, "insider", language=EN)


def test_what_waits_for_us_waits_for_a_unit_of_ours() -> None:
    city = make_city()
    mine, asked = several(city, 2)
    take(asked.case.pk, "ask", city.actor("insider"), NOW, question="哪一根？")
    waits = get(city, "insider", "?whose=waits")
    assert matter_url(mine.case.pk) in waits
    assert matter_url(asked.case.pk) not in waits
    every = get(city, "insider", "?whose=all")
    assert matter_url(asked.case.pk) in every
    assert "本人" in every
    assert matter_url(mine.case.pk) in get(city, "colleague", "?whose=waits"), "a helper owes its part"


@pytest.mark.parametrize(
    ("state", "waits_for"),
    [
        ("", {"clerk", "clerk2"}),
        ("registered", {"clerk", "clerk2"}),
        ("forwarded", {"insider"}),
        ("handling", {"insider", "colleague"}),  # the lead, and the co-unit that owes its part
        ("answered", {"auditor"}),
        ("served", set()),
    ],
)
def test_it_waits_for_those_who_may_make_the_next_move(state: str, waits_for: set[str]) -> None:
    city = make_city()
    case_in(city, state)
    found = {login for login in STAFF if queue.page(city.viewer(login), Wanted(), NOW).rows}
    assert found == waits_for


def test_a_request_waits_for_those_who_decide_it() -> None:
    city, filed = city_with("handling")
    take(filed.case.pk, "request_extension", city.actor("insider"), NOW, reason="等配件", days="3")
    found = {login for login in STAFF if queue.page(city.viewer(login), Wanted(), NOW).rows}
    assert found == {"clerk", "clerk2", "colleague"}, "and the co-unit still owes its part"


def test_filters_combine_and_count() -> None:
    city = make_city()
    late, today = file(city, at=NOW - 9 * DAY), file(city, at=NOW - 7 * DAY)
    bring_to(city, late, "handling", NOW - 9 * DAY)
    bring_to(city, today, "handling", NOW - 7 * DAY)
    fresh = file(city, at=NOW)
    bring_to(city, fresh, "forwarded", NOW)
    viewer = city.viewer("insider")
    assert ids(queue.page(viewer, Wanted(when=LATE), NOW)) == [late.case.pk]
    assert ids(queue.page(viewer, Wanted(when=TODAY), NOW)) == [today.case.pk]
    assert ids(queue.page(viewer, Wanted(state="forwarded"), NOW)) == [fresh.case.pk]
    assert ids(queue.page(viewer, Wanted(state="forwarded", when=LATE), NOW)) == []
    page = get(city, "insider", "?when=late")
    counts = facet_counts(page)
    assert (counts["已超期"], counts["今天到期"], counts["办理中"]) == ("1", "1", "1")
    assert "已转办" not in counts, "a state of which there is none, with this filter, is no choice"


def test_figures_lead_here_by_unit_category_and_place() -> None:
    city = make_city()
    [filed] = several(city, 1)
    lamps, roads = city.units["lamps"], city.units["roads"]
    everything = Wanted(whose=ALL)
    viewer = city.viewer("deputy")

    def found(**more: Any) -> list[UUID]:
        return ids(queue.page(viewer, replace(everything, **more), NOW))

    assert found(unit=lamps.pk) == [filed.case.pk]
    assert found(unit=roads.pk) == []
    assert found(category="city", area="370199") == [filed.case.pk]
    assert found(category="lamps", area="370199001") == [filed.case.pk]
    assert found(area="nowhere") == found(category="nowhere") == []
    page = get(city, "deputy", f"?whose=all&unit={lamps.pk}&category=lamps")
    assert "示例路灯处" in page
    assert "点一下去掉这个筛选" in page


def test_open_requests_are_an_inbox() -> None:
    city = make_city()
    plain, extension = several(city, 2)
    take(extension.case.pk, "request_extension", city.actor("insider"), NOW, reason="等配件", days="3")
    viewer = city.viewer("clerk")
    assert ids(queue.page(viewer, Wanted(pending=True), NOW)) == [extension.case.pk]
    assert plain.case.pk not in ids(queue.page(viewer, Wanted(pending=True), NOW))
    assert "申请延期" in get(city, "clerk", "?pending=1")


def test_pages_follow_one_another_without_gap_or_repeat() -> None:
    city = make_city()
    several(city, 7)
    # Ends that are the same to the second, and matters without any limit, which come last.
    Matter.objects.filter(pk__in=Matter.objects.order_by("id").values("pk")[2:5]).update(due_at=NOW)
    Matter.objects.filter(pk__in=Matter.objects.order_by("-id").values("pk")[:2]).update(due_at=None)
    viewer, wanted = city.viewer("insider"), Wanted(whose=ALL)
    whole = ids(queue.page(viewer, wanted, NOW, size=50))
    forward, page = [], queue.page(viewer, wanted, NOW, size=2)
    assert page.previous is None
    while True:
        forward.append(ids(page))
        if page.next is None:
            break
        page = queue.page(viewer, wanted, NOW, size=2, after=page.next)
    assert list(chain(*forward)) == whole
    assert len(forward) == 4
    backward = [ids(page)]
    while page.previous is not None:
        page = queue.page(viewer, wanted, NOW, size=2, before=page.previous)
        backward.insert(0, ids(page))
    assert list(chain(*backward)) == whole


def test_a_page_has_links_to_its_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    several(city, 3)
    client = signed_in(city, "insider")
    monkeypatch.setattr(queue.page, "__kwdefaults__", {"after": None, "before": None, "size": 2})
    first = text_of(client.get(reverse("desk:queue") + "?whose=all"))
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    assert 'rel="prev"' not in first
    second = text_of(client.get(following[1].replace("&amp;", "&")))
    assert 'rel="prev"' in second
    assert 'rel="next"' not in second


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "~",
        "2026-01-01~x",
        "2026-01-01T00:00:00~",
        "~" * 50,
        "2026-01-01T00:00:00~" + "0" * 32,
        "\x00",
    ],
)
def test_a_cursor_that_is_none_begins_at_the_beginning(text: str) -> None:
    assert Cursor.read(text) is None
    city = make_city()
    assert get(city, "clerk", f"?after={text}")


def test_a_cursor_reads_what_it_wrote() -> None:
    for cursor in (Cursor(NOW, UUID(int=7)), Cursor(None, UUID(int=7))):
        assert Cursor.read(cursor.text) == cursor


def test_filters_that_are_none_are_left_out() -> None:
    request = RequestFactory().get("/?whose=x&when=1';DROP&state=nowhere&kind=%00&unit=zz&pending=2&area=%00")
    assert read_wanted(request.GET, WAITS) == Wanted()


def test_counts_stop_at_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    several(city, 4)
    monkeypatch.setattr(queue, "FEW", 3)
    wishes, spare = [Wanted(whose=ALL), Wanted(state="served")], [Wanted(state="handling")]
    counts = queue.counts(city.viewer("insider"), wishes, NOW, most=3, spare=spare)
    assert counts[Wanted(whose=ALL)] == queue.Count(3, True)
    assert spare[0] not in counts, "who has very many is not told of everything"
    monkeypatch.setattr(queue, "FEW", 4)
    queue._many.clear()
    counts = queue.counts(city.viewer("insider"), wishes, NOW, most=3, spare=spare)
    assert counts[Wanted(whose=ALL)] == queue.Count(4, False)
    assert counts[spare[0]] == queue.Count(4, False)
    assert counts[Wanted(state="served")] == queue.Count(0, False)
    monkeypatch.setattr(queue, "FEW", 3)
    monkeypatch.setattr(desk_queue, "MOST", 3)
    assert "3+" in get(city, "insider", "?whose=all")


@pytest.mark.parametrize(("few", "many"), [(3, True), (4, False)])
def test_a_list_whose_counts_nobody_asked_for_finds_out_how_much_there_is(
    few: int, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = make_city()
    several(city, 4)
    monkeypatch.setattr(queue, "FEW", few)
    viewer = city.viewer("insider")
    assert len(queue.page(viewer, Wanted(whose=ALL), NOW).rows) == 4
    assert queue._known(viewer, Wanted(whose=ALL)) is many


def statements(city: City, login: str) -> int:
    client = signed_in(city, login)
    client.get(reverse("desk:queue") + "?whose=all")  # what is cached is cached now
    with CaptureQueriesContext(
        connection,
    ) as captured:
        client.get(reverse("desk:queue") + "?whose=all")
    # Whether the calendar has changed is looked at once in a while, in tests each time.
    asides = re.compile("SAVEPOINT|RELEASE|.*core_calendarnotice", re.DOTALL)
    return len([q for q in captured if not asides.match(q["sql"])])


@pytest.mark.parametrize("login", ["clerk", "insider", "deputy"])
def test_the_number_of_statements_does_not_depend_on_the_rows_nor_on_their_kinds(login: str) -> None:
    city = make_city()
    several(city, 2)
    few = statements(city, login)
    several(city, 12)
    for kind in ("claim", "suggestion"):
        bring_to(city, file(city, at=NOW, kind=kind), "handling", NOW)
    assert statements(city, login) == few
    assert few <= 10, few


def test_an_overseer_sees_how_a_case_stands_and_no_title() -> None:
    city = make_city()
    [filed] = several(city, 1)
    page = get(city, "deputy", "?whose=all")
    assert "（正文未打开）" in page
    assert "路灯不亮" not in page
    assert "<span>路灯、示例街道（正文未打开）</span>" in page, "rows without a title can be told apart"
    take(filed.case.pk, "open_text", city.actor("deputy"), NOW, purpose="督办")
    assert "路灯不亮" in get(city, "deputy", "?whose=all")


def test_opening_ends_after_half_an_hour(clock: Clock) -> None:
    city = make_city()
    [filed] = several(city, 1)
    take(filed.case.pk, "open_text", city.actor("deputy"), NOW, purpose="督办")
    clock.forward(minutes=31)
    assert "路灯不亮" not in get(city, "deputy", "?whose=all")


def test_before_clearing_intake_alone_reads_what_the_submitter_called_it() -> None:
    city = make_city()
    filed = file(city, at=NOW, words=Words(title="示例巷的灯不亮", text="示例。", name="甲某"))
    page = get(city, "clerk")
    assert "（待清理）示例巷的灯不亮" in page
    assert matter_url(filed.case.pk) in page
    assert AccessLog.objects.filter(page="queue").latest("at").fields == "titles"
    for login in ("callback", "auditor", "deputy"):  # they find it and take nothing in
        assert "示例巷" not in get(city, login, "?whose=all")
    bring_to(city, filed, "registered", NOW)
    assert "示例巷" not in get(city, "clerk")
    erased = file(city, at=NOW)
    Seal.objects.filter(pk=erased.submission.seal_id).update(wrapped=None)
    assert matter_url(erased.case.pk) in get(city, "clerk")


def test_a_handler_cannot_tell_from_the_queue_that_or_how_a_case_was_judged() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    bring_to(city, filed, "served", NOW)

    def look(login: str) -> str:
        page = get(city, login, "?whose=all&state=served")
        return re.sub(r'value="[A-Za-z0-9]{64}"|nonce="[^"]*"', "", page)

    before = {login: look(login) for login in ("insider", "colleague", "auditor", "deputy")}
    take(filed.case.pk, "evaluate", submitter(filed), NOW, grade="not_satisfied", solved="no", pressed="on")
    assert {login: look(login) for login in before} == before


def test_what_people_typed_is_escaped() -> None:
    city = make_city()
    hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    filed = file(city, at=NOW, words=Words(title=hostile[:60], text=hostile))
    take(
        filed.case.pk,
        "clear",
        city.actor("clerk"),
        NOW,
        title=hostile[:60],
        text=hostile,
        category="lamps",
        area=city.area.pk,
    )
    page = get(city, "clerk")
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;" in page


def test_a_case_is_opened_by_its_number_however_it_is_typed() -> None:
    city = make_city()
    [filed] = several(city, 1)
    bring = filed.reference.lower().replace("-", " ")
    client = signed_in(city, "clerk")
    answer = client.get(reverse("desk:queue"), {"number": bring})
    assert answer["Location"] == matter_url(filed.case.pk)
    stranger = signed_in(city, "stranger").get(reverse("desk:queue"), {"number": filed.reference})
    assert stranger.status_code == 200
    assert "不归您看" in text_of(stranger)


def test_a_closed_case_is_found_by_number_and_is_no_longer_in_the_queue() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    bring_to(city, filed, "closed", NOW)
    assert matter_url(filed.case.pk) not in get(city, "insider", "?whose=all")
    answer = signed_in(city, "insider").get(reverse("desk:queue"), {"number": filed.reference})
    assert answer["Location"] == matter_url(filed.case.pk)


def test_an_empty_queue_says_what_to_do() -> None:
    city = make_city()
    assert reverse("desk:intake") in get(city, "clerk").split("empty-title")[1]
    assert "转到您单位的事项会出现在这里" in get(city, "insider")
    assert "没有符合条件的事项" in get(city, "insider", "?when=late")
    assert "Nothing waits for you now" in get(city, "insider", language=EN)


def test_looking_at_the_queue_is_written_down_without_content() -> None:
    city = make_city()
    several(city, 1)
    get(city, "insider", "?whose=all")
    row = AccessLog.objects.get(page="queue")
    assert (row.account, row.matter, row.fields) == (city.accounts["insider"].pk, None, "titles")
