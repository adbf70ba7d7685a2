"""The leader's written instruction as a value: states, terms and their first limits."""

from __future__ import annotations

from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.procedure import LimitSeed, Procedure, Role, TermSpec
from yipanqi.meetings.instruction_steps import STEPS
from yipanqi.meetings.models import INSTRUCTION as CODE
from yipanqi.meetings.procedure import state

STATES = (
    state("registered", "已登记，待拟办", "registered, handling to be proposed", Role.SENDER),
    state("proposed", "已拟办，待批示", "proposed, with the leader", Role.SENDER, no_term="it lies with the leader, whose time no office limits"),
    state("instructed", "已批示，待分办", "instructed, to be distributed", Role.SENDER),
    state("distributed", "已分办，待反馈", "distributed, answer to come", Role.SENDER),
    state("reported", "已反馈，待呈阅", "answered, to be read", Role.SENDER),
    state("read", "已阅", "read", is_open=False),
    state("voided", "登记作废", "registration voided", is_open=False),
)  # fmt: skip

TERMS = (
    TermSpec("handling", Label("拟办", "proposing how to handle it"), Role.SENDER, Label("最晚这天拟办", "handling is to be proposed by")),
    TermSpec("distribution", Label("分办", "distribution"), Role.SENDER, Label("最晚这天分办", "it is to be distributed by")),
    TermSpec("answer", Label("反馈", "the answer"), Role.SENDER, Label("最晚这天反馈", "the answer is due by"), own_date=True),
    TermSpec("reading", Label("呈阅", "submission for reading"), Role.SENDER, Label("最晚这天呈阅", "it is to be submitted for reading by")),
)  # fmt: skip

LIMITS = (
    LimitSeed("handling", 2, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
    LimitSeed("distribution", 2, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
    LimitSeed("answer", 400, Unit.CALENDAR_DAYS, Label("工作惯例：日期按批示定", "practice: the day that the instruction names")),
    LimitSeed("reading", 3, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
)  # fmt: skip

INSTRUCTION = Procedure(
    code=CODE,
    version=1,
    label=Label("领导批示", "leader's instruction"),
    states=STATES,
    steps=STEPS,
    terms=TERMS,
    limits=LIMITS,
)
