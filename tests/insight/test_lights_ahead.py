"""The light that is known ahead, in Python and in the database, is the one that `light_of` says, whatever state and dates a task has."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st

from tests.factories import make_city
from tests.meetings.world import DUE, MONDAY, bring, lines, task
from yipanqi.core.counting import end_of
from yipanqi.core.models import Matter
from yipanqi.insight.models import TaskStanding
from yipanqi.insight.tasks import task_standings
from yipanqi.meetings.lights import SHADES, light_of, lights_in_sql, shown_as, turns_of
from yipanqi.meetings.models import Milestone, Task
from yipanqi.meetings.queries import problems_of
from yipanqi.organisations.models import Part

TODAY = dt.date(2026, 12, 1)
NOON = dt.datetime(2026, 12, 1, 4, tzinfo=dt.UTC)
AROUND = st.integers(-12, 12).map(lambda n: TODAY + dt.timedelta(n))
COLOURS = sorted(set(SHADES.values()))
STATES = ("drafted", "issued", "working", "closing", "closed", "dropped")


@st.composite
def tasks(draw: st.DrawFn) -> dict[str, Any]:
    """How a task stands: the days of everything lie around today, where lights change."""
    state = draw(st.sampled_from(STATES))
    due_on = draw(AROUND)
    begun = draw(st.none() | st.integers(0, 20).map(lambda n: due_on - dt.timedelta(n)))
    limit = st.builds(end_of, AROUND) | st.sampled_from([NOON, NOON - dt.timedelta(seconds=1)])
    return {
        "state": state,
        "due_at": None if state in ("closed", "dropped") else draw(st.none() | limit),
        "due_on": due_on,
        "issued_on": begun,
        "deferred_from": draw(st.none() | st.just(due_on - dt.timedelta(1))),
        "milestones": draw(st.lists(st.tuples(AROUND, st.booleans()), max_size=4)),
        "problem": draw(st.none() | st.booleans()),
    }


def stands(pk: UUID, how: dict[str, Any]) -> None:
    """Puts a task, whose milestones are as many, into such a place."""
    is_open = how["state"] not in ("closed", "dropped")
    Matter.objects.filter(pk=pk).update(
        state=how["state"],
        open=is_open,
        closed_at=None if is_open else NOON,
        due_at=how["due_at"],
        holder=None,
    )
    Task.objects.filter(pk=pk).update(
        **{name: how[name] for name in ("due_on", "issued_on", "deferred_from")}
    )
    for number, (day, done) in enumerate(how["milestones"], start=1):
        stone = Milestone.objects.filter(task=pk, number=number)
        assert stone.update(due_on=day, done_at=NOON if done else None)
    problem = how["problem"] is not None
    asked = Part.objects.filter(matter=pk, role=Part.CO)
    assert asked.update(
        problem=problem, due_at=NOON if problem else None, done_at=NOON if how["problem"] else None
    )


@pytest.mark.django_db
def test_a_light_known_ahead_is_the_light_of_the_day() -> None:
    city = make_city(MONDAY)
    line = lines(city)[0]
    by_stones = [
        task(city, line, milestones=[(f"节点{number}", DUE) for number in range(count)]).pk
        for count in range(5)
    ]
    for pk in by_stones:
        bring(city, Task.objects.get(pk=pk), "working", MONDAY)

    @settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
    @given(tasks())
    @example({"state": "working", "due_at": None, "due_on": TODAY, "issued_on": TODAY - dt.timedelta(9),
              "deferred_from": None, "milestones": [(TODAY, True), (TODAY, False), (TODAY, False)], "problem": None})  # fmt: skip
    def same(how: dict[str, Any]) -> None:
        pk = by_stones[len(how["milestones"])]
        stands(pk, how)
        found = Task.objects.select_related("matter").get(pk=pk)
        stones, problem = list(found.milestones.order_by("number")), problems_of([found]).get(pk)
        turns = turns_of(found, found.matter, stones, problem)
        for day in range(-14, 15):
            at = NOON + dt.timedelta(day)
            light, shade = light_of(found, found.matter, stones, at, problem), turns.at(at)
            assert (SHADES[shade], shade == "deferred", shade == "problem") == (
                light.colour,
                light.deferred,
                light.problem,
            )
        TaskStanding.objects.bulk_create(
            task_standings([pk]).values(),
            update_conflicts=True,
            unique_fields=["matter"],
            update_fields=["shade", "yellow_on", "red_at"],
        )
        row = TaskStanding.objects.annotate(light=lights_in_sql(NOON)).get(pk=pk)
        colours = [c for c in COLOURS if TaskStanding.objects.filter(shown_as(c, NOON), pk=pk).exists()]
        assert (row.light, colours) == (turns.at(NOON), [SHADES[turns.at(NOON)]])

    same()
