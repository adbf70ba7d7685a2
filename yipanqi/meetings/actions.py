"""What writes conferences, lines and tasks: laying down, binding, drafting, and the effects of the task's steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yipanqi.core import asks, engine
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import Taking
from yipanqi.core.models import Change
from yipanqi.core.procedure import Role
from yipanqi.meetings.models import KINDS, Conference, Line, LineBinding, Milestone, Task
from yipanqi.meetings.procedure import TASK
from yipanqi.organisations.actions import leave_part, set_part
from yipanqi.organisations.models import Area, Category, Unit

MOST_MILESTONES = 30


@dataclass(frozen=True)
class LineDraft:
    """One requirement as it is laid down: one verb with its object."""

    text: str
    theme: str = ""
    principle: bool = False
    text_en: str = ""
    theme_en: str = ""


@dataclass(frozen=True)
class TaskDraft:
    """A task as it is drafted; units by object, code or full name, milestones as (title, date) in their order."""

    title: str
    goal: str
    due_on: dt.date | str
    unit: Unit | str
    co_units: Sequence[Unit | str] = ()
    milestones: Sequence[tuple[str, dt.date]] = field(default_factory=tuple)


def _may_draft(by: Actor) -> None:
    if not by.viewer.has("decisions.draft"):
        raise NotAllowed(_("您没有起草任务的权限。"))


def _changed(what: str, rows: Sequence[tuple[object, dict[str, Any]]], by: Actor, at: dt.datetime) -> None:
    Change.objects.bulk_create(
        Change(at=at, account=by.viewer.account, what=what, object_id=str(key), after=after)
        for key, after in rows
    )


def _short(value: str, longest: int, *, needed: bool = False) -> str:
    """What is wrong with a short text, or nothing."""
    if "\x00" in value:
        return _("含有不能保存的字符。")
    if needed and not value.strip():
        return _("请填写。")
    if len(value.strip()) > longest:
        return _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": longest, "m": len(value.strip())}
    return ""


@transaction.atomic
def hold_conference(
    *,
    title: str,
    kind: str,
    by: Actor,
    at: dt.datetime,
    held_on: dt.date | None = None,
    held_text: str = "",
    source: str = "",
    title_en: str = "",
) -> Conference:
    """Enter a conference. A date whose year the report does not name stays a text: a year is never guessed.

    Raises `NotAllowed` without `decisions.draft`, `Refused` with the fields that are wrong.
    """
    _may_draft(by)
    wrong = {
        "title": _short(title, 120, needed=True),
        "title_en": _short(title_en, 160),
        "held_text": _short(held_text, 60),
        "source": _short(source, 200),
        "kind": "" if kind in KINDS else _("请从所列选项中选择。"),
        "held_on": _("会议日期不能晚于今天。") if held_on is not None and held_on > day_of(at) else "",
    }
    wrong = {name: why for name, why in wrong.items() if why}
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    conference = Conference.objects.create(
        title=title.strip(),
        title_en=title_en.strip(),
        held_on=held_on,
        held_text=held_text.strip(),
        kind=kind,
        source=source.strip(),
    )
    _changed("conference", [(conference.pk, {"title": conference.title})], by, at)
    return conference


@transaction.atomic
def lay_down_lines(
    *, conference: Conference, lines: Sequence[LineDraft], by: Actor, at: dt.datetime
) -> list[Line]:
    """Add requirements to a conference, numbered on from those it has."""
    _may_draft(by)
    if not lines:
        raise Refused(_("请至少写一条要求。"), fields={"lines": _("请至少写一条要求。")})
    # Locked: two people who lay down lines at once must not both number them from the same last one.
    Conference.objects.select_for_update().get(pk=conference.pk)
    last = Line.objects.filter(conference=conference).aggregate(n=Max("number"))["n"] or 0
    rows = []
    for number, draft in enumerate(lines, start=last + 1):
        why = _short(draft.text, 300, needed=True) or _short(draft.theme, 60)
        why = why or _short(draft.text_en, 400) or _short(draft.theme_en, 120)
        if why:
            text = _("第 %(n)d 条：%(why)s") % {"n": number - last, "why": why}
            raise Refused(text, fields={"lines": text})
        rows.append(
            Line(
                conference=conference,
                number=number,
                theme=draft.theme.strip(),
                theme_en=draft.theme_en.strip(),
                text=draft.text.strip(),
                text_en=draft.text_en.strip(),
                principle=draft.principle,
            )
        )
    Line.objects.bulk_create(rows)
    _changed("line", [(row.pk, {"text": row.text, "principle": row.principle}) for row in rows], by, at)
    return rows


@transaction.atomic
def bind_line(
    *, line: Line, category: Category, area: Area | None, by: Actor, at: dt.datetime
) -> LineBinding:
    """Let cases of a category (and below) in an area (and below; None: everywhere) show under a line."""
    _may_draft(by)
    if line.principle:
        raise Refused(_("这是原则性要求，只传达学习，不挂任务和诉求。"))
    binding, new = LineBinding.objects.get_or_create(line=line, category=category, area=area)
    if not new:
        raise Refused(_("这一条已经关联过这类诉求。"))
    after = {"line": line.pk, "category": category.pk, "area": area.pk if area else None}
    _changed("line_binding", [(binding.pk, after)], by, at)
    return binding


@transaction.atomic
def draft_tasks(
    *, line: Line, drafts: Sequence[TaskDraft], sender: Unit, by: Actor, at: dt.datetime
) -> list[Task]:
    """Draft tasks under a requirement, all or none; `sender` is the unit that will issue and check them.

    Needs `decisions.draft` over the sender. Raises `Refused` with the fields that are wrong: a principle takes no
    task, a task has a date that has not passed, its milestones lie within it.
    """
    if not by.viewer.reaches("decisions.draft", sender.path):
        raise NotAllowed(_("您没有起草任务的权限。"))
    # Locked: task numbers count on within the line.
    line = Line.objects.select_for_update().get(pk=line.pk)
    if line.principle:
        raise Refused(_("这是原则性要求，只传达学习，不挂任务和诉求。"))
    start = Task.objects.filter(line=line).count() + 1
    return [
        _draft_one(line=line, draft=draft, serial=serial, sender=sender, by=by, at=at)
        for serial, draft in enumerate(drafts, start=start)
    ]


def _draft_one(
    *, line: Line, draft: TaskDraft, serial: int, sender: Unit, by: Actor, at: dt.datetime
) -> Task:
    raw = {
        "title": draft.title,
        "goal": draft.goal,
        "due_on": draft.due_on,
        "unit": _code(draft.unit),
        "co_units": [_code(unit) for unit in draft.co_units],
    }
    answers = asks.clean(TASK.initial, raw)
    lead: Unit = answers["unit"]
    co_units = {unit.pk: unit for unit in answers["co_units"] if unit.pk != lead.pk}
    answers["co_units"] = list(co_units.values())
    _check_dates(answers["due_on"], draft.milestones, today=day_of(at))
    matter = engine.new_matter(procedure=TASK.code, at=at)
    task = Task(
        matter=matter,
        line=line,
        number=f"H{line.conference_id}-{line.number:02d}-{serial:02d}",
        title=answers["title"],
        goal=answers["goal"],
        due_on=answers["due_on"],
    )
    task.save(force_insert=True)
    Milestone.objects.bulk_create(
        Milestone(task=task, number=number, title=title.strip(), due_on=due_on)
        for number, (title, due_on) in enumerate(draft.milestones, start=1)
    )
    set_part(matter=matter, unit=sender, role="sender", at=at)
    set_part(matter=matter, unit=lead, role="lead", at=at)
    for unit in co_units.values():
        set_part(matter=matter, unit=unit, role="co", at=at)
    nodes = [f"{due_on.isoformat()} {title.strip()}" for title, due_on in draft.milestones]
    payload = {**asks.payload_of(TASK.initial, answers), "line": line.pk, "milestones": nodes}
    engine.begin(matter=matter, subject=task, by=Actor(by.viewer, Role.SENDER), at=at, payload=payload)
    return task


def _code(unit: Unit | str) -> str:
    return str(unit.pk) if isinstance(unit, Unit) else unit


def _check_dates(due_on: dt.date, milestones: Sequence[tuple[str, dt.date]], *, today: dt.date) -> None:
    if due_on < today:
        raise Refused(_("完成日期不能早于今天。"), fields={"due_on": _("不能早于今天。")})
    why = ""
    if len(milestones) > MOST_MILESTONES:
        why = _("节点最多 %(n)d 个。") % {"n": MOST_MILESTONES}
    for title, day in milestones:
        why = why or _short(title, 120, needed=True)
        if day > due_on:
            why = why or _("节点“%(title)s”晚于完成日期。") % {"title": title}
    if why:
        raise Refused(why, fields={"milestones": why})


def _issue(taking: Taking) -> None:
    task = taking.subject
    if task.due_on < day_of(taking.at):
        raise Refused(_("完成日期已过，不能再下达；请撤销后另起草一项。"))
    task.issued_on = day_of(taking.at)
    task.save(update_fields=["issued_on"])
    taking.own_dates["work"] = task.due_on


def _progress(taking: Taking) -> None:
    """Progress is a milestone done or a sentence; one of the two is enough, and neither is nothing."""
    number, text = taking.answers["milestone"], taking.answers["text"]
    if number is None:
        if not text:
            why = _("请选一个完成的节点，或者写一句进展。")
            raise Refused(why, fields={"text": why})
        return
    milestone = Milestone.objects.filter(task=taking.subject, number=number).first()
    if milestone is None:
        raise Refused(_("没有这个节点。"), fields={"milestone": _("没有这个节点。")})
    if milestone.done_at is not None:
        raise Refused(_("这个节点已经完成。"), fields={"milestone": _("这个节点已经完成。")})
    milestone.done_at = taking.at
    milestone.save(update_fields=["done_at"])
    # The ledger keeps the node as it was called when it was done, readable without this table.
    taking.answers["milestone"] = f"{milestone.number}. {milestone.title}"


def _drop(taking: Taking) -> None:
    """A task that was never issued was never theirs: units that did not know of it do not learn of it now."""
    if taking.matter.state == "drafted":
        because = taking.answers["reason"]
        leave_part(matter=taking.matter, roles=("lead", "co"), at=taking.at, because=because)


EFFECTS = {"issue": _issue, "progress": _progress, "drop": _drop}
