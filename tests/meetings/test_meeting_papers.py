"""Files of a meeting's papers: kept, opened by the invited alone, replaced and withdrawn by steps that leave a trace."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from django.db import transaction

from tests.factories import City, make_city, take
from tests.files.pictures import located
from tests.meetings.meeting_world import advance, meeting
from tests.meetings.world import MONDAY
from yipanqi.core import gate
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Move
from yipanqi.files.actions import Taken, take_in
from yipanqi.files.models import File, State
from yipanqi.files.queries import of_seal
from yipanqi.meetings.meeting_access import MeetingView
from yipanqi.meetings.models import Conference, Paper, Receipt
from yipanqi.meetings.papers import attach, find_scan
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice

pytestmark = pytest.mark.django_db


def paper() -> Taken:
    return take_in(name="示例意见.jpg", data=located(), at=MONDAY)


def put(city: City, one: Conference, *files: Taken, login: str = "deputy", **more: Any) -> File:
    row = Paper.objects.select_related("conference").get(conference=one, number=1)
    told: dict[str, Any] = {"secrecy": "internal", "by": city.actor(login), "at": MONDAY} | more
    attach(paper=row, files=files or [paper()], **told)
    row.refresh_from_db()
    assert row.file is not None
    return row.file


def shown(city: City, one: Conference, login: str) -> MeetingView:
    matter = gate.find(one.matter_id, city.viewer(login), Channel.DESK)  # type: ignore[arg-type]
    assert matter is not None
    view = gate.present(matter, city.viewer(login), Channel.DESK)
    assert isinstance(view, MeetingView)
    return view


def test_a_paper_is_opened_by_who_convenes_and_who_is_invited_and_by_nobody_else() -> None:
    city = make_city()
    one = meeting(city)
    file = put(city, one)
    assert find_scan(file.pk, city.viewer("deputy")) is not None
    assert find_scan(file.pk, city.viewer("insider")) is None, "nobody is told before it is convened"
    advance(city, one, "convened")
    found = {login: find_scan(file.pk, city.viewer(login)) for login in ("insider", "colleague", "stranger")}
    assert {login for login, seen in found.items() if seen is not None} == {"insider", "colleague"}
    assert [view.name for view in shown(city, one, "insider").files] == ["示例意见.jpg"]


def test_what_replaces_a_paper_is_told_with_a_reason_and_what_was_replaced_is_opened_by_nobody() -> None:
    city = make_city()
    one = meeting(city)
    advance(city, one, "convened")
    first = put(city, one)
    take(one.matter_id, "receive_papers", city.actor("insider"), MONDAY)  # type: ignore[arg-type]
    with pytest.raises(Refused) as found, transaction.atomic():
        put(city, one)
    assert "reason" in found.value.fields
    second = put(city, one, reason="附表有误")
    assert find_scan(first.pk, city.viewer("deputy")) is None
    assert find_scan(second.pk, city.viewer("colleague")) is not None
    events = [event for event in shown(city, one, "colleague").events if event.step == "attach_paper"]
    assert events[-1].facts == [("会议文件", "1. 示例意见"), ("为什么换", "附表有误")]
    last = Move.objects.filter(step="attach_paper").order_by("number").last()
    assert last is not None
    tell(moves=[last.pk], at=MONDAY)
    told = Notice.objects.filter(move=last).values_list("unit__code", flat=True)
    assert set(told) == {"lamps", "roads"}
    assert Receipt.objects.count() == 1, "a unit confirms once, whatever is replaced"


def test_a_paper_that_is_withdrawn_stays_named_and_is_opened_by_nobody() -> None:
    city = make_city()
    one = meeting(city)
    file = put(city, one)
    advance(city, one, "signed")
    deputy = city.actor("deputy")
    take(one.matter_id, "withdraw_paper", deputy, MONDAY, paper="1", reason="发错了")  # type: ignore[arg-type]
    assert [find_scan(file.pk, city.viewer(login)) for login in ("deputy", "insider")] == [None, None]
    view = shown(city, one, "insider")
    assert ([each.title for each in view.papers], view.files) == (["示例意见"], [])
    assert "发错了" in view.events[-1].text
    with pytest.raises(Refused):
        take(one.matter_id, "withdraw_paper", deputy, MONDAY, paper="1", reason="再收")  # type: ignore[arg-type]


def test_no_file_is_kept_that_is_secret_infected_too_late_or_anothers() -> None:
    city = make_city()
    one = meeting(city)
    secret = take_in(name="机密.jpg", data=located(), at=MONDAY)
    infected = dataclasses.replace(paper(), state=State.QUARANTINED.value)
    for files, secrecy in (
        ([paper()], "secret"),
        ([secret], "internal"),
        ([infected], "internal"),
        ([], "public"),
    ):
        with pytest.raises(Refused), transaction.atomic():
            attach(
                paper=one.papers.get(), files=files, secrecy=secrecy, by=city.actor("deputy"), at=MONDAY
            )  # fmt: skip
    with pytest.raises(NotAllowed):
        put(city, one, login="insider")
    advance(city, one, "signed")
    with pytest.raises(NotAllowed):
        put(city, one)
    assert File.objects.count() == 0


def test_a_step_names_no_file_of_another_matter_and_none_that_is_anothers_paper() -> None:
    city = make_city()
    one = meeting(city)
    put(city, one)
    other = meeting(city, plan_number="2026-04")
    Paper.objects.create(conference=one, number=2, title="示例附件")
    one.refresh_from_db()
    assert one.seal_id is not None
    [own], theirs = of_seal(one.seal_id), put(city, other)
    # Nobody's paper any more, and another matter's all the same.
    take(other.matter_id, "withdraw_paper", city.actor("deputy"), MONDAY, paper="1", reason="发错了")  # type: ignore[arg-type]
    for file in (own, theirs):
        told = {"paper": "2", "file": [str(file.pk)]}
        with pytest.raises(Refused), transaction.atomic():
            take(one.matter_id, "attach_paper", city.actor("deputy"), MONDAY, **told)  # type: ignore[arg-type]
