"""A document as XLSX: its words and figures on the first sheet, a sheet for each table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yipanqi.exchange.paper import Address, Figure, Heading, Paper, Run, Table, Words, text_of
from yipanqi.exchange.reading import XLSX
from yipanqi.exchange.writing import CONTENT_TYPES, Cell, Sheet, book

CONTENT_TYPE = CONTENT_TYPES[XLSX]
NARROW, WIDE = 14, 90


def xlsx(paper: Paper, address: Address, *, text: str) -> bytes:
    """The bytes of the workbook; each figure is a number with a link to its source. `text` is what its
    first sheet is called."""
    tables = [block for block in paper.blocks if isinstance(block, Table) and block.rows]
    first = Sheet(text, [], list(_words(paper, address)), [WIDE, NARROW])
    sheets = [first, *(_sheet(table, address) for table in tables)]
    # A ledger is its table: whoever opens it sees that.
    return book(sheets, active=1 if paper.wide and tables else 0, wide=paper.wide)


def _words(paper: Paper, address: Address) -> Iterable[Sequence[Cell]]:
    yield [Cell(paper.title)]
    yield from ([Cell(words)] for words in (paper.greeting, *paper.opening) if words)
    for block in paper.numbered():
        if isinstance(block, Heading):
            yield [Cell(block.text)]
        elif isinstance(block, Words):
            yield [Cell("".join(text_of(run) for run in block.runs))]
            yield from (
                [Cell(run.label), _cell(run, address)] for run in block.runs if isinstance(run, Figure)
            )
        elif not block.rows:
            yield [Cell(block.empty)]
    yield from (
        [Cell(words)] for words in (*paper.closing, paper.signer, paper.day_text, paper.mark) if words
    )


def _sheet(table: Table, address: Address) -> Sheet:
    share = sum(table.widths)
    widths = [max(NARROW - 4, 150 * width // share) for width in table.widths]
    rows = [[_cell(run, address) for run in row] for row in table.rows]
    return Sheet(table.caption, list(table.headers), rows, widths)


def _cell(run: Run, address: Address) -> Cell:
    if isinstance(run, str):
        return Cell(run)
    number = run.number if isinstance(run, Figure) and not run.least else None
    return Cell(run.text, address(run.source), number)
