"""Writing tables for people: CSV and XLSX in a given order of columns, every cell a text.

A cell that a spreadsheet would take for a formula is made harmless (trust-and-ux S8), and because everything is text
no long number loses its digits: but for what the product counted itself (`Cell.number`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font

from yipanqi.exchange.reading import CSV, DANGEROUS, XLSX

CONTENT_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def harmless(text: str) -> str:
    """A cell of a CSV file that no spreadsheet computes: with an apostrophe in front where it would."""
    return f"'{text}" if text.lstrip("'").startswith(DANGEROUS) else text


def write(kind: str, headers: Sequence[str], rows: Iterable[Sequence[str]], to: BinaryIO) -> None:
    """Write a table, a row at a time."""
    if kind == CSV:
        _write_csv(headers, rows, to)
    else:
        _write_xlsx(headers, rows, to)


def written(kind: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The bytes of a table."""
    to = io.BytesIO()
    write(kind, headers, rows, to)
    return to.getvalue()


def _write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]], to: BinaryIO) -> None:
    text = io.TextIOWrapper(to, encoding="utf-8", newline="", write_through=True)
    # Excel takes a file without the mark for one in the language of the machine.
    text.write("\ufeff")
    out = csv.writer(text)
    out.writerow([harmless(header) for header in headers])
    for row in rows:
        out.writerow([harmless(cell) for cell in row])
    text.detach()


def _write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[str]], to: BinaryIO) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("1")
    for row in chain([headers], rows):
        cells = []
        for text in row:
            cell = WriteOnlyCell(sheet, value=printable(text))
            _as_text(cell)
            cells.append(cell)
        sheet.append(cells)
    book.save(to)


def printable(text: str) -> str:
    """The text without the characters that no office file can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _as_text(cell: Any) -> None:
    """Whatever it looks like: a string, in a column of text."""
    cell.data_type, cell.number_format = "s", "@"


@dataclass(frozen=True)
class Cell:
    """A text that may lead somewhere; `number` where it is a figure of ours, with which one may go on counting."""

    text: str
    to: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; `widths` are in characters."""

    name: str
    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int]


def book(sheets: Sequence[Sheet], *, active: int = 0, wide: bool = False) -> bytes:
    """The bytes of a workbook of several sheets, for printing on A4: the head of each stays in sight, and is printed on
    every page."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for number, one in enumerate(sheets, start=1):
        name = re.sub(r"[\[\]:*?/\\']", " ", printable(one.name))[:25].strip()
        taken = not name or name in workbook.sheetnames
        sheet = workbook.create_sheet(f"{name} {number}".strip() if taken else name)
        _fill(sheet, one)
        setup = sheet.page_setup
        setup.orientation, setup.paperSize = "landscape" if wide else "portrait", "9"
        setup.fitToWidth, setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    workbook.active = active
    to = io.BytesIO()
    workbook.save(to)
    return to.getvalue()


def _fill(sheet: Any, one: Sheet) -> None:
    if one.headers:
        for place, header in enumerate(one.headers, start=1):
            cell = sheet.cell(1, place, printable(header))
            _as_text(cell)
            cell.font = Font(bold=True)
        sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
    for place, width in enumerate(one.widths):
        sheet.column_dimensions[chr(ord("A") + place)].width = width
    for number, row in enumerate(one.rows, start=2 if one.headers else 1):
        for place, each in enumerate(row, start=1):
            cell = sheet.cell(number, place)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if each.number is None:
                cell.value = printable(each.text)
                _as_text(cell)
            else:
                cell.value = each.number
            if each.to:
                cell.hyperlink, cell.style = each.to, "Hyperlink"
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if each.number is None:
                    _as_text(cell)
    if one.headers:
        sheet.auto_filter.ref = sheet.dimensions
