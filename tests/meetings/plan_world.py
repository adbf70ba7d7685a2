"""A decomposition plan in the small city: two requirements and a principle, a task under the first, drawn up by the social
work department. Lamps lead, roads help."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories import City, take
from tests.meetings.world import MONDAY, WORKERS, lines, task
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Task
from yipanqi.meetings.plan_actions import draw_up_plan
from yipanqi.meetings.plan_models import Plan
from yipanqi.meetings.plan_tasks import roles_in, tasks_of

NUMBER = "示社发〔2026〕3号"
FRIDAY = MONDAY + dt.timedelta(days=4)
AFTERWARDS = MONDAY + dt.timedelta(days=9)  # the five working days of the consultation are past
REACHED = ["drafted", "consulting", "countersigning", "approving", "approved", "issued"]


def plan(city: City, *, at: dt.datetime = MONDAY, **change: Any) -> tuple[Plan, Task]:
    """A plan in its draft, with the one task that stands in it."""
    first, _second, _principle = lines(city, "改进路灯维修", "整治乱停车", "*坚持人民至上", at=at)
    one = task(city, first, at=at, **change)
    return drawn_up(city, one, at), one


def drawn_up(city: City, one: Task, at: dt.datetime = MONDAY) -> Plan:
    return draw_up_plan(
        conference=one.line.conference,
        sender=city.units["socialwork"],
        title="示例任务分解方案",
        by=city.actor("deputy"),
        at=at,
    )


def bring_plan(city: City, one: Plan, state: str, at: dt.datetime = MONDAY) -> Matter:
    """Bring a plan in its draft to a state of the usual way, everybody agreeing; or to revising, or withdrawn."""
    deputy = city.actor("deputy")
    if state == "withdrawn":
        return take(one.pk, "withdraw", deputy, at, reason="另行安排")
    if state == "revising":
        bring_plan(city, one, "consulting", at)
        return take(one.pk, "revise", deputy, at, reason="再核一遍")
    matter = Matter.objects.get(pk=one.pk)
    for target in REACHED[REACHED.index(matter.state) + 1 : REACHED.index(state) + 1]:
        if target == "consulting":
            take(one.pk, "consult", deputy, at)
        elif target == "countersigning":
            for login in ("insider", "colleague"):
                take(one.pk, "agree", city.actor(login), at)
            take(one.pk, "circulate", deputy, at)
        elif target == "approving":
            asked = roles_in(list(tasks_of(Plan.objects.get(pk=one.pk)))).values()
            for login in [WORKERS[roles.unit.code] for roles in asked if roles.leads]:
                take(one.pk, "countersign", city.actor(login), at, signature="signs")
            take(one.pk, "submit", deputy, at)
        elif target == "approved":
            take(one.pk, "approve", deputy, at)
        else:
            take(one.pk, "issue", deputy, at, document_number=NUMBER)
        matter.refresh_from_db()
        assert matter.state == target
    return matter
