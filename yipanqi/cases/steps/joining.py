"""Splitting, joining and parting as steps, and which steps of a procedure follow: the same for every kind of case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from yipanqi.cases.steps.shared import FILES, POINT
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step

if TYPE_CHECKING:
    from yipanqi.cases.models import Case

SUBMITTER, SENDER, LEAD, SYSTEM = Role.SUBMITTER, Role.SENDER, Role.LEAD, Role.SYSTEM
BEFORE_AN_ANSWER = frozenset({"registered", "forwarded", "handling"})


def _holds_up_none(case: Case) -> bool:
    return not case.joined.filter(matter__open=True).exists()


IS_CLEARED = Condition(
    "cleared_before_joining", lambda case: case.cleared,
    Label("请先清理文字并分好类，再看是不是同一件事。", "First clear and classify it; then see whether it is the same matter."),
)  # fmt: skip
STANDS = Condition(
    "stands", lambda case: case.joined_to_id is None,
    Label("这一件已经随另一件一起办理。", "This one already goes with another."),
)  # fmt: skip
IS_JOINED = Condition(
    "joined", lambda case: case.joined_to_id is not None,
    Label("这一件没有随别的一起办理。", "This one goes with no other."),
)  # fmt: skip
LEADS_NONE = Condition(
    "leads_none", lambda case: not case.joined.exists(),
    Label("有别的诉求随这一件一起办理：请先拆出它们，或者把那一件并到这一件来。", "Others go with this one: part them first, or join that one to this one."),
)  # fmt: skip
HOLDS_UP_NONE = Condition(
    "holds_up_none", _holds_up_none,
    Label("有别的诉求随这一件一起办理，不能为问一个人停下大家的事。请打电话问，或者先拆出这一件。", "Others go with this one, and their cases cannot stand still for one question. Ask by telephone, or part it first."),
)  # fmt: skip

# Of a first move: nobody is asked, and no handler is told, for two cases of one submission are one person's.
SPLIT_FROM = Ask("split_from", Label("分自", "Split from"), Kind.LINE, required=False, shown=False)

# What handlers do for everybody alike. What is left out is one person's own: their words, their identity, a question to
# them, their reply, verdict and withdrawal, and the end of their time to judge.
FOLLOWING = frozenset({
    "route", "redirect", "guide", "accept", "accept_duty", "answer_duty", "request_return", "agree_return", "refuse_return",
    "assign", "refuse_accept", "raise_dispute", "approve_dispute", "refuse_dispute",
    "request_extension", "approve_extension", "refuse_extension",
    "request_hold", "approve_hold", "refuse_hold", "resume", "review_due",
    "answer", "send_back", "take_back", "serve", "carry_out",
})  # fmt: skip


def _joining(accept: Step, open_states: frozenset[str]) -> tuple[Step, ...]:
    """The steps of joining: `open_states` are those of the kind in which a case can be parted, and its `accept` says
    what it means to be accepted."""
    return (
        Step(
            "split", Label("分出一件", "Split off a case"),
            Label("把里面的另一件事单独立一件：有自己的编号、期限和答复，首个期限仍从收到那天算；本人用原来的查询号和密码都能看到。", "Another matter in it becomes a case of its own, with its own number, limits and answer; its first limit still counts from receipt. The submitter sees both with the same reference and secret."),
            BEFORE_AN_ANSWER, None, (SENDER,), needs="cases.route",
            asks=(
                Ask("title", Label("另一件事的标题", "Title of the other matter"), Kind.LINE, longest=60, shown=False),
                Ask("text", Label("另一件事的转办文字", "Text of the other matter, to send on"), told=False),
                Ask("category", Label("类别", "Category"), Kind.CATEGORY, shown=False),
                Ask("area", Label("地点", "Place"), Kind.AREA, shown=False),
                FILES,
                POINT,
            ),
            while_pending=True, for_sender=True, tells=(SUBMITTER,), plain=Label("您说的另一件事单独立了一件", "Another matter that you raised became a case of its own"),
        ),
        Step(
            "join", Label("并入另一件", "Join to another case"),
            Label("和同一件事的另一件一起办理：以后的转办、接收、答复在那一件上办，同时办到这一件。本人的查询号、期限、答复和评价都不变。", "It is handled with another case of the same matter: what is done there is done here too. Reference, limits, answer and verdict stay the submitter's own."),
            BEFORE_AN_ANSWER, None, (SENDER,), needs="cases.route",
            asks=(Ask("head", Label("并入哪一件（编号）", "Number of the case to join"), Kind.LINE, longest=30, shown=False, hint=Label("填先收到、期限更早的那一件。本人看不到这个编号。", "Give the one that came first and is due earlier. The submitter does not see this number.")),),
            when=(IS_CLEARED, STANDS, LEADS_NONE), tells=(SUBMITTER,),
            plain=Label("和其他人反映的同一件事一起办理", "Taken together with others about the same matter"),
        ),
        Step(
            "part", Label("拆出单办", "Part it"), Label("不再随另一件办理：从现在的状态起单独办，期限和历史都不变。", "It goes with the other no more: from where it stands it is handled by itself; limits and history stay."),
            open_states, None, (SENDER,), needs="cases.route",
            asks=(Ask("reason", Label("理由", "Reason"), longest=1000, shown=False),),
            while_pending=True, when=(IS_JOINED,), tells=(SUBMITTER, LEAD),
            plain=Label("您的诉求改为单独办理；查询号、期限和历史都不变", "Your request is handled by itself again; reference, limits and history stay"),
        ),
        Step(
            "parted", Label("自动拆出", "Parted by itself"), Label("它和另一件走的不是同一步了，从现在的状态起单独办。", "It no longer stands where the other stands: from here it is handled by itself."),
            open_states, None, (SYSTEM,), while_pending=True, when=(IS_JOINED,), tells=(SUBMITTER, LEAD),
            plain=Label("您的诉求改为单独办理；查询号、期限和历史都不变", "Your request is handled by itself again; reference, limits and history stay"),
        ),
        _taken_along(accept),
    )  # fmt: skip


def _taken_along(accept: Step) -> Step:
    """Accepted with a head that is accepted already: the same limits end and start, and the submitter is written the
    same as the head's was."""
    return replace(
        accept,
        name="taken_along",
        label=Label("随同接收", "Taken along"),
        does=Label("那一件已由负责单位接收，这一件随同办理。", "The responsible unit has accepted the other; this one goes with it."),
        by=(SYSTEM,), needs="", when=(IS_JOINED,), tells=(SUBMITTER,), bulk=False,
        plain=Label("负责单位已经在办这件事", "The responsible unit is already working on it"),
    )  # fmt: skip


def with_joining(steps: Iterable[Step], open_states: frozenset[str]) -> tuple[Step, ...]:
    """The steps of a kind of case, those that follow marked as such, with the steps of joining."""
    own = tuple(steps)
    accept = next(step for step in own if step.name == "accept")
    return (*map(_marked, own), *_joining(accept, open_states))


def _marked(step: Step) -> Step:
    if step.name == "ask":
        return replace(step, when=(*step.when, HOLDS_UP_NONE))
    return replace(step, follows=True) if step.name in FOLLOWING else step
