"""The review ladder (信访工作条例 35, 36): a review of a claim and a second one of that, each a case of its own, and what
comes of them for the claim.

Who locks whom: a step on a review takes the step that comes of it on what it reviews, never the other way round; so two
people who work on both ends wait for each other in one order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.cases import publishing, recusal
from yipanqi.cases.actions import case_rows
from yipanqi.cases.models import MOST_ROUNDS, Case, Verdict
from yipanqi.cases.references import new_references, read_reference
from yipanqi.cases.steps.ladder import deciders, wanted
from yipanqi.cases.steps.review import CHANGED, REVOKED, UPHELD
from yipanqi.core import engine, gate, writing
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM, Actor, Channel
from yipanqi.core.kinds import Effect, Taking, kind_named
from yipanqi.core.models import Matter, MovePayload, Term, new_id
from yipanqi.core.procedure import Role
from yipanqi.organisations.models import Part
from yipanqi.organisations.parts import new_part
from yipanqi.organisations.reviewers import bodies_for

SUPPORTED = "supported"
ABOVE = {"claim": "review", "review": "second_review"}
WINDOWS = ("evaluate", "ask_review", "ask_second")
_NOISE = re.compile(r"[\s，。、；：！？,.;:!?“”\"'（）()]+")


def choices(case: Case) -> list[tuple[str, str]]:
    """The units to choose from for the next review, each with its basis."""
    text = _("%(unit)s（依据：%(basis)s）")
    return [
        (str(row.reviewer_id), text % {"unit": str(row.reviewer), "basis": row.basis})
        for row in bodies_for(deciders(case))
    ]


# --- asking ------------------------------------------------------------------------------------------------------------


def ask(taking: Taking) -> None:
    """Open the review as a case of its own: same submission, same sender, with the unit that was chosen in the lead."""
    case, body, today = taking.subject, taking.answers["body"], day_of(taking.at)
    if body.pk not in {row.reviewer_id for row in bodies_for(deciders(case), today)}:
        why = _("依法不能由这个单位审查，请从所列的单位中选择。")
        raise Refused(why, fields={"body": why})
    _in_time(taking)
    if case.reviewed_by.filter(open=True).exists():
        raise Refused(_("这份意见已经在审查。"))
    number = new_references(1)[0]
    value = kind_named(ABOVE[taking.matter.procedure]).procedure
    sender = (
        Part.objects.select_related("unit")
        .get(matter=taking.matter, role=Part.SENDER, until__isnull=True)
        .unit
    )
    opening = engine.Opening(
        procedure=value.code,
        step=value.initial.name,
        matter_id=new_id(),
        units={Role.SENDER: sender.pk, Role.LEAD: body.pk},
        payload={
            "channel": case.submission.channel,
            "submission": bytes(case.submission.digest).hex(),
            "reviews": case.number,
        },
        subject=case.submission,
    )
    role = Role.SUBMITTER if case.pk in taking.by.viewer.proved else Role.SENDER
    (matter,), rows = engine.opened(openings=[opening], by=Actor(taking.by.viewer, role), at=taking.at)
    review = Case(
        matter=matter,
        submission=case.submission,
        number=number,
        title=case.title,
        text=taking.answers["reason"],
        cleared=case.cleared,
        category=case.category,
        area=case.area,
        reviews=case,
        rung=case.rung + 1,
        reviewed_rung=case.rung,
    )
    lead = new_part(matter=matter, unit=body, role=Part.LEAD, at=taking.at)
    writing.insert([*rows, *case_rows(review, sender, taking.at), lead])
    taking.answers["into"] = number


def _in_time(taking: Taking) -> None:
    """A request is in time while its window runs, and when somebody had wanted it in time and no unit was on record."""
    window = taking.matter.terms.filter(code=taking.step.name, state=Term.RUNNING).first()
    if window is None or window.due_at is None or (taking.at >= window.due_at and not wanted(taking.matter)):
        raise Refused(_("这一步的期限已过，不能再办理。"))


def unreviewed(taking: Taking) -> None:
    """The time to ask is over; not where the office still owes an answer to whoever asked in time."""
    if wanted(taking.matter):
        raise Refused(_("本人在期限内要求过审查，还没有登记由哪个单位审查。"))
    if taking.matter.procedure == "claim":
        close_if_over(taking)
    else:
        taking.then.append(("close", {}))
        conclude(taking)


# --- what a claim does after its opinion ---------------------------------------------------------------------------------


def served(serve: Effect) -> Effect:
    """Service as it is recorded for each kind (serving.py), and what follows from it at once."""

    def effect(taking: Taking) -> None:
        serve(taking)
        if taking.matter.procedure == "claim":
            if taking.subject.outcome == SUPPORTED:
                taking.then.append(("begin_execution", {}))
        elif taking.matter.procedure == "second_review":
            conclude(taking)
        elif taking.subject.outcome == REVOKED:
            taking.then.append(("close", {}))
            conclude(taking)

    return effect


def answer(answer: Effect) -> Effect:
    """An opinion after a revocation may not be the same result on the same facts."""

    def effect(taking: Taking) -> None:
        if taking.subject.round > 1:
            _check_redone(taking)
        answer(taking)

    return effect


def _check_redone(taking: Taking) -> None:
    redo = taking.matter.moves.filter(step="redo").order_by("-number").first()
    before = _said(taking.matter.pk, before=redo.number) if redo is not None else {}
    same = before.get("outcome") == taking.answers["outcome"]
    if same and _plain(str(before.get("facts", ""))) == _plain(taking.answers["facts"]):
        why = _("原意见已被撤销，不得以同一事实和理由作出相同的结果：请写明重新查明的事实。")
        raise Refused(why, fields={"facts": why})


def _plain(text: str) -> str:
    return _NOISE.sub("", text)


def _said(matter: UUID, before: int | None = None) -> dict[str, object]:
    """What the last opinion said (before a move of that number)."""
    bodies = MovePayload.objects.filter(move__matter=matter, move__step="answer")
    if before is not None:
        bodies = bodies.filter(move__number__lt=before)
    body = bodies.order_by("-move__number").values_list("body", flat=True).first()
    return dict(json.loads(body)) if body else {}


def carry_out(taking: Taking) -> None:
    """Done on a day that was: not before the opinion was served, and not to come."""
    done, began = taking.answers["done_on"], taking.matter.terms.filter(code="execute").latest("id").day0
    last = taking.matter.moves.filter(step="answer").order_by("-number").first()
    first = day_of(last.at) if last is not None else began
    if not first <= done <= day_of(taking.at):
        why = _("完成日期须在作出意见之后，不晚于今天。")
        raise Refused(why, fields={"done_on": why})
    close_if_over(taking, served=True)


def judged(taking: Taking) -> None:
    """The time to judge is over: the verdict can be seen."""
    open_verdict(taking)
    close_if_over(taking)


def open_verdict(taking: Taking) -> None:
    Verdict.objects.filter(case=taking.subject, round=taking.subject.round).update(open_to_staff=True)


def close_if_over(taking: Taking, *, served: bool = False) -> None:
    """Close a served claim when none of its petitioner's windows runs any more."""
    open_now = (Term.RUNNING, Term.PAUSED)
    ending = taking.step.stops
    more = taking.matter.terms.filter(code__in=WINDOWS, state__in=open_now).exclude(code__in=ending)
    if (served or taking.matter.state == "served") and not more.exists():
        taking.then.append(("close", {}))


def review_over(taking: Taking) -> None:
    close_if_over(taking, served=True)


def redo(taking: Taking) -> None:
    """A round of its own: what was said of the opinion that is revoked stays with that one."""
    open_verdict(taking)
    publishing.take_off(taking)
    case = taking.subject
    case.round, case.outcome = min(case.round + 1, MOST_ROUNDS), ""
    case.save(update_fields=["round", "outcome"])


# --- what comes of a review ------------------------------------------------------------------------------------------------


def opinion(taking: Taking) -> None:
    """A change says what it changes the result to, and nothing else does."""
    changed = taking.answers["outcome"] == CHANGED
    if changed != bool(taking.answers["result"]):
        why = _("选“变更”的，请填变更后的结果；其他的不填。")
        raise Refused(why, fields={"result": why})
    taking.subject.outcome = taking.answers["outcome"]
    taking.subject.save(update_fields=["outcome"])


def hearing(taking: Taking) -> None:
    if taking.answers["held_on"] < day_of(taking.at):
        why = _("不能早于今天。")
        raise Refused(why, fields={"held_on": why})
    taking.own_dates["hearing"] = taking.answers["held_on"]


def withdrawn(taking: Taking) -> None:
    """A request that is taken back leaves the matter where it was decided last."""
    taking.subject.outcome = ""
    taking.subject.save(update_fields=["outcome"])
    conclude(taking)


def conclude(taking: Taking) -> None:
    """What the end of a review does to what it reviews: a second one ends the first, and either tells the claim."""
    case, at = taking.subject, taking.at
    claim = case.reviews
    if case.rung > 1:
        engine.take(matters=[claim.pk], step="settled", by=SYSTEM, at=at)
        claim = claim.reviews
    engine.take(matters=[claim.pk], step=_follows(case, claim), by=SYSTEM, at=at)


def _follows(last: Case, claim: Case) -> str:
    """The step of the claim that comes of the opinion that stands."""
    stands, result = last, last.outcome
    while result in ("", UPHELD) and stands.reviews is not None:
        stands = stands.reviews
        result = stands.outcome
    if result == REVOKED:
        return "redo"
    if result == CHANGED:
        result = str(_said(stands.pk).get("result", ""))
    elif _carried_out(claim):
        return "review_over"
    return "enforce" if result == SUPPORTED else "review_over"


def _carried_out(claim: Case) -> bool:
    last = claim.matter.moves.filter(step__in=("serve", "carry_out")).order_by("-number")
    return last.values_list("step", flat=True).first() == "carry_out"


def not_accept_again(taking: Taking) -> None:
    """The clerk names the second review of the same facts, which must be one they may find and that was decided."""
    number = read_reference(taking.answers["earlier"]) or ""
    found = Matter.objects.filter(
        gate.visible(taking.by.viewer, Channel.DESK),
        case__number=number,
        procedure="second_review",
        state="closed",
    ).first()
    if found is None:
        why = _("没有这个编号的复核，或者复核还没有送达。")
        raise Refused(why, fields={"earlier": why})
    taking.answers["earlier"] = number


def claim_effects(shared: Mapping[str, Effect]) -> dict[str, Effect]:
    """What the ladder adds to a claim's effects, given those of every case."""
    return {
        "answer": answer(shared["answer"]),
        "serve": served(shared["serve"]),
        "carry_out": carry_out,
        "ask_review": ask,
        "unreviewed": unreviewed,
        "judged": judged,
        "review_over": review_over,
        "redo": redo,
        "not_accept_again": not_accept_again,
        **recusal.EFFECTS,
    }


def review_effects(shared: Mapping[str, Effect], *, last: bool) -> dict[str, Effect]:
    """The effects of a review, or of the second one, which is the last."""
    own = {
        name: shared[name] for name in ("note", "open_identity", "end_mandate", "hand_over", "pause_calls")
    }
    return (
        own
        | recusal.EFFECTS
        | {
            "answer": opinion,
            "serve": served(shared["serve"]),
            "withdraw": withdrawn,
            **({"call_hearing": hearing} if last else {"ask_second": ask, "unreviewed": unreviewed}),
        }
    )
