"""Reading tables: what people's files are like, and what hostile ones must not do."""

from __future__ import annotations

import datetime as dt
import io
import tracemalloc

import openpyxl
import pytest
from django.utils.translation import override

from tests.exchange.files import csv_of, sheet_xml, with_sheet, xlsx_of
from yipanqi.core.errors import Refused
from yipanqi.exchange import reading, workbooks
from yipanqi.exchange.reading import Line, Table, opened


def read(source: io.BytesIO) -> tuple[Table, list[Line]]:
    with opened(source) as table:
        return table, list(table.rows())


def refused(source: io.BytesIO) -> str:
    with pytest.raises(Refused) as caught:
        read(source)
    return caught.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_however_it_was_saved(encoding: str, delimiter: str) -> None:
    source = csv_of(
        ["标题", "内容"], ["路灯", "一行，\n两行; 三\t行"], encoding=encoding, delimiter=delimiter
    )
    table, [row] = read(source)
    assert table.headers == ("标题", "内容")
    assert row.cells == ("路灯", "一行，\n两行; 三\t行")


def test_line_ends_of_any_kind_part_rows() -> None:
    for end in (b"\n", b"\r\n", b"\r"):
        _table, rows = read(io.BytesIO(end.join([b"a,b", b"1,2", b"3,4", b""])))
        assert [r.cells for r in rows] == [("1", "2"), ("3", "4")]


def test_rows_bear_the_numbers_that_a_spreadsheet_shows() -> None:
    source = csv_of([], ["a", "b"], ["1", "2\n2"], ["", " "], ["3", "4"])
    _table, rows = read(source)
    assert [(r.number, r.cells[0]) for r in rows] == [(3, "1"), (5, "3")]
    _table, rows = read(xlsx_of([], ["a", "b"], ["1", "2"], [], ["3", "4"]))
    assert [(r.number, r.cells[0]) for r in rows] == [(3, "1"), (5, "3")]


def test_reading_goes_on_after_a_row() -> None:
    with opened(csv_of(["a"], ["1"], ["2"], ["3"])) as table:
        assert [r.cells for r in table.rows(after=2)] == [("2",), ("3",)]
        assert table.count() == 3


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空文件"),
        (b"\n\n , ,\n", "没有表头"),
        (b"\xff\xfe\x00", "编码"),
        (b"name\n\x81\xff\xff", "编码"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", ".xls"),
        (b"PK\x03\x04 not a zip", "读不了"),
        ("姓名,电话,姓名\n".encode(), "出现了两次"),
        (b"a,b\n" + b"," * 1_100_000 + b"\n", "太长"),
        (b"a,b\n" + b"," * 1_000 + b"\n", "列太多"),
        (b'a,b\n1,"never closed\n' + b"x\n" * 100_000, "引号"),
    ],
)
def test_what_is_no_table_is_refused_in_words(content: bytes, told: str) -> None:
    assert told in refused(io.BytesIO(content))


def test_every_refusal_has_its_english() -> None:
    with override("en"):
        assert refused(io.BytesIO(b"")) == "This file is empty."
        assert "appears twice" in refused(csv_of(["a", "a"], ["1", "2"]))


def test_a_cell_that_cannot_be_kept_is_a_reason_beside_its_column() -> None:
    source = io.BytesIO(b"a,b,c\n1,x\x00y,\n1,2,3,4\n" + b"1,2," + b"z" * 20_001 + b"\n")
    _table, [nul, wide, long] = read(source)
    assert list(nul.wrong) == [1]
    assert nul.cells[1] == "xy"
    assert list(wide.wrong) == [2]
    assert list(long.wrong) == [2]


def test_what_was_made_harmless_comes_back_as_it_was() -> None:
    _table, [row] = read(csv_of(["a", "b"], ["'=1+1", "'quoted'"]))
    assert row.cells == ("=1+1", "'quoted'")


# --- XLSX ------------------------------------------------------------------------------------------------------------


def test_a_workbook_gives_texts() -> None:
    source = xlsx_of(
        ["文本", "整数", "小数", "日期", "时间", "空"],
        [
            "370102199001011234",
            13900000001,
            1.5,
            dt.date(2026, 3, 9),
            dt.datetime.fromisoformat("2026-03-09 14:30"),
            None,
        ],
    )
    table, [row] = read(source)
    assert table.format == "xlsx"
    assert row.cells == ("370102199001011234", "13900000001", "1.5", "2026-03-09", "2026-03-09 14:30:00", "")
    assert not row.wrong


def test_a_formula_is_refused_by_row_and_column_and_the_others_go_on() -> None:
    _table, rows = read(xlsx_of(["a", "b"], ["1", "=1+1"], ["2", "3"]))
    assert [(r.number, list(r.wrong)) for r in rows] == [(2, [1]), (3, [])]
    assert "公式" in rows[0].wrong[1]
    assert rows[0].cells[1] == ""


def test_a_number_that_lost_digits_says_how_to_mend_it() -> None:
    _table, rows = read(xlsx_of(["a"], [370102199001011234], [1.1e17], [999999999999999]))
    assert [list(r.wrong) for r in rows] == [[0], [0], []]
    assert "文本" in rows[0].wrong[0]
    assert rows[2].cells == ("999999999999999",)


def test_an_error_of_the_spreadsheet_is_no_value() -> None:
    rows = sheet_xml(
        b'<row r="1"><c r="A1" t="str"><v>a</v></c></row><row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>'
    )
    _table, [row] = read(with_sheet(rows))
    assert list(row.wrong) == [0]


def test_a_bomb_is_refused_before_anything_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_sheet(sheet_xml(b'<row r="1"><c r="A1"><v>1</v></c></row>' + b" " * (workbooks.INFLATED + 1)))
    assert len(bomb.getvalue()) < 200_000
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *a, **k: pytest.fail("it was parsed"))
    tracemalloc.start()
    try:
        assert "太大" in refused(bomb)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "rows",
    [
        b'<row r="1">' + b"<c><v>1</v></c>" * 1_000_000 + b"</row>",
        b'<row r="1"><c r="XFD1"><v>1</v></c></row>',
        b'<row r="1"><c r="ZZZZZZ1"><v>1</v></c></row>',
        b'<row r="99999999999"><c r="A1"><v>1</v></c></row>',
        b'<row r="1"><c r="&#65;1"><v>1</v></c></row>',
    ],
)
def test_a_sheet_that_lies_about_its_size_is_refused(rows: bytes) -> None:
    tracemalloc.start()
    try:
        assert refused(with_sheet(sheet_xml(rows)))
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "start", [b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>', '<?xml version="1.0" encoding="utf-16"?><worksheet/>'.encode("utf-16")]
)  # fmt: skip
def test_xml_that_could_grow_or_hide_is_refused(start: bytes) -> None:
    assert "读不了" in refused(with_sheet(start))


def test_a_workbook_with_too_many_sheets_or_parts_is_refused() -> None:
    assert "工作表太多" in refused(xlsx_of(["a"], ["1"], sheets=workbooks.MOST_SHEETS + 1))


def test_a_file_on_disk_may_be_so_large_and_no_larger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LARGEST", 10)
    assert "太大" in refused(csv_of(["a"], ["1234567890"]))


def test_reading_a_long_file_keeps_no_more_of_it_than_a_short_one() -> None:
    def peak(rows: int) -> int:
        source = io.BytesIO(b"a,b\n" + b"some text,more of it\n" * rows)
        tracemalloc.start()
        try:
            with opened(source) as table:
                assert sum(1 for _row in table.rows()) == rows
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak(100_000) < 2 * peak(5_000) + 1_000_000
