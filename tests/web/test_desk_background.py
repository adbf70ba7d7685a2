"""The work behind the pages: what is missed or given up shows, and can be tried again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app

from tests.factories import City, make_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import signed_in, text_of
from yipanqi.insight.work import work
from yipanqi.web.desk.background import often, task_word

pytestmark = pytest.mark.django_db

URL = "/desk/background/"


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


def sql(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def test_every_kind_of_job_has_words() -> None:
    names = {
        name for name, task in app.tasks.items() if task.name == name and "." not in name and ":" not in name
    }
    assert "lapse" in names
    assert {name for name in names if task_word(name) == name} == set()


@pytest.mark.parametrize(
    ("cron", "said"),
    [("* * * * *", "每分钟"), ("*/5 * * * *", "每 5 分钟"), ("7 * * * *", "每小时"), ("41 3 * * *", "每天")],
)
def test_how_often_is_told_in_words(cron: str, said: str) -> None:
    assert often(cron) == said


def test_without_a_worker_the_page_says_what_stands_still(city: City) -> None:
    page = text_of(signed_in(city, "sysadmin").get(URL))
    assert "没有进程在办后台任务" in page
    assert "办理到期的期限" in page


def test_a_run_that_did_not_begin_is_missed(city: City) -> None:
    at = timezone.now()
    for name, ago in (("lapse", 600), ("sequence", 60)):
        then = int((at - dt.timedelta(seconds=ago)).timestamp())
        sql(
            "INSERT INTO procrastinate_periodic_defers (task_name, defer_timestamp, periodic_id) VALUES (%s, %s, '')",
            name,
            then,
        )
    missed = {task.name for task in work(at).tasks if task.missed}
    assert missed == {"lapse"}


def test_what_was_given_up_is_tried_again_by_who_runs_the_system(city: City) -> None:
    sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
        "VALUES ('notices', 'sweep', '{}', 'failed', 5)"
    )
    [failed] = work(timezone.now()).failed
    client = signed_in(city, "sysadmin")
    assert "试过 5 次" in text_of(client.get(URL))
    again = reverse("desk:try_again", args=[failed.id])
    assert signed_in(city, "secadmin").post(again).status_code == 404
    assert client.post(again).status_code == 302
    assert work(timezone.now()).failed == []
    assert client.post(again).status_code == 404
