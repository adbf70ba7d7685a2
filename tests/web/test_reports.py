"""Reports of the content security policy: a line in the log, and nothing of a person in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from yipanqi.web import reports

pytestmark = pytest.mark.django_db
REFERENCE = "K7MQ-3Q9X-D"
URL = "/policy-report/"


def old(**said: str) -> dict[str, Any]:
    return {"csp-report": {"document-uri": f"https://city.example/track/{REFERENCE}/", **said}}


def send(body: Any, client: Client | None = None) -> int:
    text = body if isinstance(body, str) else json.dumps(body)
    return (client or Client()).post(URL, text, content_type="application/csp-report").status_code


def test_s29_a_report_becomes_a_line_that_says_nothing_of_a_person(caplog: Any) -> None:
    blocked = "https://evil.example/steal?q=王小明#13900000000"
    assert send(old(**{"effective-directive": "script-src", "blocked-uri": blocked})) == 204
    new = [{"type": "csp-violation", "body": {"effectiveDirective": "style-src-attr", "blockedURL": "inline",
            "documentURL": "https://city.example/file/"}}]  # fmt: skip
    assert send(new) == 204
    assert caplog.messages == [
        "refused by the browser: script-src from https://evil.example on portal:case",
        "refused by the browser: style-src-attr from inline on portal:file",
    ]


@pytest.mark.parametrize(
    "body", ["", "[", "7", '"x"', "{}", "[1]", '{"csp-report": 3}', "[{}]", '[{"body": []}]']
)
def test_what_is_no_report_is_answered_alike_and_leaves_no_line(body: str, caplog: Any) -> None:
    assert send(body) == 204
    assert caplog.messages == []


def test_what_is_wrong_in_a_report_does_not_reach_the_log(caplog: Any) -> None:
    wrong = {
        "effective-directive": "img-src\nroot: x",
        "blocked-uri": "https://[x",
        "document-uri": "http://[y",
    }
    assert send({"csp-report": wrong}) == 204
    assert send(old(**{"effective-directive": "王小明", "blocked-uri": "javascript://王小明"})) == 204
    assert caplog.messages == [
        "refused by the browser: - from - on -",
        "refused by the browser: - from - on portal:case",
    ]


def test_nobody_fills_the_log(caplog: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "MOST", 3)
    assert {send(old()) for _ in range(5)} == {204}
    assert send("x" * (reports.LARGEST + 1)) == 204
    assert len(caplog.messages) == 3


def test_every_page_names_the_address(client: Client) -> None:
    assert f"report-uri {URL}" in client.get("/privacy/").headers["Content-Security-Policy"]
    assert send(old(), Client(enforce_csrf_checks=True)) == 204
