"""One idempotency key is one case, whatever the network does (R3), on the running product."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.faults.running import Running, serving, words

pytestmark = pytest.mark.fault

PARALLEL = 50


def all_at_once(running: Running, bodies: list[dict[str, Any]], key: str) -> list[tuple[int, dict[str, Any]]]:
    """Post every body with one key at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(bodies))

    def post(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        gate.wait()
        return running.post("/api/v1/submissions", body, Idempotency_Key=key)

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(post, bodies))


def cases_of(running: Running) -> int:
    [(number,)] = running.sql(
        "SELECT count(*) FROM cases_case JOIN cases_submission s ON s.id = submission_id WHERE channel = 'api'"
    )
    return int(number)


def test_fifty_parallel_posts_with_one_key_are_one_case(city_home: Path) -> None:
    with serving(city_home) as running:
        answers = all_at_once(running, [words("一")] * PARALLEL, "one")
        assert [status for status, _ in answers] == [201] * PARALLEL
        assert all(answer == answers[0][1] for _, answer in answers)
        assert len(answers[0][1]["secret"]) > 0
        assert cases_of(running) == 1
        assert running.post("/api/v1/submissions", words("二"), Idempotency_Key="one")[0] == 409
        # Two bodies that quarrel over a new key: one of them has it, and the other is told so each time.
        mixed = all_at_once(running, [words("三"), words("四")] * (PARALLEL // 2), "two")
        assert sorted(status for status, _ in mixed) == [201] * (PARALLEL // 2) + [409] * (PARALLEL // 2)
        assert cases_of(running) == 2
