"""Tasks on the same queue, the same page and the same step form as cases."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import City, make_city
from tests.meetings.world import bring, lines, task
from tests.web.desk_helpers import (
    EN,
    NOW,
    ONE_DAY,
    case_in,
    matter_url,
    page_of,
    post_step,
    signed_in,
    text_of,
)
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def task_in(city: City, state: str) -> Task:
    [line] = lines(city, "改进路灯维修", at=NOW - ONE_DAY)
    one = task(city, line, at=NOW - ONE_DAY)
    bring(city, one, state, NOW - ONE_DAY)
    return one


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("deputy", 200),
        ("insider", 200),
        ("colleague", 200),
        ("stranger", 404),
        ("clerk", 404),
        ("sysadmin", 404),
    ],
)
def test_a_task_is_seen_by_those_who_issue_lead_and_help(login: str, status: int) -> None:
    city = make_city()
    one = task_in(city, "issued")
    assert signed_in(city, login).get(matter_url(one.pk)).status_code == status


def test_before_it_is_issued_the_units_do_not_find_it() -> None:
    city = make_city()
    one = task_in(city, "drafted")
    assert signed_in(city, "insider").get(matter_url(one.pk)).status_code == 404
    assert signed_in(city, "deputy").get(matter_url(one.pk)).status_code == 200


def test_the_page_shows_goal_requirement_date_and_milestones() -> None:
    city = make_city()
    one = task_in(city, "working")
    page = page_of(city, "insider", one.pk)
    for words in (
        "三百盏，亮灯率不低于九成八。",
        "示例市社会工作会议",
        "改进路灯维修",
        "2026年12月18日",
        "1. 摸底",
        "2. 更换",
        'max="2" value="0"',
    ):
        assert words in page
    assert "转办文字" not in page
    assert "1. 摸底" in page_of(city, "deputy", one.pk, EN)


def test_a_task_is_worked_to_its_end_by_its_page_alone() -> None:
    city = make_city()
    one = task_in(city, "issued")
    insider, deputy = signed_in(city, "insider"), signed_in(city, "deputy")
    assert post_step(insider, one.pk, "receive").status_code == 302
    card = text_of(insider.get(matter_url(one.pk))).split('id="step-progress"')[1].split("</details>")[0]
    assert "不涉及节点" in card
    assert post_step(insider, one.pk, "progress", milestone="1").status_code == 302
    page = page_of(city, "deputy", one.pk)
    assert 'max="2" value="1"' in page
    card = text_of(insider.get(matter_url(one.pk))).split('id="step-progress"')[1].split("</details>")[0]
    assert "1. 摸底" not in card, "what is done is not ticked off twice"
    assert post_step(insider, one.pk, "apply_to_close", text="已更换三百零二盏。").status_code == 302
    assert post_step(deputy, one.pk, "close").status_code == 302
    assert Matter.objects.get(pk=one.pk).state == "closed"


def test_a_milestone_of_no_task_is_refused_beside_its_field() -> None:
    city = make_city()
    one = task_in(city, "working")
    answer = post_step(signed_in(city, "insider"), one.pk, "progress", milestone="x", text="在做")
    assert answer.status_code == 422
    assert "完成的节点：没有这个节点。" in text_of(answer)
    assert "在做" in text_of(answer)


def test_cases_and_tasks_stand_in_one_queue_and_can_be_told_apart() -> None:
    city = make_city()
    one, filed = task_in(city, "working"), case_in(city, "handling")
    client = signed_in(city, "insider")
    page = text_of(client.get(reverse("desk:queue")))
    assert matter_url(one.pk) in page
    assert matter_url(filed.case.pk) in page
    assert "更换老旧路灯" in page
    tasks = text_of(client.get(reverse("desk:queue"), {"kind": "task"}))
    assert matter_url(one.pk) in tasks
    assert matter_url(filed.case.pk) not in tasks
    found = client.get(reverse("desk:queue"), {"number": one.number.lower()})
    assert found["Location"] == matter_url(one.pk)


def test_a_task_takes_no_other_systems_number() -> None:
    city = make_city()
    one = task_in(city, "working")
    url = reverse("desk:external", args=[one.pk])
    assert signed_in(city, "clerk").post(url, {"system": "a", "number": "b"}).status_code == 404


def test_a_task_speaks_of_its_units_in_its_own_words_and_names_all_whom_a_step_tells() -> None:
    city = make_city()
    [line] = lines(city, "改进路灯维修", at=NOW - ONE_DAY)
    one = task(city, line, co_units=["roads", "market"], at=NOW - ONE_DAY)
    page = page_of(city, "deputy", one.pk)
    assert "会告诉：牵头单位（示例路灯处）、配合单位（示例道路处、示例市场监管局）" in page
    parts = page.split('id="parts"')[1].split("</section>")[0]
    assert ("下达单位" in parts, "牵头单位" in parts, "配合单位" in parts) == (True, True, True)
    assert not any(word in page for word in ("转办单位", "主办单位", "协办单位"))
    assert "Issuing unit" in page_of(city, "deputy", one.pk, EN)
