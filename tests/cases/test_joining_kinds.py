"""Splitting and joining suggestions and claims, what only one kind knows, and what surrounds joining: co-units, batches,
the portal's own role."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.access.outlets import as_portal, current_user
from tests.cases.test_joining import MONDAY, TUESDAY, running, state, steps
from tests.cases.test_machine import TABLES
from tests.factories import OPINION, City, add_head, bring_to, file, make_city, record, submitter, take
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case
from yipanqi.core import bulk, gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM, Channel
from yipanqi.core.kinds import kind_named
from yipanqi.core.models import Matter, SearchEntry, Term
from yipanqi.core.verify import verify
from yipanqi.organisations.models import Part

KINDS = ("order", "suggestion", "claim")
SERVING = {"order": "auditor", "suggestion": "auditor", "claim": "insider"}
SERVICE = {"method": "in_person", "proof": "示例"}


def pair(city: City, kind: str, where: str, **more: Any) -> tuple[Filed, Filed]:
    """A head in a state, and another's case that was joined to it a day later."""
    head, other = file(city, at=MONDAY, kind=kind), file(city, at=TUESDAY, kind=kind, **more)
    bring_to(city, head, where, MONDAY)
    bring_to(city, other, "registered", TUESDAY)
    take(other.case.pk, "join", city.actor("clerk"), TUESDAY, head=head.reference)
    return head, other


def answered(city: City, head: Filed, kind: str, at: dt.datetime) -> None:
    outcome = {"order": "solved", "suggestion": "adopted", "claim": "explained"}[kind]
    known = OPINION if kind == "claim" else {"text": OPINION["text"]}
    take(head.case.pk, "answer", city.actor("insider"), at, **known | {"outcome": outcome})


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("where", ["registered", "forwarded", "handling"])
def test_each_kind_goes_with_its_head_to_an_answer_of_its_own(kind: str, where: str) -> None:
    city = make_city()
    head, other = pair(city, kind, where)
    if where == "registered":
        take(head.case.pk, "route", city.actor("clerk"), TUESDAY, unit="lamps", co_units=[])
    if where != "handling":
        notice = {"notice": "已受理。"} if kind == "claim" else {}
        take(head.case.pk, "accept", city.actor("insider"), TUESDAY, **notice)
    assert (state(head.case.pk), state(other.case.pk)) == ("handling", "handling")
    assert set(running(head.case.pk)) == set(running(other.case.pk)) == {"answer"}
    answered(city, head, kind, TUESDAY)
    back = ("take_back", "insider") if kind == "claim" else ("send_back", "auditor")
    take(head.case.pk, back[0], city.actor(back[1]), TUESDAY, reason="写明日期")
    answered(city, head, kind, TUESDAY)
    take(head.case.pk, "serve", city.actor(SERVING[kind]), TUESDAY, **SERVICE)
    for filed in (head, other):
        assert steps(filed.case.pk)[-4:] == ["answer", back[0], "answer", "serve"]
        assert set(running(filed.case.pk)) == {"evaluate"} | ({"ask_review"} if kind == "claim" else set())
    assert verify().faults == []


# (who, the step), from two cases that wait to be sent on to a service; every step that follows, but redirecting.
SENT = "clerk:route insider:request_return clerk:refuse_return insider:request_return clerk:agree_return clerk:route"
HOLDS = (
    "insider:request_hold clerk:refuse_hold insider:request_hold clerk:approve_hold insider:resume "
    "insider:request_hold clerk:approve_hold system:review_due"
)
LONGER = "insider:request_extension {0}:refuse_extension insider:request_extension {0}:approve_extension"
CHECKED = "insider:answer auditor:send_back insider:answer auditor:serve"
WHERE = {"where": "法院", "path": "court", "how": "起诉", "by_when": "六个月", "call_on": "2026-12-20"}
WAYS = {
    "order": f"{SENT} insider:accept {LONGER.format('clerk')} {HOLDS} {CHECKED}",
    "suggestion": f"{SENT} insider:accept {LONGER.format('clerk')} {CHECKED}",
    "claim": "clerk:route insider:request_return clerk:agree_return clerk:assign insider:request_return "
    "clerk:refuse_return insider:raise_dispute deputy:refuse_dispute insider:raise_dispute deputy:approve_dispute "
    "colleague:raise_dispute deputy:approve_dispute "
    f"insider:accept {LONGER.format('head')} "
    "insider:answer insider:take_back insider:answer insider:serve",
}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_that_follows_reaches_each(kind: str) -> None:
    city = add_head(make_city())
    head, other = pair(city, kind, "registered")
    every = OPINION | SERVICE | {
        "unit": "lamps", "co_units": [], "reason": "理由", "notice": "告知", "days": 3, "plan": "计划", "review_on": "2027-01-05",
        "duty": "三定方案", "basis": "三定方案", "demands": "退还多少", "report_on": "2026-12-20",
    }  # fmt: skip
    outcome = {"order": "solved", "suggestion": "adopted", "claim": "explained"}[kind]
    taken = set()
    for each in WAYS[kind].split():
        login, _colon, step = each.partition(":")
        asks = kind_named(kind).procedure.step[step].asks
        answers = {ask.name: every[ask.name] for ask in asks if ask.name in every}
        answers |= {"outcome": outcome} if "outcome" in answers else {}
        answers |= {"unit": "roads" if login == "insider" else "lamps"} if step == "raise_dispute" else {}
        take(head.case.pk, step, SYSTEM if login == "system" else city.actor(login), TUESDAY, **answers)
        assert steps(other.case.pk)[-1] == step
        assert state(other.case.pk) == state(head.case.pk)
        taken.add(step)
    elsewhere = {"redirect", "refuse_accept", "guide", "accept_duty", "answer_duty", "carry_out"} & TABLES[
        kind
    ].following
    assert taken | elsewhere == TABLES[kind].following
    assert verify().faults == []


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_what_belongs_elsewhere_is_redirected_for_each(kind: str) -> None:
    city = make_city()
    head, other = pair(city, kind, "registered")
    asked = [ask.name for ask in kind_named(kind).procedure.step["redirect"].asks]
    take(head.case.pk, "redirect", city.actor("clerk"), TUESDAY, **{name: WHERE.get(name) for name in asked})
    where = "guided" if kind == "claim" else "redirected"
    assert (state(head.case.pk), state(other.case.pk)) == (where, where)


@pytest.mark.django_db
def test_each_that_was_guided_together_is_called_back_by_itself() -> None:
    city = make_city()
    head, other = pair(city, "claim", "forwarded")
    take(head.case.pk, "guide", city.actor("insider"), TUESDAY, **WHERE)
    take(head.case.pk, "call_guided", city.actor("clerk"), TUESDAY, came="going")
    assert (state(head.case.pk), state(other.case.pk)) == ("redirected", "guided")
    assert set(running(other.case.pk)) == {"guidance"}
    take(other.case.pk, "come_back", submitter(other), TUESDAY, reason="那边不收")
    assert state(other.case.pk) == "registered"


@pytest.mark.django_db
def test_a_duty_is_accepted_and_answered_for_all() -> None:
    city = make_city()
    head, other = pair(city, "claim", "forwarded")
    take(head.case.pk, "accept_duty", city.actor("insider"), TUESDAY, notice="告知")
    answer = {"outcome": "done", "text": "已责令改正", "law": "示例条例", "remedy": "六个月内起诉"}
    take(head.case.pk, "answer_duty", city.actor("insider"), TUESDAY, **answer, **SERVICE)
    for filed in (head, other):
        assert steps(filed.case.pk)[-2:] == ["accept_duty", "answer_duty"]
        assert set(running(filed.case.pk)) == {"evaluate"}


@pytest.mark.django_db
def test_what_is_upheld_is_carried_out_for_all() -> None:
    city = make_city()
    head, other = pair(city, "claim", "handling")
    take(head.case.pk, "answer", city.actor("insider"), TUESDAY, **OPINION | {"outcome": "supported"})
    take(head.case.pk, "serve", city.actor("insider"), TUESDAY, **SERVICE)
    assert (state(head.case.pk), state(other.case.pk)) == ("executing", "executing")
    done = {"text": "已退还", "proof": "回单", "done_on": TUESDAY.date().isoformat()}
    take(head.case.pk, "carry_out", city.actor("insider"), TUESDAY, **done)
    for filed in (head, other):
        assert steps(filed.case.pk)[-3:] == ["serve", "begin_execution", "carry_out"]
        assert set(running(filed.case.pk)) == {"evaluate", "ask_review"}
    assert verify().faults == []


@pytest.mark.django_db
def test_a_claim_that_is_taken_along_has_its_notice_of_acceptance_and_its_limit() -> None:
    city = make_city()
    _head, other = pair(city, "claim", "handling")
    assert steps(other.case.pk)[-3:] == ["join", "route", "taken_along"]
    ended = dict(Term.objects.filter(matter=other.case.pk).values_list("code", "state"))
    assert ended == {"route": Term.MET, "accept": Term.MET, "object": Term.DROPPED, "answer": Term.RUNNING}
    assert running(other.case.pk)["answer"].day0 == TUESDAY.date()
    view = gate.present(Matter.objects.get(pk=other.case.pk), submitter(other).viewer, Channel.PORTAL)
    assert [(d.kind, d.text) for d in view.documents] == [("taken_along", "已受理，六十日内答复。")]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_to_be_accepted_is_taken_along_at_once(kind: str) -> None:
    city = make_city()
    head, other = (file(city, at=at, kind=kind) for at in (MONDAY, TUESDAY))
    bring_to(city, head, "handling", MONDAY)
    bring_to(city, other, "forwarded", TUESDAY)
    late = MONDAY + dt.timedelta(days=30)
    take(other.case.pk, "join", city.actor("clerk"), late, head=head.reference)
    assert steps(other.case.pk)[-2:] == ["join", "taken_along"]
    assert set(running(other.case.pk)) == {"answer"}
    # Nothing is gained by accepting late: the limit for an opinion runs from the day acceptance was due.
    accept = Term.objects.get(matter=other.case.pk, code="accept")
    day0 = accept.due_effective if kind == "claim" else TUESDAY.date()
    assert running(other.case.pk)["answer"].day0 == day0


@pytest.mark.django_db
def test_whoever_asks_for_all_cannot_grant_it_for_all() -> None:
    city = add_head(make_city())
    head, other = pair(city, "claim", "handling")
    take(head.case.pk, "request_extension", city.actor("head"), TUESDAY, reason="等料", days=3)
    with pytest.raises(Refused, match="申请的人不能自己决定"):
        take(head.case.pk, "approve_extension", city.actor("head"), TUESDAY, notice="等料")
    assert [Matter.objects.get(pk=f.case.pk).pending for f in (head, other)] == ["extension"] * 2


@pytest.mark.django_db
def test_a_claim_kept_from_the_other_side_stays_so_when_it_goes_with_another() -> None:
    city = make_city()
    _head, other = pair(city, "claim", "handling", anonymity="handler_only")
    for login, knows in (("insider", True), ("colleague", False), ("clerk", True)):
        take_open = {"purpose": "contact"}
        if knows:
            take(other.case.pk, "open_identity", city.actor(login), TUESDAY, **take_open)
        else:
            with pytest.raises(Refused):
                take(other.case.pk, "open_identity", city.actor(login), TUESDAY, **take_open)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_split_off_begins_as_its_kind_does_and_can_be_found(kind: str) -> None:
    city = make_city()
    filed = file(city, at=MONDAY, kind=kind)
    words = {"title": "路面坑洼", "text": "同一路口路面有坑", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "split", city.actor("clerk"), TUESDAY, **words)
    part = Case.objects.get(submission=filed.submission, title="路面坑洼")
    assert part.matter.procedure == kind
    # It comes cleared, so a suggestion is screened already; the limit to send it on counts from receipt.
    assert set(running(part.pk)) == {"route"}
    assert running(part.pk)["route"].due_effective == running(filed.case.pk)["route"].due_effective
    assert (part.stands, part.head_stands, part.joined_to_id) == (True, True, None)
    assert "同一路口路面有坑" in SearchEntry.objects.get(pk=part.pk).body
    assert verify().faults == []


@pytest.mark.django_db
def test_other_kinds_and_what_was_handled_long_ago_are_no_heads() -> None:
    city = make_city()
    other = file(city, at=TUESDAY)
    bring_to(city, other, "registered", TUESDAY)
    claim, past = file(city, at=MONDAY, kind="claim"), record(city, MONDAY)
    for head, why in ((claim, "同一类"), (past, "不能一起办理")):
        with pytest.raises(Refused, match=why):
            take(other.case.pk, "join", city.actor("clerk"), TUESDAY, head=head.reference)


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["registered", "handling"])
def test_what_a_co_unit_owes_it_owes_once_for_all(where: str) -> None:
    city = make_city()
    head, other = pair(city, "order", where)
    if where == "registered":
        share = [{"unit": "roads", "asked": "查线缆", "until": "2026-11-26"}]
        take(head.case.pk, "route", city.actor("clerk"), TUESDAY, unit="lamps", co_units=share)
    owed = {p.matter_id: p.due_at is not None for p in Part.objects.filter(role="co", until=None)}
    assert owed == {head.case.pk: True, other.case.pk: False}


@pytest.mark.django_db
def test_a_batch_locks_what_is_joined_and_takes_it_along() -> None:
    city = make_city()
    head, other = pair(city, "order", "registered")
    third = file(city, at=TUESDAY)
    bring_to(city, third, "registered", TUESDAY)
    same = {"unit": "lamps", "co_units": []}
    answers = {head.case.pk: same, third.case.pk: {**same, "unit": "roads"}}
    bulk.take_all(answers=answers, step="route", by=city.actor("clerk"), at=TUESDAY)
    assert {state(f.case.pk) for f in (head, other, third)} == {"forwarded"}


@pytest.mark.django_db(transaction=True)
def test_a_head_is_withdrawn_and_second_handling_wanted_with_the_portals_role() -> None:
    """What only the portal's role has to do: it parts others' cases, of which it may write no more than of its own."""
    city = make_city()
    head, other = pair(city, "order", "handling")
    served, unhappy = pair(city, "order", "handling")
    answered(city, served, "order", TUESDAY)
    take(served.case.pk, "serve", city.actor("auditor"), TUESDAY, **SERVICE)
    with as_portal():
        assert current_user() == "yipanqi_portal"
        take(head.case.pk, "withdraw", submitter(head), TUESDAY)
        take(unhappy.case.pk, "evaluate", submitter(unhappy), TUESDAY, grade="not_satisfied", solved="no")
        take(unhappy.case.pk, "second_handling", submitter(unhappy), TUESDAY, understood=True)
    for filed in (other, unhappy):
        matter = Matter.objects.get(pk=filed.case.pk)
        assert steps(matter.pk)[-1] == "parted"
        assert (matter.state, matter.holder) == ("handling", city.units["lamps"].pk)
    assert verify().faults == []
