"""The steps of a review (复查) and of a second review (复核): one builder, for the two differ in little.

There is no step to refuse to accept: nobody can ask too late, twice at once or of the wrong body. What the hearing takes
does not count, in the second review alone (信访工作条例 36).
"""

from __future__ import annotations

from dataclasses import replace

from yipanqi.cases.steps import ladder, recusal, shared
from yipanqi.cases.steps.claim import RESULTS
from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER, SYSTEM
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind, Step

REVIEW = Label("复查", "review")
SECOND = Label("复核", "second review")
UPHELD, REVOKED, CHANGED = "upheld", "revoked", "changed"
OUTCOMES = (
    (UPHELD, Label("维持", "Upheld")),
    (REVOKED, Label("撤销，责令重新办理", "Revoked, to be handled anew")),
    (CHANGED, Label("变更", "Changed")),
)
_WORKING = frozenset({"requested", "handling", "asked", "hearing", "answered"})


def _begin(what: Label, basis: str) -> tuple[Step, ...]:
    ask, reply, lapsed = shared.ASKING
    return (
        Step(
            "register", Label(f"收到{what.zh}请求", f"Request for a {what.en}"), Label(f"{what.zh}的期限从收到请求起算；原来的意见和经过随件送达。", f"The limit for the {what.en} runs from the request; opinion and history come along."),
            frozenset(), "requested", (SUBMITTER, SENDER), needs="cases.register", starts=("answer", "accept"), tells=(LEAD, SUBMITTER),
            asks=(Ask("reviews", Label("审查哪一件", "Which case is reviewed"), Kind.LINE, required=False, longest=30),),
            plain=Label(f"您的{what.zh}请求已送到审查的单位", f"Your request for a {what.en} is with the unit that decides it"), basis=basis,
        ),
        Step(
            "accept", Label("受理", "Accept"), Label("由本单位审查，并书面告知本人；期限不变，仍从收到请求起算。", "Your unit reviews it and tells the person in writing. The limit does not change: it runs from the request."),
            frozenset({"requested"}), "handling", (LEAD,), needs="cases.handle", stops=("accept",),
            asks=(Ask("notice", Label("受理告知", "Notice of acceptance"), longest=2000, hint=Label("审查的程序、联系的单位和电话。", "The procedure, the unit to ask and its telephone.")),),
            produces=Label("受理告知书", "notice of acceptance"), tells=(SUBMITTER, SENDER), plain=Label("审查的单位已受理", "The reviewing unit accepted it"), basis=basis,
        ),
        replace(ask, pauses=(), when=(), does=Label("向本人提一个问题；期限不暂停。", "Put a question to the submitter; the limit does not stand still."), plain=Label("审查的单位问您", "The reviewing unit asks you")),
        replace(reply, resumes=(), does=Label("把您的回答交给审查的单位。", "Your reply goes to the reviewing unit.")),
        replace(lapsed, resumes=()),
    )  # fmt: skip


HEARING = (
    Step(
        "call_hearing", Label("决定听证", "Call a hearing"), Label("把听证的时间、地点告诉本人；听证所需的时间不计算在期限内。", "Tell the person where and when; what the hearing takes is not counted."),
        frozenset({"handling"}), "hearing", (LEAD,), needs="cases.handle",
        asks=(Ask("notice", Label("听证告知", "Notice of the hearing"), longest=2000, hint=Label("事由、时间、地点、参加的人、本人可以做什么。", "What it is about, when, where, who takes part, and what the person can do there.")), Ask("held_on", Label("哪天听证", "Day of the hearing"), Kind.DATE)),
        pauses=("answer",), starts=("hearing",), produces=Label("听证告知书", "notice of hearing"), tells=(SUBMITTER, SENDER), plain=Label("要举行听证；听证所需的时间不计算在期限内", "There will be a hearing; its time is not counted"), basis="信访工作条例 36",
    ),
    Step(
        "end_hearing", Label("听证结束", "The hearing is over"), Label("写下听证结论；期限从今天起接着计算。", "Write down what came of it; the limit runs on from today."),
        frozenset({"hearing"}), "handling", (LEAD,), needs="cases.handle", asks=(Ask("record", Label("听证情况和结论", "What was heard and found"), longest=5000),),
        stops=("hearing",), resumes=("answer",), tells=(SUBMITTER, SENDER), plain=Label("听证结束，期限接着计算", "The hearing is over; the limit runs on"), basis="信访工作条例 36",
    ),
)  # fmt: skip


def _opinion(what: Label, basis: str, served: str, starts: tuple[str, ...]) -> tuple[Step, ...]:
    last = "served" if starts else "closed"
    after = Label(f"把{what.zh}意见书送达本人。", f"Serve the opinion on the {what.en}.")
    return (
        Step(
            "answer", Label(f"作出{what.zh}意见", f"Give the opinion on the {what.en}"), Label("维持、撤销责令重办，或者直接变更；写明事实、理由和依据。送达之前期限照常计算。", "Uphold it, revoke it to be handled anew, or change it; with facts, reasons and law. The limit runs on until it is served."),
            frozenset({"handling"}), "answered", (LEAD,), needs="cases.handle",
            asks=(
                Ask("request", Label("请求和理由", "What is asked, and why"), longest=2000),
                Ask("facts", Label("审查查明的事实", "Facts found")),
                Ask("outcome", Label("结果", "Result"), Kind.CHOICE, choices=OUTCOMES),
                Ask("result", Label("变更后的结果", "Result after the change"), Kind.CHOICE, required=False, choices=RESULTS, hint=Label("选“变更”的必须填；支持诉求的，由原办理单位执行。", "Needed for a change; what upholds the claim is carried out by the unit that handled it.")),
                Ask("text", Label(f"{what.zh}意见", "Opinion")),
                Ask("law", Label("法律法规依据", "Legal basis"), longest=2000),
                Ask("remedy", Label("救济途径和期限", "What can be done against it, and by when"), longest=1000, hint=Label(served, "Say what can be done against it and by when; after the second review, that the same facts and reasons are not accepted again.")),
            ),
            tells=(SENDER,), plain=Label(f"{what.zh}意见已作出，正在送达", f"The opinion on the {what.en} was given and is being served"), basis=basis,
        ),
        Step(
            "take_back", Label("收回修改", "Take it back"), Label("还没有送达的，可以收回修改；期限照常计算。", "Before it is served it can be taken back and mended; the limit runs on."),
            frozenset({"answered"}), "handling", (LEAD,), needs="cases.handle", asks=(REASON,), tells=(SENDER,), plain=Label("意见正在修改", "The opinion is being mended"),
        ),
        Step(
            "serve", Label("送达", "Serve"), after,
            frozenset({"answered"}), last, (LEAD,), needs="cases.handle", asks=shared.SERVICE, stops=("answer",), starts=starts,
            produces=Label(f"{what.zh}意见书", f"opinion on the {what.en}"), tells=(SUBMITTER, SENDER), plain=Label(f"{what.zh}意见书已送达", f"The opinion on the {what.en} was served"), basis=basis,
        ),
    )  # fmt: skip


_NEXT = frozenset({"served"})
ONWARD = (
    *ladder.asking("ask_second", "want_second", _NEXT, SECOND, "信访工作条例 36"),
    ladder.unreviewed("ask_second", _NEXT, SECOND, "信访工作条例 36"),
    Step(
        "settled", Label("复核结束", "The second review is over"), Label("复核程序已结束。", "The second review is over."),
        frozenset({"reviewing"}), "closed", (SYSTEM,), tells=(LEAD, SENDER), plain=Label("复核程序已结束", "The second review is over"), basis="信访工作条例 36",
    ),
    Step(
        "close", Label("办结", "Close"), Label("没有请求复核，或者原意见已撤销重办：办结。", "No second review was asked for, or it is handled anew: it closes."),
        _NEXT, "closed", (SYSTEM,), drops=("ask_second",), tells=(LEAD,), plain=Label("已办结", "Closed"),
    ),
)  # fmt: skip


def _always(what: Label, states: frozenset[str], withdrawn_from: frozenset[str]) -> tuple[Step, ...]:
    asked = Label(f"{what.zh}请求", f"request for a {what.en}")
    return (*recusal.steps(states & _WORKING, states), *shared.always(asked, states, withdrawn_from))


REVIEW_STEPS = (
    *_begin(REVIEW, "信访工作条例 35"),
    *_opinion(REVIEW, "信访工作条例 35", "不服的，收到之日起三十日内可以请求复核；写明向哪个机关提。", ("ask_second",)),
    *ONWARD,
    ladder.help_step(frozenset({"closed"})),
    *_always(REVIEW, (_WORKING - {"hearing"}) | {"served", "reviewing"}, _WORKING - {"hearing", "answered"}),
)  # fmt: skip
SECOND_STEPS = (
    *_begin(SECOND, "信访工作条例 36"),
    *HEARING,
    *_opinion(SECOND, "信访工作条例 36", "写明这是终结的意见：以同一事实和理由再提的，不再受理。", ()),
    ladder.help_step(frozenset({"closed"})),
    *_always(SECOND, _WORKING, _WORKING - {"answered"}),
)  # fmt: skip
