"""Requirements that never end: each year has goals of its own, one a unit."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import City, make_city, take
from tests.meetings.world import MONDAY, bring, lines, task
from tests.web.desk_helpers import signed_in, text_of
from yipanqi.core.errors import Refused
from yipanqi.meetings.actions import LineDraft, lay_down_lines
from yipanqi.meetings.models import Line, Task
from yipanqi.meetings.queries import years_without_goal

pytestmark = pytest.mark.django_db
NEXT = dt.date(2027, 3, 1)


def standing(city: City) -> Line:
    [line] = lines(city, "改进路灯维修")
    drafts = [LineDraft("常年巡查", standing=True)]
    [kept] = lay_down_lines(conference=line.conference, lines=drafts, by=city.actor("deputy"), at=MONDAY)
    return kept


def goal(city: City, line: Line, year: int | None = 2026, **more: Any) -> Task:
    return task(city, line, year=year, **more)


@pytest.mark.parametrize("year", [None, 2025, 2027])
def test_a_goal_says_of_which_year_it_is_and_lies_in_it(year: int | None) -> None:
    city = make_city()
    with pytest.raises(Refused) as found:
        goal(city, standing(city), year)
    assert set(found.value.fields) == {"year"}


def test_a_unit_leads_one_goal_a_year_unless_it_was_dropped() -> None:
    city = make_city()
    line = standing(city)
    first = goal(city, line)
    assert first.year == 2026
    with pytest.raises(Refused, match="这一年已经有目标"):
        goal(city, line)
    goal(city, line, unit="schools")
    goal(city, line, 2027, due_on=NEXT, milestones=())
    take(first.pk, "drop", city.actor("deputy"), MONDAY, reason="重定")
    assert goal(city, line).pk != first.pk


def test_what_a_goal_is_broken_down_into_has_no_year_of_its_own_nor_has_any_other_task() -> None:
    city = make_city()
    line = standing(city)
    above = goal(city, line)
    below = goal(city, line, None, parent=above, unit="roads", co_units=[])
    assert (below.year, goal(city, lines(city)[0]).year) == (None, None)
    with pytest.raises(IntegrityError, match="a_years_goal_stands_by_itself"), transaction.atomic():
        Task.objects.filter(pk=below.pk).update(year=2026)
    with pytest.raises(IntegrityError, match="a_principle_has_no_yearly_goals"), transaction.atomic():
        Line.objects.filter(pk=line.pk).update(principle=True)


def test_years_without_a_goal_are_told_until_one_is_issued() -> None:
    city = make_city()
    line, today = standing(city), MONDAY.date()
    assert years_without_goal(line, today) == [2026]
    first = goal(city, line)
    assert years_without_goal(line, today) == [2026]
    bring(city, first, "issued", MONDAY)
    assert years_without_goal(line, today) == []
    assert years_without_goal(line, dt.date(2028, 1, 3)) == [2027, 2028]
    assert years_without_goal(lines(city)[0], today) == []


def test_a_standing_requirement_is_typed_with_a_plus_and_its_goal_asks_for_the_year() -> None:
    city = make_city()
    conference = lines(city)[0].conference
    client = signed_in(city, "deputy")
    client.post(reverse("desk:new_lines", args=[conference.pk]), {"lines": "＋ 常年巡查\n更换路灯"})
    line, other = Line.objects.filter(conference=conference).order_by("number")[1:]
    assert (line.text, line.standing, other.standing) == ("常年巡查", True, False)
    here = reverse("desk:line", args=[line.pk])
    year = dt.date.today().year  # noqa: DTZ011
    assert f"{year} 年还没有目标" in text_of(client.get(here))
    form = reverse("desk:new_task", args=[line.pk])
    assert "哪一年的目标" in text_of(client.get(form))
    assert "哪一年的目标" not in text_of(client.get(reverse("desk:new_task", args=[other.pk])))
    answer = client.post(form, {"title": "巡查", "goal": "每月一次。", "unit": "lamps", "due_on": f"{year}-12-31", "year": "明年"})  # fmt: skip
    assert answer.status_code == 422
    assert "请填写四位的年份。" in text_of(answer)
