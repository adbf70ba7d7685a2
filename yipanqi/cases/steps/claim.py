"""The steps of a claim, in the order in which a case usually meets them.

Art. 31 of 信访工作条例 knows six routes. What has one of the first four is guided there by letter, by whoever has it, and
called back; the fifth is a duty that the unit does or answers for by the law of that duty; the sixth alone ends in an
opinion, and alone has the sixty days of Art. 34. No step pauses that limit: the law knows a pause for the hearing of a
second review alone.
"""

from __future__ import annotations

from dataclasses import replace

from yipanqi.cases.steps import evaluation, ladder, oversight, publishing, recusal, shared
from yipanqi.cases.steps.joining import SPLIT_FROM, with_joining
from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER, SYSTEM
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind, Role, Step

OPEN = frozenset(
    {
        "registered",
        "forwarded",
        "guided",
        "handling",
        "asked",
        "answered",
        "acting",
        "served",
        "executing",
        "reviewing",
    }
)

# Routes 1 to 4 of Art. 31, each with an authority of its own; the fifth and the sixth stay with whoever has the power.
PATHS = (
    ("court", Label("诉讼、法律监督、公安程序（涉法涉诉）", "Courts, prosecutors or police procedure")),
    ("arbitration", Label("仲裁", "Arbitration")),
    ("party", Label("党员申诉、申请复审", "Appeal of a Party member")),
    ("review", Label("行政复议、裁决、确认、许可、处罚", "Administrative review, ruling, confirmation, licence or penalty")),
)  # fmt: skip
DUTY, PETITION = "duty", "petition"
CAME_OF_IT = (
    ("going", Label("正在那边办", "It is under way there")),
    ("settled", Label("那边已办好", "It was settled there")),
    ("gave_up", Label("本人不办了", "The person gave it up")),
    ("not_reached", Label("多次联系不上", "Not reached after several calls")),
    ("no_contact", Label("没有留联系方式", "No way to reach the person was left")),
)
DONE = (
    ("done", Label("已依法查处或履行", "The duty was done")),
    ("nothing_to_do", Label("查无此事或依法不予查处", "Nothing was found, or the law gives no ground")),
)
RESULTS = (
    ("supported", Label("支持", "Upheld")),
    ("explained", Label("解释说明（合理但缺乏依据）", "Explained: reasonable, but without a basis")),
    ("rejected", Label("不予支持", "Not upheld")),
)

# What the line of the list says is taken over where a field is left empty: nobody copies it.
_UNLESS_LISTED = Label(
    "选了清单上的一条，可以不填。", "Can be left empty where a line of the list is chosen."
)
GUIDE = Step(
    "redirect", Label("引导到法定途径", "Guide to the statutory path"), Label("法律给这件事另有途径：书面告诉本人去哪里、怎么办、最晚什么时候，并约定哪天回访；回访过才结束。", "The law has another path for this: tell the person in writing where to go, how, and by when, and on which day you call back. It ends with that call."),
    frozenset({"registered"}), "guided", (SENDER,), needs="cases.route",
    asks=(
        Ask("listed", Label("法定途径清单", "List of statutory paths"), Kind.STATUTORY, required=False, told=False, hint=Label("各部门的清单：选一条，去哪里、怎么办就按它写。", "The departments' lists: choose a line, and where and how are taken from it.")),
        Ask("path", Label("哪一条途径", "Which path"), Kind.CHOICE, required=False, choices=PATHS),
        Ask("where", Label("去哪里", "Where to go"), required=False, longest=500, hint=_UNLESS_LISTED),
        Ask("how", Label("怎么办", "What to do there"), required=False, longest=2000, hint=_UNLESS_LISTED),
        Ask("by_when", Label("最晚什么时候", "By when"), required=False, longest=500, hint=Label("写明起诉、复议、仲裁等的期限从哪天起算。", "Say from which day the time to sue, to ask for review or arbitration runs.")),
        Ask("call_on", Label("哪天回访", "Call back on"), Kind.DATE),
    ),
    stops=("route", "pass_on"), starts=("guidance",), produces=Label("引导告知书", "letter of guidance"), tells=(SUBMITTER,),
    plain=Label("这件事有法定途径，请按告知办理；我们会再打电话问您", "The law has another path for this; please see the letter. We will call to ask how it went"), basis="信访工作条例 22、31（一）至（四）",
)  # fmt: skip

INTAKE = (
    Step(
        "register", Label("登记", "Register"), Label("登记一件申诉求决，给出查询号和密码；转送的期限从收到起算。", "Register a claim and give out a reference and a secret; the limit for forwarding runs from receipt."),
        frozenset(), "registered", (SUBMITTER, SENDER), needs="cases.register", asks=(SPLIT_FROM,), starts=("route", "pass_on"), tells=(SUBMITTER,),
        plain=Label("我们收到了您的申诉", "We received your claim"), basis="信访工作条例 21、22",
    ),
    shared.RECORD,
    shared.CLEAR,
    Step(
        "route", Label("转送", "Forward"), Label("转给有权处理的单位；告知受理和提出异议的期限从它收到起算。", "Send it to the unit that has the power to decide; its limits for acceptance and objection run from receipt."),
        frozenset({"registered"}), "forwarded", (SENDER,), needs="cases.route", asks=(shared.UNIT, shared.CO_UNITS),
        starts=("accept", "object"), stops=("route", "pass_on"), when=(shared.CLEARED,), tells=(LEAD, shared.CO, SUBMITTER), bulk=True,
        plain=Label("已转给有权处理的单位", "Sent to the unit with the power to decide"), basis="信访工作条例 22、24",
    ),
    oversight.ASSIGN,
    oversight.INFORM,
    GUIDE,
    oversight.REFUSE,
)  # fmt: skip

# Whether it is owed its effect knows: nothing to whoever is anonymous, or by whom a law of its own binds (Art. 23).
NOTICE = Ask("notice", Label("受理告知", "Notice of acceptance"), required=False, longest=2000, hint=Label("接收情况、办理的途径和程序、联系人单位和电话。匿名或没有留联系方式的可以不写；政法、纪检监察机关按自己的规定告知。", "That it was received, by which path and procedure it is handled, the unit to ask and its telephone. It may be left empty for whoever is anonymous or left no contact; courts, police and discipline organs tell by their own rules."))  # fmt: skip
CLAUSE = Ask("duty", Label("职责依据", "Clause on duties"), Kind.LINE, longest=300, hint=Label("三定方案或权责清单的条款：写明文件和第几条。", "The clause of the statute of duties or the list of powers: which document, which article."))  # fmt: skip
ACCEPTANCE = (
    Step(
        "accept", Label("受理", "Accept"), Label("由本单位办理，并书面告知本人。办理期限从受理起算；受理晚了，从应当受理的那天起算。", "Your unit takes it on and tells the person in writing. The limit for the opinion runs from acceptance, and from the day it was due where acceptance came late."),
        frozenset({"forwarded"}), "handling", (LEAD,), needs="cases.handle",
        asks=(NOTICE,),
        stops=("accept",), drops=("object",), starts=("answer",), produces=Label("受理告知书", "notice of acceptance"), tells=(SUBMITTER, SENDER),
        plain=Label("负责单位已受理", "The responsible unit accepted it"), basis="信访工作条例 23、31（六）",
    ),
    Step(
        "accept_duty", Label("按法定职责受理", "Accept as a duty"), Label("申请查处违法，或者履行保护人身、财产等职责的：依法履行或者答复，书面告知本人。从收到起满两个月不履行、不答复的，本人可以向法院起诉。", "A request to act against a breach or to protect person or property: do the duty or answer, and tell the person in writing. After two months from receipt without either, the person can go to court."),
        frozenset({"forwarded"}), "acting", (LEAD,), needs="cases.handle", asks=(NOTICE,),
        stops=("accept",), drops=("object",), starts=("duty",), produces=Label("受理告知书", "notice of acceptance"), tells=(SUBMITTER, SENDER),
        plain=Label("负责单位已受理，按法定职责办理；到期没有答复的，您可以向法院起诉", "The responsible unit accepted it as its duty; without an answer by the date you can go to court"), basis="信访工作条例 31（五）；行政诉讼法 47",
    ),
    replace(
        GUIDE, name="guide", sources=frozenset({"forwarded"}), by=(LEAD,), needs="cases.handle", stops=("accept",), drops=("object",), tells=(SUBMITTER, SENDER),
        does=Label("法律给这件事另有途径：书面告诉本人去哪里、怎么办、最晚什么时候；转送单位到约定的那天回访。", "The law has another path for this: tell the person in writing where to go, how, and by when; the sending unit calls back on the day you give."), basis="信访工作条例 23、31（一）至（四）",
    ),
    Step(
        "request_return", Label("提出异议", "Object"), Label("不归本单位办：在收到后五个工作日内写明理由和职责依据。转送单位核实同意后才退回；它不答复不算同意，告知受理的期限照常计算。", "It is not your unit's: give the reason and the clause on duties within five working days of receipt. It goes back only when the sender agrees; silence is not consent, and the limit for acceptance runs on."),
        frozenset({"forwarded"}), None, (LEAD,), needs="cases.handle", asks=(REASON, CLAUSE), within="object", stops=("object",), starts=("decide",), requests="return",
        labelled=True, produces=Label("异议函", "letter of objection"), tells=(SENDER,), basis="信访工作条例 23",
    ),
    Step(
        "object_lapsed", Label("异议期满", "Time to object is over"), Label("没有在期限内提出异议，不能再提。", "No objection was made in time; none can be made now."),
        frozenset({"forwarded"}), None, (SYSTEM,), drops=("object",), tells=(LEAD,), basis="信访工作条例 23",
    ),
    Step(
        "agree_return", Label("同意异议，收回", "Agree and take it back"), Label("收回重新转送或引导；下一个单位的期限从它收到起算。", "Take it back to forward it anew or to guide it; the next unit's limits start when it gets it."),
        frozenset({"forwarded"}), "registered", (SENDER,), needs="cases.approve", stops=("decide",), drops=("accept", "report"), starts=("route", "pass_on"), decides="return",
        tells=(LEAD, SUBMITTER), plain=Label("原单位无权处理，正在重新确定", "That unit has no power to decide; we are finding the one that has"), basis="信访工作条例 23",
    ),
    Step(
        "refuse_return", Label("不同意异议", "Refuse the objection"), Label("仍由该单位受理；告知受理的期限不变，不能再提异议。", "It stays with the unit; the limit for acceptance does not change, and it cannot object again."),
        frozenset({"forwarded"}), None, (SENDER,), needs="cases.approve", asks=(REASON,), stops=("decide",), decides="return", tells=(LEAD,), basis="信访工作条例 23",
    ),
    *oversight.DISPUTING,
)  # fmt: skip

ASK, REPLY, REPLY_LAPSED = shared.ASKING
INQUIRY = (
    oversight.SIMPLE,
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
        stops=("simple",), tells=(SENDER,), plain=Label("处理意见已作出，正在送达", "The opinion was given and is being served"), basis="信访工作条例 31（六）、32",
    ),
    Step(
        "take_back", Label("收回修改", "Take it back"), Label("还没有送达的，可以收回修改；办理期限照常计算。", "Before it is served it can be taken back and mended; the limit runs on."),
        frozenset({"answered"}), "handling", (LEAD,), needs="cases.handle", asks=(REASON,), tells=(SENDER,), plain=Label("处理意见正在修改", "The opinion is being mended"),
    ),
    Step(
        "serve", Label("送达", "Serve"), Label("把处理意见书送达本人；请求复查和评价的时间从送达那天起算。", "Serve the opinion; the time to ask for a review and to judge it starts on the day of service."),
        frozenset({"answered"}), "served", (LEAD,), needs="cases.handle", asks=shared.SERVICE,
        stops=("answer",), starts=("evaluate", "ask_review"), produces=Label("信访处理意见书", "opinion on the claim"), tells=(SUBMITTER, SENDER),
        plain=Label("处理意见书已送达，请您评价", "The opinion was served; please judge it"), basis="信访工作条例 32、34、35",
    ),
)  # fmt: skip

DUTIES = (
    Step(
        "answer_duty", Label("答复履职结果并送达", "Answer for the duty and serve it"), Label("告诉本人查处或履行的结果、依据和救济途径；评价的时间从送达那天起算。", "Tell the person what was done, on which basis, and what can be done against it; the time to judge it starts on the day of service."),
        frozenset({"acting"}), "served", (LEAD,), needs="cases.handle",
        asks=(
            Ask("outcome", Label("结果", "Result"), Kind.CHOICE, choices=DONE),
            Ask("text", Label("查处或履行的情况", "What was done")),
            Ask("law", Label("法律法规依据", "Legal basis"), longest=2000),
            Ask("remedy", Label("救济途径和期限", "What can be done against it, and by when"), longest=1000, hint=Label("不服的，可以在法定期限内申请行政复议或者提起诉讼；写明向哪里提、从哪天起算。", "Whoever disagrees can ask for administrative review or go to court in the time of the law; say where, and from which day.")),
            *shared.SERVICE,
        ),
        stops=("duty",), starts=("evaluate",), produces=Label("履职答复书", "answer on the duty"), tells=(SUBMITTER, SENDER),
        plain=Label("负责单位已答复，请您评价", "The unit has answered; please judge it"), basis="信访工作条例 31（五）",
    ),
)  # fmt: skip

# Whoever was guided elsewhere is asked how it went, and comes back where the other path is shut.
GUIDED = (
    Step(
        "call_guided", Label("回访引导结果", "Call back after guidance"), Label("问本人那条途径走得怎么样，并结束。那边书面说不归它管的，请重新登记。", "Ask how the other path went, and end it. Where they said in writing that it is not theirs, take it up again."),
        frozenset({"guided"}), "redirected", (SENDER,), needs="cases.route",
        asks=(
            Ask("came", Label("走得怎么样", "How it went"), Kind.CHOICE, choices=CAME_OF_IT),
            Ask("line", Label("一句话", "One line"), Kind.LINE, required=False, longest=200, public=False),
        ),
        stops=("guidance",), tells=(SUBMITTER,), plain=Label("已回访，这件事按法定途径办理", "We called back; it goes on by its statutory path"), basis="信访工作条例 31（一）至（四）",
    ),
    Step(
        "come_back", Label("那边不受理，重新登记", "They did not take it: register it anew"), Label("那条途径走不通：写明那边怎么说的，重新确定由谁办；转送的期限重新计算。", "The other path is shut: say what you were told there. We find anew whose it is; the limit for forwarding is counted anew."),
        frozenset({"guided"}), "registered", (SUBMITTER, SENDER), needs="cases.register", asks=(Ask("reason", Label("那边怎么说的", "What you were told there"), longest=1000),),
        drops=("guidance", "report"), starts=("route", "pass_on"), tells=(SENDER,), plain=Label("您说那边不受理，我们重新确定由谁办", "You were not taken there; we find anew whose it is"), basis="信访工作条例 22",
    ),
)  # fmt: skip


STEPS = with_joining(
    (
        *INTAKE,
        *ACCEPTANCE,
        *INQUIRY,
        *OPINION,
        *DUTIES,
        *GUIDED,
        *oversight.STEPS,
        oversight.urgent(OPEN),
        *recusal.steps(frozenset({"forwarded", "handling", "asked", "acting", "answered"}), OPEN),
        *evaluation.judging(),
        *evaluation.EXCLUDING,
        replace(
            shared.CLOSE,
            stops=("evaluate", "ask_review"),
            does=Label(
                "评价和请求复查的时间都过了，该执行的已执行，办结。",
                "The time to judge it and to ask for a review is over, and what was to be carried out is: the case closes.",
            ),
        ),
        *ladder.STEPS,
        *publishing.STEPS,
        *shared.always(Label("申诉", "claim"), OPEN, OPEN - {"answered", "served", "executing", "reviewing"}),
    ),
    OPEN,
)
