"""The order (工单, a 12345 request) as a value: states, terms and their first limits."""

from __future__ import annotations

from yipanqi.cases.steps import STEPS
from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.procedure import LimitSeed, Procedure, Role, State, TermSpec

STATES = (
    State("registered", Label("已登记", "registered"), Label("我们已收到，正在确定由谁办理", "We have it and are finding out whose it is"), Role.SENDER),
    State("forwarded", Label("已转办", "forwarded"), Label("已转给负责单位，等它接收", "It is with the responsible unit, which must accept it"), Role.LEAD),
    State("handling", Label("办理中", "being handled"), Label("负责单位正在办理", "The responsible unit is working on it"), Role.LEAD),
    State("asked", Label("待您补充", "waiting for you"), Label("负责单位有一个问题想问您", "The responsible unit has a question for you"), Role.SUBMITTER),
    State("on_hold", Label("挂账", "on hold"), Label("暂时办不了，已定计划和复查日期；不算解决", "It cannot be done yet; there is a plan and a date to look again. It does not count as solved"), Role.LEAD),
    State("answered", Label("待审核答复", "answer being checked"), Label("负责单位已答复，正在审核", "The unit has answered; the answer is being checked"), Role.SENDER),
    State("served", Label("已答复，待评价", "answered, your verdict"), Label("答复已给您，请您评价", "You have the answer; please judge it"), Role.SUBMITTER),
    State("closed", Label("已办结", "closed"), Label("已办结", "Closed"), open=False),
    State("withdrawn", Label("已撤回", "withdrawn"), Label("您已撤回", "You withdrew it"), open=False),
    State("redirected", Label("已引导", "redirected"), Label("这件事归别处管，已告诉您去哪里", "This belongs elsewhere; we have told you where to go"), open=False),
)  # fmt: skip

TERMS = (
    TermSpec("route", Label("转办", "forwarding"), Role.SENDER, Label("最晚这天转给负责单位", "to be sent to the responsible unit by")),
    TermSpec("accept", Label("接收", "acceptance"), Role.LEAD, Label("负责单位最晚这天接收", "the unit must accept it by")),
    TermSpec("answer", Label("答复", "answer"), Role.LEAD, Label("最晚这天答复您", "you are to be answered by")),
    TermSpec("reply", Label("补充", "your reply"), Role.SUBMITTER, Label("请您最晚这天补充；过期我们按已有情况继续办", "please reply by; after that the work goes on with what is known"), lapse=("reply_lapsed",)),
    TermSpec("review", Label("挂账复查", "review of the hold"), Role.LEAD, Label("最晚这天重新办理", "to be taken up again by"), lapse=("review_due",), own_date=True),
    TermSpec("audit", Label("审核答复", "check of the answer"), Role.SENDER, Label("最晚这天审完答复", "the answer is to be checked by")),
    TermSpec("evaluate", Label("评价", "your verdict"), Role.SUBMITTER, Label("您可以评价到这天", "you can judge it until"), lapse=("second_due", "close")),
)  # fmt: skip

_WORKING, _CALENDAR = Unit.WORKING_DAYS, Unit.CALENDAR_DAYS
_PRACTICE = Label("工作惯例", "practice")

LIMITS = (
    LimitSeed("route", 1, _WORKING, _PRACTICE),
    LimitSeed("accept", 1, _WORKING, _PRACTICE),
    LimitSeed("answer", 5, _WORKING, Label("《济南市12345市民服务热线条例》第二十四条；自转办起算（工作惯例）", "Jinan 12345 hotline regulation, Art. 24; counted from forwarding (practice)"), practice=False),
    LimitSeed("reply", 5, _WORKING, _PRACTICE),
    LimitSeed("review", 180, _CALENDAR, Label("工作惯例：最长180天", "practice: at most 180 days")),
    LimitSeed("audit", 1, _WORKING, _PRACTICE),
    LimitSeed("evaluate", 15, _CALENDAR, _PRACTICE),
)  # fmt: skip

ORDER = Procedure(
    code="order",
    version=1,
    label=Label("工单", "order"),
    states=STATES,
    steps=STEPS,
    terms=TERMS,
    limits=LIMITS,
)
