"""A claim is graded of two (domain §1.9): who handled it and the petition office. Neither sees a grade before the time to judge
is over, and what is left out of the figures is left out before anybody could know how it was graded (trust-and-ux H6)."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from tests.cases.ladder_world import served
from tests.factories import City, make_city, submitter, take
from tests.guards.test_verdicts import pages
from tests.web.desk_helpers import NOW, ONE_DAY, matter_url, page_of, signed_in, text_of
from tests.web.portal_helpers import case_url, press_step, tracking
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import ReasonCode, Verdict
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import Matter

pytestmark = pytest.mark.django_db
GRADES = {"solved": "no", "grade": "not_satisfied", "office": "satisfied", "pressed": ""}


def claim(city: City) -> Filed:
    return served(city, day_of(NOW).isoformat())


def reason(series: str) -> int:
    return ReasonCode.objects.filter(series=series).order_by("pk")[0].pk


def kept(filed: Filed) -> list[tuple[str, str, str]]:
    rows = Verdict.objects.filter(case=filed.case).order_by("of")
    return [(row.of, row.grade, row.why.code if row.why else "") for row in rows]


def test_the_two_are_graded_each_for_itself_and_nobody_needs_to_grade_the_office() -> None:
    city = make_city(NOW)
    first, second = claim(city), claim(city)
    answers = GRADES | {"why": reason("handler"), "office_why": reason("office")}
    take(first.case.pk, "evaluate", submitter(first), NOW, **answers)
    assert kept(first) == [("handler", "not_satisfied", "slow"), ("office", "satisfied", "slow")]
    take(second.case.pk, "evaluate", submitter(second), NOW, solved="yes", grade="basically")
    assert kept(second) == [("handler", "basically", "")]
    take(second.case.pk, "evaluate", submitter(second), NOW, **GRADES)
    assert kept(second) == [("handler", "not_satisfied", ""), ("office", "satisfied", "")]


@pytest.mark.parametrize(
    ("name", "series"), [("why", "office"), ("why", "exclusion"), ("office_why", "handler")]
)
def test_a_reason_is_one_of_those_that_are_asked_for(name: str, series: str) -> None:
    filed = claim(make_city(NOW))
    with pytest.raises(Refused) as refusal, transaction.atomic():
        take(filed.case.pk, "evaluate", submitter(filed), NOW, **GRADES, **{name: reason(series)})
    assert set(refusal.value.fields) == {name}
    assert kept(filed) == []


def test_a_reason_that_ended_is_offered_and_taken_no_more() -> None:
    filed = claim(make_city(NOW))
    ReasonCode.objects.filter(series="handler", code="slow").update(valid_to=day_of(NOW))
    assert "办得慢" not in text_of(tracking(filed).get(case_url(filed)))
    ended = ReasonCode.objects.get(series="handler", code="slow").pk
    with pytest.raises(Refused):
        take(filed.case.pk, "evaluate", submitter(filed), NOW, **GRADES, why=ended)


def test_a_reason_without_a_grade_is_asked_about() -> None:
    filed = claim(make_city(NOW))
    with pytest.raises(Refused) as refusal:
        take(
            filed.case.pk, "evaluate", submitter(filed), NOW,
            solved="yes", grade="satisfied", office_why=reason("office"),
        )  # fmt: skip
    assert set(refusal.value.fields) == {"office"}


@pytest.mark.parametrize("login", ["insider", "colleague", "clerk", "auditor", "deputy"])
def test_neither_grade_shows_to_staff_before_the_time_is_over(login: str) -> None:
    city = make_city(NOW)
    filed = claim(city)
    before = pages(city, login, filed)
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **GRADES)
    assert pages(city, login, filed) == before


def test_when_it_is_over_both_are_open_with_their_reasons() -> None:
    city = make_city(NOW)
    filed = claim(city)
    answers = GRADES | {"why": reason("handler"), "office_why": reason("office")}
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **answers)
    take(filed.case.pk, "judged", SYSTEM, NOW + 40 * ONE_DAY)
    page = page_of(city, "insider", filed.case.pk)
    assert "不满意；没有解决（办得慢）" in page
    assert "满意（转得慢）" in page
    assert set(Verdict.objects.values_list("open_to_staff", flat=True)) == {True}
    assert "Sent on too late" in page_of(city, "insider", filed.case.pk, "en")


def test_a_call_back_replaces_what_the_submitter_said_of_neither() -> None:
    city = make_city(NOW)
    filed = claim(city)
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **GRADES)
    said = {"solved": "yes", "grade": "satisfied", "office": "not_satisfied"}
    take(filed.case.pk, "record_verdict", city.actor("callback"), NOW, **said)
    assert kept(filed) == [("handler", "not_satisfied", ""), ("office", "satisfied", "")]


def test_the_submitter_grades_both_on_the_page_and_sees_what_they_said() -> None:
    filed = claim(make_city(NOW))
    client = tracking(filed)
    assert "您对信访部门满意吗？" in text_of(client.get(case_url(filed)))
    assert press_step(client, filed, "evaluate", **GRADES, why=str(reason("handler"))).status_code == 302
    assert kept(filed) == [("handler", "not_satisfied", "slow"), ("office", "satisfied", "")]
    page = text_of(client.get(case_url(filed)))
    assert f'value="{reason("handler")}" selected' in page


# --- left out of evaluation --------------------------------------------------------------------------------------------

WHY = {"reason": "涉及未成年人"}


def test_one_asks_and_another_decides_and_the_person_is_told() -> None:
    city = make_city(NOW)
    filed = claim(city)
    take(filed.case.pk, "ask_exclusion", city.actor("insider"), NOW, code=reason("exclusion"), **WHY)
    waiting, clerk = matter_url(filed.case.pk), signed_in(city, "clerk")
    assert waiting in text_of(clerk.get(reverse("desk:signs")))
    assert "不宜公开：涉及未成年人" in page_of(city, "clerk", filed.case.pk)
    with pytest.raises(NotAllowed), transaction.atomic():
        take(filed.case.pk, "grant_exclusion", city.actor("insider"), NOW)
    take(filed.case.pk, "grant_exclusion", city.actor("clerk"), NOW)
    assert waiting not in text_of(clerk.get(reverse("desk:signs")))
    assert "这一件不计入评价数字" in text_of(tracking(filed).get(case_url(filed)))
    take(filed.case.pk, "evaluate", submitter(filed), NOW, **GRADES)
    assert len(kept(filed)) == 2


def test_whoever_asked_does_not_decide() -> None:
    city = make_city(NOW)
    filed = claim(city)
    take(filed.case.pk, "ask_exclusion", city.actor("clerk"), NOW, code=reason("exclusion"), **WHY)
    for step, answers in (("grant_exclusion", {}), ("refuse_exclusion", {"reason": "可以公开"})):
        with pytest.raises(Refused), transaction.atomic():
            take(filed.case.pk, step, city.actor("clerk"), NOW, **answers)


def test_it_is_asked_for_with_a_reason_on_record_and_once() -> None:
    city = make_city(NOW)
    filed = claim(city)
    for code in (None, reason("handler"), 99999):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            take(filed.case.pk, "ask_exclusion", city.actor("insider"), NOW, code=code, **WHY)
        assert set(refusal.value.fields) == {"code"}
    take(filed.case.pk, "ask_exclusion", city.actor("insider"), NOW, code=reason("exclusion"), **WHY)
    take(filed.case.pk, "refuse_exclusion", city.actor("clerk"), NOW, reason="可以公开")
    with pytest.raises(Refused):
        take(filed.case.pk, "ask_exclusion", city.actor("insider"), NOW, code=reason("exclusion"), **WHY)


def test_nothing_is_left_out_once_grades_can_be_seen() -> None:
    """Else the bad ones would be."""
    city = make_city(NOW)
    asked, not_asked = claim(city), claim(city)
    take(asked.case.pk, "ask_exclusion", city.actor("insider"), NOW, code=reason("exclusion"), **WHY)
    for filed in (asked, not_asked):
        take(filed.case.pk, "judged", SYSTEM, NOW + 40 * ONE_DAY)
    later = NOW + 41 * ONE_DAY
    with pytest.raises(Refused), transaction.atomic():
        take(asked.case.pk, "grant_exclusion", city.actor("clerk"), later)
    with pytest.raises(Refused), transaction.atomic():
        take(
            not_asked.case.pk, "ask_exclusion", city.actor("insider"), later, code=reason("exclusion"), **WHY
        )


def test_what_is_asked_for_holds_up_neither_the_review_nor_the_work() -> None:
    city = make_city(NOW)
    filed = claim(city)
    seen = Matter.objects.get(pk=filed.case.pk)
    take(filed.case.pk, "ask_exclusion", city.actor("insider"), NOW, code=reason("exclusion"), **WHY)
    now = Matter.objects.get(pk=filed.case.pk)
    assert (now.state, now.pending, now.due_at) == (seen.state, "", seen.due_at)
