"""Order (工单, a 12345 request), suggestion (人民建议), claim (申诉求决) and accusation (检举控告) as values: states, terms, first limits."""

from __future__ import annotations

from yipanqi.cases.steps import accusation, claim, order, oversight, recusal, review, suggestion
from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.procedure import LimitSeed, Procedure, Role, State, TermSpec

_WORKING, _CALENDAR = Unit.WORKING_DAYS, Unit.CALENDAR_DAYS
_PRACTICE = Label("工作惯例", "practice")
_AT_ONCE = "between two steps of one act: with all windows over it closes at once"

_REGISTERED = State("registered", Label("已登记", "registered"), Label("我们已收到，正在确定由谁办理", "We have it and are finding out whose it is"), Role.SENDER)  # fmt: skip
_FORWARDED = State("forwarded", Label("已转办", "forwarded"), Label("已转给负责单位，等它接收", "It is with the responsible unit, which must accept it"), Role.LEAD)  # fmt: skip
_ASKED = State("asked", Label("待本人补充", "waiting for the submitter"), Label("负责单位有一个问题想问您", "The responsible unit has a question for you"), Role.SUBMITTER)  # fmt: skip
_SERVED = State("served", Label("已答复，待评价", "answered, to be judged"), Label("答复已给您，请您评价", "You have the answer; please judge it"), Role.SUBMITTER)  # fmt: skip
_ENDS = (
    State("closed", Label("已办结", "closed"), Label("已办结", "Closed"), open=False),
    State("withdrawn", Label("已撤回", "withdrawn"), Label("您已撤回", "You withdrew it"), open=False),
    State("redirected", Label("已引导", "redirected"), Label("这件事归别处管，已告诉您去哪里", "This belongs elsewhere; we have told you where to go"), open=False),
    State("recorded", Label("历史记录", "past record"), Label("以前办过的，留存备查", "Handled in the past, kept to be found"), open=False),
)  # fmt: skip

_ROUTE = TermSpec("route", Label("转办", "forwarding"), Role.SENDER, Label("最晚这天转给负责单位", "to be sent to the responsible unit by"))  # fmt: skip
_ACCEPT = TermSpec("accept", Label("接收", "acceptance"), Role.LEAD, Label("负责单位最晚这天接收", "the unit must accept it by"))  # fmt: skip
_ANSWER = TermSpec("answer", Label("答复", "answer"), Role.LEAD, Label("最晚这天答复您", "you are to be answered by"))  # fmt: skip
_REPLY = TermSpec("reply", Label("补充", "reply"), Role.SUBMITTER, Label("请您最晚这天补充；过期我们按已有情况继续办", "please reply by; after that the work goes on with what is known"), lapse=("reply_lapsed",))  # fmt: skip
_AUDIT = TermSpec("audit", Label("审核答复", "check of the answer"), Role.SENDER, Label("最晚这天审完答复", "the answer is to be checked by"))  # fmt: skip


def _evaluate(*lapse: str) -> TermSpec:
    return TermSpec("evaluate", Label("评价", "verdict"), Role.SUBMITTER, Label("您可以评价到这天", "you can judge it until"), lapse=lapse)  # fmt: skip


ORDER = Procedure(
    code="order",
    version=1,
    label=Label("工单", "order"),
    states=(
        _REGISTERED,
        _FORWARDED,
        State("handling", Label("办理中", "being handled"), Label("负责单位正在办理", "The responsible unit is working on it"), Role.LEAD),
        _ASKED,
        State("on_hold", Label("挂账", "on hold"), Label("暂时办不了，已定计划和复查日期；不算解决", "It cannot be done yet; there is a plan and a date to look again. It does not count as solved"), Role.LEAD),
        State("answered", Label("待审核答复", "answer being checked"), Label("负责单位已答复，正在审核", "The unit has answered; the answer is being checked"), Role.SENDER),
        _SERVED,
        *_ENDS,
    ),
    steps=order.STEPS,
    terms=(
        _ROUTE,
        _ACCEPT,
        _ANSWER,
        _REPLY,
        TermSpec("review", Label("挂账复查", "review of the hold"), Role.LEAD, Label("最晚这天重新办理", "to be taken up again by"), lapse=("review_due",), own_date=True),
        _AUDIT,
        _evaluate("second_due", "close"),
    ),
    limits=(
        LimitSeed("route", 1, _WORKING, _PRACTICE),
        LimitSeed("accept", 1, _WORKING, _PRACTICE),
        LimitSeed("answer", 5, _WORKING, Label("《济南市12345市民服务热线条例》第二十四条；自转办起算（工作惯例）", "Jinan 12345 hotline regulation, Art. 24; counted from forwarding (practice)"), practice=False),
        LimitSeed("reply", 5, _WORKING, _PRACTICE),
        LimitSeed("review", 180, _CALENDAR, Label("工作惯例：最长180天", "practice: at most 180 days")),
        LimitSeed("audit", 1, _WORKING, _PRACTICE),
        LimitSeed("evaluate", 15, _CALENDAR, _PRACTICE),
    ),
)  # fmt: skip

SUGGESTION = Procedure(
    code="suggestion",
    version=1,
    label=Label("人民建议", "suggestion"),
    states=(
        State("registered", Label("筛选中", "being screened"), Label("我们已收到，正在看它是不是一条建议、由谁研究", "We have it and are seeing whether it is a suggestion, and who should study it"), Role.SENDER),
        State("forwarded", Label("已交办", "sent for study"), Label("已交给负责单位，等它接收", "It is with the responsible unit, which must accept it"), Role.LEAD),
        State("handling", Label("研究中", "being studied"), Label("负责单位正在研究", "The responsible unit is studying it"), Role.LEAD),
        _ASKED,
        State("answered", Label("待审核答复", "reply being checked"), Label("负责单位已研究并答复，正在审核", "The unit has studied it and replied; the reply is being checked"), Role.SENDER),
        _SERVED,
        *_ENDS,
    ),
    steps=suggestion.STEPS,
    terms=(
        TermSpec("screen", Label("筛选", "screening"), Role.SENDER, Label("最晚这天看完是不是一条建议", "to be screened by")),
        TermSpec("route", Label("交办", "sending for study"), Role.SENDER, Label("最晚这天交给负责单位研究", "to be sent to the responsible unit by")),
        _ACCEPT,
        _ANSWER,
        _REPLY,
        _AUDIT,
        _evaluate("close"),
    ),
    limits=(
        LimitSeed("screen", 5, _WORKING, _PRACTICE),
        LimitSeed("route", 15, _CALENDAR, Label("《信访工作条例》第二十二条（作为信访事项收到的）；其他渠道收到的照此办理（工作惯例）", "Regulation on petition work, Art. 22, where it arrives as a petition; by other channels likewise (practice)"), practice=False),
        LimitSeed("accept", 3, _WORKING, _PRACTICE),
        LimitSeed("answer", 30, _CALENDAR, Label("工作惯例：自交办起算；法规没有规定建议的答复期限", "practice: counted from sending for study; no law sets a limit for replies to suggestions")),
        LimitSeed("reply", 5, _WORKING, _PRACTICE),
        LimitSeed("audit", 3, _WORKING, _PRACTICE),
        LimitSeed("evaluate", 15, _CALENDAR, _PRACTICE),
    ),
)  # fmt: skip

CLAIM = Procedure(
    code="claim",
    version=1,
    label=Label("申诉求决", "claim"),
    states=(
        _REGISTERED,
        State("forwarded", Label("已转送", "forwarded"), Label("已转给有权处理的单位，等它受理", "It is with the unit that has the power to decide, which must accept it"), Role.LEAD),
        State("guided", Label("已引导，待回访", "guided, to be called back"), Label("这件事有法定途径，已书面告诉您怎么走；我们会打电话问您办得怎么样", "The law has another path for this and we wrote to you which; we will call to ask how it went"), Role.SENDER),
        State("handling", Label("办理中", "being handled"), Label("负责单位正在调查核实", "The responsible unit is looking into it"), Role.LEAD),
        _ASKED,
        State("acting", Label("依法履职中", "duty being done"), Label("负责单位正在依法查处或履行职责；到期没有答复的，您可以向法院起诉", "The responsible unit is doing its duty by law; without an answer by the date you can go to court"), Role.LEAD),
        State("answered", Label("待送达", "to be served"), Label("处理意见已作出，正在送达", "The opinion was given and is being served"), Role.LEAD),
        State("served", Label("已送达，待评价", "served, to be judged"), Label("答复已给您，请您评价；不服的可以按答复里写的途径办", "You have the answer; please judge it. If you disagree, it says what you can do"), Role.SUBMITTER, no_term=_AT_ONCE),
        State("executing", Label("执行中", "being carried out"), Label("意见支持您的诉求，负责单位正在执行；不服的仍可以请求复查", "Your claim was upheld and the responsible unit is carrying it out; if you disagree you can still ask for a review"), Role.LEAD),
        State("reviewing", Label("复查复核中", "under review"), Label("您请求了复查（复核），它单独一件，进度和期限在那一件里看", "You asked for a review; it is a case of its own, which says how it stands and by when"), no_term="the review is a case of its own, which has the limit"),
        *_ENDS,
        State("declined", Label("不予受理", "not accepted"), Label("依法不予受理，理由和可以去哪里见告知书", "Not accepted by law; the notice says why and where to go"), open=False),
        State("not_accepted", Label("不再受理", "not accepted again"), Label("同一事实和理由已经复核，不再受理；需要帮助可以继续找我们", "The same facts and reasons have had their second review; we go on helping where we can"), open=False),
    ),
    steps=claim.STEPS,
    terms=(
        TermSpec("route", Label("转送", "forwarding"), Role.SENDER, Label("最晚这天转给有权处理的单位", "to be sent to the unit with the power to decide by")),
        TermSpec("object", Label("提出异议", "objection"), Role.LEAD, Label("负责单位最晚这天提出异议", "the unit can object until"), lapse=("object_lapsed",)),
        TermSpec("decide", Label("核实异议", "decision on the objection"), Role.SENDER, Label("最晚这天决定由哪个单位办理", "it is decided whose it is by")),
        TermSpec("accept", Label("告知受理", "acceptance"), Role.LEAD, Label("负责单位最晚这天书面告诉您是否受理", "the unit must tell you in writing by")),
        TermSpec("answer", Label("处理意见", "opinion"), Role.LEAD, Label("最晚这天给您处理意见书", "you are to have the opinion by")),
        TermSpec("duty", Label("履行职责", "duty"), Role.LEAD, Label("最晚这天履行或答复；过了这天没有答复的，您可以向法院起诉", "the duty is to be done or answered for by; after that day without an answer you can go to court")),
        TermSpec("guidance", Label("引导回访", "call-back after guidance"), Role.SENDER, Label("最晚这天打电话问您", "we call you by"), own_date=True),
        _REPLY,
        _evaluate("judged"),
        *oversight.TERMS,
        *recusal.TERMS,
        TermSpec("ask_review", Label("请求复查", "request for a review"), Role.SUBMITTER, Label("不服的，可以在这天以前请求复查", "if you disagree you can ask for a review until"), lapse=("unreviewed",)),
        TermSpec("execute", Label("执行", "execution"), Role.LEAD, Label("最晚这天执行完", "it is to be carried out by")),
    ),
    limits=(
        LimitSeed("route", 15, _CALENDAR, Label("《信访工作条例》第二十二条", "Regulation on petition work, Art. 22"), practice=False),
        LimitSeed("object", 5, _WORKING, Label("《信访工作条例》第二十三条", "Regulation on petition work, Art. 23"), practice=False),
        LimitSeed("decide", 3, _WORKING, _PRACTICE),
        LimitSeed("accept", 15, _CALENDAR, Label("《信访工作条例》第二十三条", "Regulation on petition work, Art. 23"), practice=False),
        LimitSeed("answer", 60, _CALENDAR, Label("《信访工作条例》第三十四条；自受理起算，最晚自应当受理那天起算，算到送达（工作惯例）", "Regulation on petition work, Art. 34; from acceptance, at the latest from the day it was due, until service (practice)"), practice=False),
        LimitSeed("duty", 2, Unit.MONTHS, Label("《行政诉讼法》第四十七条；自收到申请起算，法律法规另有规定的从其规定", "Administrative Litigation Law, Art. 47; from receipt of the request, unless another law says otherwise"), practice=False),
        LimitSeed("guidance", 60, _CALENDAR, Label("工作惯例：最长60天", "practice: at most 60 days")),
        LimitSeed("reply", 5, _WORKING, _PRACTICE),
        LimitSeed("evaluate", 30, _CALENDAR, Label("工作惯例：与请求复查的三十日同长", "practice: as long as the thirty days for asking for a review")),
        *oversight.LIMITS,
        *recusal.LIMITS,
        LimitSeed("ask_review", 30, _CALENDAR, Label("《信访工作条例》第三十五条；自收到书面答复之日起", "Regulation on petition work, Art. 35; from receipt of the written answer"), practice=False),
        LimitSeed("execute", 30, _CALENDAR, Label("工作惯例：自送达起三十天内执行完", "practice: carried out within thirty days of service")),
    ),
)  # fmt: skip

_BODY_HAS_IT = State("requested", Label("已收到请求", "requested"), Label("请求已送到审查的单位，等它受理", "Your request is with the reviewing unit, which must accept it"), Role.LEAD)  # fmt: skip
_REVIEWED = State("handling", Label("审查中", "being reviewed"), Label("审查的单位正在审查", "The reviewing unit is looking at it"), Role.LEAD)  # fmt: skip
_REVIEW_ASKED = State("asked", Label("待本人补充", "waiting for the submitter"), Label("审查的单位有一个问题想问您", "The reviewing unit has a question for you"), Role.SUBMITTER)  # fmt: skip
_REVIEW_DECIDED = State("answered", Label("待送达", "to be served"), Label("意见已作出，正在送达", "The opinion was given and is being served"), Role.LEAD)  # fmt: skip
_REVIEW_REPLY = TermSpec("reply", Label("补充", "reply"), Role.SUBMITTER, Label("请您最晚这天补充；过期按已有情况继续审查", "please reply by; after that the review goes on with what is known"), lapse=("reply_lapsed",))  # fmt: skip

_DECIDE_TO_REVIEW = TermSpec("accept", Label("决定是否受理", "decision to review"), Role.LEAD, Label("按当地规定，最晚这天书面告诉您是否受理", "by local rule you are to be told in writing by"), optional=True)  # fmt: skip
_DECIDE_LIMIT = LimitSeed("accept", 3, _WORKING, Label("工作惯例：山东2015年的做法，三个工作日内决定是否受理，现行效力未核实；未启用", "practice: as in Shandong from 2015, decided within three working days; whether that is still in force was not verified; off"), off=True)  # fmt: skip

REVIEW = Procedure(
    code="review",
    version=1,
    label=Label("复查", "review"),
    states=(
        _BODY_HAS_IT,
        _REVIEWED,
        _REVIEW_ASKED,
        _REVIEW_DECIDED,
        State("served", Label("已送达", "served"), Label("复查意见已给您；不服的，可以在期限内请求复核", "You have the opinion; if you disagree you can ask for a second review in time"), Role.SUBMITTER, no_term=_AT_ONCE),
        State("reviewing", Label("复核中", "under second review"), Label("您请求了复核，它单独一件，进度和期限在那一件里看", "You asked for a second review; it is a case of its own, which says how it stands and by when"), no_term="the second review is a case of its own, which has the limit"),
        *_ENDS[:2],
    ),
    steps=review.REVIEW_STEPS,
    terms=(
        TermSpec("answer", Label("复查意见", "opinion on the review"), Role.LEAD, Label("最晚这天作出复查意见并书面答复您", "the opinion is to be given and you are to have it in writing by")),
        _DECIDE_TO_REVIEW,
        _REVIEW_REPLY,
        *recusal.TERMS,
        TermSpec("ask_second", Label("请求复核", "request for a second review"), Role.SUBMITTER, Label("不服的，可以在这天以前请求复核", "if you disagree you can ask for a second review until"), lapse=("unreviewed",)),
    ),
    limits=(
        LimitSeed("answer", 30, _CALENDAR, Label("《信访工作条例》第三十五条；自收到复查请求之日起，算到送达（工作惯例）", "Regulation on petition work, Art. 35; from receipt of the request, until service (practice)"), practice=False),
        _DECIDE_LIMIT,
        LimitSeed("reply", 5, _WORKING, _PRACTICE),
        *recusal.LIMITS,
        LimitSeed("ask_second", 30, _CALENDAR, Label("《信访工作条例》第三十六条；自收到复查意见之日起", "Regulation on petition work, Art. 36; from receipt of the opinion on the review"), practice=False),
    ),
)  # fmt: skip

SECOND_REVIEW = Procedure(
    code="second_review",
    version=1,
    label=Label("复核", "second review"),
    states=(
        _BODY_HAS_IT,
        _REVIEWED,
        _REVIEW_ASKED,
        State("hearing", Label("听证中", "hearing"), Label("正在举行听证；听证所需的时间不计算在期限内", "A hearing is under way; its time is not counted"), Role.LEAD),
        _REVIEW_DECIDED,
        *_ENDS[:2],
    ),
    steps=review.SECOND_STEPS,
    terms=(
        TermSpec("answer", Label("复核意见", "opinion on the second review"), Role.LEAD, Label("最晚这天作出复核意见并书面答复您", "the opinion is to be given and you are to have it in writing by")),
        _DECIDE_TO_REVIEW,
        _REVIEW_REPLY,
        *recusal.TERMS,
        TermSpec("hearing", Label("听证", "hearing"), Role.LEAD, Label("最晚这天举行听证", "the hearing is to be held by"), own_date=True),
    ),
    limits=(
        LimitSeed("answer", 30, _CALENDAR, Label("《信访工作条例》第三十六条；自收到复核请求之日起，算到送达（工作惯例）；听证所需时间不计算", "Regulation on petition work, Art. 36; from receipt of the request, until service (practice); the hearing's time is not counted"), practice=False),
        _DECIDE_LIMIT,
        LimitSeed("reply", 5, _WORKING, _PRACTICE),
        *recusal.LIMITS,
        LimitSeed("hearing", 60, _CALENDAR, Label("工作惯例：最长60天", "practice: at most 60 days")),
    ),
)  # fmt: skip

# Of what its submitter reads every word is one that an order has too, and the limits that show are as an order's.
ACCUSATION = Procedure(
    code="accusation",
    version=1,
    label=Label("检举控告", "accusation"),
    states=(
        _REGISTERED,
        State("forwarded", Label("已密封转送", "forwarded, sealed"), _FORWARDED.plain, Role.LEAD),
        State("handling", Label("有权机关办理中", "with the competent organ"), ORDER.state["handling"].plain, Role.LEAD, no_term="the competent organ's own rules say how long it takes"),
        *(state for state in _ENDS if state.code in ("closed", "withdrawn")),
    ),
    steps=accusation.STEPS,
    terms=(_ROUTE, _ACCEPT),
    limits=(
        LimitSeed("route", 15, _CALENDAR, Label("《信访工作条例》第二十二条", "Regulation on petition work, Art. 22"), practice=False),
        LimitSeed("accept", 15, _CALENDAR, Label("工作惯例：纪检监察等有权机关不受第二十三条告知期限约束", "practice: discipline and the like are exempt from the notices of Art. 23")),
    ),
)  # fmt: skip

PROCEDURES = (ORDER, SUGGESTION, CLAIM, ACCUSATION)  # what somebody can file
LADDER = (REVIEW, SECOND_REVIEW)  # what comes of a claim, as cases of their own
