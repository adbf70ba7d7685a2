"""Of a late task: the notice to its lead unit, and the file that is handed to the inspection office.

What a department does of its own tasks is following up and urging; whether they are inspected is decided by the Party
committee's or the government's own office (domain §8), to which this gives what there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from yipanqi.core.counting import SHANGHAI, day_of
from yipanqi.core.gate import Viewer
from yipanqi.core.procedure import Role
from yipanqi.exchange.paper import Block, Figure, Heading, Paper, Run, Table, Words, woven
from yipanqi.insight.official.frame import PageOf, paper
from yipanqi.meetings.access import TaskView
from yipanqi.meetings.reminders import CAPABILITY, RUNGS, answer_by
from yipanqi.notices.letters import day_words
from yipanqi.notices.papers import INSPECTION, URGING
from yipanqi.organisations.models import Part
from yipanqi.organisations.timeline import Event

ASKED = (*RUNGS, "answer_notice")
WORKED_ON = ("issued", "working")


def papers_of(view: TaskView, viewer: Viewer) -> tuple[str, ...]:
    """Which of the two there are of this task now, for a viewer who checks it for the unit that sent it."""
    senders = view.units.get(Role.SENDER, ())
    if not any(viewer.reaches(CAPABILITY, unit.path) for unit in senders):
        return ()
    late = view.state_code in WORKED_ON and any(due.late_by > 0 for due in view.dues)
    pressed = view.matter.open and any(event.step == "press" for event in view.events)
    return (*((URGING,) if late else ()), *((INSPECTION,) if late or pressed else ()))


def notice(view: TaskView, at: dt.datetime) -> Paper:
    """The notice: what is late, for how long, what has been asked already; to be answered within the dated limit."""
    blocks: list[Block] = [*_late(view)]
    if view.milestones:
        blocks.append(_milestones(view, _("节点")))
    if any(event.step in ASKED for event in view.events):
        blocks.append(_asked(view))
    return paper(URGING, _values(view, at), blocks, issuer=_sender(view), at=at)


def file_of(view: TaskView, at: dt.datetime) -> Paper:
    """The file: the task, how far it is, the reminders one after the other with what was answered, and its trail."""
    asked = sum(event.step in RUNGS for event in view.events)
    number = Figure(asked, _("提醒、催办和督促"), PageOf(view.matter.pk, "timeline"))
    blocks: list[Block] = [
        Heading(_("任务情况")), _facts(view), *_late(view),
        Heading(_("节点和指标")), _milestones(view, _("节点")), _targets(view),
        Heading(_("提醒、催办、督促和答复")), Words(woven(_("共提醒、催办和督促 {0} 次。"), number)), _asked(view),
        Heading(_("办理经过")), _events(_("办理经过"), view.events, _("还没有经过。")),
    ]  # fmt: skip
    return paper(INSPECTION, _values(view, at), blocks, issuer=_sender(view), at=at)


def _sender(view: TaskView) -> str:
    return next((part.unit for part in view.parts if part.role == Part.SENDER and part.until is None), "")


def _values(view: TaskView, at: dt.datetime) -> dict[str, str]:
    running = next((due.effective for due in view.dues if due.code == "explain"), None)
    return {
        "unit": view.unit,
        "task": view.title,
        "number": view.number,
        "due": day_words(view.due_on),
        "conference": view.conference,
        "answer_by": day_words(running or answer_by(day_of(at))),
    }


def _late(view: TaskView) -> list[Words]:
    """Each limit that has passed, since when, and for how many days."""
    found = []
    for due in view.dues:
        if due.late_by > 0 and due.effective:
            days = Figure(due.late_by, _("超期天数"), PageOf(view.matter.pk))
            words = {"label": due.label[:1].upper() + due.label[1:], "day": day_words(due.effective)}
            found.append(Words(woven(_("%(label)s：期限是 %(day)s，到今天已经超期 {0} 天。") % words, days)))
    return found


def _facts(view: TaskView) -> Table:
    helping = [part.unit for part in view.parts if part.role == Part.CO and part.until is None]
    told = [
        (_("编号"), view.number),
        (_("任务"), view.title),
        (_("来源"), f"{view.conference} · {view.line}"),
        (_("目标和标准"), view.text),
        (_("牵头单位"), view.unit),
        (_("配合单位"), _("、").join(helping)),
        (_("下达日期"), day_words(view.issued_on) if view.issued_on else ""),
        (_("完成期限"), day_words(view.due_on)),
        (_("状态"), view.state),
        (_("灯"), view.light.why),
    ]
    rows: list[list[Run]] = [[label, value] for label, value in told if value]
    return Table(_("任务情况"), [_("事项"), _("内容")], [2, 7], rows, "")


def _milestones(view: TaskView, caption: str) -> Table:
    rows: list[list[Run]] = [
        [f"{one.number}. {one.title}", one.due_on.isoformat(), _("已完成") if one.done_at else _("没有完成")]
        for one in view.milestones
    ]
    return Table(caption, [_("节点"), _("日期"), _("状态")], [6, 2, 2], rows, _("没有定节点。"))


def _targets(view: TaskView) -> Table:
    rows: list[list[Run]] = [
        [one.title, f"{one.wanted} {one.measure}", f"{one.done} {one.measure}"] for one in view.targets
    ]
    return Table(_("指标"), [_("指标"), _("目标"), _("完成")], [6, 2, 2], rows, _("没有定指标。"))


def _asked(view: TaskView) -> Table:
    asked = [event for event in view.events if event.step in ASKED]
    return _events(_("提醒、催办、督促和答复"), asked, _("还没有提醒、催办和督促。"))


def _events(caption: str, events: Sequence[Event], empty: str) -> Table:
    """What happened, by unit and post. What units wrote to each other beside the work stays theirs."""
    rows: list[list[Run]] = [
        [f"{event.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", event.label, event.who, event.text]
        for event in events
        if event.step != "note"
    ]
    return Table(caption, [_("时间"), _("事项"), _("单位和岗位"), _("内容")], [3, 2, 3, 6], rows, empty)
