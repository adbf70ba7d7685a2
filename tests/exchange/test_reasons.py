"""The reasons for grades and exclusions in and out: equal rows, dated changes, and a verdict keeps the row it was given with."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest

from tests.exchange.files import csv_of
from tests.exchange.world import NOW, entered, importer
from tests.factories import City, make_city
from yipanqi.cases import reasons
from yipanqi.cases.models import ReasonCode
from yipanqi.core.models import Change
from yipanqi.exchange.flow import Failure
from yipanqi.exchange.reasons import FIELDS, reason_rows
from yipanqi.exchange.writing import written

pytestmark = pytest.mark.django_db
HEADERS = [each.label.zh for each in FIELDS]


@pytest.fixture
def city() -> City:
    return make_city(NOW)


def bring(city: City, *rows: list[str]) -> tuple[Any, list[Failure]]:
    return entered(csv_of(HEADERS, *rows), importer(city, "sysadmin"), target="reasons")


def test_what_goes_out_comes_in_as_known(city: City) -> None:
    before = ReasonCode.objects.count()
    out = written("xlsx", HEADERS, reason_rows())
    run, failures = entered(io.BytesIO(out), importer(city, "sysadmin"), target="reasons")
    assert (run.entered, failures) == (0, [])
    assert ReasonCode.objects.count() == before


def test_other_words_are_another_row_and_what_ended_is_offered_no_more(city: City) -> None:
    old = ReasonCode.objects.get(series="handler", code="slow")
    rows = ["评办理单位", "slow", "拖得太久", "Took far too long", "", ""], [
        "剔除评价", "not_public", "不宜公开", "", "", "2026-12-31",
    ]  # fmt: skip
    run, failures = bring(city, *rows)
    assert (run.entered, failures) == (2, [])
    old.refresh_from_db()
    assert (old.name_zh, old.valid_to) == ("办得慢", NOW.date())
    offered = [label for _key, label in reasons.choices("why")]
    assert "拖得太久" in offered
    assert "办得慢" not in offered
    assert "不宜公开" not in [label for _key, label in reasons.choices("code")]
    assert ReasonCode.objects.get(series="exclusion", code="not_public").valid_to == dt.date(2026, 12, 31)
    assert Change.objects.filter(what="reason").count() == 3


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [("用在哪里", "别处", "评办理单位"), ("编号", "", "请填写"), ("中文名称", "长" * 61, "60"),
     ("起始日期", "2019-12-31", "2020-01-01"), ("终止日期", "2019-12-31", "2020-01-01")],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_nothing_comes_in(city: City, column: str, value: str, says: str) -> None:
    line = ["评办理单位", "slow", "太慢", "Slow", "", ""]
    row = [value if name == column else cell for name, cell in zip(HEADERS, line, strict=True)]
    _run, failures = bring(city, row)
    assert len(failures) == 1
    assert says in " ".join(failures[0].wrong.values())
    assert ReasonCode.objects.get(series="handler", code="slow", valid_to__isnull=True).name_zh == "办得慢"
