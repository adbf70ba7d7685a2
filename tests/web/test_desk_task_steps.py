"""A task's extension, hand-over, problem and parts, by its page and by the list of what waits for a decision."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import City, make_city
from tests.meetings.world import bring, lines, task
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, page_of, post_step, signed_in, text_of
from tests.web.test_desk_tree import FORM
from yipanqi.core.models import Matter
from yipanqi.core.veil import told
from yipanqi.meetings.models import Task
from yipanqi.organisations.models import Part

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def working(city: City) -> Task:
    one = task(city, lines(city, "改进路灯维修", at=NOW - ONE_DAY)[0], at=NOW - ONE_DAY)
    bring(city, one, "working", NOW - ONE_DAY)
    return one


def test_an_extension_goes_from_the_leads_page_to_the_list_of_decisions_and_back() -> None:
    city = make_city()
    one = working(city)
    insider, deputy = signed_in(city, "insider"), signed_in(city, "deputy")
    assert (
        post_step(insider, one.pk, "request_extension", reason="缺灯杆", due_on="2026-12-30").status_code
        == 302
    )
    decisions = text_of(deputy.get(reverse("desk:approvals")))
    for words in ("申请延期", "缺灯杆", "2026年12月18日 星期五 改为 2026年12月30日 星期三"):
        assert words in decisions
    url = f"{reverse('desk:approvals')}?of={one.pk}&step=approve_extension"
    seen = told(Matter.objects.get(pk=one.pk))
    assert deputy.post(url, {"seen": seen}).status_code == 302
    page = page_of(city, "insider", one.pk)
    assert "已批准延期" in page
    assert "2026年12月30日" in page
    assert "Put off with approval" in page_of(city, "insider", one.pk, EN)


def test_a_finished_task_is_still_checked_from_the_list_of_decisions() -> None:
    city = make_city()
    one = working(city)
    bring(city, one, "closing", NOW)
    deputy = signed_in(city, "deputy")
    decisions = text_of(deputy.get(reverse("desk:approvals")))
    assert "step=close" in decisions
    assert "step=send_back" in decisions
    assert "step=drop" not in decisions, "a waiver is no finding of the check"
    seen = told(Matter.objects.get(pk=one.pk))
    url = f"{reverse('desk:approvals')}?of={one.pk}&step=close"
    assert deputy.post(url, {"seen": seen}).status_code == 302
    assert Matter.objects.get(pk=one.pk).state == "closed"


def test_a_problem_shows_on_the_page_and_on_the_board_until_it_is_answered() -> None:
    city = make_city()
    one = working(city)
    answer = post_step(
        signed_in(city, "insider"), one.pk, "raise_problem",
        text="学校不让夜间施工。", unit="schools", until="2026-12-01",
    )  # fmt: skip
    assert answer.status_code == 302
    page = page_of(city, "deputy", one.pk)
    assert "需协调：示例教育局" in page
    assert "学校不让夜间施工。" in page.split('id="parts"')[1]
    line = reverse("desk:line", args=[one.line_id])
    behind = text_of(signed_in(city, "deputy").get(line, {"show": "tasks"}))
    assert "1 项任务需协调" in behind
    assert "需协调：示例教育局" in behind
    # It stands in the queue of who was asked, by their own day, and goes when they have answered.
    stranger = signed_in(city, "stranger")
    assert matter_url(one.pk) in text_of(stranger.get(reverse("desk:queue")))
    assert post_step(stranger, one.pk, "contribute", text="周末可以。").status_code == 302
    assert "需协调" not in page_of(city, "deputy", one.pk).split('id="timeline"')[0]
    assert matter_url(one.pk) not in text_of(stranger.get(reverse("desk:queue")))


def test_a_draft_asks_each_co_unit_for_its_part() -> None:
    city = make_city()
    [line] = lines(city, "改进路灯维修", at=NOW)
    client, url = signed_in(city, "deputy"), reverse("desk:new_task", args=[line.pk])
    asked = {
        "sender": str(city.units["socialwork"].pk),
        "co_units": ["roads", "schools"],
        "co_units_asked": ["办占道手续", ""],
        "co_units_until": ["2026-12-20", ""],
    }
    answer = client.post(url, FORM | asked)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "“示例道路处”的日期须在今天与完成日期之间。" in page
    assert "办占道手续" in page
    assert client.post(url, FORM | asked | {"co_units_until": ["2026-12-04", ""]}).status_code == 302
    parts = Part.objects.filter(role="co").order_by("id").values_list("unit__code", "asked")
    assert list(parts) == [("roads", "办占道手续"), ("schools", "")]


def test_two_who_change_a_task_at_once_one_wins_and_the_other_sees_the_difference() -> None:
    city = make_city()
    one = working(city)
    insider, deputy = signed_in(city, "insider"), signed_in(city, "deputy")
    seen = told(Matter.objects.get(pk=one.pk))
    assert (
        post_step(deputy, one.pk, "hand_over", seen=seen, unit="schools", reason="职责已调整").status_code
        == 302
    )
    # The former lead has no part in it any more, and what another wrote is told to whom it still concerns.
    assert post_step(insider, one.pk, "progress", seen=seen, text="在做").status_code == 404
    late = post_step(deputy, one.pk, "drop", seen=seen, reason="不再需要")
    assert late.status_code == 409
    page = text_of(late)
    assert "改由别的单位牵头" in page
    assert "职责已调整" in page
    assert "不再需要" in page
    assert Matter.objects.get(pk=one.pk).state == "issued"
