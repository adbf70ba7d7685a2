"""How a claim is given out and watched over, beside the work on it: assigned with a report to give back (交办), supervised
(督办), led by whom a superior decides (信访工作条例 24), and reported at once where it is urgent (25).

Each is another act with another duty. Forwarding wants no report; an assignment wants one by a date of its own, checked
against what was asked; supervision answers a breach, and a person confirms that there is one. None of them moves the
limits for acceptance and opinion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yipanqi.cases.steps import shared
from yipanqi.cases.steps.shared import CO, LEAD, REASON, SENDER, SUBMITTER
from yipanqi.core.counting import Unit
from yipanqi.core.labels import Label
from yipanqi.core.models import Limit
from yipanqi.core.procedure import Ask, Condition, Kind, LimitSeed, Role, Step, TermSpec
from yipanqi.core.standing import PAUSED, RUNNING, standing

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

SUPERIOR = Role.SUPERIOR


def _has(code: str, *states: str) -> Condition:
    """That a limit of the claim runs or stands still."""
    otherwise = {
        ("report", "running"): Label("现在没有要反馈的交办要求。", "No report is owed now."),
        ("report", "paused"): Label("还没有要核对的办结报告。", "There is no report to check."),
        ("rectify", "running"): Label("现在没有要答复的督办通知。", "There is no notice of supervision to answer."),
        ("feedback", "running"): Label("现在没有要答复的建议。", "There is no proposal to answer."),
    }[code, states[0]]  # fmt: skip
    return Condition(
        f"{code}_{states[0]}",
        lambda case: standing(case.matter).has(code, *states),
        otherwise,
        quiet=True,
    )


def _has_not(code: str, otherwise: Label) -> Condition:
    return Condition(
        f"no_{code}",
        lambda case: not standing(case.matter).has(code, RUNNING, PAUSED),
        otherwise,
    )


def _told_in_writing(case: Case) -> bool:
    return case.submission.anonymity != "anonymous" and case.submission.has_contact


CAN_BE_TOLD = Condition(
    "can_be_told", _told_in_writing,
    Label("匿名或者没有留联系方式的，不用书面告知（信访工作条例 23）。", "Whoever is anonymous or left no contact is owed no notice in writing (Art. 23)."),
    quiet=True,
)  # fmt: skip

DEMANDS = Ask(
    "demands", Label("要求反馈的事项", "What is to be reported"), longest=2000, public=False,
    hint=Label("一行写一条，系统会编上号；办结报告逐条回答，逐条核对。", "One demand a line; they are numbered. The report answers each, and each is checked."),
)  # fmt: skip
REPORT_ON = Ask("report_on", Label("反馈期限", "To be reported by"), Kind.DATE, public=False)

ASSIGN = Step(
    "assign", Label("交办", "Assign, with a report back"), Label("重要的、需要结果的：转给有权处理的单位，写明要反馈什么、哪天以前反馈。告知受理和办理的期限照常计算，反馈的日期另外算。", "For what matters and needs a result: send it to the unit with the power to decide, and say what is to be reported and by when. The limits for acceptance and opinion run as ever; the date of the report is another."),
    frozenset({"registered"}), "forwarded", (SENDER,), needs="cases.route", asks=(shared.UNIT, shared.CO_UNITS, DEMANDS, REPORT_ON),
    starts=("accept", "object", "report"), stops=("route", "pass_on"), when=(shared.CLEARED,), labelled=True, produces=Label("交办函", "letter of assignment"), tells=(LEAD, CO, SUBMITTER),
    plain=Label("已交有权处理的单位办理，并要求反馈结果", "Given to the unit with the power to decide, which must report the result"), basis="信访工作条例 22（三）、24",
)  # fmt: skip

HELD = frozenset(
    {"forwarded", "guided", "handling", "asked", "acting", "answered", "served", "executing", "reviewing"}
)
REPORTING = (
    Step(
        "report_back", Label("反馈结果和办结报告", "Report back"), Label("逐条回答交办的要求，附办结报告。交办单位核对；有没有按期，按今天算。", "Answer each demand and add the final report. The sender checks it; whether it is in time is judged by today."),
        HELD, None, (LEAD,), needs="cases.handle",
        asks=(
            Ask("points", Label("逐条回答（与要求的编号一致）", "Answers, one a line, by the number of the demand"), longest=5000, public=False, hint=Label("例如：1. 已于某日退还。", "For instance: 1. Paid back on that day.")),
            Ask("report", Label("办结报告", "Final report"), public=False),
        ),
        pauses=("report",), when=(_has("report", "running"),), while_pending=True, produces=Label("办结报告", "final report"), tells=(SENDER,), basis="信访工作条例 22（三）",
    ),
    Step(
        "accept_report", Label("报告合格", "Accept the report"), Label("每一条要求都答到了：交办了结。", "Each demand is answered: the assignment is done."),
        HELD, None, (SENDER,), needs="cases.route", stops=("report",), when=(_has("report", "paused"),), while_pending=True, tells=(LEAD,), basis="信访工作条例 22（三）",
    ),
    Step(
        "return_report", Label("退回报告", "Return the report"), Label("写明第几条没有答到、要补什么；反馈的日期不变，过了就算逾期。", "Say which demands are not answered and what is missing; the date does not change."),
        HELD, None, (SENDER,), needs="cases.route",
        asks=(
            Ask("unanswered", Label("第几条没有答到", "Which demands are not answered"), Kind.LINE, longest=100, public=False, hint=Label("写编号，例如 1、3。", "By number, for instance 1, 3.")),
            Ask("points", Label("要补什么", "What is missing"), longest=2000, public=False),
        ),
        resumes=("report",), when=(_has("report", "paused"),), while_pending=True, tells=(LEAD,), basis="信访工作条例 22（三）",
    ),
)  # fmt: skip

BREACHES = (
    ("unlawful", Label("违规受理、办理", "Accepted or handled against the rules")),
    ("shirking", Label("推诿", "Passed around")),
    ("perfunctory", Label("敷衍", "Gone through the motions")),
    ("delay", Label("拖延", "Delayed")),
    ("fraud", Label("弄虚作假", "Falsified")),
    ("not_carried_out", Label("拒不执行处理意见", "The opinion is not carried out")),
)
PROPOSALS = (
    ("work", Label("改进工作", "Improve the work")),
    ("policy", Label("完善政策", "Improve the policy")),
    ("liability", Label("追究责任", "Hold somebody liable")),
)
TAKEN_UP = (
    ("adopted", Label("采纳", "Adopted")),
    ("partly", Label("部分采纳", "Adopted in part")),
    ("not_adopted", Label("不采纳", "Not adopted")),
)
# What may be a breach and is put before a person, each with the kind of breach that it may be. Nothing follows by itself.
RULES = (
    ("late", Label("无正当理由未按期办理", "Late, and no extension was asked for")),
    ("accepted_late", Label("逾期才受理", "Accepted late")),
    ("not_reported", Label("未按规定反馈结果", "Not reported back in time")),
    ("not_rectified", Label("督办、建议未按期答复", "A notice or proposal was not answered in time")),
    (
        "not_executed",
        Label("支持的处理意见没有按期执行", "An opinion that upholds the claim was not carried out in time"),
    ),
    ("objected", Label("提出异议没有依据", "Objected without a cause")),
    ("passed_around", Label("多个单位先后退回", "Given back by one unit after another")),
)
SUPERVISING = (
    Step(
        "supervise", Label("督办", "Supervise"), Label("确认有违规、推诿、敷衍、拖延、弄虚作假或拒不执行的：发督办通知，写明问题和整改的日期。其他期限照常计算。", "Where a breach of Art. 40 is confirmed: a notice with its points and the date by which it is put right. No other limit changes."),
        HELD, None, (SENDER,), needs="cases.oversee",
        asks=(
            Ask("rule", Label("从哪条线索来", "Which sign it follows"), Kind.CHOICE, required=False, choices=RULES, public=False),
            Ask("breach", Label("哪一种情形", "What kind of breach"), Kind.CHOICE, choices=BREACHES, public=False),
            Ask("points", Label("问题和要求", "Points"), longest=2000, public=False, hint=Label("一行写一条，系统会编上号。", "One a line; they are numbered.")),
            Ask("rectify_on", Label("哪天以前整改并反馈", "To be put right and answered by"), Kind.DATE, public=False),
        ),
        starts=("rectify",), when=(_has_not("rectify", Label("上一份督办通知还没有反馈。", "The last notice has not been answered yet.")),), while_pending=True,
        labelled=True, produces=Label("督办通知书", "notice of supervision"), tells=(LEAD,), basis="信访工作条例 16、38、40",
    ),
    Step(
        "dismiss_candidate", Label("不用督办", "Do not supervise"), Label("看过了，这一条线索不用督办：写明理由，留在经过里。", "Looked at, and no notice is needed: give the reason, which stays on the record."),
        HELD, None, (SENDER,), needs="cases.oversee",
        asks=(Ask("rule", Label("哪一条线索", "Which sign"), Kind.CHOICE, choices=RULES, public=False), REASON),
        while_pending=True, aside=True, for_sender=True, basis="信访工作条例 40",
    ),
    Step(
        "rectify", Label("反馈整改", "Answer the notice"), Label("逐条写明怎样整改的。还要整改的，督办单位再发通知。", "Say for each point how it was put right. What is still wrong is put into another notice."),
        HELD, None, (LEAD,), needs="cases.handle", asks=(Ask("text", Label("整改情况", "How it was put right"), public=False),),
        stops=("rectify",), when=(_has("rectify", "running"),), while_pending=True, produces=Label("整改报告", "report on what was put right"), tells=(SENDER,), basis="信访工作条例 40",
    ),
    Step(
        "propose", Label("提出建议", "Make a proposal"), Label("改进工作、完善政策或者追究责任的建议；单位要书面答复是否采纳。", "A proposal to improve work or policy, or to hold somebody liable; the unit answers in writing whether it adopts it."),
        HELD, None, (SENDER,), needs="cases.oversee",
        asks=(
            Ask("proposal", Label("哪一类建议", "What kind of proposal"), Kind.CHOICE, choices=PROPOSALS, public=False),
            Ask("text", Label("建议", "Proposal"), longest=3000, public=False),
        ),
        starts=("feedback",), when=(_has_not("feedback", Label("上一条建议还没有答复。", "The last proposal has not been answered yet.")),), while_pending=True,
        labelled=True, produces=Label("工作建议书", "letter of proposal"), tells=(LEAD,), basis="信访工作条例 16、40",
    ),
    Step(
        "answer_proposal", Label("答复建议", "Answer the proposal"), Label("写明采纳还是不采纳；不采纳的说明理由。", "Say whether it is adopted, and if not, why."),
        HELD, None, (LEAD,), needs="cases.handle",
        asks=(
            Ask("adopted", Label("是否采纳", "Adopted or not"), Kind.CHOICE, choices=TAKEN_UP, public=False),
            Ask("text", Label("怎样落实，或者不采纳的理由", "How it is carried out, or why it is not adopted"), longest=3000, public=False),
        ),
        stops=("feedback",), when=(_has("feedback", "running"),), while_pending=True, labelled=True, produces=Label("建议采纳情况反馈", "answer on the proposal"), tells=(SENDER,), basis="信访工作条例 40",
    ),
)  # fmt: skip

ON_WHAT = Ask("basis", Label("依据", "Basis"), Kind.LINE, longest=200, public=False, hint=Label("三定方案、权责清单或法规的条款。", "The clause of the statute of duties, the list of powers or the law."))  # fmt: skip
DISPUTING = (
    Step(
        "raise_dispute", Label("受理有争议", "Dispute who must accept it"), Label("认为应当由别的单位主办，协商不成的：由共同的上一级机关决定；没有共同上一级的，由信访工作联席会议协调。告知受理的期限照常计算。", "Where you hold that another unit must lead and could not agree: the common superior decides, or the joint conference where there is none. The limit for acceptance runs on."),
        frozenset({"forwarded"}), None, (LEAD, CO), needs="cases.handle",
        asks=(Ask("unit", Label("应当主办的单位", "Who must lead it"), Kind.UNIT, public=False), ON_WHAT, Ask("reason", Label("理由和协商的经过", "Reasons, and how you tried to agree"), longest=2000, public=False)),
        requests="dispute", decider=SUPERIOR, tells=(SENDER, LEAD, CO, SUPERIOR), basis="信访工作条例 24",
    ),
    Step(
        "approve_dispute", Label("改由它主办", "Have that unit lead"), Label("定下主办和协办单位。新的主办单位告知受理的期限从今天起算；这个决定不能再提异议。", "Names who leads and who helps. The new lead's limit for acceptance runs from today; nobody objects to this decision."),
        frozenset({"forwarded"}), None, (SUPERIOR,), needs="cases.oversee",
        asks=(shared.CO_UNITS, ON_WHAT, Ask("notice", Label("决定的理由", "Reasons of the decision"), longest=1000, public=False)),
        drops=("accept", "object"), starts=("accept",), decides="dispute", labelled=True, produces=Label("受理争议决定书", "decision on the dispute"), tells=(LEAD, CO, SENDER, SUBMITTER), tells_left=(LEAD,),
        plain=Label("共同上级已确定由哪个单位办理", "The common superior decided which unit handles it"), basis="信访工作条例 24",
    ),
    Step(
        "refuse_dispute", Label("仍由原单位主办", "Leave it where it is"), Label("仍由现在的单位主办；告知受理的期限不变。", "The present unit leads; its limit for acceptance does not change."),
        frozenset({"forwarded"}), None, (SUPERIOR,), needs="cases.oversee", asks=(ON_WHAT, REASON), drops=("object",), decides="dispute", tells=(LEAD, CO, SENDER), basis="信访工作条例 24",
    ),
)  # fmt: skip


def urgent(sources: frozenset[str]) -> Step:
    """What is grave and urgent is reported at once: the law sets no number of days, and so does nobody here."""
    return Step(
        "mark_urgent", Label("重大、紧急，立即报告", "Grave and urgent: report at once"), Label("立即报告本级党委政府、主管部门和联席会议办公室，信访部门同时报上级信访部门；并采取措施防止影响扩大。有新情况再报一次。", "Report at once to the Party committee and government, the department in charge and the office of the joint conference; a petition office to the one above as well. Contain it meanwhile; report again when there is news."),
        sources, None, (SENDER, LEAD), needs="cases.handle", sender_needs="cases.route",
        asks=(
            Ask("what", Label("发生了什么", "What happened"), longest=1000, public=False),
            Ask("done", Label("已采取的措施", "What has been done"), longest=1000, public=False),
            Ask("reported_to", Label("报给哪些单位", "Reported to"), Kind.UNITS, mentions=True, hint=Label("至少一个。看得到这一件的单位在这里收到通知，其余的请把报告送过去；单位清单里没有的上级写在下面。", "At least one. Units that may find this case are told here; send the others the report. Name below those that are in no list."), public=False),
            Ask("also_to", Label("还报给了谁", "Also reported to"), Kind.LINE, required=False, longest=200, public=False),
        ),
        while_pending=True, labelled=True, produces=Label("重大紧急信访信息报告", "report of a grave and urgent matter"), tells=(SENDER, LEAD), tells_own=True, basis="信访工作条例 25",
    )  # fmt: skip


SIMPLE = Step(
    "mark_simple", Label("简易办理", "Handle it simply"), Label("事实清楚、责任明确、易于解决的初次信访：从受理起按简易办理的期限给处理意见，法定的期限照常计算。", "For a first claim that is clear, small and soon done: the opinion is due by the limit for simple handling, from acceptance. The limit of the law runs as well."),
    frozenset({"handling"}), None, (LEAD,), needs="cases.handle", starts=("simple",), while_pending=True, tells=(SENDER,),
    when=(
        Condition("simple_on", lambda case: Limit.objects.filter(procedure="claim", code="simple", off=False).exists(), Label("简易办理的期限没有启用。", "The limit for simple handling is off."), quiet=True),
        Condition("not_simple", lambda case: not standing(case.matter).has("simple"), Label("已经是简易办理。", "It is handled simply already.")),
    ),
)  # fmt: skip

INFORM = Step(
    "tell_receipt", Label("书面告知去向", "Tell in writing where it goes"), Label("能当场答复的当场书面告知，其余自收到起十五日内：是本单位的、下级的，还是别处的。", "On the spot where possible, else within fifteen days of receipt: whether it is ours, a subordinate's, or belongs elsewhere."),
    frozenset({"registered", "forwarded"}), None, (SENDER,), needs="cases.register",
    asks=(
        Ask("whose", Label("归谁", "Whose it is"), Kind.CHOICE, choices=(
            ("own", Label("属于本单位职权：已接收，按告知的途径和程序办", "Within our own power: received, by this path and procedure")),
            ("below", Label("属于下级单位：已转送、交办", "A subordinate's: sent to it")),
            ("elsewhere", Label("不属于本系统：请向有权的机关、单位提出", "Not ours: please go to the body with the power")),
        )),
        Ask("notice", Label("告知内容", "What is told"), longest=2000, hint=Label("接收情况、途径和程序，转到哪里，或者该去哪里。", "That it was received, path and procedure, where it was sent, or where to go.")),
    ),
    when=(CAN_BE_TOLD,), while_pending=True, labelled=True, produces=Label("接收告知书", "notice of receipt"), tells=(SUBMITTER,),
    plain=Label("书面告知：您的事项去哪里", "Told in writing where it goes"), basis="信访工作条例 23",
)  # fmt: skip

GROUNDS = (
    ("duplicate", Label("同一事项已在受理、办理，并在期限内（第十九条）", "The same matter is being handled, within its limits (Art. 19)")),
    ("concluded", Label("同一事实和理由，已经复核终结（第三十六条）", "The same facts and reasons were concluded by second review (Art. 36)")),
    ("other_law", Label("法律规定由别的机关、程序解决", "The law gives it to another body or procedure")),
)  # fmt: skip
REFUSE = Step(
    "refuse_accept", Label("不予受理", "Decline to accept"), Label("依法不受理：写明理由、依据和可以去哪里，书面告诉本人。到此为止，本人有新的事实或理由可以另提。", "The law does not let us accept it: give the reason, the law and where to go, in writing. It ends here; with new facts or reasons it can be filed anew."),
    frozenset({"registered"}), "declined", (SENDER,), needs="cases.route",
    asks=(
        Ask("ground", Label("哪一种情形", "Ground"), Kind.CHOICE, choices=GROUNDS),
        Ask("reason", Label("理由", "Reason"), longest=2000),
        Ask("law", Label("依据", "The law"), longest=500),
        Ask("where", Label("可以去哪里", "Where to go"), longest=500, hint=Label("在办的写明由哪个单位办、怎么查；另有程序的写明向谁提、什么时候以前。", "Where it is being handled and how to look it up; or to whom to go, and by when.")),
    ),
    stops=("route", "pass_on"), produces=Label("不予受理告知书", "notice that it is not accepted"), tells=(SUBMITTER,),
    plain=Label("依法不予受理，理由见告知书", "Not accepted by law; the notice says why"), basis="信访工作条例 19、23、36",
)  # fmt: skip

TERMS = (
    TermSpec("report", Label("反馈办理结果", "report back"), Role.LEAD, Label("负责单位最晚这天向交办单位报告结果", "the unit must report the result to the office by"), own_date=True, beside=True),
    TermSpec("rectify", Label("督办整改", "putting right"), Role.LEAD, Label("负责单位最晚这天整改并反馈", "the unit must put it right by"), own_date=True, beside=True),
    TermSpec("feedback", Label("建议反馈", "answer on a proposal"), Role.LEAD, Label("负责单位最晚这天答复建议", "the unit must answer the proposal by"), beside=True),
    TermSpec("pass_on", Label("逐级转送", "passing on"), Role.SENDER, Label("按本级的办法，最晚这天转出", "by the office's own rule to be sent on by"), optional=True),
    TermSpec("simple", Label("简易办理", "simple handling"), Role.LEAD, Label("简易办理的，最晚这天给您处理意见", "handled simply, you are to have the opinion by"), optional=True),
)  # fmt: skip
LIMITS = (
    LimitSeed("report", 90, Unit.CALENDAR_DAYS, Label("工作惯例：由交办单位指定，最长90天", "practice: set by whoever assigns it, at most 90 days")),
    LimitSeed("rectify", 60, Unit.CALENDAR_DAYS, Label("工作惯例：由督办通知指定，最长60天", "practice: set by the notice, at most 60 days")),
    LimitSeed("feedback", 30, Unit.CALENDAR_DAYS, Label("工作惯例：现行法规只要求书面反馈，没有规定天数", "practice: the law wants an answer in writing and sets no number of days")),
    LimitSeed("pass_on", 3, Unit.CALENDAR_DAYS, Label("工作惯例：2014年评价办法把十五日分到各级（国家5日、省市各3日、县4日），已被代替；未启用", "practice: the 2014 rule of evaluation split the fifteen days (national 5, province and city 3, county 4); replaced since; off"), off=True),
    LimitSeed("simple", 10, Unit.WORKING_DAYS, Label("工作惯例：简易办理自受理起十个工作日；未启用", "practice: simple handling, ten working days from acceptance; off"), off=True),
)  # fmt: skip
STEPS = (*REPORTING, *SUPERVISING)
