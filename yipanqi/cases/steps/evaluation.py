"""Evaluation of a claim (群众满意度评价): who handled it and the petition office are graded each for itself, and a claim is left
out of the figures only where somebody asks for it with a reason on record and another person agrees.

That is asked for and decided while nobody on staff can see a grade: else the bad ones would be left out (trust-and-ux H6).
What is left out can still be judged; it is not counted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yipanqi.cases.steps import shared
from yipanqi.cases.steps.ladder import AFTER_SERVICE
from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Step
from yipanqi.core.standing import standing

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

JUDGED = AFTER_SERVICE | {"reviewing"}
BASIS = "国信发〔2022〕11号"
ASKING, GRANTING, REFUSING = "ask_exclusion", "grant_exclusion", "refuse_exclusion"

VERDICT = (
    shared.SOLVED,
    replace(shared.GRADE, label=Label("您对办理单位（有权处理机关）满意吗？", "How satisfied are you with the unit that handled it?")),
    Ask("why", Label("为什么这样评办理单位", "Why you grade the unit so"), Kind.REASON, required=False, told=False),
    Ask(
        "office", Label("您对信访部门满意吗？", "How satisfied are you with the petition office?"), Kind.CHOICE, required=False, choices=shared.GRADES,
        hint=Label("信访部门登记、转送、告知；可以不评。", "It registered the claim, sent it on and told you; you need not grade it."),
    ),
    Ask("office_why", Label("为什么这样评信访部门", "Why you grade the office so"), Kind.REASON, required=False, told=False),
    shared.COMMENT,
)  # fmt: skip


def _last(case: Case) -> str:
    last = standing(case.matter).last(ASKING, GRANTING, REFUSING)
    return last.step if last else ""


ASKED = Condition(
    "exclusion_asked", lambda case: _last(case) == ASKING,
    Label("没有人申请剔除评价。", "Nobody asked for it to be left out."), quiet=True,
)  # fmt: skip
NOT_ASKED = Condition(
    "exclusion_not_asked", lambda case: _last(case) == "",
    Label("已经申请过剔除评价，只能申请一次。", "It was asked for already; it can be asked for once."), quiet=True,
)  # fmt: skip


def judging() -> tuple[Step, ...]:
    """A claim that is being carried out or reviewed can be judged as one that was served."""
    return tuple(replace(step, sources=JUDGED) for step in shared.judging(VERDICT, BASIS))


EXCLUDING = (
    Step(
        ASKING, Label("申请不计入评价", "Ask to leave it out of evaluation"), Label("依规定不宜评价的（例如不宜公开）：选明理由，由转送单位另一人审核。只能在评价期内申请，谁都还看不到评价；没有审核的，照常计入。", "Where the rules do not want it evaluated, for instance because it is not fit for publicity: choose the reason, and another person at the sending unit decides. Only within the time to judge, when nobody sees a grade yet; undecided, it counts as ever."),
        JUDGED, None, (LEAD, SENDER), needs="cases.handle", sender_needs="cases.route",
        asks=(
            Ask("code", Label("剔除理由", "Reason for leaving it out"), Kind.REASON, told=False),
            replace(REASON, label=Label("具体情况", "What it rests on")),
        ),
        within="evaluate", when=(NOT_ASKED,), while_pending=True, aside=True, tells=(SENDER,), basis=BASIS,
    ),
    Step(
        GRANTING, Label("同意不计入评价", "Leave it out of evaluation"), Label("这一件不计入满意率和参评率，并告诉本人；本人仍然可以评价。申请的人不能自己审核。", "It counts in neither rate of evaluation, and the person is told; they can still judge it. Never by whoever asked."),
        JUDGED, None, (SENDER,), needs="cases.approve", within="evaluate", when=(ASKED,), while_pending=True, aside=True, tells=(LEAD, SUBMITTER),
        plain=Label("依规定，这一件不计入评价数字；您仍然可以评价", "By the rules this is not counted in the figures of evaluation; you can still judge it"), basis=BASIS,
    ),
    Step(
        REFUSING, Label("不同意剔除", "Refuse to leave it out"), Label("照常计入评价。", "It counts as ever."),
        JUDGED, None, (SENDER,), needs="cases.approve", asks=(REASON,), within="evaluate", when=(ASKED,), while_pending=True, aside=True, tells=(LEAD,), basis=BASIS,
    ),
)  # fmt: skip
