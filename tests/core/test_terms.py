"""Terms on the real calendar of 2026, its provisional neighbour, and the notice that ends the doubt."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from tests.factories import bring_to, file, make_city, take
from yipanqi.core import terms
from yipanqi.core.calendar import in_force, publish_notice
from yipanqi.core.counting import DayKind
from yipanqi.core.errors import Refused
from yipanqi.core.models import CalendarNotice, Change, Limit, Matter, Recount, Term

pytestmark = pytest.mark.django_db


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text + "+08:00")


def test_a_clock_that_runs_into_2027_is_provisional_until_the_notice_comes() -> None:
    city = make_city()
    filed = file(city, at=at("2026-12-28T10:00"))
    matter = bring_to(city, filed, "forwarded", at("2026-12-28T10:00"))
    term = Term.objects.get(matter=matter, code="answer")
    assert (term.due_effective, term.provisional) == (dt.date(2027, 1, 4), True)
    assert any("暂定" in line for line in terms.explain(term))
    publish_notice(
        year=2027,
        source="示例通知",
        days={dt.date(2027, 1, 1): (DayKind.HOLIDAY, "元旦", "New Year"), dt.date(2027, 1, 2): (DayKind.MAKEUP_WORKDAY, "元旦", "New Year")},
        at=at("2026-12-29T10:00"),
        by=None,
    )  # fmt: skip
    terms.recount(at=at("2026-12-29T10:01"))
    term.refresh_from_db()
    assert (term.due_effective, term.provisional) == (dt.date(2027, 1, 4), False)
    matter = Matter.objects.get(pk=matter.pk)
    assert matter.due_at is not None
    assert Change.objects.filter(what="calendar", object_id="2027").exists()
    row = Recount.objects.get(notice__year=2027)
    assert (row.total, row.done, row.changed >= 1) == (1, 1, True)


def test_a_notice_moves_the_date_of_the_matter_with_its_term() -> None:
    city = make_city()
    filed = file(city, at=at("2026-12-28T10:00"))
    matter = bring_to(city, filed, "handling", at("2026-12-28T10:00"))
    before = matter.due_at
    days = {dt.date(2027, 1, d): (DayKind.HOLIDAY, "元旦", "New Year") for d in (1, 2, 3, 4)}
    publish_notice(year=2027, source="示例通知", days=days, at=at("2026-12-29T10:00"), by=None)
    assert Matter.objects.get(pk=matter.pk).due_at == before, "nobody waits for the count"
    terms.recount(at=at("2026-12-29T10:01"))
    after = Matter.objects.get(pk=matter.pk).due_at
    assert before is not None
    assert after is not None
    assert (after - before) == dt.timedelta(days=2)


def test_a_count_that_was_interrupted_goes_on_and_counts_nothing_twice() -> None:
    city = make_city()
    matters = []
    for _ in range(3):
        filed = file(city, at=at("2026-12-28T10:00"))
        matters.append(bring_to(city, filed, "handling", at("2026-12-28T10:00")))
    days = {dt.date(2027, 1, d): (DayKind.HOLIDAY, "元旦", "New Year") for d in (1, 2, 3, 4)}
    moment = at("2026-12-29T10:00")
    notice = publish_notice(year=2027, source="示例通知", days=days, at=moment, by=None)
    assert terms.recount_next(notice=notice.pk, at=moment)
    row = Recount.objects.get(notice=notice)
    assert (row.total, row.done, row.finished_at) == (3, 1, None)
    terms.recount(at=moment)
    row.refresh_from_db()
    assert (row.done, row.finished_at) == (3, moment)
    assert not terms.recount_next(notice=notice.pk, at=moment)
    for matter in matters:
        assert matter.due_at is not None
        assert Matter.objects.get(pk=matter.pk).due_at == matter.due_at + dt.timedelta(days=2)


def test_a_second_notice_of_a_year_replaces_the_first() -> None:
    make_city()
    for name in ("元旦", "新年"):
        publish_notice(
            year=2027, source="示例", days={dt.date(2027, 1, 1): (DayKind.HOLIDAY, name, "New Year")}, at=at("2026-12-01T10:00"), by=None
        )  # fmt: skip
    assert in_force().day(dt.date(2027, 1, 1)).name_zh == "新年"
    assert CalendarNotice.objects.filter(year=2027).count() == 2


def test_a_notice_without_source_or_with_a_foreign_day_is_refused() -> None:
    with pytest.raises(Refused):
        publish_notice(year=2027, source=" ", days={}, at=at("2026-12-01T10:00"), by=None)
    with pytest.raises(Refused):
        publish_notice(
            year=2027, source="示例", days={dt.date(2026, 1, 1): (DayKind.HOLIDAY, "元旦", "New Year")}, at=at("2026-12-01T10:00"), by=None
        )  # fmt: skip


def test_a_due_date_explains_itself_in_both_languages() -> None:
    city = make_city()
    filed = file(city, at=at("2026-09-28T10:00"))
    matter = bring_to(city, filed, "forwarded", at("2026-09-28T10:00"))
    term = Term.objects.get(matter=matter, code="answer")
    # Mon 28 Sep + 5 working days over the national holiday; Saturday 10 Oct is worked.
    assert term.due_effective == dt.date(2026, 10, 10)
    lines = "\n".join(terms.explain(term))
    assert "国庆节" in lines
    assert "第二十四条" in lines
    with translation.override("en"):
        lines = "\n".join(terms.explain(term))
    assert "National Day" in lines
    assert "Art. 24" in lines


def test_a_limit_is_the_dated_row_in_force_on_its_day() -> None:
    city = make_city()
    Limit.objects.create(
        procedure="order", code="answer", valid_from=dt.date(2026, 12, 1), amount=3, unit="working_days", practice=True, basis_zh="试行", basis_en="trial"
    )  # fmt: skip
    old, new = (file(city, at=at(day)) for day in ("2026-11-23T10:00", "2026-12-01T10:00"))
    assert (
        Term.objects.get(
            matter=bring_to(city, old, "forwarded", at("2026-11-30T10:00")), code="answer"
        ).amount
        == 5
    )
    assert (
        Term.objects.get(
            matter=bring_to(city, new, "forwarded", at("2026-12-01T10:00")), code="answer"
        ).amount
        == 3
    )


def test_a_term_that_was_late_when_it_paused_stays_late() -> None:
    city = make_city()
    filed = file(city, at=at("2026-11-23T10:00"))
    matter = bring_to(city, filed, "handling", at("2026-11-23T10:00"))
    take(matter.pk, "answer", city.actor("insider"), at("2026-12-05T10:00"), text="好了", outcome="solved")
    take(matter.pk, "serve", city.actor("auditor"), at("2026-12-07T10:00"), method="phone", proof="通话")
    term = Term.objects.get(matter=matter, code="answer")
    assert (term.state, term.late) == ("lapsed", True)
