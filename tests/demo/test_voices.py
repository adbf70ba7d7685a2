"""The generated suggestions and claims: possible by their procedures, right in time, in every state, and readable."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from tests.demo.test_stories import CALENDAR, MOMENTS
from tests.demo.walk import Times, faults_of
from yipanqi.cases.models import anonymities
from yipanqi.cases.procedure import CLAIM, PROCEDURES, SUGGESTION
from yipanqi.core.procedure import Procedure
from yipanqi.demo.city import SEED, city
from yipanqi.demo.plots import OLDEST
from yipanqi.demo.schedule import Schedule
from yipanqi.demo.shapes import Story
from yipanqi.demo.voices import generate_voices

KINDS = pytest.mark.parametrize("procedure", [SUGGESTION, CLAIM], ids=lambda procedure: procedure.code)


@pytest.fixture(scope="module")
def voices() -> list[Story]:
    return list(generate_voices(SEED, 4000))


def of(procedure: Procedure, voices: list[Story]) -> list[Story]:
    return [story for story in voices if story.order.kind == procedure.code]


def test_eight_in_a_hundred_are_suggestions_and_six_are_claims(voices: list[Story]) -> None:
    assert (len(of(SUGGESTION, voices)), len(of(CLAIM, voices))) == (320, 240)
    assert list(generate_voices(SEED, 4000)) == voices
    shorter = list(generate_voices(SEED, 100))
    assert [story for story in voices if story.key in {s.key for s in shorter}] == shorter


@KINDS
def test_they_are_possible_by_the_procedure_and_end_in_every_state(
    procedure: Procedure, voices: list[Story]
) -> None:
    found = of(procedure, voices)
    for story in found:
        assert faults_of(procedure, story.events, story.ends, story.pending) == [], story.key
    # What was handled long ago is imported, not lived; reviews are told by hand (yipanqi/demo/reviews.py).
    assert {story.ends for story in found} == set(procedure.state) - {"recorded", "reviewing", "not_accepted"}
    assert {story.pending for story in found} == {None, "return", "extension"}
    assert {story.order.anonymity for story in found} == {str(a) for a in anonymities(procedure.code)}


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.strftime("%m-%d %H:%M"))
def test_they_are_right_in_time_whenever_the_demo_is_built(now: datetime, voices: list[Story]) -> None:
    by_code = {procedure.code: procedure for procedure in PROCEDURES}
    schedule = Schedule(now, CALENDAR.is_working)
    for story in voices:
        times = Times(by_code[story.order.kind], schedule, CALENDAR)
        for event in story.events:
            times.take(event)
        assert times.faults == [], story.key
        assert times.late(now) - {"evaluate", "ask_review"} == set(), story.key
        assert times.missed == set(), story.key
        assert schedule.at(story.events[-1]) < now
        assert min(event.day_offset for event in story.events) >= OLDEST


def test_a_head_decides_what_the_unit_asks_for_itself(voices: list[Story]) -> None:
    heads = {member.unit for member in city().staff if "unit_head" in member.roles}
    decided = [e for s in voices for e in s.events if e.actor == "head"]
    assert decided
    assert {event.unit for event in decided} <= heads


def test_texts_are_filled_in_and_fit(voices: list[Story]) -> None:
    for story in voices:
        texts = [story.order.title, story.order.text, story.title_en]
        texts += [str(a) for e in story.events for a in e.answers.values() if isinstance(a, str)]
        for text in texts:
            assert not re.search(r"[{}]|。。|，。|；。|  ", text), text
        assert 0 < len(story.order.title) <= 60
        assert (story.order.resident is None) == (story.order.anonymity == "anonymous"), story.key
