"""Reading tables from outside: CSV and XLSX, a row at a time, bounded before anything is parsed.

A file that cannot be read is `Refused` with a sentence. A cell that cannot be taken as it stands (a formula, a number
that has lost digits) is no value: it is a reason beside its row and column, and the other rows go on.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol, cast

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused

LARGEST = 200 * 1024 * 1024  # bytes on disk
MOST_COLUMNS = 200
MOST_ROWS = 1_000_000
LONGEST_CELL = 20_000
LONGEST_LINE = 1_000_000  # characters; a row of a million columns ends here, before it is split
LONGEST_HEADER = 200
BLOCK = 256 * 1024
CSV, XLSX = "csv", "xlsx"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for the beginning of a formula


@dataclass(frozen=True)
class Line:
    """One row of a file. `number` is what a spreadsheet shows; the header has the first. `wrong`: reasons by column."""

    number: int
    cells: tuple[str, ...]
    wrong: dict[int, str] = field(default_factory=dict)

    @property
    def blank(self) -> bool:
        return not self.wrong and not any(cell.strip() for cell in self.cells)


class Lines(Protocol):
    """What a format gives: its rows from the top, the header among them."""

    def __call__(self) -> Iterator[Line]: ...


@dataclass(frozen=True)
class Table:
    """An opened file: its headers, and its rows as often as they are asked for."""

    format: str
    headers: tuple[str, ...]
    header_at: int
    read: Lines

    def rows(self, *, after: int = 0) -> Iterator[Line]:
        """The rows below the header that are not blank, each as wide as the header."""
        width = len(self.headers)
        for line in self.read():
            if line.number <= max(self.header_at, after) or line.blank:
                continue
            yield _checked(line, width)

    def count(self) -> int:
        """How many rows there are."""
        return sum(1 for _row in self.rows())


def digest_of(source: BinaryIO) -> bytes:
    """SHA-256 of a file. Raises `Refused` where it is empty or too large."""
    source.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := source.read(BLOCK):
        digest.update(block)
        size += len(block)
        if size > LARGEST:
            raise Refused(_("文件太大，最多 %(n)d MB。请分成几个文件。") % {"n": LARGEST // 2**20})
    if not size:
        raise Refused(_("这是一个空文件。"))
    source.seek(0)
    return digest.digest()


@contextmanager
def opened(source: BinaryIO) -> Iterator[Table]:
    """The table in a file, CSV or XLSX by what it holds, whatever its name says. Raises `Refused`."""
    digest_of(source)
    start = source.read(8)
    source.seek(0)
    if start[:4] == b"PK\x03\x04":
        from yipanqi.exchange.workbooks import lines_of

        with lines_of(source) as lines:
            yield _table(XLSX, lines)
    elif start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Refused(_("这是旧格式的 Excel 文件（.xls）或带密码的文件。请另存为 .xlsx 或 CSV。"))
    else:
        yield _table(CSV, _csv_lines(source))


def _table(kind: str, lines: Lines) -> Table:
    first = next((line for line in lines() if not line.blank), None)
    if first is None:
        raise Refused(_("文件里没有表头。"))
    headers = [cell.strip() for cell in first.cells]
    while headers and not headers[-1]:
        headers.pop()
    if len(headers) > MOST_COLUMNS:
        raise Refused(_("列太多：最多 %(n)d 列。") % {"n": MOST_COLUMNS})
    seen: set[str] = set()
    for number, header in enumerate(headers, start=1):
        if number - 1 in first.wrong or len(header) > LONGEST_HEADER or "\x00" in header:
            raise Refused(_("第 %(n)d 列的表头读不了。") % {"n": number})
        if header in seen:
            raise Refused(_("表头“%(header)s”出现了两次，分不清是哪一列。") % {"header": header})
        headers[number - 1] = header or _("（第 %(n)d 列）") % {"n": number}
        seen.add(headers[number - 1])
    return Table(kind, tuple(headers), first.number, lines)


def _checked(line: Line, width: int) -> Line:
    """The row as wide as the header; what is beyond it, too long or cannot be kept is a reason."""
    cells, wrong = list(line.cells[:width]), {n: why for n, why in line.wrong.items() if n < width}
    if any(cell.strip() for cell in line.cells[width:]) or any(n >= width for n in line.wrong):
        wrong[width - 1] = _("这一行比表头多出几格，可能有分隔符没有加引号。")
    cells += [""] * (width - len(cells))
    for number, cell in enumerate(cells):
        if len(cell) > LONGEST_CELL:
            wrong[number] = _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": LONGEST_CELL, "m": len(cell)}
            cells[number] = cell[:LONGEST_CELL]
        if "\x00" in cell:
            wrong[number] = _("含有不能保存的字符。")
            cells[number] = cells[number].replace("\x00", "")
    return Line(line.number, tuple(cells), wrong)


# --- CSV -------------------------------------------------------------------------------------------------------------


def _csv_lines(source: BinaryIO) -> Lines:
    encoding = _encoding(source)
    delimiter = _delimiter(source, encoding)

    def read() -> Iterator[Line]:
        with _decoded(source, encoding) as text:
            # Not strict: a quote in the middle of a cell is a quote, as spreadsheets write and read it.
            rows = csv.reader(_bounded(text), delimiter=delimiter)
            for number in range(1, MOST_ROWS + 1):
                row = _next(rows, number)
                if row is None:
                    return
                yield Line(number, tuple(map(restored, row)))
        raise Refused(_("行太多：最多 %(n)d 行。请分成几个文件。") % {"n": MOST_ROWS})

    return read


def _next(rows: Iterator[list[str]], number: int) -> list[str] | None:
    try:
        row = next(rows, None)
    except csv.Error:
        raise Refused(_("第 %(n)d 行读不了，可能有引号没有成对。") % {"n": number}) from None
    if row is not None and len(row) > MOST_COLUMNS:
        raise Refused(_("列太多：最多 %(n)d 列。") % {"n": MOST_COLUMNS})
    return row


def restored(text: str) -> str:
    """A cell without the apostrophe that `writing.harmless` (and people) put before what begins like a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'").startswith(DANGEROUS) else text


@contextmanager
def _decoded(source: BinaryIO, encoding: str) -> Iterator[io.TextIOBase]:
    """The source from its beginning as text; it stays open afterwards."""
    source.seek(0)
    text = io.TextIOWrapper(cast(io.BufferedReader, source), encoding=encoding, newline="")
    try:
        yield text
    finally:
        text.detach()


def _bounded(text: io.TextIOBase) -> Iterator[str]:
    """Lines of text, none longer than can be held."""
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise Refused(_("有一行太长，这不像一张表。"))
        yield line


def _encoding(source: BinaryIO) -> str:
    """UTF-8, with or without its mark, or GB18030: whichever all of the file is. Raises `Refused`."""
    for name in ("utf-8-sig", "gb18030"):
        if _is_all(source, name):
            return name
    raise Refused(_("认不出文件的编码。请另存为“CSV UTF-8”或 .xlsx。"))


def _is_all(source: BinaryIO, encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while block := source.read(BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(source: BinaryIO, encoding: str) -> str:
    """Comma, semicolon or tab: what the header is parted by, outside quotes."""
    with _decoded(source, encoding) as text:
        for line in _bounded(text):
            if line.strip(" \r\n,;\t"):
                plain = "".join(line.split('"')[::2])
                return max(",;\t", key=plain.count)
    return ","
