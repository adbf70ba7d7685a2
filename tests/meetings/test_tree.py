"""Breaking a task down: by whom, within which dates, how deep; and that nothing ends over what is open below it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.factories import City, make_city, take
from tests.meetings.world import DUE, MONDAY, add_task_head, bring, days, lines, task
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.core.verify import verify
from yipanqi.meetings.access import present
from yipanqi.meetings.models import Task
from yipanqi.meetings.tree import MOST_LEVELS
from yipanqi.organisations.models import Unit

pytestmark = pytest.mark.django_db


def working(city: City) -> Task:
    """A task that lamps lead and have received."""
    one = task(city, lines(city)[0])
    bring(city, one, "working", MONDAY)
    return one


def own(city: City, parent: Task, **change: Any) -> Task:
    """What the head of the lamps' unit breaks off for the unit itself."""
    fields: dict[str, Any] = {"unit": "lamps", "co_units": []}
    return task(city, parent.line, parent=parent, sender="lamps", by="leadhead", **(fields | change))


def test_the_sender_and_the_lead_break_a_task_down_each_as_the_childs_sender() -> None:
    city = add_task_head(make_city())
    parent = working(city)
    by_sender = task(city, parent.line, parent=parent, unit="schools")
    by_lead = own(city, parent)
    assert [by_sender.parent_id, by_lead.parent_id] == [parent.pk, parent.pk]
    assert by_lead.number.endswith("-03"), "numbers count on within the requirement"
    matter = take(by_lead.pk, "issue", city.actor("leadhead"), MONDAY)
    assert (matter.state, matter.holder) == ("issued", city.units["lamps"].pk)
    take(by_lead.pk, "receive", city.actor("insider"), MONDAY)
    take(by_lead.pk, "apply_to_close", city.actor("insider"), MONDAY, text="已完成。")
    assert take(by_lead.pk, "close", city.actor("leadhead"), MONDAY).state == "closed"
    assert verify().faults == []


def test_nobody_else_breaks_it_down() -> None:
    city = add_task_head(add_task_head(make_city()), "roads", "roadshead")
    parent = working(city)
    for by, sender in (
        ("insider", "lamps"),  # works for the lead, and may not
        ("roadshead", "roads"),  # helps, but does not lead
        ("leadhead", "socialwork"),  # in the name of a unit that is not theirs
        ("deputy", "roads"),  # in the name of a unit that neither sends nor leads
        ("clerk", "hotline"),
    ):
        with pytest.raises(NotAllowed):
            task(city, parent.line, parent=parent, sender=sender, by=by)
    # What lets a head break down lets them draft nothing beside it.
    with pytest.raises(NotAllowed):
        task(city, parent.line, sender="lamps", by="leadhead", unit="lamps")
    assert Task.objects.count() == 1


def test_a_lead_gives_parts_to_its_own_units_and_to_those_that_help() -> None:
    city = add_task_head(make_city())
    parent = working(city)
    with pytest.raises(Refused) as refused:
        own(city, parent, unit="schools")
    assert set(refused.value.fields) == {"unit"}
    assert own(city, parent, unit="roads").parent_id == parent.pk
    Unit.objects.filter(code="market").update(professional=city.units["lamps"])
    assert own(city, parent, unit="market").parent_id == parent.pk


def test_the_lead_receives_before_it_breaks_down_and_the_sender_may_before() -> None:
    city = add_task_head(make_city())
    parent = task(city, lines(city)[0])
    child = task(city, parent.line, parent=parent, unit="roads")
    with pytest.raises(Refused, match="上级任务还没有下达"):
        take(child.pk, "issue", city.actor("deputy"), MONDAY)
    bring(city, parent, "issued", MONDAY)
    with pytest.raises(Refused, match="先签收"):
        own(city, parent)
    assert take(child.pk, "issue", city.actor("deputy"), MONDAY).state == "issued"


def test_a_child_lies_within_its_parents_date() -> None:
    city = make_city()
    parent = working(city)
    with pytest.raises(Refused, match="不能晚于上级任务的完成日期 2026-12-18") as refused:
        task(city, parent.line, parent=parent, due_on=DUE + dt.timedelta(days=1))
    assert set(refused.value.fields) == {"due_on"}
    assert task(city, parent.line, parent=parent, due_on=DUE).due_on == DUE


def test_a_task_is_broken_down_no_deeper_than_the_city_is() -> None:
    city = make_city()
    one = working(city)
    for _level in range(MOST_LEVELS - 1):
        one = task(city, one.line, parent=one)
        bring(city, one, "issued", MONDAY)
    with pytest.raises(Refused, match="最多分解 4 级"):
        task(city, one.line, parent=one)


def test_nothing_stands_under_itself() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    with pytest.raises(IntegrityError, match="no_task_stands_under_itself"), transaction.atomic():
        Task.objects.filter(pk=one.pk).update(parent=one.pk)


@pytest.mark.parametrize("state", ["drafted", "issued", "working", "closing"])
def test_a_parent_does_not_end_over_an_open_child(state: str) -> None:
    city = make_city()
    parent = working(city)
    child = task(city, parent.line, parent=parent)
    bring(city, child, state, MONDAY)
    with pytest.raises(Refused, match=child.number):
        take(parent.pk, "apply_to_close", city.actor("insider"), MONDAY, text="完成。")
    assert Matter.objects.get(pk=parent.pk).state == "working"


def test_a_parent_is_not_dropped_over_an_open_child() -> None:
    city = make_city()
    parent = task(city, lines(city)[0])
    child = task(city, parent.line, parent=parent)
    for state in ("drafted", "issued"):
        bring(city, parent, state, MONDAY)
        with pytest.raises(Refused, match=child.number):
            take(parent.pk, "drop", city.actor("deputy"), MONDAY, reason="不再需要")
    take(child.pk, "drop", city.actor("deputy"), MONDAY, reason="不再需要")
    assert take(parent.pk, "drop", city.actor("deputy"), MONDAY, reason="不再需要").state == "dropped"


def test_a_parent_ends_once_what_is_below_it_has_ended() -> None:
    city = make_city()
    parent = working(city)
    done, waived = (task(city, parent.line, parent=parent) for _n in range(2))
    bring(city, done, "closed", MONDAY)
    take(waived.pk, "drop", city.actor("deputy"), MONDAY, reason="不再需要")
    assert take(parent.pk, "apply_to_close", city.actor("insider"), MONDAY, text="完成。").state == "closing"
    with pytest.raises(Refused, match="不能再分解"):
        task(city, parent.line, parent=parent)
    assert take(parent.pk, "close", city.actor("deputy"), MONDAY + days(1)).state == "closed"


def test_the_page_shows_what_is_above_and_below_to_whom_it_may() -> None:
    city = add_task_head(make_city())
    parent = working(city)
    draft, issued = own(city, parent), own(city, parent, unit="roads", co_units=[])
    bring_by_head(city, issued)
    shown = present(Matter.objects.get(pk=parent.pk), city.viewer("leadhead"), Channel.DESK, MONDAY).family
    assert [(kin.number, kin.unit, kin.light.why if kin.light else "") for kin in shown.below] == [
        (draft.number, "示例路灯处", "还没有下达"), (issued.number, "示例道路处", "等待签收")
    ]  # fmt: skip
    assert shown.may_grow
    # Roads help with the parent and lead one below it; the draft is none of theirs.
    seen = present(Matter.objects.get(pk=parent.pk), city.viewer("colleague"), Channel.DESK, MONDAY).family
    assert ([kin.number for kin in seen.below], seen.others, seen.may_grow) == ([issued.number], 0, False)
    below = present(Matter.objects.get(pk=draft.pk), city.viewer("leadhead"), Channel.DESK, MONDAY).family
    assert below.above is not None
    assert (below.above.number, below.above.matter) == (parent.number, parent.pk)


def test_of_a_parent_that_is_not_theirs_a_unit_sees_the_number_alone() -> None:
    city = make_city()
    parent = working(city)
    child = task(city, parent.line, parent=parent, unit="schools", co_units=[])
    bring(city, child, "issued", MONDAY)
    matter = Matter.objects.get(pk=child.pk)
    above = present(matter, city.viewer("stranger"), Channel.DESK, MONDAY).family.above
    assert above is not None
    assert (above.number, above.title, above.matter, above.light) == (parent.number, "", None, None)
    # And who leads the parent learns that there is one more.
    seen = present(Matter.objects.get(pk=parent.pk), city.viewer("insider"), Channel.DESK, MONDAY).family
    assert (seen.below, seen.others) == ([], 1)


def bring_by_head(city: City, one: Task) -> None:
    take(one.pk, "issue", city.actor("leadhead"), MONDAY)
