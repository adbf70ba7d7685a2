"""Meetings as iCalendar, read back with two libraries that have nothing to do with the one that wrote them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]
from django.urls import reverse
from ical.calendar_stream import IcsCalendarStream

from tests.factories import City, make_city, take
from tests.meetings.meeting_world import advance, meeting
from tests.meetings.world import MONDAY
from tests.web.desk_helpers import signed_in
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.meetings.calendars import CANCEL, entries, feed_at, feed_text, open_feed, text_of, withdraw_feed
from yipanqi.meetings.models import CalendarFeed, Conference
from yipanqi.organisations.models import Unit

pytestmark = pytest.mark.django_db
MOVED = {
    "starts_at": "2026-12-11T14:00",
    "ends_at": "2026-12-11T15:30",
    "room": "示例二厅",
    "reason": "另有安排",
}


@dataclass(frozen=True)
class Shown:
    """What a calendar program makes of an event."""

    uid: str
    sequence: int
    starts: dt.datetime
    ends: dt.datetime
    summary: str
    place: str
    status: str


def by_vobject(body: bytes) -> tuple[str, list[Shown]]:
    calendar = vobject.readOne(body.decode())
    return calendar.method.value, [
        Shown(
            e.uid.value, int(e.sequence.value), e.dtstart.value, e.dtend.value,
            e.summary.value, e.location.value, e.status.value,
        )
        for e in calendar.contents.get("vevent", [])
    ]  # fmt: skip


def by_ical(body: bytes) -> tuple[str, list[Shown]]:
    calendar: Any = IcsCalendarStream.calendar_from_ics(body.decode())
    return str(calendar.method), [
        Shown(e.uid, e.sequence or 0, e.dtstart, e.dtend, e.summary, e.location, e.status.value)
        for e in calendar.events
    ]


READERS = pytest.mark.parametrize("read", [by_vobject, by_ical])


@dataclass
class Program:
    """A calendar program as RFC 5546 has it: an event is known by its UID, and a higher sequence replaces it."""

    read: Any
    events: dict[str, Shown] = field(default_factory=dict)

    def take_in(self, body: bytes) -> None:
        method, found = self.read(body)
        for event in found:
            had = self.events.get(event.uid)
            if had is None or event.sequence > had.sequence:
                self.events[event.uid] = event
            assert (method == CANCEL) == (event.status == "CANCELLED")


def file_of(one: Conference, method: str = "PUBLISH") -> bytes:
    return text_of(entries([one]), method=method)


@READERS
def test_two_libraries_read_title_time_and_place(read: Any) -> None:
    city = make_city()
    one = meeting(city)
    advance(city, one, "convened")
    method, [event] = read(file_of(one))
    assert method == "PUBLISH"
    assert event.summary == "示例市社会工作会议"
    assert event.place == "示例社会工作部 示例厅"
    assert event.status == "CONFIRMED"
    assert event.starts == dt.datetime(2026, 12, 10, 9, tzinfo=SHANGHAI)
    assert event.ends == dt.datetime(2026, 12, 10, 11, tzinfo=SHANGHAI)
    assert event.starts.utcoffset() == dt.timedelta(hours=8)


@READERS
def test_a_change_and_a_cancellation_reach_the_same_entry(read: Any) -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    program = Program(read)
    program.take_in(file_of(one))
    take(matter.pk, "change", city.actor("deputy"), MONDAY, **MOVED)
    program.take_in(file_of(one))
    [moved] = program.events.values()
    assert (moved.sequence, moved.place) == (1, "示例社会工作部 示例二厅")
    assert moved.starts == dt.datetime(2026, 12, 11, 14, tzinfo=SHANGHAI)
    advance(city, one, "cancelled")
    program.take_in(file_of(one, CANCEL))
    [gone] = program.events.values()
    assert (gone.sequence, gone.status) == (2, "CANCELLED")


@READERS
@pytest.mark.parametrize(
    "title", ["逗号,分号;反斜线\\n", "长" * 60, "English and 中文 \u00e9", "BEGIN:VEVENT"]
)
def test_whatever_a_title_holds_it_stays_a_title(read: Any, title: str) -> None:
    city = make_city()
    one = meeting(city, title=title)
    body = file_of(one)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    _method_of, [event] = read(body)
    assert event.summary == title
    assert event.status == "TENTATIVE"


def test_it_has_a_time_zone_of_its_own_and_says_nothing_that_was_said() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    take(
        matter.pk,
        "reply",
        city.actor("insider"),
        MONDAY,
        invitation="1",
        reply="leave",
        reason="密不示人",
        leader="某岗",
    )
    text = file_of(one).decode().replace("\r\n ", "")
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai" in text
    assert "DTSTART;TZID=Asia/Shanghai:20261210T090000" in text
    for words in ("部署明年", "密不示人", "示例副书记", "主要负责人", "示例意见"):
        assert words not in text


# --- a unit's feed ---------------------------------------------------------------------------------------------------


def feed(city: City, code: str, at: dt.datetime = MONDAY) -> set[str]:
    unit = Unit.objects.get(code=code)
    return {event.status for event in by_vobject(feed_text(unit, at))[1]}


def test_a_feed_has_what_the_unit_convenes_or_is_invited_to() -> None:
    city = make_city()
    one = meeting(city)
    assert (feed(city, "socialwork"), feed(city, "lamps")) == ({"TENTATIVE"}, set())
    advance(city, one, "convened")
    assert (feed(city, "socialwork"), feed(city, "lamps")) == ({"CONFIRMED"}, {"CONFIRMED"})
    assert feed(city, "schools") == set()
    advance(city, one, "cancelled")
    assert feed(city, "lamps") == {"CANCELLED"}
    assert feed(city, "lamps", MONDAY + dt.timedelta(days=200)) == set()


def test_a_feed_is_read_by_both_libraries_with_nothing_in_it() -> None:
    city = make_city()
    body = feed_text(city.units["lamps"], MONDAY)
    assert by_vobject(body) == by_ical(body) == ("PUBLISH", [])


def test_an_address_is_kept_as_a_hash_and_ends_when_it_is_withdrawn() -> None:
    city = make_city()
    lamps, by = city.units["lamps"], city.actor("insider")
    first = open_feed(unit=lamps, by=by, at=MONDAY)
    second = open_feed(unit=lamps, by=by, at=MONDAY)
    assert feed_at(first) is None
    found = feed_at(second)
    assert found is not None
    assert found.unit == lamps
    assert second.encode() not in bytes(found.digest)
    withdraw_feed(unit=lamps, by=by, at=MONDAY)
    assert feed_at(second) is None
    with pytest.raises(Refused):
        withdraw_feed(unit=lamps, by=by, at=MONDAY)
    assert CalendarFeed.objects.count() == 2


def test_nobody_reads_another_units_calendar() -> None:
    city = make_city()
    with pytest.raises(NotAllowed):
        open_feed(unit=city.units["lamps"], by=city.actor("stranger"), at=MONDAY)
    with pytest.raises(NotAllowed):
        withdraw_feed(unit=city.units["lamps"], by=city.actor("clerk"), at=MONDAY)


def test_the_address_is_shown_once_and_answers_without_signing_in() -> None:
    from django.test import Client

    city = make_city()
    one = meeting(city)
    advance(city, one, "convened")
    client, page = signed_in(city, "insider"), reverse("desk:subscription")
    shown = client.post(page, {"go": "open"}).content.decode()
    address = shown.split('class="coded">')[1].split("<")[0]
    assert address.split("/feeds/")[1] not in client.get(page).content.decode()
    answer = Client().get(address)
    assert answer.headers["Content-Type"].startswith("text/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(by_vobject(answer.content)[1]) == 1
    assert client.post(page, {"go": "withdraw"}).status_code == 302
    assert Client().get(address).status_code == 404


def test_the_file_of_a_meeting_is_for_whoever_finds_it() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    address = reverse("desk:meeting_file", args=[matter.pk])
    for login, status in (("deputy", 200), ("insider", 200), ("stranger", 404), ("clerk", 404)):
        assert signed_in(city, login).get(address).status_code == status
    advance(city, one, "cancelled")
    assert by_vobject(signed_in(city, "insider").get(address).content)[0] == CANCEL
