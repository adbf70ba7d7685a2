"""Lights of tasks: computed from dates and milestones, never set by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext as _, ngettext

from yipanqi.core.counting import day_of
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Milestone, Task

Colour = Literal["green", "yellow", "red", "grey", "blue"]

# A task is "near" in its last week (domain §8).
NEAR = dt.timedelta(days=7)


@dataclass(frozen=True)
class TaskLight:
    """Colour (green, yellow, red, grey, blue) and, in a few words, why."""

    colour: Colour
    why: str


def light_of(task: Task, matter: Matter, milestones: Sequence[Milestone], at: dt.datetime) -> TaskLight:
    """The light of one task at a moment.

    blue: closed · grey: not issued yet, or dropped · red: a running limit has passed (receipt, the work, the check) ·
    yellow: a milestone is late, or the date is at most seven days off and fewer milestones are done than of the time
    has gone · green: everything else. A task whose closing waits for its check is not made late by the wait.
    """
    if not matter.open:
        return TaskLight("blue", _("已销号")) if matter.state == "closed" else TaskLight("grey", _("已撤销"))
    if matter.state == "drafted":
        return TaskLight("grey", _("还没有下达"))
    today = day_of(at)
    if matter.due_at is not None and matter.due_at <= at:
        days = max((today - day_of(matter.due_at)).days + 1, 1)
        return TaskLight("red", _late_word(matter.state, days))
    if matter.state == "closing":
        return TaskLight("green", _("已申请办结，等待核查"))
    warning = _warning(task, milestones, today)
    if warning:
        return TaskLight("yellow", warning)
    return TaskLight("green", _("等待签收") if matter.state == "issued" else _("正常推进"))


def _warning(task: Task, milestones: Sequence[Milestone], today: dt.date) -> str:
    """Why an open task that is not late wants attention, or nothing."""
    late = [m for m in milestones if m.done_at is None and m.due_on < today]
    if late:
        return _("节点“%(title)s”已过期") % {"title": late[0].title}
    if today + NEAR < task.due_on or not _behind(task, milestones, today):
        return ""
    left = (task.due_on - today).days
    if left == 0:
        return _("今天到期，还没有申请办结")
    return ngettext("还有 %(n)d 天到期，进度偏慢", "还有 %(n)d 天到期，进度偏慢", left) % {"n": left}


def _late_word(state: str, days: int) -> str:
    if state == "issued":
        text = ngettext("超期 %(n)d 天未签收", "超期 %(n)d 天未签收", days)
    elif state == "closing":
        text = ngettext("核查超期 %(n)d 天", "核查超期 %(n)d 天", days)
    else:
        text = ngettext("超期 %(n)d 天", "超期 %(n)d 天", days)
    return text % {"n": days}


def _behind(task: Task, milestones: Sequence[Milestone], today: dt.date) -> bool:
    """Whether fewer of the milestones are done than of the time has gone. Without milestones nothing tells how far
    it is, and in its last week that counts as behind."""
    if not milestones:
        return True
    begun = task.issued_on or today
    span = max((task.due_on - begun).days, 1)
    gone = min((today - begun).days / span, 1)
    return sum(m.done_at is not None for m in milestones) / len(milestones) < gone


def progress_of(milestones: Sequence[Milestone]) -> tuple[int, int]:
    """How many milestones are done, and of how many: the only measure of progress there is."""
    return sum(m.done_at is not None for m in milestones), len(milestones)
