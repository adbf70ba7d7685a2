"""What the steps of tasks do beside moving them: each within the transaction of its step."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from yipanqi.core.asks import Share
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Effect, Taking
from yipanqi.meetings import reminders, tree
from yipanqi.meetings.models import Milestone, Target, Task
from yipanqi.meetings.redrafting import redraft, settle
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.notes import note
from yipanqi.organisations.parts import ask_co_units, give_part, leave_part, release_co_unit, set_part


def _issue(taking: Taking) -> None:
    task = taking.subject
    if task.due_on < day_of(taking.at):
        raise Refused(_("完成日期已过，不能再下达；请撤销后另起草一项。"))
    task.issued_on = day_of(taking.at)
    reminders.begin(task, taking.at)
    task.save(update_fields=["issued_on", "rung", "rung_on"])
    taking.own_dates["work"] = task.due_on


def _progress(taking: Taking) -> None:
    """Progress is a milestone done, an amount reached or a sentence; one of them is enough, and none is nothing."""
    answers = taking.answers
    if answers["target"] is not None or answers["amount"] is not None:
        _reach(taking)
    if answers["milestone"] is not None:
        _tick_off(taking, answers["milestone"])
    elif answers["target"] is None and not answers["text"]:
        raise _wrong("text", _("请选一个完成的节点或指标，或者写一句进展。"))


def _reach(taking: Taking) -> None:
    """The whole amount so far: it may be less than what was said before, for people miscount."""
    number, amount = taking.answers["target"], taking.answers["amount"]
    target = Target.objects.filter(task=taking.subject, number=number).first()
    if target is None:
        raise _wrong("target", _("请选这项任务的一个指标。"))
    if amount is None:
        raise _wrong("amount", _("请填写到今天一共完成多少。"))
    target.done = amount
    target.save(update_fields=["done"])
    # The ledger keeps what was wanted with what was reached, readable without this table.
    taking.answers["target"] = f"{target.title} {amount}/{target.wanted} {target.measure}"


def _tick_off(taking: Taking, number: int) -> None:
    milestone = Milestone.objects.filter(task=taking.subject, number=number).first()
    if milestone is None:
        raise Refused(_("没有这个节点。"), fields={"milestone": _("没有这个节点。")})
    if milestone.done_at is not None:
        raise Refused(_("这个节点已经完成。"), fields={"milestone": _("这个节点已经完成。")})
    milestone.done_at = taking.at
    milestone.save(update_fields=["done_at"])
    # The ledger keeps the node as it was called when it was done, readable without this table.
    taking.answers["milestone"] = f"{milestone.number}. {milestone.title}"


def _contribute(taking: Taking) -> None:
    capability = taking.step.needs
    give_part(matter=taking.matter, viewer=taking.by.viewer, capability=capability, at=taking.at)


def _drop(taking: Taking) -> None:
    """A task that was never issued was never theirs: units that did not know of it do not learn of it now."""
    if taking.matter.state == "drafted":
        because = taking.answers["reason"]
        leave_part(matter=taking.matter, roles=("lead", "co"), at=taking.at, because=because)
    _end(taking)


def _end(taking: Taking) -> None:
    reminders.end(taking.subject)
    taking.subject.save(update_fields=["rung_on"])


def _wrong(field: str, why: str) -> Refused:
    return Refused(why, fields={field: why})


# --- another date ----------------------------------------------------------------------------------------------------


def _check_deferral(task: Task, due_on: dt.date, today: dt.date) -> None:
    """A task is put off to a later day, within its parent's. The parent is not locked: its date never becomes earlier."""
    if due_on <= task.due_on:
        raise _wrong("due_on", _("须晚于现在的完成日期 %(day)s。") % {"day": task.due_on.isoformat()})
    if due_on < today:
        raise _wrong("due_on", _("不能早于今天。"))
    if task.parent is not None:
        tree.check_within(task.parent, due_on)


def _request_extension(taking: Taking) -> None:
    task, answers = taking.subject, taking.answers
    _check_deferral(task, answers["due_on"], day_of(taking.at))
    task.request = {"reason": answers["reason"], "due_on": answers["due_on"].isoformat()}
    task.save(update_fields=["request"])


def _approve_extension(taking: Taking) -> None:
    """The date that was asked for, and no other: the decision must not be able to change it."""
    task = taking.subject
    due_on = dt.date.fromisoformat(task.request["due_on"])
    _check_deferral(task, due_on, day_of(taking.at))
    taking.extensions["work"] = (due_on - task.due_on).days
    task.deferred_from = task.deferred_from or task.due_on
    task.due_on, task.request = due_on, {}
    reminders.begin(task, taking.at)
    task.save(update_fields=["deferred_from", "due_on", "request", "rung", "rung_on"])


def _forget_request(taking: Taking) -> None:
    taking.subject.request = {}
    taking.subject.save(update_fields=["request"])


def _reopen(taking: Taking) -> None:
    """Taken up again by a date of its own, which is no deferral; under the parent's lock, for it may be ending."""
    task, due_on = taking.subject, taking.answers["due_on"]
    first = max(task.due_on, day_of(taking.at))
    if due_on < first:
        raise _wrong("due_on", _("不能早于 %(day)s。") % {"day": first.isoformat()})
    if task.parent_id is not None:
        parent = tree.locked(task.parent_id)
        if parent.matter.state not in tree.WITH_CHILDREN:
            raise Refused(
                _("上级任务 %(number)s 已申请办结或已结束，先让它继续办理。") % {"number": parent.number}
            )
        tree.check_within(parent, due_on)
    task.due_on, task.deferred_from = due_on, None
    reminders.begin(task, taking.at)
    task.save(update_fields=["due_on", "deferred_from", "rung", "rung_on"])
    taking.own_dates["work"] = due_on


# --- other units -----------------------------------------------------------------------------------------------------


def _hand_over(taking: Taking) -> None:
    """Another unit leads from now on; the former one's part ends with the reason, and what was done stays done."""
    task, unit = taking.subject, taking.answers["unit"]
    old = Part.objects.select_related("unit").get(matter=taking.matter, role=Part.LEAD, until__isnull=True)
    if unit.pk == old.unit_id:
        raise _wrong("unit", _("“%(unit)s”已经是牵头单位。") % {"unit": str(unit)})
    tree.check_lead(task, unit)
    mine = tree.children_sent_by(task, old.unit_id)
    if mine:
        why = _("原牵头单位下达的下级任务还没有办结或撤销：%(numbers)s。")
        raise Refused(why % {"numbers": _("、").join(mine)})
    at, because = taking.at, taking.answers["reason"]
    leave_part(matter=taking.matter, roles=(Part.LEAD,), at=at, because=because)
    release_co_unit(matter=taking.matter, unit=unit, at=at, because=_("改为牵头单位"))
    set_part(matter=taking.matter, unit=unit, role=Part.LEAD, at=at)
    # What the former lead was reminded of, the new one was not.
    reminders.begin(task, at)
    task.save(update_fields=["rung", "rung_on"])


def _raise_problem(taking: Taking) -> None:
    """Whoever can solve it is asked for it as a co-unit, by a day within the task's."""
    answers, today = taking.answers, day_of(taking.at)
    unit: Unit = answers["unit"]
    last = max(taking.subject.due_on, today)
    lead = Part.objects.filter(matter=taking.matter, role=Part.LEAD, until__isnull=True).first()
    if lead is not None and lead.unit_id == unit.pk:
        raise _wrong("unit", _("“%(unit)s”自己牵头这项任务，请填能解决它的单位。") % {"unit": str(unit)})
    if not today <= answers["until"] <= last:
        days = {"first": today.isoformat(), "last": last.isoformat()}
        raise _wrong("until", _("须在 %(first)s 与 %(last)s 之间。") % days)
    share = Share(unit, answers["text"], answers["until"])
    ask_co_units(matter=taking.matter, shares=[share], lead=None, last=last, at=taking.at, problem=True)


def _release_co_unit(taking: Taking) -> None:
    unit, because = taking.answers["unit"], taking.answers["reason"]
    if not release_co_unit(matter=taking.matter, unit=unit, at=taking.at, because=because):
        raise _wrong("unit", _("“%(unit)s”不是配合单位。") % {"unit": str(unit)})


EFFECTS: dict[str, Effect] = {
    "redraft": redraft,
    "settle": settle,
    "issue": _issue,
    "progress": _progress,
    "contribute": _contribute,
    "drop": _drop,
    "request_extension": _request_extension,
    "approve_extension": _approve_extension,
    "refuse_extension": _forget_request,
    "reopen": _reopen,
    "hand_over": _hand_over,
    "raise_problem": _raise_problem,
    "release_co_unit": _release_co_unit,
    "remind": reminders.climbed,
    "urge": reminders.urged,
    "press": reminders.climbed,
    "close": _end,
    "note": note,
}
