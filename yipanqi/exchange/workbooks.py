"""Reading XLSX behind a guard: what a workbook inflates to is looked at before anything parses it.

A file of 117 KB inflated to 86 MB and cost openpyxl 285 MB (trust-and-ux S14); one cell that says it stands in
column ZZZZZZ would cost more.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.exchange.reading import BLOCK, MOST_COLUMNS, MOST_ROWS, Line, Lines

LARGEST = 50 * 1024 * 1024  # bytes on disk
INFLATED = 64 * 1024 * 1024
MOST_PARTS = 500
MOST_SHEETS = 20
DIGITS = 15  # what a number in a spreadsheet keeps

_TAG = re.compile(rb"<(?:\w+:)?(row|c)((?:\s[^<>]*)?)/?>")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([^"']*)["']""")
_CELL = re.compile(rb"[A-Z]{1,3}[0-9]{1,7}")
# What openpyxl and zipfile raise of their own for files that are broken, encrypted, or packed in a way that they do not
# know: to whoever brought the file all of it means one thing.
_UNREADABLE = (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError, NotImplementedError, RuntimeError)  # fmt: skip


@contextmanager
def lines_of(source: BinaryIO) -> Iterator[Lines]:
    """The rows of the first sheet."""
    _guard(source)
    source.seek(0)
    try:
        book = openpyxl.load_workbook(source, read_only=True, data_only=False, keep_links=False)
    except _UNREADABLE:
        raise _unreadable() from None
    try:
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        if not sheets:
            raise Refused(_("文件里没有表。"))
        if len(book.worksheets) > MOST_SHEETS:
            raise Refused(_("工作表太多：最多 %(n)d 张。") % {"n": MOST_SHEETS})
        sheet: Any = sheets[0]
        # What the sheet says of its own size may be a lie.
        sheet.reset_dimensions()
        yield lambda: _rows(sheet)
    finally:
        book.close()


def _unreadable() -> Refused:
    return Refused(_("这个 Excel 文件读不了。请在表格软件里打开它，另存一份再传。"))


def _rows(sheet: Any) -> Iterator[Line]:
    try:
        for number, row in enumerate(sheet.iter_rows(), start=1):
            if number > MOST_ROWS:
                raise Refused(_("行太多：最多 %(n)d 行。请分成几个文件。") % {"n": MOST_ROWS})
            if len(row) > MOST_COLUMNS:
                raise Refused(_("列太多：最多 %(n)d 列。") % {"n": MOST_COLUMNS})
            wrong: dict[int, str] = {}
            cells = tuple(_cell(cell, n, wrong) for n, cell in enumerate(row))
            yield Line(number, cells, wrong)
    except _UNREADABLE:
        raise _unreadable() from None


def _cell(cell: Any, column: int, wrong: dict[int, str]) -> str:
    """A cell as text; what is no value becomes a reason."""
    value, kind = cell.value, cell.data_type
    if value is None:
        return ""
    if kind == "f":
        wrong[column] = _("这里是公式，不是值。请复制后选择性粘贴为“值”。")
        return ""
    if kind == "e":
        wrong[column] = _("这里是表格软件报的错误（%(value)s）。") % {"value": str(value)[:20]}
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        if abs(value) >= 10**DIGITS:
            wrong[column] = _("数字太长，后几位已经丢失。请把这一列设为“文本”格式，重新填写。")
        return (
            f"{value:.{DIGITS}g}" if isinstance(value, float) and not value.is_integer() else f"{value:.0f}"
        )
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


def _guard(source: BinaryIO) -> None:
    """Everything that a parser would pay for, read off the directory and the bare bytes. Raises `Refused`."""
    if source.seek(0, 2) > LARGEST:
        raise Refused(_("文件太大，最多 %(n)d MB。请分成几个文件。") % {"n": LARGEST // 2**20})
    try:
        with zipfile.ZipFile(source) as archive:
            parts = archive.infolist()
            # Python inflates no part beyond the size that the directory states.
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > INFLATED:
                raise Refused(
                    _("解开以后太大（最多 %(n)d MB）。请另存为 CSV，或分成几个文件。")
                    % {"n": INFLATED // 2**20}
                )
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    _guard_part(archive, part)
    except _UNREADABLE:
        raise _unreadable() from None


def _guard_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    with archive.open(part) as file:
        start = file.read(4096)
        declared = re.search(rb"""encoding\s*=\s*["']([^"']*)""", start[:200])
        plain = declared is None or declared[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
        if (
            b"<!DOCTYPE" in start
            or b"<!ENTITY" in start
            or start[:2] in (b"\xff\xfe", b"\xfe\xff")
            or not plain
        ):
            raise _unreadable()
        if "/worksheets/" not in f"/{part.filename}".lower():
            return
        width, rest, block = 0, b"", start
        while block:
            text = rest + block
            width = _guard_cells(text, width)
            cut = text.rfind(b"<")
            # A tag that the block ends in is looked at with the next one; a tag without end is none.
            rest = text[cut:] if cut >= 0 and b">" not in text[cut:] else b""
            if len(rest) > BLOCK:
                raise _unreadable()
            block = file.read(BLOCK)


def _guard_cells(text: bytes, width: int) -> int:
    """No row wider than a table may be, and no cell that claims to stand where none can."""
    for tag, attributes in _TAG.findall(text):
        width = 0 if tag == b"row" else width + 1
        place = _PLACE.search(attributes)
        if width > MOST_COLUMNS:
            raise Refused(_("列太多：最多 %(n)d 列。") % {"n": MOST_COLUMNS})
        if place is None:
            continue
        ok = _CELL.fullmatch(place[1]) if tag == b"c" else place[1].isdigit() and int(place[1]) <= 1_048_576
        if not ok:
            raise _unreadable()
    return width
