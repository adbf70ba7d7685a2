"""Breaking a task down on its page, and the tree on the board's drill-down."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city
from tests.meetings.world import add_task_head, bring, lines, task
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, page_of, signed_in, text_of
from yipanqi.core import gate
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.meetings.access import present
from yipanqi.meetings.models import Task
from yipanqi.meetings.queries import late_below

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


def with_late(city: City) -> tuple[Task, list[Task]]:
    """A task with three children that were issued, of which two are late, and a fourth that is a draft."""
    one = working(city)
    children = [
        task(city, one.line, parent=one, at=NOW - ONE_DAY, title=f"第{n}批路灯", unit="lamps", co_units=[])
        for n in range(4)
    ]
    for child in children[:3]:
        bring(city, child, "issued", NOW - ONE_DAY)
    late = [child.pk for child in children[:2]]
    Matter.objects.filter(pk__in=[*late, children[3].pk]).update(due_at=NOW - ONE_DAY / 2)
    return one, children


def test_a_parent_says_how_many_of_its_children_are_late_and_leads_to_them() -> None:
    city = make_city()
    one, children = with_late(city)
    listed = f"{reverse('desk:line', args=[one.line_id])}?show=tasks&light=red&under={one.pk}"
    link = f'href="{listed}"'.replace("&", "&amp;")
    page = page_of(city, "deputy", one.pk)
    assert "下级任务 3 项中 2 项超期" in page
    assert link in page
    assert "2 of 3 tasks under it are late" in page_of(city, "deputy", one.pk, EN)
    assert "项超期" not in page_of(city, "deputy", children[2].pk)
    client = signed_in(city, "deputy")
    found = text_of(client.get(listed)).split('<table class="queue"')[1]
    assert [matter_url(child.pk) in found for child in children] == [True, True, False, False]
    assert matter_url(one.pk) not in found
    assert f"超期，属于 {one.number}" in text_of(client.get(listed))
    # Its own light is that of its own dates.
    assert (
        present(Matter.objects.get(pk=one.pk), city.viewer("deputy"), Channel.DESK, NOW).light.colour != "red"
    )
    for url in (
        f"{reverse('desk:line', args=[one.line_id])}?show=tasks",
        f"{reverse('desk:board')}?view=tasks",
    ):
        rows = client.get(url).content.decode()
        assert rows.count("下级任务 3 项中 2 项超期") == 1, url
        assert link in rows, url


def test_late_children_that_are_not_the_viewers_to_see_are_not_counted() -> None:
    city = make_city()
    one, children = with_late(city)
    others = gate.visible(city.viewer("colleague"), Channel.DESK, procedures=("task",))
    everything = gate.visible(city.viewer("deputy"), Channel.DESK, procedures=("task",))
    assert late_below([one.pk], others, NOW) == {}
    assert late_below([one.pk], everything, NOW) == {one.pk: (2, 3)}
    assert "项超期" not in page_of(city, "colleague", one.pk)
    deputy, matters = city.viewer("deputy"), [Matter.objects.get(pk=child.pk) for child in children]
    lit = [present(one, deputy, Channel.DESK, NOW).light.colour for one in matters]
    assert [colour == "red" for colour in lit] == [True, True, False, False], "late is what their lights say"


def test_what_is_late_below_a_page_of_tasks_is_one_statement(django_assert_num_queries: Any) -> None:
    city = make_city()
    one, children = with_late(city)
    clause = gate.visible(city.viewer("deputy"), Channel.DESK, procedures=("task",))
    with django_assert_num_queries(1):
        assert late_below([one.pk, *(child.pk for child in children)], clause, NOW) == {one.pk: (2, 3)}


def test_nobody_is_led_to_the_children_of_a_task_of_another_requirement() -> None:
    city = make_city()
    one, children = with_late(city)
    [other] = lines(city, "改进道路", at=NOW - ONE_DAY)
    asked = {"show": "tasks", "light": "red", "under": str(one.pk)}
    page = text_of(signed_in(city, "deputy").get(reverse("desk:line", args=[other.pk]), asked))
    assert matter_url(children[0].pk) not in page
    assert one.number not in page
