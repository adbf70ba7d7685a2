"""The same key with the same body: the same answer for a day, and one case."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from conftest import owner_connection
from tests.api.conftest import ORDER, Call
from tests.factories import City, make_city
from yipanqi.api import actions, jobs, limits
from yipanqi.api.actions import KEPT, answer_once, forget_answers
from yipanqi.api.models import IdempotentAnswer
from yipanqi.api.reading import digest
from yipanqi.cases.models import Submission
from yipanqi.core.attempts import TooMany
from yipanqi.core.crypto.keyring import Keyring
from yipanqi.core.keys import keyring
from yipanqi.organisations.models import Category

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def city() -> City:
    return make_city()


def once(key: str | None, body: Any, at: dt.datetime, answer: bytes) -> bytes:
    return answer_once(key=key, digest=digest(body), network="192.0.2.0/24", make=lambda: answer, at=at)


def test_the_same_request_gets_the_same_answer_and_files_once(call: Call) -> None:
    first = call("submissions", ORDER, key="k")
    again = call("submissions", ORDER, key="k")
    assert (first.status, first.content) == (again.status, again.content)
    assert first.headers == again.headers
    assert Submission.objects.count() == 1


def test_the_answer_stays_the_same_whatever_changed_meanwhile(call: Call) -> None:
    body = {**ORDER, "category": "lamps"}
    first = call("submissions", body, key="k")
    Category.objects.filter(pk="lamps").update(valid_to=dt.date(2026, 11, 1))
    again = call("submissions", body, key="k", accept_language="en", host="127.0.0.1")
    assert (again.status, again.content) == (201, first.content)


def test_without_a_key_each_request_is_a_submission(call: Call) -> None:
    assert {call("submissions", ORDER).status for _ in range(2)} == {201}
    assert Submission.objects.count() == 2
    assert not IdempotentAnswer.objects.exists()


def test_order_and_spacing_of_members_make_no_other_body(call: Call) -> None:
    first = call("submissions", ORDER, key="k")
    turned = json.dumps(dict(reversed(ORDER.items())), indent=3, ensure_ascii=False).encode()
    assert call("submissions", turned, key="k").content == first.content


@pytest.mark.parametrize(
    "changed",
    [{"title": "路灯不亮了"}, {"text": ORDER["text"] + " "}, {"category": "lamps"}, {"contact": {}}],
)
def test_another_body_with_the_key_is_a_conflict(call: Call, changed: dict[str, Any]) -> None:
    call("submissions", ORDER, key="k")
    answer = call("submissions", {**ORDER, **changed}, key="k", accept_language="en")
    assert (answer.status, answer.problem) == (409, "idempotency-key-reused")
    assert Submission.objects.count() == 1


def test_another_key_is_another_submission(call: Call) -> None:
    answers = {call("submissions", ORDER, key=key).json["reference"] for key in ("k", "K", "k2")}
    assert len(answers) == 3


def test_a_refusal_is_not_kept(call: Call) -> None:
    assert call("submissions", {**ORDER, "category": "nothing"}, key="k").status == 422
    assert call("submissions", {**ORDER, "category": "lamps"}, key="k").status == 201


@pytest.mark.parametrize("key", ["x", "x" * 255, 'with space, and = signs; "quoted" \\', " padded "])
def test_any_printable_key_will_do(call: Call, key: str) -> None:
    first = call("submissions", ORDER, key=key)
    assert first.status == 201
    assert call("submissions", ORDER, key=key).content == first.content
    assert call("submissions", ORDER, key=key[1:] + "~").content != first.content


@pytest.mark.parametrize("key", ["", "   ", "x" * 256, "tab\there", "nul\x00", "\x7f", "é"])
def test_an_unusable_key_is_refused(call: Call, key: str) -> None:
    answer = call("submissions", ORDER, key=key)
    assert (answer.status, answer.problem) == (400, "invalid-idempotency-key")
    assert set(answer.wrong) == {"Idempotency-Key"}
    assert not Submission.objects.exists()


def test_a_key_serves_again_when_its_day_is_over() -> None:
    assert once("k", {"a": 1}, NOW, b"first") == b"first"
    assert once("k", {"a": 1}, NOW + KEPT - dt.timedelta(seconds=1), b"second") == b"first"
    with pytest.raises(actions.KeyReused):
        once("k", {"a": 2}, NOW + KEPT - dt.timedelta(seconds=1), b"second")
    assert once("k", {"a": 2}, NOW + KEPT, b"third") == b"third"
    assert once("k", {"a": 2}, NOW + KEPT + DAY / 2, b"fourth") == b"third"


def test_answers_are_forgotten_when_their_day_is_over() -> None:
    once("old", {}, NOW, b"old")
    once("young", {}, NOW + dt.timedelta(hours=1), b"young")
    assert forget_answers(at=NOW + KEPT) == 1
    assert once("young", {}, NOW + KEPT, b"new") == b"young"


def test_the_job_forgets() -> None:
    once("old", {}, timezone.now() - KEPT, b"old")
    once("young", {}, timezone.now(), b"young")
    jobs.forget_answers(timestamp=0)
    assert IdempotentAnswer.objects.count() == 1
    assert "forget_answers" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}


def test_what_was_not_committed_is_not_kept(monkeypatch: pytest.MonkeyPatch, call: Call) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(Keyring, "seal_answer", fail)
        assert call("submissions", ORDER, key="k").status == 500
    assert not Submission.objects.exists()
    assert call("submissions", ORDER, key="k").status == 201


def test_nobody_gets_at_an_answer_by_guessing_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "API_REPLAYS_KEY", 3)
    once("k", {"guess": 0}, NOW, b"secret")
    for guess in range(1, 4):
        with pytest.raises(actions.KeyReused):
            once("k", {"guess": guess}, NOW, b"")
    with pytest.raises(TooMany):
        once("k", {"guess": 0}, NOW, b"")
    assert once("k2", {}, NOW, b"other") == b"other"


def test_replays_use_up_nobodys_limit(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "API_SUBMISSIONS_NETWORK", 1)
    first = call("submissions", ORDER, key="k")
    assert [call("submissions", ORDER, key="k").content for _ in range(3)] == [first.content] * 3
    assert call("submissions", ORDER, key="k2").status == 429


@pytest.mark.django_db(transaction=True)
def test_the_table_tells_nothing(call: Call) -> None:
    key = "sentinel-key-1f3a"
    body = {**ORDER, "text": "sentinel-text-1f3a", "contact": {"name": "sentinel-name-1f3a"}}
    answer = call("submissions", body, key=key).json
    row = IdempotentAnswer.objects.get()
    assert keyring().open_answer(keyring().answer_context(key, digest(body)), bytes(row.sealed))
    with owner_connection() as owner, owner.cursor() as cursor:
        with cursor.copy("COPY api_idempotentanswer TO STDOUT (FORMAT binary)") as copy:
            stored = b"".join(bytes(part) for part in copy)
        with cursor.copy("COPY core_attempt TO STDOUT (FORMAT binary)") as copy:
            stored += b"".join(bytes(part) for part in copy)
    for told in (key, "sentinel", answer["reference"], answer["secret"], answer["secret"].replace(" ", "")):
        assert told.encode() not in stored
    assert row.sealed  # it was there to be searched
    assert len(stored) > 200


def test_a_day_is_a_day() -> None:
    assert KEPT == DAY
