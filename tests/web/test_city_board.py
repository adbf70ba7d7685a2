"""The views of the city's board: what each viewer is told, and that each figure leads to what it counts."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city
from tests.meetings.world import bring, days, lines, task
from tests.web.desk_helpers import EN, NOW, signed_in, text_of
from yipanqi.insight.actions import advance
from yipanqi.meetings.models import Line

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

VIEWS = ("units", "meetings", "meeting", "plan", "joint", "tasks")
BEFORE = NOW - days(20)


@pytest.fixture
def city() -> City:
    """Lamps have a late task and one under way, which roads help with; schools have one that is closed."""
    city = make_city(BEFORE)
    first, second = lines(city, "改进路灯维修", "办好学校", at=BEFORE)
    due = NOW.date() - dt.timedelta(2)
    for title, line, unit, state, day in (
        ("晚了的任务", first, "lamps", "working", due),
        ("走着的任务", first, "lamps", "working", NOW.date() + dt.timedelta(60)),
        ("学校的任务", second, "schools", "closed", NOW.date() + dt.timedelta(9)),
    ):
        co = ["roads"] if unit == "lamps" else []
        one = task(city, line, title=title, at=BEFORE, unit=unit, co_units=co, due_on=day, milestones=[])
        bring(city, one, state, BEFORE)
    return city


def board(city: City, login: str, language: str = "zh-hans", **asked: Any) -> str:
    response = signed_in(city, login, language).get(reverse("desk:board"), asked)
    assert response.status_code == 200
    return text_of(response)


def main_of(page: str) -> str:
    return page.split("<main", 1)[1].split("</main>", 1)[0]


def links(page: str) -> list[tuple[str, str]]:
    """The links of a page with their words."""
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', main_of(page), re.DOTALL)
    return [(unescape(url), re.sub(r"<[^>]+>", "", words)) for url, words in found]


def test_the_city_stands_at_the_address_of_the_board(city: City) -> None:
    page = main_of(board(city, "deputy"))
    assert "示例路灯处" in page
    assert "示例教育局" in page
    assert "超期 1" in page
    assert 'aria-current="page">单位和主题' in page


def test_every_figure_leads_to_as_many_tasks_as_it_says(city: City) -> None:
    client = signed_in(city, "deputy")
    followed = 0
    for view in ("units", "meetings", "joint"):
        for url, words in links(text_of(client.get(reverse("desk:board"), {"view": view}))):
            number = re.search(r"(\d+)\s*$", words)
            if "view=tasks" not in url or number is None:
                continue
            listed = text_of(client.get(url)).count('<tr role="row" class="')
            assert listed == int(number[1]), (view, url, words)
            followed += 1
    assert followed > 12


def test_a_task_leads_to_its_requirement_and_that_to_its_sentence(city: City) -> None:
    line = Line.objects.get(text="改进路灯维修")
    page = board(city, "deputy", view="tasks")
    assert reverse("desk:line", args=[line.pk]) in page
    assert "#line-" not in page
    Line.objects.filter(pk=line.pk).update(start=0, end=6)
    sentence = f"{reverse('desk:report', args=[line.conference_id])}#line-{line.number}"
    assert sentence in board(city, "deputy", view="tasks")


@pytest.mark.parametrize("view", VIEWS)
def test_each_view_is_there_in_both_languages_and_names_nobody(city: City, view: str) -> None:
    page = main_of(board(city, "deputy", view=view))
    for account in city.accounts.values():
        assert account.name not in page
    english = main_of(board(city, "deputy", EN, view=view))
    assert not re.search(
        r"单位和主题|任务的灯|季度|牵头|合计|本级", re.sub(r'lang="zh[^>]*>[^<]*', "", english)
    )


def test_a_unit_sees_its_own_tasks_alone(city: City) -> None:
    """Roads, where the colleague sits, help with the tasks of lamps: they read them, and no figure of theirs counts them."""
    for view in ("units", "plan", "tasks"):
        own, others = board(city, "insider", view=view), board(city, "colleague", view=view)
        assert "教育局" not in main_of(own)
        assert "路灯处" not in main_of(others).split('<div class="board-below">')[0]
    assert "路灯处" not in board(city, "stranger")


def test_who_helps_finds_its_joint_work_from_its_own_side(city: City) -> None:
    page = board(city, "colleague", view="joint")
    assert main_of(page).count("<line ") == 1
    [(url, words)] = [link for link in links(page) if "helper=" in link[0] and link[1].strip().isdecimal()]
    client = signed_in(city, "colleague")
    listed = text_of(client.get(url))
    assert listed.count('<tr role="row" class="') == int(words) == 2
    assert "晚了的任务" in listed
    # Without the helper it is another's business, so that filter takes the unit off as well.
    [off] = [link for link, label in links(listed) if "配合：" in label]
    assert "unit=" not in off
    assert client.get(off).status_code == 200
    # The schools, whose handler has no part in these, neither see the pair nor follow its address to a task.
    assert "<line " not in main_of(board(city, "stranger", view="joint"))
    assert signed_in(city, "stranger").get(url).status_code == 404
    lamps, roads = str(city.units["lamps"].pk), str(city.units["roads"].pk)
    for view in ("units", "joint"):
        asked = {"view": view, "unit": lamps, "helper": roads}
        assert client.get(reverse("desk:board"), asked).status_code == 404


def test_what_began_to_be_helped_just_now_is_joint_work_at_once(city: City) -> None:
    advance(at=NOW)
    first = Line.objects.get(text="改进路灯维修")
    one = task(city, first, title="刚下达的任务", at=NOW, co_units=["schools"], milestones=[])
    bring(city, one, "working", NOW)
    [url] = {link for link, _words in links(board(city, "stranger", view="joint")) if "helper=" in link}
    assert "刚下达的任务" in text_of(signed_in(city, "stranger").get(url))


@pytest.mark.parametrize(
    "wrong", [{"unit": "x"}, {"conference": "x"}, {"helper": "0" * 32}, {"unit": "0" * 32}]
)
def test_what_is_not_there_is_not_found(city: City, wrong: dict[str, str]) -> None:
    assert signed_in(city, "deputy").get(reverse("desk:board"), {"view": "tasks", **wrong}).status_code == 404


def test_a_unit_out_of_reach_is_not_found(city: City) -> None:
    asked = {"view": "units", "unit": str(city.units["schools"].pk)}
    assert signed_in(city, "insider").get(reverse("desk:board"), asked).status_code == 404


def test_a_nonsense_place_or_quarter_is_the_first_and_this_one(city: City) -> None:
    assert "晚了的任务" in board(city, "deputy", view="plan", quarter="2026-q9")
    assert "学校的任务" in board(city, "deputy", view="tasks", after="x")
    assert "示例路灯处" in board(city, "deputy", **{"from": "999"})
    assert "没有任务到期" in board(city, "deputy", view="plan", quarter="2031-q1")


def test_the_plan_has_a_bar_for_each_task_and_says_its_days(city: City) -> None:
    page = main_of(board(city, "deputy", view="plan"))
    assert page.count('class="plan-bar"') == 3
    assert "2026 年第 4 季度" in page
    assert re.search(r'<rect class="plan-red" x="\d+" y="4" width="\d+"', page)


def test_joint_work_is_drawn_and_told(city: City) -> None:
    page = main_of(board(city, "deputy", view="joint"))
    assert page.count("<line ") == 1
    assert re.search(r"示例路灯处.*示例道路处", page, re.DOTALL)


def test_before_there_is_a_conference_every_view_says_how_to_begin() -> None:
    city = make_city()
    for view in VIEWS:
        assert "还没有会议" in board(city, "deputy", view=view)


def test_filters_are_taken_off_one_by_one(city: City) -> None:
    page = board(
        city, "deputy", view="tasks", light="red", theme="示例主题", unit=str(city.units["lamps"].pk)
    )
    assert [words.strip() for url, words in links(page) if "view=tasks" in url and words.strip() in
            ("示例路灯处", "示例主题", "超期")] == ["示例路灯处", "示例主题", "超期"]  # fmt: skip
    assert "走着的任务" not in page
