"""The task ledger: of a conference, or of a list of open tasks."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Move
from yipanqi.exchange.paper import Block, Figure, Lead, Paper, Run, Table, Words, listed, woven
from yipanqi.insight import behind, queue
from yipanqi.insight.board import lines_now
from yipanqi.insight.official.frame import PageOf, TasksOf, own_unit, paper
from yipanqi.insight.queue import ALL, LATE, Wanted
from yipanqi.meetings.lights import TaskLight, light_of, progress_of
from yipanqi.meetings.models import Conference, Task
from yipanqi.meetings.queries import leads_of, problems_of, with_nodes
from yipanqi.notices.papers import LEDGER
from yipanqi.organisations.models import Part

MOST = 1000  # tasks: what a person works through, not a copy of the city
LONGEST = 120  # characters of the latest progress


@dataclass(frozen=True)
class Entry:
    """A line of the ledger."""

    task: Task
    light: TaskLight
    lead: str
    helping: str
    progress: tuple[int, int]
    problem: str
    latest: str


def of_conference(conference: Conference, viewer: Viewer, at: dt.datetime) -> Paper:
    """The ledger of a conference: its tasks, open and closed, that the viewer finds, in the order of its requirements."""
    rows = behind.tasks(lines_now(conference, viewer, at).rows, viewer)
    found = entries([row.task.pk for row in rows], at)
    late = sum(one.light.colour == "red" for one in found)
    counted = [
        woven(_("任务 {0} 项"), Figure(len(found), _("任务"), TasksOf(conference.pk))),
        woven(_("超期 {0} 项"), Figure(late, _("超期"), TasksOf(conference.pk, light="red"))),
    ]
    return _ledger(found, counted, str(conference), viewer, at)


def of_list(viewer: Viewer, wanted: Wanted, at: dt.datetime) -> Paper:
    """The ledger of a list of the queue: its tasks, the most urgent first."""
    ids: list[UUID] = []
    after = None
    while len(ids) < MOST:
        page = queue.page(viewer, wanted, at, after=after)
        ids += [row.id for row in page.rows]
        after = page.next
        if after is None:
            break
    wishes = {_("任务"): wanted, _("超期"): Wanted(**{**vars(wanted), "when": LATE})}
    counts = queue.counts(viewer, wishes.values(), at)
    texts = (_("未办结任务 {0} 项"), _("超期 {0} 项"))
    counted = [
        woven(text, Figure(counts[wish].number, label, wish, least=counts[wish].bounded))
        for text, (label, wish) in zip(texts, wishes.items(), strict=True)
    ]
    scope = queue.names_of(wanted).get("unit") or own_unit(viewer)
    return _ledger(entries(ids[:MOST], at), counted, scope, viewer, at)


def open_tasks(unit: UUID | None = None) -> Wanted:
    """All open tasks, or those that a unit leads."""
    return Wanted(whose=ALL, kind="task", unit=unit)


def entries(ids: Sequence[UUID], at: dt.datetime) -> list[Entry]:
    """The lines of these tasks, of which the viewer may find each, in the same order; as many statements for many as
    for one."""
    found = Task.objects.filter(pk__in=ids).select_related("matter", "line", "line__conference", "parent")
    tasks = {task.pk: task for task in with_nodes(found)}
    rows = [tasks[pk] for pk in ids if pk in tasks]
    leads, problems, helping, latest = leads_of(rows), problems_of(rows), _helping(ids), _latest(ids)
    return [
        Entry(
            task=task,
            light=light_of(task, task.matter, task.nodes, at, problems.get(task.pk)),
            lead=str(leads[task.pk].unit) if task.pk in leads else "",
            helping=_("、").join(helping.get(task.pk, ())),
            progress=progress_of(task.nodes),
            problem=str(problems[task.pk].unit) if task.pk in problems else "",
            latest=latest.get(task.pk, ""),
        )
        for task in rows
    ]


def _helping(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    parts = Part.objects.filter(matter__in=ids, role=Part.CO, until__isnull=True).select_related("unit")
    found: dict[UUID, list[str]] = {}
    for part in parts.order_by("unit__path"):
        found.setdefault(part.matter_id, []).append(str(part.unit))
    return found


def _latest(ids: Sequence[UUID]) -> dict[UUID, str]:
    """What was said last of how far each is."""
    moves = Move.objects.filter(matter__in=ids, step="progress").select_related("payload")
    said = {}
    for move in moves.order_by("matter", "-number").distinct("matter"):
        text = str(json.loads(move.payload.body).get("text") or "") if hasattr(move, "payload") else ""
        said[move.matter_id] = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return said


def _ledger(
    found: Sequence[Entry], counted: Sequence[list[Run]], scope: str, viewer: Viewer, at: dt.datetime
) -> Paper:
    headers = [
        _("编号"), _("任务"), _("来源"), _("牵头单位"), _("配合单位"), _("完成期限"),
        _("节点"), _("灯"), _("最近进展"), _("需协调"), _("状态"),
    ]  # fmt: skip
    table = Table(
        _("任务台账"),
        headers,
        [4, 6, 6, 4, 4, 4, 2, 4, 6, 3, 3],
        [_row(one) for one in found],
        _("没有任务。"),
    )
    blocks: list[Block] = [table]
    if found:
        blocks.insert(0, Words([*listed(counted, _("，")), _("。")]))
    if len(found) >= MOST:
        blocks.append(Words([_("只列出前 %(n)d 项。") % {"n": MOST}]))
    return paper(LEDGER, {"scope": scope}, blocks, issuer=own_unit(viewer), at=at, wide=True)


def _row(one: Entry) -> list[Run]:
    task, (done, of) = one.task, one.progress
    below = _("（属于 %(number)s）") % {"number": task.parent.number} if task.parent else ""
    return [
        task.number + below,
        Lead(task.title, PageOf(task.pk)),
        f"{task.line.conference} {task.line.number}. {task.line}",
        one.lead,
        one.helping,
        task.due_on.isoformat(),
        Lead(f"{done}/{of}", PageOf(task.pk, "milestones")) if of else "",
        one.light.why,
        one.latest,
        one.problem,
        str(procedure_of(task.matter).state[task.matter.state].label),
    ]
