"""What writes conferences, lines and tasks: laying down, binding, drafting. What the steps of tasks do: effects.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yipanqi.core import asks, engine, search, writing
from yipanqi.core.asks import Share
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import Words
from yipanqi.core.models import Change, Matter, new_id
from yipanqi.core.procedure import Role
from yipanqi.meetings.exchange_models import Exchange
from yipanqi.meetings.models import (
    FORMS,
    HELD,
    INSTRUCTION,
    Conference,
    Line,
    LineBinding,
    Milestone,
    Named,
    Paper,
    Report,
    Target,
    Task,
)
from yipanqi.meetings.nodes import milestones_written, targets_written
from yipanqi.meetings.procedure import TASK
from yipanqi.meetings.tree import Above, parent_for
from yipanqi.organisations.models import Area, Category, Part, Unit
from yipanqi.organisations.parts import new_part

MOST_MILESTONES = 30
MOST_ROWS = 200
LONGEST_REPORT = 60_000  # characters: what a whole congress fills is 30,000
MOST_TARGETS = 10
MOST_WANTED = 2_000_000_000


@dataclass(frozen=True)
class LineDraft:
    """One requirement as it is laid down: one verb with its object."""

    text: str
    theme: str = ""
    principle: bool = False
    text_en: str = ""
    theme_en: str = ""
    place: tuple[int, int] | None = None  # in the mended text of the report it was read from
    units: str = ""  # as the text names them
    due: str = ""  # in the words of the text
    standing: bool = False


@dataclass(frozen=True)
class ReportFacts:
    """What a report says of its conference, as a person confirmed it. `named` are (role, name, post) in their order,
    `conveyed` titles of documents, `speakers` units as the report names them."""

    original: str
    text: str
    named: Sequence[tuple[str, str, str]] = ()
    conveyed: Sequence[str] = ()
    speakers: Sequence[str] = ()


@dataclass(frozen=True)
class TaskDraft:
    """A task as it is drafted; units by object, code or full name, a co-unit also with its part (`unit`, `asked`,
    `until`), milestones as (title, date) and targets as (what, how much, measure) in their order."""

    title: str
    goal: str
    due_on: dt.date | str
    unit: Unit | str
    co_units: Sequence[Unit | str | Mapping[str, str]] = ()
    milestones: Sequence[tuple[str, dt.date]] = field(default_factory=tuple)
    targets: Sequence[tuple[str, int, str]] = field(default_factory=tuple)
    year: int | None = None  # under a standing requirement: for which year it is the goal


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
    form: str = "",
    main_venue: str = "",
    branch_venues: bool = False,
    attended: Sequence[str] = (),
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
        "main_venue": _short(main_venue, 120),
        "attended": _long(attended, 200),
        "form": "" if form in ("", *FORMS) else _("请从所列选项中选择。"),
        "kind": "" if kind in HELD else _("请从所列选项中选择。"),
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
        form=form,
        main_venue=main_venue.strip(),
        branch_venues=branch_venues,
        attended="\n".join(attended),
    )
    _changed("conference", [(conference.pk, {"title": conference.title})], by, at)
    return conference


def _check_given(conference: Conference, by: Actor) -> None:
    """A leader's instruction lays down what it asks once it was given, and its office says what that is."""
    if conference.kind != INSTRUCTION or conference.matter is None:
        return
    sender = Part.objects.filter(matter=conference.matter, role=Part.SENDER, until__isnull=True)
    if not any(by.viewer.reaches("decisions.draft", p.unit.path) for p in sender.select_related("unit")):
        raise NotAllowed(_("您没有起草任务的权限。"))
    if conference.matter.state not in ("instructed", "distributed"):
        raise Refused(_("领导批示以后、反馈以前，才能列出要求。"))


def _long(rows: Sequence[str], longest: int) -> str:
    """What is wrong with a list of short texts, or nothing."""
    if len(rows) > MOST_ROWS:
        return _("最多 %(n)d 行。") % {"n": MOST_ROWS}
    for number, row in enumerate(rows, start=1):
        if why := _short(row, longest, needed=True):
            return _("第 %(n)d 行：%(why)s") % {"n": number, "why": why}
    return ""


@transaction.atomic
def keep_report(*, conference: Conference, facts: ReportFacts, by: Actor, at: dt.datetime) -> Report:
    """Keep what a conference was read from, whom it names, what was conveyed and who spoke.

    Raises `NotAllowed` without `decisions.draft`, `Refused` with the fields that are wrong.
    """
    _may_draft(by)
    wrong = {
        "text": _short(facts.text, LONGEST_REPORT, needed=True) or _short(facts.original, LONGEST_REPORT * 4),
        "attending": _long([name for _role, name, _post in facts.named], 60)
        or _long([post or "-" for _role, _name, post in facts.named], 120),
        "conveyed": _long(facts.conveyed, 300),
        "speakers": _long(facts.speakers, 120),
    }
    wrong = {name: why for name, why in wrong.items() if why}
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    report = Report.objects.create(conference=conference, original=facts.original, text=facts.text)
    Named.objects.bulk_create(
        Named(conference=conference, number=number, role=role, name=name.strip(), post=post.strip())
        for number, (role, name, post) in enumerate(facts.named, start=1)
    )
    Paper.objects.bulk_create(
        Paper(conference=conference, number=number, title=title.strip())
        for number, title in enumerate(facts.conveyed, start=1)
    )
    ours = {
        unit.name_zh: unit for unit in Unit.objects.filter(name_zh__in=facts.speakers, valid_to__isnull=True)
    }
    Exchange.objects.bulk_create(
        Exchange(conference=conference, number=number, speaker=said.strip(), unit=ours.get(said))
        for number, said in enumerate(facts.speakers, start=1)
    )
    _changed("report", [(conference.pk, {"characters": len(facts.text)})], by, at)
    return report


@transaction.atomic
def lay_down_lines(
    *, conference: Conference, lines: Sequence[LineDraft], by: Actor, at: dt.datetime
) -> list[Line]:
    """Add requirements to a conference, numbered on from those it has."""
    _may_draft(by)
    if not lines:
        raise Refused(_("请至少写一条要求。"), fields={"lines": _("请至少写一条要求。")})
    # Locked: two people who lay down lines at once must not both number them from the same last one.
    conference = (
        Conference.objects.select_for_update(of=("self",)).select_related("matter").get(pk=conference.pk)
    )
    _check_given(conference, by)
    last = Line.objects.filter(conference=conference).aggregate(n=Max("number"))["n"] or 0
    rows = []
    for number, draft in enumerate(lines, start=last + 1):
        why = _short(draft.text, 300, needed=True) or _short(draft.theme, 60)
        why = why or _short(draft.text_en, 400) or _short(draft.theme_en, 120)
        why = why or _short(draft.units, 300) or _short(draft.due, 60)
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
                standing=draft.standing and not draft.principle,
                start=draft.place[0] if draft.place else None,
                end=draft.place[1] if draft.place else None,
                units=draft.units.strip(),
                due=draft.due.strip(),
            )
        )
    Line.objects.bulk_create(rows)
    _changed("line", [(row.pk, {"text": row.text, "principle": row.principle}) for row in rows], by, at)
    return rows


@transaction.atomic
def bind_line(
    *,
    line: Line,
    category: Category,
    area: Area | None,
    by: Actor,
    at: dt.datetime,
    task: Task | None = None,
) -> LineBinding:
    """Let cases of a category (and below) in an area (and below; None: everywhere) show under a line, and under one of
    its tasks where it is named; what shows under the line already may be given to a task, once."""
    _may_draft(by)
    if task is not None and task.line_id != line.pk:
        raise Refused(_("这项任务不在这一条要求下面。"), fields={"task": _("不在这一条下面。")})
    if line.principle:
        raise Refused(_("这是原则性要求，只传达学习，不挂任务和诉求。"))
    binding, new = LineBinding.objects.get_or_create(
        line=line, category=category, area=area, defaults={"task": task}
    )
    if not new:
        found = LineBinding.objects.filter(pk=binding.pk, task__isnull=True)
        if task is None or not found.update(task=task):
            raise Refused(_("这一条已经关联过这类诉求。"))
    after = {"line": line.pk, "category": category.pk, "area": area.pk if area else None}
    if task is not None:
        after["task"] = str(task.pk)
    _changed("line_binding", [(binding.pk, after)], by, at)
    return binding


@transaction.atomic
def draft_tasks(
    *,
    line: Line,
    drafts: Sequence[TaskDraft],
    sender: Unit,
    by: Actor,
    at: dt.datetime,
    parent: Task | None = None,
) -> list[Task]:
    """Draft tasks under a requirement or, of the same requirement, under a task that is broken down (`parent`); all or
    none. `sender` is the unit that will issue and check them.

    Needs `decisions.draft` over the sender; whoever leads the parent needs `decisions.break_down` (tree.parent_for).
    Raises `Refused` with the fields that are wrong: a principle takes no task, a task has a date that has not passed and
    none after its parent's, its milestones lie within it.
    """
    if parent is None and not by.viewer.reaches("decisions.draft", sender.path):
        raise NotAllowed(_("您没有起草任务的权限。"))
    # Locked: task numbers count on within the line. Before the parent, as everywhere.
    line = Line.objects.select_for_update().get(pk=line.pk)
    if line.principle:
        raise Refused(_("这是原则性要求，只传达学习，不挂任务和诉求。"))
    above = parent_for(parent.pk, line, len(drafts), sender, by) if parent else None
    start = Task.objects.filter(line=line).count() + 1
    return [
        _draft_one(line=line, draft=draft, serial=serial, sender=sender, above=above, by=by, at=at)
        for serial, draft in enumerate(drafts, start=start)
    ]


def _draft_one(
    *,
    line: Line,
    draft: TaskDraft,
    serial: int,
    sender: Unit,
    above: Above | None,
    by: Actor,
    at: dt.datetime,
) -> Task:
    raw = {
        "title": draft.title,
        "goal": draft.goal,
        "due_on": draft.due_on,
        "unit": _code(draft.unit),
        "co_units": _rows(draft.co_units),
    }
    answers = asks.clean(TASK.initial, raw)
    lead: Unit = answers["unit"]
    shares = answers["co_units"] = [share for share in answers["co_units"] if share.unit.pk != lead.pk]
    check_shares(shares, answers["due_on"], today=day_of(at))
    check_dates(answers["due_on"], draft.milestones, today=day_of(at))
    if above is not None:
        above.check(lead=lead, due_on=answers["due_on"])
    year = _year_of(draft, line, lead, answers["due_on"]) if above is None else None
    check_targets(draft.targets)
    opening = engine.Opening(
        procedure=TASK.code,
        step=TASK.initial.name,
        matter_id=new_id(),
        units={Role.SENDER: sender.pk, Role.LEAD: lead.pk},
        payload={
            **asks.payload_of(TASK.initial, answers),
            "line": line.pk,
            "milestones": milestones_written(draft.milestones).splitlines(),
            "targets": targets_written(draft.targets).splitlines(),
        },
    )
    if above is not None:
        opening.payload["parent"] = str(above.task.pk)
    [matter], rows = engine.opened(openings=[opening], by=Actor(by.viewer, Role.SENDER), at=at)
    task = Task(
        matter=matter,
        line=line,
        number=f"H{line.conference_id}-{line.number:02d}-{serial:02d}",
        title=answers["title"],
        goal=answers["goal"],
        due_on=answers["due_on"],
        parent=above.task if above else None,
        year=year,
    )
    roles = ((sender, Part.SENDER), (lead, Part.LEAD))
    given = [new_part(matter=matter, unit=unit, role=role, at=at) for unit, role in roles]
    given += [co_part(matter, share, task.due_on, at) for share in shares]
    entry = search.entry(Words(task.pk, task.number, task.title, task.goal))
    writing.insert([*rows, task, entry, *counted(task, draft.milestones, draft.targets), *given])
    return task


def _year_of(draft: TaskDraft, line: Line, lead: Unit, due_on: dt.date) -> int | None:
    """The year for which a task is the goal of a standing requirement: its date lies in it, and a unit leads one goal a
    year. The line is locked, so that no other is drafted meanwhile; who leads may change later, by a step."""
    if not line.standing:
        return None
    why = ""
    if draft.year is None:
        why = _("请填写是哪一年的目标。")
    elif draft.year != due_on.year:
        why = _("完成日期须在这一年里。")
    else:
        had = Part.objects.filter(role=Part.LEAD, unit=lead, until__isnull=True).values("matter")
        same = Task.objects.filter(line=line, year=draft.year, matter__in=had).exclude(
            matter__state="dropped"
        )
        if same.exists():
            why = _("“%(unit)s”这一年已经有目标。") % {"unit": str(lead)}
    if why:
        raise Refused(why, fields={"year": why})
    return draft.year


def _code(unit: Unit | str) -> str:
    return str(unit.pk) if isinstance(unit, Unit) else unit


def counted(
    task: Task, milestones: Sequence[tuple[str, dt.date]], targets: Sequence[tuple[str, int, str]]
) -> list[Milestone | Target]:
    """The rows of a task's milestones and targets, numbered in their order, for the caller to insert."""
    nodes = [
        Milestone(task=task, number=number, title=title.strip(), due_on=due_on)
        for number, (title, due_on) in enumerate(milestones, start=1)
    ]
    amounts = [
        Target(task=task, number=number, title=title.strip(), wanted=wanted, measure=measure.strip())
        for number, (title, wanted, measure) in enumerate(targets, start=1)
    ]
    return [*nodes, *amounts]


def check_targets(targets: Sequence[tuple[str, int, str]]) -> None:
    """A target is an amount of something that can be counted; a percentage is none."""
    why = _("指标最多 %(n)d 个。") % {"n": MOST_TARGETS} if len(targets) > MOST_TARGETS else ""
    for title, wanted, measure in targets:
        why = why or _short(title, 60, needed=True) or _short(measure, 20, needed=True)
        if not 0 < wanted <= MOST_WANTED:
            why = why or _("“%(title)s”的数须是大于零的整数。") % {"title": title}
        if any(sign in measure for sign in "%％‰"):
            why = why or _("“%(title)s”不要用百分比，写一共多少、完成多少。") % {"title": title}
    if why:
        raise Refused(why, fields={"targets": why})


def _rows(units: Sequence[Unit | str | Mapping[str, str]]) -> list[str | Mapping[str, str]]:
    """Co-units as they are asked for; one that is named twice and nothing else is one."""
    told = [unit if isinstance(unit, Mapping) else _code(unit) for unit in units]
    return [row for n, row in enumerate(told) if isinstance(row, Mapping) or row not in told[:n]]


def co_part(matter: Matter, share: Share, due_on: dt.date, at: dt.datetime) -> Part:
    """A co-unit that is asked for a part owes it, by the task's day where none is said; another only helps."""
    until = share.until or (due_on if share.asked else None)
    return new_part(matter=matter, unit=share.unit, role=Part.CO, at=at, asked=share.asked, until=until)


def check_shares(shares: Sequence[Share], due_on: dt.date, *, today: dt.date) -> None:
    for share in shares:
        if share.until is not None and not today <= share.until <= due_on:
            why = _("“%(unit)s”的日期须在今天与完成日期之间。") % {"unit": str(share.unit)}
            raise Refused(why, fields={"co_units": why})


def check_dates(due_on: dt.date, milestones: Sequence[tuple[str, dt.date]], *, today: dt.date) -> None:
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
