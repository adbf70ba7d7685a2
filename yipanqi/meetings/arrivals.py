"""Who has come, venue by venue: the venue's keeper ticks posts off a roster. Nobody signs in, scans or is ranked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Viewer
from yipanqi.meetings.meeting_queries import invited_to
from yipanqi.meetings.models import Conference, Invitation, Venue
from yipanqi.organisations.models import Part, Unit


@dataclass(frozen=True)
class Roster:
    """A venue with the posts that come there, in the published order."""

    venue: Venue
    posts: list[Invitation]


def venue_of(unit: Unit, venues: Iterable[Venue]) -> Venue | None:
    """Where a unit's posts come: the branch venue at the unit or nearest above it, otherwise the main venue."""
    listed = list(venues)
    branches = [v for v in listed if not v.main and unit.path.startswith(v.unit.path)]
    nearest = max(branches, key=lambda venue: len(venue.unit.path), default=None)
    return nearest or next((venue for venue in listed if venue.main), None)


def rosters(conference: Conference) -> list[Roster]:
    """The rosters of all venues, the main one first. Whoever asked for leave is on none."""
    venues = list(
        Venue.objects.filter(conference=conference).select_related("unit").order_by("-main", "number")
    )
    found = {venue.pk: Roster(venue, []) for venue in venues}
    for invitation in invited_to(conference):
        venue = venue_of(invitation.unit, venues)
        if venue is not None and invitation.reply != Invitation.LEAVE:
            found[venue.pk].posts.append(invitation)
    return list(found.values())


def kept_by(viewer: Viewer, conference: Conference, venues: Sequence[Venue]) -> list[Venue]:
    """The venues whose roster this viewer keeps: those at their units, and all for who convenes."""
    sender = Part.objects.filter(matter=conference.matter_id, role=Part.SENDER, until__isnull=True)
    if any(viewer.reaches("decisions.draft", part.unit.path) for part in sender.select_related("unit")):
        return list(venues)
    return [venue for venue in venues if viewer.reaches("decisions.work", venue.unit.path)]


@transaction.atomic
def note_arrival(
    *, conference: Conference, number: int, here: bool, by: Actor, at: dt.datetime
) -> Invitation:
    """Note that an invited post has come, or take that back, as the keeper of its venue.

    Raises `NotAllowed` to whoever does not keep that venue, `Refused` outside of the meeting's own time.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("unit", "conference__matter")
        .filter(conference=conference, number=number)
        .first()
    )
    if invitation is None or invitation.conference.matter is None:
        raise NotAllowed(_("名单上没有这个岗位。"))
    venues = list(Venue.objects.filter(conference=conference).select_related("unit"))
    venue = venue_of(invitation.unit, venues)
    if venue is None or venue not in kept_by(by.viewer, conference, venues):
        raise NotAllowed(_("这个会场不由您管理。"))
    if invitation.conference.matter.state not in ("convened", "held"):
        raise Refused(_("会议还没有发通知或者已经结束，不能签到。"))
    # Sent twice, it stays as it was noted first.
    if here != (invitation.arrived_at is not None):
        invitation.arrived_at = at if here else None
        invitation.save(update_fields=["arrived_at"])
    return invitation
