"""Planned conferences as iCalendar (RFC 5545), for whatever calendar program a unit uses.

An entry has title, time and place and nothing that was said: no purpose, agenda, video address, reply or name. The
address of a unit's feed is a secret that lies in calendar programs and their logs, so what it shows must not matter much.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Prefetch
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard, vCalAddress, vDuration, vText

from yipanqi.core.counting import SHANGHAI
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.keys import keyring
from yipanqi.core.models import Change
from yipanqi.meetings.meeting_queries import planned
from yipanqi.meetings.models import CalendarFeed, Conference, Venue
from yipanqi.organisations.models import Part, Unit

PUBLISH, REQUEST, CANCEL = "PUBLISH", "REQUEST", "CANCEL"
MOST = 500
KEPT = dt.timedelta(days=90)  # for how long a meeting stays in a feed after it ended
REFRESH = dt.timedelta(hours=6)
STATUS = {"planned": "TENTATIVE", "cancelled": "CANCELLED"}
NOBODY = "invalid:nomail"  # an organiser who cannot be written to: no mail server is set


@dataclass(frozen=True)
class Entry:
    """A conference as a calendar shows it; `stamp`: when it was changed last. `mailbox`: the convener's, if it has one."""

    conference: Conference
    state: str
    place: str
    convener: str
    mailbox: str
    stamp: dt.datetime


@dataclass(frozen=True)
class Guest:
    """To whom an invitation goes; `comes`: whether the unit is invited (still). `url`: where it replies."""

    name: str
    mailbox: str
    comes: bool
    url: str


def entries(conferences: Iterable[Conference]) -> list[Entry]:
    """The entries of planned conferences: three statements whatever their number."""
    rows = list(
        Conference.objects.filter(pk__in=[one.pk for one in conferences])
        .select_related("matter")
        .annotate(changed=Max("matter__moves__at"))
        .prefetch_related(
            Prefetch("venues", Venue.objects.filter(main=True).select_related("unit")),
            Prefetch("matter__parts", Part.objects.filter(role=Part.SENDER).select_related("unit")),
        )
        .order_by("starts_at", "pk")
    )
    found = []
    for one in rows:
        assert one.matter is not None
        venue = next(iter(one.venues.all()), None)
        sender = next(iter(one.matter.parts.all()), None)
        place = f"{venue.unit} {venue.room}" if venue else ""
        name, mailbox = (str(sender.unit), sender.unit.mailbox) if sender else ("", "")
        found.append(Entry(one, one.matter.state, place, name, mailbox, one.changed))
    return found


def text_of(
    shown: Sequence[Entry], *, method: str = PUBLISH, name: str = "", guest: Guest | None = None
) -> bytes:
    """A calendar with these entries; `name`: what a feed is called; `guest`: whom an invitation is for."""
    calendar = Calendar()
    calendar.add("prodid", "-//Yipanqi//Meetings//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar["refresh-interval"] = vDuration(REFRESH, params={"VALUE": "DURATION"})
    calendar.add_component(_shanghai())
    for entry in shown:
        event = _event(entry)
        if guest is not None:
            _invite(event, guest)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _shanghai() -> Timezone:
    """The city's time since its last summer time ended."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", SHANGHAI.key)
    standard.add("dtstart", dt.datetime(1991, 9, 15, 1))  # noqa: DTZ001 - local by definition (RFC 5545 3.6.5)
    standard.add("tzoffsetfrom", dt.timedelta(hours=8))
    standard.add("tzoffsetto", dt.timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


def _event(entry: Entry) -> Event:
    one, event = entry.conference, Event()
    assert one.starts_at is not None
    assert one.ends_at is not None
    # The matter's id never changes, so that a later text changes the same entry and makes no second one.
    event.add("uid", str(one.matter_id))
    event.add("sequence", one.sequence)
    event.add("dtstamp", entry.stamp.astimezone(dt.UTC))
    event.add("last-modified", entry.stamp.astimezone(dt.UTC))
    event.add("dtstart", one.starts_at.astimezone(SHANGHAI))
    event.add("dtend", one.ends_at.astimezone(SHANGHAI))
    event.add("summary", str(one))
    event.add("location", entry.place)
    event.add("description", _("%(number)s，请登录一盘棋查看。") % {"number": one.number})
    event.add("status", STATUS.get(entry.state, "CONFIRMED"))
    event.add("class", "PRIVATE")
    event.add("organizer", _organiser(entry))
    return event


def _invite(event: Event, guest: Guest) -> None:
    """The unit as the one who is asked. No reply is asked for: nobody reads one that a program sends by mail."""
    address = vCalAddress(f"mailto:{guest.mailbox}")
    address.params["cn"] = vText(guest.name)
    address.params["cutype"] = vText("GROUP")
    address.params["partstat"] = vText("NEEDS-ACTION")
    address.params["rsvp"] = vText("FALSE")
    event.add("attendee", address)
    if guest.url:
        event.add("url", guest.url)
    if not guest.comes:
        del event["status"]  # the meeting stands: one of its guests is taken off it (RFC 5546, 3.2.5)


def _organiser(entry: Entry) -> vCalAddress:
    """The convening unit; who answers by mail reaches its duty mailbox, or else the platform's own."""
    server = settings.MAIL_SERVER
    mailbox = entry.mailbox or (server.sender if server is not None else "")
    address = vCalAddress(f"mailto:{mailbox}" if mailbox else NOBODY)
    address.params["cn"] = vText(entry.convener)
    return address


# --- a unit's feed ---------------------------------------------------------------------------------------------------


def _may_read(viewer: Viewer, unit: Unit) -> bool:
    return any(viewer.reaches(name, unit.path) for name in ("decisions.work", "decisions.draft"))


def _digest(secret: str) -> bytes:
    return keyring().blind_index(secret, field="calendar-feed")


def feed_at(secret: str) -> CalendarFeed | None:
    """The feed whose secret this is, unless it was withdrawn or its unit has ceased."""
    found = CalendarFeed.objects.filter(digest=_digest(secret), withdrawn_at__isnull=True)
    return found.select_related("unit").filter(unit__valid_to__isnull=True).first()


def feed_of(unit: Unit) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(unit=unit, withdrawn_at__isnull=True).first()


def feed_text(unit: Unit, at: dt.datetime) -> bytes:
    """What the unit convenes or is invited to, from some weeks back; of others it hears once they are convened, for
    until then it has no part in them."""
    parts = Part.objects.filter(unit=unit, role__in=(Part.SENDER, Part.CO), until__isnull=True)
    rows = planned().filter(matter__in=parts.values("matter"), ends_at__gt=at - KEPT)
    return text_of(
        entries(rows.order_by("starts_at", "pk")[:MOST]), name=_("%(unit)s会议") % {"unit": str(unit)}
    )


@transaction.atomic
def open_feed(*, unit: Unit, by: Actor, at: dt.datetime) -> str:
    """Give a unit's calendar a new secret address and void the one before it. The secret is returned once."""
    if by.viewer.account is None or not _may_read(by.viewer, unit):
        raise NotAllowed(_("您没有订阅本单位会议的权限。"))
    Unit.objects.select_for_update().get(pk=unit.pk)  # two at once would both find the old one living
    CalendarFeed.objects.filter(unit=unit, withdrawn_at__isnull=True).update(withdrawn_at=at)
    secret = secrets.token_urlsafe(24)
    CalendarFeed.objects.create(unit=unit, digest=_digest(secret), given_at=at, given_by=by.viewer.account)
    _changed(unit, {"opened": at.isoformat()}, by, at)
    return secret


@transaction.atomic
def withdraw_feed(*, unit: Unit, by: Actor, at: dt.datetime) -> None:
    """Void the secret address of a unit's calendar: it answers nothing from now on."""
    if not _may_read(by.viewer, unit):
        raise NotAllowed(_("您没有订阅本单位会议的权限。"))
    if not CalendarFeed.objects.filter(unit=unit, withdrawn_at__isnull=True).update(withdrawn_at=at):
        raise Refused(_("没有可以作废的订阅地址。"))
    _changed(unit, {"withdrawn": at.isoformat()}, by, at)


def _changed(unit: Unit, after: dict[str, str], by: Actor, at: dt.datetime) -> None:
    Change.objects.create(
        at=at, account=by.viewer.account, what="calendar_feed", object_id=unit.code, after=after
    )
