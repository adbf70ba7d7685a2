"""The file of the rows that failed: the same columns with the reasons beside them, to mend and upload again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from yipanqi.exchange.flow import Failure

# In both languages at once: the file may come back in the other one.
REASONS = "没有导入的原因 · why not imported"


def table_of(headers: Sequence[str], failures: Iterable[Failure]) -> tuple[list[str], Iterator[list[str]]]:
    """Headers and rows. The reasons of an earlier round give way to the new ones."""
    kept = [n for n, header in enumerate(headers) if header != REASONS]
    rows = ([*(failure.cells[n] for n in kept), failure.reasons] for failure in failures)
    return [*(headers[n] for n in kept), REASONS], rows
