"""What the steps of a leader's instruction do, who finds it, and what was scanned beside it."""

from __future__ import annotations

import dataclasses
import datetime as dt
from uuid import UUID

import pytest
from django.db import transaction

from tests.factories import City, make_city, take
from tests.files.pictures import located
from tests.meetings.instruction_world import GIVEN, advance_instruction, hand_out, instruction
from tests.meetings.world import MONDAY
from yipanqi.core import gate
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Term
from yipanqi.files.actions import Taken, take_in
from yipanqi.files.models import State
from yipanqi.files.queries import contents, of_seal
from yipanqi.insight import queue
from yipanqi.meetings.actions import LineDraft, lay_down_lines
from yipanqi.meetings.instruction_access import InstructionView
from yipanqi.meetings.instruction_actions import MOST_SCANS, keep_scans
from yipanqi.meetings.meeting_queries import entered, found_by, matter_numbered
from yipanqi.meetings.models import Conference, Instruction, Report
from yipanqi.meetings.papers import find_scan
from yipanqi.meetings.queries import latest_conference

pytestmark = pytest.mark.django_db


def refused(city: City, one: Conference, step: str, **told: str) -> Refused:
    assert one.matter_id is not None
    with pytest.raises(Refused) as found, transaction.atomic():
        take(one.matter_id, step, city.actor("deputy"), MONDAY, **told)
    return found.value


def scan(name: str = "批示件.jpg") -> Taken:
    return take_in(name=name, data=located(), at=MONDAY)


def keep(city: City, one: Conference, *files: Taken, login: str = "deputy", secrecy: str = "internal") -> int:
    return keep_scans(conference=one, files=files, secrecy=secrecy, by=city.actor(login), at=MONDAY)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("origin", ""),
        ("received_on", "2026-12-01"),
        ("secrecy", "secret"),
        ("secrecy", "top_secret"),
        ("secrecy", ""),
    ],
)
def test_registering_says_what_is_wrong(field: str, value: str) -> None:
    with pytest.raises(Refused) as found:
        instruction(make_city(), **{field: value})
    assert field in found.value.fields


@pytest.mark.parametrize("field", ["title", "purpose"])
def test_a_secret_is_not_registered_by_its_title_either(field: str) -> None:
    with pytest.raises(Refused) as found:
        instruction(make_city(), **{field: "机密：示例"})
    assert set(found.value.fields) == {"secrecy"}


def test_it_is_found_by_its_number_by_its_office_alone() -> None:
    city = make_city()
    one = instruction(city)
    assert one.number == f"PS{one.pk}"
    assert queue.find_number(city.viewer("deputy"), one.number) == one.matter_id
    for login in ("insider", "stranger", "clerk"):
        assert queue.find_number(city.viewer(login), one.number) is None
    assert matter_numbered(f"HY{one.pk}") is None


def test_what_was_instructed_is_kept_word_by_word_and_due_by_its_day() -> None:
    city = make_city()
    one = instruction(city)
    matter = advance_instruction(city, one, "instructed")
    one.refresh_from_db()
    kept = Instruction.objects.get(conference=one)
    assert (one.held_on, kept.post, kept.due_on) == (
        dt.date(2026, 11, 22),
        "示例副书记",
        dt.date(2026, 12, 25),
    )
    assert Report.objects.get(conference=one).original == GIVEN["text"]
    assert Term.objects.get(matter=matter, code="answer").due_effective == dt.date(2026, 12, 25)


@pytest.mark.parametrize(
    ("field", "value"), [("held_on", "2026-11-24"), ("due_on", "2026-11-22"), ("post", "")]
)
def test_an_instruction_says_what_is_wrong_with_it(field: str, value: str) -> None:
    city = make_city()
    one = instruction(city)
    advance_instruction(city, one, "proposed")
    assert field in refused(city, one, "instruct", **(GIVEN | {field: value})).fields


def test_nothing_is_distributed_before_each_requirement_has_an_issued_task() -> None:
    city = make_city()
    one = instruction(city)
    advance_instruction(city, one, "instructed")
    assert "还没有列出要求" in refused(city, one, "distribute").message
    hand_out(city, one)
    deputy = city.actor("deputy")
    more = [LineDraft("加强巡查"), LineDraft("传达学习", principle=True)]
    lay_down_lines(conference=one, lines=more, by=deputy, at=MONDAY)
    assert refused(city, one, "distribute").message == "还没有下达任务的要求：2"


def test_requirements_are_laid_down_by_its_office_once_it_was_given() -> None:
    city = make_city()
    one = instruction(city)
    with pytest.raises(Refused, match="批示以后"):
        hand_out(city, one)
    advance_instruction(city, one, "instructed")
    by = dataclasses.replace(city.actor("deputy"), viewer=dataclasses.replace(city.viewer("deputy"), capabilities={"decisions.draft": (city.units["lamps"].path,)}))  # fmt: skip
    with pytest.raises(NotAllowed):
        lay_down_lines(conference=one, lines=[LineDraft("更换路灯")], by=by, at=MONDAY)


def test_others_see_what_it_asks_once_it_is_distributed_and_never_what_it_says() -> None:
    city = make_city()
    one = instruction(city)
    advance_instruction(city, one, "instructed")
    hand_out(city, one)
    assert not found_by(city.viewer("insider")).filter(pk=one.pk).exists()
    assert found_by(city.viewer("deputy")).filter(pk=one.pk).exists()
    matter = take(one.matter_id, "distribute", city.actor("deputy"), MONDAY)  # type: ignore[arg-type]
    assert found_by(city.viewer("insider")).filter(pk=one.pk).exists()
    assert gate.find(matter.pk, city.viewer("insider"), Channel.DESK) is None
    # A day's instructions do not take the place of the conference on the board.
    assert latest_conference() is None
    assert [row.pk for row in entered(city.viewer("deputy"), instructions=True).rows] == [one.pk]


def test_a_leader_may_ask_for_more_and_what_they_wrote_first_stays() -> None:
    city = make_city()
    one = instruction(city)
    matter = advance_instruction(city, one, "reported")
    again = GIVEN | {"text": "请再核一次亮灯率。", "due_on": "2026-12-31"}
    matter = take(matter.pk, "instruct_again", city.actor("deputy"), MONDAY, **again)
    assert matter.state == "instructed"
    assert Report.objects.get(conference=one).original == GIVEN["text"]
    matter = take(matter.pk, "change_due", city.actor("deputy"), MONDAY, due_on="2027-01-08", reason="已报告")
    running = Term.objects.get(matter=matter, code="answer", state=Term.RUNNING)
    assert running.due_effective == dt.date(2027, 1, 8)


def test_a_scan_is_kept_sealed_and_shown_to_whoever_finds_the_matter() -> None:
    city = make_city()
    one = instruction(city)
    assert keep(city, one, scan()) == 1
    assert keep(city, one, scan("附件.jpg")) == 2
    one.refresh_from_db()
    assert one.seal_id is not None
    files = of_seal(one.seal_id)
    assert [file.number for file in files] == [1, 2]
    assert contents(files[0], "original") == located()
    matter, view = find_scan(files[0].pk, city.viewer("deputy")) or (None, None)
    assert matter is not None
    assert view is not None
    assert (matter.pk, view.name, view.original) == (one.matter_id, "批示件.jpg", True)
    assert find_scan(files[0].pk, city.viewer("insider")) is None
    assert find_scan(UUID(int=1), city.viewer("deputy")) is None
    shown = gate.present(matter, city.viewer("deputy"), Channel.DESK)
    assert isinstance(shown, InstructionView)
    assert [file.name for file in shown.files] == ["批示件.jpg", "附件.jpg"]


def test_no_scan_is_kept_that_is_secret_infected_one_too_many_or_anothers() -> None:
    city = make_city()
    one = instruction(city)
    for files, secrecy in (
        ([scan()], "secret"),
        ([scan("机密.jpg")], "internal"),
        ([dataclasses.replace(scan(), state=State.QUARANTINED.value)], "internal"),
        ([scan()] * (MOST_SCANS + 1), "internal"),
        ([], "internal"),
    ):
        with pytest.raises(Refused):
            keep(city, one, *files, secrecy=secrecy)
    with pytest.raises(NotAllowed):
        keep(city, one, scan(), login="insider")
    advance_instruction(city, one, "voided")
    with pytest.raises(NotAllowed):
        keep(city, one, scan())
    one.refresh_from_db()
    assert one.seal_id is None
