"""Tables for the tests, good and hostile, made here and never kept."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from openpyxl import Workbook


def csv_of(*rows: Sequence[str], encoding: str = "utf-8", delimiter: str = ",") -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def xlsx_of(*rows: Iterable[Any], sheets: int = 1) -> io.BytesIO:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for _n in range(sheets - 1):
        book.create_sheet()
    to = io.BytesIO()
    book.save(to)
    to.seek(0)
    return to


def with_sheet(xml: bytes, *, part: str = "xl/worksheets/sheet1.xml") -> io.BytesIO:
    """A workbook whose first sheet is this XML."""
    to = io.BytesIO()
    with zipfile.ZipFile(xlsx_of(["a"])) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == part else old.read(name))
    to.seek(0)
    return to


def sheet_xml(rows: bytes) -> bytes:
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        b'<?xml version="1.0"?><worksheet xmlns="'
        + space
        + b'"><sheetData>'
        + rows
        + b"</sheetData></worksheet>"
    )
