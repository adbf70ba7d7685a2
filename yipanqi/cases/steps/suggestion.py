"""The steps of a suggestion, in the order in which a case usually meets them."""

from __future__ import annotations

from dataclasses import replace

from yipanqi.cases.steps import publishing, shared
from yipanqi.cases.steps.joining import SPLIT_FROM, with_joining
from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind, Step

OPEN = frozenset({"registered", "forwarded", "handling", "asked", "answered", "served"})

DECISIONS = (
    ("adopted", Label("采纳", "Adopted")),
    ("partly", Label("部分采纳", "Adopted in part")),
    ("noted", Label("留作参考", "Kept for later use")),
    ("explained", Label("解释说明（不采纳）", "Not adopted, with the reason")),
    ("planned", Label("已有安排", "Already planned")),
)

INTAKE = (
    Step(
        "register", Label("登记", "Register"), Label("登记一条建议，给出查询号和密码。", "Register a suggestion and give out a reference and a secret."),
        frozenset(), "registered", (SUBMITTER, SENDER), needs="cases.register", asks=(SPLIT_FROM,), starts=("screen", "route"), tells=(SUBMITTER,),
        plain=Label("我们收到了您的建议", "We received your suggestion"), basis="信访工作条例 17、21",
    ),
    shared.RECORD,
    replace(
        shared.CLEAR, label=Label("筛选、清理文字并分类", "Screen, clear and classify"), stops=("screen",),
        does=Label("是一条建议的：写出可以转出去的文字，去掉能认出本人的内容，定下类别和地点；筛选到此完成。研究单位只看到这段文字。", "If it is a suggestion: write the text that can be sent on, without what gives the person away, with its category and place; this ends the screening. The unit that studies it sees this text alone."),
    ),
    Step(
        "route", Label("交办", "Send for study"), Label("交给主办单位研究，涉及多个单位的请协办单位参加；接收和答复的期限从现在起算。", "Send it to the unit that is to study it, with those that must join; the limits for acceptance and reply start now."),
        frozenset({"registered"}), "forwarded", (SENDER,), needs="cases.route", asks=(shared.UNIT, shared.CO_UNITS),
        starts=("accept", "answer"), stops=("screen", "route"), when=(shared.CLEARED,), tells=(LEAD, shared.CO, SUBMITTER), bulk=True,
        plain=Label("已交给负责单位研究", "Sent to the responsible unit for study"), basis="信访工作条例 22、29",
    ),
    Step(
        "redirect", Label("不是建议，引导到别处", "Not a suggestion: redirect"), Label("个人诉求，或者该走诉讼、仲裁、复议的事，不是建议：告诉本人去哪里、怎么办，并结束。", "A personal request, or what belongs before a court, an arbitrator or a review, is not a suggestion: tell the person where to go and how, and end it."),
        frozenset({"registered"}), "redirected", (SENDER,), needs="cases.route",
        asks=(Ask("where", Label("该去哪里、怎么办", "Where to go, and how")),), stops=("screen", "route"),
        produces=Label("引导告知", "letter of guidance"), tells=(SUBMITTER,), plain=Label("这件事归别处管", "This belongs elsewhere"),
    ),
)  # fmt: skip

STUDY = (
    *shared.helping(frozenset({"handling", "asked"})),
    *shared.ASKING,
    Step(
        "request_extension", Label("申请延期", "Ask for an extension"), Label("情况复杂的：由交办单位审批，只有一次；批准后会把理由告诉本人。", "Where it is complex: the sender decides, once only; if granted, the submitter is told the reason."),
        frozenset({"handling"}), None, (LEAD,), needs="cases.handle", when=(shared.NOT_EXTENDED,),
        asks=(REASON, Ask("days", Label("延长几天", "Days more"), Kind.NUMBER, least=1, most=30)), requests="extension", tells=(SENDER,),
    ),
    shared.APPROVE_EXTENSION,
    shared.REFUSE_EXTENSION,
)  # fmt: skip

REPLYING = (
    Step(
        "answer", Label("答复", "Reply"), Label("写出研究的结论和给本人的答复；先由交办单位审核，再送达。审核期间不算您的时间。", "Write what came of the study and the reply; the sender checks it before it is served. The check is not counted as your time."),
        frozenset({"handling"}), "answered", (LEAD,), needs="cases.handle",
        asks=(
            Ask("outcome", Label("结论", "Decision"), Kind.CHOICE, choices=DECISIONS),
            Ask("text", Label("给本人的答复", "The reply, as the submitter will read it"), hint=Label("怎样研究的、采纳了什么、由谁在什么时候做。", "How it was studied, what was adopted, who will do it, and when.")),
            Ask("reason", Label("不采纳的理由", "Why it is not adopted"), required=False, longest=2000, hint=Label("不采纳的必须写明。", "Must be given where it is not adopted.")),
        ),
        starts=("audit",), pauses=("answer",), tells=(SENDER,), plain=Label("负责单位已研究并答复，正在审核", "The unit has studied it and replied; the reply is being checked"), basis="信访工作条例 29",
    ),
    shared.SEND_BACK,
    replace(shared.SERVE, produces=Label("建议答复", "reply to the suggestion"), basis="信访工作条例 29"),
)  # fmt: skip

STEPS = with_joining(
    (
        *INTAKE,
        *shared.ACCEPTANCE,
        *STUDY,
        *REPLYING,
        *shared.judging((shared.GRADE, shared.COMMENT)),
        shared.CLOSE,
        *publishing.STEPS,
        *shared.always(Label("建议", "suggestion"), OPEN, OPEN - {"answered", "served"}),
    ),
    OPEN,
)
