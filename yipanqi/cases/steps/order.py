"""The steps of the order, in the order in which a case usually meets them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yipanqi.cases.steps import publishing, shared
from yipanqi.cases.steps.joining import SPLIT_FROM, with_joining
from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER, SYSTEM
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Step

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

OPEN = frozenset({"registered", "forwarded", "handling", "asked", "on_hold", "answered", "served"})
JUDGED_BY = "济南市12345市民服务热线条例 27"

OUTCOMES = (
    ("solved", Label("已解决", "Done")),
    ("partly", Label("部分解决，其余有期限", "Partly done, the rest has a date")),
    ("explained", Label("解释说明", "Explained")),
    ("cannot", Label("依规定不能办", "The rules do not allow it")),
)


def _verdict_is_not(case: Case) -> bool:
    verdict = case.verdicts.filter(round=case.round, of="handler").first()
    return verdict is not None and (not verdict.solved or verdict.grade == "not_satisfied")


FIRST_ROUND = Condition(
    "first_round", lambda case: case.round == 1,
    Label("二次办理只有一次。", "Second handling is given once."),
)  # fmt: skip
NOT_SOLVED = Condition(
    "not_solved", _verdict_is_not,
    Label("评价为“不满意”或“没有解决”时才能二次办理。", "Second handling follows a verdict of not satisfied or not solved."),
)  # fmt: skip

INTAKE = (
    Step(
        "register", Label("登记", "Register"), Label("登记一件诉求，给出查询号和密码。", "Register a request and give out a reference and a secret."),
        frozenset(), "registered", (SUBMITTER, SENDER), needs="cases.register", asks=(SPLIT_FROM,), starts=("route",), tells=(SUBMITTER,),
        plain=Label("我们收到了您的诉求", "We received your request"),
        basis="济南市12345市民服务热线条例 21、22",
    ),
    shared.RECORD,
    shared.CLEAR,
    Step(
        "route", Label("转办", "Forward"), Label("转给负责单位；接收和答复的期限从现在起算。", "Send it to the responsible unit; the limits for acceptance and answer start now."),
        frozenset({"registered"}), "forwarded", (SENDER,), needs="cases.route", asks=(shared.UNIT, shared.CO_UNITS),
        starts=("accept", "answer"), stops=("route",), when=(shared.CLEARED,), tells=(LEAD, shared.CO, SUBMITTER), bulk=True,
        plain=Label("已转给负责单位", "Sent to the responsible unit"), basis="济南市12345市民服务热线条例 23、29",
    ),
    Step(
        "redirect", Label("引导到别处", "Redirect"), Label("这件事不归热线办：告诉来访人去哪里、怎么办，并结束。", "This is not for the hotline: tell the person where to go and how, and end it."),
        frozenset({"registered"}), "redirected", (SENDER,), needs="cases.route",
        asks=(Ask("where", Label("该去哪里、怎么办", "Where to go, and how")),), stops=("route",),
        produces=Label("引导告知", "letter of guidance"), tells=(SUBMITTER,), plain=Label("这件事归别处管", "This belongs elsewhere"),
    ),
)  # fmt: skip

WORK = (
    *shared.helping(frozenset({"handling", "asked", "on_hold"})),
    *shared.ASKING,
    Step(
        "request_extension", Label("申请延期", "Ask for an extension"), Label("由转办单位审批；批准后会把理由告诉本人。", "The sender decides; if granted, the submitter is told the reason."),
        frozenset({"handling"}), None, (LEAD,), needs="cases.handle",
        asks=(REASON, Ask("days", Label("延长几个工作日", "Working days more"), Kind.NUMBER, least=1, most=20)), requests="extension", tells=(SENDER,),
    ),
    shared.APPROVE_EXTENSION,
    shared.REFUSE_EXTENSION,
    Step(
        "request_hold", Label("申请挂账", "Ask to put it on hold"), Label("眼下确实办不了：写明计划和复查日期，由转办单位审批。挂账不算解决。", "It truly cannot be done now: give the plan and a date to look again; the sender decides. On hold never counts as solved."),
        frozenset({"handling"}), None, (LEAD,), needs="cases.handle",
        asks=(Ask("plan", Label("计划", "Plan"), longest=2000), Ask("review_on", Label("复查日期", "Review date"), Kind.DATE)), requests="hold", tells=(SENDER,),
    ),
    Step(
        "approve_hold", Label("批准挂账", "Approve the hold"), Label("答复期限暂停，到复查日期自动恢复办理；计划告诉本人。", "The answer's limit stands still until the review date, when work starts again; the submitter is told the plan."),
        frozenset({"handling"}), "on_hold", (SENDER,), needs="cases.approve",
        asks=(Ask("notice", Label("告诉本人的计划", "The plan, as the submitter will read it"), longest=1000),),
        decides="hold", starts=("review",), pauses=("answer",), produces=Label("挂账告知", "notice of the hold"), tells=(LEAD, SUBMITTER), plain=Label("暂时办不了，已定计划", "It cannot be done yet; there is a plan"),
    ),
    Step(
        "refuse_hold", Label("不批准挂账", "Refuse the hold"), Label("继续办理，期限不变。", "The work goes on; the limit stays."),
        frozenset({"handling"}), None, (SENDER,), needs="cases.approve", asks=(REASON,), decides="hold", tells=(LEAD,),
    ),
    Step(
        "resume", Label("恢复办理", "Take it up again"), Label("提前恢复办理，答复期限接着计算。", "Work starts again before the review date; the answer's limit runs on."),
        frozenset({"on_hold"}), "handling", (LEAD,), needs="cases.handle", stops=("review",), resumes=("answer",), tells=(SUBMITTER, SENDER),
        plain=Label("恢复办理", "Work has started again"),
    ),
    Step(
        "review_due", Label("到期复查", "Review is due"), Label("复查日期到了，恢复办理。", "The review date has come; work starts again."),
        frozenset({"on_hold"}), "handling", (SYSTEM,), stops=("review",), resumes=("answer",), tells=(LEAD, SUBMITTER),
        plain=Label("复查日期到了，恢复办理", "The review date has come; work has started again"),
    ),
)  # fmt: skip

ANSWERING = (
    Step(
        "answer", Label("答复", "Answer"), Label("写出给本人的答复；先由转办单位审核，再送达。审核期间不算您的时间。", "Write the answer; the sender checks it before it is served. The check is not counted as your time."),
        frozenset({"handling"}), "answered", (LEAD,), needs="cases.handle",
        asks=(
            Ask("text", Label("给本人的答复", "The answer, as the submitter will read it"), hint=Label("说明办了什么、依据是什么、谁负责、还有什么、什么时候。", "What was done, on what basis, by whom, what is left, and by when.")),
            Ask("outcome", Label("结果", "Result"), Kind.CHOICE, choices=OUTCOMES),
        ),
        starts=("audit",), pauses=("answer",), tells=(SENDER,), plain=Label("负责单位已答复，正在审核", "The unit has answered; the answer is being checked"),
    ),
    shared.SEND_BACK,
    replace(shared.SERVE, basis=JUDGED_BY),
)  # fmt: skip

JUDGING = (
    *shared.judging((shared.SOLVED, shared.GRADE, shared.COMMENT), JUDGED_BY),
    Step(
        "second_handling", Label("要求二次办理", "Ask for second handling"), Label("现在就重新办理，不等评价期结束。办理单位会由此知道您不满意。只有一次。", "It is handled again now, without waiting. The unit will know from this that you are not satisfied. Once only."),
        frozenset({"served"}), "handling", (SUBMITTER,),
        asks=(Ask("understood", Label("我知道办理单位会看到我的评价", "I know that the unit will see my verdict"), Kind.TICK),),
        within="evaluate", when=(FIRST_ROUND, NOT_SOLVED), stops=("evaluate",), starts=("answer",), tells=(LEAD, SENDER),
        plain=Label("您要求二次办理", "You asked for second handling"), basis=JUDGED_BY,
    ),
    Step(
        "second_due", Label("二次办理", "Second handling"), Label("评价期结束，本人不满意或未解决，自动二次办理。", "The time is over and the verdict was not: it is handled again."),
        frozenset({"served"}), "handling", (SYSTEM,), when=(FIRST_ROUND, NOT_SOLVED), stops=("evaluate",), starts=("answer",), tells=(LEAD, SENDER, SUBMITTER),
        plain=Label("按您的评价，重新办理", "After your verdict it is handled again"), basis=JUDGED_BY,
    ),
    shared.CLOSE,
)  # fmt: skip

STEPS = with_joining(
    (
        *INTAKE,
        *shared.ACCEPTANCE,
        *WORK,
        *ANSWERING,
        *JUDGING,
        *publishing.STEPS,
        *shared.always(Label("诉求", "request"), OPEN, OPEN - {"answered", "served"}),
    ),
    OPEN,
)
