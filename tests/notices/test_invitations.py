"""Invitations by mail, by a real SMTP server, read back with two libraries that have nothing to do with the one that
wrote them: what a calendar program is asked, changed and taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]
from ical.calendar_stream import IcsCalendarStream

from config.mail import mail_server
from tests.factories import City, make_city, take
from tests.meetings.meeting_world import advance, meeting
from tests.meetings.test_calendars import MOVED, READERS, Program
from tests.meetings.world import MONDAY
from tests.notices.post_office import SENDER, PostOffice, post_office
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.errors import Refused
from yipanqi.core.models import AccessLog, Move
from yipanqi.meetings.models import Conference
from yipanqi.notices import delivery
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Message, Notice
from yipanqi.organisations.models import Part, Unit

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
LAMPS, CONVENER = "lamps@office.example", "social@office.example"
CHANGE: dict[str, Any] = {**MOVED}
LATE: dict[str, Any] = {"post": "局长", "seat": "observe", "reply_by": "2026-12-01"}


@pytest.fixture
def city() -> City:
    """Lamps has a duty mailbox, roads has none."""
    city = make_city()
    for code, mailbox in (("lamps", LAMPS), ("socialwork", CONVENER)):
        Unit.objects.filter(code=code).update(mailbox=mailbox)
    return city


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    with post_office() as office:
        settings.MAIL_SERVER = mail_server(office.url)
        settings.CSRF_TRUSTED_ORIGINS = ["https://portal.example", "https://desk.example"]
        yield office


def send(at: dt.datetime = MONDAY) -> int:
    """What the worker does after each move."""
    tell(moves=Move.objects.values_list("pk", flat=True), at=at)
    return delivery.deliver(at=at).sent


def parts_of(mail: EmailMessage) -> tuple[str, EmailMessage]:
    text, calendar = mail.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(calendar, EmailMessage)
    assert (text.get_content_type(), calendar.get_content_type()) == ("text/plain", "text/calendar")
    return str(text.get_content()).replace("\r\n", "\n"), calendar


def ics(mail: EmailMessage) -> bytes:
    body = parts_of(mail)[1].get_payload(decode=True)
    assert isinstance(body, bytes)
    return body


def convened(city: City, **change: Any) -> Conference:
    one = meeting(city, **change)
    advance(city, one, "convened")
    return one


def step(city: City, one: Conference, name: str, at: dt.datetime = MONDAY, **answers: Any) -> None:
    assert one.matter_id is not None
    take(one.matter_id, name, city.actor("deputy"), at, **answers)


def test_an_invited_unit_with_a_mailbox_is_asked_once_and_one_without_is_not(
    city: City, office: PostOffice
) -> None:
    one = convened(city)
    assert send() == 1
    [mail] = office.mail
    assert office.envelopes == [(SENDER, [LAMPS])]
    assert (mail["From"], mail["To"], mail["Reply-To"]) == (SENDER, LAMPS, CONVENER)
    assert mail["Subject"] == "会议通知：示例市社会工作会议"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "multipart/alternative"
    text, calendar = parts_of(mail)
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_content_charset() == "utf-8"
    assert "2026年12月10日 09:00 至 11:00" in text
    assert f"https://desk.example/desk/matters/{one.matter_id}/" in text
    assert Notice.objects.filter(move__step="convene").count() == 2  # at the desk both units are told
    assert not AccessLog.objects.filter(page="message").exists()  # a duty mailbox is under no seal


@READERS
def test_request_change_and_cancellation_are_one_entry_of_a_calendar_program(
    city: City, office: PostOffice, read: Any
) -> None:
    one, program = convened(city), Program(read)
    send()
    step(city, one, "change", **CHANGE)
    send(MONDAY + MINUTE)
    advance(city, one, "cancelled")
    send(MONDAY + 2 * MINUTE)
    methods = [read(ics(mail))[0] for mail in office.mail]
    assert methods == ["REQUEST", "REQUEST", "CANCEL"]
    assert [mail["Subject"].partition("：")[0] for mail in office.mail] == [
        "会议通知",
        "会议变更",
        "会议取消",
    ]
    for mail, expected in zip(
        office.mail,
        [(0, 10, "示例厅", "CONFIRMED"), (1, 11, "示例二厅", "CONFIRMED"), (2, 11, "示例二厅", "CANCELLED")],
        strict=True,
    ):
        program.take_in(ics(mail))
        [event] = program.events.values()
        assert (event.sequence, event.starts.day, event.place[-len(expected[2]) :], event.status) == expected
        assert event.starts.utcoffset() == dt.timedelta(hours=8)
    assert len(set(office.ids)) == 3


def test_organiser_attendee_and_time_zone_are_as_a_calendar_program_asks(
    city: City, office: PostOffice
) -> None:
    convened(city)
    send()
    body = ics(office.mail[0])
    plain = body.decode().replace("\r\n ", "")
    assert "BEGIN:VTIMEZONE\r\nTZID:Asia/Shanghai" in plain
    event = vobject.readOne(body.decode()).vevent
    assert event.organizer.value == f"mailto:{CONVENER}"
    assert event.organizer.params["CN"] == ["示例社会工作部"]
    assert event.attendee.value == f"mailto:{LAMPS}"
    assert event.attendee.params["PARTSTAT"] == ["NEEDS-ACTION"]
    assert event.attendee.params["RSVP"] == ["FALSE"]  # replies are given at the desk
    [read] = IcsCalendarStream.calendar_from_ics(body.decode()).events
    assert [str(one.uri) for one in read.attendees] == [f"mailto:{LAMPS}"]
    assert read.organizer is not None
    assert str(read.organizer.uri) == f"mailto:{CONVENER}"


def test_a_convener_without_a_mailbox_writes_as_the_platform(city: City, office: PostOffice) -> None:
    Unit.objects.filter(code="socialwork").update(mailbox="")
    convened(city)
    send()
    assert vobject.readOne(ics(office.mail[0]).decode()).vevent.organizer.value == f"mailto:{SENDER}"
    assert office.mail[0]["Reply-To"] is None


def test_a_mail_says_what_the_feed_says_and_nothing_that_was_said(city: City, office: PostOffice) -> None:
    one = convened(city)
    send()
    step(city, one, "change", **CHANGE)
    advance(city, one, "cancelled")
    send(MONDAY + MINUTE)
    for mail in office.mail:
        text, _calendar = parts_of(mail)
        told = "\n".join([str(mail["Subject"]), text, ics(mail).decode().replace("\r\n ", "")])
        for word in (
            "部署明年",
            "示例副书记",
            "主要负责人",
            "示例意见",
            "另有安排",
            "另行安排",
            "示例道路处",
        ):
            assert word not in told, word


def test_any_number_of_runs_and_retries_sends_one_mail_with_one_name(city: City, office: PostOffice) -> None:
    one = convened(city)
    office.answer = lambda _mail: "451 later"
    assert send() == 0
    # What a unit replies in between changes nothing of what was to be said.
    reply = {"invitation": "3", "reply": "comes"}
    take(one.matter_id, "reply", city.actor("colleague"), MONDAY + MINUTE, **reply)  # type: ignore[arg-type]
    office.answer = lambda _mail: "250 OK"
    assert send(MONDAY + MINUTE) == 1
    for minute in range(2, 5):
        assert send(MONDAY + minute * MINUTE) == 0
    assert len(office.mail) == 2  # refused, and taken
    assert len(set(office.ids)) == 1
    assert ics(office.mail[0]) == ics(office.mail[1])


def test_what_waited_while_the_server_was_away_goes_out_as_the_last_word_alone(
    city: City, office: PostOffice, settings: Any
) -> None:
    settings.MAIL_SERVER = mail_server(f"smtp://127.0.0.1:1?from={SENDER}")
    one = convened(city)
    send()
    step(city, one, "change", **CHANGE)
    send()
    settings.MAIL_SERVER = mail_server(office.url)
    assert send(MONDAY + MINUTE) == 1
    [mail] = office.mail
    assert mail["Subject"] == "会议变更：示例市社会工作会议"
    assert list(Message.objects.order_by("move__number").values_list("state", "why")) == [
        ("dropped", "overtaken"),
        ("sent", ""),
    ]


def test_a_unit_that_is_invited_later_is_asked_and_nobody_else_is_troubled(
    city: City, office: PostOffice
) -> None:
    Unit.objects.filter(code="schools").update(mailbox="schools@office.example")
    one = convened(city)
    send()
    step(city, one, "invite_also", MONDAY + MINUTE, unit="schools", **LATE)
    send(MONDAY + MINUTE)
    assert [to for _from, to in office.envelopes] == [[LAMPS], ["schools@office.example"]]


@READERS
def test_an_uninvited_unit_has_its_entry_taken_back_and_may_be_invited_again(
    city: City, office: PostOffice, read: Any
) -> None:
    one = convened(city)
    send()
    units = str(city.units["lamps"].pk)
    step(city, one, "uninvite", MONDAY + MINUTE, units=units, reason="请错了单位")
    assert send(MONDAY + MINUTE) == 1
    mail = office.mail[-1]
    assert office.envelopes[-1][1] == [LAMPS]
    assert mail["Subject"] == "撤回邀请：示例市社会工作会议"
    text, calendar = parts_of(mail)
    assert calendar.get_param("method") == "CANCEL"
    assert "https://" not in text  # it finds the page no more
    assert "请错了单位" not in text
    # The meeting itself stands: a cancellation for one guest has no status (RFC 5546, 3.2.5).
    plain = ics(mail).decode().replace("\r\n ", "")
    assert "STATUS" not in plain
    assert "https://" not in plain
    assert "SEQUENCE:1\r\n" in plain
    step(city, one, "invite_also", MONDAY + 2 * MINUTE, unit="lamps", **LATE)
    send(MONDAY + 2 * MINUTE)
    method, [event] = read(ics(office.mail[-1]))
    assert (method, event.sequence, event.status) == ("REQUEST", 1, "CONFIRMED")


def test_whoever_is_not_invited_cannot_be_uninvited_and_one_unit_stays(city: City) -> None:
    one = convened(city)
    ids = {code: str(city.units[code].pk) for code in ("lamps", "roads", "socialwork")}
    for units in ([ids["socialwork"]], [ids["lamps"], ids["roads"]]):
        with pytest.raises(Refused) as refusal:
            step(city, one, "uninvite", units=units, reason="请错了")
        assert list(refusal.value.fields) == ["units"]
    one.invitations.filter(unit=city.units["lamps"]).update(arrived_at=MONDAY)
    with pytest.raises(Refused):
        step(city, one, "uninvite", units=[ids["lamps"]], reason="请错了")
    step(city, one, "uninvite", units=[ids["roads"]], reason="请错了")
    assert set(one.invitations.values_list("unit__code", flat=True)) == {"lamps"}
    part = Part.objects.get(matter=one.matter_id, unit=city.units["roads"], role=Part.CO)
    assert (part.until, part.left_because) == (MONDAY, "请错了")


@pytest.mark.parametrize("state", ["held", "signed"])
def test_what_changes_no_calendar_is_not_written(city: City, office: PostOffice, state: str) -> None:
    one = convened(city)
    send()
    advance(city, one, state)
    assert send(MONDAY + MINUTE) == 0


def test_a_mailbox_that_is_none_any_more_is_written_to_no_more(city: City, office: PostOffice) -> None:
    convened(city)
    tell(moves=Move.objects.values_list("pk", flat=True), at=MONDAY)
    Unit.objects.filter(code="lamps").update(mailbox="")
    assert send() == 0
    assert Message.objects.get().why == "no mailbox"


def test_in_english_offices_are_still_written_to_in_their_own_language(
    city: City, office: PostOffice
) -> None:
    from django.utils import translation

    convened(city)
    with translation.override("en"):
        send()
    assert office.mail[0]["Content-Language"] == "zh-hans"
    assert "请贵单位参加" in parts_of(office.mail[0])[0]


def test_without_a_mail_server_it_becomes_a_file(city: City, settings: Any, tmp_path: Path) -> None:
    settings.MAIL_SERVER, settings.HOME = None, tmp_path
    convened(city)
    assert send() == 1
    [eml] = (tmp_path / "outbox").iterdir()
    assert b'method="REQUEST"' in eml.read_bytes()


def test_the_time_in_the_mail_is_the_citys(city: City, office: PostOffice) -> None:
    one = convened(city)
    Conference.objects.filter(pk=one.pk).update(
        starts_at=dt.datetime(2026, 12, 10, 22, tzinfo=SHANGHAI),
        ends_at=dt.datetime(2026, 12, 11, 1, tzinfo=SHANGHAI),
    )
    send()
    assert "2026年12月10日 22:00 至 2026年12月11日 01:00" in parts_of(office.mail[0])[0]
