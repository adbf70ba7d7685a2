"""The planned conference as a value: states, terms and their first limits."""

from __future__ import annotations

from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.procedure import LimitSeed, Procedure, Role, TermSpec
from yipanqi.meetings.meeting_steps import STEPS
from yipanqi.meetings.procedure import state

STATES = (
    state("planned", "筹备中", "planned", Role.SENDER, no_term="no unit has been told of it: a plan binds nobody"),
    state("convened", "已发通知", "convened", Role.SENDER),
    state("held", "已开，待出纪要", "held, minutes to come", Role.SENDER),
    state("signed", "纪要已签发", "minutes signed", is_open=False),
    state("cancelled", "已取消", "cancelled", is_open=False),
)  # fmt: skip

TERMS = (
    TermSpec("meeting", Label("开会", "the meeting"), Role.SENDER, Label("这天开会", "the meeting is on"), own_date=True),
    TermSpec("minutes", Label("出纪要", "the minutes"), Role.SENDER, Label("最晚这天出纪要", "the minutes are to be signed by")),
)  # fmt: skip

LIMITS = (
    LimitSeed("meeting", 400, Unit.CALENDAR_DAYS, Label("工作惯例：日期随会议定，最远到下一年度计划", "practice: the meeting's own date, at the farthest in the next year's plan")),
    LimitSeed("minutes", 10, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
)  # fmt: skip

MEETING = Procedure(
    code="meeting",
    version=1,
    label=Label("会议", "meeting"),
    states=STATES,
    steps=STEPS,
    terms=TERMS,
    limits=LIMITS,
)
