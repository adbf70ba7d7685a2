"""The fourteen written stories and the mass: possible by the procedure, right in time, and readable."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from tests.demo.walk import Times, faults_of
from yipanqi.cases.procedure import ORDER, PROCEDURES
from yipanqi.core.counting import SHANGHAI, Calendar
from yipanqi.core.holidays import seed_exceptions
from yipanqi.demo.categories import leaves
from yipanqi.demo.city import SEED, city
from yipanqi.demo.mass import generate_mass
from yipanqi.demo.plots import OLDEST, PLOTS
from yipanqi.demo.publishing import let_read
from yipanqi.demo.schedule import Schedule
from yipanqi.demo.shapes import Answer, City, Event, Story
from yipanqi.text.privacy import identifying

CALENDAR = Calendar(exceptions=seed_exceptions([2025, 2026]), published_years=[2025, 2026], version="test")

# An ordinary Tuesday at noon and early in the morning, a Sunday, within and after the long holidays, a Saturday
# on which people work, the last day of the year, and a year whose notice is not published.
BY_CODE = {procedure.code: procedure for procedure in PROCEDURES}
MOMENTS = [
    datetime(2026, 11, 24, 12, tzinfo=SHANGHAI),
    datetime(2026, 11, 24, 0, 5, tzinfo=SHANGHAI),
    datetime(2026, 11, 22, 21, tzinfo=SHANGHAI),
    datetime(2026, 2, 19, 9, tzinfo=SHANGHAI),
    datetime(2026, 2, 24, 8, tzinfo=SHANGHAI),
    datetime(2026, 10, 8, 10, tzinfo=SHANGHAI),
    datetime(2026, 10, 10, 23, 55, tzinfo=SHANGHAI),
    datetime(2026, 12, 31, 17, tzinfo=SHANGHAI),
    datetime(2027, 2, 8, 9, tzinfo=SHANGHAI),
]


@pytest.fixture(scope="module")
def jinan() -> City:
    return city()


@pytest.fixture(scope="module")
def mass() -> list[Story]:
    return list(generate_mass(SEED, 1500))


def _times(story: Story, now: datetime) -> Times:
    times = Times(BY_CODE[story.order.kind], Schedule(now, CALENDAR.is_working), CALENDAR)
    for event in story.events:
        times.take(event)
    return times


def test_there_are_ten_written_orders_at_the_stages_the_issue_names_and_four_voices(
    jinan: City,
) -> None:
    ends = {story.key: story.ends for story in jinan.stories}
    assert ends == {
        "overdue": "handling", "returned-twice": "forwarded", "awaiting-submitter": "asked", "on-hold": "on_hold",
        "not-solved": "served", "second-handling": "handling", "late-answer": "served", "satisfied": "closed",
        "anonymous": "handling", "redirected": "redirected",
        "suggestion-adopted": "closed", "claim-upheld": "closed",
        "claim-assigned": "handling", "claim-disputed": "forwarded",
    }  # fmt: skip
    kinds = {story.key: story.order.kind for story in jinan.stories if story.order.kind != "order"}
    claims = dict.fromkeys(("claim-upheld", "claim-assigned", "claim-disputed"), "claim")
    assert kinds == {"suggestion-adopted": "suggestion"} | claims
    assert {story.key: story.pending for story in jinan.stories if story.pending} == {
        "claim-disputed": "dispute"
    }
    assert [story.key for story in jinan.stories if story.late] == ["overdue"]


def test_stories_are_possible_by_the_procedure(jinan: City, mass: list[Story]) -> None:
    for story in (*jinan.stories, *mass):
        procedure = BY_CODE[story.order.kind]
        assert faults_of(procedure, story.events, story.ends, story.pending) == [], story.key


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.strftime("%m-%d %H:%M"))
def test_stories_are_right_in_time_whenever_the_demo_is_built(
    now: datetime, jinan: City, mass: list[Story]
) -> None:
    for story in (*jinan.stories, *mass[:400]):
        times = _times(story, now)
        assert times.faults == [], story.key
        assert times.late(now) - {"evaluate"} == _expected_late(story), story.key


def _expected_late(story: Story) -> set[str]:
    waits = {"registered": "route", "forwarded": "accept", "handling": "answer", "answered": "audit"}
    return {waits[story.ends]} if story.late else set()


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.strftime("%m-%d %H:%M"))
def test_windows_of_the_written_stories_are_open(now: datetime, jinan: City) -> None:
    for story in jinan.stories:
        assert _times(story, now).late(now) == ({"answer"} if story.late else set()), story.key


def test_the_late_answer_was_late_and_the_others_were_not(jinan: City) -> None:
    missed = {story.key: _times(story, MOMENTS[0]).missed for story in jinan.stories}
    assert missed.pop("late-answer") == {"answer"}
    # The extension was granted before the limit passed, the canteen's second answer came on the last day.
    assert {key: sorted(terms) for key, terms in missed.items() if terms} == {}


def test_events_follow_each_other_and_lie_in_the_past(jinan: City, mass: list[Story]) -> None:
    for now in MOMENTS:
        schedule = Schedule(now, CALENDAR.is_working)
        for story in (*jinan.stories, *mass[:200]):
            moments = [schedule.at(event) for event in story.events]
            assert all(a < b for a, b in itertools.pairwise(moments)), story.key
            assert moments[-1] < now, story.key


def test_staff_work_by_day(jinan: City, mass: list[Story]) -> None:
    for story in (*jinan.stories, *mass):
        assert all(7 <= e.hour < 18 for e in story.events if e.actor not in ("submitter", "system")), (
            story.key
        )


def test_day_zero_is_the_last_working_day_that_is_over() -> None:
    schedule = Schedule(datetime(2026, 2, 19, 9, tzinfo=SHANGHAI), CALENDAR.is_working)
    assert schedule.day(0) == date(2026, 2, 14)  # a Saturday on which people worked, before the long holiday
    assert schedule.day(-1) == date(2026, 2, 13)
    assert schedule.day(1) == date(2026, 2, 24)
    assert schedule.at(Event(-1, 9, "register", "submitter", minute=30)) == datetime(
        2026, 2, 13, 9, 30, tzinfo=SHANGHAI
    )


def test_a_schedule_needs_an_aware_now_and_a_calendar_with_working_days() -> None:
    with pytest.raises(ValueError, match="aware"):
        Schedule(datetime(2026, 2, 19, 9), CALENDAR.is_working)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no working day"):
        Schedule(MOMENTS[0], lambda _day: False)


def test_a_few_let_others_read_them_and_all_but_one_are_published(jinan: City, mass: list[Story]) -> None:
    told = list(let_read(mass))
    open_to_all = [s for s in (*jinan.stories, *told) if any(e.step == "consent" for e in s.events)]
    published = [s for s in open_to_all if s.events[-1].step == "publish"]
    assert (len(open_to_all), len(published)) == (7, 6)
    assert {story.order.kind for story in published} == {"order", "suggestion", "claim"}
    for story in open_to_all:
        assert faults_of(BY_CODE[story.order.kind], story.events, story.ends, None) == [], story.key
        for now in MOMENTS:
            assert _times(story, now).faults == [], story.key
            moments = [Schedule(now, CALENDAR.is_working).at(event) for event in story.events]
            assert all(a < b for a, b in itertools.pairwise(moments)), story.key
            assert moments[-1] < now, story.key
    words = [str(answer) for story in published for answer in story.events[-1].answers.values()]
    assert [found for text in words for found in identifying(text)] == []
    assert [text for text in words if re.search("号楼|单元|小区|花园|社区", text)] == []
    # Nothing else changes: a longer mass begins with the shorter one.
    assert [s for s in told if s not in open_to_all] == [
        s for s in mass if s.key not in {o.key for o in open_to_all}
    ]


def test_units_act_in_the_part_they_have(jinan: City, mass: list[Story]) -> None:
    handlers = {member.unit for member in jinan.staff if "handler" in member.roles}
    for story in (*jinan.stories, *mass):
        lead: Answer | None = None
        co_units: tuple[str, ...] = ()
        for event in story.events:
            wanted: dict[str, set[Answer | None]] = {
                "submitter": {None},
                "system": {None},
                "lead": {lead},
                "head": {lead},
                "co": {*co_units},
            }
            assert event.unit in wanted.get(event.actor, {"hotline"}), (story.key, event)
            if event.step in ("route", "assign"):
                lead, listed = event.answers["unit"], event.answers["co_units"]
                assert isinstance(listed, tuple)
                co_units = listed
                assert {lead, *co_units} <= handlers
                assert lead not in co_units
                assert "hotline" not in (lead, *co_units)


def test_roles_of_the_demo_may_do_what_the_stories_let_them(jinan: City, mass: list[Story]) -> None:
    capabilities = {role.code: role.capabilities for role in jinan.roles}
    played_by = {
        "clerk": "intake_clerk", "auditor": "auditor", "sender": "auditor", "callback": "callback_officer",
        "lead": "handler", "co": "handler", "head": "unit_head",
    }  # fmt: skip
    for story in (*jinan.stories, *mass):
        for event in story.events:
            if event.actor in played_by:
                step = BY_CODE[story.order.kind].step[event.step]
                assert step.needs in capabilities[played_by[event.actor]], event


def test_categories_and_places_exist(jinan: City, mass: list[Story]) -> None:
    areas = {area.code for area in jinan.areas}
    known = set(jinan.residents)
    for story in (*jinan.stories, *mass):
        assert story.order.area in areas
        assert story.order.category is None or story.order.category in leaves()
        assert story.order.resident is None or story.order.resident in known
        for event in story.events:
            if event.step == "clear":
                assert event.answers["category"] in leaves()
                assert event.answers["area"] in areas


def test_anonymous_is_nobody_and_only_they(jinan: City, mass: list[Story]) -> None:
    for story in (*jinan.stories, *mass):
        assert (story.order.resident is None) == (story.order.anonymity == "anonymous"), story.key
        if story.order.at_desk and story.order.resident is None:
            # A secret that a clerk has seen does not judge, and nobody can be called back.
            assert not {"evaluate", "record_verdict"} & {event.step for event in story.events}, story.key


def test_the_summary_of_the_anonymous_story_does_not_give_the_writer_away(jinan: City) -> None:
    story = next(story for story in jinan.stories if story.key == "anonymous")
    for giveaway in ("只有我", "就我一个", "洗碗", "厨师长", "外省", "三个月"):
        assert all(giveaway not in str(e.answers.get("text", "")) for e in story.events)
    assert "洗碗" in story.order.text


def test_the_mass_has_every_plot_every_channel_and_mostly_ends(mass: list[Story]) -> None:
    ended = sum(not ORDER.state[story.ends].open for story in mass)
    assert 0.52 < ended / len(mass) < 0.68
    assert {story.ends for story in mass} == set(ORDER.state) - {"recorded"}
    assert {story.pending for story in mass} == {None, "return", "extension", "hold"}
    assert {story.order.channel for story in mass} == {"portal", "phone", "visit", "paper"}
    assert {story.order.anonymity for story in mass} == {"named", "hidden", "anonymous"}
    assert 0.01 < sum(story.late for story in mass) / len(mass) < 0.08
    assert min(event.day_offset for story in mass for event in story.events) >= OLDEST
    categories = Counter(
        str(event.answers["category"]) for s in mass for event in s.events if event.step == "clear"
    )
    assert set(categories) == set(leaves())
    assert len({story.order.area for story in mass}) > 150


def test_the_weights_of_the_plots_are_thousandths() -> None:
    assert sum(plot.weight for plot in PLOTS) == 1000


def test_a_longer_mass_begins_with_the_shorter_one(mass: list[Story]) -> None:
    assert list(generate_mass(SEED, 20)) == mass[:20]
    assert list(generate_mass(SEED + 1, 20)) != mass[:20]


def test_texts_are_filled_in_and_fit(jinan: City, mass: list[Story]) -> None:
    for story in (*jinan.stories, *mass):
        texts = [story.order.title, story.order.text, story.title_zh, story.title_en]
        texts += [str(a) for e in story.events for a in e.answers.values() if isinstance(a, str)]
        for text in texts:
            assert not re.search(r"[{}]|。。|，。|；。|  ", text), text
        assert 0 < len(story.order.title) <= 60
        assert len(story.order.text) <= 5000


def test_the_mass_does_not_repeat_itself(mass: list[Story]) -> None:
    texts = Counter(story.order.text for story in mass)
    assert len(texts) / len(mass) > 0.98


def test_the_oldest_are_sixty_days_old() -> None:
    now = datetime(2026, 9, 1, 12, tzinfo=SHANGHAI)  # two months without a holiday
    assert now.date() - Schedule(now, CALENDAR.is_working).day(OLDEST) <= timedelta(days=60)
