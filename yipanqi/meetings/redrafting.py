"""Changing a task that was not issued yet: as a whole by who drafted it, or a role in it after a dispute."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yipanqi.core import search, writing
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Taking, Words
from yipanqi.meetings import tree
from yipanqi.meetings.actions import check_dates, check_shares, check_targets, co_part, counted
from yipanqi.meetings.models import Task
from yipanqi.meetings.nodes import read_milestones, read_targets
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.parts import leave_part, release_co_unit, set_part

ROLES = (Part.LEAD, Part.CO)


def redraft(taking: Taking) -> None:
    """The task as it is drafted now. Its date may become earlier, but for what stands under it; a later one lies within
    the parent's, which is locked: it may be redrafted as well. Milestones and targets are those that are told, as with a
    new draft: none where none is."""
    task, told, today = taking.subject, taking.answers, day_of(taking.at)
    lead: Unit = told["unit"]
    shares = told["co_units"] = [share for share in told["co_units"] if share.unit.pk != lead.pk]
    check_shares(shares, told["due_on"], today=today)
    nodes, targets = read_milestones(told["milestones"] or ""), read_targets(told["targets"] or "")
    check_targets(targets)
    check_dates(told["due_on"], nodes, today=today)
    later = Task.objects.filter(parent=task, matter__open=True, due_on__gt=told["due_on"]).order_by("number")
    if later:
        numbers = _("、").join(one.number for one in later)
        why = _("不能早于下级任务的完成日期：%(numbers)s。") % {"numbers": numbers}
        raise Refused(why, fields={"due_on": why})
    task.title, task.goal, task.due_on = told["title"], told["goal"], told["due_on"]
    if task.parent_id is not None:
        task.parent = tree.locked(task.parent_id)
        tree.check_within(task.parent, task.due_on)
        tree.check_lead(task, lead)
    task.save(update_fields=["title", "goal", "due_on"])
    # Nobody has counted anything of a draft: what it had goes, and the ledger keeps what was typed.
    task.milestones.all().delete()
    task.targets.all().delete()
    writing.insert(counted(task, nodes, targets))
    leave_part(matter=taking.matter, roles=ROLES, at=taking.at, because=_("修改草稿"))
    set_part(matter=taking.matter, unit=lead, role=Part.LEAD, at=taking.at)
    for share in shares:
        co_part(taking.matter, share, task.due_on, taking.at).save(force_insert=True)
    search.put(words=[Words(task.pk, task.number, task.title, task.goal)])


def settle(taking: Taking) -> None:
    """Another unit in place of one whose dispute was upheld, with what that one was asked; a co-unit may have none."""
    task, told = taking.subject, taking.answers
    former, unit, role = told["former"], told["unit"], told["role"]
    old = Part.objects.filter(matter=taking.matter, unit=former, role=role, until__isnull=True).first()
    if old is None:
        raise Refused(_("“%(unit)s”在这项任务里已经没有这个分工。") % {"unit": str(former)})
    at, because = taking.at, _("征求意见时异议成立")
    Part.objects.filter(pk=old.pk).update(until=at, left_because=because)
    if unit is None:
        return
    if role == Part.LEAD:
        tree.check_lead(task, unit)
    elif Part.objects.filter(matter=taking.matter, unit=unit, role__in=ROLES, until__isnull=True).exists():
        raise Refused(_("“%(unit)s”在这项任务里已有分工。") % {"unit": str(unit)})
    release_co_unit(matter=taking.matter, unit=unit, at=at, because=because)
    new = Part(matter=taking.matter, unit=unit, role=role, since=at, asked=old.asked, due_at=old.due_at)
    new.save(force_insert=True)
