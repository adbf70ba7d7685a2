"""What is laid in again is what was made, to the last row, and the city is as it would be."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from tests.access.world import make_world
from tests.factories import take
from tests.standing import Rows, _rows
from tests.web.desk_helpers import NOW, city_with
from yipanqi.core.verify import verify


def events() -> list[tuple[str, int]]:
    """What the job queue's own triggers wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT type::text, count(*) FROM procrastinate_events GROUP BY 1")
        return list(cursor.fetchall())


def rows_of_a_turn(state: str) -> tuple[Rows, list[tuple[str, int]]]:
    with transaction.atomic():
        city_with(state)
        found = _rows(), events()
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["", "served", "closed"])
def test_what_is_laid_in_is_what_was_made(state: str) -> None:
    first = rows_of_a_turn(state)
    assert first[0]["cases_case"]
    assert rows_of_a_turn(state) == rows_of_a_turn(state) == first


@pytest.mark.django_db
def test_what_is_laid_in_is_gone_on_with() -> None:
    for _turn in range(2):
        with transaction.atomic():
            city, filed = city_with("handling")
            take(filed.case.pk, "answer", city.actor("insider"), NOW, text="已修好。", outcome="solved")
            assert verify().faults == []
            transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_what_is_laid_in_is_committed_where_tests_commit(turn: str) -> None:
    assert make_world().numbers, turn
    assert verify().faults == []
