"""Generated suggestions and claims beside the mass of orders: in every state that they know, with texts of our own.

Days are working days; each story stays well within its limits whenever the demo is built (yipanqi/demo/plots.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from yipanqi.demo.drafting import Draft
from yipanqi.demo.mass import lead_of
from yipanqi.demo.people import neighbours
from yipanqi.demo.plots import OLDEST, WINDOW
from yipanqi.demo.shapes import Anonymity, Channel, Filing, Story
from yipanqi.demo.texts import Place, places

SUGGESTIONS, CLAIMS = 8, 6  # of a hundred cases
THIRTY_DAYS = 24  # working days that are surely longer than 30 calendar days


@dataclass(frozen=True, slots=True)
class Topic:
    """What is said, as it is cleared, and what comes of it; `{c}` is the community."""

    leaf: str
    title: str
    title_en: str
    text: str
    cleared: str
    outcome: str
    answer: str


IDEAS = (
    Topic("bus-routes", "在{c}公交站装座椅", "Put seats at the bus stop", "{c}门口的公交站没有座椅，老人等车只能坐在路牙上。建议装一排窄座椅，不占盲道，最好有个遮雨的檐。", "{c}公交站未设座椅，建议加装窄座椅和雨檐。", "adopted", "经现场测量，站台宽度够。已列入下季度站台改造，装四座窄椅和雨檐，盲道不动。"),
    Topic("traffic-signals", "放学时段让{c}校门口单行", "One-way traffic at the school gate after school", "{c}小学门口下午四点最堵，接孩子的车两边对着走。建议放学一小时改成单行，志愿者站两头，时间一过就恢复。", "{c}小学放学时段拥堵，建议该时段临时单行。", "partly", "交警和学校一起看了两天。先试行周一到周五下午四点到五点单行，一个月后看效果再定。"),
    Topic("greening", "{c}小公园的树上挂个名牌", "Name plates on the trees of the small park", "孩子常问这是什么树，大人也答不上来。建议给{c}小公园的树挂上名牌，写名字和几句介绍，社区孩子们可以一起做。", "建议为{c}公园树木挂名牌，可由社区儿童参与制作。", "adopted", "已请园林站认树定名，社区周末组织孩子们一起写牌子，材料由我们准备。"),
    Topic("e-bikes", "{c}的充电棚夜里也开着灯", "Leave the light on in the charging shed", "{c}的充电棚晚上十点就关灯，晚下班的人摸黑插头不安全。建议装感应灯，人来就亮，人走就灭。", "{c}充电棚夜间无照明，建议装感应灯。", "planned", "这一片的充电棚今年都要换感应灯，{c}排在下月第二周，换好会在门口贴告示。"),
    Topic("service-window", "办事窗口每周留一个晚上", "One evening a week at the service window", "上班的人白天请不出假来办事。建议便民窗口每周留一个晚上，开到八点，先试三个月。", "建议便民服务窗口每周延时一晚。", "noted", "目前人手只够周六上午开窗。您说的晚间时段已记入明年排班方案，到时一并征求意见。"),
    Topic("parking", "把{c}的绿地改成停车场", "Turn the green into a car park", "{c}停车太难，中间那块绿地平时没什么人。建议改成停车场，能停三十多辆。", "{c}停车难，建议将小区绿地改为停车场。", "explained", "研究过了，这块绿地不能改。周边单位的车位已谈好夜间共享二十个，晚六点到早七点可停。"),
)  # fmt: skip
DISPUTES = (
    Topic("hardship-aid", "低保金少发了一个月", "One month of the allowance was not paid", "我家低保三月份批的，三月的钱没有发，窗口说从四月算起，没有说依据。要求补发三月份的钱，或者写清楚凭什么不发。", "申请人对低保金起发月份不服，要求补发一个月或书面说明依据。", "supported", "应自批准当月起发放。补发三月份低保金，五个工作日内到账。"),
    Topic("farm-subsidies", "{c}的地力补贴面积算少了", "The subsidy was counted on too small a field", "今年补贴的面积比承包证上少了一亩二，{c}里说是重新量的，可没有人来量过。要求按证上的面积补，或者当着我的面重新量。", "申请人对{c}补贴面积认定不服，要求按承包证面积核发或重新丈量。", "supported", "已会同申请人重新丈量，面积以本次为准，差额随下一批补贴发放。"),
    Topic("disability-aid", "轮椅补贴没有批，没说为什么", "The grant for a wheelchair was refused without a reason", "给母亲申请轮椅补贴没批，只说条件不够，哪一条不够没有说。要求说清楚，够条件就批。", "申请人对辅具补贴不予批准的决定不服，要求说明依据并重新审核。", "explained", "两年内已领过同类辅具补贴，依规定暂不能重复申请；已协调借用一台轮椅，今天可以去取。"),
    Topic("elderly-care", "护理补贴的等级评低了", "The grade for the care grant was set too low", "父亲去年中风后一直躺着，护理补贴的等级还是按能自理评的。要求重新评，并把少的补上。", "申请人对护理补贴等级评定不服，要求重新评定并补差。", "supported", "已重新上门评定，等级上调两级，自申请当月起补差。"),
    Topic("certificates", "证明材料反复退回，没有清单", "Papers sent back again and again, with no list", "办一个证明跑了四次，每次说缺的不一样，没有给过清单。要求一次说清缺什么，并把这个做法纠正过来。", "申请人对多次退回材料且未一次性告知不服，要求纠正。", "supported", "窗口未一次性告知属实，已当面道歉并一次办结；今后退件必须附清单。"),
    Topic("land-contracts", "承包地的边界认定我不同意", "I dispute where the boundary was drawn", "{c}里把两家中间的田埂都算给了邻居，没有叫我到场。要求重新认定。", "申请人对{c}承包地边界认定不服，要求重新认定。", "rejected", "查原始承包合同和台账，田埂自承包时即登记在邻户名下，原认定不变；愿意协商的，可申请调解。"),
)  # fmt: skip
ELSEWHERE = (
    ("court", "房子漏水，楼上不肯赔", "Upstairs will not pay for the leak", "property-service", "人民法院立案庭，或者网上立案", "带身份证明、损失照片和修理单据，写一份起诉状；数额不大可以走小额诉讼。不会写的，到街道公共法律服务站请律师免费代写。", "从知道损失那天起三年以内。"),
    ("arbitration", "公司不给经济补偿", "The firm will not pay compensation", "unpaid-wages", "劳动人事争议仲裁委员会", "带合同、工资流水和解除通知，填一份仲裁申请书，不收费。", "从知道权利受损那天起一年以内。"),
    ("review", "对罚款决定不服", "A fine is disputed", "taxis", "作出决定的单位所属的政府，行政复议窗口", "带处罚决定书和身份证明，写明要求和理由，可以当面递交、邮寄或网上提交，不收费。", "从知道决定那天起六十日以内。"),
)  # fmt: skip
# What asks a unit to act against a breach: a duty, by the law of that duty (信访工作条例 31(5)).
DUTY = Topic("property-service", "{c}的消防通道被占，一直没人查处", "A blocked fire lane that nobody acts against", "{c}的消防通道被几家铺面的货架占了快一年，救护车进不来，找过几次都没有人查。请依法查处。", "申请人要求依法查处占用{c}消防通道的行为。", "", "")  # fmt: skip
GUIDED_DAYS = 14  # working days until whoever was guided elsewhere is called back
_OPENINGS = ("", "您好，", "想说一件事。", "在这里住了多年，一直想提。")
_CLOSINGS = ("", "谢谢。", "盼答复。", "打扰了。")


@dataclass(slots=True)
class _Voice:
    """One case being written."""

    kind: str
    random: Random
    topic: Topic
    place: Place
    draft: Draft

    def said(self, text: str) -> str:
        return text.format(c=self.place.community)

    def intake(self, *, route: bool = True) -> None:
        self.draft.add("register", "clerk" if self.draft.filing.at_desk else "submitter", hour=9)
        title, text = self.said(self.topic.title), self.said(self.topic.cleared)
        self.draft.add(
            "clear", "clerk", title=title, text=text, category=self.topic.leaf, area=self.draft.filing.area
        )
        if route:
            self.draft.add("route", "clerk", after=1, unit=self.draft.lead, co_units=())

    def accept(self) -> None:
        self.intake()
        notice: dict[str, Any] = {
            "notice": "您好，您的申诉已由我单位受理，六十日内给您处理意见书。有事可拨打本单位电话。"
        }
        self.draft.add("accept", "lead", after=1, **(notice if self.kind == "claim" else {}))

    def answered(self) -> None:
        self.accept()
        answer = self.said(self.topic.answer)
        if self.kind == "suggestion":
            reason: dict[str, Any] = {"reason": "绿地面积受规划保护，改变用途须报批，周边也没有可补的绿地。"}
            more = reason if self.topic.outcome == "explained" else {}
            text = f"您好，谢谢您的建议。{answer}"
            self.draft.add("answer", "lead", after=4, outcome=self.topic.outcome, text=text, **more)
            return
        self.draft.add(
            "answer", "lead", after=self.random.randint(4, 8), outcome=self.topic.outcome, text=answer,
            request=self.said(self.topic.cleared), facts="查阅了办理档案，当面听取了申请人的意见，并向经办人员核实。",
            law="本事项适用的办法和本单位权责清单的相应条款。",
            remedy="不服本意见的，可以自收到之日起三十日内，向本单位的上一级机关请求复查。",
        )  # fmt: skip

    def served(self) -> None:
        self.answered()
        method = "in_person" if self.draft.filing.at_desk else "portal"
        proof = "本人当面签收。" if method == "in_person" else "查询页已显示，本人可查看。"
        who = "lead" if self.kind == "claim" else "auditor"
        agreed = {"agreed": True} if self.kind == "claim" and method == "portal" else {}
        self.draft.add("serve", who, after=1, method=method, proof=proof, **agreed)  # type: ignore[arg-type]
        if self.upheld:
            self.draft.add("begin_execution", "system")

    @property
    def upheld(self) -> bool:
        """Whether it is a claim whose opinion has to be carried out."""
        return self.kind == "claim" and self.topic.outcome == "supported"

    def closed(self) -> None:
        self.served()
        if self.upheld:
            done = self.draft.in_days(2)
            text = "已按处理意见办理完毕，当面向本人作了说明。"
            self.draft.add("carry_out", "lead", after=2, text=text, done_on=done, proof="本人签收单。")
        grade = self.random.choice(("satisfied", "satisfied", "basically", "not_satisfied"))
        solved: dict[str, Any] = (
            {"solved": "no" if grade == "not_satisfied" else "yes"} if self.kind == "claim" else {}
        )
        if not self.draft.filing.at_desk:
            self.draft.add("evaluate", "submitter", after=1, grade=grade, **solved)
        elif self.draft.filing.resident is not None:
            self.draft.add("record_verdict", "callback", after=1, grade=grade, **solved)
        window = THIRTY_DAYS if self.kind == "claim" else WINDOW
        left = window - self.draft.days_since("serve")
        if self.kind == "claim":
            self.draft.add("judged", "system", after=left)
            self.draft.add("unreviewed", "system")
        self.draft.add("close", "system", after=0 if self.kind == "claim" else left)

    def asked(self) -> None:
        self.accept()
        self.draft.add("ask", "lead", after=1, question="您好，为了核实，请补充一下大概的时间和地点。")

    def objected(self) -> None:
        self.intake()
        reason = "经核对权责清单，该事项不属我单位职责，附清单相应条款。"
        duty: dict[str, Any] = {"duty": "本单位权责清单相应条款。"}
        self.draft.add(
            "request_return", "lead", after=1, reason=reason, **(duty if self.kind == "claim" else {})
        )

    def declined(self) -> None:
        self.intake(route=False)
        self.draft.add(
            "refuse_accept", "clerk", after=1, ground="duplicate", law="信访工作条例第十九条。",
            reason="同一事项已由原单位受理，还在办理期限内。", where="请凭原来的查询号查看办理进度，或者打原单位的电话。",
        )  # fmt: skip

    def extending(self) -> None:
        self.accept()
        self.draft.add("request_extension", "lead", after=3, reason="需要会同几家单位到现场核实。", days=15)

    def extended(self) -> None:
        self.extending()
        who = "head" if self.kind == "claim" else "sender"
        notice = "您好，这件事情况复杂，要会同几家单位到现场核实，需要多一些时间，有结果马上告诉您。"
        self.draft.add("approve_extension", who, notice=notice)  # type: ignore[arg-type]

    def acting(self) -> None:
        self.intake()
        notice = (
            "您好，您要求查处的事已由我单位受理，两个月内依法查处并答复您；到时没有答复的，您可以向法院起诉。"
        )
        self.draft.add("accept_duty", "lead", after=1, notice=notice)

    def guided(self, letter: dict[str, Any]) -> str:
        """Guided by letter, and called back where the day for that is past. Returns where it ends."""
        self.draft.add("redirect", "clerk", after=1, call_on=self.draft.in_days(GUIDED_DAYS), **letter)
        if self.random.random() < 0.4:
            return "guided"
        came = self.random.choice(("going", "going", "settled", "gave_up"))
        self.draft.add("call_guided", "clerk", after=self.random.randint(8, GUIDED_DAYS - 1), came=came)
        return "redirected"

    def withdrawn(self) -> None:
        self.accept()
        self.draft.add("withdraw", "submitter", after=1, reason="已经说开了，不用再办。")


# The state in which it ends: how it gets there, the step that is moved, the window for it in days, the open request.
_Write = Callable[[_Voice], None]
_PLOTS: tuple[tuple[int, str, _Write, str, int, int, str | None], ...] = (
    (8, "registered", lambda v: v.intake(route=False), "clear", -1, 0, None),
    (8, "forwarded", _Voice.intake, "route", -1, 0, None),
    (5, "forwarded", _Voice.objected, "request_return", 0, 0, "return"),
    (12, "handling", _Voice.accept, "accept", -4, 0, None),
    (4, "handling", _Voice.extending, "request_extension", -2, 0, "extension"),
    (4, "handling", _Voice.extended, "approve_extension", -3, 0, None),
    (6, "asked", _Voice.asked, "ask", -2, 0, None),
    (6, "answered", _Voice.answered, "answer", -1, 0, None),
    (12, "served", _Voice.served, "serve", -3, 0, None),
    (26, "closed", _Voice.closed, "close", OLDEST, 0, None),
    (4, "withdrawn", _Voice.withdrawn, "withdraw", -20, 0, None),
    (5, "redirected", lambda v: v.intake(route=False), "redirect", -25, 0, None),
)
_CLAIM_PLOTS = (
    *_PLOTS,
    (4, "acting", _Voice.acting, "accept_duty", -8, 0, None),
    (3, "declined", _Voice.declined, "refuse_accept", -25, 0, None),
)


def _filing(random: Random, kind: str, topic: Topic, place: Place, seed: int, channel: Channel) -> Filing:
    hidden: Anonymity = "handler_only" if kind == "claim" else "hidden"
    names: tuple[Anonymity, ...] = ("named", hidden, "anonymous")
    anonymity = random.choices(names, (60, 32, 8) if channel == "portal" else (80, 20, 0))[0]
    who = None if anonymity == "anonymous" else random.choice(neighbours(seed)[place.home])
    opening, closing = random.choice(_OPENINGS), random.choice(_CLOSINGS)
    text = opening + topic.text.format(c=place.community) + closing
    title = topic.title.format(c=place.community)
    return Filing(channel, title, text, topic.leaf, place.area, anonymity, who, kind)


def _redirection(kind: str, random: Random) -> tuple[Topic, dict[str, Any]]:
    path, title, title_en, leaf, where, how, by_when = random.choice(ELSEWHERE)
    text = f"{title}，找了几次都没有结果，请帮我们解决。"
    topic = Topic(leaf, title, title_en, text, f"{title}。", "", "")
    if kind == "claim":
        return topic, {"path": path, "where": where, "how": how, "by_when": by_when}
    return topic, {
        "where": f"您说的是自己的事，不是建议，法律另有途径。去哪里：{where}。怎么办：{how}期限：{by_when}"
    }


def _story(seed: int, kind: str, number: int) -> Story:
    random = Random(f"{seed}:{kind}:{number}")
    plots = _CLAIM_PLOTS if kind == "claim" else _PLOTS
    plot = random.choices(plots, [plot[0] for plot in plots])[0]
    _weight, ends, write, mark, earliest, latest, pending = plot
    topic, letter = random.choice(IDEAS if kind == "suggestion" else DISPUTES), dict[str, Any]()
    if ends == "acting":
        topic = DUTY
    if ends == "redirected":
        topic, letter = _redirection(kind, random)
    place = random.choice(places(seed))
    channel: Channel = "portal" if ends == "withdrawn" else random.choices(("portal", "visit"), (75, 25))[0]
    filing = _filing(random, kind, topic, place, seed, channel)
    draft = Draft(random, filing, lead_of(seed, topic.leaf, place.area), ())
    voice = _Voice(kind, random, topic, place, draft)
    write(voice)
    if ends == "served" and voice.upheld:
        ends = "executing"
    if letter and kind == "claim":
        ends = voice.guided(letter)
        earliest = 3 - GUIDED_DAYS if ends == "guided" else earliest
    elif letter:
        draft.add("redirect", "clerk", after=1, **letter)
    return draft.story(
        f"{kind}-{number:05}", (filing.title, topic.title_en), mark, max(earliest, OLDEST + draft.day), latest, ends,
        pending=pending,
    )  # fmt: skip


def generate_voices(seed: int, cases: int) -> Iterator[Story]:
    """The suggestions and claims among so many cases, in no order of time."""
    for kind, share in (("suggestion", SUGGESTIONS), ("claim", CLAIMS)):
        for number in range(1, cases * share // 100 + 1):
            yield _story(seed, kind, number)
