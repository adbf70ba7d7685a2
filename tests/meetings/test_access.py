"""Who finds a task, and through which door."""

from __future__ import annotations

import pytest

from tests.factories import City, make_city, take
from tests.meetings.world import MONDAY, bring, lines, task
from yipanqi.core import gate
from yipanqi.core.gate import NOBODY, Channel
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Task

pytestmark = pytest.mark.django_db

PEOPLE = ("deputy", "insider", "colleague", "stranger", "clerk", "sysadmin", "secadmin", "audadmin")


def finders(city: City, one: Task, channel: Channel) -> set[str]:
    return {login for login in PEOPLE if gate.find(one.pk, city.viewer(login), channel)}


def test_before_it_is_issued_a_task_is_the_senders_alone() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    assert finders(city, one, Channel.DESK) == {"deputy"}
    bring(city, one, "issued", MONDAY)
    assert finders(city, one, Channel.DESK) == {"deputy", "insider", "colleague"}
    assert finders(city, one, Channel.COMMAND) == {"deputy", "insider", "colleague"}


def test_figures_count_a_task_at_its_lead_unit() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    assert finders(city, one, Channel.FIGURES) == {"deputy"}
    bring(city, one, "working", MONDAY)
    assert finders(city, one, Channel.FIGURES) == {"deputy", "insider"}


def test_no_task_is_found_from_outside() -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "working", MONDAY)
    for channel in Channel:
        assert gate.find(one.pk, NOBODY, channel) is None
    for channel in (Channel.PORTAL, Channel.API):
        assert finders(city, one, channel) == set()
    proved = gate.Viewer(proved=frozenset({one.pk}))
    assert gate.find(one.pk, proved, Channel.PORTAL) is None


def test_a_draft_that_was_dropped_is_never_heard_of() -> None:
    city = make_city()
    line = lines(city)[0]
    silent, told = task(city, line), task(city, line)
    take(silent.pk, "drop", city.actor("deputy"), MONDAY, reason="另有安排")
    bring(city, told, "issued", MONDAY)
    take(told.pk, "drop", city.actor("deputy"), MONDAY, reason="并入另一项")
    assert finders(city, silent, Channel.DESK) == {"deputy"}
    assert finders(city, told, Channel.DESK) == {"deputy", "insider", "colleague"}


def test_a_case_is_counted_at_one_unit_and_a_task_too() -> None:
    """The figures' clause, seen from every unit alone, adds up to the whole: nothing twice, nothing lost."""
    city = make_city()
    line = lines(city)[0]
    bring(city, task(city, line), "working", MONDAY)
    bring(city, task(city, line, unit="roads", co_units=["lamps", "schools"]), "issued", MONDAY)
    whole = Matter.objects.filter(gate.visible(city.viewer("deputy"), Channel.FIGURES))
    apart = [
        pk
        for login in ("insider", "colleague", "stranger", "accused")
        for pk in Matter.objects.filter(gate.visible(city.viewer(login), Channel.FIGURES)).values_list(
            "pk", flat=True
        )
    ]
    assert sorted(apart) == sorted(whole.values_list("pk", flat=True))
