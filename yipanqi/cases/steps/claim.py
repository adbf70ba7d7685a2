"""The steps of a claim, in the order in which a case usually meets them.

A claim that a unit accepts is one that no other statutory path has (信访工作条例 31(6)); the others are guided to their
path. No step pauses the limit for the opinion: the law knows a pause for the hearing of a second review alone.
"""

from __future__ import annotations

from dataclasses import replace

from yipanqi.cases.steps import publishing, shared
from yipanqi.cases.steps.joining import SPLIT_FROM, with_joining
from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER, SYSTEM
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind, Role, Step

OPEN = frozenset({"registered", "forwarded", "handling", "asked", "answered", "served"})

# Routes 1 to 5 of Art. 31; an accepted claim is on the sixth.
PATHS = (
    ("court", Label("诉讼、法律监督、公安程序（涉法涉诉）", "Courts, prosecutors or police procedure")),
    ("arbitration", Label("仲裁", "Arbitration")),
    ("party", Label("党员申诉、申请复审", "Appeal of a Party member")),
    ("review", Label("行政复议、裁决、确认、许可、处罚", "Administrative review, ruling, confirmation, licence or penalty")),
    ("duty", Label("申请查处违法或履行保护职责", "Request to act against a breach or to protect")),
)  # fmt: skip
RESULTS = (
    ("supported", Label("支持", "Upheld")),
    ("explained", Label("解释说明（合理但缺乏依据）", "Explained: reasonable, but without a basis")),
    ("rejected", Label("不予支持", "Not upheld")),
)

INTAKE = (
    Step(
        "register", Label("登记", "Register"), Label("登记一件申诉求决，给出查询号和密码；转送的期限从收到起算。", "Register a claim and give out a reference and a secret; the limit for forwarding runs from receipt."),
        frozenset(), "registered", (SUBMITTER, SENDER), needs="cases.register", asks=(SPLIT_FROM,), starts=("route",), tells=(SUBMITTER,),
        plain=Label("我们收到了您的申诉", "We received your claim"), basis="信访工作条例 21、22",
    ),
    shared.RECORD,
    shared.CLEAR,
    Step(
        "route", Label("转送", "Forward"), Label("转给有权处理的单位；告知受理和提出异议的期限从它收到起算。", "Send it to the unit that has the power to decide; its limits for acceptance and objection run from receipt."),
        frozenset({"registered"}), "forwarded", (SENDER,), needs="cases.route", asks=(shared.UNIT, shared.CO_UNITS),
        starts=("accept", "object"), stops=("route",), when=(shared.CLEARED,), tells=(LEAD, shared.CO, SUBMITTER), bulk=True,
        plain=Label("已转给有权处理的单位", "Sent to the unit with the power to decide"), basis="信访工作条例 22、24",
    ),
    Step(
        "redirect", Label("引导到法定途径", "Guide to the statutory path"), Label("法律给这件事另有途径：书面告诉本人去哪里、怎么办、最晚什么时候，并结束。", "The law has another path for this: tell the person in writing where to go, how, and by when, and end it."),
        frozenset({"registered"}), "redirected", (SENDER,), needs="cases.route",
        asks=(
            Ask("path", Label("哪一条途径", "Which path"), Kind.CHOICE, choices=PATHS),
            Ask("where", Label("去哪里", "Where to go"), longest=500),
            Ask("how", Label("怎么办", "What to do there"), longest=2000),
            Ask("by_when", Label("最晚什么时候", "By when"), longest=500, hint=Label("写明起诉、复议、仲裁等的期限从哪天起算。", "Say from which day the time to sue, to ask for review or arbitration runs.")),
        ),
        stops=("route",), produces=Label("引导告知书", "letter of guidance"), tells=(SUBMITTER,), plain=Label("这件事有法定途径，请按告知办理", "The law has another path for this; please see the letter"), basis="信访工作条例 22、31（一）至（五）",
    ),
)  # fmt: skip

ACCEPTANCE = (
    Step(
        "accept", Label("受理", "Accept"), Label("由本单位办理，并书面告知本人。办理期限从受理起算；受理晚了，从应当受理的那天起算。", "Your unit takes it on and tells the person in writing. The limit for the opinion runs from acceptance, and from the day it was due where acceptance came late."),
        frozenset({"forwarded"}), "handling", (LEAD,), needs="cases.handle",
        asks=(Ask("notice", Label("受理告知", "Notice of acceptance"), longest=2000, hint=Label("接收情况、办理的途径和程序、联系人单位和电话。", "That it was received, by which path and procedure it is handled, the unit to ask and its telephone.")),),
        stops=("accept",), drops=("object",), starts=("answer",), produces=Label("受理告知书", "notice of acceptance"), tells=(SUBMITTER, SENDER),
        plain=Label("负责单位已受理", "The responsible unit accepted it"), basis="信访工作条例 23",
    ),
    Step(
        "request_return", Label("提出异议", "Object"), Label("不归本单位办：在收到后五个工作日内写明理由和职责依据。转送单位核实同意后才退回；它不答复不算同意，告知受理的期限照常计算。", "It is not your unit's: give the reason and the clause on duties within five working days of receipt. It goes back only when the sender agrees; silence is not consent, and the limit for acceptance runs on."),
        frozenset({"forwarded"}), None, (LEAD,), needs="cases.handle", asks=(REASON,), within="object", stops=("object",), starts=("decide",), requests="return", tells=(SENDER,),
        basis="信访工作条例 23",
    ),
    Step(
        "object_lapsed", Label("异议期满", "Time to object is over"), Label("没有在期限内提出异议，不能再提。", "No objection was made in time; none can be made now."),
        frozenset({"forwarded"}), None, (SYSTEM,), drops=("object",), tells=(LEAD,), basis="信访工作条例 23",
    ),
    Step(
        "agree_return", Label("同意异议，收回", "Agree and take it back"), Label("收回重新转送或引导；下一个单位的期限从它收到起算。", "Take it back to forward it anew or to guide it; the next unit's limits start when it gets it."),
        frozenset({"forwarded"}), "registered", (SENDER,), needs="cases.approve", stops=("decide",), drops=("accept",), starts=("route",), decides="return",
        tells=(LEAD, SUBMITTER), plain=Label("原单位无权处理，正在重新确定", "That unit has no power to decide; we are finding the one that has"), basis="信访工作条例 23",
    ),
    Step(
        "refuse_return", Label("不同意异议", "Refuse the objection"), Label("仍由该单位受理；告知受理的期限不变，不能再提异议。", "It stays with the unit; the limit for acceptance does not change, and it cannot object again."),
        frozenset({"forwarded"}), None, (SENDER,), needs="cases.approve", asks=(REASON,), stops=("decide",), decides="return", tells=(LEAD,), basis="信访工作条例 23",
    ),
)  # fmt: skip

ASK, REPLY, REPLY_LAPSED = shared.ASKING
INQUIRY = (
    *shared.helping(frozenset({"handling", "asked"})),
    replace(ASK, pauses=(), does=Label("向本人提一个问题；办理期限不暂停。", "Put a question to the submitter; the limit for the opinion does not stand still.")),
    replace(REPLY, resumes=(), does=Label("把您的回答交给负责单位。", "Your reply goes to the responsible unit.")),
    replace(REPLY_LAPSED, resumes=()),
    Step(
        "request_extension", Label("申请延期", "Ask for an extension"), Label("情况复杂的：由本单位负责人批准，最多三十天，只有一次；批准后把延期理由告诉本人。", "Where it is complex: the head of your unit decides, at most thirty days and once only; if granted, the submitter is told why."),
        frozenset({"handling"}), None, (LEAD,), needs="cases.handle", when=(shared.NOT_EXTENDED,),
        asks=(REASON, Ask("days", Label("延长几天", "Days more"), Kind.NUMBER, least=1, most=30)), requests="extension", decider=Role.LEAD, tells=(LEAD,), basis="信访工作条例 34",
    ),
    replace(
        shared.APPROVE_EXTENSION, by=(LEAD,), produces=Label("延期告知书", "notice of extension"), tells=(SENDER, SUBMITTER), basis="信访工作条例 34",
        does=Label("由本单位负责人批准，申请的人不能自己批；办理期限延长，并把延期理由告诉本人。", "The head of the unit decides, never whoever asked; the limit for the opinion gets longer and the submitter is told why."),
    ),
    replace(shared.REFUSE_EXTENSION, by=(LEAD,), basis="信访工作条例 34"),
)  # fmt: skip

OPINION = (
    Step(
        "answer", Label("作出处理意见", "Give the opinion"), Label("写出信访处理意见书；五项缺一不可。送达之前办理期限照常计算。", "Write the opinion; none of the five parts may be missing. The limit runs on until it is served."),
        frozenset({"handling"}), "answered", (LEAD,), needs="cases.handle",
        asks=(
            Ask("request", Label("投诉请求", "What was claimed"), longest=2000),
            Ask("facts", Label("事实和理由", "Facts and reasons")),
            Ask("outcome", Label("结果", "Result"), Kind.CHOICE, choices=RESULTS),
            Ask("text", Label("处理意见", "Opinion")),
            Ask("law", Label("法律法规依据", "Legal basis"), longest=2000),
            Ask("remedy", Label("救济途径和期限", "What can be done against it, and by when"), longest=1000, hint=Label("不服的，收到之日起三十日内可以请求复查；写明向哪个机关提。", "Whoever disagrees can ask for a review within thirty days of receipt; say of which organ.")),
        ),
        tells=(SENDER,), plain=Label("处理意见已作出，正在送达", "The opinion was given and is being served"), basis="信访工作条例 31（六）、32",
    ),
    Step(
        "take_back", Label("收回修改", "Take it back"), Label("还没有送达的，可以收回修改；办理期限照常计算。", "Before it is served it can be taken back and mended; the limit runs on."),
        frozenset({"answered"}), "handling", (LEAD,), needs="cases.handle", asks=(REASON,), tells=(SENDER,), plain=Label("处理意见正在修改", "The opinion is being mended"),
    ),
    Step(
        "serve", Label("送达", "Serve"), Label("把处理意见书送达本人；请求复查和评价的时间从送达那天起算。", "Serve the opinion; the time to ask for a review and to judge it starts on the day of service."),
        frozenset({"answered"}), "served", (LEAD,), needs="cases.handle", asks=shared.SERVICE,
        stops=("answer",), starts=("evaluate",), produces=Label("信访处理意见书", "opinion on the claim"), tells=(SUBMITTER, SENDER),
        plain=Label("处理意见书已送达，请您评价", "The opinion was served; please judge it"), basis="信访工作条例 32、34、35",
    ),
)  # fmt: skip

STEPS = with_joining(
    (
        *INTAKE,
        *ACCEPTANCE,
        *INQUIRY,
        *OPINION,
        *shared.judging((shared.SOLVED, shared.GRADE, shared.COMMENT)),
        shared.CLOSE,
        *publishing.STEPS,
        *shared.always(Label("申诉", "claim"), OPEN, OPEN - {"answered", "served"}),
    ),
    OPEN,
)
