"""A step on several is held for ten seconds: until then it can be undone, then it is done by what holds then."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from django.urls import reverse

from tests.factories import City, make_city, take
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, case_in, signed_in, text_of
from yipanqi.core.models import Matter, Move
from yipanqi.organisations.models import Posting
from yipanqi.web.desk import orders
from yipanqi.web.desk.models import HeldOrder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def order(city: City, ids: list[UUID], step: str = "accept", login: str = "insider") -> str:
    answer = signed_in(city, login).post(reverse("desk:bulk"), {"step": step, "pick": ids, "go": "take"})
    assert answer.status_code == 302
    return str(answer["Location"])


def states(ids: list[UUID]) -> list[str]:
    found = dict(Matter.objects.filter(pk__in=ids).values_list("pk", "state"))
    return [found[pk] for pk in ids]


def page(city: City, url: str, login: str = "insider", language: str = "zh-hans", **more: Any) -> str:
    client = signed_in(city, login, language)
    return text_of(client.post(url, more, follow=True) if more else client.get(url))


def test_it_is_held_says_when_and_is_undone(clock: Clock) -> None:
    city = make_city()
    ids = [case_in(city, "forwarded").case.pk for _ in range(2)]
    url = order(city, ids)
    moves = Move.objects.count()
    assert "10:00:10 办理" in page(city, url)
    assert "2 cases, not done yet" in page(city, url, language=EN)
    assert "“接收” 2 件将在 10:00:10 办理" in page(city, reverse("desk:queue"))
    assert "将在" not in page(city, reverse("desk:queue"), "clerk"), "it is whose it is"
    assert signed_in(city, "clerk").post(url, {"go": "undo"}).status_code == 404
    assert "已撤销，一件都没有办理" in page(city, url, go="undo")
    orders.run_due_orders(at=clock.forward(seconds=60))
    assert (states(ids), Move.objects.count()) == (["forwarded"] * 2, moves)
    assert "将在" not in page(city, reverse("desk:queue"))


def test_the_row_and_its_job_are_written_together(clock: Clock) -> None:
    city = make_city()
    order(city, [case_in(city, "forwarded").case.pk])
    held = HeldOrder.objects.get()
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT scheduled_at FROM jobs.procrastinate_jobs WHERE task_name = 'run_held_order' AND args->>'order' = %s",
            [str(held.pk)],
        )
        assert cursor.fetchall() == [(held.due_at,)]


def test_nothing_is_done_before_its_time_and_nothing_twice(clock: Clock) -> None:
    city = make_city()
    ids = [case_in(city, "forwarded").case.pk]
    url = order(city, ids)
    held = HeldOrder.objects.get()
    orders.run_order(order=held.pk, at=clock.forward(seconds=9))
    assert states(ids) == ["forwarded"]
    for _ in range(2):
        orders.run_order(order=held.pk, at=clock.forward(seconds=1))
    assert Move.objects.filter(step="accept").count() == 1
    assert "来不及撤销" in page(city, url, go="undo")
    assert "接收：已办理 1 件" in page(city, url)
    assert "接收" not in page(city, reverse("desk:queue")).split("</h1>")[1].split("facets")[0]


def test_what_can_no_longer_follow_stays_and_is_told(clock: Clock) -> None:
    city = make_city()
    ids = [case_in(city, "forwarded").case.pk for _ in range(3)]
    url = order(city, ids)
    take(ids[1], "accept", city.actor("insider"), clock.now)
    orders.run_due_orders(at=clock.forward(seconds=10))
    assert states(ids) == ["handling"] * 3
    assert Move.objects.filter(step="accept").count() == 3
    assert "“接收”有 1 件没有办成" in page(city, reverse("desk:queue"))
    shown = page(city, url)
    assert "接收：已办理 2 件" in shown
    assert "现在是“办理中”" in shown
    page(city, url, go="read")
    assert not HeldOrder.objects.exists()
    assert "没有办成" not in page(city, reverse("desk:queue"))


def test_whoever_may_no_longer_does_nothing_any_more(clock: Clock) -> None:
    city = make_city()
    ids = [case_in(city, "forwarded").case.pk]
    order(city, ids)
    Posting.objects.filter(account=city.accounts["insider"]).update(valid_to=clock.now.date())
    orders.run_due_orders(at=clock.forward(seconds=10))
    assert states(ids) == ["forwarded"]
    assert len(HeldOrder.objects.get().left) == 1
    orders.run_due_orders(at=clock.forward(days=1, seconds=1))
    assert not HeldOrder.objects.exists(), "and it is forgotten after a day"
