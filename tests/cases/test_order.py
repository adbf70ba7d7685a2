"""One order, from what was said to the verdict."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.factories import bring_to, file, make_city, submitter, take
from yipanqi.cases.models import Case, Verdict
from yipanqi.core.gate import SYSTEM

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


def test_an_order_goes_from_filing_to_closed() -> None:
    city = make_city()
    filed = file(city, at=MONDAY)
    matter = bring_to(city, filed, "served", MONDAY)
    assert matter.state == "served"
    take(matter.pk, "evaluate", submitter(filed), MONDAY, grade="satisfied", solved="yes")
    closed = take(matter.pk, "close", SYSTEM, MONDAY + dt.timedelta(days=16))
    assert (closed.state, closed.holder, closed.due_at) == ("closed", None, None)
    assert Verdict.objects.get(case=filed.case).open_to_staff
    assert Case.objects.get(pk=filed.case.pk).round == 1
