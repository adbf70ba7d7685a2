"""Decomposition plans at the desk: drawn up, consulted on, disputed, signed, approved, issued and printed by their pages."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.factories import City, make_city
from tests.meetings.plan_world import NUMBER, bring_plan, plan
from tests.meetings.world import lines, task
from tests.web.desk_helpers import EN, NOW, ONE_DAY, matter_url, page_of, post_step, signed_in, text_of
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Task
from yipanqi.meetings.plan_models import Plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def planned(city: City, state: str = "drafted") -> tuple[Plan, Task]:
    one, first = plan(city, at=NOW - ONE_DAY, due_on=(NOW + 60 * ONE_DAY).date(), milestones=[])
    bring_plan(city, one, state, NOW - ONE_DAY)
    return one, first


def print_url(one: Plan) -> str:
    return reverse("desk:plan_print", args=[one.pk])


def test_a_plan_goes_its_way_by_its_pages_alone() -> None:
    city = make_city()
    [line] = lines(city, "改进路灯维修")
    first = task(city, line, at=NOW, due_on=(NOW + 60 * ONE_DAY).date(), milestones=[])
    deputy, insider, colleague = (signed_in(city, login) for login in ("deputy", "insider", "colleague"))
    page = reverse("desk:conference", args=[line.conference_id])
    new = reverse("desk:new_plan", args=[line.conference_id])
    assert new in text_of(deputy.get(page))
    assert new not in text_of(insider.get(page))
    sender = str(city.units["socialwork"].pk)
    refused = deputy.post(new, {"title": "", "sender": sender})
    assert refused.status_code == 422
    answer = deputy.post(new, {"title": "示例方案", "sender": sender})
    one = Plan.objects.get()
    assert answer.headers["Location"] == matter_url(one.pk)
    assert "示例方案" in text_of(deputy.get(page))
    again = deputy.post(new, {"title": "再来一份", "sender": sender})
    assert (again.status_code, one.number in text_of(again), "再来一份" in text_of(again)) == (
        422,
        True,
        True,
    )
    way: list[tuple[Client, str, dict[str, Any]]] = [
        (deputy, "consult", {}),
        (colleague, "agree", {}),
        (insider, "dispute", {"task": "1", "reason": "不归我们", "instead": "schools"}),
        (deputy, "decide", {"dispute": "1", "decision": "rejected", "reason": "按职责清单"}),
        (insider, "agree", {}),
        (deputy, "circulate", {}),
        (insider, "countersign", {"signature": "signs"}),
        (deputy, "submit", {}),
        (deputy, "approve", {"remark": "同意"}),
        (deputy, "issue", {"document_number": NUMBER}),
    ]
    for client, step, told in way:
        assert post_step(client, one.pk, step, **told).status_code == 302, step
    assert Matter.objects.get(pk=first.pk).state == "issued"
    shown = text_of(deputy.get(matter_url(one.pk)))
    assert NUMBER in shown
    assert "还没有签收：1" in shown
    assert post_step(insider, first.pk, "receive").status_code == 302
    assert "已签收" in text_of(deputy.get(matter_url(one.pk)))


def test_a_requirement_without_a_task_says_so_and_leads_to_where_one_is_drafted() -> None:
    city = make_city()
    one, first = planned(city)
    shown = text_of(signed_in(city, "deputy").get(matter_url(one.pk)))
    second = first.line.conference.lines.get(number=2)
    assert "还没有任务" in shown
    assert reverse("desk:new_task", args=[second.pk]) in shown
    assert "坚持人民至上" not in shown, "a principle takes no task"
    bring_plan(city, one, "consulting", NOW - ONE_DAY)
    shown = text_of(signed_in(city, "insider").get(matter_url(one.pk)))
    assert "还没有任务" in shown
    assert reverse("desk:new_task", args=[second.pk]) not in shown
    assert first.title in shown
    assert matter_url(first.pk) not in shown, "the draft is not theirs yet"


def test_a_dispute_offers_ones_own_tasks_and_keeps_what_was_typed() -> None:
    city = make_city()
    one, first = planned(city, "consulting")
    client = signed_in(city, "insider")
    assert f"1. {first.title}（牵头单位）" in page_of(city, "insider", one.pk, query="?step=dispute")
    refused = post_step(client, one.pk, "dispute", task="1", reason="记得留着", instead="没有的单位")
    assert refused.status_code == 422
    assert "记得留着" in text_of(refused)
    assert "没有这个单位" in text_of(refused)


def test_what_one_unit_says_is_on_no_other_units_page_or_print() -> None:
    city = make_city()
    one, _first = planned(city, "consulting")
    post_step(signed_in(city, "insider"), one.pk, "dispute", task="1", reason="密不示人")
    deputy, colleague = (signed_in(city, login) for login in ("deputy", "colleague"))
    assert "密不示人" in text_of(deputy.get(matter_url(one.pk)))
    assert "密不示人" not in text_of(colleague.get(matter_url(one.pk)))
    assert "密不示人" in printed(deputy.get(print_url(one)).content)
    assert "密不示人" not in printed(colleague.get(print_url(one)).content)


def printed(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def test_strangers_find_neither_plan_nor_print() -> None:
    city = make_city()
    one, _first = planned(city, "consulting")
    stranger = signed_in(city, "stranger")
    assert stranger.get(matter_url(one.pk)).status_code == 404
    assert stranger.get(print_url(one)).status_code == 404
    assert stranger.get(reverse("desk:new_plan", args=[one.conference_id])).status_code == 404
    assert signed_in(city, "deputy").get(reverse("desk:plan_print", args=[_first.pk])).status_code == 404


def test_a_draft_is_changed_by_a_form_that_shows_it_as_it_is() -> None:
    city = make_city()
    _one, first = planned(city)
    first.milestones.create(number=1, title="摸底", due_on=first.due_on)
    page = page_of(city, "deputy", first.pk, query="?step=redraft")
    for value in (first.title, "示例路灯处", "示例道路处", first.due_on.isoformat()):
        assert f'value="{value}"' in page
    card = page.split('id="step-redraft"')[1].split("</details>")[0]
    assert f"{first.due_on.isoformat()} 摸底" in card
    told: dict[str, Any] = {
        "title": first.title,
        "goal": first.goal,
        "due_on": first.due_on.isoformat(),
        "unit": "lamps",
    }
    client, node = signed_in(city, "deputy"), "2026-12-11 完成摸底"
    wrong = post_step(client, first.pk, "redraft", **told, milestones=node, targets="路灯三百盏")
    assert wrong.status_code == 422
    assert "指标：没有看懂“路灯三百盏”" in text_of(wrong)
    assert node in text_of(wrong), "what was typed stays"
    assert (
        post_step(client, first.pk, "redraft", **told, milestones=node, targets="更换路灯 300 盏").status_code
        == 302
    )
    shown = page_of(city, "deputy", first.pk)
    assert "更换路灯 0/300 盏" in shown
    assert list(first.milestones.values_list("title", flat=True)) == ["完成摸底"]


@pytest.mark.parametrize("state", ["drafted", "revising", "consulting", "approving", "issued", "withdrawn"])
def test_each_state_has_its_page_in_english_too(state: str) -> None:
    city = make_city()
    one, _first = planned(city, state)
    shown = page_of(city, "deputy", one.pk, EN)
    assert "Tasks by requirement" in shown
    assert ("Answers and signatures" in shown) == (state not in ("drafted", "withdrawn"))
