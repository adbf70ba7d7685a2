"""The tree of tasks: what a task is broken down into, by whom, and what of it must be done before the task is.

Order of locks: the line, then a task, then what stands above it, never the other way: who holds a task may wait for its
parent, and who holds the parent waits for no task below it but reads how it stands. A child is born, or taken up again,
under its parent's lock, and the parent comes to its end under the same: so none can end over a child that is open.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.labels import Label
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Condition
from yipanqi.meetings.models import Line, Task
from yipanqi.organisations.models import Part, Unit

# City, district or department, street, community: who stands further down has nobody to hand a part of it to.
MOST_LEVELS = 4
MOST_CHILDREN = 100
MOST_NAMED = 5
# A task in these states may have open ones below it.
WITH_CHILDREN = ("drafted", "issued", "working")


def children_open(task: Task) -> list[Task]:
    """What stands under a task and has not come to its end, the earliest first; drafts too."""
    found = Task.objects.select_related("matter").filter(parent=task, matter__open=True)
    return list(found.order_by("number")[: MOST_NAMED + 1])


def _numbers(task: Task) -> str:
    """Which they are: by number, for who may see a task is not asked here."""
    found = [child.number for child in children_open(task)]
    named = _("、").join(found[:MOST_NAMED])
    return (_("%(some)s等。") if len(found) > MOST_NAMED else _("%(some)s。")) % {"some": named}


NO_OPEN_CHILD = Condition(
    "no_open_child", lambda task: not Task.objects.filter(parent=task, matter__open=True).exists(),
    Label("下级任务还没有办结或撤销：", "Tasks under it are neither closed nor dropped: "), which=_numbers,
)  # fmt: skip
PARENT_ISSUED = Condition(
    "parent_issued", lambda task: task.parent_id is None or task.parent.matter.state != "drafted",
    Label("上级任务还没有下达，先下达它。", "The task above it is not issued yet: issue that one first."),
)  # fmt: skip


def locked(task: UUID) -> Task:
    """A task with its matter, which is locked until the transaction ends."""
    Matter.objects.select_for_update().get(pk=task)
    return Task.objects.select_related("matter").get(pk=task)


@dataclass(frozen=True)
class Above:
    """A locked task under which others are drafted; `sender_leads`: by the unit that leads it."""

    task: Task
    sender: Unit
    sender_leads: bool

    def check(self, *, lead: Unit, due_on: dt.date) -> None:
        """A child lies within its parent's date; a unit that leads the parent gives parts to its own, no others."""
        check_within(self.task, due_on)
        if self.sender_leads and not self._own(lead):
            why = _("只能分解给本单位、下级单位、业务上归本单位主管的单位，或者这项任务的配合单位。")
            raise Refused(why, fields={"unit": why})

    def _own(self, lead: Unit) -> bool:
        if lead.path.startswith(self.sender.path) or lead.professional_id == self.sender.pk:
            return True
        return Part.objects.filter(matter=self.task.pk, role=Part.CO, unit=lead, until__isnull=True).exists()


def check_within(parent: Task, due_on: dt.date) -> None:
    """A child is not due after its parent."""
    if due_on > parent.due_on:
        why = _("不能晚于上级任务的完成日期 %(day)s。") % {"day": parent.due_on.isoformat()}
        raise Refused(why, fields={"due_on": why})


def check_lead(task: Task, lead: Unit) -> None:
    """Whom the sender of a task may have lead it, where it stands under another."""
    if task.parent is None:
        return
    sender = Part.objects.select_related("unit").get(matter=task.pk, role=Part.SENDER, until__isnull=True)
    sends = Part.objects.filter(
        matter=task.parent_id, role=Part.SENDER, unit=sender.unit_id, until__isnull=True
    )
    above = Above(task.parent, sender.unit, sender_leads=not sends.exists())
    above.check(lead=lead, due_on=task.due_on)


def children_sent_by(task: Task, unit: UUID) -> list[str]:
    """The numbers of what this unit sends under a task that it does not send itself, and that is open."""
    sends = Part.objects.filter(role=Part.SENDER, unit=unit, until__isnull=True)
    if sends.filter(matter=task.pk).exists():
        return []
    below = Task.objects.filter(parent=task, matter__open=True, matter__in=sends.values("matter"))
    return list(below.order_by("number").values_list("number", flat=True)[:MOST_NAMED])


def parent_for(parent: UUID, line: Line, children: int, sender: Unit, by: Actor) -> Above:
    """The task under which so many are to be drafted, locked and looked at.

    The unit that sends it breaks it down before and while it is worked on, the lead unit once it has received it. Raises
    `NotAllowed` where the sender is neither or the actor may not draft for it, `Refused` where it cannot be broken down.
    """
    task = locked(parent)
    assert task.line_id == line.pk
    sends, leads = _breaks_down(task, sender, by)
    if not (sends or leads):
        raise NotAllowed(_("您没有起草任务的权限。"))
    why = ""
    if task.matter.state not in WITH_CHILDREN:
        why = _("上级任务已申请办结或已结束，不能再分解。")
    elif task.matter.state != "working" and not sends:
        why = _("先签收这项任务，再分解。")
    elif level_of(task) >= MOST_LEVELS:
        why = _("最多分解 %(n)d 级：市、区县或部门、街道、社区；再往下没有单位可以承办。") % {
            "n": MOST_LEVELS
        }
    elif Task.objects.filter(parent=task).count() + children > MOST_CHILDREN:
        why = _("一项任务最多分解成 %(n)d 项。") % {"n": MOST_CHILDREN}
    if why:
        raise Refused(why)
    return Above(task, sender, sender_leads=not sends)


def _breaks_down(task: Task, sender: Unit, by: Actor) -> tuple[bool, bool]:
    """Whether the actor may draft for this unit as the task's sender, and as its lead."""
    living = Part.objects.filter(matter=task.pk, unit=sender, until__isnull=True)
    roles = set(living.values_list("role", flat=True))
    drafts = by.viewer.reaches("decisions.draft", sender.path)
    own = drafts or by.viewer.reaches("decisions.break_down", sender.path)
    return Part.SENDER in roles and drafts, Part.LEAD in roles and own


def senders_under(task: Task, by: Actor) -> list[Unit]:
    """The units for which the actor may break the task down, as it stands: its sender first."""
    if task.matter.state not in WITH_CHILDREN or level_of(task) >= MOST_LEVELS:
        return []
    parts = Part.objects.filter(matter=task.pk, role__in=(Part.SENDER, Part.LEAD), until__isnull=True)
    units = {part.unit_id: part.unit for part in parts.select_related("unit").order_by("-role")}
    working = task.matter.state == "working"
    found = []
    for unit in units.values():
        sends, leads = _breaks_down(task, unit, by)
        if sends or (leads and working):
            found.append(unit)
    return found


def level_of(task: Task) -> int:
    """How deep a task stands: 1 with nothing above it. Above it nothing ever changes."""
    level, above = 1, task.parent_id
    while above is not None:
        level, above = level + 1, Task.objects.values_list("parent_id", flat=True).get(pk=above)
    return level
