"""Numbers of documents while several officers of a unit write at the same moment: none twice, none left out."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.factories import bring_to, file, make_city, take
from tests.faults.test_races import at_once
from yipanqi.core.errors import Refused
from yipanqi.notices.models import IssuedDocument

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]
MONDAY = dt.datetime.fromisoformat("2026-11-23T10:00+08:00")


def test_documents_that_are_written_at_once_have_numbers_in_a_row() -> None:
    city = make_city()
    cases = []
    for _each in range(8):
        filed = file(city, at=MONDAY, kind="claim")
        bring_to(city, filed, "forwarded", MONDAY)
        cases.append(filed.case.pk)
    insider = city.actor("insider")

    def act(n: int) -> str:
        if n % 4 == 3:  # one that is refused takes no number with it
            with pytest.raises(Refused):
                take(cases[n], "accept", insider, MONDAY)
            return "refused"
        take(cases[n], "accept", insider, MONDAY, notice="已受理。")
        return "accepted"

    assert sorted(map(str, at_once(8, act))) == ["accepted"] * 6 + ["refused"] * 2
    assert sorted(IssuedDocument.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5, 6]
