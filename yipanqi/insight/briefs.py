"""What matters say of themselves in a list, as its viewer may read it: a loader for each kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from yipanqi.cases.access import readable, said_titles
from yipanqi.cases.actions import ALL_KINDS
from yipanqi.cases.models import Case
from yipanqi.cases.procedure import ACCUSATION
from yipanqi.core.gate import Viewer
from yipanqi.core.labels import pick
from yipanqi.insight.beside import Beside
from yipanqi.meetings.instruction_procedure import INSTRUCTION
from yipanqi.meetings.meeting_procedure import MEETING
from yipanqi.meetings.models import KINDS as KINDS_OF_MEETING, Conference, Task
from yipanqi.meetings.plan_models import Plan
from yipanqi.meetings.plan_procedure import PLAN
from yipanqi.meetings.procedure import TASK

JOINED = 1000  # cases that go with one are counted no further
_CASES = f"""
SELECT c.matter_id, c.number, c.title, k.name_zh, k.name_en, a.name_zh, a.name_en, c.joined_to_id IS NOT NULL,
    (SELECT count(*) FROM (SELECT FROM cases_case g JOIN core_matter o ON o.id = g.matter_id
     WHERE g.joined_to_id = c.matter_id AND o.open LIMIT {JOINED}) going),
    CASE WHEN m.state = 'registered' AND NOT c.cleared THEN s.seal_id END
FROM cases_case c
JOIN core_matter m ON m.id = c.matter_id
JOIN cases_submission s ON s.id = c.submission_id
LEFT JOIN organisations_category k ON k.code = c.category_id
LEFT JOIN organisations_area a ON a.code = c.area_id
WHERE c.matter_id = ANY(%s)
"""


@dataclass(frozen=True)
class Brief:
    """What a kind of matter says of itself in a list."""

    number: str
    title: str | None
    category: str = ""
    area: str = ""
    said: str = ""
    joined: int = 0
    follows: bool = False


def _cases(
    ids: Sequence[UUID], beside: Mapping[UUID, Beside], viewer: Viewer, at: dt.datetime
) -> dict[UUID, Brief]:
    with connection.cursor() as cursor:
        cursor.execute(_CASES, [list(ids)])
        rows = cursor.fetchall()
    parts = {pk: [(part.role, part.path) for part in beside[pk].parts] for pk in ids}
    may_read = readable(parts, viewer, at)
    said = said_titles({row[0]: row[-1] for row in rows if row[-1]}, parts, viewer)
    return {
        pk: Brief(
            number,
            title if pk in may_read else None,
            pick(kind_zh or "", kind_en or ""),
            pick(area_zh or "", area_en or ""),
            said.get(pk, ""),
            going,
            follows,
        )
        for pk, number, title, kind_zh, kind_en, area_zh, area_en, follows, going, _seal in rows
    }


def _accusations(
    ids: Sequence[UUID], beside: Mapping[UUID, Beside], viewer: Viewer, at: dt.datetime
) -> dict[UUID, Brief]:
    """A list says its number and nothing else, to intake neither."""
    numbers = Case.objects.filter(pk__in=ids).values_list("pk", "number")
    return {pk: Brief(number, None) for pk, number in numbers}


def _tasks(
    ids: Sequence[UUID], beside: Mapping[UUID, Beside], viewer: Viewer, at: dt.datetime
) -> dict[UUID, Brief]:
    """A task is no resident's: whoever may find it reads it. In place of a category stands its requirement."""
    tasks = Task.objects.filter(pk__in=ids).select_related("line").defer("goal")
    return {task.pk: Brief(task.number, task.title, str(task.line)) for task in tasks}


def _meetings(
    ids: Sequence[UUID], beside: Mapping[UUID, Beside], viewer: Viewer, at: dt.datetime
) -> dict[UUID, Brief]:
    """Nor is a meeting. In place of a category stands of which kind it is."""
    found = Conference.objects.filter(matter__in=ids).defer("purpose", "minutes")
    return {
        row.matter_id: Brief(row.number, str(row), str(KINDS_OF_MEETING[row.kind]))
        for row in found
        if row.matter_id
    }


def _plans(
    ids: Sequence[UUID], beside: Mapping[UUID, Beside], viewer: Viewer, at: dt.datetime
) -> dict[UUID, Brief]:
    """Nor is a decomposition plan. In place of a category stands its conference."""
    found = Plan.objects.filter(pk__in=ids).select_related("conference")
    return {plan.pk: Brief(plan.number, plan.title, str(plan.conference)) for plan in found}


Loader = Callable[[Sequence[UUID], Mapping[UUID, Beside], Viewer, dt.datetime], dict[UUID, Brief]]
# By kind; what several kinds share is asked once for them all.
BRIEFS: dict[str, Loader] = {
    **dict.fromkeys(ALL_KINDS, _cases),
    ACCUSATION.code: _accusations,
    TASK.code: _tasks,
    MEETING.code: _meetings,
    PLAN.code: _plans,
    INSTRUCTION.code: _meetings,
}
