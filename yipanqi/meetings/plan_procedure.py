"""The decomposition plan as a value: states, terms and their first limits."""

from __future__ import annotations

from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.procedure import LimitSeed, Procedure, Role, TermSpec
from yipanqi.meetings.plan_steps import STEPS
from yipanqi.meetings.procedure import state

STATES = (
    state("drafted", "起草中", "drafted", Role.SENDER, no_term="no unit has been told of it: it binds nobody"),
    state("revising", "修改中", "being revised", Role.SENDER, no_term="it binds nobody, and is consulted on anew"),
    state("consulting", "征求意见中", "consulted on", Role.SENDER),
    state("countersigning", "会签中", "being countersigned", Role.SENDER),
    state("approving", "待批准", "to be approved", Role.SENDER, no_term="the leader's decision: the dates of its tasks press"),
    state("approved", "已批准，待印发", "approved, to be issued", Role.SENDER, no_term="the dates of its tasks press"),
    state("issued", "已印发", "issued", is_open=False),
    state("withdrawn", "已撤回", "withdrawn", is_open=False),
)  # fmt: skip

TERMS = (
    TermSpec("consultation", Label("征求意见", "consultation"), Role.SENDER, Label("征求意见到这天为止", "opinions are asked for by")),
    TermSpec("countersigning", Label("会签", "countersigning"), Role.SENDER, Label("会签到这天为止", "signatures are asked for by")),
)  # fmt: skip

LIMITS = (
    LimitSeed("consultation", 5, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
    LimitSeed("countersigning", 3, Unit.WORKING_DAYS, Label("工作惯例", "practice")),
)

PLAN = Procedure(
    code="plan",
    version=1,
    label=Label("分解方案", "decomposition plan"),
    states=STATES,
    steps=STEPS,
    terms=TERMS,
    limits=LIMITS,
)
