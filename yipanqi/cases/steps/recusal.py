"""Recusal (回避, 信访工作条例 28¶3): an officer steps back, or the party asks for it and the head of the unit answers with reasons.

Whoever is recused takes no later step of that case, in no part, while their colleagues go on (cases/recusal.py). A request
stops no clock and holds nothing up: its answer is a term beside the work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yipanqi.cases.steps.shared import CO, LEAD, SENDER, SUBMITTER
from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, LimitSeed, Role, Step, TermSpec
from yipanqi.core.standing import PAUSED, RUNNING, standing

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

TERM = "recusal"
BASIS = "信访工作条例 28"


def _asked(case: Case) -> bool:
    return standing(case.matter).has(TERM, RUNNING, PAUSED)


ASKED = Condition("recusal_asked", _asked, Label("没有等待决定的回避申请。", "No request for recusal waits for a decision."), quiet=True)  # fmt: skip
NOT_ASKED = Condition("no_recusal_asked", lambda case: not _asked(case), Label("上一次回避申请还没有答复。", "The last request for recusal has not been answered yet."))  # fmt: skip

ANSWER = Ask(
    "notice", Label("告诉本人的理由", "The reason, as the person will read it"), longest=1000,
    hint=Label("写明决定的理由；不写经办人的姓名。", "Give the reasons, and no officer's name."),
)  # fmt: skip


def steps(held: frozenset[str], open_states: frozenset[str]) -> tuple[Step, ...]:
    """`held`: the states in which a unit works on it, so that somebody's recusal can be asked for."""
    decided = Step(
        "grant_recusal", Label("同意回避", "Grant the recusal"), Label("最近经办的那一位从现在起不能再办这件事的任何一步，由本单位其他人接着办；书面答复本人。经办的人不能自己决定。", "Whoever handled it last takes no further step of this case; colleagues go on. The person is told in writing. Whoever handled it does not decide."),
        open_states, None, (LEAD,), needs="cases.approve", asks=(ANSWER,), stops=(TERM,), when=(ASKED,), while_pending=True,
        produces=Label("回避决定书", "decision on the recusal"), tells=(SUBMITTER, SENDER), tells_own=True,
        plain=Label("您申请的回避已同意，换人办理", "The recusal you asked for was granted; somebody else handles it"), basis=BASIS,
    )  # fmt: skip
    return (
        Step(
            "recuse", Label("回避", "Recuse yourself"), Label("您与这件事或者本人有直接利害关系的：写明理由，马上生效。您不能再办这件事的任何一步，由本单位其他人接着办；期限不变。", "You have a direct interest in it: give the reason; it holds at once. You take no further step of this case and your colleagues go on. No limit changes."),
            open_states, None, (LEAD, CO, SENDER), needs="cases.handle", sender_needs="cases.route",
            asks=(Ask("reason", Label("理由", "Reason"), longest=500, public=False),), while_pending=True, aside=True, tells_own=True,
            plain=Label("一名经办人员回避，由其他人办理", "An officer recused themselves; others handle it"), basis=BASIS,
        ),
        Step(
            "ask_recusal", Label("申请经办人回避", "Ask that the officer be replaced"), Label("经办的人与这件事有利害关系的，可以申请换人。由该单位负责人决定并书面答复理由；办理不停，期限不变。", "Where the officer has an interest in it, you can ask for somebody else. The head of the unit decides and answers with reasons; the work goes on and no limit changes."),
            held, None, (SUBMITTER, SENDER), needs="cases.register",
            asks=(Ask("reason", Label("谁应当回避，为什么", "Who should be replaced, and why"), longest=1000, hint=Label("不知道姓名的，写明哪天、在哪里见的或通话的。", "Without a name, say on which day and where you met or spoke.")),),
            starts=(TERM,), when=(NOT_ASKED,), while_pending=True, tells=(LEAD,), plain=Label("您申请经办人回避", "You asked that the officer be replaced"), basis=BASIS,
        ),
        decided,
        Step(
            "refuse_recusal", Label("不同意回避", "Refuse the recusal"), Label("仍由原来的人办理，把理由书面答复本人。经办的人不能自己决定。", "The same officer goes on; the person is told why in writing. Whoever handled it does not decide."),
            open_states, None, (LEAD,), needs="cases.approve", asks=(ANSWER,), stops=(TERM,), when=(ASKED,), while_pending=True,
            produces=decided.produces, tells=(SUBMITTER, SENDER), tells_own=True,
            plain=Label("您申请的回避没有同意，理由见答复", "The recusal you asked for was refused; the answer says why"), basis=BASIS,
        ),
    )  # fmt: skip


TERMS = (TermSpec(TERM, Label("答复回避申请", "answer on the recusal"), Role.LEAD, Label("负责单位最晚这天答复回避申请", "the unit must answer your request for recusal by"), beside=True, owed=True),)  # fmt: skip
LIMITS = (LimitSeed(TERM, 5, Unit.WORKING_DAYS, Label("工作惯例：法律没有规定天数", "practice: the law sets no number of days")),)  # fmt: skip
