"""The list taken out: its filters, its rights, and who took it out."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories import City, file
from tests.web.conftest import Clock
from tests.web.desk_helpers import city_with, signed_in
from yipanqi.cases.actions import Filed, Words
from yipanqi.core.models import AccessLog

pytestmark = pytest.mark.django_db


@pytest.fixture
def forwarded(clock: Clock) -> tuple[City, Filed]:
    return city_with("forwarded")


def cells(response: Any) -> list[list[str]]:
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    return [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]


def out(city: City, login: str, query: str = "", kind: str = "xlsx") -> Any:
    return signed_in(city, login).get(reverse("desk:queue_out", args=[kind]) + query)


def test_each_row_bears_who_took_it_out_and_when(forwarded: tuple[City, Filed]) -> None:
    city, filed = forwarded
    [headers, row] = cells(out(city, "insider"))
    assert row[0] == filed.reference
    assert headers[-1] == "导出"
    assert "（insider）于 2026年11月24日" in row[-1]
    assert AccessLog.objects.filter(page="export", account=city.accounts["insider"].pk).exists()


def test_the_filters_of_the_page_hold(forwarded: tuple[City, Filed]) -> None:
    city, _filed = forwarded
    assert len(cells(out(city, "clerk", "?whose=all"))) == 2
    assert len(cells(out(city, "clerk", "?whose=all&state=on_hold"))) == 1


def test_others_matters_and_sealed_words_stay_where_they_are(
    forwarded: tuple[City, Filed], clock: Clock
) -> None:
    city, _filed = forwarded
    words = Words(title="=1+1", text="secret words", name="王小明", phone="19900000001")
    file(city, at=clock.now, words=words)
    assert len(cells(out(city, "stranger", "?whose=all"))) == 1
    text = str(cells(out(city, "clerk", "?whose=all")))
    assert "王小明" not in text
    assert "19900000001" not in text


def test_a_formula_stays_words(forwarded: tuple[City, Filed], clock: Clock) -> None:
    city, _filed = forwarded
    file(city, at=clock.now, words=Words(title='=HYPERLINK("http://x")', text="words", name="J"))
    content = out(city, "clerk", "?whose=all", kind="csv").content.decode()
    assert "\n=" not in content
    assert ",=HYPERLINK" not in content
    assert out(city, "clerk", kind="pdf").status_code == 404
