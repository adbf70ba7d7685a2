"""The task as a value: states, terms and their first limits."""

from __future__ import annotations

from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.procedure import LimitSeed, Procedure, Role, State, TermSpec
from yipanqi.meetings.steps import STEPS


def state(
    code: str, zh: str, en: str, waits_for: Role | None = None, *, is_open: bool = True, no_term: str = ""
) -> State:
    """A state of a task or a planned conference: neither has a submitter, so there is one way to say it."""
    label = Label(zh, en)
    return State(code, label, label, waits_for, open=is_open, no_term=no_term)


STATES = (
    state("drafted", "起草中", "drafted", Role.SENDER, no_term="no unit has been told of it: it binds nobody before it is issued"),
    state("issued", "已下达，待签收", "issued, to be received", Role.LEAD),
    state("working", "办理中", "being worked on", Role.LEAD),
    state("closing", "已申请办结，待核查", "closing applied for", Role.SENDER),
    state("closed", "已销号", "closed", is_open=False),
    state("dropped", "已撤销", "dropped", is_open=False),
)  # fmt: skip

TERMS = (
    TermSpec("receipt", Label("签收", "receipt"), Role.LEAD, Label("最晚这天签收", "receipt is to be confirmed by")),
    TermSpec("work", Label("完成", "the work"), Role.LEAD, Label("最晚这天完成", "the work is to be done by"), own_date=True),
    TermSpec("check", Label("核查", "check"), Role.SENDER, Label("最晚这天核查完", "the check is to be done by")),
    TermSpec("explain", Label("答复督促", "answering the notice"), Role.LEAD, Label("最晚这天答复督促通知", "the notice is to be answered by")),
    # No term of these ever runs: their dated rows are the distances of the reminders (reminders.RUNGS).
    TermSpec("remind", Label("完成日期前几天提醒", "reminder, days before the date"), Role.SENDER, Label("完成日期前几天提醒", "reminder, days before the date")),
    TermSpec("urge", Label("完成日期后几天催办", "urging, days after the date"), Role.SENDER, Label("完成日期后几天催办", "urging, days after the date")),
    TermSpec("press", Label("催办后几天书面督促", "notice in writing, days after urging"), Role.SENDER, Label("催办后几天书面督促", "notice in writing, days after urging")),
)  # fmt: skip

LIMITS = (
    LimitSeed("receipt", 2, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
    LimitSeed("work", 1100, Unit.CALENDAR_DAYS, Label("工作惯例：日期随任务定，最长三年", "practice: the task's own date, at most three years")),
    LimitSeed("check", 5, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
    LimitSeed("explain", 10, Unit.WORKING_DAYS, Label("济南市绩效管理条例 15；其他城市按本地规定改", "Jinan rules on performance management 15; elsewhere as the city's own rule says"), practice=False),
    LimitSeed("remind", 7, Unit.CALENDAR_DAYS, Label("工作惯例", "practice")),
    LimitSeed("urge", 1, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
    LimitSeed("press", 5, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
)  # fmt: skip

TASK = Procedure(
    code="task",
    version=1,
    label=Label("任务", "task"),
    states=STATES,
    steps=STEPS,
    terms=TERMS,
    limits=LIMITS,
)
