"""A decomposition plan as the desk shows it: its facts, the tables of its page, and what its steps offer to choose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yipanqi.core.kinds import procedure_of
from yipanqi.core.procedure import Role
from yipanqi.meetings.plan_access import Asked, Placed, PlanView
from yipanqi.meetings.plan_actions import CAPABILITY
from yipanqi.meetings.plan_models import Dispute, Opinion
from yipanqi.meetings.plan_tasks import FREE
from yipanqi.web.components.shapes import Badge, Column, Row, TableRow
from yipanqi.web.components.words import day_text

Words = Mapping[str, Callable[[], str]]
ROLES: Words = {"lead": lambda: _("牵头单位"), "co": lambda: _("配合单位")}
ANSWERS: Words = {
    "": lambda: _("没有答复"),
    Opinion.AGREES: lambda: _("同意"),
    Opinion.DISPUTES: lambda: _("有异议"),
}
SIGNATURES: Words = {
    "": lambda: _("没有会签"),
    Opinion.SIGNS: lambda: _("已会签"),
    Opinion.OBJECTS: lambda: _("不同意"),
}
DECISIONS: Words = {
    "": lambda: _("等决定"),
    Dispute.UPHELD: lambda: _("成立"),
    Dispute.REJECTED: lambda: _("不成立"),
    Dispute.DROPPED: lambda: _("方案收回，不再决定"),
}
TONES: Mapping[str, Any] = {
    "": "waiting",
    Opinion.DISPUTES: "neutral",
    Opinion.OBJECTS: "late",
    Dispute.REJECTED: "neutral",
    Dispute.DROPPED: "neutral",
}
# From here on units are asked to sign.
SIGNING = ("countersigning", "approving", "approved", "issued")


def plan_facts(view: PlanView) -> list[Row]:
    """What is known of a plan beside its tables."""
    plan = view.plan
    return [
        Row(_("会议"), str(view.conference)),
        Row(_("起草单位"), view.unit),
        Row(_("文号"), plan.document_number or _("还没有印发")),
        *([Row(_("印发日期"), day_text(plan.issued_on))] if plan.issued_on else []),
    ]


def plan_choices(view: PlanView) -> dict[str, list[tuple[int, str]]]:
    """What the steps of a plan offer: the tasks in which the viewer's units have a role, and the open disputes."""
    own: dict[int, str] = {}
    for one in view.asked:
        if one.opinion is not None and view.viewer.reaches(CAPABILITY, one.roles.unit.path):
            own |= dict.fromkeys(one.roles.leads, "lead") | dict.fromkeys(one.roles.helps, "co")
    said = _("%(n)d. %(title)s（%(role)s）")
    tasks = [
        (row.place, said % {"n": row.place, "title": row.task.title, "role": ROLES[own[row.place]]()})
        for row in view.placed
        if row.place in own
    ]
    disputes = [
        (one.number, said % {"n": one.number, "title": _about(one), "role": ROLES[one.role]()})
        for one in view.disputes
        if not one.decision
    ]
    return {"task": tasks, "dispute": disputes}


def _about(one: Dispute) -> str:
    return _("%(label)s：%(value)s") % {"label": str(one.unit), "value": one.task.title}


def plan_of(view: PlanView) -> dict[str, Any]:
    """The tables of a plan's page."""
    return {
        "conference": reverse("desk:conference", args=[view.conference.pk]),
        "print": reverse("desk:plan_print", args=[view.matter.pk]),
        "tasks": _tasks(view),
        "opinions": _opinions(view),
        "disputes": _disputes(view),
    }


def _tasks(view: PlanView) -> dict[str, Any]:
    """Each requirement with its tasks under it; one that has none yet leads to where one is drafted."""
    columns = [
        Column("title", _("要求和任务"), main=True),
        Column("lead", _("牵头单位")),
        Column("helps", _("配合单位")),
        Column("due", _("完成日期")),
        Column("state", _("状态"), "badge"),
    ]
    by_line: dict[int, list[Placed]] = {}
    for row in view.placed:
        by_line.setdefault(row.task.line_id, []).append(row)
    rows = []
    for line in view.lines:
        under = by_line.get(line.pk, [])
        empty = not under
        drafts = empty and _may_draft(view)
        rows.append(
            TableRow(
                cells={"title": _("要求%(n)d：%(text)s") % {"n": line.number, "text": str(line)}},
                note=_("还没有任务") if empty else "",
                url=reverse("desk:new_task", args=[line.pk]) if drafts else "",
            )
        )
        rows += [_task(row) for row in under]
    return {"columns": columns, "rows": rows}


def _may_draft(view: PlanView) -> bool:
    senders = view.units.get(Role.SENDER, ())
    return view.state_code in FREE and any(view.viewer.reaches("decisions.draft", s.path) for s in senders)


def _task(row: Placed) -> TableRow:
    state = procedure_of(row.task.matter).state[row.task.matter.state]
    issued = row.task.matter.state != "drafted"
    return TableRow(
        cells={
            "title": f"{row.place}. {row.task.title}",
            "lead": row.lead,
            "helps": _("、").join(row.helps),
            "due": day_text(row.task.due_on),
            "state": Badge(str(state.label), "active" if issued else "neutral"),
        },
        url=reverse("desk:matter", args=[row.task.pk]) if row.found else "",
        depth=1,
    )


def _opinions(view: PlanView) -> dict[str, Any]:
    """What units say, as far as the viewer is told: silence as silence, and who has confirmed what it is to lead."""
    columns = [
        Column("unit", _("单位"), main=True),
        Column("leads", _("牵头任务")),
        Column("helps", _("配合任务")),
        Column("answer", _("答复"), "badge"),
    ]
    if view.state_code in SIGNING:
        columns.append(Column("signature", _("会签"), "badge"))
    if view.state_code == "issued":
        columns.append(Column("received", _("签收"), "badge"))
    states = {row.place: row.task.matter.state for row in view.placed}
    asked = [one for one in view.asked if one.told and one.opinion is not None]
    return {"columns": columns, "rows": [_opinion(one, states) for one in asked]}


def _opinion(one: Asked, states: Mapping[int, str]) -> TableRow:
    opinion, roles = one.opinion, one.roles
    assert opinion is not None
    cells: dict[str, object] = {
        "unit": str(roles.unit),
        "leads": _("、").join(map(str, roles.leads)),
        "helps": _("、").join(map(str, roles.helps)),
        "answer": Badge(ANSWERS[opinion.answer](), TONES.get(opinion.answer, "done")),
        "signature": "",
        "received": "",
    }
    if roles.leads:
        cells["signature"] = Badge(SIGNATURES[opinion.signature](), TONES.get(opinion.signature, "done"))
        waiting = [str(place) for place in roles.leads if states[place] == "issued"]
        cells["received"] = (
            Badge(_("还没有签收：%(n)s") % {"n": _("、").join(waiting)}, "waiting")
            if waiting
            else Badge(_("已签收"), "done")
        )
    return TableRow(cells=cells, note=opinion.remark)


def _disputes(view: PlanView) -> dict[str, Any]:
    columns = [
        Column("about", _("异议"), main=True),
        Column("role", _("分工")),
        Column("instead", _("建议由")),
        Column("decision", _("决定"), "badge"),
        Column("because", _("决定的理由")),
    ]
    rows = [
        TableRow(
            cells={
                "about": f"{one.number}. {_about(one)}",
                "role": ROLES[one.role](),
                "instead": str(one.instead or ""),
                "decision": Badge(DECISIONS[one.decision](), TONES.get(one.decision, "done")),
                "because": one.because,
            },
            note=one.reason,
        )
        for one in view.disputes
    ]
    return {"columns": columns, "rows": rows}


def plan_sheets(view: PlanView) -> list[dict[str, Any]]:
    """What is printed: the tasks and, as far as the viewer is told, what was said of them."""
    found = [_sheet(_("任务分解表"), _tasks(view), {"state"})]
    for heading, table in ((_("征求意见和会签"), _opinions(view)), (_("异议和决定"), _disputes(view))):
        if table["rows"]:
            found.append(_sheet(heading, table, {"received"}))
    return found


def _sheet(heading: str, table: dict[str, Any], without: set[str]) -> dict[str, Any]:
    columns = [column for column in table["columns"] if column.key not in without]
    return {
        "heading": heading,
        "columns": [column.label for column in columns],
        "rows": [
            {"head": not row.depth and len(row.cells) == 1, "cells": [_printed(row, c) for c in columns]}
            for row in table["rows"]
        ],
    }


def _printed(row: TableRow, column: Column) -> str:
    value = row.cells.get(column.key, "")
    text = value.text if isinstance(value, Badge) else str(value)
    return f"{text}\n{row.note}" if column.main and row.note else text
