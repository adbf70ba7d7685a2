"""How a claim goes on once its opinion is served: carried out, taken to a review, handled anew, or at rest for good.

The reviews themselves are cases of their own (cases/steps/review.py); here is what a claim does while one goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yipanqi.cases.steps.shared import LEAD, REASON, SENDER, SUBMITTER, SYSTEM
from yipanqi.core.labels import Label
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step
from yipanqi.core.standing import RUNNING, standing
from yipanqi.organisations.reviewers import bodies_for

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

AFTER_SERVICE = frozenset({"served", "executing"})
HELPS = (
    ("talk", Label("疏导", "Talking it through")),
    ("settle", Label("化解", "Settling it")),
    ("support", Label("帮扶", "Practical help")),
)


def _window_runs(code: str) -> Condition:
    return Condition(
        "may_still_ask", lambda case: standing(case.matter).has(code, RUNNING),
        Label("请求的期限没有开始，或者已经过了。", "The time to ask has not begun, or is over."), quiet=True,
    )  # fmt: skip


def deciders(case: Case) -> list[str]:
    """The paths of the units that have decided this matter so far, the last first."""
    found: list[str] = []
    one: Case | None = case
    while one is not None:
        parts = one.matter.parts.filter(role=Role.LEAD, until__isnull=True)
        found += parts.values_list("unit__path", flat=True)
        one = one.reviews
    return found


def _has_body(case: Case) -> bool:
    return bool(bodies_for(deciders(case)))


def wanted(matter: Matter) -> bool:
    """Whether the next review of the opinion that stands was wanted while nobody was on record to give it."""
    last = standing(matter).last("serve", "want_review", "want_second")
    return last is not None and last.step != "serve"


BODY_KNOWN = Condition(
    "a_body_is_known", _has_body,
    Label("还没有登记由哪个单位审查，请先请受理单位登记。", "It is not on record which unit is to review it; first ask the office to say so."),
)  # fmt: skip
BODY_UNKNOWN = Condition(
    "no_body_is_known", lambda case: not _has_body(case),
    Label("由哪个单位审查已经登记，可以直接请求。", "It is on record which unit reviews it: ask it directly."), quiet=True,
)  # fmt: skip


NOT_WANTED = Condition(
    "nobody_wanted_it_yet", lambda case: not wanted(case.matter),
    Label("已经记下了，正在登记由哪个单位审查。", "It is written down already; whose it is, is being put on record."),
)  # fmt: skip


def asking(name: str, wanting: str, sources: frozenset[str], what: Label, basis: str, drops: tuple[str, ...] = ()) -> tuple[Step, ...]:  # fmt: skip
    """The request for the next rung, and that one is wanted where nobody has said yet whose it would be."""
    return (
        Step(
            name, Label(f"请求{what.zh}", f"Ask for a {what.en}"),
            Label(f"由另一个单位重新看这件事，收到请求起三十日内作出意见。从您收到书面答复那天起三十日内可以提。为您单独立一件，查询号和密码还是原来的。", f"Another unit looks at the matter again and gives its opinion within thirty days. You can ask within thirty days of receiving the written answer. It becomes a case of its own; reference and secret stay the same."),  # noqa: F541
            sources, "reviewing", (SUBMITTER, SENDER), needs="cases.register",
            asks=(
                Ask("body", Label("由哪个单位审查", "Which unit is to review it"), Kind.REVIEWER, hint=Label("依法可以选的单位都在这里；作出过意见的单位和它下属的单位不在其中。", "All units that the law lets you choose. Who decided it, and who is under them, is not among them.")),
                Ask("reason", Label("不服的理由", "Why you disagree"), longest=3000, hint=Label("审查的单位看得到这段话和原来的意见、经过，不用再交一遍材料。", "The unit reads this, the opinion and what happened so far; you need not hand in anything again.")),
            ),
            when=(_window_runs(name), BODY_KNOWN), stops=(name,), drops=drops, tells=(LEAD, SENDER),
            plain=Label(f"您请求{what.zh}", f"You asked for a {what.en}"), basis=basis,
        ),
        Step(
            wanting, Label(f"要{what.zh}，但还没有单位可选", f"I want a {what.en}, but no unit is on record"),
            Label("受理单位会登记由哪个单位审查；您的请求算在期限内，登记好以后再选单位。", "The office will put on record which unit reviews it. Your request counts as made in time; choose the unit once it is there."),
            sources, None, (SUBMITTER, SENDER), needs="cases.register", when=(_window_runs(name), BODY_UNKNOWN, NOT_WANTED), within=name, aside=True, tells=(SENDER,),
            plain=Label(f"您要{what.zh}，正在登记由哪个单位审查", f"You want a {what.en}; it is being put on record whose it is"), basis=basis,
        ),
    )  # fmt: skip


def unreviewed(name: str, sources: frozenset[str], what: Label, basis: str) -> Step:
    """That the time to ask ran out."""
    return Step(
        "unreviewed", Label(f"没有请求{what.zh}", f"No {what.en} was asked for"), Label("期限已过，没有人请求；这份意见就是最后的意见。", "The time is over and nobody asked: this opinion is final."),
        sources, None, (SYSTEM,), stops=(name,), tells=(SUBMITTER, LEAD), plain=Label(f"没有在期限内请求{what.zh}，这份意见就是最后的意见", f"No {what.en} was asked for in time; this opinion is final"), basis=basis,
    )  # fmt: skip


def help_step(sources: frozenset[str]) -> Step:
    """What goes on after the end."""
    return Step(
        "help", Label("记录疏导帮扶", "Record help"), Label("程序已经终结，帮助可以继续：写明做了什么。", "The procedure has ended; help goes on: say what was done."),
        sources, None, (LEAD, SENDER), needs="cases.handle", sender_needs="cases.route",
        asks=(Ask("kind", Label("做的是什么", "What kind of help"), Kind.CHOICE, choices=HELPS), Ask("text", Label("做了什么", "What was done"), longest=1000)),
        aside=True, tells=(SUBMITTER,), plain=Label("我们继续帮您", "We go on helping you"), basis="信访工作条例 37",
    )  # fmt: skip


REVIEW = Label("复查", "review")
STEPS = (
    Step(
        "begin_execution", Label("开始执行", "To be carried out"), Label("意见支持诉求：由办理单位执行，执行完才办结。", "The opinion upholds the claim: the unit carries it out, and it closes only then."),
        frozenset({"served"}), "executing", (SYSTEM,), starts=("execute",), tells=(LEAD,), plain=Label("处理意见支持您的诉求，正在执行", "The opinion upholds your claim and is being carried out"), basis="信访工作条例 32、40、42",
    ),
    Step(
        "carry_out", Label("记录执行完成", "Record that it was carried out"), Label("写明做了什么、哪天完成、有什么凭据；本人会收到告知。", "Say what was done, on which day, and what proves it; the person is told."),
        frozenset({"executing"}), "served", (LEAD,), needs="cases.handle",
        asks=(
            Ask("text", Label("执行情况", "What was done"), longest=2000),
            Ask("done_on", Label("完成日期", "Done on"), Kind.DATE),
            Ask("proof", Label("凭据", "Proof"), Kind.LINE, longest=200, shown=False, hint=Label("例如付款回单号、现场照片编号、签收人。", "For instance the number of the payment, of the photo, who signed for it.")),
        ),
        stops=("execute",), produces=Label("执行情况告知书", "notice of execution"), tells=(SUBMITTER, SENDER),
        plain=Label("处理意见已执行", "The opinion was carried out"), basis="信访工作条例 32、40、42",
    ),
    *asking("ask_review", "want_review", AFTER_SERVICE, REVIEW, "信访工作条例 35", drops=("execute",)),
    unreviewed("ask_review", AFTER_SERVICE, REVIEW, "信访工作条例 35"),
    Step(
        "judged", Label("评价期结束", "The time to judge is over"), Label("评价期结束，评价可以看到了。", "The time to judge is over and the verdict can be seen."),
        AFTER_SERVICE | {"reviewing"}, None, (SYSTEM,), stops=("evaluate",), basis="practice",
    ),
    Step(
        "redo", Label("复查撤销，重新办理", "Revoked: handle it anew"), Label("原意见被撤销，由原单位重新办理；处理意见的期限重新计算，不得以同一事实作出相同的结果。", "The opinion was revoked; the unit handles it anew. The limit runs anew, and the same result on the same facts is not allowed."),
        frozenset({"reviewing"}), "handling", (SYSTEM,), starts=("answer",), stops=("evaluate",), tells=(LEAD, SENDER, SUBMITTER),
        plain=Label("原处理意见被撤销，由原单位重新办理", "The opinion was revoked and the unit handles it anew"), basis="信访工作条例 35、36",
    ),
    Step(
        "enforce", Label("按审查后的意见执行", "Carry out what was decided"), Label("审查后的意见支持诉求：由原单位执行，执行完才办结。", "The opinion as it stands upholds the claim: the unit carries it out, and it closes only then."),
        frozenset({"reviewing"}), "executing", (SYSTEM,), starts=("execute",), tells=(LEAD, SENDER, SUBMITTER),
        plain=Label("审查已结束，支持您的诉求，正在执行", "The review is over, your claim is upheld and is being carried out"), basis="信访工作条例 32、40、42",
    ),
    Step(
        "review_over", Label("审查结束", "The review is over"), Label("审查程序已结束，意见不再变。", "The review is over; the opinion stands."),
        frozenset({"reviewing"}), "served", (SYSTEM,), tells=(LEAD, SENDER), plain=Label("审查程序已结束", "The review is over"), basis="信访工作条例 35、36",
    ),
    Step(
        "not_accept_again", Label("不再受理", "Not accept it again"), Label("同一事实和理由已经复核过：写明是哪一件，书面告诉本人，不再受理；疏导帮扶照常。有新的事实或理由的，不能用这一步。", "The same facts and reasons have had their second review: say in which case and tell the person in writing. Help goes on. Not for new facts or reasons."),
        frozenset({"registered"}), "not_accepted", (SENDER,), needs="cases.route",
        asks=(
            Ask("earlier", Label("复核那一件的编号", "Number of the second review"), Kind.LINE, longest=30),
            REASON,
        ),
        stops=("route", "pass_on"), produces=Label("不再受理告知书", "notice that it is not accepted again"), tells=(SUBMITTER,),
        plain=Label("同一事实和理由已经复核，不再受理", "The same facts and reasons have had their second review; it is not accepted again"), basis="信访工作条例 36",
    ),
    help_step(frozenset({"closed", "not_accepted"})),
)  # fmt: skip
