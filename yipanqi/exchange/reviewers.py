"""The table of lawful reviewers as an import's target, and as rows that go out: the same columns both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yipanqi.core.gate import Actor
from yipanqi.core.labels import Label
from yipanqi.exchange.dates import read_day
from yipanqi.exchange.targets import Field, Good, Outcome, Target, Values, Work
from yipanqi.organisations.models import Unit
from yipanqi.organisations.reviewers import ReviewerRow, check, keep_reviewers, living

FIELDS = (
    Field("unit", Label("单位", "Unit"), required=True, also=("单位代码", "作出意见的单位")),
    Field("reviewer", Label("审查单位", "Reviewer"), required=True, also=("复查机关", "复核机关")),
    Field("basis", Label("依据", "Basis"), required=True),
    Field("valid_from", Label("起始日期", "From"), also=("起始",)),
    Field("valid_to", Label("终止日期", "Until"), also=("终止",)),
)


class Reviewers(Work):
    """Rows of the table; units by code."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.readers = {"valid_from": read_day, "valid_to": read_day}
        self._units = {unit.code: unit for unit in Unit.objects.filter(valid_to__isnull=True)}

    def check(self, values: Values) -> None:
        check(self._row(values), self._units)

    def write(self, rows: Sequence[Good], *, by: Actor, at: dt.datetime) -> list[Outcome]:
        entered = [self._row(row.values) for row in rows]
        changed = keep_reviewers(rows=entered, by=by.viewer.account, at=at)
        return [
            Outcome(f"{row.unit} → {row.reviewer}", known=not new)
            for row, new in zip(entered, changed, strict=True)
        ]

    def _row(self, values: Values) -> ReviewerRow:
        given: dict[str, Any] = {each.name: values.get(each.name) for each in FIELDS}
        return ReviewerRow(**given)


REVIEWERS = Target(
    "reviewers", Label("复查复核机关", "Lawful reviewers"), "organisations.manage", FIELDS, Reviewers
)


def reviewer_rows() -> Iterator[list[str]]:
    """The living rows, in the order of `FIELDS`."""
    for row in living():
        yield [row.unit.code, row.reviewer.code, row.basis, row.valid_from.isoformat(), ""]
