"""Which tasks stand in a decomposition plan, and what a unit is to do in them.

Order of locks: the plan, then its tasks from the bottom of the tree upwards (docs/adr/0029, 0031); who holds a task waits
for no plan. Under the locks of its tasks a plan leaves its draft, so that none is changed while units are asked about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipanqi.core.labels import Label
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Condition
from yipanqi.meetings.models import Line, Task
from yipanqi.meetings.plan_models import Plan
from yipanqi.organisations.models import Part, Unit

# In these a plan is a list, and its tasks are free.
FREE = ("drafted", "revising")


def _held(task: Task) -> bool:
    """Read after the task was locked. A plan that has its document number is issuing its tasks just now."""
    if task.plan_id is None or task.matter.state != "drafted":
        return False
    holding = Plan.objects.filter(pk=task.plan_id, matter__open=True, document_number="")
    return holding.exclude(matter__state__in=FREE).exists()


IN_NO_PLAN = Condition(
    "in_no_plan", lambda task: not _held(task),
    Label("这项任务在一份正在征求意见或报批的分解方案里，随方案一起下达；要改，先把方案收回修改。", "This task stands in a decomposition plan that is being consulted on or approved, and is issued with it; to change it, take the plan back first."),
)  # fmt: skip


def sender_of(plan: Plan) -> Unit:
    """The unit that draws the plan up."""
    part = Part.objects.select_related("unit").get(matter=plan.pk, role=Part.SENDER, until__isnull=True)
    return part.unit


def tasks_of(plan: Plan) -> QuerySet[Task]:
    """The tasks of a plan in their order. In its draft these are the drafted tasks of its conference, by the same sender,
    that no other plan holds; then those that were consulted on."""
    found = Task.objects.filter(plan=plan)
    if plan.matter.state in FREE:
        sent = Part.objects.filter(role=Part.SENDER, until__isnull=True, unit=sender_of(plan))
        found = Task.objects.filter(
            Q(plan__isnull=True) | Q(plan=plan) | Q(plan__matter__open=False),
            Exists(sent.filter(matter=OuterRef("pk"))),
            line__conference=plan.conference_id,
            matter__state="drafted",
        )
    return found.select_related("matter", "line", "parent").order_by("line__number", "number")


def hold_tasks(plan: Plan) -> list[Task]:
    """The tasks of a plan that leaves its draft, held by it and locked until the transaction ends."""
    lock_tasks(task.pk for task in tasks_of(plan))
    # Read anew: one that was issued or dropped while we waited for it is none of them.
    tasks = list(tasks_of(plan))
    Task.objects.filter(plan=plan).exclude(pk__in=[task.pk for task in tasks]).update(plan=None)
    Task.objects.filter(pk__in=[task.pk for task in tasks]).update(plan=plan)
    return tasks


def lock_tasks(ids: Iterable[UUID]) -> None:
    """Lock tasks, children before their parents: a child is born after its parent, and ids grow with time."""
    list(Matter.objects.select_for_update().filter(pk__in=list(ids)).order_by("-pk"))


@dataclass
class Roles:
    """What a unit is to do in a plan: the places in it of the tasks that it leads, and of those that it helps with."""

    unit: Unit
    leads: list[int] = field(default_factory=list)
    helps: list[int] = field(default_factory=list)


def roles_in(tasks: Sequence[Task]) -> dict[UUID, Roles]:
    """By unit, its roles in these tasks of a plan, in the managing order of units."""
    places = {task.pk: place for place, task in enumerate(tasks, start=1)}
    parts = Part.objects.filter(matter__in=places, role__in=(Part.LEAD, Part.CO), until__isnull=True)
    found: dict[UUID, Roles] = {}
    for part in sorted(
        parts.select_related("unit"), key=lambda part: (part.unit.path, places[part.matter_id])
    ):
        roles = found.setdefault(part.unit_id, Roles(part.unit))
        (roles.leads if part.role == Part.LEAD else roles.helps).append(places[part.matter_id])
    return found


def open_plan(conference: int, sender: Unit) -> Plan | None:
    """The plan of a unit for a conference that is not at its end."""
    sent = Part.objects.filter(role=Part.SENDER, until__isnull=True, unit=sender, matter=OuterRef("pk"))
    return Plan.objects.filter(Exists(sent), conference=conference, matter__open=True).first()


def tasks_to_plan(conference: int) -> bool:
    """Whether the conference laid down anything that may have a task."""
    return Line.objects.filter(conference=conference, principle=False).exists()
