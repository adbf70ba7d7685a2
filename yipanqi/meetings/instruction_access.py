"""What of a leader's instruction a viewer sees: who may find one is who may find a task
(meetings/access.py), and as no unit but its office has a part in it, that is the office alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from yipanqi.core import engine
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import UnitRef, procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role, Step
from yipanqi.files.queries import FileView
from yipanqi.meetings.models import Conference, Instruction
from yipanqi.meetings.papers import files_of
from yipanqi.organisations.models import Part
from yipanqi.organisations.queries import parts_of, units_in
from yipanqi.organisations.timeline import (
    DocumentView,
    DueView,
    Event,
    History,
    PartView,
    documents,
    history_of,
    open_dues,
    timeline,
)


@dataclass(frozen=True)
class InstructionView:
    """One instruction in the shape in which one viewer sees it. What it has in common with a case or a task bears the
    same name."""

    number: str
    matter: Matter
    viewer: Viewer
    conference: Conference
    instruction: Instruction
    state: str
    state_code: str
    unit: str
    unit_telephone: str
    title: str
    text: str
    said: str
    files: list[FileView]
    events: list[Event]
    dues: list[DueView]
    documents: list[DocumentView]
    steps: list[Step]
    parts: list[PartView]
    kind: str = "instruction"
    text_withheld: bool = False
    units: Mapping[Role, list[UnitRef]] = field(default_factory=dict)


def present(
    matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None
) -> InstructionView:
    """The instruction for this viewer, who has found it."""
    moment = at or timezone.now()
    conference = Conference.objects.select_related("instruction", "report").get(matter=matter.pk)
    history, parts = history_of(matter), parts_of([matter.pk]).get(matter.pk, [])
    units, state = units_in(parts), procedure_of(matter).state[matter.state]
    sender = next((p.unit for p in parts if p.role == Part.SENDER and p.until is None), None)
    return InstructionView(
        number=conference.number,
        matter=matter,
        viewer=viewer,
        conference=conference,
        instruction=conference.instruction,
        state=str(state.label),
        state_code=state.code,
        unit=str(sender) if sender else "",
        unit_telephone=sender.telephone if sender else "",
        title=str(conference),
        text=conference.purpose,
        said=conference.report.original if hasattr(conference, "report") else "",
        files=files_of(conference),
        events=timeline(history, at=moment, public=False),
        dues=open_dues(history, at=moment, public=False),
        documents=[*documents(history), *_answers(conference.instruction, history, str(sender or ""))],
        steps=list(engine.open_steps(matter, conference, Actor(viewer), moment, units)),
        parts=[PartView(p.role, str(p.unit), p.since, p.until, p.left_because) for p in parts],
        units=units,
    )


def _answers(kept: Instruction, history: History, unit: str) -> list[DocumentView]:
    """The answer as it goes to the leader; what an earlier one said stands in the course of the matter."""
    last = [move for move in history.moves if move.step == "report_back"][-1:]
    return [DocumentView("answer", _("批示办理情况报告"), kept.answer, move.at, unit) for move in last]
