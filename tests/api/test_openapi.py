"""The description: complete, valid, translated, and with examples that hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.api.conftest import Call, is_english
from yipanqi.api import problems
from yipanqi.api.schemas import REFERENCE
from yipanqi.cases.references import read_reference

pytestmark = pytest.mark.django_db  # requests ask the database for nothing, but the middleware may

EXPECTED = {
    ("/api/v1/submissions", "post"): {"201", "400", "405", "406", "409", "413", "415", "422", "429", "503", "default"},
    ("/api/v1/track", "post"): {"200", "400", "404", "405", "406", "413", "415", "422", "429", "503", "default"},
    ("/api/v1/openapi.json", "get"): {"200", "405", "406", "default"},
}  # fmt: skip


@pytest.fixture
def described(call: Call) -> Any:
    return call("openapi.json", method="GET").json


def operations(document: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield (path, method), operation


def test_it_lists_every_address_with_every_answer(described: Any) -> None:
    assert described["openapi"] == "3.1.0"
    assert {where: set(operation["responses"]) for where, operation in operations(described)} == EXPECTED


def test_it_is_valid_by_its_own_standard(described: Any) -> None:
    for schema in described["components"]["schemas"].values():
        jsonschema_rs.meta.validate({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"})


def resolved(document: Any, value: Any) -> Any:
    while isinstance(value, dict) and "$ref" in value:
        found = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def test_examples_are_what_the_schemas_say(described: Any) -> None:
    tried = 0
    for _where, operation in operations(described):
        bodies = [operation["requestBody"]] if "requestBody" in operation else []
        for part in [*bodies, *(resolved(described, r) for r in operation["responses"].values())]:
            for content in part["content"].values():
                schema = {**content["schema"], "components": described["components"]}
                for example in content.get("examples", {}).values():
                    jsonschema_rs.validate(schema, example["value"], validate_formats=True)
                    tried += 1
    assert tried > 20


def test_refusals_are_problem_details_with_the_headers_they_need(described: Any) -> None:
    for status, response in described["components"]["responses"].items():
        assert set(response["content"]) == {problems.MEDIA_TYPE}
        for name, example in response["content"][problems.MEDIA_TYPE]["examples"].items():
            assert example["value"]["type"] == f"/api/v1/problems/{name}"
            assert status in (str(example["value"]["status"]), "default")
        needed = {"429": {"Retry-After"}, "503": {"Retry-After"}, "405": {"Allow"}}.get(status, set())
        assert set(response.get("headers", {})) == needed


def test_every_kind_of_problem_is_documented(described: Any) -> None:
    documented = {
        example["value"]["type"].rpartition("/")[2]
        for response in described["components"]["responses"].values()
        for example in response["content"][problems.MEDIA_TYPE]["examples"].values()
    }
    # Of addresses that do not exist and of requests that never reached an operation no operation can tell.
    assert {kind.code for kind in problems.ALL} - documented == {"not-found", "bad-request"}


def texts(value: Any, name: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in ("examples", "example"):
                yield from texts(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each)
    elif name in ("description", "summary", "title"):
        yield value


@pytest.mark.parametrize(("language", "english"), [("en", True), ("zh", False)])
def test_it_is_written_in_the_callers_language(call: Call, language: str, english: bool) -> None:
    found = list(texts(call("openapi.json", method="GET", accept_language=language).json))
    assert len(found) > 60
    wrong = [text for text in found if is_english(text) != english]
    assert wrong == []


def test_every_member_of_a_request_is_explained(described: Any) -> None:
    for name in ("SubmissionRequest", "Contact", "TrackRequest"):
        schema = described["components"]["schemas"][name]
        assert schema["additionalProperties"] is False
        assert all(member.get("description") for member in schema["properties"].values())


def test_the_example_reference_can_be_nobodys() -> None:
    assert read_reference(REFERENCE) is None


def test_no_page_fetches_anything(call: Call) -> None:
    assert call("docs", method="GET").status == 404
