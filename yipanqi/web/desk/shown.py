"""A matter as its page shows it: facts, events and parts, made from what the gate gave this viewer and nothing else.

One page for every kind of matter: what a kind's view does not have is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Kind, Step
from yipanqi.organisations.timeline import Event as TimelineEvent
from yipanqi.web.components.shapes import Badge, Event, Person, Row, Tone
from yipanqi.web.components.words import day_text, moment_text
from yipanqi.web.desk.words import anonymity_word, channel_word, choice_word, marked, part_word


def events_of(events: Iterable[TimelineEvent]) -> list[Event]:
    """Timeline events with their facts as lines of “label: value”. A limit that still runs explains itself at the top
    of the page and not here once more."""
    return [
        Event(
            at=event.at,
            label=event.label,
            who=event.who,
            text="\n".join(
                _("%(label)s：%(value)s") % {"label": label, "value": value} for label, value in event.facts
            ),
            due=[
                due if due.met is not None else replace(due, raw=None, lines=[], basis="")
                for due in event.due
            ],
        )
        for event in events
    ]


def facts_of(view: Any) -> list[Row]:
    """What is known of the matter beside its text."""
    procedure = procedure_of(view.matter)
    outcome = getattr(view, "outcome", "")
    if procedure.code == "task":
        return _task_facts(view)
    rows = [
        Row(_("类别"), getattr(view, "category", "")),
        Row(_("地点"), getattr(view, "area", "")),
        Row(_("主办单位"), view.unit or _("还没有转办")),
    ]
    if getattr(view, "channel", ""):
        rows.append(Row(_("来源"), channel_word(view.channel)))
        rows.append(Row(_("收到时间"), moment_text(view.received_at)))
        rows.append(Row(_("身份方式"), anonymity_word(view.anonymity)))
    if outcome:
        rows.append(Row(_("答复结果"), choice_word(procedure, "answer", "outcome", outcome)))
    if getattr(view, "round", 1) > 1:
        rows.append(Row(_("办理轮次"), _("二次办理")))
    verdict = getattr(view, "verdict", None)
    if verdict:
        solved = choice_word(procedure, "evaluate", "solved", "yes" if verdict["solved"] else "no")
        grade = choice_word(procedure, "evaluate", "grade", verdict["grade"])
        rows.append(Row(_("本人评价"), _("%(grade)s；%(solved)s") % {"grade": grade, "solved": solved}))
    rows += [Row(_("%(system)s编号") % {"system": s}, number) for s, number in getattr(view, "external", ())]
    return rows


def _task_facts(view: Any) -> list[Row]:
    issued = view.issued_on
    return [
        Row(_("会议"), view.conference),
        Row(_("要求"), view.line),
        Row(_("牵头单位"), view.unit),
        Row(_("完成日期"), day_text(view.due_on)),
        Row(_("下达日期"), day_text(issued) if issued else _("还没有下达")),
    ]


def milestones_of(view: Any) -> dict[str, Any] | None:
    """A task's milestones, and how many of them are done."""
    found = getattr(view, "milestones", None)
    if not found:
        return None
    done, total = view.progress
    return {"rows": found, "done": done, "total": total}


def parts_of(view: Any) -> list[dict[str, Any]]:
    """The units that have or had a part, in the order in which they began."""
    return [
        {
            "role": part_word(part.role, view.matter.procedure),
            "unit": part.unit,
            "since": part.since,
            "until": part.until,
            "because": part.left_because,
        }
        for part in getattr(view, "parts", ())
    ]


def person_of(view: Any, open_url: str) -> Person | None:
    """The submitter, masked unless opened; nothing of one who is hidden from this viewer."""
    found = getattr(view, "person", None)
    if found is None:
        return None
    may_open = any(step.name == "open_identity" for step in view.steps)
    if found.anonymity == "anonymous":
        return Person(_("匿名"), note=_("没有姓名和联系方式，谁也打不开。"))
    if found.masked and not (found.name or found.phone):
        note = (
            _("本人选择对办理单位隐去。")
            if found.anonymity == "hidden"
            else _("您看不到本人的姓名和联系方式。")
        )
        return Person(_("不显示"), note=note)
    contact = " ".join(filter(None, (found.phone, found.email, found.address)))
    if found.masked:
        note = _("打开须说明用途，本人会看到单位、岗位和用途。") if may_open else ""
        return Person(found.name or _("没有留姓名"), contact, note, True, open_url if may_open else "")
    return Person(found.name or _("没有留姓名"), contact, _("已打开，三十分钟后重新隐去。"), masked=False)


def request_of(view: Any) -> dict[str, Any] | None:
    """The request that waits for a decision: what it is called and what it asks."""
    matter: Matter = view.matter
    if not matter.pending:
        return None
    procedure = procedure_of(matter)
    step = next(s for s in procedure.steps if s.requests == matter.pending)
    asked = getattr(view, "request", None) or {}
    return {"label": str(step.label), "does": str(step.does), "rows": _asked_rows(step, asked)}


def _asked_rows(step: Step, asked: dict[str, Any]) -> list[Row]:
    rows = []
    for ask in step.asks:
        value = asked.get(ask.name)
        if value in (None, ""):
            continue
        if ask.kind == Kind.CHOICE:
            value = next((str(label) for code, label in ask.choices if code == value), value)
        rows.append(Row(str(ask.label), value))
    return rows


def original_of(view: Any) -> dict[str, Any] | None:
    """The words as said, for intake before routing, with what may give the person away marked."""
    original = getattr(view, "original", None)
    if original is None:
        return None
    return {name: marked(original.get(name, "")) for name in ("title", "text", "place")}


TONES: dict[str, Tone] = {
    "registered": "active",
    "forwarded": "active",
    "handling": "active",
    "asked": "waiting",
    "on_hold": "waiting",
    "answered": "active",
    "served": "waiting",
    "closed": "done",
    "withdrawn": "neutral",
    "redirected": "neutral",
    "drafted": "neutral",
    "issued": "active",
    "working": "active",
    "closing": "waiting",
    "dropped": "neutral",
}


def badge_of(code: str, label: str) -> Badge:
    """A state as a badge."""
    return Badge(label, TONES.get(code, "neutral"))


def seen_fields(view: Any) -> list[str]:
    """What particulars the page showed, by name, for the access log."""
    person = getattr(view, "person", None)
    shown = {
        "text": getattr(view, "text", None),
        "original": getattr(view, "original", None),
        "verdict": getattr(view, "verdict", None),
        "documents": getattr(view, "documents", None),
        "pressed": getattr(view, "pressed", False),
        "person": person if person is not None and not person.masked else None,
        "person_masked": person
        if person is not None and person.masked and (person.name or person.phone)
        else None,
    }
    return [name for name, value in shown.items() if value]
