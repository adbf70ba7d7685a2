"""Acknowledged means committed: web processes and PostgreSQL are killed during 500 submissions (R1, R2)."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.running import Running, serving, words

pytestmark = pytest.mark.fault

SUBMISSIONS = 500
CLIENTS = 8
RESUMED = 30.0  # seconds from a kill to the next acknowledgement (R2)


class Storm:
    """500 submissions by clients that do not give up, with something killed each time that a share of them is in."""

    def __init__(self, running: Running, kills: list[Callable[[], None]]) -> None:
        self._running, self._kills = running, kills
        self._lock = threading.Lock()
        self.acknowledged: list[str] = []
        self.at: list[float] = []  # of the acknowledgements, in their order
        self.killed_at: list[float] = []

    def run(self) -> None:
        """Submit everything and kill at random points of it, which are spread over the whole."""
        share = SUBMISSIONS // (len(self._kills) + 1)
        points = [share * n + random.randrange(share) for n in range(1, len(self._kills) + 1)]
        with ThreadPoolExecutor(CLIENTS + 1) as pool:
            killing = pool.submit(self._kill_at, points)
            for done in [pool.submit(self._file, n) for n in range(SUBMISSIONS)]:
                done.result()
            killing.result()

    def _file(self, number: int) -> None:
        # A kill between commit and answer is rare. That an answer is lost must not be: each tenth client does not hear it.
        answer = self._running.submit(words(number), key=f"kill-{number}", listen=number % 10 > 0)
        with self._lock:
            self.acknowledged.append(str(answer["reference"]))
            self.at.append(time.monotonic())

    def _kill_at(self, points: list[int]) -> None:
        for point, kill in zip(points, self._kills, strict=True):
            while len(self.acknowledged) < point:
                time.sleep(0.01)
            kill()
            self.killed_at.append(time.monotonic())

    def check(self) -> None:
        """Every acknowledged reference exists once, nothing else does, and the kills fell into the load."""
        rows = self._running.sql("SELECT reference_id FROM cases_submission WHERE channel = 'api'")
        found = [str(row[0]) for row in rows]
        assert len(self.acknowledged) == SUBMISSIONS
        assert sorted(self.acknowledged) == sorted(found)
        assert len(set(found)) == SUBMISSIONS
        assert self.at[0] < self.killed_at[0] <= self.killed_at[-1] < self.at[-1]
        silence = max(later - earlier for earlier, later in pairwise(self.at))
        print(
            f"{SUBMISSIONS} submissions in {self.at[-1] - self.at[0]:.1f} s with {len(self.killed_at)} kills; "
            f"the longest silence was {silence:.1f} s"
        )
        assert silence < RESUMED


def test_no_submission_is_lost_or_doubled_when_web_processes_are_killed(city_home: Path) -> None:
    # Two deaths of one worker within 5.5 s are a crash loop to the web server, which then ends and is started again.
    # Of four no one dies twice here before the whole server does.
    with serving(city_home, more={"YIPANQI_WEB_WORKERS": "4"}) as running:

        def worker() -> None:
            while not (found := running.web_workers()):
                time.sleep(0.01)  # the whole web server was killed a moment ago
            os.kill(found[0], signal.SIGKILL)  # the oldest

        def server() -> None:
            os.kill(running.web(), signal.SIGKILL)

        storm = Storm(running, [worker, worker, worker, server, worker, worker, server, worker])
        storm.run()
        storm.check()


def test_no_submission_is_lost_or_doubled_when_postgresql_is_killed(city_home: Path) -> None:
    with serving(city_home) as running:

        def postmaster() -> None:
            os.kill(running.postmaster(), signal.SIGKILL)

        storm = Storm(running, [postmaster] * 3)
        storm.run()
        storm.check()
