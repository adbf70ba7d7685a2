"""Rates of claims: numerator and denominator by unit and month, of what is over, each once, and the list behind each."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import Sum

from tests.cases.ladder_world import SERVICE, served
from tests.factories import OPINION, City, bring_to, file, make_city, submitter, take
from tests.web.desk_helpers import signed_in, text_of
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import ExternalRef, ReasonCode
from yipanqi.core import engine, ledger
from yipanqi.exchange.models import System
from yipanqi.insight import rated
from yipanqi.insight.actions import advance
from yipanqi.insight.models import Cursor, Rated, RateTally
from yipanqi.insight.rated import Counted, Rate

pytestmark = pytest.mark.django_db
JULY, AUGUST = dt.date(2026, 7, 1), dt.date(2026, 8, 1)
YEARS_ON = dt.datetime(2027, 6, 1, 12, tzinfo=dt.UTC)


def at(day: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T10:00+08:00")


def count(when: dt.datetime = YEARS_ON) -> None:
    ledger.sequence()
    advance(at=when)


def rates(
    city: City, month: dt.date, when: dt.datetime = YEARS_ON, **more: object
) -> dict[tuple[str, str], dict[str, Rate]]:
    wanted = Counted(month, **more)  # type: ignore[arg-type]
    return {
        (row.unit.code, row.of): dict(row.rates) for row in rated.by_unit(city.viewer("deputy"), wanted, when)
    }


def judged(city: City, grade: str, *, office: str = "", day: str = "2026-07-01") -> Filed:
    filed = served(city, day)
    answers = {"solved": "yes", "grade": grade} | ({"office": office} if office else {})
    take(filed.case.pk, "evaluate", submitter(filed), at(day), **answers)
    return filed


def test_acceptance_counts_for_whoever_had_the_limit_and_once_its_day_is_over() -> None:
    city = make_city()
    filed = file(city, at=at("2026-07-01"), kind="claim")
    bring_to(city, filed, "registered", at("2026-07-01"))
    take(filed.case.pk, "route", city.actor("clerk"), at("2026-07-20"), unit="lamps", co_units=[])
    take(filed.case.pk, "accept", city.actor("insider"), at("2026-07-21"), notice="告知")
    count(at("2026-07-21"))
    # Sent on four days late; the limit of whoever got it has not ended yet.
    assert rates(city, JULY, at("2026-07-21")) == {
        ("hotline", "office"): {"timely": Rate(0, 1), "repeat": Rate(0, 1)}
    }
    found = rates(city, AUGUST, at("2026-08-20"))
    assert found == {("lamps", "handler"): {"timely": Rate(1, 1)}}


def test_the_last_day_is_not_over_before_midnight() -> None:
    city = make_city()
    filed = file(city, at=at("2026-07-01"), kind="claim")
    bring_to(city, filed, "registered", at("2026-07-01"))
    count(at("2026-07-16"))
    assert "timely" not in rates(city, JULY, at("2026-07-16")).get(("hotline", "office"), {})
    assert rates(city, JULY, at("2026-07-17"))["hotline", "office"]["timely"] == Rate(0, 1)


def test_a_closed_claim_counts_by_the_effective_date_with_its_extension() -> None:
    city = make_city()
    late, soon = served(city, "2026-07-01"), file(city, at=at("2026-07-01"), kind="claim")
    bring_to(city, soon, "handling", at("2026-07-01"))
    take(
        soon.case.pk, "answer", city.actor("insider"), at("2026-09-10"), **OPINION | {"outcome": "explained"}
    )
    take(soon.case.pk, "serve", city.actor("insider"), at("2026-09-10"), **SERVICE)
    count()
    assert late.case.pk != soon.case.pk
    assert rates(city, AUGUST)["lamps", "handler"]["on_time"] == Rate(1, 2)


def test_grades_of_both_count_after_the_time_to_judge_and_not_before() -> None:
    city = make_city()
    judged(city, "basically", office="not_satisfied")
    judged(city, "not_satisfied")
    served(city, "2026-07-01")
    count(at("2026-07-02"))
    assert "evaluated" not in str(rates(city, JULY, at("2026-07-29")))
    assert not Rated.objects.filter(rate="satisfied").exists()
    engine.lapse_due(at=at("2026-09-01"))
    count()
    found = rates(city, JULY)
    assert found["lamps", "handler"]["evaluated"] == Rate(2, 3)
    assert found["lamps", "handler"]["satisfied"] == Rate(1, 2)
    assert found["hotline", "office"]["evaluated"] == Rate(1, 3)
    assert found["hotline", "office"]["satisfied"] == Rate(0, 1)


def test_what_was_left_out_is_in_neither_rate_of_evaluation() -> None:
    city = make_city()
    filed = judged(city, "not_satisfied")
    code = ReasonCode.objects.get(series="exclusion", code="not_public").pk
    take(filed.case.pk, "ask_exclusion", city.actor("insider"), at("2026-07-02"), code=code, reason="涉密")
    take(filed.case.pk, "grant_exclusion", city.actor("clerk"), at("2026-07-02"))
    engine.lapse_due(at=at("2026-09-01"))
    count()
    assert set(Rated.objects.values_list("rate", flat=True)) == {"timely", "on_time", "repeat"}


def test_what_came_from_above_is_counted_apart() -> None:
    city = make_city()
    System.objects.create(code="national", name_zh="国家系统", name_en="National", above=True)
    for number in range(3):
        filed = file(city, at=at("2026-07-01"), kind="claim")
        if number == 0:
            ExternalRef.objects.create(
                case=filed.case, system="national", number="1", added_at=at("2026-07-01")
            )
    count()
    office = "hotline", "office"
    assert [rates(city, JULY, above=above)[office]["repeat"] for above in (None, True, False)] == [
        Rate(0, 3), Rate(0, 1), Rate(0, 2)
    ]  # fmt: skip


def test_what_is_filed_again_is_a_repeat() -> None:
    city = make_city()
    for ground in ("duplicate", "other_law"):
        filed = file(city, at=at("2026-07-01"), kind="claim")
        take(
            filed.case.pk, "refuse_accept", city.actor("clerk"), at("2026-07-02"),
            ground=ground, reason="在办", law="条例 19", where="路灯处",
        )  # fmt: skip
    file(city, at=at("2026-07-01"), kind="order")
    count()
    assert rates(city, JULY)["hotline", "office"]["repeat"] == Rate(1, 2)


def test_counting_twice_and_from_the_beginning_gives_the_same() -> None:
    city = make_city()
    judged(city, "satisfied", office="satisfied")
    engine.lapse_due(at=at("2026-09-01"))
    count()
    before = list(RateTally.objects.order_by("pk").values_list("unit", "rate", "of", "day", "total", "good"))
    Cursor.objects.update(leaf=-1)
    count()
    after = list(RateTally.objects.order_by("pk").values_list("unit", "rate", "of", "day", "total", "good"))
    assert after == before
    sums = RateTally.objects.aggregate(total=Sum("total"), good=Sum("good"))
    assert sums == {"total": Rated.objects.count(), "good": Rated.objects.filter(good=True).count()}


def test_each_number_opens_the_claims_that_it_counts_and_few_grades_none() -> None:
    city = make_city()
    filed = [judged(city, grade) for grade in ("satisfied", "not_satisfied")]
    engine.lapse_due(at=at("2026-09-01"))
    count()
    day = Rated.objects.filter(rate="satisfied")[0].day
    wanted = Counted(day.replace(day=1), rate="evaluated", unit=city.units["lamps"].pk, of="handler")
    listed = rated.behind(city.viewer("deputy"), wanted, YEARS_ON)
    assert {row.id for row in listed.rows} == {one.case.pk for one in filed}
    few = rated.behind(city.viewer("deputy"), Counted(wanted.month, rate="satisfied"), YEARS_ON)
    assert not few.rows
    for _ in range(3):
        judged(city, "satisfied")
    engine.lapse_due(at=at("2026-09-01"))
    count()
    only_good = Counted(wanted.month, rate="satisfied", good=False)
    assert [row.id for row in rated.behind(city.viewer("deputy"), only_good, YEARS_ON).rows] == [
        filed[1].case.pk
    ]


def test_the_page_says_both_numbers_by_unit_and_names_nobody() -> None:
    city = make_city()
    judged(city, "satisfied")
    engine.lapse_due(at=at("2026-09-01"))
    count()
    client = signed_in(city, "deputy")
    page = text_of(client.get("/desk/rates/?month=2026-07"))
    assert "2026年7月：" in page
    assert "1/1（100%）" in page
    assert "少于 5 件" in page
    assert not [name for name in city.accounts if f"示例{name}" in page]
    link = page.partition('href="/desk/rates/behind/')[2].partition('"')[0].replace("&amp;", "&")
    assert "路灯" in text_of(client.get(f"/desk/rates/behind/{link}"))
    for nonsense in ("?month=9999-99", "?month=2099-01&above=x&rate=y&unit=z&of=q&good=2"):
        assert client.get(f"/desk/rates/{nonsense}").status_code == 200
        assert client.get(f"/desk/rates/behind/{nonsense}").status_code == 200


def test_a_unit_reads_its_own_and_no_others() -> None:
    city = make_city()
    judged(city, "satisfied")
    engine.lapse_due(at=at("2026-09-01"))
    count()
    seen = rated.by_unit(city.viewer("insider"), Counted(JULY), YEARS_ON)
    assert {row.unit.code for row in seen} <= {"lamps"}
    whole = rated.by_unit(city.viewer("deputy"), Counted(JULY), YEARS_ON)
    assert {row.unit.code for row in whole} == {"hotline", "lamps"}


def test_the_page_costs_the_same_over_one_claim_and_over_many() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    city, spent = make_city(), []
    for more in (1, 6):
        for _ in range(more):
            judged(city, "satisfied")
        engine.lapse_due(at=at("2026-09-01"))
        count()
        with CaptureQueriesContext(connection) as asked:
            rates(city, JULY)
        spent.append((len(asked), RateTally.objects.count()))
    assert spent[0] == spent[1]
