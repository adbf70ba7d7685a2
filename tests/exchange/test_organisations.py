"""Units and duties in and out: equal rows, dated changes, a history of each."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.exchange.files import csv_of
from tests.exchange.world import NOW, entered, importer
from tests.factories import DAY, City, bring_to, file, make_city
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import Change
from yipanqi.exchange.flow import Failure
from yipanqi.exchange.organisations import DUTY_FIELDS, UNIT_FIELDS, duty_rows, unit_rows
from yipanqi.exchange.writing import written
from yipanqi.organisations.actions import add_areas, add_categories
from yipanqi.organisations.models import Duty, Unit
from yipanqi.organisations.queries import responsible_unit

pytestmark = pytest.mark.django_db
UNIT_HEADERS = [each.label.zh for each in UNIT_FIELDS]
DUTY_HEADERS = [each.label.en for each in DUTY_FIELDS]


@pytest.fixture
def city() -> City:
    return make_city(NOW)


def bring(
    city: City, target: str, *rows: list[str], headers: list[str] | None = None
) -> tuple[Any, list[Failure]]:
    head = headers or (UNIT_HEADERS if target == "units" else DUTY_HEADERS)
    return entered(csv_of(head, *rows), importer(city, "sysadmin"), target=target)


def changed_unit(code: str, /, **more: str) -> list[str]:
    names = [each.name for each in UNIT_FIELDS]
    [row] = [row for row in unit_rows() if row[0] == code]
    return [more.get(name, cell) for name, cell in zip(names, row, strict=True)]


def test_what_went_out_makes_the_same_city_elsewhere() -> None:
    with transaction.atomic():
        make_city(NOW)
        before = [list(unit_rows()), list(duty_rows())]
        files = [
            written("xlsx", UNIT_HEADERS, before[0]),
            written("csv", DUTY_HEADERS, before[1]),
        ]
        transaction.set_rollback(True)
    assert not Unit.objects.exists()
    add_areas(rows=[("3701", "示例市", "Sample City", "city", None)], by=None, at=NOW)
    add_categories(rows=[("lamps", "路灯", "Street lamps", None)], valid_from=DAY, by=None, at=NOW)
    for target, content in zip(("units", "duties"), files, strict=True):
        _run, failures = entered(io.BytesIO(content), SYSTEM, target=target)
        assert failures == []
    assert [list(unit_rows()), list(duty_rows())] == before


def test_a_parent_goes_out_before_those_below_it(city: City) -> None:
    Unit.objects.filter(code="hotline").update(professional=city.units["schools"])
    codes = [row[0] for row in unit_rows()]
    assert codes.index("schools") < codes.index("hotline")
    assert sorted(codes) == sorted(city.units)


def test_new_units_come_in_with_those_below_them(city: City) -> None:
    rows = [
        [
            "parks",
            "示例公园处",
            "Parks",
            "department",
            "3701",
            "city",
            "city",
            "",
            "",
            "parks@office.example",
            "2026-05-01",
            "",
        ],
        ["lawns", "示例草坪科", "Lawns", "section", "", "parks", "parks", "", "", "", "2026-05-01", ""],
    ]
    run, failures = bring(city, "units", *rows)
    assert (run.entered, failures) == (2, [])
    assert Unit.objects.get(code="lawns").path == "/city/parks/lawns/"
    assert list(
        Unit.objects.filter(code__in=["parks", "lawns"]).order_by("-code").values_list("mailbox", flat=True)
    ) == [
        "parks@office.example",
        "",
    ]


@pytest.mark.parametrize(
    "mailbox", ["nobody", "a@b.example, c@d.example", "张三@b.example", "a" * 120 + "@b.example"]
)
def test_a_duty_mailbox_is_one_address(city: City, mailbox: str) -> None:
    run, failures = bring(city, "units", changed_unit("lamps", mailbox=mailbox))
    assert run.entered == 0
    assert [list(failure.wrong) for failure in failures] == [["值班邮箱"]]
    assert Unit.objects.get(code="lamps").mailbox == ""


def test_a_word_stands_for_one_unit_and_can_pass_to_another(city: City) -> None:
    run, failures = bring(
        city, "units", changed_unit("lamps", word="示灯"), changed_unit("roads", word="示灯")
    )
    assert run.entered == 1
    assert [list(failure.wrong) for failure in failures] == [["机关代字"]]
    rows = changed_unit("lamps", word="示照"), changed_unit("roads", word="示灯")
    run, failures = bring(city, "units", *rows)
    assert failures == []
    words = Unit.objects.exclude(word="").order_by("code").values_list("code", "word")
    assert list(words) == [("lamps", "示照"), ("roads", "示灯")]
    with pytest.raises(IntegrityError, match="a_word_names_one_living_unit"), transaction.atomic():
        Unit.objects.filter(code="schools").update(word="示灯")


def test_a_changed_unit_keeps_its_identity_and_its_history(city: City) -> None:
    unit = city.units["roads"]
    run, failures = bring(
        city, "units", changed_unit("roads", name_zh="示例道桥处", managing="lamps"), changed_unit("lamps")
    )
    assert (run.entered, run.known, failures) == (1, 1, [])
    unit.refresh_from_db()
    assert (unit.name_zh, unit.path) == ("示例道桥处", "/city/lamps/roads/")
    change = Change.objects.filter(what="unit", object_id="roads").latest("id")
    before, after = change.before or {}, change.after or {}
    assert (before["name_zh"], after["name_zh"]) == ("示例道路处", "示例道桥处")
    assert (before["managing"], after["managing"]) == ("city", "lamps")
    assert change.account == city.accounts["sysadmin"].pk


def test_those_below_move_with_their_unit(city: City) -> None:
    bring(city, "units", changed_unit("roads", managing="lamps"))
    bring(city, "units", changed_unit("lamps", managing="socialwork"))
    assert Unit.objects.get(code="roads").path == "/city/socialwork/lamps/roads/"


@pytest.mark.parametrize(
    ("code", "more", "column"),
    [
        ("city", {"managing": "lamps"}, "管理单位"),
        ("lamps", {"managing": "nowhere"}, "管理单位"),
        ("lamps", {"name_zh": ""}, "中文名称"),
        ("lamps", {"name_zh": "长" * 81}, "中文名称"),
        ("lamps", {"area": "哪里"}, "区域"),
        ("lamps", {"code": "a/b"}, "代码"),
        ("lamps", {"valid_from": "x"}, "设立日期"),
        ("lamps", {"valid_to": "2026-12-01"}, "撤销日期"),
        ("city", {"valid_to": "2026-12-01"}, "撤销日期"),
        ("market", {"valid_to": "2025-12-01"}, "撤销日期"),
    ],
)
def test_a_wrong_unit_is_told_by_its_column(city: City, code: str, more: dict[str, str], column: str) -> None:
    _run, [failure] = bring(city, "units", changed_unit(code, **more))
    assert list(failure.wrong) == [column]
    assert Unit.objects.filter(valid_to__isnull=True).count() == len(city.units)


def test_a_unit_with_open_matters_is_not_ended_and_an_idle_one_is(city: City) -> None:
    bring_to(city, file(city, at=NOW), "handling", NOW)
    _run, [failure] = bring(city, "units", changed_unit("roads", valid_to="2026-12-01"))
    assert "在办事项" in failure.reasons
    run, failures = bring(city, "units", changed_unit("market", valid_to="2026-12-01"))
    assert (run.entered, failures) == (1, [])
    assert Unit.objects.get(code="market").valid_to == dt.date(2026, 12, 1)
    assert Change.objects.filter(what="unit", object_id="market").latest("id").after == {
        "valid_to": "2026-12-01"
    }


def test_a_changed_duty_ends_the_old_line_and_begins_a_new_one(city: City) -> None:
    run, failures = bring(city, "duties", ["lamps", "3701", "roads", "新三定方案 5", "2026-12-01", ""])
    assert (run.entered, failures) == (1, [])
    old, new = Duty.objects.order_by("id")
    assert (old.unit.code, old.valid_to) == ("lamps", dt.date(2026, 12, 1))
    assert (new.unit.code, new.valid_from, new.valid_to) == ("roads", dt.date(2026, 12, 1), None)
    for day, code in ((dt.date(2026, 11, 30), "lamps"), (dt.date(2026, 12, 1), "roads")):
        duty = responsible_unit(category=city.category, area=city.area, on=day)
        assert duty is not None
        assert duty.unit.code == code
    ended, begun = Change.objects.filter(what="duty", object_id="lamps@3701").order_by("-id")[:2][::-1]
    assert ((ended.after or {})["valid_to"], begun.before) == ("2026-12-01", None)


def test_a_duty_ends_on_a_day(city: City) -> None:
    run, failures = bring(city, "duties", ["路灯", "示例市", "lamps", "示例三定方案 3", "", "2026-12-31"])
    assert (run.entered, failures) == (1, [])
    assert Duty.objects.get().valid_to == dt.date(2026, 12, 31)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["lamps", "3701", "nobody", "依据", "", ""], "Unit"),
        (["lamps", "3701", "roads", " ", "", ""], "Basis"),
        (["lamps", "3701", "roads", "依据", "2025-12-31", ""], "From"),
        (["city", "3701", "roads", "依据", "", "2026-12-01"], "Until"),
        (["nothing", "3701", "roads", "依据", "", ""], "Category"),
    ],
)
def test_a_wrong_duty_is_told_by_its_column(city: City, row: list[str], column: str) -> None:
    _run, [failure] = bring(city, "duties", row)
    assert list(failure.wrong) == [column]
    assert Duty.objects.count() == 1
