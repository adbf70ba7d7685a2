"""Recusal (信访工作条例 28¶3): by the officer, by the party, by the system where it can know; colleagues go on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from tests.cases.ladder_world import SERVICE, add_bodies, ask_review, at, served
from tests.cases.test_claim import claim
from tests.factories import DAY, OPINION, City, add_head, make_city, submitter, take
from tests.web.desk_helpers import page_of
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case
from yipanqi.core import engine
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Matter, Move, Term
from yipanqi.organisations.actions import appoint
from yipanqi.organisations.timeline import documents, history_of, open_dues, timeline
from yipanqi.people.models import Role

pytestmark = pytest.mark.django_db
ACCEPTED = {"notice": "已受理，六十日内答复。"}
ASKED = {"reason": "经办的人是对方的亲戚。"}


@pytest.fixture
def city() -> City:
    return add_head(make_city())


def no(filed: Filed, step: str, by: Actor, day: str, **answers: Any) -> str:
    """The step is refused for whom it is; nothing has happened."""
    before = Matter.objects.get(pk=filed.case.pk).moves_count
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take(filed.case.pk, step, by, at(day), **answers)
    assert Matter.objects.get(pk=filed.case.pk).moves_count == before
    return refusal.value.message


def open_to(filed: Filed, city: City, login: str, day: str = "2026-08-06") -> set[str]:
    case = Case.objects.select_related("matter", "submission").get(pk=filed.case.pk)
    return {step.name for step in engine.open_steps(case.matter, case, city.actor(login), at(day))}


# --- the officer -----------------------------------------------------------------------------------------------------


def test_an_officer_steps_back_and_takes_no_later_step_while_a_colleague_goes_on(city: City) -> None:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-04"), **ACCEPTED)
    due = Term.objects.get(matter=filed.case.pk, code="answer").due_effective
    assert {"answer", "recuse", "note"} <= open_to(filed, city, "insider")
    take(filed.case.pk, "recuse", city.actor("insider"), at("2026-08-05"), reason="对方是我的亲戚")
    assert open_to(filed, city, "insider") == set()
    for step, answers in (
        ("answer", OPINION),
        ("note", {"text": "请快办"}),
        ("open_identity", {"purpose": "contact"}),
    ):
        assert "您已回避" in no(filed, step, city.actor("insider"), "2026-08-06", **answers)
    take(filed.case.pk, "answer", city.actor("head"), at("2026-08-07"), **OPINION)
    take(filed.case.pk, "serve", city.actor("head"), at("2026-08-07"), **SERVICE)
    assert Term.objects.get(matter=filed.case.pk, code="answer").due_effective == due


def test_it_holds_for_that_case_alone(city: City) -> None:
    one, other = claim(city, "2026-08-03"), claim(city, "2026-08-03")
    take(one.case.pk, "recuse", city.actor("insider"), at("2026-08-04"), reason="亲戚")
    assert open_to(one, city, "insider") == set()
    take(other.case.pk, "accept", city.actor("insider"), at("2026-08-04"), **ACCEPTED)


def test_it_holds_in_every_part_and_under_another_post(city: City) -> None:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "recuse", city.actor("colleague"), at("2026-08-04"), reason="亲戚")
    row = (
        city.accounts["colleague"],
        Role.objects.get(code="handler"),
        city.units["lamps"],
        "兼岗",
        "second post",
    )
    appoint(rows=[row], valid_from=DAY, by=None, at=city.at)
    assert "您已回避" in no(filed, "accept", city.actor("colleague"), "2026-08-05", **ACCEPTED)


def test_a_clerk_steps_back_and_another_forwards(city: City) -> None:
    filed = claim(city, "2026-08-03", "registered")
    take(filed.case.pk, "recuse", city.actor("clerk"), at("2026-08-03"), reason="邻居")
    assert "您已回避" in no(filed, "route", city.actor("clerk"), "2026-08-04", unit="lamps")
    take(filed.case.pk, "route", city.actor("clerk2"), at("2026-08-04"), unit="lamps")


def test_the_reason_is_the_units_own_and_the_person_reads_that_somebody_stepped_back(city: City) -> None:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "recuse", city.actor("insider"), at("2026-08-04"), reason="对方是我的亲戚")
    history = history_of(Matter.objects.get(pk=filed.case.pk))
    (told,) = [e for e in timeline(history, at=at("2026-08-05"), public=True) if e.step == "recuse"]
    assert "亲戚" not in told.text
    assert "示例insider" not in told.text + told.who
    assert "亲戚" in page_of(city, "head", filed.case.pk)


# --- the party -------------------------------------------------------------------------------------------------------


def asked_for(city: City) -> Filed:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-08-04"), **ACCEPTED)
    take(filed.case.pk, "ask_recusal", submitter(filed), at("2026-08-05"), **ASKED)
    return filed


def written(filed: Filed) -> list[tuple[str, str]]:
    found = documents(history_of(Matter.objects.get(pk=filed.case.pk)), public=True)
    return [(d.title, d.text) for d in found if d.title == "回避决定书"]


def test_the_head_grants_it_with_reasons_in_writing_and_the_handler_takes_no_later_step(city: City) -> None:
    filed = asked_for(city)
    take(
        filed.case.pk,
        "grant_recusal",
        city.actor("head"),
        at("2026-08-06"),
        notice="确有利害关系，换人办理。",
    )
    ((_title, text),) = written(filed)
    assert "确有利害关系" in text
    assert "您已回避" in no(filed, "answer", city.actor("insider"), "2026-08-07", **OPINION)
    take(filed.case.pk, "answer", city.actor("head"), at("2026-08-07"), **OPINION)


def test_a_refusal_has_reasons_too_and_the_handler_goes_on(city: City) -> None:
    filed = asked_for(city)
    assert no(filed, "refuse_recusal", city.actor("head"), "2026-08-06", notice="")
    take(filed.case.pk, "refuse_recusal", city.actor("head"), at("2026-08-06"), notice="查无利害关系。")
    assert [text for _t, text in written(filed) if "查无利害关系" in text]
    take(filed.case.pk, "answer", city.actor("insider"), at("2026-08-07"), **OPINION)


@pytest.mark.parametrize("step", ["grant_recusal", "refuse_recusal"])
def test_nobody_decides_about_themselves_nor_without_the_power(city: City, step: str) -> None:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "accept", city.actor("head"), at("2026-08-04"), **ACCEPTED)
    take(filed.case.pk, "ask_recusal", submitter(filed), at("2026-08-05"), **ASKED)
    assert "不能决定自己的回避" in no(filed, step, city.actor("head"), "2026-08-06", notice="理由")
    with pytest.raises(NotAllowed), transaction.atomic():
        take(filed.case.pk, step, city.actor("insider"), at("2026-08-06"), notice="理由")
    # Who steps back by themselves is not the handler any more, and whoever is left may be asked about.
    take(filed.case.pk, "recuse", city.actor("head"), at("2026-08-06"), reason="亲戚")
    assert "您已回避" in no(filed, step, city.actor("head"), "2026-08-06", notice="理由")


def test_a_request_stops_no_clock_holds_nothing_up_and_is_due_in_five_working_days(city: City) -> None:
    filed = asked_for(city)
    term = Term.objects.get(matter=filed.case.pk, code="recusal")
    assert (term.state, str(term.due_effective)) == (Term.RUNNING, "2026-08-12")
    assert Term.objects.get(matter=filed.case.pk, code="answer").state == Term.RUNNING
    take(filed.case.pk, "request_extension", city.actor("insider"), at("2026-08-06"), reason="复杂", days=10)
    take(filed.case.pk, "refuse_recusal", city.actor("head"), at("2026-08-06"), notice="查无利害关系。")
    assert Matter.objects.get(pk=filed.case.pk).pending == "extension"


def test_the_person_reads_by_when_the_unit_must_answer_and_not_what_units_owe_each_other(city: City) -> None:
    filed = asked_for(city)
    history = history_of(Matter.objects.get(pk=filed.case.pk))
    dues = {due.code: due for due in open_dues(history, at=at("2026-08-06"), public=True)}
    assert set(dues) == {"answer", "recusal"}
    assert (dues["recusal"].label, str(dues["recusal"].effective)) == (
        "负责单位最晚这天答复回避申请",
        "2026-08-12",
    )
    assert {spec.code for spec in history.procedure.terms if spec.beside and not spec.owed} == {
        "report", "rectify", "feedback",
    }  # fmt: skip


def test_one_request_at_a_time_and_another_after_the_answer(city: City) -> None:
    filed = asked_for(city)
    assert "还没有答复" in no(filed, "ask_recusal", submitter(filed), "2026-08-06", **ASKED)
    take(filed.case.pk, "grant_recusal", city.actor("head"), at("2026-08-06"), notice="换人。")
    take(filed.case.pk, "note", city.actor("head"), at("2026-08-07"), text="已接手")
    take(filed.case.pk, "ask_recusal", submitter(filed), at("2026-08-08"), **ASKED)
    assert "不能决定自己的回避" in no(
        filed, "grant_recusal", city.actor("head"), "2026-08-09", notice="换人。"
    )
    # The first stays recused.
    assert open_to(filed, city, "insider", "2026-08-09") == set()


def test_where_nobody_handled_it_yet_there_is_nobody_to_replace(city: City) -> None:
    filed = claim(city, "2026-08-03")
    take(filed.case.pk, "ask_recusal", city.actor("clerk"), at("2026-08-04"), **ASKED)
    assert "还没有人经办" in no(filed, "grant_recusal", city.actor("head"), "2026-08-05", notice="换人。")
    take(filed.case.pk, "refuse_recusal", city.actor("head"), at("2026-08-05"), notice="还没有人经办。")


# --- the system ------------------------------------------------------------------------------------------------------


def test_nobody_reviews_what_they_decided(city: City) -> None:
    add_bodies(city)
    row = (
        city.accounts["insider"],
        Role.objects.get(code="handler"),
        city.units["government"],
        "调任",
        "moved",
    )
    appoint(rows=[row], valid_from=DAY, by=None, at=city.at)
    filed = served(city, "2026-08-03")
    review = ask_review(city, filed, at("2026-08-10"))
    with pytest.raises(NotAllowed, match="办理过所审查的事项"), transaction.atomic():
        take(review.pk, "accept", city.actor("insider"), at("2026-08-11"), **ACCEPTED)
    case = Case.objects.select_related("matter", "submission", "reviews").get(pk=review.pk)
    assert list(engine.open_steps(case.matter, case, city.actor("insider"), at("2026-08-11"))) == []
    take(review.pk, "accept", city.actor("reviewer"), at("2026-08-11"), **ACCEPTED)


def test_nor_does_whoever_forwarded_the_claim_lose_their_own_part_of_its_review(city: City) -> None:
    add_bodies(city)
    review = ask_review(city, served(city, "2026-08-03"), at("2026-08-10"))
    take(review.pk, "office_note", city.actor("clerk"), at("2026-08-11"), text="已送达")


def test_no_payload_names_who_is_recused(city: City) -> None:
    filed = asked_for(city)
    take(filed.case.pk, "grant_recusal", city.actor("head"), at("2026-08-06"), notice="换人。")
    move = Move.objects.select_related("payload").get(matter=filed.case.pk, step="grant_recusal")
    assert str(city.accounts["insider"].pk) not in move.payload.body
    assert "insider" not in move.payload.body
