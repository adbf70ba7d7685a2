"""What stands behind a figure of the board: the matters themselves, as far as this viewer may find them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yipanqi.cases.access import pressed
from yipanqi.cases.actions import KINDS
from yipanqi.cases.models import Case, Verdict
from yipanqi.core import gate
from yipanqi.core.gate import Channel, Live, Viewer
from yipanqi.core.models import Matter
from yipanqi.insight.board import LineRow, binding_clause, categories_of
from yipanqi.insight.linesums import TaskRow, task_rows
from yipanqi.insight.places import Cursor, Lists
from yipanqi.insight.queue import PAGE, Page, paged
from yipanqi.insight.rows import rows_of
from yipanqi.meetings.models import LineBinding, Task
from yipanqi.meetings.queries import seen_below

OPEN, LATE, HELD, CLOSED, UNSOLVED = "open", "late", "held", "closed", "unsolved"
SHOWS = (OPEN, LATE, HELD, CLOSED, UNSOLVED)


def tasks(rows: Iterable[LineRow], viewer: Viewer, colour: str = "") -> list[TaskRow]:
    """The tasks that the figures of these lines count, as far as the desk shows them to the viewer; of one light where
    a colour is given."""
    wanted = [task for row in rows for task in row.tasks if colour in ("", task.light.colour)]
    ids = [task.task.pk for task in wanted]
    seen = Matter.objects.filter(gate.visible(viewer, Channel.DESK), pk__in=ids)
    allowed = set(seen.values_list("pk", flat=True))
    return [task for task in wanted if task.task.pk in allowed]


def below(task: Task, viewer: Viewer, at: dt.datetime, colour: str = "") -> list[TaskRow]:
    """What a task is broken down into, as far as the desk shows it to the viewer: what is said of late children counts
    these and no others (`meetings.queries.late_below`)."""
    seen = seen_below(task, gate.visible(viewer, Channel.DESK, procedures=("task",)))
    rows = task_rows([one for one in seen if one.parent_id == task.pk], at)
    return [row for row in rows if colour in ("", row.light.colour)]


def cases(
    bindings: Iterable[LineBinding],
    show: str,
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """A page of the cases (orders, suggestions and claims) that one figure counts: open, late or on hold, the most
    urgent first; closed, or closed and judged not solved, the newest first. Through the desk's gate: somebody may see a
    figure and not what it counts."""
    ended = show in (CLOSED, UNSOLVED)
    # What is joined to another is counted there, but for the verdict, which is its submitter's own (insight/rollup.py).
    once = Q() if show == UNSOLVED else Q(joined_to__isnull=True) | Q(joined_to__matter__state="withdrawn")
    bound = list(bindings)
    covered = Exists(
        Case.objects.filter(once, binding_clause(bound, categories_of(bound)), pk=OuterRef("pk"))
    )
    # Cases alone, which are found alike: with tasks it would be an OR, which the planner can only gather whole.
    mine = gate.visible(viewer, Channel.DESK, live=Live.NO if ended else Live.OPEN, procedures=KINDS)
    base = Matter.objects.filter(mine, covered, open=not ended)
    if ended:
        return _ended(base, show, viewer, at, after=after, before=before, size=size)
    found = base
    if show == LATE:
        found = found.filter(due_at__lte=at, holder__isnull=False)
    elif show == HELD:
        found = found.filter(state="on_hold")
    return paged(lambda: Lists([found], walked=True), viewer, at, after=after, before=before, size=size)


def _ended(
    base: QuerySet[Matter],
    show: str,
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None,
    before: Cursor | None,
    size: int,
) -> Page:
    """Closed cases, the newest first; their ids are in the order of time."""
    found = base.filter(state="closed")
    if show == UNSOLVED:
        # The last verdict that staff may see: there is no third round (domain §3).
        seen = Verdict.objects.filter(case=OuterRef("pk"), of=Verdict.HANDLER, open_to_staff=True)
        found = found.filter(Exists(seen.filter(solved=False)), ~Exists(seen.filter(solved=True, round=2)))
    return newest(found, viewer, at, after=after, before=before, size=size)


def pressed_cases(
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """A page of the cases whose submitters said that they were pressed for a good verdict, of what the viewer
    supervises and finds at the desk, the newest first. Served by the partial index `verdict_pressed`."""
    said = Verdict.objects.filter(pressed=True, open_to_staff=True)
    found = Matter.objects.filter(
        gate.visible(viewer, Channel.DESK), pressed(viewer), pk__in=said.values("case")
    )
    return newest(found, viewer, at, after=after, before=before, size=size)


def newest(
    found: QuerySet[Matter],
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Cursor | None,
    before: Cursor | None,
    size: int,
) -> Page:
    """A page of any such list, the newest first."""
    if before is not None:
        rows = list(found.filter(pk__gt=before.id).order_by("pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        previous, following = more, bool(rows)
    else:
        if after is not None:
            found = found.filter(pk__lt=after.id)
        rows = list(found.order_by("-pk")[: size + 1])
        more, rows = len(rows) > size, rows[:size]
        previous, following = after is not None and bool(rows), more

    def cursor(pk: UUID) -> Cursor:
        return Cursor(None, pk)

    return Page(
        rows=rows_of(rows, viewer, at),
        previous=cursor(rows[0].pk) if previous else None,
        next=cursor(rows[-1].pk) if following and rows else None,
    )
