"""Filing: what is taken, how it is kept, and everything that is refused."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.api.conftest import ORDER, Call, is_english
from tests.factories import PASSWORD, City, make_city
from yipanqi.api import limits, views
from yipanqi.cases.models import Case, Submission
from yipanqi.cases.references import read_reference
from yipanqi.core import sealing
from yipanqi.organisations.actions import add_areas

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def city() -> City:
    return make_city()


def the_submission() -> Submission:
    return Submission.objects.get()


def test_a_submission_is_filed_with_its_words_sealed(call: Call, city: City) -> None:
    contact = {"name": "甲某", "phone": "199 0000 0001", "email": "a@example.org"}
    body = {**ORDER, "contact": contact, "anonymity": "named", "category": "lamps", "area": city.area.pk}
    answer = call("submissions", body)
    assert answer.status == 201
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json) == {"reference", "secret", "links"}
    filed = the_submission()
    assert answer.json["reference"] == filed.reference_id == read_reference(filed.reference_id)
    assert (filed.kind, filed.channel, filed.anonymity, filed.language) == (
        "order",
        "api",
        "named",
        "zh-hans",
    )
    sealed = sealing.open_seal(filed.seal_id)
    assert {name: sealed[name] for name in ("title", "text", *contact)} == {
        "title": ORDER["title"], "text": ORDER["text"], **contact,
    }  # fmt: skip
    case = Case.objects.get()
    assert (case.category_id, case.area_id, case.cleared, case.text) == ("lamps", city.area.pk, False, "")


@pytest.mark.parametrize(("category", "area"), [("路灯", "示例街道"), ("Street lamps", "Sample Street")])
def test_a_partner_names_category_and_area_as_people_do(
    call: Call, city: City, category: str, area: str
) -> None:
    assert call("submissions", {**ORDER, "category": category, "area": area}).status == 201
    assert Case.objects.values_list("category_id", "area_id").get() == ("lamps", city.area.pk)


def test_a_name_that_several_bear_is_refused(call: Call, city: City) -> None:
    add_areas(rows=[("370199002", "示例街道", "Another", "street", "370199")], by=None, at=timezone.now())
    answer = call("submissions", {**ORDER, "area": "示例街道"}, accept_language="en")
    assert (answer.status, answer.wrong) == (422, {"area": "Several bear this name: give the code."})
    assert call("submissions", {**ORDER, "area": "370199002"}).status == 201


def test_the_link_carries_the_reference_alone_and_leads_to_the_portal(call: Call, client: Client) -> None:
    answer = call("submissions", ORDER).json
    path = reverse("portal:case", args=[answer["reference"]])
    assert answer["links"] == {"track": f"http://testserver{path}"}
    assert client.get(path).status_code < 400


@pytest.mark.parametrize(
    ("contact", "anonymity", "kept"),
    [
        (None, None, "anonymous"),
        ({}, None, "anonymous"),
        ({"name": "", "phone": None}, None, "anonymous"),
        ({"phone": "199 0000 0001"}, None, "hidden"),
        ({"phone": "199 0000 0001"}, "named", "named"),
        (None, "named", "named"),
        (None, "hidden", "hidden"),
    ],
)
def test_without_a_choice_the_least_is_shown(
    call: Call, contact: dict[str, str] | None, anonymity: str | None, kept: str
) -> None:
    assert call("submissions", {**ORDER, "contact": contact, "anonymity": anonymity}).status == 201
    assert the_submission().anonymity == kept


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"kind": "petition"}, "kind"),
    ({"kind": None}, "kind"),
    ({"title": ""}, "title"),
    ({"title": " \u3000\t"}, "title"),
    ({"title": "一\n二"}, "title"),
    ({"title": "字" * 61}, "title"),
    ({"title": 5}, "title"),
    ({"text": "\u001d\u0085"}, "text"),
    ({"text": "字" * 5001}, "text"),
    ({"text": "零\x00"}, "text"),
    ({"text": "\ud800"}, "text"),
    ({"category": "nothing"}, "category"),
    ({"area": "nothing"}, "area"),
    ({"area": "\x00"}, "area"),
    ({"contact": "甲某"}, "contact"),
    ({"contact": {"name": "甲\r\n某"}}, "contact.name"),
    ({"contact": {"phone": "1" * 201}}, "contact.phone"),
    ({"contact": {"fax": "1"}}, "contact.fax"),
    ({"anonymity": "secret"}, "anonymity"),
    ({"anonymity": "anonymous", "contact": {"phone": "199 0000 0001"}}, "anonymity"),
    ({"state": "closed"}, "state"),
    ({"channel": "phone"}, "channel"),
    ({"recorded_by": "0"}, "recorded_by"),
]


@pytest.mark.parametrize(("changed", "member"), WRONG)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_wrong_is_named_and_never_repeated(
    call: Call, changed: dict[str, Any], member: str, language: str
) -> None:
    answer = call("submissions", {**ORDER, **changed}, accept_language=language)
    assert (answer.status, answer.problem) == (422, "invalid-input")
    assert set(answer.wrong) == {member}
    said = answer.json["title"] + answer.json["detail"] + answer.wrong[member]
    assert is_english(said) == (language == "en")
    assert not Submission.objects.exists()
    for value in ("petition", "nothing", "甲", "199 0000", "字字", "零"):
        assert value not in answer.content.decode()


@pytest.mark.parametrize("kind", ["order", "suggestion", "claim"])
@pytest.mark.parametrize("anonymity", [None, "named", "hidden", "handler_only", "anonymous"])
def test_each_kind_is_taken_with_the_ways_to_be_known_that_it_can_promise(
    call: Call, kind: str, anonymity: str | None
) -> None:
    contact = None if anonymity == "anonymous" else {"name": "甲某", "phone": "199 0000 0001"}
    body = {key: value for key, value in ORDER.items() if key != "kind"} | {"contact": contact}
    answer = call("submissions", body | {"kind": kind, "anonymity": anonymity}, accept_language="en")
    hidden, wrong = ("handler_only", "hidden") if kind == "claim" else ("hidden", "handler_only")
    if anonymity == wrong:
        assert (answer.status, set(answer.wrong)) == (422, {"anonymity"})
        assert is_english(answer.wrong["anonymity"])
        assert not Submission.objects.exists()
        return
    assert answer.status == 201
    submission = Submission.objects.get()
    assert (submission.kind, submission.anonymity) == (kind, anonymity or hidden)


def test_what_is_of_no_kind_is_an_order(call: Call) -> None:
    assert call("submissions", {key: value for key, value in ORDER.items() if key != "kind"}).status == 201
    assert Submission.objects.get().kind == "order"


def test_all_that_is_wrong_is_told_at_once(call: Call) -> None:
    answer = call("submissions", {"contact": {"name": "\x00", "fax": ""}, "nonsense": 1})
    assert set(answer.wrong) == {"title", "text", "contact.name", "contact.fax", "nonsense"}


def test_names_nobody_asked_for_are_repeated_only_as_far_as_they_can_be(call: Call) -> None:
    strays = {f"{n}\u202e" + "x" * 500: n for n in range(150)}
    answer = call("submissions", {**ORDER, **strays})
    assert answer.status == 422
    assert len(answer.wrong) == 50
    assert max(map(len, answer.wrong)) <= 101
    assert "\u202e" not in answer.content.decode()


@pytest.mark.parametrize("body", [[], None, "text", 5, True])
def test_a_body_must_be_an_object(call: Call, body: Any) -> None:
    answer = call("submissions", body)
    assert (answer.problem, set(answer.wrong)) == ("invalid-input", {""})


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"", b"{'kind': 1}", b'{"kind": NaN}', b"\xff\xfe{}", '{"kind":"订"}'.encode("gbk"),
        b'{"kind": "order", "kind": "order"}', b"[" * 50_000, b'{"a": ' * 10_000,
    ],
)  # fmt: skip
def test_malformed_json_is_refused(call: Call, body: bytes) -> None:
    answer = call("submissions", body, content_type="application/json")
    assert (answer.status, answer.problem) == (400, "malformed-json")


def test_long_numbers_cost_nothing(call: Call) -> None:
    assert call("submissions", b"9" * 90_000).problem == "invalid-input"


@pytest.mark.parametrize(
    "header",
    [
        "text/plain",
        "",
        "application/x-www-form-urlencoded",
        "application/json; charset=gbk",
        "application/jsonx",
    ],
)
def test_another_media_type_is_refused(call: Call, header: str) -> None:
    answer = call("submissions", ORDER, content_type=header)
    assert (answer.status, answer.problem) == (415, "unsupported-media-type")


def test_a_compressed_body_is_refused(call: Call) -> None:
    assert call("submissions", ORDER, content_encoding="gzip").problem == "unsupported-media-type"


@pytest.mark.parametrize("header", ["application/json", 'Application/JSON; charset="UTF-8"'])
def test_json_may_be_written_in_the_usual_ways(call: Call, header: str) -> None:
    assert call("submissions", ORDER, content_type=header).status == 201


def test_a_byte_order_mark_does_no_harm(call: Call) -> None:
    import json

    assert call("submissions", b"\xef\xbb\xbf" + json.dumps(ORDER).encode()).status == 201


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("*/*", 201), ("application/*", 201), ("text/html, application/json;q=0.1", 201), ("", 201),
        ("text/html", 406), ("application/json;q=0", 406), ("application/problem+json", 406), ("nonsense", 406),
    ],
)  # fmt: skip
def test_who_accepts_no_json_is_told_before_anything_is_filed(call: Call, header: str, status: int) -> None:
    assert call("submissions", ORDER, accept=header).status == status
    assert Submission.objects.exists() == (status == 201)


def test_too_large_a_body_is_refused(call: Call) -> None:
    answer = call("submissions", {**ORDER, "text": "x" * 100_000})
    assert (answer.status, answer.problem) == (413, "too-large")
    assert "100000" in answer.json["detail"]


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("name", ["submissions", "track"])
def test_another_method_is_refused(call: Call, name: str, method: str) -> None:
    answer = call(name, method=method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
    if method != "HEAD":
        assert answer.problem == "method-not-allowed"


@pytest.mark.parametrize("name", ["", "nothing", "submissions/", "track/K7MQ-3Q9X-D", "docs", "../v2/track"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_is_a_problem_too(
    call: Call, name: str, method: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = call(name, ORDER, method=method)
    assert (answer.status, answer.problem) == (404, "not-found")
    assert "K7MQ" not in caplog.text


def test_a_strange_host_is_a_problem_too(client: Client) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.ALLOWED_HOSTS", ["portal.example"])
        response: Any = client.post("/api/v1/track", "{}", content_type="application/json")
    assert (response.status_code, response.json()["type"]) == (400, "/api/v1/problems/bad-request")


@pytest.mark.parametrize(
    ("header", "language"),
    [("en-GB", "en"), ("zh-TW", "zh-hans"), ("fr, *;q=0.1", "zh-hans"), ("", "zh-hans")],
)
def test_the_language_is_the_callers(call: Call, client: Client, header: str, language: str) -> None:
    client.cookies["django_language"] = "en"  # a cookie of the portal's decides nothing here
    answer = call("track", {}, accept_language=header)
    assert answer.headers["content-language"] == language
    assert is_english(answer.json["title"]) == (language == "en")


def test_a_signed_in_session_gives_no_more_and_is_not_touched(
    call: Call, client: Client, city: City, django_assert_num_queries: Any
) -> None:
    assert client.login(login="clerk", password=PASSWORD)
    before = dict(client.cookies)
    answer = call("submissions", ORDER)
    assert answer.status == 201
    assert "set-cookie" not in answer.headers
    assert dict(client.cookies) == before
    filed = the_submission()
    assert (filed.channel, filed.recorded_by) == ("api", None)
    assert filed.secrets.get().issued_by is None
    with django_assert_num_queries(0):
        assert call("nothing").status == 404


def test_an_accident_says_nothing_of_what_was_sent(
    call: Call, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_words: object) -> None:
        raise ValueError(f"Failing row contains ({ORDER['text']})")

    monkeypatch.setattr(views, "file_submission", fail)
    answer = call("submissions", ORDER)
    assert (answer.status, answer.problem) == (500, "unexpected")
    assert "ValueError" in caplog.text
    for told in (caplog.text, answer.content.decode()):
        assert str(ORDER["text"]) not in told


def test_a_lost_database_is_worth_another_try(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_words: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(views, "file_submission", fail)
    answer = call("submissions", ORDER)
    assert (answer.status, answer.problem, answer.headers["retry-after"]) == (503, "unavailable", "5")


def test_without_an_intake_unit_nothing_is_taken(call: Call, city: City) -> None:
    hotline = city.units["hotline"]
    hotline.kind = "department"
    hotline.save()
    answer = call("submissions", ORDER)
    assert (answer.status, answer.problem) == (503, "unavailable")


def test_a_network_has_a_limit_and_other_networks_go_on(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "API_SUBMISSIONS_NETWORK", 2)
    assert [call("submissions", ORDER).status for _ in range(3)] == [201, 201, 429]
    answer = call("submissions", ORDER)
    assert answer.problem == "too-many-requests"
    assert 1 <= int(answer.headers["retry-after"]) <= 3600
    # What is not filed is not counted, and a header moves nobody to another network.
    assert call("submissions", {}).status == 422
    assert call("submissions", ORDER, x_forwarded_for="198.51.100.1").status == 429
    assert Submission.objects.count() == 2


def test_all_networks_together_have_a_limit(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "API_SUBMISSIONS_ALL", 1)
    assert [call("submissions", ORDER).status for _ in range(2)] == [201, 429]


def test_figures_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIPANQI_API_FIGURE", "12")
    assert limits._figure("API_FIGURE", 5) == 12
    for wrong in ("", "0", "-1", "many", "１２"):
        monkeypatch.setenv("YIPANQI_API_FIGURE", wrong)
        assert limits._figure("API_FIGURE", 5) == 5
