"""A drafted task can be changed for as long as it is not issued."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from tests.factories import City, make_city, take
from tests.meetings.world import DUE, MONDAY, bring, lines, task
from yipanqi.core.errors import Conflict, Refused
from yipanqi.core.models import SearchEntry
from yipanqi.meetings.models import Task
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db
SAME: dict[str, Any] = {
    "title": "更换路灯", "goal": "三百盏", "due_on": "2026-12-20", "unit": "roads",
    "co_units": [{"unit": "lamps", "asked": "报送清单"}, "schools"],
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
