"""The table of lawful reviewers in and out: equal rows, dated changes, errors by cell."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.exchange.files import csv_of
from tests.exchange.world import NOW, entered, importer
from tests.factories import City, make_city
from yipanqi.core.models import Change
from yipanqi.exchange.flow import Failure
from yipanqi.exchange.reviewers import FIELDS, reviewer_rows
from yipanqi.exchange.writing import written
from yipanqi.organisations.models import LawfulReviewer

pytestmark = pytest.mark.django_db
HEADERS = [each.label.zh for each in FIELDS]
LINE = ["lamps", "city", "信访工作条例 35", "2026-01-01", ""]


@pytest.fixture
def city() -> City:
    return make_city(NOW)


def bring(city: City, *rows: list[str]) -> tuple[Any, list[Failure]]:
    return entered(csv_of(HEADERS, *rows), importer(city, "sysadmin"), target="reviewers")


def test_what_came_in_goes_out_and_comes_in_as_known(city: City) -> None:
    run, failures = bring(city, LINE, ["roads", *LINE[1:]])
    assert (run.entered, failures) == (2, [])
    out = written("xlsx", HEADERS, reviewer_rows())
    run, failures = entered(io.BytesIO(out), importer(city, "sysadmin"), target="reviewers")
    assert (run.entered, failures) == (0, [])
    assert LawfulReviewer.objects.count() == 2
    run, failures = bring(city, [*LINE[:4], "2026-12-31"])
    assert (run.entered, failures) == (1, [])
    assert LawfulReviewer.objects.filter(valid_to__isnull=True).count() == 1
    assert Change.objects.filter(what="lawful_reviewer").count() == 3


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("单位", "nobody", "没有单位"),
        ("审查单位", "nobody", "没有单位"),
        ("审查单位", "lamps", "不能审查自己的意见"),
        ("依据", "", "请填写"),
        ("依据", "长" * 201, "最多 200 字"),
        ("起始日期", "昨天", ""),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_comes_in(city: City, column: str, value: str, says: str) -> None:
    row = [value if name == column else cell for name, cell in zip(HEADERS, LINE, strict=True)]
    _run, failures = bring(city, row)
    assert [set(failure.wrong) for failure in failures] == [{column}]
    assert says in failures[0].wrong[column]
    assert not LawfulReviewer.objects.exists()
