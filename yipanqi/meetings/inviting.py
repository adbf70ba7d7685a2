"""Which units a move of a planned conference writes to, and what their calendars are told: an invitation, a change of it,
or that it is taken back (docs/adr/0036).

Like the feed (docs/adr/0030) it has title, time, place and the unit that convenes, and nothing that was said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q

from yipanqi.core.models import Move, MovePayload
from yipanqi.meetings.calendars import CANCEL, REQUEST, Entry, Guest, entries, text_of
from yipanqi.meetings.meeting_procedure import MEETING
from yipanqi.meetings.models import Conference
from yipanqi.organisations.models import Part, Unit

# What changes what calendars hold: of all who are invited, or of the units that the answer of this name tells.
ALL = frozenset({"convene", "change", "cancel"})
SOME: Mapping[str, str] = {"invite_also": "unit", "uninvite": "units"}


@dataclass(frozen=True)
class Invite:
    """What a unit is told of a meeting: `method` and `calendar` for its program, the rest for whoever reads the mail.
    `news`: convened, changed, cancelled or uninvited."""

    news: str
    method: str
    calendar: bytes
    entry: Entry


def written_to(move: Move) -> frozenset[UUID]:
    """The units to whose calendars the move means something; `move` with its matter. Of an erased payload nobody knows."""
    if move.matter.procedure != MEETING.code:
        return frozenset()
    if move.step in ALL:
        living = Q(until__isnull=True) | Q(until__gt=move.at)
        parts = Part.objects.filter(living, matter=move.matter_id, role=Part.CO, since__lte=move.at)
        return frozenset(parts.values_list("unit_id", flat=True))
    payload = MovePayload.objects.filter(move=move).first() if move.step in SOME else None
    told = json.loads(payload.body).get(SOME[move.step], ()) if payload else ()
    return frozenset(UUID(unit) for unit in ([told] if isinstance(told, str) else told))


def overtaken(move: Move, unit: UUID) -> bool:
    """Whether a later move tells the unit's calendar anew, so that this one is old news."""
    later = Move.objects.filter(matter=move.matter_id, number__gt=move.number, step__in=(*ALL, *SOME))
    return any(unit in written_to(each) for each in later.select_related("matter"))


def invite(move: Move, unit: Unit, *, mailbox: str, url: str) -> Invite:
    """What the unit is to be told now, of a meeting as it stands. Stamped with the move, so that a second try says the
    same."""
    conference = Conference.objects.get(matter=move.matter_id)
    [entry] = entries([conference])
    invited = Part.objects.filter(matter=move.matter_id, unit=unit, role=Part.CO, until__isnull=True).exists()
    off = entry.state == "cancelled"
    method = REQUEST if invited and not off else CANCEL
    if off:
        news = "cancelled"
    elif not invited:
        news = "uninvited"
    else:
        news = "changed" if move.step == "change" else "convened"
    guest = Guest(str(unit), mailbox, invited or off, url if invited else "")
    calendar = text_of([replace(entry, stamp=move.at)], method=method, guest=guest)
    return Invite(news, method, calendar, entry)
