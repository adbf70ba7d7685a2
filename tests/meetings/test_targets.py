"""What a task is to reach and has, and what of its progress the system reads itself."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import bring_to, file, make_city, take
from tests.meetings.world import MONDAY, bring, lines, task
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.insight.board import task_cases
from yipanqi.meetings.access import present
from yipanqi.meetings.actions import bind_line
from yipanqi.meetings.models import LineBinding, Target
from yipanqi.organisations.models import Area, Category

pytestmark = pytest.mark.django_db
LAMPS = ("更换老旧路灯", 300, "盏")


def test_a_target_is_counted_and_the_whole_amount_is_said() -> None:
    city = make_city()
    one = task(city, lines(city)[0], targets=[LAMPS, ("培训", 2, "场")])
    bring(city, one, "working", MONDAY)
    insider = city.actor("insider")
    take(one.pk, "progress", insider, MONDAY, target="1", amount="120")
    matter = take(one.pk, "progress", insider, MONDAY, target="1", amount="118", text="复核后少两盏。")
    assert list(Target.objects.filter(task=one).order_by("number").values_list("done", flat=True)) == [118, 0]
    view = present(matter, city.viewer("deputy"), Channel.DESK, MONDAY)
    assert [(t.title, t.done, t.wanted) for t in view.targets] == [("更换老旧路灯", 118, 300), ("培训", 0, 2)]
    # The ledger keeps both as they were said.
    assert [event.facts for event in view.events[-2:]] == [
        [("有新数的指标", "更换老旧路灯 120/300 盏")],
        [("有新数的指标", "更换老旧路灯 118/300 盏"), ("进展", "复核后少两盏。")],
    ]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"target": "1"}, "amount"),
        ({"amount": "5"}, "target"),
        ({"target": "2", "amount": "5"}, "target"),
        ({"target": "x", "amount": "5"}, "target"),
        ({"target": "1", "amount": "-5"}, "amount"),
        ({"target": "1", "amount": "60%"}, "amount"),
    ],
)
def test_an_amount_is_a_whole_number_of_a_target_of_this_task(answers: dict[str, str], field: str) -> None:
    city = make_city()
    one = task(city, lines(city)[0], targets=[LAMPS])
    bring(city, one, "working", MONDAY)
    with pytest.raises(Refused) as refused:
        take(one.pk, "progress", city.actor("insider"), MONDAY, **answers)
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize(
    "targets",
    [
        [("完成率", 98, "%")],
        [("完成率", 98, "百分点％")],
        [("路灯", 0, "盏")],
        [("", 3, "盏")],
        [("路灯", 3, "")],
        [LAMPS] * 11,
    ],
)
def test_a_target_is_no_percentage_and_more_than_nothing(targets: Any) -> None:
    city = make_city()
    with pytest.raises(Refused) as refused:
        task(city, lines(city)[0], targets=targets)
    assert set(refused.value.fields) == {"targets"}


def test_a_task_reads_its_progress_from_cases() -> None:
    city = make_city()
    line, other = lines(city, "改进路灯维修", "另一条")
    one, elsewhere = task(city, line), task(city, other)
    deputy, lamps = city.actor("deputy"), Category.objects.get(pk="lamps")
    viewer = city.viewer("deputy")
    assert task_cases(one, viewer, MONDAY) is None
    bind_line(line=line, category=lamps, area=None, task=one, by=deputy, at=MONDAY)
    for state in ("closed", "handling", "handling"):
        bring_to(city, file(city, at=MONDAY), state, MONDAY)
    found = task_cases(one, viewer, MONDAY)
    assert found is not None
    assert (found.closed, found.open) == (1, 2)
    # No figure to whom sees none.
    assert task_cases(one, city.viewer("clerk"), MONDAY) is None
    assert present(Matter.objects.get(pk=one.pk), viewer, Channel.DESK, MONDAY).bound
    with pytest.raises(Refused, match="不在这一条要求下面"):
        bind_line(line=line, category=lamps, area=city.area, task=elsewhere, by=deputy, at=MONDAY)


def test_what_shows_under_a_requirement_is_given_to_a_task_once() -> None:
    city = make_city()
    [line] = lines(city)
    one, two = task(city, line), task(city, line)
    deputy, lamps = city.actor("deputy"), Category.objects.get(pk="lamps")
    street = Area.objects.get(pk=city.area.pk)
    bind_line(line=line, category=lamps, area=street, by=deputy, at=MONDAY)
    bind_line(line=line, category=lamps, area=street, task=one, by=deputy, at=MONDAY)
    assert LineBinding.objects.get().task == one
    for again in (None, one, two):
        with pytest.raises(Refused, match="已经关联过"):
            bind_line(line=line, category=lamps, area=street, task=again, by=deputy, at=MONDAY)
