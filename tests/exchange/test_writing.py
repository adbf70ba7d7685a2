"""Writing tables: nothing is computed by whoever opens them, no digit is lost, and they come back as they were."""

from __future__ import annotations

import io

import openpyxl
import pytest

from yipanqi.exchange.reading import opened
from yipanqi.exchange.writing import CONTENT_TYPES, written

HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "'=1",
    "370102199001011234",
    "",
    "a\nb",
    '"q"',
    "路灯，;",
]


@pytest.mark.parametrize("kind", list(CONTENT_TYPES))
def test_what_is_written_is_read_back_cell_by_cell(kind: str) -> None:
    headers = [f"列{n}" for n in range(len(HOSTILE))]
    with opened(io.BytesIO(written(kind, headers, [HOSTILE]))) as table:
        [row] = table.rows()
        assert list(table.headers) == headers
        assert not row.wrong
        # XML knows one kind of line end.
        assert [c.replace("\r", "\n") for c in row.cells] == [c.replace("\r", "\n") for c in HOSTILE]


def test_a_spreadsheet_finds_texts_alone_and_no_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", ["=h"], [[text] for text in HOSTILE])))
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}


def test_a_csv_cell_that_begins_like_a_formula_is_made_harmless() -> None:
    lines = written("csv", ["h"], [["=1+1"], ["-1"], ["plain"]]).decode("utf-8-sig").splitlines()
    assert lines == ["h", "'=1+1", "'-1", "plain"]
