"""Acknowledged means committed: web processes and PostgreSQL are killed during 500 submissions (R1, R2)."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.running import PATIENCE, Running, build_small_city, serving

pytestmark = pytest.mark.fault

SUBMISSIONS = 500
CLIENTS = 8


def submit(running: Running, number: int) -> str:
    """File one submission as a client that does not give up: the same key until it is acknowledged."""
    body = {
        "kind": "order",
        "title": f"示例 {number}",
        "text": f"示例诉求，第 {number} 件。",
        "anonymity": "anonymous",
    }
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        status, answer = running.post("/api/v1/submissions", body, Idempotency_Key=f"kill-{number}")
        if status == 201:
            return str(answer["reference"])
        assert status in (0, 429, 500, 502, 503), status
        time.sleep(0.05)
    raise AssertionError(f"submission {number} was never acknowledged")


def storm(running: Running, kill: Callable[[], None], every: float) -> list[str]:
    """Submit from several clients while something is killed now and again."""
    done = threading.Event()

    def killer() -> None:
        while not done.wait(every * random.uniform(0.5, 1.5)):
            kill()

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        with ThreadPoolExecutor(CLIENTS) as pool:
            return list(pool.map(lambda n: submit(running, n), range(SUBMISSIONS)))
    finally:
        done.set()
        thread.join()


def in_database(running: Running) -> list[str]:
    rows = running.sql("SELECT reference_id FROM cases_submission WHERE channel = 'api'")
    return [str(row[0]) for row in rows]


def test_no_submission_is_lost_or_doubled_when_web_processes_are_killed(fresh_home: Path) -> None:
    build_small_city(fresh_home)
    with serving(fresh_home) as running:
        kills = []

        def kill() -> None:
            pids = running.web_processes()
            if pids:
                victim = random.choice(pids)
                kills.append(victim)
                os.kill(victim, signal.SIGKILL)

        acknowledged = storm(running, kill, every=1.5)
        found = in_database(running)
    assert kills
    assert sorted(acknowledged) == sorted(found)
    assert len(set(found)) == SUBMISSIONS


def test_no_submission_is_lost_or_doubled_when_postgresql_is_killed(fresh_home: Path) -> None:
    build_small_city(fresh_home)
    with serving(fresh_home) as running:
        kills = []

        def kill() -> None:
            try:
                pid = running.postmaster()
                os.kill(pid, signal.SIGKILL)
                kills.append(pid)
            except (OSError, ValueError):
                return

        acknowledged = storm(running, kill, every=4)
        found = in_database(running)
    assert kills
    assert sorted(acknowledged) == sorted(found)
    assert len(set(found)) == SUBMISSIONS
