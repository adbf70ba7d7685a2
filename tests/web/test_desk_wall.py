"""The wall: sums for a room. No title, nothing that anybody wrote, and no number that could point at somebody."""

from __future__ import annotations

import re

import pytest

from tests.factories import City, make_city
from tests.insight.test_lists import busy_city
from tests.meetings.world import MONDAY, bring, lines, task
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, signed_in, text_of
from yipanqi.core.models import AccessLog
from yipanqi.insight import board
from yipanqi.insight.board import Waiting
from yipanqi.web.desk.session import SEEN
from yipanqi.web.desk.wall import bars, cell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/desk/wall/"


def wall(city: City, query: str = "", language: str = "zh-hans") -> str:
    response = signed_in(city, "deputy", language).get(URL + query)
    assert response.status_code == 200
    return text_of(response)


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0"), (1, "不足 5"), (4, "不足 5"), (5, "5"), (1000, "1000")]
)
def test_one_to_four_are_fewer_than_five(number: int, shown: str) -> None:
    assert cell(number) == shown


def test_the_length_of_a_bar_tells_no_small_number() -> None:
    found = {row["label"]: (row["cell"], row["length"]) for row in bars({"a": 3, "b": 10, "c": 5, "d": 0})}
    assert found == {"a": ("不足 5", 0), "b": ("10", 100), "c": ("5", 50), "d": ("0", 0)}


def test_it_shows_sums_and_nothing_that_anybody_wrote() -> None:
    city, line = busy_city()
    bring(city, task(city, line), "working", MONDAY)
    for query in ("", "?part=1"):
        page = wall(city, query)
        assert "未结诉求" in page
        assert "任务" in page
        for words in ("路灯", "更换老旧路灯", "改进路灯维修", "示例主题", "示例市社会工作会议"):
            assert words not in page.replace("示例路灯处", ""), (query, words)
        assert "/desk/matters/" not in page
    assert AccessLog.objects.filter(page="wall").count() == 1


def test_a_part_is_a_part_and_keeps_no_session(clock: Clock) -> None:
    city = make_city()
    lines(city)
    client = signed_in(city, "deputy", EN)
    client.get(URL)
    before = client.session[SEEN]
    clock.forward(minutes=10)
    answer = client.get(f"{URL}?part=1")
    assert "<html" not in text_of(answer)
    assert getattr(answer, "no_use", False)
    assert client.session[SEEN] == before
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_unit_with_few_is_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    city, _line = busy_city()
    found = [Waiting(city.units["roads"], 2, 3), Waiting(city.units["lamps"], 4, 0)]
    monkeypatch.setattr(board, "waits_for_whom", lambda viewer, at: (found, False))
    page = wall(city)
    assert "示例道路处" in page
    assert "示例路灯处" not in page
    found.pop(0)
    assert "每个单位都不足五件" in wall(city)


def test_tasks_are_counted_of_the_whole_city_and_not_of_one_conference() -> None:
    city = make_city(MONDAY)
    line = lines(city)[0]
    for _n in range(5):
        bring(city, task(city, line), "working", MONDAY)
    lines(city, "办好学校")
    page = re.sub(r"<[^>]+>", " ", wall(city, "?part=1"))
    assert re.search(r"正常推进\s+5\s", page)


def test_without_a_meeting_it_says_so() -> None:
    assert "还没有会议" in wall(make_city())


@pytest.mark.parametrize(("login", "status"), [("deputy", 200), ("clerk", 404), ("sysadmin", 404)])
def test_it_is_for_whoever_sees_the_board(login: str, status: int) -> None:
    assert signed_in(make_city(), login).get(URL).status_code == status
