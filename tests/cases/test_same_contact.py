"""Cases of one telephone number are found by the number: not by going through all that there is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import City, file, make_city
from yipanqi.cases.actions import Words
from yipanqi.cases.models import Case
from yipanqi.cases.queries import find_lost
from yipanqi.cases.repeats import of_same_contact
from yipanqi.core.counting import day_of
from yipanqi.core.models import Matter

pytestmark = pytest.mark.django_db
PHONE = "19900000003"


def _again(city: City, case: Case) -> None:
    of_same_contact(case, city.viewer("clerk"))


def _lost(city: City, case: Case) -> None:
    find_lost(phone=PHONE, on=day_of(timezone.now()), among=Matter.objects.all())


@pytest.mark.parametrize("look", [_again, _lost])
def test_the_plan_begins_at_the_index_of_what_is_sealed(look: Callable[[City, Case], None]) -> None:
    """At a million cases a walk through them took three seconds, on each case's page. Tables of tests are too small to be
    worth an index, so the planner is told that reading a whole one costs much; by one field OR by another it had no
    other way than to."""
    city = make_city()
    words = Words(title="路灯不亮", text="三号杆的路灯不亮一周了。", name="甲某", phone=PHONE)
    case = Case.objects.select_related("submission").get(
        pk=file(city, at=timezone.now(), words=words).case.pk
    )
    with CaptureQueriesContext(connection) as asked:
        look(city, case)
    [found] = [q["sql"] for q in asked if "core_sealedtext" in q["sql"] and 'FROM "cases_case"' in q["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {found}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    # One may say whether who helped was concerned: of the few that were found.
    assert "SubPlan 2" not in plan, plan
