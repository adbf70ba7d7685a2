"""Reading conferences, lines and tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Conference, Line, LineBinding, Milestone, Task
from yipanqi.organisations.models import Part


def subjects(ids: Iterable[UUID]) -> Mapping[UUID, Task]:
    """The tasks of matters, locked after their matters (which the engine has locked in the order of their ids)."""
    tasks = (
        Task.objects.select_for_update(of=("self",))
        .select_related("line", "line__conference")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    return {task.pk: task for task in tasks}


def milestone_number(value: object) -> int:
    """How an answer names a milestone: by its number within the task, so that it can never be another task's."""
    text = str(value).strip()
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 1000:
        raise Refused(_("没有这个节点。"))
    return int(text)


def latest_conference() -> Conference | None:
    """The conference that was entered last."""
    return Conference.objects.order_by("-pk").first()


def lines_of(conference: Conference) -> QuerySet[Line]:
    """The requirements of a conference in their order, with what binds them to cases."""
    bindings = LineBinding.objects.select_related("category", "area").order_by("pk")
    return (
        Line.objects.filter(conference=conference)
        .order_by("number")
        .prefetch_related(Prefetch("bindings", queryset=bindings))
    )


def tasks_under(lines: Iterable[Line], visible: Q) -> list[Task]:
    """The tasks under these lines that the clause over `Matter` lets through, in their order, with matter and
    milestones: three statements whatever their number."""
    return list(
        Task.objects.filter(line__in=list(lines), matter__in=Matter.objects.filter(visible))
        .select_related("matter")
        .prefetch_related(Prefetch("milestones", queryset=Milestone.objects.order_by("number")))
        .order_by("line__number", "number")
    )


def leads_of(tasks: Iterable[Task]) -> dict[UUID, Part]:
    """The one living lead part of each task, with its unit."""
    parts = Part.objects.filter(matter__in=[t.pk for t in tasks], role=Part.LEAD, until__isnull=True)
    return {part.matter_id: part for part in parts.select_related("unit")}
