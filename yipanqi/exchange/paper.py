"""A document for people, before it is written as DOCX, PDF or XLSX: words, tables, and figures that each say where the
list is that makes them. The layout is the writers' (paper_docx.py, paper_pdf.py, paper_xlsx.py)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True)
class Figure:
    """How many there are, of what, and what makes the figure: the list that has so many, or the matter that says it.
    `least`: there are at least so many."""

    number: int
    label: str
    source: Hashable
    least: bool = False

    @property
    def text(self) -> str:
        return f"{self.number}+" if self.least else str(self.number)


@dataclass(frozen=True)
class Lead:
    """Words that lead to the matter they name."""

    text: str
    source: Hashable


Run = str | Figure | Lead
Address = Callable[[Hashable], str]


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    runs: Sequence[Run]


@dataclass(frozen=True)
class Table:
    """A table; `widths` are shares of the width of the page. One without rows is a sentence that says so."""

    caption: str
    headers: Sequence[str]
    widths: Sequence[int]
    rows: Sequence[Sequence[Run]]
    empty: str


Block = Heading | Words | Table


@dataclass(frozen=True)
class Paper:
    """A document. `name` is what it is, without saying of what: a file is called so. `greeting` stands above the text without an indent; `mark` says who took it out and when. `wide`: it is
    a table above all, and lies on its side."""

    name: str
    title: str
    greeting: str
    opening: Sequence[str]
    blocks: Sequence[Block]
    closing: Sequence[str]
    signer: str
    day: dt.date
    day_text: str
    lang: str
    mark: str = ""
    wide: bool = False

    def numbered(self) -> Iterator[Block]:
        """The blocks in their order, headings with their numbers (GB/T 9704: 一、二、三)."""
        number = 0
        for block in self.blocks:
            if isinstance(block, Heading):
                number += 1
                first = f"{ORDINALS[number - 1]}、" if self.lang == "zh" else f"{number}. "
                yield Heading(first + block.text)
            else:
                yield block

    def figures(self) -> Iterator[Figure]:
        """Every figure of it."""
        for block in self.blocks:
            rows = [block.runs] if isinstance(block, Words) else []
            rows = list(block.rows) if isinstance(block, Table) else rows
            yield from (run for row in rows for run in row if isinstance(run, Figure))


def text_of(run: Run) -> str:
    return run if isinstance(run, str) else run.text


def woven(text: str, *runs: Run) -> list[Run]:
    """A sentence with its figures in their places: {0}, {1} and so on, in the order of each language."""
    parts = re.split(r"\{(\d)\}", text)
    found = [runs[int(part)] if place % 2 else part for place, part in enumerate(parts)]
    return [run for run in found if run != ""]


def listed(groups: Sequence[Sequence[Run]], between: str) -> list[Run]:
    """Groups of words and figures, one after the other."""
    found: list[Run] = []
    for group in groups:
        found += [*([between] if found else []), *group]
    return found
