"""The review ladder by the law it stands on (信访工作条例 32, 35 to 37, 40, 42): its clocks, its bodies, what comes of it."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from tests.access.outlets import as_portal
from tests.cases.ladder_world import (
    REVIEWED,
    ROWS,
    SERVICE,
    add_bodies,
    ask_review,
    ask_second,
    at,
    decide,
    owner,
    served,
)
from tests.factories import OPINION, City, bring_to, file, make_city, submitter, take
from yipanqi.cases.ladder import choices
from yipanqi.cases.models import Case, Verdict
from yipanqi.core import engine, gate
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Change, Matter, Term
from yipanqi.core.verify import verify
from yipanqi.insight.rollup import standings
from yipanqi.organisations.models import LawfulReviewer
from yipanqi.organisations.reviewers import ReviewerRow, keep_reviewers
from yipanqi.organisations.timeline import documents, history_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return add_bodies(make_city())


def state(pk: UUID) -> str:
    return Matter.objects.get(pk=pk).state


def term(pk: UUID, code: str) -> Term:
    return Term.objects.filter(matter=pk, code=code).latest("id")


def running(pk: UUID) -> set[str]:
    return set(Term.objects.filter(matter=pk, state=Term.RUNNING).values_list("code", flat=True))


def steps(pk: UUID) -> list[str]:
    return list(Matter.objects.get(pk=pk).moves.order_by("number").values_list("step", flat=True))


# --- T7 to T10 -------------------------------------------------------------------------------------------------------


def test_the_time_to_ask_runs_from_actual_receipt(city: City) -> None:
    filed = file(city, at=at("2026-08-03"), kind="claim")
    bring_to(city, filed, "answered", at("2026-08-03"))
    insider = city.actor("insider")
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take(filed.case.pk, "serve", insider, at("2026-08-20"), method="post", proof="EMS 1")
    assert set(refusal.value.fields) == {"served_on"}
    assert not Term.objects.filter(matter=filed.case.pk, code="ask_review").exists()
    post = {"method": "post", "proof": "EMS 1", "served_on": "2026-08-10"}
    take(filed.case.pk, "serve", insider, at("2026-08-20"), **post)
    window = term(filed.case.pk, "ask_review")
    assert (window.day0, window.due_raw) == (dt.date(2026, 8, 10), dt.date(2026, 9, 9))


@pytest.mark.parametrize(
    ("served_on", "raw", "effective"),
    [("2026-09-01", "2026-10-01", "2026-10-08"), ("2026-08-03", "2026-09-02", "2026-09-02")],
)
def test_the_effective_day_favours_whoever_asks(city: City, served_on: str, raw: str, effective: str) -> None:
    filed = served(city, served_on)
    window = term(filed.case.pk, "ask_review")
    assert (str(window.due_raw), str(window.due_effective)) == (raw, effective)
    engine.lapse_due(at=at(effective, 23))
    ask_review(city, filed, at(effective, 23))
    assert state(filed.case.pk) == "reviewing"


def test_after_the_last_day_nobody_asks_and_it_is_told_that_it_ended_without_a_review(city: City) -> None:
    filed = served(city, "2026-08-03")
    with pytest.raises(Refused), transaction.atomic():
        ask_review(city, filed, at("2026-09-03", 1))
    engine.lapse_due(at=at("2026-09-03", 1))
    assert state(filed.case.pk) == "closed"
    assert steps(filed.case.pk)[-3:] == ["judged", "unreviewed", "close"]
    view = gate.present(Matter.objects.get(pk=filed.case.pk), submitter(filed).viewer, Channel.PORTAL)
    assert "没有在期限内请求复查" in " ".join(event.label for event in view.events)


def test_each_rung_has_its_body_and_thirty_days_of_its_own(city: City) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-10"))
    assert (Matter.objects.get(pk=review.pk).holder, state(review.pk)) == (
        city.units["government"].pk,
        "requested",
    )
    assert str(term(review.pk, "answer").due_raw) == "2026-09-09"
    decide(city, review, at("2026-08-20"))
    assert running(review.pk) == {"ask_second"}
    assert str(term(review.pk, "ask_second").day0) == "2026-08-20"
    second = ask_second(city, review, at("2026-08-24"))
    assert str(term(second.pk, "answer").due_raw) == "2026-09-23"
    assert Matter.objects.get(pk=second.pk).holder == city.units["province"].pk
    assert (state(filed.case.pk), state(review.pk)) == ("reviewing", "reviewing")
    decide(city, second, at("2026-09-01"), "second")
    assert [state(pk) for pk in (second.pk, review.pk)] == ["closed", "closed"]
    # The verdict on the claim's own handling may still be given: that clock is not lost with the review.
    assert (state(filed.case.pk), running(filed.case.pk)) == ("served", {"evaluate"})
    engine.lapse_due(at=at("2026-09-03", 1))
    assert state(filed.case.pk) == "closed"
    assert verify().faults == []


def test_the_hearing_does_not_count_and_in_the_second_review_alone(city: City) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-10"))
    take(review.pk, "accept", city.actor("reviewer"), at("2026-08-11"), notice="受理")
    with pytest.raises(NotAllowed), transaction.atomic():
        take(
            review.pk,
            "call_hearing",
            city.actor("reviewer"),
            at("2026-08-11"),
            notice="x",
            held_on="2026-08-20",
        )
    take(review.pk, "answer", city.actor("reviewer"), at("2026-08-11"), **REVIEWED)
    take(review.pk, "serve", city.actor("reviewer"), at("2026-08-11"), **SERVICE)
    second, by = ask_second(city, review, at("2026-08-12")), city.actor("second")
    take(second.pk, "accept", by, at("2026-08-13"), notice="受理")
    before = term(second.pk, "answer").due_raw
    take(second.pk, "call_hearing", by, at("2026-08-14"), notice="三十日听证", held_on="2026-08-20")
    assert (term(second.pk, "answer").state, running(second.pk)) == (Term.PAUSED, {"hearing"})
    take(second.pk, "end_hearing", by, at("2026-08-24"), record="各方陈述了意见")
    after = term(second.pk, "answer")
    assert before is not None
    assert after.due_raw == before + dt.timedelta(days=10)


# --- whose it is -----------------------------------------------------------------------------------------------------


def test_the_petitioner_chooses_where_the_law_gives_a_choice(city: City) -> None:
    filed = served(city, "2026-08-03")
    offered = choices(Case.objects.get(pk=filed.case.pk))
    assert {code for code, _text in offered} == {str(city.units[c].pk) for c in ("government", "bureau")}
    assert all("信访工作条例 35" in text for _code, text in offered)
    review = ask_review(city, filed, at("2026-08-10"), body="bureau")
    assert Matter.objects.get(pk=review.pk).holder == city.units["bureau"].pk


@pytest.mark.parametrize("body", ["lamps", "roads", "province", "hotline"])
def test_no_other_unit_reviews_it(city: City, body: str) -> None:
    filed = served(city, "2026-08-03")
    with pytest.raises(Refused) as refusal, transaction.atomic():
        ask_review(city, filed, at("2026-08-10"), body=body)
    assert set(refusal.value.fields) == {"body"}


def test_the_decider_and_who_is_under_it_never_review(city: City) -> None:
    for unit, reviewer in (("lamps", "lamps"), ("city", "lamps")):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            keep_reviewers(rows=[ReviewerRow(unit, reviewer, "x")], by=None, at=at("2026-08-01"))
        assert set(refusal.value.fields) == {"reviewer"}
    with pytest.raises(IntegrityError, match="nobody_reviews_their_own_opinion"), transaction.atomic():
        LawfulReviewer.objects.create(
            unit=city.units["lamps"], reviewer=city.units["lamps"], basis="x", valid_from=dt.date(2026, 1, 1)
        )
    # A row that was lawful when it was entered is none for who comes under the decider later, or decided before.
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-10"))
    decide(city, review, at("2026-08-11"))
    keep_reviewers(rows=[ReviewerRow("government", "lamps", "x")], by=None, at=at("2026-08-11"))
    assert [text.partition("（")[0] for _code, text in choices(Case.objects.get(pk=review.pk))] == [
        "示例省政府"
    ]


def test_where_nobody_is_on_record_the_office_is_told_and_the_request_is_in_time() -> None:
    city = add_bodies(make_city(), rows=ROWS[2:])
    filed = served(city, "2026-08-03")
    with pytest.raises(Refused, match="还没有登记由哪个单位审查"), transaction.atomic():
        ask_review(city, filed, at("2026-08-10"))
    take(filed.case.pk, "want_review", submitter(filed), at("2026-08-10"))
    with pytest.raises(Refused, match="已经记下了"), transaction.atomic():
        take(filed.case.pk, "want_review", submitter(filed), at("2026-08-11"))
    engine.lapse_due(at=at("2026-09-10"))
    assert state(filed.case.pk) == "served"
    keep_reviewers(rows=[ReviewerRow(*ROWS[0])], by=None, at=at("2026-09-11"))
    ask_review(city, filed, at("2026-09-12"))
    assert state(filed.case.pk) == "reviewing"


def test_a_row_is_dated_and_leaves_its_trace(city: City) -> None:
    row = ReviewerRow("lamps", "bureau", "信访工作条例 35", valid_to=dt.date(2026, 8, 1))
    assert keep_reviewers(rows=[row], by=None, at=at("2026-08-01")) == [True]
    assert keep_reviewers(rows=[ReviewerRow(*ROWS[0])], by=None, at=at("2026-08-01")) == [False]
    filed = served(city, "2026-08-03")
    assert len(choices(Case.objects.get(pk=filed.case.pk))) == 1
    assert Change.objects.filter(what="lawful_reviewer", object_id="lamps").count() == 3


# --- what the reviewing body sees --------------------------------------------------------------------------------------


def test_the_body_has_opinion_and_history_and_finds_the_claim_itself_nowhere(city: City) -> None:
    filed = served(city, "2026-08-03")
    take(filed.case.pk, "evaluate", submitter(filed), at("2026-08-04"), grade="not_satisfied", solved="no")
    review, reader = ask_review(city, filed, at("2026-08-10")), city.viewer("reviewer")
    view = gate.present(Matter.objects.get(pk=review.pk), reader, Channel.DESK)
    (below,) = view.below
    assert below.number == filed.case.number
    assert OPINION["facts"] in next(one for one in reversed(below.documents) if not one.record).text
    assert {"accept", "answer", "serve"} <= {event.step for event in below.events}
    # No note between units, and no verdict before its window ends (trust-and-ux H6).
    assert not {"evaluate", "note", "office_note", "urge"} & {event.step for event in below.events}
    assert gate.find(filed.case.pk, reader, Channel.DESK) is None
    assert gate.find(review.pk, city.viewer("insider"), Channel.DESK) is None
    assert view.text == "没有查清"


# --- what comes of it --------------------------------------------------------------------------------------------------


def test_a_revoked_opinion_is_handled_anew_and_not_with_the_same_result_on_the_same_facts(city: City) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-10"))
    decide(city, review, at("2026-08-20"), outcome="revoked")
    assert (state(filed.case.pk), state(review.pk)) == ("handling", "closed")
    assert running(filed.case.pk) == {"answer"}
    assert str(term(filed.case.pk, "answer").day0) == "2026-08-20"
    insider, same = city.actor("insider"), OPINION | {"facts": "经核实 ，多收一次"}
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take(filed.case.pk, "answer", insider, at("2026-08-21"), **same)
    assert set(refusal.value.fields) == {"facts"}
    take(filed.case.pk, "answer", insider, at("2026-08-21"), **same | {"facts": "补充查明：多收两次。"})
    take(filed.case.pk, "serve", insider, at("2026-08-22"), **SERVICE)
    assert running(filed.case.pk) == {"evaluate", "ask_review"}
    ask_review(city, filed, at("2026-08-23"))
    assert Case.objects.filter(reviews=filed.case.pk).count() == 2
    assert Case.objects.get(pk=filed.case.pk).round == 2


@pytest.mark.parametrize(
    ("own", "said", "then"),
    [
        ("supported", {"outcome": "upheld"}, "executing"),
        ("explained", {"outcome": "upheld"}, "served"),
        ("explained", {"outcome": "changed", "result": "supported"}, "executing"),
        ("supported", {"outcome": "changed", "result": "rejected"}, "served"),
    ],
)
def test_what_stands_in_the_end_is_carried_out(city: City, own: str, said: dict[str, Any], then: str) -> None:
    filed = served(city, "2026-08-03", outcome=own)
    review = ask_review(city, filed, at("2026-08-05"))
    decide(city, review, at("2026-08-06"), **said)
    second = ask_second(city, review, at("2026-08-07"))
    decide(city, second, at("2026-08-08"), "second", outcome="upheld")
    assert state(filed.case.pk) == then


@pytest.mark.parametrize("said", [{"outcome": "changed"}, {"outcome": "upheld", "result": "supported"}])
def test_a_change_says_to_what(city: City, said: dict[str, Any]) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-05"))
    with pytest.raises(Refused) as refusal, transaction.atomic():
        decide(city, review, at("2026-08-06"), **said)
    assert set(refusal.value.fields) == {"result"}


@pytest.mark.parametrize("missing", sorted(REVIEWED))
def test_an_opinion_on_a_review_lacks_none_of_its_parts(city: City, missing: str) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-05"))
    with pytest.raises(Refused) as refusal, transaction.atomic():
        decide(city, review, at("2026-08-06"), **{missing: ""})
    assert set(refusal.value.fields) == {missing}


def test_its_time_over_without_a_second_review_the_claim_ends(city: City) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-05"))
    decide(city, review, at("2026-08-06"))
    engine.lapse_due(at=at("2026-09-08"))
    assert (state(review.pk), state(filed.case.pk)) == ("closed", "closed")
    assert steps(review.pk)[-2:] == ["unreviewed", "close"]


def test_a_request_that_is_taken_back_leaves_the_opinion_as_it_was(city: City) -> None:
    filed = served(city, "2026-08-03", outcome="supported")
    review = ask_review(city, filed, at("2026-08-05"))
    take(review.pk, "withdraw", owner(review), at("2026-08-06"))
    assert (state(review.pk), state(filed.case.pk)) == ("withdrawn", "executing")
    assert running(filed.case.pk) == {"evaluate", "execute"}


def test_the_claim_leads_to_its_review_and_back_for_whoever_may_find_it(city: City) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-05"))

    def ties(pk: UUID, login: str) -> list[tuple[str, UUID | None]]:
        view = gate.present(Matter.objects.get(pk=pk), city.viewer(login), Channel.DESK)
        return [(tie.what, tie.matter) for tie in view.trail.ties]

    assert ties(filed.case.pk, "clerk") == [("reviewed", review.pk)]
    assert ties(review.pk, "clerk") == [("reviews", filed.case.pk)]
    assert ties(filed.case.pk, "insider") == [("reviewed", None)]


# --- execution ---------------------------------------------------------------------------------------------------------


def test_closed_waits_for_what_the_opinion_supports(city: City) -> None:
    filed = served(city, "2026-08-03", outcome="supported")
    assert running(filed.case.pk) == {"evaluate", "ask_review", "execute"}
    matter = Matter.objects.get(pk=filed.case.pk)
    assert (matter.state, matter.holder) == ("executing", city.units["lamps"].pk)
    engine.lapse_due(at=at("2026-09-10"))
    assert (state(filed.case.pk), running(filed.case.pk)) == ("executing", {"execute"})
    done = {"text": "已退还", "proof": "回单 1", "done_on": "2026-09-12"}
    for wrong in ("2026-08-01", "2026-09-14"):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            take(
                filed.case.pk,
                "carry_out",
                city.actor("insider"),
                at("2026-09-13"),
                **done | {"done_on": wrong},
            )
        assert set(refusal.value.fields) == {"done_on"}
    take(filed.case.pk, "carry_out", city.actor("insider"), at("2026-09-13"), **done)
    assert (state(filed.case.pk), term(filed.case.pk, "execute").late) == ("closed", True)
    told = [d for d in documents(history_of(filed.case.matter)) if d.kind == "carry_out"]
    assert "已退还" in told[0].text
    assert "回单" not in told[0].text


def test_what_was_carried_out_in_time_waits_for_the_petitioners_windows(city: City) -> None:
    filed = served(city, "2026-08-03", outcome="supported")
    done = {"text": "已退还", "proof": "回单 1", "done_on": "2026-08-04"}
    take(filed.case.pk, "carry_out", city.actor("insider"), at("2026-08-04"), **done)
    assert (state(filed.case.pk), running(filed.case.pk)) == ("served", {"evaluate", "ask_review"})
    review = ask_review(city, filed, at("2026-08-10"))
    decide(city, review, at("2026-08-11"))
    engine.lapse_due(at=at("2026-09-20"))
    assert state(filed.case.pk) == "closed"


def test_no_verdict_is_seen_before_its_time_whatever_the_review_does(city: City) -> None:
    filed = served(city, "2026-08-03")
    take(filed.case.pk, "evaluate", submitter(filed), at("2026-08-04"), grade="not_satisfied", solved="no")
    review = ask_review(city, filed, at("2026-08-05"))
    decide(city, review, at("2026-08-06"))
    assert not Verdict.objects.get(case=filed.case.pk).open_to_staff
    engine.lapse_due(at=at("2026-09-03", 1))
    assert Verdict.objects.get(case=filed.case.pk).open_to_staff


# --- after the second review -------------------------------------------------------------------------------------------


def test_the_same_is_not_accepted_again_and_help_goes_on(city: City) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-05"))
    decide(city, review, at("2026-08-06"))
    second = ask_second(city, review, at("2026-08-07"))
    again, clerk = file(city, at=at("2026-08-08"), kind="claim"), city.actor("clerk")
    for wrong in (review.number, second.number, "不是编号"):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            take(again.case.pk, "not_accept_again", clerk, at("2026-08-08"), earlier=wrong, reason="同一件")
        assert set(refusal.value.fields) == {"earlier"}
    decide(city, second, at("2026-08-09"), "second")
    take(again.case.pk, "not_accept_again", clerk, at("2026-08-10"), earlier=second.number, reason="同一件")
    assert state(again.case.pk) == "not_accepted"
    (notice,) = documents(history_of(again.case.matter))
    assert notice.title == "不再受理告知书"
    for pk, by in ((again.case.pk, "clerk"), (second.pk, "second")):
        take(pk, "help", city.actor(by), at("2026-08-11"), kind="support", text="联系了救助")
    assert verify().faults == []


def test_a_matter_on_the_ladder_is_counted_once(city: City) -> None:
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-05"))
    assert set(standings([filed.case.pk, review.pk])) == {filed.case.pk}


# --- what the database keeps ---------------------------------------------------------------------------------------------


def test_a_review_is_one_of_the_rung_below_and_of_the_same_submission(city: City) -> None:
    filed, other = served(city, "2026-08-03"), served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-05"))
    assert (review.rung, review.submission_id) == (1, filed.submission.pk)
    for change in (
        {"reviews": other.case.pk},
        {"rung": 2},
        {"reviewed_rung": 1, "rung": 2},
        {"reviews": review.pk},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=review.pk).update(**change)
    with pytest.raises(IntegrityError, match="a_review_stands_one_rung_up"), transaction.atomic():
        Case.objects.filter(pk=other.case.pk).update(reviews=filed.case.pk)


@pytest.mark.django_db(transaction=True)
def test_a_review_is_asked_for_and_taken_back_with_the_portals_role() -> None:
    city = add_bodies(make_city())
    filed = served(city, "2026-08-03")
    with as_portal():
        review = ask_review(city, filed, at("2026-08-05"))
        take(review.pk, "withdraw", owner(review), at("2026-08-06"))
    assert (state(review.pk), state(filed.case.pk)) == ("withdrawn", "served")
    assert verify().faults == []


def test_the_desk_asks_on_their_behalf_and_nobody_else_does(city: City) -> None:
    filed = served(city, "2026-08-03")
    with pytest.raises(NotAllowed), transaction.atomic():
        ask_review(city, filed, at("2026-08-05"), by=city.actor("insider"))
    review = ask_review(city, filed, at("2026-08-05"), by=city.actor("clerk"))
    assert Matter.objects.get(pk=review.pk).moves.get(number=1).actor_role == "sender"
