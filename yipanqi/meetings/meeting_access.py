"""What of a planned conference a viewer sees: who may find one is who may find a task (meetings/access.py)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from yipanqi.core import engine
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import UnitRef, procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role, Step
from yipanqi.files.queries import FileView
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.meeting_queries import invited_to
from yipanqi.meetings.models import AgendaItem, Conference, Invitation, Paper, Receipt, Venue
from yipanqi.meetings.papers import files_of
from yipanqi.organisations.access import in_any_part
from yipanqi.organisations.models import Part
from yipanqi.organisations.queries import parts_of, units_in
from yipanqi.organisations.timeline import (
    DocumentView,
    DueView,
    Event,
    PartView,
    documents,
    history_of,
    open_dues,
    part_due,
    timeline,
)

# A file is brought on a page of its own, and by no card.
BY_ITS_PAGE = "attach_paper"


@dataclass(frozen=True)
class Invited:
    """An invited post as one viewer sees it; what a unit replied is its own business and the convener's."""

    invitation: Invitation
    told: bool
    mine: bool
    papers: bool


@dataclass(frozen=True)
class MeetingView:
    """One planned conference in the shape in which one viewer sees it. What it has in common with a case or a task bears
    the same name."""

    number: str
    matter: Matter
    viewer: Viewer
    conference: Conference
    state: str
    state_code: str
    unit: str
    unit_telephone: str
    title: str
    text: str
    convenes: bool
    agenda: list[AgendaItem]
    venues: list[Venue]
    papers: list[Paper]
    files: list[FileView]
    may_attach: bool
    invited: list[Invited]
    events: list[Event]
    dues: list[DueView]
    documents: list[DocumentView]
    steps: list[Step]
    parts: list[PartView]
    reply_due: DueView | None
    kind: str = "meeting"
    text_withheld: bool = False
    units: Mapping[Role, list[UnitRef]] = field(default_factory=dict)


def present(matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None) -> MeetingView:
    """The conference for this viewer, who has found it."""
    moment = at or timezone.now()
    conference = Conference.objects.get(matter=matter.pk)
    history, parts = history_of(matter), parts_of([matter.pk]).get(matter.pk, [])
    units, state = units_in(parts), procedure_of(matter).state[matter.state]
    sender = next((p.unit for p in parts if p.role == Part.SENDER and p.until is None), None)
    convenes = any(in_any_part(parts, viewer, capability, Part.SENDER) for capability in SENDING)
    open_now = list(engine.open_steps(matter, conference, Actor(viewer), moment, units))
    signed = [move for move in history.moves if move.step == "sign_minutes"]
    return MeetingView(
        number=conference.number,
        matter=matter,
        viewer=viewer,
        conference=conference,
        state=str(state.label),
        state_code=state.code,
        unit=str(sender) if sender else "",
        unit_telephone=sender.telephone if sender else "",
        title=str(conference),
        text=conference.purpose,
        convenes=convenes,
        agenda=list(conference.agenda.select_related("speaker").order_by("number")),
        venues=list(conference.venues.select_related("unit").order_by("-main", "number")),
        papers=list(conference.papers.order_by("number")),
        files=files_of(conference),
        may_attach=any(step.name == BY_ITS_PAGE for step in open_now),
        invited=_invited(conference, viewer, convenes=convenes),
        events=timeline(history, at=moment, public=False, sender=convenes),
        dues=open_dues(history, at=moment, public=False),
        documents=[
            *documents(history),
            *(
                DocumentView("minutes", _("会议纪要"), conference.minutes, move.at, str(sender or ""))
                for move in signed
            ),
        ],
        steps=[step for step in open_now if step.name != BY_ITS_PAGE],
        # The invited are listed with their replies, and not a second time.
        parts=[
            PartView(part.role, str(part.unit), part.since, part.until, part.left_because, part.asked, None)
            for part in parts
            if part.role == Part.SENDER
        ],
        reply_due=_reply_due(parts, viewer, convenes=convenes, at=moment),
        units=units,
    )


def _reply_due(parts: Sequence[Part], viewer: Viewer, *, convenes: bool, at: dt.datetime) -> DueView | None:
    """By when replies are asked for: those that are owed, as far as they are this viewer's business."""
    owed = (
        part_due(part, at)
        for part in parts
        if part.role == Part.CO
        and part.done_at is None
        and (convenes or viewer.reaches("decisions.work", part.unit.path))
    )
    return next((due for due in owed if due is not None), None)


def _invited(conference: Conference, viewer: Viewer, *, convenes: bool) -> list[Invited]:
    had = set(Receipt.objects.filter(conference=conference).values_list("unit_id", flat=True))
    found = []
    for one in invited_to(conference):
        mine = viewer.reaches("decisions.work", one.unit.path)
        found.append(Invited(one, convenes or mine, mine, one.unit_id in had))
    return found
