"""Who may find a task, and what of it they see."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from yipanqi.core import engine
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Step
from yipanqi.meetings.lights import TaskLight, light_of, progress_of
from yipanqi.meetings.models import Milestone, Task
from yipanqi.organisations.access import answered_by, matters_with, parts_of_viewer
from yipanqi.organisations.models import Part
from yipanqi.organisations.queries import parts_of
from yipanqi.organisations.timeline import (
    DocumentView,
    DueView,
    Event,
    PartView,
    documents,
    history_of,
    open_dues,
    timeline,
)

SENDING = ("decisions.draft", "decisions.issue", "decisions.check")


def visible(viewer: Viewer, channel: Channel, live: bool) -> Q | None:
    """Those who draft, issue and check find what their units send, drafts included, and so do those who see the board
    over them; a unit and its leaders find what it leads or helps with once it is issued; nobody finds a task from
    outside. Figures count a task at its lead unit, a draft at the unit that drafts it: all of them the desk shows."""
    if viewer.account is None:
        return None
    drafted = Q(state="drafted")
    if channel == Channel.FIGURES:
        senders = parts_of_viewer(viewer, "board.see", roles=(Part.SENDER,))
        answered = answered_by(viewer, "board.see", live=live)
        return (~drafted & answered) | (drafted & matters_with(senders, live=live))
    if channel not in (Channel.DESK, Channel.COMMAND):
        return None
    clause = Q(pk__in=[])
    if any(viewer.has(capability) for capability in (*SENDING, "board.see")):
        senders = parts_of_viewer(viewer, *SENDING, "board.see", roles=(Part.SENDER,))
        clause |= matters_with(senders, live=live)
    if viewer.has("decisions.work") or viewer.has("board.see"):
        parts = parts_of_viewer(viewer, "decisions.work", "board.see")
        clause |= matters_with(parts, live=live) & ~drafted
    return clause


@dataclass(frozen=True)
class TaskView:
    """One task in the shape in which one viewer sees it. What it has in common with a case bears the same name; what
    only a case has is there and empty, so that one page shows both."""

    number: str
    matter: Matter
    state: str
    state_code: str
    unit: str
    unit_telephone: str
    title: str
    text: str
    line: str
    line_id: int
    conference: str
    due_on: dt.date
    issued_on: dt.date | None
    light: TaskLight
    milestones: list[Milestone]
    progress: tuple[int, int]
    events: list[Event]
    dues: list[DueView]
    documents: list[DocumentView]
    steps: list[Step]
    parts: list[PartView]
    kind: str = "task"
    text_withheld: bool = False
    round: int = 1
    outcome: str = ""
    category: str = ""
    area: str = ""
    channel: str = ""
    anonymity: str = ""
    person: None = None
    original: None = None
    verdict: None = None
    external: list[tuple[str, str]] = field(default_factory=list)
    request: dict[str, object] = field(default_factory=dict)

    @property
    def received_at(self) -> dt.datetime:
        return self.matter.opened_at


def present(matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None) -> TaskView:
    """The task for this viewer, who has found it."""
    moment = at or timezone.now()
    task = Task.objects.select_related("line", "line__conference").get(pk=matter.pk)
    history = history_of(matter)
    parts = parts_of([matter.pk]).get(matter.pk, [])
    lead = next((p for p in parts if p.role == Part.LEAD), None)
    state = procedure_of(matter).state[matter.state]
    milestones = list(task.milestones.order_by("number"))
    return TaskView(
        number=task.number,
        matter=matter,
        state=str(state.label),
        state_code=state.code,
        unit=str(lead.unit) if lead else "",
        unit_telephone=lead.unit.telephone if lead else "",
        title=task.title,
        text=task.goal,
        line=str(task.line),
        line_id=task.line_id,
        conference=str(task.line.conference),
        due_on=task.due_on,
        issued_on=task.issued_on,
        light=light_of(task, matter, milestones, moment),
        milestones=milestones,
        progress=progress_of(milestones),
        events=timeline(history, at=moment, public=False),
        dues=open_dues(history, at=moment, public=False),
        documents=documents(history),
        steps=list(engine.open_steps(matter, task, Actor(viewer), moment)),
        parts=[PartView(p.role, str(p.unit), p.since, p.until, p.left_because) for p in parts],
    )
