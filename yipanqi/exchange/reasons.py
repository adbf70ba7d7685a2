"""The reasons for grades and exclusions as an import's target, and as rows that go out: the same columns both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.cases.reasons import NAMES, ReasonRow, keep_reasons, living
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.core.labels import Label
from yipanqi.exchange.dates import read_day
from yipanqi.exchange.targets import Field, Good, Outcome, Target, Values, Work, too_long

LONGEST = {"code": 40, "name_zh": 60, "name_en": 100}
FIELDS = (
    Field("series", Label("用在哪里", "Used for"), required=True, also=("用途",)),
    Field("code", Label("编号", "Code"), required=True),
    Field("name_zh", Label("中文名称", "Chinese name"), required=True, also=("名称", "理由")),
    Field("name_en", Label("英文名称", "English name")),
    Field("valid_from", Label("起始日期", "From"), also=("起始",)),
    Field("valid_to", Label("终止日期", "Until"), also=("终止",)),
)


def read_series(text: str) -> str:
    """What a reason is for, by its code or its name in either language. Raises `Refused`."""
    for code, label in NAMES.items():
        if text in (code, label.zh, label.en):
            return code
    raise Refused(_("请填写：%(names)s。") % {"names": _("、").join(map(str, NAMES.values()))})


class Reasons(Work):
    """Rows of the table."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.readers = {"series": read_series, "valid_from": read_day, "valid_to": read_day}

    def check(self, values: Values) -> None:
        if wrong := too_long(values, LONGEST):
            raise Refused(_("有几处需要改一下。"), fields=wrong)

    def write(self, rows: Sequence[Good], *, by: Actor, at: dt.datetime) -> list[Outcome]:
        entered = [self._row(row.values) for row in rows]
        changed = keep_reasons(rows=entered, by=by.viewer.account, at=at)
        return [
            Outcome(f"{row.series}/{row.code}", known=not new)
            for row, new in zip(entered, changed, strict=True)
        ]

    def _row(self, values: Values) -> ReasonRow:
        given: dict[str, Any] = {each.name: values.get(each.name) for each in FIELDS}
        return ReasonRow(**{**given, "name_en": given["name_en"] or ""})


REASONS = Target(
    "reasons",
    Label("评价和剔除的理由", "Reasons for grades and exclusions"),
    "organisations.manage",
    FIELDS,
    Reasons,
)


def reason_rows() -> Iterator[list[str]]:
    """The living rows, in the order of `FIELDS`."""
    for row in living():
        yield [NAMES[row.series].zh, row.code, row.name_zh, row.name_en, row.valid_from.isoformat(), ""]
