"""The steps of an accusation (检举控告), in the order in which it usually meets them.

The petition office only forwards it (信访工作条例 22, 30): intake reads it once, says who is accused, and seals it by
forwarding; from then on nobody reads it but by an opening that those named below have approved. Whoever filed it reads
the same words on its page as with any other request: somebody may be made to show their phone (trust-and-ux H3).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from yipanqi.cases.steps import order, shared
from yipanqi.cases.steps.joining import SPLIT_FROM
from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER, SYSTEM
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step
from yipanqi.core.standing import standing

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

OPEN = frozenset({"registered", "forwarded", "handling"})
HELD = frozenset({"forwarded", "handling"})  # with the competent organ, sealed

PURPOSES = (
    ("verify", Label("核实情况", "To verify what is said")),
    ("route", Label("确定由哪个机关办理", "To find whose it is")),
    ("protect", Label("保护本人", "To protect whoever filed it")),
    ("supervise", Label("核查是否依规办理", "To check that it is handled by the rules")),
)
ENDS = (
    ("in_hands", Label("由有权机关依规依纪依法办理", "In the hands of the competent organ")),
    ("answered", Label("已按规定答复本人", "Answered, where its rule gives an answer")),
)


@dataclass(frozen=True)
class OpeningRule:
    """Who must approve that somebody opens a sealed accusation: each alternative names the parts whose head must all agree,
    and one alternative is enough. Where no rule holds, nobody opens it. `shown_after_end`: what the organ opens is shown
    to whoever filed it once it is out of its hands (trust-and-ux H4)."""

    asker: Role
    approvers: tuple[frozenset[Role], ...]
    minutes: int
    days: int  # within which an approved opening must be made
    basis: Label
    valid_from: dt.date
    valid_to: dt.date | None = None
    shown_after_end: bool = False


_PRACTICE = Label("工作惯例", "practice")
RULES: tuple[OpeningRule, ...] = (
    OpeningRule(LEAD, (frozenset({LEAD}),), 60, 3, _PRACTICE, dt.date(2020, 1, 1), shown_after_end=True),
    OpeningRule(SENDER, (frozenset({LEAD, SENDER}),), 30, 3, _PRACTICE, dt.date(2020, 1, 1)),
)


def rule_for(asker: Role, on: dt.date, rules: tuple[OpeningRule, ...] | None = None) -> OpeningRule | None:
    """The rule in force on a day; None: nobody may open it."""
    held = [
        rule
        for rule in (RULES if rules is None else rules)
        if rule.asker == asker
        and rule.valid_from <= on
        and (rule.valid_to is None or on < rule.valid_to)
        and rule.approvers
        and all(rule.approvers)
    ]
    return max(held, key=lambda rule: rule.valid_from, default=None)


def _last_of_opening(case: Case) -> str:
    last = standing(case.matter).last("ask_opening", "grant_opening", "open_seal")
    return last.step if last else ""


UNSENT = Condition(
    "never_sealed", lambda case: standing(case.matter).last("route") is None,
    Label("已经密封转送过，不再登记内容。", "It was sealed and forwarded before; nothing of it is registered any more."),
)  # fmt: skip
GRANTED = Condition(
    "opening_granted", lambda case: _last_of_opening(case) == "grant_opening",
    Label("还没有批准打开：请先申请打开密封内容。", "Nothing was granted yet: first ask to open the seal."),
)  # fmt: skip
_ACCUSED = Ask(
    "accused", Label("被检举控告的单位", "Accused units"), Kind.UNITS, required=False, told=False,
    hint=Label("这些单位和它们的下级从此查不到、也收不到这一件。只用来防止泄露，不显示给任何人。", "They and all below them will neither find this nor get it. It serves that alone and is shown to nobody."),
)  # fmt: skip
_LEADERS = Ask(
    "leaders", Label("被检举控告的人", "Accused persons"), Kind.LINE, required=False, told=False, longest=200,
    hint=Label("在本平台有账号的，填姓名或登录名，几个人用顿号分开；他们任职的单位一并避开。没有账号的，只填上面的单位。", "Whoever has an account here: name or sign-in name, several with commas between; the units in which they have a post are kept out as well. Of anybody else give the unit above."),
)  # fmt: skip
_NOBODY = Ask("nobody", Label("看过了：说的不是本平台上的单位和人", "I looked: it is about no unit and nobody on this platform"), Kind.TICK, required=False, told=False)  # fmt: skip

INTAKE = (
    Step(
        "register", Label("登记", "Register"), Label("登记一件检举控告，给出查询号和密码；转送的期限从收到起算。", "Register an accusation and give out a reference and a secret; the limit for forwarding runs from receipt."),
        frozenset(), "registered", (SUBMITTER, SENDER), needs="cases.register", asks=(SPLIT_FROM,), starts=("route",), tells=(SUBMITTER,),
        plain=order.INTAKE[0].plain, basis="信访工作条例 21、22、30",
    ),
    Step(
        "route", Label("密封转送有权机关", "Seal it and forward it"), Label("按管理权限转给纪检监察机关或者其他有权机关。转送以后，这里谁也看不到内容；被检举控告的一方和它的下级查不到这一件。", "Send it to the discipline organ or whoever else has the power over the accused. From then on nobody here sees what it says, and the accused and all below them do not find it."),
        frozenset({"registered"}), "forwarded", (SENDER,), needs="cases.route",
        asks=(_ACCUSED, _LEADERS, _NOBODY, replace(shared.UNIT, shown=False, label=Label("转给哪个机关", "To which organ"), hint=Label("有权办理检举控告、并且与被检举控告的一方无关的单位。", "One with the power to handle accusations that has nothing to do with the accused."))),
        starts=("accept",), stops=("route",), tells=(LEAD, SUBMITTER), plain=Label("已转给负责单位", "Sent to the responsible unit"), basis="信访工作条例 22、30",
    ),
    Step(
        "send_out", Label("不登记内容，密封转送上级机关", "Send it on sealed, without its content"), Label("属于上级机关管理权限的：只记信封编号、日期和去向，内容不登记、不录入、不复制。", "What is a superior organ's: number of the envelope, date and where it went are kept; what it says is neither entered nor copied."),
        frozenset({"registered"}), "closed", (SENDER,), needs="cases.route",
        asks=(
            _ACCUSED, _LEADERS, _NOBODY,
            Ask("organ", Label("转送到哪个机关", "To which organ"), Kind.LINE, longest=60, shown=False),
            Ask("envelope", Label("密封件编号", "Number of the sealed envelope"), Kind.LINE, longest=40, shown=False),
            Ask("sent_on", Label("转送日期", "Sent on"), Kind.DATE, shown=False),
        ),
        stops=("route",), tells=(SUBMITTER,), plain=Label("已转给负责单位", "Sent to the responsible unit"), basis="信访工作条例 22、30、43",
    ),
)  # fmt: skip

ORGAN = (
    Step(
        "accept", Label("签收", "Acknowledge"), Label("由本机关办理。以后按本机关的规定办，不受这里的期限。", "Your organ takes it on, by its own rules from here; no limit of this platform runs."),
        frozenset({"forwarded"}), "handling", (LEAD,), needs="accusations.handle", stops=("accept",), while_pending=True, tells=(SENDER, SUBMITTER),
        plain=shared.ACCEPTANCE[0].plain, basis="信访工作条例 23、30",
    ),
    Step(
        "return_it", Label("不属本机关管理权限，退回", "Return it: another organ's"), Label("写明属于谁的管理权限；退回后仍密封，由转送单位另转。", "Say whose it is. It stays sealed, and the sender forwards it anew."),
        frozenset({"forwarded"}), "registered", (LEAD,), needs="accusations.handle", asks=(REASON,), while_pending=True, stops=("accept",), starts=("route",), tells=(SENDER,),
        plain=Label("正在重新确定负责单位", "We are finding the responsible unit anew"), basis="信访工作条例 22",
    ),
    Step(
        "conclude", Label("转为本机关办理，办结转送", "Keep it in your organ and end it here"), Label("以后在本机关办理，这里到此为止。按规定要答复本人的，写上答复。", "It goes on in your organ and ends here. Where your rule gives the person an answer, write it."),
        frozenset({"handling"}), "closed", (LEAD,), needs="accusations.handle",
        asks=(
            Ask("outcome", Label("结果", "Result"), Kind.CHOICE, choices=ENDS, shown=False),
            Ask("answer", Label("给本人的答复", "Answer to the person"), required=False, longest=2000, hint=Label("本人的查询页上会显示。别写被检举控告的是谁、说的是什么。", "It stands on the person's page. Do not write who is accused or of what.")),
        ),
        while_pending=True, tells=(SENDER, SUBMITTER), plain=Label("已办结", "Closed"), basis="信访工作条例 30",
    ),
)  # fmt: skip

_BOTH = (LEAD, SENDER)
_PURPOSE = Ask("purpose", Label("用途", "Purpose"), Kind.CHOICE, choices=PURPOSES)
_APPROVES = "accusations.approve"


def _decision(name: str, decides: str, label: Label, does: Label, *asks: Ask) -> Step:
    return Step(
        name, label, does, HELD, None, _BOTH, needs=_APPROVES, asks=asks, decides=decides, tells=_BOTH,
        basis="信访工作条例 30",
    )  # fmt: skip


_AGREE = (Label("同意打开", "Agree to the opening"), Label("申请的人自己不能同意。规定要两个单位的负责人都同意的，都同意了才能打开。", "Never by whoever asks. Where the rule wants the heads of both units, it opens when both have agreed."))  # fmt: skip
_REFUSE = (Label("不同意打开", "Refuse the opening"), Label("这次不能打开，写明理由。", "It is not opened this time; give the reason."))  # fmt: skip

OPENING = (
    Step(
        "ask_opening", Label("申请打开密封内容", "Ask to open the seal"), Label("写明用途，由规定的负责人批准；没有人能批准的，不能打开。", "Say what for; those whom the rule names decide. Where nobody can approve it, it stays shut."),
        HELD, None, _BOTH, needs="accusations.handle", sender_needs="cases.oversee",
        asks=(_PURPOSE, Ask("person", Label("也要看本人的姓名和联系方式", "Name and contact of the person as well"), Kind.TICK, required=False)),
        requests="opening", decider=LEAD, tells=_BOTH, basis="信访工作条例 30",
    ),
    _decision("agree_opening", "opening", *_AGREE),
    _decision("refuse_opening", "opening", *_REFUSE, REASON),
    Step(
        "opening_waits", Label("还要另一个单位同意", "The other unit must agree too"), Label("一个单位已同意，等另一个单位的负责人。", "One unit has agreed; the head of the other decides."),
        HELD, None, (SYSTEM,), requests="second", decider=SENDER, tells=_BOTH, basis="信访工作条例 30",
    ),
    _decision("agree_second", "second", *_AGREE),
    _decision("refuse_second", "second", *_REFUSE, REASON),
    Step(
        "grant_opening", Label("可以打开", "It may be opened"), Label("规定的负责人都已同意。", "All whom the rule names have agreed."),
        HELD, None, (SYSTEM,), while_pending=True, tells=_BOTH, basis="信访工作条例 30",
    ),
    Step(
        "open_seal", Label("打开密封内容", "Open the seal"), Label("在规定的时间内看到内容。本人的查询页上会显示单位、岗位和用途。", "You see what it says for the time that the rule gives. The person's page will show unit, post and purpose."),
        HELD, None, _BOTH, needs="accusations.handle", sender_needs="cases.oversee", asks=(_PURPOSE,), when=(GRANTED,), while_pending=True,
        plain=Label("内容被打开", "What you wrote was opened"), basis="信访工作条例 30；个人信息保护法 34",
    ),
)  # fmt: skip

_WITHDRAW = shared.always(Label("诉求", "request"), OPEN, frozenset({"registered", "forwarded", "handling"}))[
    0
]
BESIDE = (
    _WITHDRAW,
    Step(
        "reissue_secret", Label("重发查询密码", "Give out a new secret"), Label("当面或回拨电话核对后给出新密码，旧密码作废。", "After checking the person at the counter or by calling back: a new secret, the old one is void."),
        frozenset({"registered"}), None, (SENDER,), needs="cases.register",
        asks=(Ask("checked", Label("怎样核对的本人", "How the person was checked"), Kind.CHOICE, choices=(("counter", Label("当面核对", "At the counter")), ("callback", Label("回拨登记电话", "By calling back the registered number")))),), while_pending=True,
        plain=Label("热线给您重发了查询密码", "The hotline gave you a new secret"),
    ),
    *shared.taking_over(OPEN),
)  # fmt: skip

STEPS = (*INTAKE, *ORGAN, *OPENING, *BESIDE)
