"""Limits that no law in force sets (domain §1.1): each is there, off, and runs from the day on which it is turned on."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest

from tests.cases.ladder_world import add_bodies, ask_review, at, served
from tests.cases.test_claim import claim
from tests.factories import City, bring_to, file, make_city, take
from tests.web.desk_helpers import page_of
from yipanqi.core.models import Limit, Term

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return add_bodies(make_city())


def turn_on(procedure: str, code: str, day: str = "2026-09-01") -> None:
    row = Limit.objects.get(procedure=procedure, code=code)
    assert row.off
    row.pk, row.valid_from, row.off = None, dt.date.fromisoformat(day), False
    row.save(force_insert=True)


def due(pk: UUID, code: str) -> tuple[str, str] | None:
    found = Term.objects.filter(matter=pk, code=code).first()
    return (found.state, str(found.due_raw)) if found else None


def test_an_office_may_bind_itself_to_pass_claims_on_sooner(city: City) -> None:
    before = file(city, at=at("2026-08-03"), kind="claim")
    assert due(before.case.pk, "pass_on") is None
    turn_on("claim", "pass_on")
    filed = file(city, at=at("2026-09-03"), kind="claim")
    assert due(filed.case.pk, "pass_on") == (Term.RUNNING, "2026-09-06")
    assert due(filed.case.pk, "route") == (Term.RUNNING, "2026-09-18"), "the limit of the law is another"
    bring_to(city, filed, "forwarded", at("2026-09-04"))
    assert due(filed.case.pk, "pass_on") == (Term.MET, "2026-09-06")


def test_a_reviewing_body_may_be_bound_to_say_whether_it_accepts(city: City) -> None:
    early = ask_review(city, served(city, "2026-08-03"), at("2026-08-10"))
    assert due(early.pk, "accept") is None
    turn_on("review", "accept")
    filed = claim(city, "2026-09-01", "served")
    review = ask_review(city, filed, at("2026-09-03"))
    assert due(review.pk, "accept") == (Term.RUNNING, "2026-09-08")
    take(review.pk, "accept", city.actor("reviewer"), at("2026-09-07"), notice="受理")
    assert due(review.pk, "accept") == (Term.MET, "2026-09-08")


def test_what_is_off_is_named_on_no_card(city: City) -> None:
    filed = file(city, at=city.at, kind="claim")
    bring_to(city, filed, "registered", city.at)
    assert "逐级转送" not in page_of(city, "clerk", filed.case.pk)
    turn_on("claim", "pass_on", "2026-01-02")
    assert "逐级转送" in page_of(city, "clerk", filed.case.pk)
