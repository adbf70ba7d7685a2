"""The generated conference: lines, tasks at their stages, and what they are bound to."""

from __future__ import annotations

import itertools

import pytest

from tests.demo.test_stories import CALENDAR, MOMENTS
from tests.demo.walk import Times, faults_of
from yipanqi.demo.categories import branches, leaves
from yipanqi.demo.city import city
from yipanqi.demo.schedule import Schedule
from yipanqi.demo.shapes import City, TaskSeed
from yipanqi.meetings.procedure import TASK


@pytest.fixture(scope="module")
def jinan() -> City:
    return city()


def _tasks(jinan: City) -> list[TaskSeed]:
    return [task for line in jinan.conference.lines for task in line.tasks]


def _times(task: TaskSeed, schedule: Schedule) -> Times:
    times = Times(TASK, schedule, CALENDAR, own_dates={"work": task.due_offset})
    for event in task.events:
        times.take(event)
    return times


def test_lines_are_numbered_and_a_principle_takes_no_task(jinan: City) -> None:
    lines = jinan.conference.lines
    assert [line.number for line in lines] == list(range(1, len(lines) + 1))
    assert len(lines) == 13
    assert len(_tasks(jinan)) == 22
    assert all(bool(line.tasks) != line.principle for line in lines)
    assert all(line.text_en and line.theme_en and len(line.text_zh) <= 300 for line in lines)


def test_tasks_are_possible_by_the_procedure(jinan: City) -> None:
    for task in _tasks(jinan):
        assert faults_of(TASK, task.events, task.ends, None) == [], task.key
        assert len(task.title_zh) <= 60
    assert {task.ends for task in _tasks(jinan)} == set(TASK.state)


def test_tasks_stand_at_every_stage_the_board_shows(jinan: City) -> None:
    tasks = {task.key: task for task in _tasks(jinan)}
    assert {key for key, task in tasks.items() if task.late} == {
        "warm-stations",
        "grid-training",
        "property-oversight",
    }
    assert any(event.step == "send_back" for task in tasks.values() for event in task.events)
    behind = {
        key
        for key, task in tasks.items()
        if task.ends == "working" and not task.late
        for number, milestone in enumerate(task.milestones)
        if milestone.due_offset < 0
        and not any(e.step == "progress" and e.answers.get("milestone") == number for e in task.events)
    }
    assert behind == {"back-street-lights", "unpaid-wages"}


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.strftime("%m-%d %H:%M"))
def test_tasks_are_right_in_time_whenever_the_demo_is_built(now: object, jinan: City) -> None:
    schedule = Schedule(now, CALENDAR.is_working)  # type: ignore[arg-type]
    for task in _tasks(jinan):
        times = _times(task, schedule)
        assert times.faults == []
        assert bool(times.late(now)) == task.late, task.key  # type: ignore[arg-type]
        moments = [schedule.at(event) for event in task.events]
        assert all(a < b for a, b in itertools.pairwise(moments)), task.key
        assert moments[0].date() > schedule.day(jinan.conference.day_offset)
        assert moments[-1] < now  # type: ignore[operator]


def test_tasks_name_units_that_have_a_handler_and_never_the_issuer(jinan: City) -> None:
    handlers = {member.unit for member in jinan.staff if "handler" in member.roles}
    for task in _tasks(jinan):
        units = (task.lead, *task.co_units)
        assert set(units) <= handlers
        assert len(set(units)) == len(units)
        assert jinan.conference.convener not in units  # who checks the work does not do it
        for event in task.events:
            wanted = {"lead": task.lead, "co": task.co_units[0] if task.co_units else None}
            assert event.unit == wanted.get(event.actor, jinan.conference.convener)


def test_roles_of_the_demo_may_do_what_the_tasks_let_them(jinan: City) -> None:
    capabilities = {role.code: role.capabilities for role in jinan.roles}
    played_by = {"drafter": "decision_drafter", "sender": "leader", "lead": "handler", "co": "handler"}
    for task in _tasks(jinan):
        for event in task.events:
            assert TASK.step[event.step].needs in capabilities[played_by[event.actor]], event


def test_progress_names_milestones_of_its_task_once(jinan: City) -> None:
    for task in _tasks(jinan):
        done = [e.answers["milestone"] for e in task.events if "milestone" in e.answers]
        assert len(set(done)) == len(done)
        assert set(done) <= set(range(len(task.milestones)))
        dues = [milestone.due_offset for milestone in task.milestones]
        assert dues == sorted(dues)
        assert all(due <= task.due_offset for due in dues)


def test_bindings_name_categories_and_areas_that_exist(jinan: City) -> None:
    areas = {area.code for area in jinan.areas}
    known = {*leaves(), *(branch.code for branch in branches())}
    bindings = [binding for line in jinan.conference.lines for binding in line.bindings]
    assert len(bindings) > 10
    assert all(binding.category in known for binding in bindings)
    assert all(binding.area is None or binding.area in areas for binding in bindings)


def test_people_of_the_conference_appear_by_post(jinan: City) -> None:
    assert jinan.conference.convener in {unit.code for unit in jinan.units}
    for post in (jinan.conference.chair_zh, *jinan.conference.present_zh):
        assert any(word in post for word in ("书记", "主任", "主席", "负责人", "代表", "市长"))


def test_a_part_stands_after_the_task_it_is_part_of_and_ends_no_later(jinan: City) -> None:
    for line in jinan.conference.lines:
        before: dict[str, TaskSeed] = {}
        for task in line.tasks:
            if task.under:
                assert task.due_offset <= before[task.under].due_offset
                assert task.events[0].day_offset >= before[task.under].events[0].day_offset
            before[task.key] = task
    assert sum(bool(task.under) for task in _tasks(jinan)) == 2
