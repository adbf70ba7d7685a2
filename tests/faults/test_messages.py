"""Messages reach whoever left an address: a worker killed between sending and marking, lost jobs, a provider away."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.running import serving, words
from tests.notices.post_office import OK, PostOffice, body_of, listening
from tests.ports import free_port
from yipanqi.runtime import embedded

pytestmark = pytest.mark.fault

PATIENCE = (
    300.0  # seconds: five minutes after the provider is back (R6), half of what lost jobs are given (R5)
)


def said(number: int) -> dict[str, Any]:
    body = words(number)
    body["contact"]["email"] = f"zqsenm{number:02}@home.example"
    return body


def wait_for(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.2)


def test_a_worker_killed_between_sending_and_marking_sends_again_with_the_same_id(city_home: Path) -> None:
    office = PostOffice(free_port())
    with (
        listening(office),
        serving(city_home, more={"YIPANQI_SMTP_URL": office.url}) as running,
        embedded.running(city_home, say=embedded.say_nothing) as server,
        psycopg.connect(server.urls["MIGRATE_DATABASE_URL"], options="-c search_path=city") as holding,
    ):

        def take_and_hold(_message: EmailMessage) -> str:
            """Take the message for good, and keep the worker from marking it."""
            office.answer = lambda _message: OK
            holding.execute("LOCK TABLE notices_message IN SHARE MODE")
            return OK

        office.answer = take_and_hold
        running.submit(said(1), key="message-1")
        waiting = "SELECT count(*) FROM pg_locks WHERE relation = 'notices_message'::regclass AND NOT granted"
        wait_for(lambda: running.sql(waiting) == [(1,)])
        assert len(office.mail) == 1  # sent, and the server said that it has it
        os.kill(running.worker(), signal.SIGKILL)
        holding.rollback()
        wait_for(lambda: running.sql("SELECT state FROM notices_message") == [("sent",)])
        assert len(office.mail) == 2
        assert len(set(office.ids)) == 1
        assert len({body_of(mail) for mail in office.mail}) == 1


def test_lost_jobs_and_a_provider_that_is_away_keep_no_message_from_anybody(city_home: Path) -> None:
    office = PostOffice(free_port())
    with serving(city_home, "--no-worker") as running:
        for number in range(40):
            running.submit(said(number), key=f"message-{number}")
        jobs = [row[0] for row in running.sql(
            "SELECT id FROM jobs.procrastinate_jobs WHERE task_name = 'matter_moved' AND args ->> 'step' = 'register' "
            "AND (args ->> 'matter')::uuid IN (SELECT matter_id FROM cases_case JOIN cases_submission s ON s.id = submission_id WHERE s.channel = 'api')"
        )]  # fmt: skip
        assert len(jobs) == 40
        lost = random.sample(jobs, 8)
        with (
            embedded.running(city_home, say=embedded.say_nothing) as server,
            psycopg.connect(server.urls["MIGRATE_DATABASE_URL"], options="-c search_path=jobs") as owner,
        ):
            owner.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [lost])
    with serving(city_home, more={"YIPANQI_SMTP_URL": office.url}) as running:
        for number in range(40, 60):
            running.submit(said(number), key=f"message-{number}")  # acknowledged while nobody takes mail
        wait_for(
            lambda: running.sql("SELECT count(*) FROM notices_message WHERE state = 'waiting'") == [(60,)]
        )
        assert running.sql("SELECT max(tries) FROM notices_message") == [(0,)]
        with listening(office):
            wait_for(
                lambda: running.sql("SELECT count(*) FROM notices_message WHERE state = 'sent'") == [(60,)]
            )
            assert sorted(to for _sender, all_ in office.envelopes for to in all_) == sorted(
                f"zqsenm{number:02}@home.example" for number in range(60)
            )
