"""The departments' lists of statutory paths as an import's target, and as rows that go out: the same columns both ways."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.cases.paths import NAMES, PathRow, keep_paths, living
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.core.labels import Label
from yipanqi.exchange.dates import read_day
from yipanqi.exchange.places import categories
from yipanqi.exchange.targets import Field, Good, Outcome, Target, Values, Work, too_long
from yipanqi.organisations.models import Unit

LONGEST = {"code": 40, "matter": 100, "where": 500, "how": 2000, "by_when": 500, "basis": 200}
FIELDS = (
    Field("code", Label("编号", "Code"), required=True),
    Field("unit", Label("单位", "Unit"), required=True, also=("单位代码", "部门")),
    Field("path", Label("途径", "Path"), required=True, also=("法定途径",)),
    Field("matter", Label("投诉请求", "Kind of claim"), required=True, also=("事项",)),
    Field("category", Label("类别", "Category"), also=("类别代码",)),
    Field("where", Label("去哪里", "Where to go"), required=True),
    Field("how", Label("怎么办", "What to do there"), required=True),
    Field("by_when", Label("最晚什么时候", "By when"), required=True),
    Field("basis", Label("依据", "Basis"), required=True),
    Field("valid_from", Label("起始日期", "From"), also=("起始",)),
    Field("valid_to", Label("终止日期", "Until"), also=("终止",)),
)


def read_path(text: str) -> str:
    """A path by its code or its name in either language. Raises `Refused`."""
    for code, label in NAMES.items():
        if text in (code, label.zh, label.en):
            return code
    raise Refused(_("请填写：%(names)s。") % {"names": "、".join(NAMES)})


class Paths(Work):
    """Lines of the lists; units by code."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.readers = {
            "path": read_path,
            "category": categories(),
            "valid_from": read_day,
            "valid_to": read_day,
        }
        self._units = set(Unit.objects.filter(valid_to__isnull=True).values_list("code", flat=True))

    def check(self, values: Values) -> None:
        wrong = too_long(values, LONGEST)
        if values["unit"] not in self._units:
            wrong["unit"] = _("没有单位 %(code)s。") % {"code": values["unit"][:40]}
        if wrong:
            raise Refused(_("有几处需要改一下。"), fields=wrong)

    def write(self, rows: Sequence[Good], *, by: Actor, at: dt.datetime) -> list[Outcome]:
        entered = [self._row(row.values) for row in rows]
        changed = keep_paths(rows=entered, by=by.viewer.account, at=at)
        return [Outcome(row.code, known=not new) for row, new in zip(entered, changed, strict=True)]

    def _row(self, values: Values) -> PathRow:
        category = values.get("category")
        given: dict[str, Any] = {each.name: values.get(each.name) for each in FIELDS}
        return PathRow(**{**given, "category": category.code if category else None})


PATHS = Target("paths", Label("法定途径清单", "Statutory paths"), "organisations.manage", FIELDS, Paths)


def path_rows() -> Iterator[list[str]]:
    """The living lines, in the order of `FIELDS`."""
    for line in living():
        values = {each.name: str(getattr(line, each.name, "") or "") for each in FIELDS}
        values |= {
            "unit": line.unit.code,
            "category": line.category_id or "",
            "path": str(NAMES[line.path].zh),
        }
        yield [values[each.name] for each in FIELDS]
