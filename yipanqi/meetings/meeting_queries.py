"""Reading planned conferences: what the engine locks, what is searched, and the lists of a meeting's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OrderBy, OuterRef, Q, QuerySet

from yipanqi.core.counting import SHANGHAI
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.kinds import Words
from yipanqi.core.models import Matter
from yipanqi.meetings.meeting_procedure import MEETING
from yipanqi.meetings.models import INSTRUCTION, Conference, Invitation, Line
from yipanqi.meetings.plan_models import Plan

PAGE = 50


def subjects(ids: Iterable[UUID]) -> Mapping[UUID, Conference]:
    """The conferences of matters, locked after their matters (which the engine has locked in the order of their ids)."""
    found = Conference.objects.select_for_update(of=("self",)).filter(matter__in=list(ids)).order_by("pk")
    return {conference.matter_id: conference for conference in found if conference.matter_id}


def searched(ids: Iterable[UUID]) -> list[Words]:
    """What of planned conferences and of instructions is searched: number, title and purpose."""
    rows = Conference.objects.filter(matter__in=list(ids)).only("matter", "kind", "title", "purpose")
    return [Words(row.matter_id, row.number, row.title, row.purpose) for row in rows if row.matter_id]


def planned() -> QuerySet[Conference]:
    """The planned meetings, whoever may find them. A leader's instruction is a conference with a matter as well, and has
    neither time nor place nor list."""
    return Conference.objects.filter(matter__procedure=MEETING.code).select_related("matter")


def find_planned(viewer: Viewer, *states: str, **which: Any) -> Conference | None:
    """The planned meeting that this is (`pk` or `matter`), if the viewer may find it and it is in one of these states."""
    found = Matter.objects.filter(visible(viewer, Channel.DESK, procedures=(MEETING.code,)))
    if states:
        found = found.filter(state__in=states)
    return planned().filter(matter__in=found, **which).first()


def numbers_of(matters: Iterable[UUID | None]) -> dict[UUID, str]:
    """By matter, the numbers of planned conferences, of instructions and of decomposition plans."""
    ids = list(matters)
    rows = Conference.objects.filter(matter__in=ids).only("matter", "kind")
    plans = Plan.objects.filter(pk__in=ids).values_list("pk", "number")
    return {row.matter_id: row.number for row in rows if row.matter_id} | dict(plans)


def matter_numbered(number: str) -> UUID | None:
    """The matter of the planned conference, instruction or decomposition plan with this number, whoever may find it."""
    if plan := Plan.objects.filter(number=number.upper()).values_list("pk", flat=True).first():
        return plan
    digits = number[2:]
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 9:
        return None
    found = Conference.objects.filter(pk=int(digits), matter__isnull=False).only("matter", "kind").first()
    return found.matter_id if found is not None and found.number == number.upper() else None


def found_by(viewer: Viewer) -> QuerySet[Conference]:
    """The conferences that the viewer may find: those read from a report, which are published, those that laid something
    down, and of those planned here what the gate lets through. What an instruction asks is its office's own until it
    is distributed."""
    matters = Matter.objects.filter(visible(viewer, Channel.DESK, procedures=(MEETING.code, INSTRUCTION)))
    planned = Q(matter__isnull=False) & Exists(matters.filter(pk=OuterRef("matter_id")))
    kept = Q(kind=INSTRUCTION, matter__state__in=("registered", "proposed", "instructed", "voided"))
    laid_down = Exists(Line.objects.filter(conference=OuterRef("pk"))) & ~kept
    return Conference.objects.filter(Q(matter__isnull=True) | laid_down | planned).select_related(
        "matter", "report"
    )


@dataclass(frozen=True)
class Page:
    """Some conferences; `next` is the one after which to go on, None at the end."""

    rows: list[Conference]
    next: int | None


def entered(viewer: Viewer, *, after: int | None = None, instructions: bool = False) -> Page:
    """All conferences that the viewer may find, or the instructions alone, what was entered last first."""
    found = found_by(viewer).filter(kind=INSTRUCTION) if instructions else found_by(viewer)
    rows = list((found.filter(pk__lt=after) if after else found).order_by("-pk")[: PAGE + 1])
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def planned_in(viewer: Viewer, year: int, *, after: int | None = None) -> Page:
    """The plan of a year: what is or was to be held in it, in the order of its days."""
    first, last = (dt.datetime(y, 1, 1, tzinfo=SHANGHAI) for y in (year, year + 1))
    found = found_by(viewer).filter(pk__in=planned(), starts_at__gte=first, starts_at__lt=last)
    place = Conference.objects.filter(pk=after).values_list("starts_at", "pk").first() if after else None
    if place is not None and place[0] is not None:
        found = found.filter(Q(starts_at__gt=place[0]) | Q(starts_at=place[0], pk__gt=place[1]))
    rows = list(found.order_by("starts_at", "pk")[: PAGE + 1])
    return Page(rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None)


def in_order(unit: str = "") -> tuple[OrderBy, str]:
    """The published order of units: the city's own, then district by district as the statistics code has them, and
    within each by the managing order."""
    return F(f"{unit}area__path").asc(nulls_first=True), f"{unit}path"


def invited_to(conference: Conference) -> list[Invitation]:
    """Who is invited, in the published order of units: those who attend, then those who observe."""
    rows = Invitation.objects.filter(conference=conference).select_related("unit")
    # "attend" stands before "observe".
    return list(rows.order_by("seat", *in_order("unit__"), "number"))
