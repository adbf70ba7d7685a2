"""Against a portal as it is deployed: another process, over the wire, with the portal's database role (R3)."""

from __future__ import annotations

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from conftest import owner_connection
from tests.api.conftest import ORDER, Portal, Told

pytestmark = pytest.mark.fault


def filed() -> int:
    with owner_connection() as owner:
        return int(owner.execute("SELECT count(*) FROM cases_submission").fetchone()[0])


def at_once(number: int, portal: Portal, bodies: list[dict[str, str]], key: str) -> list[Told]:
    """As many posts as that, started together."""
    gate = threading.Barrier(number)

    def post(n: int) -> Told:
        gate.wait(30)
        return portal.call("submissions", bodies[n % len(bodies)], key=key)

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(post, range(number)))


def test_fifty_identical_posts_at_once_are_one_case(portal: Portal) -> None:
    before = filed()
    answers = at_once(50, portal, [ORDER], "fifty")
    assert {answer.status for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert filed() == before + 1


def test_of_two_bodies_at_once_one_is_filed_and_the_other_conflicts(portal: Portal) -> None:
    before = filed()
    bodies = [ORDER, {**ORDER, "title": "另一件"}]
    answers = at_once(20, portal, bodies, "two bodies")
    first, second = answers[::2], answers[1::2]
    assert {frozenset({a.status for a in half}) for half in (first, second)} == {
        frozenset({201}),
        frozenset({409}),
    }
    assert len({answer.content for answer in answers if answer.status == 201}) == 1
    assert filed() == before + 1


def test_different_keys_at_once_are_all_filed(portal: Portal) -> None:
    before = filed()
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda n: portal.call("submissions", ORDER, key=f"own {n}"), range(40)))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["reference"] for answer in answers}) == 40
    assert filed() == before + 40


def test_what_was_filed_can_be_tracked(portal: Portal) -> None:
    body = {**ORDER, "contact": {"name": "甲某", "phone": "199 0000 0001"}, "category": "lamps"}
    told = portal.call("submissions", body).json
    assert told["links"]["track"] == f"http://127.0.0.1:{portal.port}/track/{told['reference']}/"
    tracked = portal.call("track", {"reference": told["reference"], "secret": told["secret"]})
    assert tracked.status == 200
    assert [case["state"]["code"] for case in tracked.json["cases"]] == ["registered"]


@pytest.mark.parametrize("key", ["键".encode(), b"\xe9", b" ", b"x" * 256])
def test_a_key_that_the_server_cannot_hand_on_does_not_pass_for_none(portal: Portal, key: bytes) -> None:
    before = filed()
    answer = portal.call("submissions", ORDER, key=key)
    assert answer.problem == "invalid-idempotency-key"
    assert filed() == before


def test_a_body_of_unstated_length_is_read(portal: Portal) -> None:
    content = json.dumps(ORDER).encode()
    assert portal.call("submissions", iter([content[:10], content[10:]])).status == 201
    assert portal.call("submissions", iter([b"x" * 10_000] * 11)).problem == "too-large"


def test_too_large_a_body_is_refused_before_it_is_read(portal: Portal) -> None:
    connection = portal.connect()
    connection.putrequest("POST", "/api/v1/submissions")
    for name, value in (("Content-Type", "application/json"), ("Content-Length", "50000000")):
        connection.putheader(name, value)
    connection.endheaders(b"{")
    try:
        assert connection.getresponse().status == 413
    finally:
        connection.close()


@pytest.mark.parametrize("method", ["PUT", "TRACE", "HEAD", "NONSENSE"])
def test_a_refusal_survives_the_server(portal: Portal, method: str) -> None:
    answer = portal.call("track", method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_description_can_be_asked_for_without_its_body(portal: Portal) -> None:
    whole, head = (portal.call("openapi.json", method=method) for method in ("GET", "HEAD"))
    assert (head.status, head.content) == (200, b"")
    assert whole.json["openapi"] == "3.1.0"


def test_the_portals_role_can_do_no_more_with_kept_answers_than_it_must() -> None:
    with psycopg.connect(
        os.environ["PORTAL_DATABASE_URL"], autocommit=True, options="-c search_path=city"
    ) as role:
        role.execute("SELECT key FROM api_idempotentanswer LIMIT 1")
        for statement in ("UPDATE api_idempotentanswer SET sealed = ''", "TRUNCATE api_idempotentanswer"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                role.execute(statement.encode())
