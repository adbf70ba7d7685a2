"""Milestones and targets of a task as they are typed and read again, one a line: with a draft, and when it is changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask

NODES = Ask(
    "milestones", Label("节点", "Milestones"), required=False, longest=4000,
    hint=Label("每行一个：日期，空格，做完什么。例如：2026-12-04 完成摸底。进度只看节点，不填百分比。", "One a line: the date, a space, what is done by then; for instance: 2026-12-04 survey finished. Progress is milestones, never a percentage."),
)  # fmt: skip
TARGETS = Ask(
    "targets", Label("指标", "Targets"), required=False, longest=1000,
    hint=Label("每行一个：做什么，空格，一共多少，单位。例如：更换老旧路灯 300 盏。用整数，不用百分比。", "One a line: what, a space, how many in all, of what. For instance: old street lamps replaced 300 lamps. Whole numbers, no percentages."),
)  # fmt: skip
_TARGET = re.compile(r"^(\S.*?)[\s,，、:：]+([0-9]{1,12})\s*(\S{1,40})$")
_NODE = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2})[\s,，、:：]+(.+)$")


def milestones_written(milestones: Iterable[tuple[str, dt.date]]) -> str:
    """Milestones as they would be typed."""
    return "\n".join(f"{due_on.isoformat()} {title.strip()}" for title, due_on in milestones)


def targets_written(targets: Iterable[tuple[str, int, str]]) -> str:
    """Targets as they would be typed."""
    return "\n".join(f"{title.strip()} {wanted} {measure.strip()}" for title, wanted, measure in targets)


def read_milestones(text: str) -> list[tuple[str, dt.date]]:
    """Milestones as they are typed, one a line: a date, then what is done by then."""
    found = []
    for raw in filter(None, (line.strip() for line in text.splitlines())):
        match = _NODE.match(raw)
        try:
            day = dt.datetime.strptime(match.group(1), "%Y-%m-%d").date() if match else None  # noqa: DTZ007
        except ValueError:
            day = None
        if match is None or day is None:
            why = _("没有看懂“%(line)s”：请写成“2026-12-04 完成摸底”。") % {"line": raw[:40]}
            raise Refused(why, fields={"milestones": why})
        found.append((match.group(2).strip(), day))
    return found


def read_targets(text: str) -> list[tuple[str, int, str]]:
    """Targets as they are typed, one a line: what, how much, of what measure."""
    found = []
    for raw in filter(None, (line.strip() for line in text.splitlines())):
        match = _TARGET.match(raw)
        if match is None:
            why = _("没有看懂“%(line)s”：请写成“更换老旧路灯 300 盏”。") % {"line": raw[:40]}
            raise Refused(why, fields={"targets": why})
        found.append((match.group(1).strip(), int(match.group(2)), match.group(3)))
    return found
