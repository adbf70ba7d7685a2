"""What the demo city's office follows up, built as the demo builds it, without its cases: each of it at the stage that its
page is shown at, and the same whenever the demo is built."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils.translation import override

from tests.demo.test_stories import CALENDAR, MOMENTS
from tests.standing import standing
from yipanqi.core.gate import Viewer
from yipanqi.demo import load
from yipanqi.demo.city import city
from yipanqi.demo.follow_up import MECHANISM
from yipanqi.demo.schedule import SHANGHAI, Schedule
from yipanqi.files.queries import of_seal
from yipanqi.insight import approvals
from yipanqi.meetings.exchanges import exchanges
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.mechanisms import problems_before
from yipanqi.meetings.models import Conference, Task
from yipanqi.meetings.plan_models import Plan
from yipanqi.meetings.queries import latest_conference, years_without_goal

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOW = dt.datetime(2026, 11, 26, 12, tzinfo=SHANGHAI)


def built(now: dt.datetime) -> dict[str, Viewer]:
    loader = load.Loader(city(load.SEED), Schedule(now, CALENDAR.is_working))
    with override("zh-hans"):
        load._organise(loader)
        load._people(loader)
        load._meet(loader)
    return loader.viewers


@standing
def town() -> dict[str, Viewer]:
    return built(NOW)


def test_of_two_plans_one_is_issued_and_one_unit_agrees_disputes_and_is_silent_about_the_other() -> None:
    viewers = town()
    issued, asked = Plan.objects.select_related("matter").order_by("number")
    assert (issued.matter.state, asked.matter.state) == ("issued", "consulting")
    assert issued.document_number.startswith("示社发〔2026〕")
    assert {task.matter.state for task in issued.tasks.select_related("matter")} == {"working"}
    answers = dict(asked.opinions.values_list("unit__code", "answer"))
    assert answers == {"civil-affairs": "agrees", "youth-league": "disputes", "city-management": ""}
    assert asked.pk in [one.row.id for one in approvals.page(viewers["deputy"], NOW).waiting]


def test_the_great_conference_stays_the_one_the_board_shows() -> None:
    town()
    latest = latest_conference()
    assert latest is not None
    assert latest.lines.count() == 13


def test_an_instruction_is_in_hand_with_its_scan_and_its_task() -> None:
    town()
    one = Conference.objects.select_related("matter", "instruction").get(kind="instruction")
    assert one.matter is not None
    assert one.matter.state == "distributed"
    assert one.matter.due_at is not None
    assert len(of_seal(one.seal_id)) == 1 if one.seal_id else False
    assert [task.matter.state for task in Task.objects.filter(line__conference=one)] == ["working"]


def test_the_mechanisms_next_meeting_begins_with_what_is_open_before_it() -> None:
    viewers = town()
    mechanism = Mechanism.objects.get(name=MECHANISM)
    [problem] = problems_before(mechanism, viewers["drafter"])
    [meeting] = mechanism.meetings.all()
    assert [problem.part.asked[:20] in item.title for item in meeting.agenda.all()] == [True]
    assert meeting.invitations.count() == mechanism.memberships.count() == 5


def test_experience_is_shared_and_the_standing_duty_has_its_goal_of_the_year() -> None:
    town()
    [told], _more = exchanges()
    assert told.unit is not None
    assert told.unit.code == "youth-league"
    goal = Task.objects.get(year__isnull=False)
    assert (goal.matter.state, goal.year) == ("working", 2026)
    assert years_without_goal(goal.line, NOW.date()) == []


# In the holidays, on the last day of a year, and soon after a new one began.
@pytest.mark.parametrize("now", [MOMENTS[n] for n in (3, 7, 8)], ids=lambda now: now.strftime("%m-%d %H:%M"))
def test_it_is_built_at_any_moment(now: dt.datetime) -> None:
    built(now)
    assert Plan.objects.filter(matter__state="consulting").count() == 1
