"""The tasks behind a figure of the city's board, by their date, page by page; and the conferences with their lights."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncQuarter

from yipanqi.core import gate
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.models import Matter
from yipanqi.insight import board
from yipanqi.insight.city import Chosen, Lights, Tasks, by_line, shade_of
from yipanqi.insight.lights import LineLight, line_light
from yipanqi.insight.linesums import TaskRow, task_rows
from yipanqi.insight.places import Cursor
from yipanqi.meetings.lights import shaded
from yipanqi.meetings.meeting_queries import found_by
from yipanqi.meetings.models import Conference, Line, Task
from yipanqi.meetings.queries import lines_of, with_nodes

PAGE = 50
CONFERENCES = 10


@dataclass(frozen=True)
class TaskPage:
    """Some tasks by date, and where to go on; None where there is nothing."""

    rows: Sequence[TaskRow]
    previous: Cursor | None
    next: Cursor | None


Place = tuple[dt.date, UUID]


def page(
    tasks: Tasks,
    chosen: Chosen,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
) -> TaskPage:
    """A page of the chosen tasks, the earliest date first. Walked along the index by date, or found by unit or line: what
    moved lately is sorted in among them. The desk's gate has the last word on what is shown."""
    back, cursor = before is not None, before or after
    kept = tasks.kept.filter(chosen.rows(tasks.at))
    moved = [(row.due_on, row.pk) for row in tasks.chosen(chosen)]
    if cursor is not None and cursor.due_at is not None:
        day, pk = cursor.due_at.date(), cursor.id
        beyond = (
            Q(due_on__lt=day) | Q(due_on=day, pk__lt=pk)
            if back
            else Q(due_on__gt=day) | Q(due_on=day, pk__gt=pk)
        )
        kept = kept.filter(beyond, **{"due_on__lte" if back else "due_on__gte": day})
        moved = [place for place in moved if (place < (day, pk) if back else place > (day, pk))]
    order = ("-due_on", "-pk") if back else ("due_on", "pk")
    places = [*kept.order_by(*order).values_list("due_on", "pk")[: size + 1], *moved]
    places = sorted(places, reverse=back)
    more, places = len(places) > size, places[:size]
    previous, following = (more, bool(places)) if back else (cursor is not None and bool(places), more)
    places = places[::-1] if back else places
    return TaskPage(
        rows=_rows([pk for _day, pk in places], tasks.viewer, tasks.at),
        previous=_cursor(places[0]) if previous else None,
        next=_cursor(places[-1]) if following and places else None,
    )


def _cursor(place: Place) -> Cursor:
    return Cursor(dt.datetime.combine(place[0], dt.time(), dt.UTC), place[1])


def _rows(ids: Sequence[UUID], viewer: Viewer, at: dt.datetime) -> list[TaskRow]:
    seen = Matter.objects.filter(gate.visible(viewer, Channel.DESK, procedures=("task",)), pk__in=ids)
    found = Task.objects.filter(pk__in=seen.values("pk"))
    tasks = with_nodes(found.select_related("matter", "parent", "line", "line__conference"))
    rows = {row.task.pk: row for row in task_rows(list(tasks), at)}
    return [rows[pk] for pk in ids if pk in rows]


def by_quarter(tasks: Tasks, chosen: Chosen) -> dict[dt.date, tuple[int, int]]:
    """How many of the chosen tasks fall due in each quarter, by its first day, and how many of these are late."""
    late = Count("pk", filter=shaded("red", tasks.at))
    kept = tasks.kept.filter(chosen.rows(tasks.at)).values_list(TruncQuarter("due_on"))
    found = {first: (number, red) for first, number, red in kept.annotate(n=Count("pk"), late=late)}
    for row in tasks.chosen(chosen):
        first = quarter_of(row.due_on)
        number, red = found.get(first, (0, 0))
        found[first] = number + 1, red + (shade_of(row, tasks.at) == "red")
    return found


def quarter_of(day: dt.date) -> dt.date:
    """The first day of the quarter that a day lies in."""
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


# --- conferences -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConferenceRow:
    """A conference: its lines with their lights (None: a principle), and how many tasks have which light."""

    conference: Conference
    lines: Sequence[tuple[Line, LineLight | None]]
    tasks: Lights


def conferences(tasks: Tasks, *, after: int | None = None) -> tuple[list[ConferenceRow], int | None]:
    """The conferences that laid something down, the newest first, and the one after which to go on. A line has the light
    that it has on the conference's own board, its cases looked at as well."""
    found = found_by(tasks.viewer).filter(pk__in=Line.objects.values("conference")).order_by("-pk")
    some = list((found.filter(pk__lt=after) if after else found)[: CONFERENCES + 1])
    shown = some[:CONFERENCES]
    return lit(tasks, shown)[0], shown[-1].pk if len(some) > CONFERENCES else None


def lit(tasks: Tasks, shown: Sequence[Conference]) -> tuple[list[ConferenceRow], board.Cases]:
    """These conferences with the lights of their lines, and the figures of the cases that their lines are bound to. No
    task is read: its light is counted where it stands in the rollup."""
    lights = by_line(tasks, [one.pk for one in shown])
    lines = {one.pk: list(lines_of(one)) for one in shown}
    cases = board.case_figures([line for each in lines.values() for line in each], tasks.viewer, tasks.at)
    rows = []
    for one in shown:
        whole: Lights = Counter()
        found: list[tuple[Line, LineLight | None]] = []
        for line in lines[one.pk]:
            counts = lights.get(line.pk, Counter())
            whole.update(counts)
            found.append((line, None if line.principle else line_light(counts, cases.by_line.get(line.pk))))
        rows.append(ConferenceRow(one, found, whole))
    return rows, cases
