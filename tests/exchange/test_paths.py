"""The departments' lists of statutory paths in and out: equal rows, dated changes, errors by cell."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.exchange.files import csv_of
from tests.exchange.world import NOW, entered, importer
from tests.factories import City, make_city
from yipanqi.cases.models import StatutoryPath
from yipanqi.core.models import Change
from yipanqi.exchange.flow import Failure
from yipanqi.exchange.paths import FIELDS, path_rows
from yipanqi.exchange.writing import written

pytestmark = pytest.mark.django_db
HEADERS = [each.label.zh for each in FIELDS]
LINE = [
    "L1",
    "lamps",
    "仲裁",
    "欠薪",
    "",
    "仲裁委",
    "填申请书",
    "一年内",
    "劳动争议调解仲裁法 27",
    "2026-01-01",
    "",
]


@pytest.fixture
def city() -> City:
    return make_city(NOW)


def bring(city: City, *rows: list[str]) -> tuple[Any, list[Failure]]:
    return entered(csv_of(HEADERS, *rows), importer(city, "sysadmin"), target="paths")


def test_what_came_in_goes_out_and_comes_in_as_known(city: City) -> None:
    run, failures = bring(city, LINE, ["L2", "roads", "review", "罚款", "lamps", *LINE[5:]])
    assert (run.entered, failures) == (2, [])
    assert set(StatutoryPath.objects.values_list("code", "path", "category")) == {
        ("L1", "arbitration", None),
        ("L2", "review", "lamps"),
    }
    out = written("xlsx", HEADERS, path_rows())
    run, failures = entered(io.BytesIO(out), importer(city, "sysadmin"), target="paths")
    assert (run.entered, failures) == (0, [])
    assert StatutoryPath.objects.count() == 2
    assert Change.objects.filter(what="statutory_path").count() == 2


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("最晚什么时候", ""),
        ("单位", "nobody"),
        ("途径", "走后门"),
        ("去哪里", "长" * 501),
        ("依据", ""),
        ("起始日期", "昨天"),
    ],
)
def test_a_wrong_cell_is_named_and_nothing_comes_in(city: City, column: str, value: str) -> None:
    row = [value if name == column else cell for name, cell in zip(HEADERS, LINE, strict=True)]
    _run, failures = bring(city, row)
    assert [set(failure.wrong) for failure in failures] == [{column}]
    assert not StatutoryPath.objects.exists()
