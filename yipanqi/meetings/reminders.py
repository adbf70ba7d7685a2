"""Reminders, one step at a time: a notice before the day, urging after it, and then a notice in writing that is to be
answered. On how many days is said by dated rows; never two on one day, and none without the one before.

They are sent by the unit that sent the task: what a department does of its own tasks is following up and urging, no
inspection (domain §8).
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.core import counting, engine
from yipanqi.core.counting import Calendar, Unit as Count, day_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.kinds import Taking
from yipanqi.core.labels import Label
from yipanqi.core.models import Limit, Term
from yipanqi.core.procedure import Condition, Role
from yipanqi.core.terms import Limits
from yipanqi.meetings.models import Task
from yipanqi.organisations.models import Part

# The rungs of the ladder: each is the step that is taken on it and the dated row of its distance.
RUNGS = ("remind", "urge", "press")
CAPABILITY = "decisions.check"
BATCH = 500
ONE_DAY = dt.timedelta(days=1)

TO_REMIND = Condition(
    "not_reminded", lambda task: task.rung == 0, Label("已经提醒过了。", "It was reminded of already."), quiet=True,
)  # fmt: skip
URGED = Condition(
    "urged", lambda task: task.rung == RUNGS.index("press"),
    Label("先提醒、再催办，还没有结果的，才发书面通知。", "First a reminder, then urging: a notice in writing follows where neither helped."), quiet=True,
)  # fmt: skip
PRESSED = Condition(
    "pressed", lambda task: Term.objects.filter(matter=task.pk, code="explain", state=Term.RUNNING).exists(),
    Label("没有等待答复的书面通知。", "No notice in writing waits for an answer."), quiet=True,
)  # fmt: skip


def too_early(task: Task, step: str, at: dt.datetime) -> bool:
    """Whether a step is a rung of the ladder whose day has not come: nothing that a page offers."""
    return step in ("remind", "press") and (task.rung_on is None or task.rung_on > day_of(at))


def begin(task: Task, at: dt.datetime) -> None:
    """The ladder from its foot, for the date that the task has now. The caller saves the task."""
    task.rung, task.rung_on = 0, None
    _await_next(task, task.due_on, at)


def end(task: Task) -> None:
    """Nobody is reminded any more. The caller saves the task."""
    task.rung_on = None


def _await_next(task: Task, day0: dt.date, at: dt.datetime) -> None:
    today, limits = day_of(at), Limits()
    name = RUNGS[task.rung]
    limit = limits.on("task", name, today)
    day = _before(day0, limit, limits.calendar) if name == "remind" else after(day0, limit, limits.calendar)
    task.rung_on = max(day, today + ONE_DAY)


def after(day0: dt.date, limit: Limit, calendar: Calendar) -> dt.date:
    unit = Count(limit.unit)
    due = counting.due(
        day0=day0, amount=limit.amount, unit=unit, calendar=calendar, pauses=[], roll=limit.roll
    )
    assert due.effective is not None
    return due.effective


def answer_by(day0: dt.date) -> dt.date:
    """The last day for the answer to a notice in writing of this day."""
    limits = Limits()
    return after(day0, limits.on("task", "explain", day0), limits.calendar)


def _before(day: dt.date, limit: Limit, calendar: Calendar) -> dt.date:
    """So much before a day."""
    if limit.unit == Limit.MONTHS:
        return counting.months_after(day, -limit.amount)
    left = limit.amount
    while left:
        day -= ONE_DAY
        left -= limit.unit == Limit.CALENDAR or calendar.is_working(day)
    return day


def climbed(taking: Taking) -> None:
    """The effect of a rung: the next one is awaited. Read under the task's lock, so that of two who take the same rung at
    once, people or jobs, the second is refused."""
    task, today = taking.subject, day_of(taking.at)
    if task.rung_on is None or task.rung_on > today:
        raise Refused(
            _("还没有到这一步，最早 %(day)s。") % {"day": task.rung_on.isoformat() if task.rung_on else "—"}
        )
    task.rung += 1
    task.rung_on = None
    if task.rung < len(RUNGS):
        _await_next(task, task.due_on if RUNGS[task.rung] == "urge" else today, taking.at)
    task.save(update_fields=["rung", "rung_on"])


def urged(taking: Taking) -> None:
    """Whoever urges by telephone has taken the rung, where it was this one's turn; before, it is one more call."""
    task = taking.subject
    if task.rung == RUNGS.index("urge") and task.rung_on is not None and task.rung_on <= day_of(taking.at):
        climbed(taking)


def send_due(*, at: dt.datetime) -> int:
    """Take what is due on each task, one rung and no more, each in a transaction of its own; returns how many. It may be
    killed and run again, or twice at once."""
    taken, after = 0, None
    due = Task.objects.filter(
        rung_on__lte=day_of(at), matter__open=True, matter__state__in=("issued", "working")
    ).order_by("pk")
    while True:
        ahead = due.filter(pk__gt=after) if after else due
        batch = list(ahead.values_list("pk", "rung", "due_on")[:BATCH])
        if not batch:
            return taken
        senders = _senders([pk for pk, _rung, _due_on in batch])
        for pk, rung, due_on in batch:
            taken += pk in senders and _send(pk, RUNGS[rung], due_on, senders[pk], at)
        after = batch[-1][0]


def _senders(tasks: list[UUID]) -> dict[UUID, Actor]:
    """The unit that sends each, as who may check it there and nothing else."""
    parts = Part.objects.filter(matter__in=tasks, role=Part.SENDER, until__isnull=True).select_related("unit")
    return {
        part.matter_id: Actor(
            Viewer(unit=part.unit_id, capabilities={CAPABILITY: (part.unit.path,)}), Role.SENDER
        )
        for part in parts
    }


def _send(task: UUID, step: str, due_on: dt.date, by: Actor, at: dt.datetime) -> bool:
    try:
        engine.take(matters=[task], step=step, by=by, at=at, answers=_words(step, due_on))
    except Refused:
        return False  # somebody was quicker, or it has ended meanwhile
    return True


def _words(step: str, due_on: dt.date) -> dict[str, str]:
    """What the unit says where nobody wrote anything."""
    day = {"day": due_on.isoformat()}
    if step == "urge":
        return {"line": _("完成日期 %(day)s 已过，请尽快办结；确有困难的，请申请延期或提请协调。") % day}
    if step == "press":
        return {
            "text": _("完成日期 %(day)s 已过，催办以后仍未办结。请说明原因，提出措施和完成安排，按期答复。")
            % day
        }
    return {}
