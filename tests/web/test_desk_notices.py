"""The inbox of a post: what is new, in both languages, and marking it as read."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city, take
from tests.meetings.world import bring, lines, task
from tests.web.desk_helpers import EN, NOW, ONE_DAY, case_in, matter_url, page_of, signed_in, text_of
from yipanqi.cases.actions import Filed
from yipanqi.core.models import AccessLog, Move
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/desk/notices/"


def told(city: City, state: str = "answered") -> Filed:
    filed = case_in(city, state)
    tell(moves=Move.objects.values_list("pk", flat=True), at=NOW)
    return filed


def get(city: City, login: str, query: str = "", language: str = "zh-hans") -> str:
    response = signed_in(city, login, language).get(URL + query)
    assert response.status_code == 200
    return text_of(response)


def tally(page: str) -> str:
    """The number beside the link in the bar; empty where there is none."""
    found = re.search(r'href="/desk/notices/"[^>]*>[^<]*(?:<span class="tally">([^<]+)</span>)?', page)
    assert found
    return found.group(1) or ""


@pytest.mark.parametrize(
    ("language", "step", "count", "button"),
    [("zh-hans", "接收", "1", "标为已读"), (EN, "Accept", "1", "Mark as read")],
)
def test_a_page_says_which_step_was_taken_on_which_matter(
    language: str, step: str, count: str, button: str
) -> None:
    city = make_city()
    filed = told(city, "handling")
    page = get(city, "clerk", language=language)
    assert f"<strong>{step}</strong>" in page
    assert filed.reference in page
    assert matter_url(filed.case.pk) in page
    assert button in page
    assert tally(page) == count


def test_a_title_is_for_who_may_read_it_and_nothing_else_of_the_matter_is_there() -> None:
    city = make_city()
    filed = told(city)
    page = get(city, "clerk")
    assert "路灯不亮" in page
    assert "三号杆" not in page
    assert "已修好" not in page
    assert AccessLog.objects.filter(page="notices", fields="titles").exists()
    # An overseer finds the matter, and is told of it where their unit has a part; its title they have not opened.
    Notice.objects.create(matter=filed.case.matter, move=filed.case.matter.moves.get(step="answer"), unit=city.units["city"])  # fmt: skip
    page = get(city, "deputy")
    assert filed.reference in page
    assert "路灯不亮" not in page


def post(city: City, login: str, **data: Any) -> Any:
    return signed_in(city, login).post(URL, data)


def test_marking_as_read_takes_it_from_the_unread_and_from_the_bar() -> None:
    city = make_city()
    filed, other = told(city), told(city)
    page = get(city, "clerk")
    assert tally(page) == "2"
    upto = re.search(
        rf'name="upto" value="([^"]+)"><input type="hidden" name="matter" value="{filed.case.pk}"', page
    )
    assert upto
    response = post(city, "clerk", upto=upto.group(1), matter=filed.case.pk)
    assert response["Location"] == URL
    page = get(city, "clerk")
    assert tally(page) == "1"
    assert matter_url(filed.case.pk) not in page
    assert matter_url(filed.case.pk) in get(city, "clerk", "?show=all")
    everything = re.search(r'name="upto" value="([^"]+)">', page)
    assert everything
    assert post(city, "clerk", upto=everything.group(1)).status_code == 302
    page = get(city, "clerk")
    assert tally(page) == ""
    assert "没有未读的通知" in page
    assert matter_url(other.case.pk) in get(city, "clerk2")


@pytest.mark.parametrize("upto", ["", "x", "ffffffff-ffff-7fff-bfff-ffffffffffff", "\x00"])
def test_a_mark_that_is_none_is_refused_and_changes_nothing(upto: str) -> None:
    city = make_city()
    told(city)
    response = post(city, "clerk", upto=upto)
    assert response.status_code == 422
    assert "没有这条通知" in text_of(response)
    assert tally(get(city, "clerk")) == "1"


def test_a_mark_at_another_units_notice_is_refused() -> None:
    city = make_city()
    told(city)
    others = Notice.objects.filter(unit=city.units["lamps"])[0]
    assert post(city, "clerk", upto=others.pk).status_code == 422


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=%00", "?show=zzz", "?after=00000000-0000-7000-8000-000000000000"]
)
def test_whatever_an_address_asks_for_there_is_a_page(query: str) -> None:
    city = make_city()
    told(city)
    get(city, "clerk", query)


def test_a_matter_that_one_may_no_longer_find_is_not_shown() -> None:
    city = make_city()
    filed = told(city, "forwarded")
    assert filed.reference in get(city, "insider")
    take(filed.case.pk, "request_return", city.actor("insider"), NOW, reason="不归我们")
    take(filed.case.pk, "agree_return", city.actor("clerk"), NOW)
    page = get(city, "insider", "?show=all")
    assert filed.reference not in page
    assert tally(page) == ""


def test_the_page_costs_the_same_however_many_there_are(django_assert_max_num_queries: Any) -> None:
    city = make_city()
    client = signed_in(city, "clerk")
    told(city)
    client.get(URL)
    for _n in range(4):
        told(city)
    with django_assert_max_num_queries(24):
        client.get(reverse("desk:notices"))


def test_a_lead_that_lost_a_task_reads_its_title_and_is_led_nowhere() -> None:
    city = make_city()
    [line] = lines(city, "改进路灯维修", at=NOW - ONE_DAY)
    one = task(city, line, at=NOW - ONE_DAY)
    bring(city, one, "working", NOW - ONE_DAY)
    reason = "职责调整到教育部门"
    take(one.pk, "hand_over", city.actor("deputy"), NOW, unit="schools", reason=reason)
    tell(moves=Move.objects.values_list("pk", flat=True), at=NOW)
    page = get(city, "insider")
    for told_of in (one.title, one.number, "改由别的单位牵头", "您单位不再牵头这项任务"):
        assert told_of in page
    assert matter_url(one.pk) not in page
    assert reason not in page
    assert str(city.units["schools"]) not in page
    assert tally(page) == "1"
    upto = str(Notice.objects.get(left=True).pk)
    assert signed_in(city, "insider").post(URL, {"upto": upto, "matter": str(one.pk)}).status_code == 302
    assert tally(get(city, "insider")) == ""
    assert "Your unit leads this task no longer" in get(city, "insider", "?show=all", EN)
    # Who leads it now is told as ever, and led there.
    assert matter_url(one.pk) in get(city, "stranger")


def test_the_card_of_a_hand_over_says_that_the_former_lead_is_told() -> None:
    city = make_city()
    one = task(city, lines(city, at=NOW)[0], at=NOW)
    bring(city, one, "working", NOW)
    card = page_of(city, "deputy", one.pk).split('id="step-hand_over"')[1].split("</details>")[0]
    assert "会告诉：牵头单位、配合单位（示例道路处）、原牵头单位" in card, (
        "its lead now is not who will lead it"
    )
