"""Units and the duty list as an import's targets, and as rows that go out: what goes out comes in unchanged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.core.labels import Label
from yipanqi.core.mailboxes import one_mailbox
from yipanqi.exchange.dates import read_day
from yipanqi.exchange.places import areas, categories
from yipanqi.exchange.targets import Field, Good, Outcome, Target, Values, Work, too_long
from yipanqi.organisations.actions import PARENTS, DutyRow, UnitRow, keep_duties, keep_units
from yipanqi.organisations.models import Duty, Unit

LONGEST = {
    "code": 40,
    "name_zh": 80,
    "name_en": 120,
    "kind": 20,
    "telephone": 40,
    "mailbox": 120,
    "word": 20,
    "basis": 200,
    "unit": 40,
}

UNIT_FIELDS = (
    Field("code", Label("代码", "Code"), required=True, also=("单位代码",)),
    Field("name_zh", Label("中文名称", "Chinese name"), required=True, also=("名称", "单位名称", "单位")),
    Field("name_en", Label("英文名称", "English name")),
    Field("kind", Label("种类", "Kind"), required=True, also=("单位种类",)),
    Field("area", Label("区域", "Area"), also=("区域代码",)),
    Field("managing", Label("管理单位", "Managing unit"), also=("代管单位",)),
    Field("administrative", Label("行政上级", "Administrative parent")),
    Field("professional", Label("业务指导", "Professional guidance")),
    Field("telephone", Label("电话", "Telephone")),
    Field("mailbox", Label("值班邮箱", "Duty mailbox"), also=("邮箱", "E-mail")),
    Field("valid_from", Label("设立日期", "From"), required=True, also=("设立",)),
    Field("valid_to", Label("撤销日期", "Until"), also=("撤销",)),
    Field("word", Label("机关代字", "Word in document numbers"), also=("代字", "发文机关代字")),
)
DUTY_FIELDS = (
    Field("category", Label("类别", "Category"), required=True, also=("类别代码",)),
    Field("area", Label("区域", "Area"), required=True, also=("区域代码",)),
    Field("unit", Label("单位", "Unit"), required=True, also=("单位代码", "责任单位")),
    Field("basis", Label("依据", "Basis"), required=True),
    Field("valid_from", Label("起始日期", "From"), also=("起始",)),
    Field("valid_to", Label("终止日期", "Until"), also=("终止",)),
)


def _check_lengths(values: Values) -> None:
    wrong = too_long(values, LONGEST)
    if "/" in str(values.get("code") or ""):
        wrong["code"] = _("代码里不能有“/”。")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)


def _mailbox(text: str) -> str:
    try:
        return one_mailbox(text)
    except ValueError:
        raise Refused(_("须是一个邮箱地址，例如 zhiban@example.gov.cn；填单位的，不填个人的。")) from None


class Units(Work):
    """A parent stands before those below it, or is there already."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.readers = {"area": areas(), "mailbox": _mailbox, "valid_from": read_day, "valid_to": read_day}
        self._words = dict(Unit.objects.filter(valid_to__isnull=True).values_list("code", "word"))
        self._codes = set(self._words)
        self._holders = {word: code for code, word in self._words.items() if word}

    def check(self, values: Values) -> None:
        _check_lengths(values)
        self._take_word(values["code"], "" if values.get("valid_to") else values.get("word") or "")
        for name in PARENTS:
            code = values.get(name)
            if code is not None and code not in self._codes:
                why = _("没有上级单位 %(code)s。") % {"code": code[:40]}
                raise Refused(why, fields={name: why})
        self._codes.add(values["code"])

    def _take_word(self, code: str, word: str) -> None:
        """Two units with one word would give two documents one number."""
        self._holders.pop(self._words.get(code, ""), None)
        if word and word in self._holders:
            why = _("单位 %(code)s 已经用这个代字。") % {"code": self._holders[word][:40]}
            raise Refused(why, fields={"word": why})
        self._words[code] = word
        if word:
            self._holders[word] = code

    def write(self, rows: Sequence[Good], *, by: Actor, at: dt.datetime) -> list[Outcome]:
        entered = [self._row(row.values) for row in rows]
        changed = keep_units(rows=entered, by=by.viewer.account, at=at)
        return [Outcome(row.code, known=not new) for row, new in zip(entered, changed, strict=True)]

    def _row(self, values: Values) -> UnitRow:
        area = values.get("area")
        return UnitRow(
            code=values["code"],
            name_zh=values["name_zh"],
            name_en=values.get("name_en") or "",
            kind=values["kind"],
            area=area.code if area else None,
            administrative=values.get("administrative"),
            managing=values.get("managing"),
            professional=values.get("professional"),
            valid_from=values["valid_from"],
            telephone=values.get("telephone") or "",
            mailbox=values.get("mailbox") or "",
            word=values.get("word") or "",
            valid_to=values.get("valid_to"),
        )


class Duties(Work):
    """Lines of the duty list; units by code alone, for several may share a name."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.readers = {
            "category": categories(),
            "area": areas(),
            "valid_from": read_day,
            "valid_to": read_day,
        }
        self._units = set(Unit.objects.filter(valid_to__isnull=True).values_list("code", flat=True))

    def check(self, values: Values) -> None:
        _check_lengths(values)
        if values["unit"] not in self._units:
            why = _("没有单位 %(code)s。") % {"code": values["unit"][:40]}
            raise Refused(why, fields={"unit": why})

    def write(self, rows: Sequence[Good], *, by: Actor, at: dt.datetime) -> list[Outcome]:
        entered = [
            DutyRow(
                category=row.values["category"].code,
                area=row.values["area"].code,
                unit=row.values["unit"],
                basis=row.values["basis"],
                valid_from=row.values.get("valid_from"),
                valid_to=row.values.get("valid_to"),
            )
            for row in rows
        ]
        changed = keep_duties(rows=entered, by=by.viewer.account, at=at)
        return [
            Outcome(f"{row.category}@{row.area}", known=not new)
            for row, new in zip(entered, changed, strict=True)
        ]


UNITS = Target("units", Label("机构", "Units"), "organisations.manage", UNIT_FIELDS, Units)
DUTIES = Target("duties", Label("职责清单", "Duties"), "organisations.manage", DUTY_FIELDS, Duties)


def unit_rows() -> Iterator[list[str]]:
    """The living units, each after its parents, in the order of `UNIT_FIELDS`."""
    living = {
        unit.pk: unit
        for unit in Unit.objects.filter(valid_to__isnull=True).select_related(*PARENTS).order_by("path")
    }
    written: set[Any] = set()

    def walk(unit: Unit) -> Iterator[Unit]:
        if unit.pk in written or unit.pk not in living:
            return
        written.add(unit.pk)
        for name in PARENTS:
            parent = getattr(unit, f"{name}_id")
            if parent is not None and parent in living:
                yield from walk(living[parent])
        yield unit

    for unit in list(living.values()):
        for each in walk(unit):
            yield _unit_row(each)


def _unit_row(unit: Unit) -> list[str]:
    parents = {name: getattr(unit, name) for name in PARENTS}
    values = {
        **{
            name: getattr(unit, name)
            for name in ("code", "name_zh", "name_en", "kind", "telephone", "mailbox", "word")
        },
        **{name: parent.code if parent else "" for name, parent in parents.items()},
        "area": unit.area_id or "",
        "valid_from": unit.valid_from.isoformat(),
        "valid_to": "",
    }
    return [str(values[each.name]) for each in UNIT_FIELDS]


def duty_rows() -> Iterator[list[str]]:
    """The living lines of the duty list, in the order of `DUTY_FIELDS`."""
    lines = Duty.objects.filter(valid_to__isnull=True).order_by("category_id", "area_id")
    rows = lines.values_list("category_id", "area_id", "unit__code", "basis", "valid_from")
    for category, area, unit, basis, valid_from in rows.iterator(2000):
        yield [category, area, unit, basis, valid_from.isoformat(), ""]
