"""A suggestion: screened, studied, decided with a reason, replied to."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from tests.factories import bring_to, file, make_city, submitter, take
from yipanqi.cases.models import Case, Verdict
from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import Term
from yipanqi.organisations.timeline import documents, history_of

pytestmark = pytest.mark.django_db


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(day + "T10:00+08:00")


def test_a_suggestion_goes_from_filing_to_closed() -> None:
    city = make_city()
    filed = file(city, at=at("2026-11-23"), kind="suggestion", anonymity="hidden")
    bring_to(city, filed, "served", at("2026-11-23"))
    take(filed.case.pk, "evaluate", submitter(filed), at("2026-11-24"), grade="not_satisfied")
    verdict = Verdict.objects.get(case=filed.case)
    assert (verdict.grade, verdict.solved, verdict.open_to_staff) == ("not_satisfied", None, False)
    closed = take(filed.case.pk, "close", SYSTEM, at("2026-12-09"))
    assert (closed.state, closed.open) == ("closed", False)
    assert Verdict.objects.get(case=filed.case).open_to_staff


def test_screening_ends_with_the_classifying_or_the_guidance() -> None:
    city = make_city()
    for step in ("clear", "redirect"):
        filed = file(city, at=at("2026-09-17"), kind="suggestion")
        screen = Term.objects.get(matter=filed.case.pk, code="screen")
        assert (
            str(screen.due_effective),
            str(Term.objects.get(matter=filed.case.pk, code="route").due_effective),
        ) == (
            "2026-09-23",
            "2026-10-08",
        )
        if step == "clear":
            bring_to(city, filed, "registered", at("2026-09-18"))
        else:
            take(filed.case.pk, "redirect", city.actor("clerk"), at("2026-09-18"), where="到法院")
        screen.refresh_from_db()
        assert screen.state == Term.MET


@pytest.mark.parametrize("decision", ["adopted", "partly", "noted", "explained", "planned"])
def test_what_is_not_adopted_is_not_adopted_for_a_reason(decision: str) -> None:
    city = make_city()
    filed = file(city, at=at("2026-11-23"), kind="suggestion")
    bring_to(city, filed, "handling", at("2026-11-23"))
    insider = city.actor("insider")
    if decision == "explained":
        with pytest.raises(Refused) as refusal, transaction.atomic():
            take(filed.case.pk, "answer", insider, at("2026-11-24"), text="已研究。", outcome=decision)
        assert set(refusal.value.fields) == {"reason"}
    take(
        filed.case.pk,
        "answer",
        insider,
        at("2026-11-24"),
        text="已研究。",
        outcome=decision,
        reason="路面太窄",
    )
    take(filed.case.pk, "serve", city.actor("auditor"), at("2026-11-25"), method="portal", proof="示例")
    (reply,) = documents(history_of(filed.case.matter))
    assert "已研究。" in reply.text
    assert "路面太窄" in reply.text
    assert Case.objects.get(pk=filed.case.pk).outcome == decision


def test_an_extension_is_given_once_and_the_suggester_is_told_why() -> None:
    city = make_city()
    filed = file(city, at=at("2026-08-03"), kind="suggestion")
    bring_to(city, filed, "handling", at("2026-08-03"))
    answer = Term.objects.get(matter=filed.case.pk, code="answer")
    assert str(answer.due_raw) == "2026-09-02"
    insider, clerk = city.actor("insider"), city.actor("clerk")
    take(filed.case.pk, "request_extension", insider, at("2026-08-20"), reason="要论证", days=30)
    take(filed.case.pk, "approve_extension", clerk, at("2026-08-21"), notice="需要实地论证")
    answer.refresh_from_db()
    assert (str(answer.due_raw), str(answer.due_effective)) == ("2026-10-02", "2026-10-08")
    (told,) = documents(history_of(filed.case.matter))
    assert told.text == "需要实地论证"
    with pytest.raises(Refused, match="只有一次"), transaction.atomic():
        take(filed.case.pk, "request_extension", insider, at("2026-08-22"), reason="再延", days=1)
