"""Steps that mean the same for whatever a resident says, and the questions that several steps ask."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from yipanqi.cases.queries import can_take_over
from yipanqi.cases.steps import service
from yipanqi.core.labels import Label
from yipanqi.core.procedure import PRACTICE, Ask, Condition, Kind, Role, Step
from yipanqi.core.standing import standing
from yipanqi.organisations.notes import note_step

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

SUBMITTER, SENDER, LEAD, CO, SYSTEM = Role.SUBMITTER, Role.SENDER, Role.LEAD, Role.CO, Role.SYSTEM

REASON = Ask("reason", Label("理由", "Reason"), longest=1000)
GRADES = (
    ("satisfied", Label("满意", "Satisfied")),
    ("basically", Label("基本满意", "Basically satisfied")),
    ("not_satisfied", Label("不满意", "Not satisfied")),
)
YES_NO = (("yes", Label("解决了", "Solved")), ("no", Label("没有解决", "Not solved")))
PURPOSES = (
    ("contact", Label("联系本人了解情况", "To contact the person about the case")),
    ("visit", Label("上门办理", "To call at the place")),
    ("serve", Label("送达答复", "To serve the answer")),
    ("check", Label("核对身份", "To check the identity")),
)

CLEARED = Condition(
    "cleared", lambda case: case.cleared,
    Label("请先清理文字或写出摘要，并分好类。", "First clear the text or write a summary, and classify it."),
)  # fmt: skip
HELPED = Condition(
    "helped", lambda case: case.matter.parts.filter(role="co", until__isnull=True).exists(),
    Label("现在没有协办单位。", "No unit is helping."),
)  # fmt: skip
WITH_UNITS = Condition(
    "with_a_unit", lambda case: case.matter.holder is not None,
    Label("现在不等哪个单位办。", "It waits for no unit now."),
)  # fmt: skip
WITH_A_UNIT = frozenset({"forwarded", "handling", "on_hold", "answered"})

UNIT = Ask("unit", Label("主办单位", "Lead unit"), Kind.UNIT, hint=Label("按职责清单建议，可以改。", "Suggested by the duty list; you can change it."))  # fmt: skip
CO_UNITS = Ask(
    "co_units", Label("协办单位", "Co-units"), Kind.SHARES, required=False, longest=500,
    hint=Label("一行一个单位：请它做什么、哪天以前交来。日期不填就是答复到期那天。", "One unit a row: what it is asked to do and by when. Without a date, by the day the answer is due."),
)  # fmt: skip
NOTICE = Ask("notice", Label("告诉本人的理由", "The reason, as the submitter will read it"), longest=1000)
SERVICE = service.SERVICE
SOLVED = Ask("solved", Label("问题解决了吗？", "Is it solved?"), Kind.CHOICE, choices=YES_NO)
GRADE = Ask("grade", Label("您对办理满意吗？", "How satisfied are you?"), Kind.CHOICE, choices=GRADES)
COMMENT = Ask("comment", Label("想说的话", "Anything to add"), required=False, longest=1000)
PRESSED = Ask(
    "pressed", Label("有人要求或劝我给好评", "Somebody pressed me for a good verdict"), Kind.TICK, required=False, told=False,
    hint=Label("评价期结束后只有监督人员看得到，办理单位始终看不到；以后改评价，这一条也保留。", "After the time to judge, supervisors alone will see this, the unit that handled it never; it stays when you change your verdict."),
)  # fmt: skip
CALLS = (
    ("no_answer", Label("没有人接", "No answer")),
    ("later", Label("请过一会儿再打", "Call later")),
    ("declined", Label("不愿意接受回访", "Does not want to be asked")),
)

RECORD = Step(
    "record", Label("补录", "Record"), Label("早已办完的，只留存备查：不计期限，不通知任何人。", "Handled long ago, kept to be found: no limit runs and nobody is told."),
    frozenset(), "recorded", (SENDER,), needs="cases.import",
)  # fmt: skip

# The page offers it where there is something to mend (text/clean.py); what was changed stays in the payload.
MEND = Ask("mend", Label("用修补后的文字", "Use the mended text"), Kind.TICK, required=False, told=False)

FILES = Ask(
    "files", Label("随文字一起转的文件", "Files that go along"), Kind.FILES, required=False, told=False,
    hint=Label("办理单位只看得到勾选的，而且是去掉拍摄地点等信息的一份；照片里的人、门牌和字也可能让人认出本人。", "Handlers see these alone, in a copy without place and time of the photo. Faces, house numbers and handwriting in it can give the person away as well."),
)  # fmt: skip

# The page offers it where somebody pointed at a place.
POINT = Ask(
    "point", Label("图上的点随文字一起转", "The point on the map goes along"), Kind.TICK, required=False, told=False,
    hint=Label("点可能就是本人的家：办这件事用不着的，不要转。", "The point may be the person's home: where the work does not need it, keep it here."),
)  # fmt: skip

CLEAR = Step(
    "clear", Label("清理文字并分类", "Clear and classify"),
    Label("写出可以转出去的文字：去掉能认出本人的内容，定下类别和地点。办理单位只看到这段文字。", "Write the text that can be sent on: without what gives the person away, with its category and place. Handlers see this text alone."),
    frozenset({"registered"}), None, (SENDER,), needs="cases.register",
    asks=(
        Ask("title", Label("标题", "Title"), Kind.LINE, longest=60),
        Ask("text", Label("转办文字或摘要", "Text or summary to send on")),
        Ask("category", Label("类别", "Category"), Kind.CATEGORY),
        Ask("area", Label("地点", "Place"), Kind.AREA),
        FILES,
        POINT,
        MEND,
    ),
    fulfils=CLEARED,
)  # fmt: skip

# Accepting and returning, where nothing but practice says how.
ACCEPTANCE = (
    Step(
        "accept", Label("接收", "Accept"), Label("由本单位办理。答复期限不变，仍从转办那天起算。", "Your unit takes it on. The limit for the answer does not change: it runs from forwarding."),
        frozenset({"forwarded"}), "handling", (LEAD,), needs="cases.handle", stops=("accept",), tells=(SUBMITTER, SENDER), bulk=True,
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


def helping(open_to: frozenset[str]) -> tuple[Step, ...]:
    """What co-units do, and how they are asked and released; `open_to`: the states in which a part is still taken."""
    return (
        Step(
            "contribute", Label("协办意见", "Contribute"), Label("把本单位的一份交给主办单位。", "Give your unit's part to the lead unit."),
            open_to, None, (CO,), needs="cases.handle", asks=(Ask("text", Label("协办意见", "Your part")),), while_pending=True, tells=(LEAD,),
        ),
        Step(
            "add_co_unit", Label("请单位协办", "Ask a co-unit"), Label("请别的单位办其中一份。主办单位不变，答复期限不变；已经在协办的单位，写了就是重新提出要求。", "Ask another unit for a part. The lead and the limit for the answer stay; a unit that helps already is asked anew."),
            frozenset({"handling"}), None, (LEAD, SENDER), needs="cases.handle", sender_needs="cases.route", asks=(replace(CO_UNITS, required=True),), while_pending=True, tells=(LEAD, CO),
            basis="信访工作条例 24",
        ),
        Step(
            "release_co_unit", Label("不再请其协办", "Release a co-unit"), Label("这个单位不用再办，以后也看不到这件事；写明理由。", "The unit need do nothing more and no longer sees the case; give the reason."),
            open_to, None, (LEAD, SENDER), needs="cases.handle", sender_needs="cases.route",
            asks=(Ask("unit", Label("协办单位", "Co-unit"), Kind.CO_UNIT), REASON), when=(HELPED,), while_pending=True, tells=(LEAD, CO),
        ),
    )  # fmt: skip


# A question to the submitter, while the limit for the answer stands still.
ASKING = (
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
)  # fmt: skip

APPROVE_EXTENSION = Step(
    "approve_extension", Label("批准延期", "Grant the extension"), Label("答复期限延长，并把理由告诉本人。", "The answer's limit gets longer and the submitter is told why."),
    frozenset({"handling"}), None, (SENDER,), needs="cases.approve", asks=(NOTICE,),
    decides="extension", extends="answer", produces=Label("延期告知", "notice of extension"), tells=(LEAD, SUBMITTER), plain=Label("答复时间延长", "The date for the answer was moved"),
)  # fmt: skip
REFUSE_EXTENSION = Step(
    "refuse_extension", Label("不批准延期", "Refuse the extension"), Label("期限不变。", "The limit stays."),
    frozenset({"handling"}), None, (SENDER,), needs="cases.approve", asks=(REASON,), decides="extension", tells=(LEAD,),
)  # fmt: skip

SEND_BACK = Step(
    "send_back", Label("退回重写", "Send it back"), Label("答复不合格：写明要补什么，答复期限接着计算。", "The answer will not do: say what is missing; the answer's limit runs on."),
    frozenset({"answered"}), "handling", (SENDER,), needs="cases.audit", asks=(REASON,), stops=("audit",), resumes=("answer",), tells=(LEAD,),
    plain=Label("答复没有通过审核，退回重办", "The answer was not good enough and went back"),
)  # fmt: skip
SERVE = Step(
    "serve", Label("送达", "Serve"), Label("答复通过审核并送达本人；评价期从送达那天起算。", "The answer is good and is served; the time to judge it starts on the day of service."),
    frozenset({"answered"}), "served", (SENDER,), needs="cases.audit", asks=service.TELLING,
    stops=("audit", "answer"), starts=("evaluate",), produces=Label("答复", "answer"), tells=(SUBMITTER, LEAD), plain=Label("答复已送达，请您评价", "The answer was served; please judge it"),
)  # fmt: skip

CLOSE = Step(
    "close", Label("办结", "Close"), Label("评价期结束，办结。", "The time to judge it is over; the case closes."),
    frozenset({"served"}), "closed", (SYSTEM,), stops=("evaluate",), tells=(LEAD, SUBMITTER), plain=Label("已办结", "Closed"),
)  # fmt: skip


def judging(verdict: tuple[Ask, ...], basis: str = PRACTICE) -> tuple[Step, ...]:
    """The submitter's verdict, by themselves and as taken down on the telephone."""
    return (
        Step(
            "evaluate", Label("评价", "Judge it"), Label("评价期结束前，办理单位看不到您的评价；期内可以改。", "The unit cannot see your verdict before the time is over; until then you can change it."),
            frozenset({"served"}), None, (SUBMITTER,), asks=(*verdict, PRESSED), within="evaluate", veiled_until="evaluate",
            plain=Label("您作了评价", "You judged it"), basis=basis,
        ),
        Step(
            "record_verdict", Label("记录回访评价", "Record a verdict by call-back"), Label("电话回访时按本人所说记录；本人自己在网上评价过的，以本人的为准。办理过此事或给出过查询密码的人不能记录。", "As the person says on the telephone; what they have said themselves on the portal stands. Whoever handled the case or handed out its secret cannot record it."),
            frozenset({"served"}), None, (SENDER,), needs="cases.callback", asks=(*verdict, PRESSED), within="evaluate", veiled_until="evaluate",
            plain=Label("回访时记录了您的评价", "Your verdict was taken down by telephone"), basis=basis,
        ),
        Step(
            "log_call", Label("记录没有谈成的电话", "Note a call that led to nothing"), Label("没有人接，过后再打；一天里两次没有人接的，第二天再打。不愿意接受回访的，不再打。", "No answer: call again later, and after two on one day the next day. Whoever does not want to be asked is not called again."),
            frozenset({"served"}), None, (SENDER,), needs="cases.callback",
            asks=(Ask("outcome", Label("电话结果", "What came of the call"), Kind.CHOICE, choices=CALLS, public=False),),
            within="evaluate", veiled_until="evaluate", for_sender=True, plain=Label("我们打过电话给您", "We tried to reach you by telephone"), basis=basis,
        ),
    )  # fmt: skip


def between_units(sources: frozenset[str]) -> tuple[Step, ...]:
    """What units say to each other beside the work: no state moves, no clock does, and nobody's form is overtaken."""
    return (
        Step(
            "urge", Label("催办", "Urge"), Label("打电话或留言催一下：写一句话，记在经过里，并告诉正在办的单位。期限不变；一小时以内只催一次。", "Urge the unit by telephone or message: one line, on the record, and the unit is told. No limit changes; once an hour at most."),
            sources & WITH_A_UNIT, None, (SENDER, LEAD), needs="cases.oversee", sender_needs="cases.route",
            asks=(Ask("line", Label("一句话", "One line"), Kind.LINE, longest=200, hint=Label("例如：已电话催办，对方说周五前答复。", "For instance: called, they will answer by Friday."), public=False),),
            when=(WITH_UNITS,), while_pending=True, aside=True, apart=60, tells=(LEAD, SENDER), plain=Label("已催促正在办的单位", "The unit was urged"),
        ),
        note_step(
            Label("写给一起办这件事的单位看，本人看不到，也不计入数字；勾选的单位会收到通知。", "For the units that have a part in it; the submitter does not see it and no figure counts it. The units you tick are told."),
            sources, needs="cases.handle", sender_needs="cases.route",
        ),
        Step(
            "office_note", Label("本单位便签", "Note of the office"), Label("只有转办单位自己看得到，办理单位和本人都看不到。", "Seen by the sending unit alone, neither by who handles it nor by the submitter."),
            sources, None, (SENDER,), needs="cases.route", asks=(Ask("text", Label("便签", "Note"), longest=1000),),
            while_pending=True, aside=True, for_sender=True,
        ),
    )  # fmt: skip


# Staff are protected and nobody is marked for it (trust-and-ux H11): what is said stands in this case alone and is counted
# nowhere; whoever was rude can file, reply and judge as ever. What a supervisor grants is that we do not call for some days.
ABUSE = (
    Ask(
        "what", Label("发生了什么（只写事实）", "What happened (facts alone)"), longest=500, public=False,
        hint=Label("当时可以说：“我愿意帮您把事情办好，请不要骂人；再这样我先挂断，过后再打给您。”有人身危险，马上离开并打110。", 'You can say: "I want to help you with this; please do not insult me. If it goes on I will hang up and call again later." In danger leave at once and call 110.'),
    ),
)  # fmt: skip
REPORTED = Condition(
    "abuse_reported", lambda case: standing(case.matter).last("report_abuse") is not None,
    Label("没有人报告过辱骂或威胁。", "Nobody reported abuse or threats."),
)  # fmt: skip


def protecting(sources: frozenset[str]) -> tuple[Step, ...]:
    """What somebody does who is abused, and what their supervisor can grant."""
    return (
        Step(
            "report_abuse", Label("遇到辱骂或威胁", "I was abused or threatened"), Label("告诉本单位负责人，由其安排。这件事照常办理，期限不变，也不会给任何人打上标记。", "The head of your unit is told and sees to it. The case goes on, no limit changes, and nobody is marked for it."),
            sources, None, (LEAD, CO, SENDER), needs="cases.handle", sender_needs="cases.callback", asks=ABUSE,
            while_pending=True, aside=True, tells_own=True,
        ),
        Step(
            "pause_calls", Label("过几天再打电话", "Call again in some days"), Label("这几天不给本人打回访电话，到期自动恢复。本人照样可以提交、补充、评价和来电。", "No call-back for these days; it ends by itself. The person can file, reply, judge and call as ever."),
            sources, None, (SENDER, LEAD), needs="cases.oversee",
            asks=(Ask("days", Label("几天不打", "For how many days"), Kind.NUMBER, least=1, most=5, public=False),),
            when=(REPORTED,), while_pending=True, aside=True, plain=Label("我们过几天再给您打电话", "We will call you again in some days"),
        ),
    )  # fmt: skip


MANDATED = Condition(
    "mandated", lambda case: can_take_over(case.submission),
    Label("这件事现在不由别人代办。", "Nobody acts for another in this case."), quiet=True,
)  # fmt: skip


def taking_over(sources: frozenset[str]) -> tuple[Step, ...]:
    """How a mandate ends: the person concerned takes the case over, or whoever helped hands it over. Either may at any time
    (Civil Code 933)."""
    return (
        Step(
            "end_mandate", Label("本人接手", "Give it to the person concerned"), Label("核对本人后，给本人新的查询密码；代办人的密码马上作废，也不再给代办人发消息、打电话。您将不能用新密码或代本人评价。", "After checking the person concerned: a new secret for them; the helper's is void at once, and the helper gets no more messages or calls. You will not be able to judge the case with it."),
            sources, None, (SENDER,), needs="cases.register",
            asks=(
                Ask("purpose", Label("为什么", "Why"), Kind.CHOICE, choices=(
                    ("own_wish", Label("本人要自己办", "The person wants to see to it")),
                    ("handed_over", Label("代办人已经交还", "The helper has handed it over")),
                    ("guardian_changed", Label("监护结束或换了监护人", "The guardianship ended or changed")),
                )),
                Ask("checked", Label("怎样核对的本人", "How the person was checked"), Kind.CHOICE, choices=(
                    ("counter", Label("当面核对", "At the counter")),
                    ("callback", Label("回拨登记的本人电话", "By calling back the person's own registered number")),
                ), hint=Label("核对的是被代办的本人（孩子则是现在的监护人），不是代办人。", "Check the person for whom it was filed (of a child, the guardian it has now), not the helper.")),
            ),
            when=(MANDATED,), while_pending=True, aside=True, plain=Label("代办已结束，由本人接手", "The helper no longer acts; the person concerned took it over"), basis="民法典 933",
        ),
        Step(
            "hand_over", Label("不再代办，交给他（她）自己办", "Hand it over to the person concerned"), Label("您手里的查询密码马上作废，也不再给您发消息。他（她）到服务窗口，或等我们打他（她）的电话，核对后拿到自己的密码。期限和办理都不变。", "Your secret is void at once and you get no more messages. The person gets a secret of their own at the counter, or when we call their own number. No limit changes and the work goes on."),
            sources, None, (SUBMITTER,),
            asks=(Ask("understood", Label("我知道以后查不了这件事", "I know that I will no longer be able to look at it"), Kind.TICK),),
            when=(MANDATED,), while_pending=True, aside=True, tells=(SENDER,), plain=Label("代办人把这件事交还本人", "The helper handed it over to the person concerned"), basis="民法典 933",
        ),
    )  # fmt: skip


def always(said: Label, sources: frozenset[str], withdrawn_from: frozenset[str]) -> tuple[Step, ...]:
    """What may happen at any time to an open case; `said` is what its submitter calls it."""
    return (
        Step(
            "withdraw", Label("撤回", "Withdraw"), Label("不再办理。撤回后可以另提。", "It will not be handled further. You can file it anew."),
            withdrawn_from, "withdrawn", (SUBMITTER,),
            asks=(Ask("reason", Label("原因", "Reason"), required=False, longest=1000),), while_pending=True, tells=(SENDER, LEAD), plain=Label(f"您撤回了{said.zh}", f"You withdrew your {said.en}"),
        ),
        Step(
            "open_identity", Label("打开身份信息", "Open the identity"), Label("看到姓名和联系方式三十分钟。本人的查询页上会显示单位、岗位和用途。", "You see name and contact for thirty minutes. The submitter's page will show unit, post and purpose."),
            sources, None, (SENDER, LEAD), needs="cases.identify",
            asks=(Ask("purpose", Label("用途", "Purpose"), Kind.CHOICE, choices=PURPOSES),), while_pending=True,
            plain=Label("身份信息被打开", "Your identity was opened"), basis="个人信息保护法 34；信访工作条例 30",
        ),
        Step(
            "open_text", Label("打开正文", "Open the text"), Label("看到转办文字三十分钟。本人的查询页上会显示单位、岗位和用途。", "You see the text for thirty minutes. The submitter's page will show unit, post and purpose."),
            sources, None, (SENDER, LEAD), needs="cases.oversee",
            asks=(Ask("purpose", Label("用途", "Purpose"), Kind.LINE, longest=60),), while_pending=True,
            plain=Label(f"{said.zh}正文被打开", f"The text of your {said.en} was opened"), basis="个人信息保护法 34",
        ),
        Step(
            "reissue_secret", Label("重发查询密码", "Give out a new secret"), Label("当面或回拨电话核对后给出新密码，旧密码作废。您将不能用它或代本人评价。", "After checking the person at the counter or by calling back: a new secret, the old one is void. You will not be able to judge the case with it."),
            sources, None, (SENDER,), needs="cases.register",
            asks=(Ask("checked", Label("怎样核对的本人", "How the person was checked"), Kind.CHOICE, choices=(("counter", Label("当面核对", "At the counter")), ("callback", Label("回拨登记电话", "By calling back the registered number")))),), while_pending=True,
            plain=Label("热线给您重发了查询密码", "The hotline gave you a new secret"),
        ),
        *taking_over(sources),
        *between_units(sources),
        *protecting(sources),
    )  # fmt: skip


def extended_once(case: Case) -> bool:
    """Whether no limit of the case was made longer yet."""
    return not any(term.extended for term in standing(case.matter).terms)


NOT_EXTENDED = Condition(
    "not_extended", extended_once, Label("延期只有一次。", "It can be extended once only.")
)
