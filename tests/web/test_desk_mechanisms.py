"""Coordination mechanisms: who keeps one, what is open before it, and its meeting, by the desk's pages as well."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city, take
from tests.meetings.meeting_world import ABOUT, advance
from tests.meetings.world import bring, lines, task
from tests.web.desk_helpers import EN, NOW, ONE_DAY, signed_in, text_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.mechanisms import (
    MechanismDraft,
    keep_mechanism,
    mechanisms,
    members_of,
    problems_before,
)
from yipanqi.meetings.models import Conference, Task

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
NEW = reverse("desk:new_mechanism")
LIST = f"{reverse('desk:meetings')}?kind=mechanism"
TYPED = {"name": "示例联席会议", "rules": "每季度一次。", "members": "lamps | 管路灯\nroads"}


def set_up(city: City, *, by: str = "deputy", mechanism: Mechanism | None = None, **change: Any) -> Mechanism:
    members = [(city.units["lamps"], "管路灯"), (city.units["roads"], "")]
    draft = MechanismDraft("示例联席会议", city.units["socialwork"], "每季度一次。", members)
    return keep_mechanism(
        draft=dataclasses.replace(draft, **change), by=city.actor(by), at=NOW, mechanism=mechanism
    )


def raised(city: City, unit: str = "socialwork") -> Task:
    """A task whose lead has raised a problem with this unit."""
    one = task(city, lines(city, "改进路灯维修", at=NOW - ONE_DAY)[0], at=NOW - ONE_DAY)
    bring(city, one, "working", NOW - ONE_DAY)
    told = {"text": "请协调灯杆产权。", "unit": unit, "until": "2026-12-04"}
    take(one.pk, "raise_problem", city.actor("insider"), NOW - ONE_DAY, **told)
    return one


def page(one: Mechanism) -> str:
    return reverse("desk:mechanism", args=[one.pk])


def test_who_drafts_for_the_convener_keeps_it_and_may_end_it() -> None:
    city = make_city()
    one = set_up(city)
    assert [(m.unit.code, m.does) for m in members_of(one)] == [("lamps", "管路灯"), ("roads", "")]
    with pytest.raises(NotAllowed):
        set_up(city, by="insider", mechanism=one)
    with pytest.raises(NotAllowed):
        set_up(city, by="insider", name="另一个")
    ended = set_up(city, mechanism=one, ended=True, members=[(city.units["schools"], "")])
    assert (ended.pk, ended.valid_to) == (one.pk, dt.date(2026, 11, 24))
    assert [m.unit.code for m in members_of(ended)] == ["schools"]
    # The name is free again, and what ended stands last.
    again = set_up(city)
    assert [each.pk for each in mechanisms()] == [again.pk, one.pk]


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("name", {"name": " "}),
        ("name", {"name": "示例联席会议"}),
        ("name", {"name": "示" * 81}),
        ("rules", {"rules": ""}),
        ("members", {"members": []}),
        ("members", {"members": ["lamps", "lamps"]}),
        ("members", {"members": ["socialwork"]}),
    ],
)
def test_what_is_wrong_with_it_is_said(field: str, change: dict[str, Any]) -> None:
    city = make_city()
    set_up(city)
    told = {"name": "另一个"} | change
    if "members" in told:
        told["members"] = [(city.units[code], "") for code in told["members"]]
    with pytest.raises(Refused) as found:
        set_up(city, **told)
    assert set(found.value.fields) == {field}


def test_what_is_open_before_it_is_what_was_raised_to_the_convener_and_not_solved() -> None:
    city = make_city()
    one, here, elsewhere = set_up(city), raised(city), raised(city, "schools")
    deputy, stranger = city.viewer("deputy"), city.viewer("stranger")
    [open_now] = problems_before(one, deputy)
    assert (open_now.task.pk, open_now.part.asked, open_now.lead) == (
        here.pk,
        "请协调灯杆产权。",
        "示例路灯处",
    )
    assert elsewhere.pk != here.pk
    # Who finds no task is told of no problem.
    assert problems_before(one, stranger) == []
    told = {"unit": str(city.units["socialwork"].pk), "reason": "已协调"}
    take(here.pk, "release_co_unit", city.actor("insider"), NOW, **told)
    assert problems_before(one, deputy) == []


def test_its_next_meeting_begins_with_what_is_open_and_its_members() -> None:
    city = make_city()
    one = set_up(city)
    raised(city)
    client = signed_in(city, "deputy")
    address = f"{reverse('desk:plan_meeting')}?mechanism={one.pk}"
    assert "示例联席会议" in text_of(client.get(address))
    assert client.post(address, ABOUT).status_code == 302
    meeting = Conference.objects.get(matter__procedure="meeting")
    assert meeting.mechanism == one
    assert [(i.title, i.speaker and i.speaker.code) for i in meeting.agenda.all()] == [
        ("研究：请协调灯杆产权。", "lamps")
    ]
    assert {i.unit.code for i in meeting.invitations.all()} == {"lamps", "roads"}
    assert reverse("desk:matter", args=[meeting.matter_id]) in text_of(client.get(page(one)))


def test_signed_minutes_stand_on_its_page_and_drafts_do_not() -> None:
    city = make_city()
    one = set_up(city)
    client = signed_in(city, "deputy")
    client.post(f"{reverse('desk:plan_meeting')}?mechanism={one.pk}", ABOUT)
    meeting = Conference.objects.get()
    meeting.venues.create(number=1, main=True, unit=city.units["socialwork"], room="示例厅")
    advance(city, meeting, "held", NOW)
    Conference.objects.filter(pk=meeting.pk).update(minutes="还在起草。")
    assert "还在起草。" not in text_of(client.get(page(one)))
    advance(city, meeting, "signed", NOW)
    assert "会议议定三件事。" in text_of(client.get(page(one)))


def test_a_mechanism_is_entered_and_changed_by_its_pages_and_only_its_own_unit_convenes_it() -> None:
    city = make_city()
    client, insider = signed_in(city, "deputy"), signed_in(city, "insider")
    assert "还没有协调机制" in text_of(client.get(LIST))
    wrong = client.post(NEW, TYPED | {"members": "nobody"})
    assert wrong.status_code == 422
    assert "“nobody”：没有这个单位。" in text_of(wrong)
    answer = client.post(NEW, TYPED | {"unit": str(city.units["socialwork"].pk)})
    one = Mechanism.objects.get()
    assert answer.headers["Location"] == page(one)
    assert "管路灯" in text_of(client.get(page(one)))
    assert "示例联席会议" in text_of(client.get(LIST))
    change = reverse("desk:change_mechanism", args=[one.pk])
    assert "lamps" not in text_of(client.get(change))  # units stand there by their names
    assert insider.get(page(one)).status_code == 200
    assert insider.get(change).status_code == 404
    assert client.post(change, TYPED | {"unit": str(one.unit_id), "ended": "on"}).status_code == 302
    plan = f"{reverse('desk:plan_meeting')}?mechanism={one.pk}"
    assert client.get(plan).status_code == 404
    assert "Nothing waits to be coordinated" in text_of(signed_in(city, "deputy", EN).get(page(one)))
