"""The figures of the whole city's board against a naive count through the gate, before and after the rollup has counted."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.factories import City, make_city, take
from tests.meetings.world import MONDAY, bring, days, lines, task
from tests.standing import standing
from yipanqi.core import gate, ledger
from yipanqi.core.gate import NOBODY, Channel, Viewer
from yipanqi.core.models import Matter
from yipanqi.insight import actions, city as boards, rollup, tasklists
from yipanqi.insight.board import board, lines_now
from yipanqi.insight.city import Chosen, Lights, matrix, tasks_now, top_of
from yipanqi.insight.models import TaskHelp, TaskStanding
from yipanqi.meetings.lights import SHADES, light_of
from yipanqi.meetings.models import Line, Task
from yipanqi.meetings.queries import problems_of
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db

LATER = MONDAY + days(13)
STATES = ("drafted", "issued", "working", "closing", "closed")


@standing
def make_world() -> City:
    """Tasks in every state at three units, some helped, under lines of two themes."""
    city = make_city(MONDAY)
    first, second, third = lines(city, "改进路灯维修", "办好学校", "整治广告牌")
    for n in range(15):
        unit = ("lamps", "schools", "roads")[n % 3]
        helpers = ["roads"] if unit == "lamps" else ["lamps"] if n % 2 else []
        due = dt.date(2026, 12, 1 + n)
        one = task(
            city, (first, second)[n % 2], unit=unit, co_units=helpers, due_on=due, milestones=[("摸底", due)]
        )
        bring(city, one, STATES[n // 3], MONDAY)
    dropped = task(city, third)
    bring(city, dropped, "working", MONDAY)
    take(dropped.pk, "drop", city.actor("deputy"), MONDAY, reason="不办了")
    return city


@pytest.fixture
def world() -> City:
    return make_world()


def shades(tasks: list[Task], at: dt.datetime) -> Lights:
    found: Lights = Counter()
    for one in tasks:
        stones = list(one.milestones.order_by("number"))
        light = light_of(one, one.matter, stones, at, problems_of([one]).get(one.pk))
        found["deferred" if light.deferred else "problem" if light.problem else light.colour] += 1
    return found


def naive(viewer: Viewer) -> list[Task]:
    clause = gate.visible(viewer, Channel.FIGURES, procedures=("task",))
    return list(
        Task.objects.filter(matter__in=Matter.objects.filter(clause)).select_related("matter", "line")
    )


def unit_of(one: Task) -> Any:
    parts = {part.role: part.unit for part in Part.objects.filter(matter=one.pk, until__isnull=True)}
    return parts[Part.SENDER] if one.matter.state == "drafted" else parts.get(Part.LEAD, parts[Part.SENDER])


def check(city: City, at: dt.datetime) -> None:
    for login in ("deputy", "insider", "colleague", "stranger", "clerk"):
        viewer = city.viewer(login)
        mine = naive(viewer)
        tasks = tasks_now(viewer, at)
        assert tasks.counted_at is None
        found = matrix(tasks, top_of(viewer))
        assert found.whole == shades(mine, at), login
        for row in found.rows:
            own = [one for one in mine if unit_of(one) == row.unit]
            assert row.whole == shades(own, at)
            for theme, _name in found.themes:
                assert row.cells.get(theme, Counter()) == shades(
                    [t for t in own if t.line.theme == theme], at
                )
        for light in ("red", "yellow", "green", "grey", "blue"):
            page = tasklists.page(tasks, Chosen(light=light))
            assert all(row.light.colour == light for row in page.rows)
            assert len(page.rows) == sum(
                found.whole[shade] for shade, colour in SHADES.items() if colour == light
            )
        check_lines(viewer, at)
        # Joint work is found from both sides: by who leads and by who helps.
        pairs = Counter(
            (unit_of(one).code, part.unit.code)
            for one in Task.objects.select_related("matter")
            if one.matter.open and one.matter.state != "drafted"
            for part in Part.objects.filter(matter=one.pk, role=Part.CO, until__isnull=True)
            if one in mine or viewer.reaches("board.see", part.unit.path)
        )
        shown = {(p.lead.code, p.helper.code): p.tasks for p in boards.joint_work(tasks, "/city/").pairs}
        assert shown == dict(pairs)


def check_lines(viewer: Viewer, at: dt.datetime) -> None:
    """The board of a conference sums in the database what a page that lists its tasks sums task by task. Who sees no
    board is shown the tasks of their own desk there, and no figure."""
    conference = Line.objects.earliest("pk").conference
    listed = lines_now(conference, viewer, at).rows
    if not viewer.has("board.see"):
        listed = [
            replace(row, lights=Counter(), units=[], led=False, next_on=None, nodes=(0, 0)) for row in listed
        ]
    summed = board(conference, viewer, at).lines
    for one, other in zip(summed, listed, strict=True):
        assert (one.lights, one.units, one.more_units, one.led) == (
            other.lights, other.units, other.more_units, other.led
        )  # fmt: skip
        assert (one.nodes, one.next_on) == (other.nodes, other.next_on)


def test_figures_are_those_of_a_naive_count_before_during_and_after_counting(world: City) -> None:
    check(world, MONDAY)
    check(world, LATER)
    assert not TaskStanding.objects.exists()
    ledger.sequence()
    actions.advance(at=LATER)
    assert TaskStanding.objects.count() == Task.objects.count()
    for later in (0, 5, 13, 20):
        check(world, MONDAY + days(later))
    # What moves next is taken out of its old place and shown in its new one, and so again when it is counted.
    one = Task.objects.filter(matter__state="working").first()
    assert one is not None
    take(one.pk, "progress", world.actor("insider"), MONDAY, milestone="1", text="摸底完成")
    check(world, LATER)
    bring(world, one, "closing", MONDAY)
    check(world, LATER)
    ledger.sequence()
    actions.advance(at=LATER)
    check(world, LATER)


def test_a_closed_task_is_no_joint_work_any_more(world: City) -> None:
    ledger.sequence()
    actions.advance(at=LATER)
    kept = set(TaskHelp.objects.values_list("task__matter__state", flat=True))
    assert kept == {"issued", "working", "closing"}


def test_nobody_from_outside_sees_a_task(world: City) -> None:
    for viewer in (NOBODY, world.viewer("clerk"), world.viewer("sysadmin"), world.viewer("accused")):
        tasks = tasks_now(viewer, LATER)
        assert matrix(tasks, "/city/").rows == []
        assert tasklists.page(tasks, Chosen()).rows == []
        assert boards.joint_work(tasks, "/city/").pairs == []


def test_a_list_is_paged_by_date_through_what_is_counted_and_what_is_not(world: City) -> None:
    ledger.sequence()
    actions.advance(at=LATER)
    one = Task.objects.filter(matter__state="issued").first()
    assert one is not None
    take(one.pk, "receive", world.actor("insider"), MONDAY)
    tasks = tasks_now(world.viewer("deputy"), LATER)
    assert tasks.fresh
    whole = [row.task.pk for row in tasklists.page(tasks, Chosen()).rows]
    there, after, before = [], None, None
    while True:
        page = tasklists.page(tasks, Chosen(), after=after, size=4)
        there += [row.task.pk for row in page.rows]
        if page.next is None:
            break
        after, before = page.next, page.previous
    assert there == whole == list(Task.objects.order_by("due_on", "pk").values_list("pk", flat=True))
    back = tasklists.page(tasks, Chosen(), before=before, size=4)
    assert [row.task.pk for row in back.rows] == whole[whole.index(back.rows[0].task.pk) :][:4]


def test_quarters_count_what_falls_due_in_them(world: City) -> None:
    tasks = tasks_now(world.viewer("deputy"), LATER)
    whole = Chosen(since=dt.date(2026, 10, 1), until=dt.date(2027, 9, 30))
    late = sum(light == "red" for light in shades(naive(world.viewer("deputy")), LATER).elements())
    counted = tasklists.by_quarter(tasks, whole)
    assert counted == {dt.date(2026, 10, 1): (Task.objects.count(), late)}
    ledger.sequence()
    actions.advance(at=LATER)
    assert tasklists.by_quarter(tasks_now(world.viewer("deputy"), LATER), whole) == counted


def test_a_board_that_is_behind_says_of_when_it_speaks(world: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollup, "MOST_WAITING", 2)
    assert tasks_now(world.viewer("deputy"), LATER).counted_at == LATER


def test_conferences_show_the_lights_of_their_tasks_and_lines(world: City) -> None:
    rows, following = tasklists.conferences(tasks_now(world.viewer("deputy"), LATER))
    assert following is None
    [row] = rows
    assert row.tasks == shades(naive(world.viewer("deputy")), LATER)
    assert [light.colour for _line, light in row.lines if light] == ["red", "red", "grey"]
