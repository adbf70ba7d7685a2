"""What is printed for a conference: each sheet is a PDF that says what it should, in both languages."""

from __future__ import annotations

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests.factories import DAY, PASSWORD, City, make_city, take
from tests.meetings.meeting_world import advance, meeting
from tests.web.desk_helpers import EN, NOW, ONE_DAY, ZH, signed_in
from yipanqi.meetings.models import AgendaItem, Conference, Venue
from yipanqi.organisations.actions import appoint
from yipanqi.people.actions import create_accounts, define_role
from yipanqi.web.desk.meeting_prints import SHEETS, places

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def convened(city: City) -> Conference:
    one = meeting(city, at=NOW - ONE_DAY)
    lamps = city.units["lamps"]
    Venue.objects.create(
        conference=one, number=2, unit=lamps, room="二楼", link="sip:7001@video.example", keeper="会务岗"
    )
    AgendaItem.objects.create(
        conference=one, number=1, title="传达学习", speaker=city.units["roads"], minutes=15
    )
    AgendaItem.objects.create(
        conference=one, number=2, title="讲话", speaker_post="示例副书记", minutes=40, main=True
    )
    advance(city, one, "convened", NOW - ONE_DAY)
    return one


def pages(city: City, one: Conference, what: str, language: str = ZH) -> list[str]:
    address = reverse("desk:meeting_sheet", args=[one.matter_id, what])
    answer = signed_in(city, "deputy", language).get(address)
    assert answer.status_code == 200
    assert f"{one.number}-{what}.pdf" in answer.headers["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.content))
    return ["".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("language", [ZH, EN])
@pytest.mark.parametrize("what", SHEETS)
def test_each_sheet_is_printed_in_both_languages(what: str, language: str) -> None:
    city = make_city()
    assert pages(city, convened(city), what, language)


def test_cards_and_plan_show_who_comes_by_post_and_not_who_is_away() -> None:
    city = make_city()
    one = convened(city)
    assert one.matter_id is not None
    insider = city.actor("insider")
    take(
        one.matter_id, "reply", insider, NOW, invitation="1", reply="stand_in", who="总工程师", reason="出差"
    )
    take(one.matter_id, "reply", insider, NOW, invitation="2", reply="leave", reason="出差", leader="某岗")
    cards = pages(city, one, "cards")
    assert len(cards) == 2
    assert cards[0].count("主要负责人") == cards[1].count("总工程师") == 2, "both sides of the fold"
    plan = "".join(pages(city, one, "seats"))
    assert "总工程师" in plan
    assert "分管负责人" not in plan
    assert "出差" not in plan + "".join(cards)


def test_the_script_follows_the_agenda() -> None:
    city = make_city()
    [script] = pages(city, convened(city), "script")
    assert "第1项：传达学习。请示例道路处发言，时间15分钟。" in script
    assert script.index("传达学习") < script.index("请示例副书记发言，时间40分钟") < script.index("散会")


def test_a_slip_a_unit_with_all_its_posts_and_the_day() -> None:
    city = make_city()
    slips = pages(city, convened(city), "slips")
    assert len(slips) == 2
    lamps = next(slip for slip in slips if "示例路灯处" in slip)
    assert "主要负责人" in lamps
    assert "分管负责人" in lamps
    assert "2026年12月4日" in lamps


def test_the_sheet_of_test_calls_has_the_branches_alone() -> None:
    city = make_city()
    [sheet] = pages(city, convened(city), "tests")
    assert "sip:7001@video.example" in sheet
    assert "示例厅" not in sheet


def test_the_first_sits_in_the_middle_and_the_others_by_turns_beside() -> None:
    assert places([1, 2, 3], 4) == [None, 2, 1, 3]
    assert places([1, 2, 3, 4, 5], 5) == [4, 2, 1, 3, 5]
    assert places([], 3) == [None, None, None]


def test_only_who_convenes_it_prints_and_only_what_there_is() -> None:
    city = make_city()
    one = convened(city)
    for login, what, status in (
        ("deputy", "seats", 200),
        ("deputy", "names", 404),
        ("insider", "seats", 404),
        ("stranger", "seats", 404),
    ):
        address = reverse("desk:meeting_sheet", args=[one.matter_id, what])
        assert signed_in(city, login).get(address).status_code == status


def test_an_invited_unit_that_convenes_meetings_of_its_own_prints_none_of_others() -> None:
    city = make_city()
    one = convened(city)
    role = define_role(
        code="both", name_zh="both", name_en="both", duty="business",
        capabilities=["decisions.draft", "decisions.work"], by=None, at=city.at,
    )  # fmt: skip
    rows = [("both", "示例both", "business")]
    [city.accounts["both"]] = create_accounts(rows=rows, password=PASSWORD, by=None, at=city.at)
    post = (city.accounts["both"], role, city.units["lamps"], "both岗", "both")
    appoint(rows=[post], valid_from=DAY, by=None, at=city.at)
    client = signed_in(city, "both")
    assert client.get(reverse("desk:matter", args=[one.matter_id])).status_code == 200
    assert client.get(reverse("desk:meeting_sheet", args=[one.matter_id, "seats"])).status_code == 404
    assert client.get(reverse("desk:prepare", args=[one.pk])).status_code == 404
