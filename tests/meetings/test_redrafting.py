"""A drafted task can be changed for as long as it is not issued."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.db import transaction

from tests.factories import City, make_city, take
from tests.meetings.world import DUE, MONDAY, bring, lines, task
from yipanqi.core.errors import Conflict, Refused
from yipanqi.core.models import Move, SearchEntry
from yipanqi.core.verify import verify
from yipanqi.meetings.models import Task
from yipanqi.meetings.nodes import milestones_written, read_milestones, read_targets, targets_written
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db
SAME: dict[str, Any] = {
    "title": "更换路灯", "goal": "三百盏", "due_on": "2026-12-20", "unit": "roads",
    "co_units": [{"unit": "lamps", "asked": "报送清单"}, "schools"],
    "milestones": "2026-12-11 完成摸底", "targets": "",
}  # fmt: skip


def refused(city: City, one: Task, **change: Any) -> Refused:
    with pytest.raises(Refused) as found, transaction.atomic():
        take(one.pk, "redraft", city.actor("deputy"), MONDAY, **(SAME | change))
    return found.value


def test_a_draft_is_changed_as_a_whole() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    take(one.pk, "redraft", city.actor("deputy"), MONDAY, **SAME)
    one.refresh_from_db()
    assert (one.title, one.goal, one.due_on) == ("更换路灯", "三百盏", dt.date(2026, 12, 20))
    living = Part.objects.filter(matter=one.pk, until__isnull=True)
    assert {(p.role, p.unit.code, p.asked) for p in living} == {
        ("sender", "socialwork", ""), ("lead", "roads", ""), ("co", "lamps", "报送清单"), ("co", "schools", ""),
    }  # fmt: skip
    assert "更换路灯" in SearchEntry.objects.get(pk=one.pk).body
    matter = bring(city, one, "issued", MONDAY)
    assert matter.holder == city.units["roads"].pk


def test_milestones_and_targets_of_a_draft_are_what_is_told_and_none_where_none_is() -> None:
    city = make_city()
    one = task(city, lines(city)[0], targets=[("更换路灯", 300, "盏"), ("培训", 2, "场")])
    told = {"milestones": "2026-12-08 完成招标\n\n2026-12-15，全部换完", "targets": "更换路灯：280盏"}
    take(one.pk, "redraft", city.actor("deputy"), MONDAY, **(SAME | told))
    nodes = one.milestones.order_by("number").values_list("number", "title", "due_on")
    assert list(nodes) == [(1, "完成招标", dt.date(2026, 12, 8)), (2, "全部换完", dt.date(2026, 12, 15))]
    assert list(one.targets.values_list("number", "title", "wanted", "measure")) == [
        (1, "更换路灯", 280, "盏")
    ]
    move = Move.objects.select_related("payload").get(matter=one.pk, step="redraft")
    assert "2026-12-08 完成招标" in json.loads(move.payload.body)["milestones"]
    take(one.pk, "redraft", city.actor("deputy"), MONDAY, **(SAME | {"milestones": "", "targets": ""}))
    assert (one.milestones.count(), one.targets.count()) == (0, 0)
    bring(city, one, "working", MONDAY)
    assert verify().faults == []


@pytest.mark.parametrize("title", ["完成摸底", "第 3 批", "路 3", "A、B：两处"])
def test_what_is_written_is_read_again(title: str) -> None:
    nodes = [(title, dt.date(2026, 12, 4)), ("全部换完", dt.date(2026, 12, 15))]
    assert read_milestones(milestones_written(nodes)) == nodes
    targets = [(title, 300, "盏"), ("培训", 2, "场次")]
    assert read_targets(targets_written(targets)) == targets


def test_what_is_issued_is_not_redrafted() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "issued", MONDAY)
    assert isinstance(refused(city, one), Conflict)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"due_on": "2026-11-01"}, "due_on"),
        ({"due_on": "2026-12-10"}, "milestones"),
        ({"milestones": "明天 完成摸底"}, "milestones"),
        ({"milestones": "2026-12-21 完成摸底"}, "milestones"),
        ({"targets": "路灯三百盏"}, "targets"),
        ({"targets": "亮灯率 98 %"}, "targets"),
        ({"title": ""}, "title"),
        ({"unit": "nobody"}, "unit"),
        ({"co_units": [{"unit": "lamps", "asked": "报送", "until": "2027-01-01"}]}, "co_units"),
    ],
)
def test_a_draft_says_what_is_wrong_with_it(change: dict[str, Any], wrong: str) -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    assert set(refused(city, one, **change).fields) == {wrong}


def test_a_draft_stays_between_what_stands_above_and_below_it() -> None:
    city = make_city()
    parent = task(city, lines(city)[0], milestones=[])
    child = task(city, parent.line, parent=parent, milestones=[])
    assert child.number in refused(city, parent, due_on=DUE - dt.timedelta(days=1)).message
    assert set(refused(city, child, due_on=DUE + dt.timedelta(days=1)).fields) == {"due_on"}
    take(parent.pk, "redraft", city.actor("deputy"), MONDAY, **SAME)
    take(child.pk, "redraft", city.actor("deputy"), MONDAY, **SAME)
