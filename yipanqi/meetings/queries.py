"""Reading conferences, lines and tasks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Words
from yipanqi.core.models import Matter
from yipanqi.meetings.models import INSTRUCTION, Conference, Line, LineBinding, Milestone, Task
from yipanqi.organisations.models import Duty, Part
from yipanqi.text.reports import Kind, Requirement

MOST_DUTIES = 2000
MOST_PROPOSED = 5
# In every duty: they tell none from another.
_COMMON = re.compile(
    "工作|负责|管理|服务|建设|监督|指导|协调|统筹|推进|其他|全市|权责清单|三定规定|惯例|[：；，、。的和及与]"
)
_UNIT_STEM = re.compile(
    "^[省市区县]?(?:委|政府)?(.{2,}?)(?:局|委员会|委|办公室|办|中心|部|会|支队|集团|公司|处|所|站)$"
)


def subjects(ids: Iterable[UUID]) -> Mapping[UUID, Task]:
    """The tasks of matters, locked after their matters (which the engine has locked in the order of their ids)."""
    tasks = (
        Task.objects.select_for_update(of=("self",))
        .select_related("line", "line__conference")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    return {task.pk: task for task in tasks}


def searched(ids: Iterable[UUID]) -> list[Words]:
    """What of tasks is searched: number, title and goal."""
    rows = Task.objects.filter(pk__in=list(ids)).values_list("pk", "number", "title", "goal")
    return [Words(*row) for row in rows]


def milestone_number(value: object) -> int:
    """How an answer names a milestone: by its number within the task, so that it can never be another task's."""
    number = _number(value)
    if number is None:
        raise Refused(_("没有这个节点。"))
    return number


def target_number(value: object) -> int:
    """How an answer names a target, likewise."""
    number = _number(value)
    if number is None:
        raise Refused(_("没有这个指标。"))
    return number


def _number(value: object) -> int | None:
    text = str(value).strip()
    known = text.isascii() and text.isdigit() and 0 < int(text) < 1000
    return int(text) if known else None


def latest_conference() -> Conference | None:
    """The conference that was entered last; one that is planned only once it laid something down. Instructions come
    daily and each asks little: none of them takes the place of the conference."""
    laid_down = Line.objects.filter(conference=OuterRef("pk"))
    found = Conference.objects.filter(Q(matter__isnull=True) | Exists(laid_down)).exclude(kind=INSTRUCTION)
    return found.select_related("report").order_by("-pk").first()


def lines_of(conference: Conference) -> QuerySet[Line]:
    """The requirements of a conference in their order, with what binds them to cases."""
    bindings = LineBinding.objects.select_related("category", "area").order_by("pk")
    return (
        Line.objects.filter(conference=conference)
        .order_by("number")
        .prefetch_related(Prefetch("bindings", queryset=bindings))
    )


def with_nodes(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """The tasks with their milestones in `nodes`, in order: a list, for Django makes a query set for each task whose
    related rows are fetched ahead, which costs more than the rows."""
    in_order = Milestone.objects.order_by("number")
    nodes = Prefetch("milestones", queryset=in_order, to_attr="nodes")
    return tasks.prefetch_related(nodes)  # type: ignore[no-redef]  # said in the model, for whoever gets a Task


def tasks_under(lines: Iterable[Line], visible: Q) -> list[Task]:
    """The tasks under these lines that the clause over `Matter` lets through, in their order, with matter and
    milestones: three statements whatever their number."""
    found = Task.objects.filter(line__in=list(lines), matter__in=Matter.objects.filter(visible))
    return list(with_nodes(found.select_related("matter", "parent").order_by("line__number", "number")))


def seen_below(task: Task, visible: Q) -> list[Task]:
    """The task above this one and those below it that the clause over `Matter` lets through, with matter and
    milestones, in the order of their numbers."""
    near = Q(parent=task) | Q(pk=task.parent_id)
    found = Task.objects.filter(near, matter__in=Matter.objects.filter(visible))
    return list(with_nodes(found.select_related("matter", "parent").order_by("number")))


def late_below(tasks: Iterable[UUID], visible: Q, at: dt.datetime) -> dict[UUID, tuple[int, int]]:
    """Of those of these tasks of which any child is late: how many children are, as their own lights say it (red), and of
    how many that were issued and not dropped; as far as the clause over `Matter` lets through. One statement, for at
    most MOST_CHILDREN rows a task: no tally is kept of it (docs/adr/0033)."""
    children = Task.objects.filter(parent__in=list(tasks), matter__in=Matter.objects.filter(visible))
    late = Count("pk", filter=Q(matter__open=True, matter__due_at__lte=at))
    counted = children.exclude(matter__state__in=("drafted", "dropped")).values_list("parent")
    found = counted.annotate(late=late, of=Count("pk")).filter(late__gt=0).order_by()
    return {parent: (late, of) for parent, late, of in found}


def years_without_goal(line: Line, today: dt.date) -> list[int]:
    """For which years a standing requirement has no goal: of those since its first one, or of this year, up to this one.
    A goal that was dropped is none, and a draft binds nobody yet."""
    if not line.standing:
        return []
    tasks = Task.objects.filter(line=line, year__isnull=False).exclude(
        matter__state__in=("drafted", "dropped")
    )
    years = {year for year in tasks.values_list("year", flat=True) if year}
    return [year for year in range(min(years | {today.year}), today.year + 1) if year not in years]


def problems_of(tasks: Iterable[Task]) -> dict[UUID, Part]:
    """Of each task that a problem holds up, the part of the unit that was asked to solve it, whose day comes first."""
    parts = Part.objects.filter(
        matter__in=[t.pk for t in tasks], problem=True, until__isnull=True, done_at__isnull=True
    )
    ordered = parts.select_related("unit").order_by("-due_at", "-pk")
    return {part.matter_id: part for part in ordered}


def leads_of(tasks: Iterable[Task]) -> dict[UUID, Part]:
    """The one living lead part of each task, with its unit."""
    parts = Part.objects.filter(matter__in=[t.pk for t in tasks], role=Part.LEAD, until__isnull=True)
    return {part.matter_id: part for part in parts.select_related("unit")}


def city_duties() -> list[Duty]:
    """The duties in force for the whole city: who a requirement that names nobody may be for."""
    today = day_of(timezone.now())
    return list(
        Duty.objects.filter(area__parent__isnull=True, valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .select_related("category", "unit")
        .order_by("category_id")[:MOST_DUTIES]
    )


def propose_units(requirement: Requirement, duties: Sequence[Duty] | None = None) -> list[str]:
    """Units by the duty list, the likeliest first: their category, their own name or the words of their duty stand in
    the object or the theme of the requirement. Nobody for a principle, which is everybody's. A person decides."""
    if requirement.kind is Kind.PRINCIPLE:
        return []
    said = requirement.object or requirement.clause
    weights: dict[str, int] = {}
    for duty in city_duties() if duties is None else duties:
        weight = max(2 * _told_of(duty, said), _told_of(duty, requirement.theme))
        if weight:
            name = duty.unit.name_zh
            weights[name] = max(weight, weights.get(name, 0))
    return sorted(weights, key=lambda name: -weights[name])[:MOST_PROPOSED]


def _told_of(duty: Duty, words: str) -> int:
    """How many characters of the duty stand in the words, once what every duty says is left out."""
    stem = _UNIT_STEM.match(duty.unit.name_zh)
    if stem and stem[1] in words:
        return 2 * len(stem[1])
    name = duty.category.name_zh
    if name in words:
        return 2 * len(name)
    pairs = {a + b for part in _COMMON.split(name) for a, b in pairwise(part)}
    if pairs and all(pair in words for pair in pairs):
        return len(pairs) + 1
    return max((len(part) for part in _shared(_COMMON.sub(" ", duty.basis), words)), default=0)


def _shared(basis: str, words: str) -> Iterable[str]:
    """Runs of three characters and more that both have."""
    for part in basis.split():
        for start in range(len(part) - 2):
            end = start + 3
            while end <= len(part) and part[start:end] in words:
                end += 1
            if end > start + 3:
                yield part[start : end - 1]
