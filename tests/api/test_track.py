"""Tracking: everything that the submitter may see, and nothing to anybody else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.api.conftest import Call, Told, is_english
from tests.factories import City, bring_to, file, make_city, submitter, take
from yipanqi.cases import queries
from yipanqi.cases.actions import Filed, Words

pytestmark = pytest.mark.django_db

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


@pytest.fixture
def city() -> City:
    return make_city()


def track(call: Call, filed: Filed, **headers: str) -> Told:
    return call("track", {"reference": filed.reference, "secret": filed.secret}, **headers)


def only(answer: Told) -> dict[str, Any]:
    assert answer.status == 200
    (case,) = answer.json["cases"]
    assert answer.json["terms"] == case["terms"]
    return dict(case)


def test_a_new_case_says_who_has_it_and_by_when(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    case = only(track(call, filed, accept_language="en"))
    assert case["number"] == filed.reference
    assert case["state"] == {"code": "registered", "label": "We have it and are finding out whose it is"}
    assert case["unit"] is None
    assert case["documents"] == []
    assert case["timeline"] == [
        {"at": "2026-11-23T10:00:00+08:00", "what": "We received your request", "who": "you", "text": ""}
    ]
    (term,) = case["terms"]
    assert {k: term[k] for k in ("code", "due", "due_raw", "state", "provisional", "basis")} == {
        "code": "route", "due": "2026-11-24", "due_raw": "2026-11-24", "state": "running", "provisional": False,
        "basis": "practice",
    }  # fmt: skip
    assert set(term) == {
        "code", "label", "due", "due_raw", "state", "late", "provisional", "basis", "derivation",
    }  # fmt: skip
    assert len(term["derivation"]) >= 3


def test_it_speaks_the_callers_language(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "handling", MONDAY)
    chinese, english = only(track(call, filed)), only(track(call, filed, accept_language="en"))
    assert chinese["state"]["label"] == "负责单位正在办理"
    assert chinese["unit"] == {"name": "示例路灯处", "telephone": "0531-00000000"}
    assert english["unit"]["name"] == "Lamps"
    for case, english_only in ((chinese, False), (english, True)):
        said = [event["what"] for event in case["timeline"]]
        said += [line for term in case["terms"] for line in [term["label"], *term["derivation"]]]
        assert all(is_english(text) == english_only for text in said)


def test_it_shows_the_way_to_the_answer(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "served", MONDAY)
    case = only(track(call, filed))
    assert case["state"]["code"] == "served"
    assert [document["text"] for document in case["documents"]] == ["已修好。"]
    assert case["documents"][0]["kind"] == "serve"
    assert {term["code"]: term["state"] for term in case["terms"]} == {
        "route": "ended", "accept": "ended", "answer": "ended", "audit": "ended", "evaluate": "running",
    }  # fmt: skip
    assert all(event["at"].endswith("+08:00") for event in case["timeline"])


def test_an_answer_not_yet_served_is_not_shown(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "answered", MONDAY)
    assert "已修好" not in track(call, filed).content.decode()


def test_a_question_is_shown_and_the_answers_clock_stands_still(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "handling", MONDAY)
    take(filed.case.pk, "ask", city.actor("insider"), MONDAY, question="是哪一根灯杆？")
    case = only(track(call, filed))
    assert case["timeline"][-1]["text"] == "是哪一根灯杆？"
    answer = next(term for term in case["terms"] if term["code"] == "answer")
    assert (answer["state"], answer["due"], answer["late"]) == ("paused", None, False)


def test_late_is_said(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY - dt.timedelta(days=100))
    (term,) = only(track(call, filed))["terms"]
    assert (term["state"], term["late"]) == ("running", True)


def test_nothing_of_the_person_comes_back(call: Call, city: City) -> None:
    words = Words(title="sentinel-title", text="sentinel-text", name="sentinel-name", phone="19900000077")
    filed = file(city, at=MONDAY, words=words)
    bring_to(city, filed, "handling", MONDAY)
    told = track(call, filed).content.decode()
    assert "sentinel" not in told
    assert "19900000077" not in told
    for login in city.accounts:
        assert f"示例{login}" not in told, "an officer's name"


def test_a_second_round_shows_the_limits_of_both(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "served", MONDAY)
    take(filed.case.pk, "evaluate", submitter(filed), MONDAY, grade="not_satisfied", solved="no")
    take(filed.case.pk, "second_handling", submitter(filed), MONDAY, understood=True)
    case = only(track(call, filed))
    assert [term["state"] for term in case["terms"] if term["code"] == "answer"] == ["ended", "running"]
    assert case["state"]["code"] == "handling"


@pytest.mark.parametrize("how", ["wrong secret", "unknown reference", "nonsense", "another's secret"])
def test_what_does_not_belong_together_opens_nothing(call: Call, city: City, how: str) -> None:
    filed, other = file(city, at=MONDAY), file(city, at=MONDAY)
    body = {
        "wrong secret": {"reference": filed.reference, "secret": "0000 0000 0000 0000"},
        "unknown reference": {"reference": "K7MQ-3Q9X-4", "secret": filed.secret},
        "nonsense": {"reference": "…", "secret": ""},
        "another's secret": {"reference": filed.reference, "secret": other.secret},
    }[how]
    answer = call("track", body)
    assert (answer.status, answer.problem) == (404, "not-proved")
    # The same answer in every case: it does not tell which references exist.
    assert answer.content == call("track", {"reference": "x", "secret": "y"}).content


def test_reference_and_secret_may_be_typed_as_people_type(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    typed = {"reference": filed.reference.lower().replace("-", " "), "secret": filed.secret.replace(" ", "")}
    assert call("track", typed).status == 200


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({}, {"reference", "secret"}),
        ({"reference": "x"}, {"secret"}),
        ({"reference": 5, "secret": None}, {"reference", "secret"}),
        ({"reference": "\x00", "secret": "\ud800"}, {"reference", "secret"}),
        ({"reference": "x", "secret": "y", "verbose": True}, {"verbose"}),
        ({"reference": "x" * 201, "secret": "y"}, {"reference"}),
    ],
)
def test_what_is_wrong_is_named(call: Call, body: dict[str, Any], members: set[str]) -> None:
    answer = call("track", body)
    assert answer.problem == "invalid-input"
    assert set(answer.wrong) == members


def test_tries_are_limited_for_a_reference(call: Call, city: City) -> None:
    filed = file(city, at=MONDAY)
    (most,) = [most for kind, most in queries.TRIES if kind == "reference"]
    wrong = {"reference": filed.reference, "secret": "0000 0000 0000 0000"}
    assert {call("track", wrong).status for _ in range(most)} == {404}
    answer = track(call, filed)
    assert (answer.status, answer.problem) == (429, "too-many-requests")
    assert int(answer.headers["retry-after"]) >= 1
    assert track(call, file(city, at=MONDAY)).status == 200


def test_a_right_secret_is_no_try(call: Call, city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """A partner asks for its callers' cases all day, and many residents share the address of a mobile network."""
    monkeypatch.setattr(queries, "TRIES", (("reference", 2), ("network", 2), ("all", 2)))
    filed = file(city, at=MONDAY)
    assert [track(call, filed).status for _ in range(5)] == [200] * 5
    wrong = {"reference": filed.reference, "secret": "0000 0000 0000 0000"}
    assert [call("track", wrong).status for _ in range(3)] == [404, 404, 429]
