"""A leader's instruction as the desk shows it: its facts, what it asks and how far that is, and what its forms are
filled with beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yipanqi.core import gate
from yipanqi.core.gate import Actor, Channel
from yipanqi.core.kinds import procedure_of
from yipanqi.core.procedure import Step
from yipanqi.meetings.instruction_access import InstructionView
from yipanqi.meetings.instruction_actions import may_keep_scans
from yipanqi.meetings.lights import light_of
from yipanqi.meetings.models import Line, Task
from yipanqi.meetings.queries import leads_of, problems_of, tasks_under
from yipanqi.web.components.shapes import Row
from yipanqi.web.components.words import day_text


def instruction_facts(view: InstructionView) -> list[Row]:
    """What is known of an instruction beside its text."""
    kept, given = view.instruction, view.conference.held_on
    return [
        Row(_("来文单位"), kept.origin),
        Row(_("来文字号"), kept.document or _("没有")),
        Row(_("收到日期"), day_text(kept.received_on)),
        Row(_("承办批示件的单位"), view.unit),
        *([Row(_("批示领导的岗位"), kept.post)] if kept.post else []),
        *([Row(_("批示日期"), day_text(given))] if given else []),
        *([Row(_("哪天以前反馈"), day_text(kept.due_on))] if kept.due_on else []),
    ]


def instruction_of(view: InstructionView, at: dt.datetime) -> dict[str, Any]:
    """What an instruction's page has of its own: how it was proposed to handle it, what was instructed, what that asks
    and how far it is, and where a scan is added."""
    one, drafts = view.conference, _drafts(view)
    lines = list(one.lines.order_by("number"))
    tasks = _tasks(view, lines)
    return {
        "scan": reverse("desk:keep_scan", args=[view.matter.pk])
        if may_keep_scans(one, Actor(view.viewer))
        else "",
        "handling": view.instruction.handling,
        "said": view.said,
        "report": reverse("desk:report", args=[one.pk]) if view.said else "",
        "marked": any(line.start is not None for line in lines),
        "lay_down": reverse("desk:new_lines", args=[one.pk]) if drafts else "",
        "given": view.state_code not in ("registered", "proposed", "voided") and bool(view.said),
        "lines": [
            _line(line, [t for t in tasks if t.line_id == line.pk], at, drafts=drafts) for line in lines
        ],
    }


def _drafts(view: InstructionView) -> bool:
    """Whether this viewer may say now what it asks, and draft tasks for that."""
    sender = view.matter.parts.filter(role="sender", until__isnull=True).select_related("unit").first()
    may = sender is not None and view.viewer.reaches("decisions.draft", sender.unit.path)
    return may and view.state_code in ("instructed", "distributed")


def _tasks(view: InstructionView, lines: Sequence[Line]) -> list[Task]:
    return tasks_under(lines, gate.visible(view.viewer, Channel.DESK, procedures=("task",)))


def _line(line: Line, tasks: Sequence[Task], at: dt.datetime, *, drafts: bool) -> dict[str, Any]:
    leads, problems = leads_of(tasks), problems_of(tasks)
    return {
        "line": line,
        "url": reverse("desk:line", args=[line.pk]),
        "draft": reverse("desk:new_task", args=[line.pk]) if drafts and not line.principle else "",
        "tasks": [
            {
                "task": task,
                "unit": str(leads[task.pk].unit) if task.pk in leads else "",
                "light": light_of(task, task.matter, task.nodes, at, problems.get(task.pk)),
            }
            for task in tasks
        ],
    }


def instruction_as_it_is(step: Step, view: InstructionView) -> dict[str, Any]:
    """What a step's form is filled with beforehand. An answer begins with how each task stands: nobody is asked again."""
    if step.name == "report_back":
        return {"answer": _standing(view)}
    if step.name == "instruct_again":
        return {"post": view.instruction.post}
    return {}


def _standing(view: InstructionView) -> str:
    """The tasks of an instruction and their states, a line each."""
    lines = list(view.conference.lines.order_by("number"))
    tasks = [
        task for task in _tasks(view, lines) if task.parent_id is None and task.matter.state != "drafted"
    ]
    leads = leads_of(tasks)
    told = _("%(title)s（%(unit)s）：%(state)s，完成日期 %(day)s。")
    return "\n".join(
        told
        % {
            "title": task.title,
            "unit": str(leads[task.pk].unit) if task.pk in leads else "",
            "state": str(procedure_of(task.matter).state[task.matter.state].label),
            "day": day_text(task.due_on),
        }
        for task in tasks
    )
