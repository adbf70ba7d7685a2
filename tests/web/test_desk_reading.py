"""From a report to a conference at the desk: read, looked over, laid down, and read again with its requirements."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.factories import make_city
from tests.files.test_words import docx_of
from tests.web.desk_helpers import signed_in, text_of
from yipanqi.meetings.models import Conference, Line, Named
from yipanqi.text.reports import read_report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

REPORT = (Path(__file__).resolve().parent.parent / "data" / "conference-report.txt").read_text(
    encoding="utf-8"
)
URL = "/desk/meetings/from-report"


@pytest.fixture
def client() -> Client:
    return signed_in(make_city(), "deputy")


def asked_back(page: str) -> dict[str, str]:
    """What a browser would send of the page as it stands."""
    fields = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', page))
    fields |= dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL))
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return {name: value.replace("&quot;", '"').replace("&#x27;", "'") for name, value in fields.items()}


def read(client: Client, **sent: Any) -> dict[str, str]:
    answer = client.post(URL, sent)
    assert answer.status_code == 200
    return asked_back(text_of(answer))


def test_a_report_becomes_a_conference_with_everything_it_says(client: Client) -> None:
    sent = read(client, text=REPORT)
    assert (sent["held_on"], sent["held_text"]) == ("", "2月14日")  # a year is never guessed
    answer = client.post(URL, sent)
    conference = Conference.objects.get()
    assert answer["Location"] == f"{reverse('desk:board')}?conference={conference.pk}"
    found = read_report(REPORT)
    named = list(conference.named.values_list("role", "name", "post"))
    assert named[:2] == [(Named.SPEECH, "刘强", "市委书记"), (Named.CHAIR, "于海田", "市委副书记、市长")]
    assert [name for _role, name, _post in named] == [
        "刘强",
        "于海田",
        "韩金峰",
        "雷杰",
        "杨峰",
        "陈阳",
        "韩伟",
        "孙常建",
        "陈勇",
    ]
    assert conference.exchanges.count() == 6
    assert conference.papers.count() == len(found.conveyed)
    assert (conference.form, conference.main_venue) == ("video", "主会场")
    lines = list(conference.lines.order_by("number"))
    assert [line.text for line in lines] == [each.clause for each in found.requirements]
    kept = conference.report
    assert all(kept.text[line.start : line.end] == line.text for line in lines)
    assert kept.original == REPORT.strip("\n")


def test_what_was_read_can_be_changed_merged_left_out_and_added_to(client: Client) -> None:
    sent = read(client, text=REPORT)
    found = [each.clause for each in read_report(REPORT).requirements]
    sent |= {
        "1-what": "drop",
        "2-text": "改过的一条",
        "2-what": "task",
        "4-what": "merge",
        "more": "*再加一条原则",
    }
    client.post(URL, sent)
    lines = list(Line.objects.order_by("number"))
    assert [line.text for line in lines[:2]] == ["改过的一条", f"{found[2]}，{found[3]}"]
    assert not lines[0].principle
    assert (lines[-1].text, lines[-1].principle, lines[-1].start) == ("再加一条原则", True, None)
    assert len(lines) == len(found) - 1


def test_a_refusal_keeps_what_was_typed_and_lays_nothing_down(client: Client) -> None:
    sent = read(client, text=REPORT) | {"title": "", "2-text": "改过的一条", "2-what": "drop"}
    answer = client.post(URL, sent)
    assert answer.status_code == 422
    again = asked_back(text_of(answer))
    assert (again["2-text"], again["2-what"]) == ("改过的一条", "drop")
    assert again["original"] == sent["original"]
    assert not Conference.objects.exists()


def test_a_file_is_read_like_a_pasted_text(client: Client) -> None:
    file = SimpleUploadedFile("报道.docx", docx_of(*REPORT.split("\n")))
    assert read(client, file=file)["chair"] == "于海田"


def test_a_letter_is_no_report_and_can_still_be_entered_by_hand(client: Client) -> None:
    answer = client.post(URL, {"text": "路灯坏了一周，孩子放学要摸黑走，请尽快修好。"})
    page = text_of(answer)
    assert "这不像会议的报道或纪要" in page
    sent = asked_back(page) | {"title": "示例会议", "kind": "other", "more": "修好路灯"}
    client.post(URL, sent)
    assert Line.objects.get().text == "修好路灯"


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({}, "请粘贴全文，或者选一个文件。"),
        ({"text": "要" * 60_001}, "太长"),
        ({"file": SimpleUploadedFile("a.doc", b"\xd0\xcf\x11\xe0" + b"\x00" * 90)}, "读不出文字"),
    ],
)
def test_what_cannot_be_read_is_said(client: Client, sent: dict[str, Any], why: str) -> None:
    answer = client.post(URL, sent)
    assert answer.status_code == 422
    assert why in text_of(answer)


def test_the_text_leads_from_each_sentence_to_its_requirement(client: Client) -> None:
    client.post(URL, read(client, text=REPORT))
    conference = Conference.objects.get()
    page = text_of(client.get(reverse("desk:report", args=[conference.pk])))
    for line in conference.lines.all():
        assert f'href="{reverse("desk:line", args=[line.pk])}">{line.text}</a>' in page
    assert "刘强 市委书记" in page
    assert reverse("desk:report", args=[conference.pk]) in text_of(client.get(reverse("desk:meetings")))
    other = Conference.objects.create(title="没有报道的会", kind="other")
    assert client.get(reverse("desk:report", args=[other.pk])).status_code == 404
