"""A matter as its page shows it: facts, events and parts, made from what the gate gave this viewer and nothing else.

One page for every kind of matter: what a kind's view does not have is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yipanqi.cases import trail
from yipanqi.cases.accusations import CODE as ACCUSATION
from yipanqi.cases.models import Mandate, Relation
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Kind, Procedure, Step
from yipanqi.meetings.models import Target
from yipanqi.meetings.nodes import milestones_written, targets_written
from yipanqi.notices.documents import submitter_called
from yipanqi.organisations.models import Part
from yipanqi.organisations.timeline import Event as TimelineEvent
from yipanqi.web.components.frames import url_or_none
from yipanqi.web.components.shapes import Badge, Event, Person, Row, Tone
from yipanqi.web.components.words import day_text, moment_text
from yipanqi.web.desk.instruction_shown import instruction_facts
from yipanqi.web.desk.meeting_shown import meeting_facts
from yipanqi.web.desk.plan_shown import plan_facts
from yipanqi.web.desk.words import (
    anonymity_word,
    beside_word,
    channel_word,
    choice_word,
    gathering_word,
    mandate_word,
    marked,
    part_word,
)


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


def below_of(view: Any) -> list[dict[str, Any]]:
    """What a review reviews: its events in lines and its documents, the newest first, records of service last."""
    return [
        vars(one)
        | {
            "events": events_of(one.events)[::-1],
            "documents": [d for last in (False, True) for d in one.documents[::-1] if d.record == last],
        }
        for one in getattr(view, "below", ())
    ]


def facts_of(view: Any) -> list[Row]:
    """What is known of the matter beside its text."""
    procedure = procedure_of(view.matter)
    outcome = getattr(view, "outcome", "")
    if procedure.code in _FACTS:
        return _FACTS[procedure.code](view)
    rows = [
        Row(_("类别"), getattr(view, "category", "")),
        Row(_("地点"), getattr(view, "area", "")),
        Row(_("主办单位"), view.unit or _("还没有转办")),
    ]
    if getattr(view, "channel", ""):
        rows.append(Row(_("来源"), channel_word(view.channel)))
        rows.append(Row(_("收到时间"), moment_text(view.received_at)))
        rows.append(Row(_("身份方式"), anonymity_word(view.anonymity)))
    if getattr(view, "gathering", None) is not None:
        rows.append(Row(_("几个人一起"), gathering_word(view.gathering)))
    if getattr(view, "mandate", None) is not None:
        rows.append(Row(_("替谁反映"), mandate_word(view.mandate)))
    if outcome:
        rows.append(Row(_("答复结果"), choice_word(procedure, "answer", "outcome", outcome)))
    if getattr(view, "round", 1) > 1:
        rows.append(Row(_("办理轮次"), _("二次办理")))
    verdict = getattr(view, "verdict", None)
    if verdict:
        rows += _verdict_rows(procedure, verdict)
    if getattr(view, "published", ""):
        rows.append(Row(_("公开"), _public_page(view.published)))
    rows += [Row(_("%(system)s编号") % {"system": s}, number) for s, number in getattr(view, "external", ())]
    return rows


def _public_page(number: str) -> SafeString:
    """That everybody may read of it; with the way there where residents' pages are served too."""
    url = url_or_none("portal:other", number)
    return format_html('<a href="{}">{}</a>', url, _("已公开")) if url else format_html("{}", _("已公开"))


def _verdict_rows(procedure: Procedure, verdict: dict[str, Any]) -> list[Row]:
    """What was said of the unit that handled it and, of a claim, of the petition office, each with its reason."""
    rows = [Row(_("本人评价"), _with_why(_verdict_words(procedure, verdict), verdict.get("why")))]
    if verdict.get("office"):
        grade = choice_word(procedure, "evaluate", "office", verdict["office"])
        rows.append(Row(_("本人评价信访部门"), _with_why(grade, verdict.get("office_why"))))
    return rows


def _with_why(said: str, why: object) -> str:
    return _("%(grade)s（%(why)s）") % {"grade": said, "why": why} if why else said


def _verdict_words(procedure: Procedure, verdict: dict[str, Any]) -> str:
    """What the submitter said; whether it is solved only where they were asked."""
    grade = choice_word(procedure, "evaluate", "grade", verdict["grade"])
    if verdict["solved"] is None:
        return grade
    solved = choice_word(procedure, "evaluate", "solved", "yes" if verdict["solved"] else "no")
    return _("%(grade)s；%(solved)s") % {"grade": grade, "solved": solved}


def _task_facts(view: Any) -> list[Row]:
    issued = view.issued_on
    return [
        Row(_("会议"), view.conference),
        Row(_("要求"), view.line),
        *([Row(_("哪一年的目标"), str(view.year))] if view.year else []),
        Row(_("牵头单位"), view.unit),
        Row(_("完成日期"), day_text(view.due_on)),
        Row(_("下达日期"), day_text(issued) if issued else _("还没有下达")),
    ]


_FACTS: dict[str, Callable[[Any], list[Row]]] = {
    "task": _task_facts,
    "meeting": meeting_facts,
    "plan": plan_facts,
    "instruction": instruction_facts,
}


def draft_as_it_is(view: Any) -> dict[str, Any]:
    """What the form that changes a drafted task is filled with: the task as it is now."""
    living = [part for part in view.parts if part.until is None and part.role == Part.CO]
    rows = [
        {"unit": p.unit, "asked": p.asked, "until": p.due.effective.isoformat() if p.due else ""}
        for p in living
    ]
    now = {"title": view.title, "goal": view.text, "due_on": view.due_on, "unit": view.unit}
    counted = {
        "milestones": milestones_written((one.title, one.due_on) for one in view.milestones),
        "targets": targets_written((one.title, one.wanted, one.measure) for one in view.targets),
    }
    return now | counted | {"co_units": rows}


def milestones_of(view: Any) -> dict[str, Any] | None:
    """A task's milestones, and how many of them are done."""
    found = getattr(view, "milestones", None)
    if not found:
        return None
    done, total = view.progress
    return {"rows": found, "done": done, "total": total}


def target_text(target: Target) -> str:
    """How much of what: 更换路灯 120/300 盏."""
    return f"{target.title} {target.done}/{target.wanted} {target.measure}"


def family_of(view: Any) -> Any:
    """What stands above a task and below it, and whether the viewer may break it down; None where there is nothing."""
    found = getattr(view, "family", None)
    return found if found and (found.above or found.below or found.others or found.may_grow) else None


def parts_of(view: Any) -> list[dict[str, Any]]:
    """The units that have or had a part, in the order in which they began."""
    return [
        {
            "role": part_word(part.role, view.matter.procedure),
            "unit": part.unit,
            "since": part.since,
            "until": part.until,
            "because": part.left_because,
            "asked": part.asked,
            "due": part.due,
            "problem": part.problem,
        }
        for part in getattr(view, "parts", ())
    ]


_TIES: dict[str, Callable[[], str]] = {
    trail.SPLIT_FROM: lambda: _("分自："),
    trail.SPLIT_INTO: lambda: _("分出："),
    trail.JOINED: lambda: _("并入："),
    trail.PARTED: lambda: _("拆出，不再随它办理："),
    trail.REVIEWED: lambda: _("由这一件审查："),
    trail.REVIEWS: lambda: _("审查这一件："),
}


FEW = 5  # members that are listed unfolded


def trail_of(view: Any) -> dict[str, Any] | None:
    """What the case was split from and into, whom it went with, and what goes with it; None where there is nothing."""
    found = getattr(view, "trail", None)
    if found is None or not (found.ties or found.members or found.voices):
        return None
    return {
        "head": found.head,
        # The newest first, as the timeline is read; whom it goes with now stands at the top of the page.
        "ties": [
            {"label": _TIES[tie.what](), "tie": tie} for tie in reversed(found.ties) if tie is not found.head
        ],
        "few": len(found.members) <= FEW,
        "voices": min(found.voices, trail.MOST),
        "bounded": found.bounded,
        "members": [{"one": one, "badge": badge_of(one.state_code, one.state)} for one in found.members],
    }


def person_of(view: Any, open_url: str) -> Person | None:
    """The submitter, masked unless opened; nothing of one who is hidden from this viewer."""
    found = getattr(view, "person", None)
    if found is None:
        return None
    may_open = any(step.name == "open_identity" for step in view.steps)
    if found.anonymity == "anonymous":
        return Person(_("匿名"), note=_("没有姓名和联系方式，谁也打不开。"))
    if found.masked and not (found.name or found.phone):
        why = {
            "hidden": _("本人选择对办理单位隐去。"),
            "handler_only": _("本人选择只让办理单位知道。"),
        }
        return Person(_("不显示"), note=why.get(found.anonymity, _("您看不到本人的姓名和联系方式。")))
    name = _who(found.name, view.mandate)
    contact = " ".join(filter(None, (found.phone, found.email, found.address)))
    if view.mandate is not None and view.mandate.ended:
        contact = _("代办已结束，不要再联系")
    if found.masked:
        note = _("打开须说明用途，本人会看到单位、岗位和用途。") if may_open else ""
        return Person(name, contact, note, True, open_url if may_open else "")
    # How long an accusation stays open is a dated rule of its own.
    sealed = view.matter.procedure == ACCUSATION
    note = _("已打开，到时重新隐去。") if sealed else _("已打开，三十分钟后重新隐去。")
    return Person(name, contact, note, masked=False)


def withheld_of(view: Any) -> str:
    """What stands where this viewer reads no text, and how it is opened; nothing where they do."""
    if not getattr(view, "text_withheld", False):
        return ""
    if view.matter.procedure != ACCUSATION:
        return _(
            "您看得到进度，看不到内容。需要看正文时，请在“打开正文”里写明用途；本人的查询页上会显示您的单位、岗位和用途。"
        )
    if not _is_sealed(view):
        return _("这里不再显示原话：请在分出它的那一件里看，再密封转送。")
    if any(step.name == "ask_opening" for step in view.steps):
        return _("内容已密封。需要看的，先用“申请打开密封内容”写明用途；批准以后才能打开。")
    return _("内容已密封，这里看不到。")


def original_note(view: Any) -> str:
    """Who reads the words as said that stand below it."""
    if view.matter.procedure != ACCUSATION:
        return _("只有受理时看得到；办理单位看不到。标出的地方可能会暴露本人，转办文字里请不要写。")
    if _is_sealed(view):
        return _("按批准的用途打开，到时重新密封。标出的地方可能会暴露本人。")
    return _("密封转送以前看得到，转送以后这里谁也看不到。")


def _is_sealed(view: Any) -> bool:
    return any(event.step in ("route", "send_out") for event in view.events)


def addressee_of(view: Any) -> str:
    """To whom a document goes, as far as this viewer knows: the name while the identity is open to them, else masked as on
    the page; what submitters are called where nobody may know it. Nothing for what no submitter filed."""
    if not hasattr(view, "person"):
        return ""
    person = view.person
    known = (person.person or person.name) if person is not None else ""
    return known or submitter_called(view.matter.procedure)


def _who(name: str, mandate: Mandate | None) -> str:
    """A name with the part they have, where two people stand on the page."""
    told = name or _("没有留姓名")
    if mandate is None:
        return told
    guardian = mandate.relation == Relation.GUARDIAN
    return _("%(name)s（监护人）") % {"name": told} if guardian else _("%(name)s（代办人）") % {"name": told}


def concerned_of(view: Any) -> Person | None:
    """For whom it was filed, as far as this viewer sees who filed it; None where somebody spoke for themselves."""
    found = getattr(view, "person", None)
    if found is None or not found.person:
        return None
    return Person(found.person, found.person_phone, _("本人：这件事是替这个人反映的。"), found.masked)


def beside_of(view: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Who stands beside the submitter, while the identity is open: what they are called, and their names."""
    found = getattr(getattr(view, "person", None), "beside", {})
    return [(beside_word(name), people) for name, people in found.items()]


def request_of(view: Any) -> dict[str, Any] | None:
    """The request that waits for a decision: what it is called and what it asks."""
    return request_of_matter(view.matter, getattr(view, "request", None) or {})


def request_of_matter(matter: Matter, asked: Mapping[str, Any]) -> dict[str, Any] | None:
    """The same of what was asked for; None where nothing was."""
    if not matter.pending:
        return None
    step = next(s for s in procedure_of(matter).steps if s.requests == matter.pending)
    return {"label": str(step.label), "does": str(step.does), "rows": _asked_rows(step, asked)}


def _asked_rows(step: Step, asked: Mapping[str, Any]) -> list[Row]:
    rows = []
    for ask in step.asks:
        value = asked.get(ask.name)
        if value in (None, "", False):
            continue
        if ask.kind == Kind.TICK:
            value = _("是")
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
    "requested": "active",
    "hearing": "active",
    "executing": "active",
    "reviewing": "waiting",
    "not_accepted": "neutral",
    "closed": "done",
    "withdrawn": "neutral",
    "redirected": "neutral",
    "drafted": "neutral",
    "issued": "active",
    "working": "active",
    "closing": "waiting",
    "dropped": "neutral",
    "planned": "neutral",
    "convened": "active",
    "held": "active",
    "signed": "done",
    "cancelled": "neutral",
    "revising": "neutral",
    "consulting": "active",
    "countersigning": "active",
    "approving": "waiting",
    "approved": "active",
    "proposed": "waiting",
    "instructed": "active",
    "distributed": "active",
    "reported": "waiting",
    "read": "done",
    "voided": "neutral",
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
        "files": getattr(view, "files", None),
        "point": getattr(view, "point", None),
        "pressed": getattr(view, "pressed", False),
        "person": person if person is not None and not person.masked else None,
        "person_masked": person
        if person is not None and person.masked and (person.name or person.phone)
        else None,
    }
    return [name for name, value in shown.items() if value]
