"""Schemathesis against the description: what it promises is what is answered, and nothing ever breaks (R13)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.factories import make_city
from yipanqi.cases import queries

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Values mined from our own source would make another run of every change of the code.
CONFIG = schemathesis.Config.from_dict({"analysis": {"constants": {"enabled": False}}})
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application(), config=CONFIG)
load_all_checks()


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A city, limits that let all tries through, and a connection that stays in the test's transaction."""
    make_city()
    monkeypatch.setattr(queries, "TRIES", (("reference", 10**6), ("network", 10**6)))
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


BOUNDED = settings(
    max_examples=150,
    stateful_step_count=4,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@schema.parametrize()
@BOUNDED
def test_every_answer_is_as_described(unlimited: None, case: Any) -> None:
    validate(case, case.call())


def test_what_was_filed_is_tracked_by_following_the_link(unlimited: None) -> None:
    answers = set()

    class Caller(schema.as_state_machine()):  # type: ignore[misc]
        def validate_response(self, response: Any, case: Any, **more: Any) -> None:
            validate(case, response)
            answers.add((case.operation.path.rpartition("/")[2], response.status_code))

    run_state_machine_as_test(Caller, settings=settings(BOUNDED, max_examples=25))
    assert {("submissions", 201), ("track", 200)} <= answers


def validate(case: Any, response: Any) -> None:
    excluded = [positive_data_acceptance] if only_the_city_knows(response) else []
    case.validate_response(response, excluded_checks=excluded)


def only_the_city_knows(response: Any) -> bool:
    """Whether it was refused for what no description can say: which codes there are, and that an anonymous voice
    bears no contact."""
    if response.status_code != 422:
        return False
    return {error["field"] for error in response.json()["errors"]} <= {"category", "area", "anonymity"}
