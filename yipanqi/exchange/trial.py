"""A whole file taken in at once, in the caller's transaction, by what an import of it does: for a trial that is taken back."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from yipanqi.core.errors import Refused
from yipanqi.core.gate import SYSTEM
from yipanqi.exchange.flow import Batch, Failure, Reading, batches, enter
from yipanqi.exchange.reading import opened
from yipanqi.exchange.targets import guess, target_named


def take_in(target_code: str, file: Path, *, at: dt.datetime) -> int:
    """How many rows went in. Raises `Refused` with the first rows that do not go in, for a trial of half a file says
    nothing."""
    target, entered = target_named(target_code), 0
    with file.open("rb") as source, opened(source) as table:
        reading = Reading(target, target.open({}), table.headers, guess(target, table.headers))
        columns = reading.columns()
        for lines in batches(table.rows()):
            rows = [reading.row(line, columns) for line in lines]
            done = Batch(failures=[row for row in rows if isinstance(row, Failure)])
            good = [row for row in rows if not isinstance(row, Failure)]
            enter(reading, good, {line.number: line for line in lines}, by=SYSTEM, at=at, into=done)
            if done.failures:
                raise Refused("\n".join(f"{each.number}: {each.reasons}" for each in done.failures[:5]))
            entered += len(done.entered)
    return entered
