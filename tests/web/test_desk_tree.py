"""Breaking a task down on its page, and the tree on the board's drill-down."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import City, make_city
from tests.meetings.world import add_task_head, bring, lines, task
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, page_of, signed_in, text_of
from yipanqi.meetings.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

FORM = {
    "title": "换前十盏",
    "goal": "十盏都亮。",
    "due_on": "2026-12-10",
    "unit": "lamps",
    "co_units": "",
    "milestones": "",
}


def working(city: City) -> Task:
    one = task(city, lines(city, "改进路灯维修", at=NOW - ONE_DAY)[0], at=NOW - ONE_DAY)
    bring(city, one, "working", NOW - ONE_DAY)
    return one


def test_the_head_of_the_lead_breaks_its_task_down_from_its_page() -> None:
    city = add_task_head(make_city())
    one = working(city)
    client = signed_in(city, "leadhead")
    url = reverse("desk:break_down", args=[one.pk])
    assert url in text_of(client.get(matter_url(one.pk)))
    assert url not in page_of(city, "insider", one.pk)
    form = text_of(client.get(url))
    assert "2026-12-18" in form
    assert one.title in form
    answer = client.post(url, FORM)
    child = Task.objects.get(parent=one)
    assert answer["Location"] == matter_url(child.pk)
    assert "换前十盏" in text_of(client.get(matter_url(one.pk)))
    assert matter_url(one.pk) in text_of(client.get(matter_url(child.pk)))


def test_a_child_after_its_parent_is_refused_beside_the_date_and_keeps_what_was_typed() -> None:
    city = make_city()
    one = working(city)
    url = reverse("desk:break_down", args=[one.pk])
    answer = signed_in(city, "deputy").post(url, FORM | {"due_on": "2026-12-19"})
    page = text_of(answer)
    assert answer.status_code == 422
    assert "完成日期：不能晚于上级任务的完成日期 2026-12-18。" in page
    assert "换前十盏" in page
    # Who issues it is asked: this viewer may draft for the sender and for the lead.
    assert 'name="sender"' in page


def test_what_stands_in_the_way_of_closing_is_named_on_the_page() -> None:
    city = make_city()
    one = working(city)
    child = task(city, one.line, parent=one, at=NOW)
    page = page_of(city, "insider", one.pk)
    assert f"下级任务还没有办结或撤销：{child.number}。" in page
    assert 'id="step-apply_to_close"' not in page
    assert f"Tasks under it are neither closed nor dropped: {child.number}." in page_of(
        city, "insider", one.pk, EN
    )


def test_the_board_behind_a_requirement_shows_the_tree() -> None:
    city = make_city()
    one = working(city)
    beside = task(city, one.line, at=NOW, title="另一项")
    child = task(city, one.line, parent=one, at=NOW, title="换前十盏")
    url = reverse("desk:line", args=[one.line_id])
    page = text_of(signed_in(city, "deputy").get(url, {"show": "tasks"}))
    places = [page.index(matter_url(each.pk)) for each in (one, child, beside)]
    assert places == sorted(places), (
        "what it is broken down into stands under it, before what was drafted earlier"
    )
    assert "queue-below-1" in page
    assert f"属于 {one.number}" in page
