"""Lights of tasks: computed from dates and milestones, never set by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Literal

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext as _, ngettext

from yipanqi.core.counting import day_of
from yipanqi.core.models import Matter
from yipanqi.meetings.models import Milestone, Task
from yipanqi.organisations.models import Part

Colour = Literal["green", "yellow", "red", "grey", "blue"]
Shade = Literal["red", "problem", "yellow", "green", "deferred", "grey", "blue"]

# A task is "near" in its last week (domain §8).
NEAR = dt.timedelta(days=7)


@dataclass(frozen=True)
class TaskLight:
    """Colour (green, yellow, red, grey, blue) and, in a few words, why. `deferred`: grey because it was put off, and
    under way all the same; `problem`: yellow because it needs coordinating."""

    colour: Colour
    why: str
    deferred: bool = False
    problem: bool = False

    @property
    def shade(self) -> Shade:
        """How figures count it: its colour, with what is told apart in it."""
        if self.problem or self.deferred:
            return "problem" if self.problem else "deferred"
        return self.colour


def light_of(
    task: Task, matter: Matter, milestones: Sequence[Milestone], at: dt.datetime, problem: Part | None = None
) -> TaskLight:
    """The light of one task at a moment; `problem` is the part of a unit that is asked to solve one and has not.

    blue: closed · grey: not issued yet, dropped, or put off with approval · red: a running limit has passed (receipt,
    the work, the check) · yellow: a milestone is late, a problem waits for another unit, or the date is at most seven
    days off and fewer milestones are done than of the time has gone · green: everything else. A task whose closing
    waits for its check is not made late by the wait. That it was put off hides no warning.
    """
    if not matter.open or matter.state == "drafted":
        return _resting(matter)
    today = day_of(at)
    if matter.due_at is not None and matter.due_at <= at:
        days = max((today - day_of(matter.due_at)).days + 1, 1)
        return TaskLight("red", _late_word(matter.state, days))
    if matter.state == "closing":
        return TaskLight("green", _("已申请办结，等待核查"))
    warning = _warning(task, milestones, today, problem)
    if warning is not None:
        return warning
    if task.deferred_from is not None:
        return TaskLight("grey", _("已批准延期"), deferred=True)
    return TaskLight("green", _("等待签收") if matter.state == "issued" else _("正常推进"))


def _resting(matter: Matter) -> TaskLight:
    """Of a task that nobody works on."""
    if matter.open:
        return TaskLight("grey", _("还没有下达"))
    return TaskLight("blue", _("已销号")) if matter.state == "closed" else TaskLight("grey", _("已撤销"))


def _warning(
    task: Task, milestones: Sequence[Milestone], today: dt.date, problem: Part | None
) -> TaskLight | None:
    """Why an open task that is not late wants attention, if it does."""
    late_node = _late_node(milestones, today)
    if problem is not None and not late_node:
        return TaskLight("yellow", _("需协调：%(unit)s") % {"unit": str(problem.unit)}, problem=True)
    why = late_node or _slow(task, milestones, today)
    return TaskLight("yellow", why) if why else None


def _late_node(milestones: Sequence[Milestone], today: dt.date) -> str:
    late = [m for m in milestones if m.done_at is None and m.due_on < today]
    return _("节点“%(title)s”已过期") % {"title": late[0].title} if late else ""


def _slow(task: Task, milestones: Sequence[Milestone], today: dt.date) -> str:
    """That an open task is slow in its last week, or nothing."""
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


# --- ahead of time ---------------------------------------------------------------------------------------------------

#: What is told apart within a colour, as `TaskLight` does: what needs coordinating, and what was put off.
SHADES: dict[Shade, Colour] = {
    "red": "red",
    "problem": "yellow",
    "yellow": "yellow",
    "green": "green",
    "deferred": "grey",
    "grey": "grey",
    "blue": "blue",
}


@dataclass(frozen=True)
class Turns:
    """When a task's light turns if nothing moves: until then it is `shade`, from the morning of `yellow_on` yellow, and
    from `red_at` red. So a light of any day is read from three values, and no job has to run at midnight."""

    shade: Shade
    yellow_on: dt.date | None = None
    red_at: dt.datetime | None = None

    def at(self, at: dt.datetime) -> Shade:
        if self.red_at is not None and self.red_at <= at:
            return "red"
        return "yellow" if self.yellow_on is not None and self.yellow_on <= day_of(at) else self.shade


def turns_of(task: Task, matter: Matter, milestones: Sequence[Milestone], problem: Part | None) -> Turns:
    """The light of one task at every moment, as `light_of` says it; a test of properties holds it to that."""
    if matter.state == "closed":
        return Turns("blue")
    if not matter.open or matter.state == "drafted":
        return Turns("grey")
    if matter.state == "closing":
        return Turns("green", red_at=matter.due_at)
    days = [m.due_on + dt.timedelta(1) for m in milestones if m.done_at is None]
    slow_on = _slow_on(task, milestones) if problem is None else None
    usual: Shade = "green" if task.deferred_from is None else "deferred"
    return Turns(
        shade=usual if problem is None else "problem",
        yellow_on=min([*days, slow_on] if slow_on else days, default=None),
        red_at=matter.due_at,
    )


def _slow_on(task: Task, milestones: Sequence[Milestone]) -> dt.date | None:
    """The first day on which `_slow` holds: in the last week, once more of the time has gone than is done."""
    week = task.due_on - NEAR
    done, of = progress_of(milestones)
    if not of:
        return week
    if done == of or task.issued_on is None:
        return None
    span = max((task.due_on - task.issued_on).days, 1)
    return max(week, task.issued_on + dt.timedelta(done * span // of + 1))


def lights_in_sql(at: dt.datetime) -> Case:
    """The shade of each row of a table that keeps Turns in columns of these names, at a moment."""
    return Case(
        When(red_at__lte=at, then=Value("red")),
        When(yellow_on__lte=day_of(at), then=Value("yellow")),
        default="shade",
    )


def shaded(shade: Shade, at: dt.datetime) -> Q:
    """The clause over such a table: the light has this shade at the moment."""
    late = Q(red_at__isnull=False, red_at__lte=at)
    warned = Q(yellow_on__isnull=False, yellow_on__lte=day_of(at))
    if shade == "red":
        return late
    return ~late & (warned | Q(shade=shade) if shade == "yellow" else ~warned & Q(shade=shade))


def shown_as(colour: str, at: dt.datetime) -> Q:
    """The clause over such a table: the light is of this colour at the moment."""
    clauses = [shaded(shade, at) for shade, its in SHADES.items() if its == colour]
    return reduce(or_, clauses, Q(pk__in=[]))
