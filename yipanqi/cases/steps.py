"""The steps of the order, in the order in which a case usually meets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

SUBMITTER, SENDER, LEAD, CO, SYSTEM = Role.SUBMITTER, Role.SENDER, Role.LEAD, Role.CO, Role.SYSTEM
OPEN = ("registered", "forwarded", "handling", "asked", "on_hold", "answered", "served")

REASON = Ask("reason", Label("理由", "Reason"), longest=1000)
GRADES = (
    ("satisfied", Label("满意", "Satisfied")),
    ("basically", Label("基本满意", "Basically satisfied")),
    ("not_satisfied", Label("不满意", "Not satisfied")),
)
YES_NO = (("yes", Label("解决了", "Solved")), ("no", Label("没有解决", "Not solved")))
OUTCOMES = (
    ("solved", Label("已解决", "Done")),
    ("partly", Label("部分解决，其余有期限", "Partly done, the rest has a date")),
    ("explained", Label("解释说明", "Explained")),
    ("cannot", Label("依规定不能办", "The rules do not allow it")),
)
METHODS = (
    ("portal", Label("网上查看", "On the portal")),
    ("phone", Label("电话告知", "By telephone")),
    ("message", Label("短信", "By text message")),
    ("post", Label("邮寄", "By post")),
    ("in_person", Label("当面送达", "In person")),
    ("left", Label("留置送达", "Left at the address")),
)
PURPOSES = (
    ("contact", Label("联系本人了解情况", "To contact the person about the case")),
    ("visit", Label("上门办理", "To call at the place")),
    ("serve", Label("送达答复", "To serve the answer")),
    ("check", Label("核对身份", "To check the identity")),
)


def _verdict_is_not(case: Case) -> bool:
    verdict = case.verdicts.filter(round=case.round).first()
    return verdict is not None and (not verdict.solved or verdict.grade == "not_satisfied")


CLEARED = Condition(
    "cleared", lambda case: case.cleared,
    Label("请先清理文字或写出摘要，并分好类。", "First clear the text or write a summary, and classify it."),
)  # fmt: skip
FIRST_ROUND = Condition(
    "first_round", lambda case: case.round == 1,
    Label("二次办理只有一次。", "Second handling is given once."),
)  # fmt: skip
NOT_SOLVED = Condition(
    "not_solved", _verdict_is_not,
    Label("评价为“不满意”或“没有解决”时才能二次办理。", "Second handling follows a verdict of not satisfied or not solved."),
)  # fmt: skip

VERDICT = (
    Ask("solved", Label("问题解决了吗？", "Is it solved?"), Kind.CHOICE, choices=YES_NO),
    Ask("grade", Label("您对办理满意吗？", "How satisfied are you?"), Kind.CHOICE, choices=GRADES),
    Ask("comment", Label("想说的话", "Anything to add"), required=False, longest=1000),
)
PRESSED = Ask(
    "pressed", Label("有人要求或劝我给好评", "Somebody pressed me for a good verdict"), Kind.TICK, required=False, told=False,
    hint=Label("评价期结束后只有监督人员看得到，办理单位始终看不到；以后改评价，这一条也保留。", "After the time to judge, supervisors alone will see this, the unit that handled it never; it stays when you change your verdict."),
)  # fmt: skip

INTAKE = (
    Step(
        "register", Label("登记", "Register"), Label("登记一件诉求，给出查询号和密码。", "Register a request and give out a reference and a secret."),
        frozenset(), "registered", (SUBMITTER, SENDER), needs="cases.register", starts=("route",), tells=(SUBMITTER,),
        plain=Label("我们收到了您的诉求", "We received your request"),
        basis="济南市12345市民服务热线条例 21、22",
    ),
    Step(
        "clear", Label("清理文字并分类", "Clear and classify"),
        Label("写出可以转出去的文字：去掉能认出本人的内容，定下类别和地点。办理单位只看到这段文字。", "Write the text that can be sent on: without what gives the person away, with its category and place. Handlers see this text alone."),
        frozenset({"registered"}), None, (SENDER,), needs="cases.register",
        asks=(
            Ask("title", Label("标题", "Title"), Kind.LINE, longest=60),
            Ask("text", Label("转办文字或摘要", "Text or summary to send on")),
            Ask("category", Label("类别", "Category"), Kind.CATEGORY),
            Ask("area", Label("地点", "Place"), Kind.AREA),
        ),
    ),
    Step(
        "route", Label("转办", "Forward"), Label("转给负责单位；接收和答复的期限从现在起算。", "Send it to the responsible unit; the limits for acceptance and answer start now."),
        frozenset({"registered"}), "forwarded", (SENDER,), needs="cases.route",
        asks=(
            Ask("unit", Label("主办单位", "Lead unit"), Kind.UNIT, hint=Label("按职责清单建议，可以改。", "Suggested by the duty list; you can change it.")),
            Ask("co_units", Label("协办单位", "Co-units"), Kind.UNITS, required=False),
        ),
        starts=("accept", "answer"), stops=("route",), when=(CLEARED,), tells=(LEAD, CO, SUBMITTER),
        plain=Label("已转给负责单位", "Sent to the responsible unit"), basis="济南市12345市民服务热线条例 23、29",
    ),
    Step(
        "redirect", Label("引导到别处", "Redirect"), Label("这件事不归热线办：告诉来访人去哪里、怎么办，并结束。", "This is not for the hotline: tell the person where to go and how, and end it."),
        frozenset({"registered"}), "redirected", (SENDER,), needs="cases.route",
        asks=(Ask("where", Label("该去哪里、怎么办", "Where to go, and how")),), stops=("route",),
        produces=Label("引导告知", "letter of guidance"), tells=(SUBMITTER,), plain=Label("这件事归别处管", "This belongs elsewhere"),
    ),
)  # fmt: skip

ACCEPTANCE = (
    Step(
        "accept", Label("接收", "Accept"), Label("由本单位办理。答复期限不变，仍从转办那天起算。", "Your unit takes it on. The limit for the answer does not change: it runs from forwarding."),
        frozenset({"forwarded"}), "handling", (LEAD,), needs="cases.handle", stops=("accept",), tells=(SUBMITTER, SENDER),
        plain=Label("负责单位已接收", "The responsible unit accepted it"),
    ),
    Step(
        "request_return", Label("申请退回", "Ask to return it"), Label("不归本单位办：写明理由，由转办单位决定。同意之前仍由本单位负责。", "It is not your unit's: give the reason; the sender decides. Until then it stays with you."),
        frozenset({"forwarded"}), None, (LEAD,), needs="cases.handle", asks=(REASON,), stops=("accept",), requests="return", tells=(SENDER,),
    ),
    Step(
        "agree_return", Label("同意退回", "Agree to the return"), Label("收回重新转办；下一个单位的期限从它收到起算。", "Take it back and forward it anew; the next unit's limits start when it gets it."),
        frozenset({"forwarded"}), "registered", (SENDER,), needs="cases.approve", starts=("route",), drops=("accept", "answer"), decides="return",
        tells=(LEAD, SUBMITTER), plain=Label("原单位不负责此事，正在重新确定负责单位", "That unit is not responsible; we are finding the one that is"),
    ),
    Step(
        "refuse_return", Label("不同意退回", "Refuse the return"), Label("仍由该单位办理，重新计算接收期限；答复期限不变。", "It stays with the unit; acceptance is counted anew, the answer's limit does not change."),
        frozenset({"forwarded"}), None, (SENDER,), needs="cases.approve", asks=(REASON,), starts=("accept",), decides="return", tells=(LEAD,),
    ),
)  # fmt: skip

WORK = (
    Step(
        "contribute", Label("协办意见", "Contribute"), Label("把本单位的一份交给主办单位。", "Give your unit's part to the lead unit."),
        frozenset({"handling"}), None, (CO,), needs="cases.handle", asks=(Ask("text", Label("协办意见", "Your part")),), while_pending=True, tells=(LEAD,),
    ),
    Step(
        "ask", Label("问本人", "Ask the submitter"), Label("向本人提一个问题；等待期间答复期限暂停。", "Put a question to the submitter; the answer's limit stands still meanwhile."),
        frozenset({"handling"}), "asked", (LEAD,), needs="cases.handle", asks=(Ask("question", Label("问题", "Question"), longest=1000),),
        starts=("reply",), pauses=("answer",), tells=(SUBMITTER,), plain=Label("负责单位问您", "The unit asks you"),
    ),
    Step(
        "reply", Label("补充说明", "Reply"), Label("把您的回答交给负责单位；它的期限接着计算。", "Your reply goes to the responsible unit; its limit runs on."),
        frozenset({"asked"}), "handling", (SUBMITTER, SENDER), needs="cases.register", asks=(Ask("text", Label("您的回答", "Your reply"), longest=3000),),
        stops=("reply",), resumes=("answer",), tells=(LEAD,), plain=Label("您补充了说明", "You replied"),
    ),
    Step(
        "reply_lapsed", Label("未收到补充", "No reply came"), Label("期限内没有补充，按已有情况继续办理。", "No reply in time; the work goes on with what is known."),
        frozenset({"asked"}), "handling", (SYSTEM,), stops=("reply",), resumes=("answer",), tells=(LEAD, SUBMITTER),
        plain=Label("没有收到补充，继续办理", "No reply came; the work goes on"),
    ),
    Step(
        "request_extension", Label("申请延期", "Ask for an extension"), Label("由转办单位审批；批准后会把理由告诉本人。", "The sender decides; if granted, the submitter is told the reason."),
        frozenset({"handling"}), None, (LEAD,), needs="cases.handle",
        asks=(REASON, Ask("days", Label("延长几个工作日", "Working days more"), Kind.NUMBER, least=1, most=20)), requests="extension", tells=(SENDER,),
    ),
    Step(
        "approve_extension", Label("批准延期", "Grant the extension"), Label("答复期限延长，并把理由告诉本人。", "The answer's limit gets longer and the submitter is told why."),
        frozenset({"handling"}), None, (SENDER,), needs="cases.approve",
        asks=(Ask("notice", Label("告诉本人的理由", "The reason, as the submitter will read it"), longest=1000),),
        decides="extension", extends="answer", produces=Label("延期告知", "notice of extension"), tells=(LEAD, SUBMITTER), plain=Label("答复时间延长", "The date for the answer was moved"),
    ),
    Step(
        "refuse_extension", Label("不批准延期", "Refuse the extension"), Label("期限不变。", "The limit stays."),
        frozenset({"handling"}), None, (SENDER,), needs="cases.approve", asks=(REASON,), decides="extension", tells=(LEAD,),
    ),
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
    Step(
        "send_back", Label("退回重写", "Send it back"), Label("答复不合格：写明要补什么，答复期限接着计算。", "The answer will not do: say what is missing; the answer's limit runs on."),
        frozenset({"answered"}), "handling", (SENDER,), needs="cases.audit", asks=(REASON,), stops=("audit",), resumes=("answer",), tells=(LEAD,),
        plain=Label("答复没有通过审核，退回重办", "The answer was not good enough and went back"),
    ),
    Step(
        "serve", Label("送达", "Serve"), Label("答复通过审核并送达本人；评价期从送达那天起算。", "The answer is good and is served; the time to judge it starts on the day of service."),
        frozenset({"answered"}), "served", (SENDER,), needs="cases.audit",
        asks=(
            Ask("method", Label("送达方式", "How it was served"), Kind.CHOICE, choices=METHODS),
            Ask("proof", Label("凭据", "Proof"), Kind.LINE, longest=200, hint=Label("例如通话时间、邮件单号、签收人与本人关系。", "For instance the time of the call, the number of the letter."), shown=False),
            Ask("served_on", Label("送达日期", "Served on"), Kind.DATE, required=False, hint=Label("不填就是今天；邮寄的填签收那天。评价期从这天起算。", "Today if left empty; for a letter the day it was signed for. The time to judge it starts then.")),
        ),
        stops=("audit", "answer"), starts=("evaluate",), produces=Label("答复", "answer"), tells=(SUBMITTER, LEAD), plain=Label("答复已送达，请您评价", "The answer was served; please judge it"),
        basis="济南市12345市民服务热线条例 27",
    ),
)  # fmt: skip

JUDGING = (
    Step(
        "evaluate", Label("评价", "Judge it"), Label("评价期结束前，办理单位看不到您的评价；期内可以改。", "The unit cannot see your verdict before the time is over; until then you can change it."),
        frozenset({"served"}), None, (SUBMITTER,), asks=(*VERDICT, PRESSED), within="evaluate", veiled_until="evaluate",
        plain=Label("您作了评价", "You judged it"), basis="济南市12345市民服务热线条例 27",
    ),
    Step(
        "record_verdict", Label("记录回访评价", "Record a verdict by call-back"), Label("电话回访时按本人所说记录；本人自己在网上评价过的，以本人的为准。办理过此事或给出过查询密码的人不能记录。", "As the person says on the telephone; what they have said themselves on the portal stands. Whoever handled the case or handed out its secret cannot record it."),
        frozenset({"served"}), None, (SENDER,), needs="cases.callback", asks=(*VERDICT, PRESSED), within="evaluate", veiled_until="evaluate",
        plain=Label("回访时记录了您的评价", "Your verdict was taken down by telephone"), basis="济南市12345市民服务热线条例 27",
    ),
    Step(
        "second_handling", Label("要求二次办理", "Ask for second handling"), Label("现在就重新办理，不等评价期结束。办理单位会由此知道您不满意。只有一次。", "It is handled again now, without waiting. The unit will know from this that you are not satisfied. Once only."),
        frozenset({"served"}), "handling", (SUBMITTER,),
        asks=(Ask("understood", Label("我知道办理单位会看到我的评价", "I know that the unit will see my verdict"), Kind.TICK),),
        within="evaluate", when=(FIRST_ROUND, NOT_SOLVED), stops=("evaluate",), starts=("answer",), tells=(LEAD, SENDER),
        plain=Label("您要求二次办理", "You asked for second handling"), basis="济南市12345市民服务热线条例 27",
    ),
    Step(
        "second_due", Label("二次办理", "Second handling"), Label("评价期结束，本人不满意或未解决，自动二次办理。", "The time is over and the verdict was not: it is handled again."),
        frozenset({"served"}), "handling", (SYSTEM,), when=(FIRST_ROUND, NOT_SOLVED), stops=("evaluate",), starts=("answer",), tells=(LEAD, SENDER, SUBMITTER),
        plain=Label("按您的评价，重新办理", "After your verdict it is handled again"), basis="济南市12345市民服务热线条例 27",
    ),
    Step(
        "close", Label("办结", "Close"), Label("评价期结束，办结。", "The time to judge it is over; the case closes."),
        frozenset({"served"}), "closed", (SYSTEM,), stops=("evaluate",), tells=(LEAD, SUBMITTER), plain=Label("已办结", "Closed"),
    ),
)  # fmt: skip

ALWAYS = (
    Step(
        "withdraw", Label("撤回", "Withdraw"), Label("不再办理。撤回后可以另提。", "It will not be handled further. You can file it anew."),
        frozenset({"registered", "forwarded", "handling", "asked", "on_hold"}), "withdrawn", (SUBMITTER,),
        asks=(Ask("reason", Label("原因", "Reason"), required=False, longest=1000),), while_pending=True, tells=(SENDER, LEAD), plain=Label("您撤回了诉求", "You withdrew your request"),
    ),
    Step(
        "open_identity", Label("打开身份信息", "Open the identity"), Label("看到姓名和联系方式三十分钟。本人的查询页上会显示单位、岗位和用途。", "You see name and contact for thirty minutes. The submitter's page will show unit, post and purpose."),
        frozenset(OPEN), None, (SENDER, LEAD), needs="cases.identify",
        asks=(Ask("purpose", Label("用途", "Purpose"), Kind.CHOICE, choices=PURPOSES),), while_pending=True,
        plain=Label("身份信息被打开", "Your identity was opened"), basis="个人信息保护法 34；信访工作条例 30",
    ),
    Step(
        "open_text", Label("打开正文", "Open the text"), Label("看到转办文字三十分钟。本人的查询页上会显示单位、岗位和用途。", "You see the text for thirty minutes. The submitter's page will show unit, post and purpose."),
        frozenset(OPEN), None, (SENDER, LEAD), needs="cases.oversee",
        asks=(Ask("purpose", Label("用途", "Purpose"), Kind.LINE, longest=60),), while_pending=True,
        plain=Label("诉求正文被打开", "The text of your request was opened"), basis="个人信息保护法 34",
    ),
    Step(
        "reissue_secret", Label("重发查询密码", "Give out a new secret"), Label("当面或回拨电话核对后给出新密码，旧密码作废。您将不能用它或代本人评价。", "After checking the person at the counter or by calling back: a new secret, the old one is void. You will not be able to judge the case with it."),
        frozenset(OPEN), None, (SENDER,), needs="cases.register",
        asks=(Ask("checked", Label("怎样核对的本人", "How the person was checked"), Kind.CHOICE, choices=(("counter", Label("当面核对", "At the counter")), ("callback", Label("回拨登记电话", "By calling back the registered number")))),), while_pending=True,
        plain=Label("热线给您重发了查询密码", "The hotline gave you a new secret"),
    ),
)  # fmt: skip

STEPS = (*INTAKE, *ACCEPTANCE, *WORK, *ANSWERING, *JUDGING, *ALWAYS)
