"""The one flow of every import, below its state: a line of a file becomes a good row or a failure, and a batch goes in.

A bad row fails alone: what can be seen is seen before anything is written, and where the database refuses a batch it
is halved until the row is found.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.exchange.reading import Line
from yipanqi.exchange.targets import Good, Outcome, Target, Work

BATCH = 500


@dataclass(frozen=True)
class Failure:
    """A row that did not go in. `wrong`: reasons by header; under "" what is said of the row as a whole."""

    number: int
    cells: tuple[str, ...]
    wrong: dict[str, str]

    @property
    def reasons(self) -> str:
        """All reasons as one cell of the file of failed rows."""
        return _("；").join(
            _("%(column)s：%(why)s") % {"column": header, "why": why} if header else why
            for header, why in self.wrong.items()
        )

    def packed(self) -> bytes:
        return json.dumps([self.cells, self.wrong], ensure_ascii=False).encode()

    @classmethod
    def unpacked(cls, number: int, packed: bytes) -> Failure:
        cells, wrong = json.loads(packed)
        return cls(number, tuple(cells), wrong)


@dataclass
class Batch:
    """What became of the lines of one batch."""

    entered: list[tuple[Good, Outcome]] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """How the lines of one file are read: which column is which field."""

    target: Target
    work: Work
    headers: Sequence[str]
    mapping: Mapping[str, str]

    def columns(self) -> dict[str, int]:
        return {
            name: self.headers.index(header)
            for name, header in self.mapping.items()
            if header in self.headers and name in self.target.named
        }

    def row(self, line: Line, columns: Mapping[str, int]) -> Good | Failure:
        """The line as values, or with every reason why not."""
        values: dict[str, Any] = {}
        wrong: dict[str, str] = {}
        for name, column in columns.items():
            if column in line.wrong:
                wrong[self.headers[column]] = line.wrong[column]
                continue
            text = line.cells[column].strip().replace("\r\n", "\n")
            reader = self.work.readers.get(name)
            try:
                values[name] = reader(text) if reader is not None and text else text or None
            except Refused as refusal:
                wrong[self.headers[column]] = refusal.message
        for each in self.target.fields:
            if each.required and values.get(each.name) is None:
                wrong.setdefault(self.header_of(each.name), _("请填写。"))
        if not wrong:
            try:
                self.work.check(values)
            except Refused as refusal:
                wrong = self.said(refusal)
        return Failure(line.number, line.cells, wrong) if wrong else Good(line.number, values)

    def header_of(self, name: str) -> str:
        """The column of a field; its label where no column has it."""
        return self.mapping.get(name) or str(self.target.named[name].label)

    def said(self, refusal: Refused) -> dict[str, str]:
        """A refusal by columns; what is said of no field of ours, of the row."""
        by_field = {n: why for n, why in refusal.fields.items() if n in self.target.named}
        return {self.header_of(n): why for n, why in by_field.items()} or {"": refusal.message}


def enter(
    reading: Reading,
    rows: Sequence[Good],
    lines: Mapping[int, Line],
    *,
    by: Actor,
    at: dt.datetime,
    into: Batch,
) -> None:
    """Enter the rows in the caller's transaction; what is refused goes to the failures, and only that."""
    if not rows:
        return
    try:
        with transaction.atomic():
            into.entered += zip(rows, reading.work.write(rows, by=by, at=at), strict=True)
        return
    except NotAllowed:
        raise
    except Refused as refusal:
        wrong = reading.said(refusal)
    except (DataError, IntegrityError):
        # What the database says may quote the row.
        wrong = {"": _("数据库不接受这一行。")}
    if len(rows) == 1:
        line = lines[rows[0].number]
        into.failures.append(Failure(line.number, line.cells, wrong))
        return
    half = len(rows) // 2
    enter(reading, rows[:half], lines, by=by, at=at, into=into)
    enter(reading, rows[half:], lines, by=by, at=at, into=into)


def batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    """Lines in batches of `BATCH`."""
    batch: list[Line] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
