"""How a matter stands is read once, and again where it has moved."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import bring_to, file, make_city, take
from yipanqi.core.gate import Channel, present
from yipanqi.core.models import Matter
from yipanqi.core.standing import PAUSED, RUNNING, standing

pytestmark = pytest.mark.django_db


def test_it_is_read_once_and_again_after_a_move() -> None:
    city, now = make_city(), timezone.now()
    filed = file(city, at=now)
    bring_to(city, filed, "handling", now)
    matter = Matter.objects.get(pk=filed.case.pk)
    with CaptureQueriesContext(connection) as asked:
        stands = standing(matter)
        assert standing(matter) is stands
    assert len(asked) == 2
    assert stands.has("answer", RUNNING)
    assert not stands.has("answer", PAUSED)
    assert [move.number for move in stands.moves] == list(range(1, matter.moves_count + 1))
    take(matter.pk, "ask", city.actor("insider"), now, question="灯杆几号？")
    matter.refresh_from_db()
    assert standing(matter).has("answer", PAUSED)
    last = standing(matter).last("accept", "ask")
    assert last is not None
    assert (last.step, last.account) == ("ask", city.actor("insider").viewer.account)


def test_the_conditions_of_a_claim_ask_for_its_limits_once() -> None:
    city, now = make_city(), timezone.now()
    filed = file(city, at=now, kind="claim")
    bring_to(city, filed, "handling", now)
    matter = Matter.objects.get(pk=filed.case.pk)
    with CaptureQueriesContext(connection) as asked:
        present(matter, city.viewer("insider"), Channel.DESK)
    terms = [q["sql"] for q in asked if 'FROM "core_term"' in q["sql"]]
    assert len(terms) == 1, "\n".join(t[-200:] for t in terms)
