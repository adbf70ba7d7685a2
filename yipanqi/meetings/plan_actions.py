"""What writes decomposition plans: drawing one up, and the effects of the steps of its matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yipanqi.core import asks, engine, search, writing
from yipanqi.core.asks import Share
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.kinds import Effect, Taking, Words
from yipanqi.core.procedure import Role
from yipanqi.core.terms import Limits
from yipanqi.meetings.meeting_actions import urge
from yipanqi.meetings.models import Conference, Task
from yipanqi.meetings.opening import open_by_sender
from yipanqi.meetings.plan_models import Dispute, Opinion, Plan
from yipanqi.meetings.plan_procedure import PLAN
from yipanqi.meetings.plan_tasks import (
    Roles,
    hold_tasks,
    lock_tasks,
    open_plan,
    roles_in,
    sender_of,
    tasks_of,
)
from yipanqi.meetings.reminders import after
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.notes import note
from yipanqi.organisations.parts import ask_co_units, give_part_of, release_co_unit, set_part

MOST_TASKS = 300
MOST_NAMED = 5
CAPABILITY = "decisions.work"


@transaction.atomic
def draw_up_plan(*, conference: Conference, sender: Unit, title: str, by: Actor, at: dt.datetime) -> Plan:
    """Draw up the decomposition plan of a conference; `sender` is the unit that drafted its tasks and will issue them.

    Raises `NotAllowed` without `decisions.draft` over the sender, `Refused` where it has an open one already.
    """
    if not by.viewer.reaches("decisions.draft", sender.path):
        raise NotAllowed(_("您没有起草分解方案的权限。"))
    told = asks.clean(PLAN.initial, {"title": title})
    # Locked: two people who draw one up at once must not both find none, nor both number it from the same last one.
    Conference.objects.select_for_update().get(pk=conference.pk)
    if (before := open_plan(conference.pk, sender)) is not None:
        why = _("这次会议已有一份没有印发的分解方案 %(number)s。")
        raise Refused(why % {"number": before.number})
    matter = open_by_sender(PLAN, sender, told, by=by, at=at, conference=conference.pk)
    serial = Plan.objects.filter(conference=conference).count() + 1
    number = f"FA{conference.pk}-{serial:02d}"
    plan = Plan(matter=matter, conference=conference, number=number, title=told["title"])
    writing.insert([plan, search.entry(words_of(plan))])
    return plan


def words_of(plan: Plan) -> Words:
    """What of a plan is searched."""
    return Words(plan.pk, plan.number, plan.title, plan.document_number)


def _wrong(field: str, why: str) -> Refused:
    return Refused(why, fields={field: why})


def _few(names: Sequence[str]) -> str:
    told = _("、").join(names[:MOST_NAMED])
    return _("%(some)s等") % {"some": told} if len(names) > MOST_NAMED else told


def _last_day(code: str, at: dt.datetime) -> dt.date:
    limits, today = Limits(), day_of(at)
    return after(today, limits.on(PLAN.code, code, today), limits.calendar)


# --- consultation ----------------------------------------------------------------------------------------------------


def _check_dates(tasks: Sequence[Task], today: dt.date) -> None:
    if not tasks:
        raise Refused(_("这份方案里还没有任务：先给会议要求起草任务。"))
    if len(tasks) > MOST_TASKS:
        raise Refused(_("一份方案最多 %(n)d 项任务。") % {"n": MOST_TASKS})
    late = [task.number for task in tasks if task.due_on < today]
    if late:
        raise Refused(_("这些任务的完成日期已过，先改日期：%(numbers)s。") % {"numbers": _few(late)})


def _consult(taking: Taking) -> None:
    """Each unit that is to lead or help is asked once; what was said of an earlier version counts no more."""
    plan: Plan = taking.subject
    tasks = hold_tasks(plan)
    _check_dates(tasks, day_of(taking.at))
    roles = _asked_of(plan, tasks)
    Opinion.objects.filter(plan=plan).delete()
    for part in _co_parts(taking).exclude(unit__in=roles):
        because = _("方案修改后不再有分工")
        release_co_unit(matter=taking.matter, unit=part.unit, at=taking.at, because=because)
    _ask(taking, list(roles.values()))


def _asked_of(plan: Plan, tasks: Sequence[Task]) -> dict[UUID, Roles]:
    """The roles of all units but the one that draws the plan up: it asks itself nothing."""
    sender = sender_of(plan)
    return {pk: roles for pk, roles in roles_in(tasks).items() if pk != sender.pk}


def _ask(taking: Taking, roles: Sequence[Roles]) -> None:
    """Ask units about all of their roles; what they may have said before is asked anew."""
    until = _last_day("consultation", taking.at)
    shares = [Share(one.unit, _asked_text(one), until) for one in roles]
    ask_co_units(matter=taking.matter, shares=shares, lead=None, last=until, at=taking.at)
    for one in roles:
        asked = {"due_on": until, "answer": "", "signature": "", "remark": ""}
        Opinion.objects.update_or_create(plan=taking.subject, unit=one.unit, defaults=asked)


def _asked_text(roles: Roles) -> str:
    told = {"leads": len(roles.leads), "helps": len(roles.helps)}
    return _("确认分工：牵头 %(leads)d 项，配合 %(helps)d 项") % told


def _co_parts(taking: Taking) -> QuerySet[Part]:
    return taking.matter.parts.filter(role=Part.CO, until__isnull=True).select_related("unit")


def _owe_no_more(taking: Taking, *, but: Collection[UUID] = ()) -> None:
    """What units did not answer is asked of them no longer; they stay in the plan."""
    for part in _co_parts(taking).filter(due_at__isnull=False, done_at__isnull=True).exclude(unit__in=but):
        release_co_unit(matter=taking.matter, unit=part.unit, at=taking.at, because=_("没有答复"))
        set_part(matter=taking.matter, unit=part.unit, role=Part.CO, at=taking.at)


def _own(taking: Taking, opinions: Sequence[Opinion]) -> list[Opinion]:
    """Those for which this person may speak, their own unit's first."""
    viewer = taking.by.viewer
    mine = [one for one in opinions if viewer.reaches(CAPABILITY, one.unit.path)]
    return sorted(mine, key=lambda one: (one.unit_id != viewer.unit, one.unit.path))


def _agree(taking: Taking) -> None:
    plan: Plan = taking.subject
    left = plan.opinions.exclude(answer=Opinion.AGREES).select_related("unit")
    mine = _own(taking, list(left))
    if not mine:
        raise Refused(_("本单位已经答复同意，不用再答复。"))
    disputing = set(plan.disputes.filter(decision="").values_list("unit_id", flat=True))
    free = [one for one in mine if one.unit_id not in disputing]
    if not free:
        raise Refused(_("本单位提出的异议还没有决定，先等它有结果。"))
    _answer(taking, free[0], Opinion.AGREES)


def _answer(taking: Taking, opinion: Opinion, answer: str) -> None:
    opinion.answer = answer
    opinion.save(update_fields=["answer"])
    give_part_of(matter=taking.matter, unit=opinion.unit_id, at=taking.at)


def _dispute(taking: Taking) -> None:
    plan, told = taking.subject, taking.answers
    tasks = list(tasks_of(plan))
    if not 0 < told["task"] <= len(tasks):
        raise _wrong("task", _("方案里没有这一项任务。"))
    task = tasks[told["task"] - 1]
    parts = Part.objects.filter(matter=task.pk, role__in=(Part.LEAD, Part.CO), until__isnull=True)
    roles = dict(parts.values_list("unit_id", "role"))
    mine = _own(taking, list(plan.opinions.filter(unit__in=roles).select_related("unit")))
    if not mine:
        raise _wrong("task", _("本单位在这项任务里没有分工。"))
    opinion, instead = mine[0], told["instead"]
    if instead is not None and instead.pk == opinion.unit_id:
        raise _wrong("instead", _("请填另一个单位，或者留空。"))
    if plan.disputes.filter(unit=opinion.unit, task=task, decision="").exists():
        raise _wrong("task", _("本单位对这项任务已经提过异议，正在等决定。"))
    Dispute.objects.create(
        plan=plan,
        number=plan.disputes.count() + 1,
        unit=opinion.unit,
        task=task,
        role=roles[opinion.unit_id],
        reason=told["reason"],
        instead=instead,
    )
    # The ledger keeps the task as it is called, readable without this table.
    told["task"] = f"{task.number} {task.title}"
    _answer(taking, opinion, Opinion.DISPUTES)


def _decide(taking: Taking) -> None:
    """Upheld, the drafted task changes in the same transaction, and the unit that is to take its place is asked."""
    plan, told = taking.subject, taking.answers
    dispute = plan.disputes.select_related("unit", "task", "instead").filter(number=told["dispute"]).first()
    if dispute is None or dispute.decision:
        raise _wrong("dispute", _("没有这条等待决定的异议。"))
    unit: Unit | None = None
    if told["decision"] == Dispute.UPHELD:
        unit = told["unit"] or dispute.instead
        _change_role(taking, dispute, unit)
    dispute.decision, dispute.because = told["decision"], told["reason"]
    dispute.save(update_fields=["decision", "because"])
    told["unit"] = unit
    told["dispute"] = f"{dispute.number}. {dispute.unit.name_zh} {dispute.task.number}"
    concerned = {one.pk: one for one in (*told["mention"], dispute.unit, unit) if one is not None}
    told["mention"] = list(concerned.values())


def _change_role(taking: Taking, dispute: Dispute, unit: Unit | None) -> None:
    if unit is None and dispute.role == Part.LEAD:
        raise _wrong("unit", _("任务要有牵头单位：请填改由哪个单位。"))
    if unit is not None and unit.pk == dispute.unit_id:
        raise _wrong("unit", _("请填另一个单位。"))
    answers = {"former": str(dispute.unit_id), "unit": str(unit.pk) if unit else "", "role": dispute.role}
    engine.take(matters=[dispute.task_id], step="settle", by=SYSTEM, at=taking.at, answers=answers)
    roles = _asked_of(taking.subject, list(tasks_of(taking.subject)))
    if unit is not None and unit.pk in roles:
        _ask(taking, [roles[unit.pk]])


# --- countersigning, approval, issue ---------------------------------------------------------------------------------


def _check_answered(silent: Sequence[Opinion], at: dt.datetime) -> None:
    """Who says nothing is waited for until its day is past."""
    names = [str(one.unit) for one in silent if one.due_on >= day_of(at)]
    if names:
        why = _("这些单位还没有答复，期限也还没有到：%(units)s。")
        raise Refused(why % {"units": _few(names)})


def _circulate(taking: Taking) -> None:
    plan: Plan = taking.subject
    roles = _asked_of(plan, list(tasks_of(plan)))
    silent = plan.opinions.filter(answer="", unit__in=roles).select_related("unit")
    _check_answered(list(silent), taking.at)
    leads = [one for one in roles.values() if one.leads]
    ids = [one.unit.pk for one in leads]
    _owe_no_more(taking, but=ids)
    until = _last_day("countersigning", taking.at)
    shares = [Share(one.unit, _("会签：牵头 %(n)d 项") % {"n": len(one.leads)}, until) for one in leads]
    ask_co_units(matter=taking.matter, shares=shares, lead=None, last=until, at=taking.at)
    plan.opinions.filter(unit__in=ids).update(due_on=until)


def _leading(plan: Plan) -> list[Opinion]:
    """The opinions of the units that are asked to sign."""
    roles = _asked_of(plan, list(tasks_of(plan)))
    leads = [pk for pk, one in roles.items() if one.leads]
    return list(plan.opinions.filter(unit__in=leads).select_related("unit"))


def _countersign(taking: Taking) -> None:
    told = taking.answers
    mine = _own(taking, _leading(taking.subject))
    if not mine:
        raise Refused(_("本单位在方案里不牵头，不用会签。"))
    left = [one for one in mine if one.signature != Opinion.SIGNS]
    if not left:
        raise Refused(_("本单位已经会签。"))
    if told["signature"] == Opinion.OBJECTS and not told["remark"]:
        raise _wrong("remark", _("不同意的，请写明意见。"))
    opinion = left[0]
    opinion.signature, opinion.remark = told["signature"], told["remark"] or ""
    opinion.save(update_fields=["signature", "remark"])
    give_part_of(matter=taking.matter, unit=opinion.unit_id, at=taking.at)


def _submit(taking: Taking) -> None:
    _check_answered([one for one in _leading(taking.subject) if not one.signature], taking.at)
    _owe_no_more(taking)


def _issue(taking: Taking) -> None:
    """The document number and all tasks, or nothing: parents before what stands under them."""
    plan, number = taking.subject, taking.answers["document_number"]
    if Plan.objects.filter(document_number=number).exists():
        raise _wrong("document_number", _("这个文号已经用了。"))
    tasks = list(tasks_of(plan))
    _check_dates(tasks, day_of(taking.at))
    plan.document_number, plan.issued_on = number, day_of(taking.at)
    plan.save(update_fields=["document_number", "issued_on"])
    lock_tasks(task.pk for task in tasks)
    by = Actor(taking.by.viewer, Role.SENDER)
    left = {task.pk: task for task in tasks}
    while left:
        ready = [pk for pk, task in left.items() if task.parent_id not in left]
        engine.take(matters=ready, step="issue", by=by, at=taking.at)
        for pk in ready:
            del left[pk]
    search.put(words=[words_of(plan)])


def _take_back(taking: Taking) -> None:
    _owe_no_more(taking)
    taking.subject.disputes.filter(decision="").update(
        decision=Dispute.DROPPED, because=taking.answers["reason"]
    )


PLAN_EFFECTS: dict[str, Effect] = {
    "consult": _consult,
    "agree": _agree,
    "dispute": _dispute,
    "decide": _decide,
    "urge": urge,
    "circulate": _circulate,
    "countersign": _countersign,
    "submit": _submit,
    "issue": _issue,
    "revise": _take_back,
    "send_back": _take_back,
    "withdraw": _take_back,
    "note": note,
}
