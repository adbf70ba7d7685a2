"""The auditor's page: narrowed, counted, given out as a table; each look is a look as well."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

import yipanqi
from tests.factories import City, file, make_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, matter_url, signed_in, text_of
from yipanqi.core import access_log
from yipanqi.core.models import AccessLog
from yipanqi.insight import registers
from yipanqi.web.desk.administration import page_words

pytestmark = pytest.mark.django_db
SPAN = {"login": "clerk", "since": "2026-11-24T00:00", "until": "2026-11-25T00:00"}


@pytest.fixture
def city() -> City:
    return make_city()


def auditor(city: City) -> Client:
    return signed_in(city, "audadmin", EN)


def looks(client: Client, **more: str) -> str:
    return text_of(client.get(reverse("desk:access_log"), SPAN | more))


def given_out(client: Client, kind: str = "csv", **more: str) -> Any:
    return client.get(reverse("desk:looks_out", args=[kind]), SPAN | more)


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_it_is_narrowed_to_a_page_or_a_matter(city: City, clock: Clock) -> None:
    one, other = file(city, at=NOW), file(city, at=NOW)
    clerk = signed_in(city, "clerk")
    for path in (matter_url(one.case.pk), matter_url(other.case.pk), reverse("desk:queue")):
        clerk.get(path)
    client = auditor(city)
    assert "3 rows" in looks(client)
    assert "1 rows" in looks(client, page="queue")
    found = looks(client, number=one.reference)
    assert "1 rows" in found
    assert other.reference not in found
    assert "No matter has this number" in looks(client, number="K7MQ-3Q9X-D")
    assert client.get(reverse("desk:access_log"), SPAN | {"page": "x"}).status_code == 422


def test_the_count_is_bounded(city: City, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    clerk = signed_in(city, "clerk")
    for _n in range(4):
        clerk.get(reverse("desk:queue"))
    monkeypatch.setattr(registers, "MOST", 3)
    assert "3+ rows" in looks(auditor(city))


@pytest.mark.parametrize("batch", [1, 2, 5000])
def test_what_is_given_out_is_all_of_it_the_newest_first(city: City, clock: Clock, batch: int) -> None:
    filed = file(city, at=NOW)
    clerk = signed_in(city, "clerk")
    for n in range(5):
        clerk.get(matter_url(filed.case.pk))
        if n % 2:
            clock.forward(seconds=1)
    asked = registers.Looking(city.accounts["clerk"].pk, NOW, clock.forward(seconds=1), matter=filed.case.pk)
    found = list(registers.every_look(asked, most=100, batch=batch))
    assert [look.at for look in found] == sorted((look.at for look in found), reverse=True)
    assert len({look.id for look in found}) == 5
    assert len(list(registers.every_look(asked, most=3, batch=batch))) == 3
    rows = table(given_out(auditor(city)))
    assert rows[0] == ["Time", "Page", "Number", "What kinds of particulars were seen"]
    assert [row[2] for row in rows[1:]] == [filed.reference] * 5


def test_giving_it_out_is_written_down(city: City, clock: Clock) -> None:
    client = auditor(city)
    given_out(client, page="queue")
    row = AccessLog.objects.get()
    account = city.accounts["clerk"].pk
    assert (row.page, row.account) == ("access_log", city.accounts["audadmin"].pk)
    assert row.fields == f"account:{account},narrowed,given_out"
    own = looks(client, login="audadmin")
    assert "the record of an account" in own
    assert str(account) not in own


def test_s8_what_is_given_out_computes_nothing(city: City, clock: Clock) -> None:
    access_log.note(account=city.accounts["clerk"].pk, page="=1+1", at=NOW, fields=["@cmd"])
    client = auditor(city)
    assert table(given_out(client))[1][1:] == ["'=1+1", "", "'@cmd"]
    sheet = load_workbook(io.BytesIO(given_out(client, "xlsx").content)).active
    assert sheet is not None
    cell = sheet["B2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


@pytest.mark.parametrize(
    ("kind", "more"), [("pdf", {}), ("csv", {"login": "nobody"}), ("csv", {"since": "x"})]
)
def test_what_cannot_be_given_out_is_not_there(city: City, kind: str, more: dict[str, str]) -> None:
    assert given_out(auditor(city), kind, **more).status_code == 404
    assert not AccessLog.objects.exists()


def test_every_page_of_the_log_has_a_name() -> None:
    found = set()
    for source in Path(yipanqi.__file__).parent.rglob("*.py"):
        found |= set(
            re.findall(r'note\(\s*account=[^)]*?page="([a-z_]+)"', source.read_text(encoding="utf-8"))
        )
    assert len(found) > 15
    assert found <= set(page_words())
