"""Who may find a task or a planned conference, and what of a task they see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from yipanqi.core import engine
from yipanqi.core.gate import Actor, Channel, Live, Viewer
from yipanqi.core.kinds import UnitRef, procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role, Step
from yipanqi.meetings.lights import TaskLight, light_of, progress_of
from yipanqi.meetings.models import Milestone, Target, Task
from yipanqi.meetings.queries import leads_of, problems_of, seen_below
from yipanqi.meetings.reminders import too_early
from yipanqi.meetings.tree import senders_under
from yipanqi.organisations.access import answered_by, matters_with, parts_of_viewer
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

SENDING = ("decisions.draft", "decisions.break_down", "decisions.issue", "decisions.check")


def visible(viewer: Viewer, channel: Channel, live: Live) -> Q | None:
    """Those who draft, issue and check find what their units send, drafts included, and so do those who see the board
    over them; a unit and its leaders find what it leads or helps with once it is issued; nobody finds a task from
    outside. Figures count a task at its lead unit, a draft at the unit that drafts it: all of them the desk shows.

    A planned conference is found alike: its convener is its sender, and before it is convened it has no other units.
    So is a decomposition plan, by the units that were asked about it. No figure counts either: figures tell of what was to be done."""
    if viewer.account is None:
        return None
    drafted = Q(state="drafted")
    if channel == Channel.FIGURES:
        senders = parts_of_viewer(viewer, "board.see", roles=(Part.SENDER,))
        answered = answered_by(viewer, "board.see", live=live)
        found = (~drafted & answered) | (drafted & matters_with(senders, live=live))
        return Q(found, procedure="task")
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


def reads(viewer: Viewer, channel: Channel) -> Q | None:
    """A task is no resident's: whoever may find it reads it."""
    return visible(viewer, channel, live=Live.NO)


@dataclass(frozen=True)
class Kin:
    """A task above or below another, as far as the viewer finds it: of one that they do not, the number alone."""

    number: str
    matter: UUID | None = None
    title: str = ""
    unit: str = ""
    due_on: dt.date | None = None
    light: TaskLight | None = None


@dataclass(frozen=True)
class Family:
    """What stands above a task and what it is broken down into; `others`: below it, and not the viewer's to see.
    `may_grow`: the viewer may break it down."""

    above: Kin | None
    below: list[Kin]
    others: int
    may_grow: bool

    @property
    def late(self) -> tuple[int, int]:
        """How many of the children that the viewer finds are late, and of how many that were issued and not dropped: what
        a parent's light, which is of its own dates, does not say."""
        lights = [one.light for one in self.below if one.light is not None]
        issued = [light for light in lights if light.colour != "grey" or light.deferred]
        return sum(light.colour == "red" for light in issued), len(issued)


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
    year: int | None
    light: TaskLight
    milestones: list[Milestone]
    targets: list[Target]
    bound: bool
    progress: tuple[int, int]
    events: list[Event]
    dues: list[DueView]
    documents: list[DocumentView]
    steps: list[Step]
    parts: list[PartView]
    family: Family
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
    units: Mapping[Role, list[UnitRef]] = field(default_factory=dict)

    @property
    def received_at(self) -> dt.datetime:
        return self.matter.opened_at


def present(matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None) -> TaskView:
    """The task for this viewer, who has found it."""
    moment = at or timezone.now()
    task = Task.objects.select_related("matter", "parent", "line", "line__conference").get(pk=matter.pk)
    history = history_of(matter)
    parts = parts_of([matter.pk]).get(matter.pk, [])
    units = units_in(parts)
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
        year=task.year,
        light=light_of(task, matter, milestones, moment, problems_of([task]).get(task.pk)),
        milestones=milestones,
        targets=list(task.targets.order_by("number")),
        bound=task.bindings.exists(),
        progress=progress_of(milestones),
        events=timeline(history, at=moment, public=False),
        dues=open_dues(history, at=moment, public=False),
        documents=documents(history),
        steps=[
            step
            for step in engine.open_steps(matter, task, Actor(viewer), moment, units)
            if not too_early(task, step.name, moment)
        ],
        parts=[_part(p, moment) for p in parts],
        request=task.request,
        family=_family(task, viewer, channel, moment),
        units=units,
    )


def _part(part: Part, at: dt.datetime) -> PartView:
    return PartView(
        part.role,
        str(part.unit),
        part.since,
        part.until,
        part.left_because,
        part.asked,
        part_due(part, at, label=_("配合")),
        part.problem and part.until is None and part.done_at is None,
    )


def _family(task: Task, viewer: Viewer, channel: Channel, at: dt.datetime) -> Family:
    """At most MOST_CHILDREN stand below a task: they are shown whole."""
    found = visible(viewer, channel, Live.NO) or Q(pk__in=[])
    seen = seen_below(task, found)
    leads, problems = leads_of(seen), problems_of(seen)

    def kin(one: Task) -> Kin:
        lead = leads.get(one.pk)
        light = light_of(one, one.matter, one.nodes, at, problems.get(one.pk))
        return Kin(one.number, one.pk, one.title, str(lead.unit) if lead else "", one.due_on, light)

    above = next((kin(one) for one in seen if one.pk == task.parent_id), None)
    if above is None and task.parent is not None:
        above = Kin(task.parent.number)
    below = [kin(one) for one in seen if one.parent_id == task.pk]
    others = (
        Task.objects.filter(parent=task)
        .exclude(matter__state="drafted")
        .exclude(pk__in=[k.matter for k in below])
    )
    return Family(above, below, others.count(), bool(senders_under(task, Actor(viewer))))
