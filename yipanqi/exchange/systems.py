"""The field maps of systems of record, as lines that people read and write, and what changes them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.cases.models import ExternalRef
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Change
from yipanqi.exchange.giving import GIVES, headers_of, rows_of
from yipanqi.exchange.models import Export, Exported, System
from yipanqi.exchange.reading import XLSX
from yipanqi.exchange.reconciling import to_give
from yipanqi.exchange.submissions import FIELDS
from yipanqi.exchange.writing import written

TAKES = {each.name: each.label for each in FIELDS}
VALUED = ("category", "area", "channel", "anonymity", "kind", "state", "outcome")
MOST_LINES = 200
MOST_GIVEN = 500  # numbers a table; the rest with the next one

Pairs = list[list[str]]


def lines_of(pairs: Pairs) -> str:
    """Columns as lines: header = field."""
    return "\n".join(f"{header} = {our}" for header, our in pairs)


def value_lines_of(values: Mapping[str, Mapping[str, str]]) -> str:
    """Values as lines: field: their word = our code."""
    return "\n".join(
        f"{field}: {word} = {code}" for field, words in values.items() for code, word in words.items()
    )


def read_columns(text: str, known: Mapping[str, Any], field: str) -> Pairs:
    """Columns from lines, in their order. Raises `Refused` with the number of the first line that is wrong."""
    pairs: Pairs = []
    for number, line in _lines(text, field):
        header, equals, our = (part.strip() for part in line.rpartition("="))
        if not equals or not header or our not in known:
            _wrong(number, field, _("应写成“表头 = 字段”，字段是下面列出的一个。"))
        if header in [before for before, _our in pairs] or our in [before for _h, before in pairs]:
            _wrong(number, field, _("这一列或这个字段写了两次。"))
        pairs.append([header[:200], our])
    return pairs


def read_values(text: str) -> dict[str, dict[str, str]]:
    """Values from lines. Raises `Refused` with the number of the first line that is wrong."""
    values: dict[str, dict[str, str]] = {}
    for number, line in _lines(text, "values"):
        found = re.fullmatch(r"(\w+)\s*[:：]\s*(.+?)\s*=\s*(\S+)", line)
        if found is None or found[1] not in VALUED:
            _wrong(number, "values", _("应写成“字段: 他们的叫法 = 我们的代码”。"))
            continue
        values.setdefault(found[1], {})[found[3]] = found[2]
    return values


def _lines(text: str, field: str) -> list[tuple[int, str]]:
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), start=1)]
    if len(lines) > MOST_LINES or "\x00" in text:
        _wrong(len(lines), field, _("太长了，或者含有不能保存的字符。"))
    return [(n, line) for n, line in lines if line]


def _wrong(number: int, field: str, why: str) -> None:
    message = _("第 %(n)d 行：%(why)s") % {"n": number, "why": why}
    raise Refused(message, fields={field: message})


def _as_entered(system: System) -> dict[str, Any]:
    return {
        name: getattr(system, name) for name in ("name_zh", "name_en", "takes", "gives", "values", "above")
    }


def _check(by: Actor) -> None:
    if not (by.is_system or by.viewer.has("cases.import")):
        raise NotAllowed(_("您没有导入的权限。"))


@transaction.atomic
def keep_system(
    *,
    code: str,
    name_zh: str,
    name_en: str,
    takes: str,
    gives: str,
    values: str,
    by: Actor,
    at: dt.datetime,
    new: bool = False,
    above: bool = False,
) -> System:
    """Add a system of record or change its field map, which keeps its history. `new`: it must not be there yet. Raises
    `Refused`."""
    _check(by)
    wrong = {}
    if not re.fullmatch(r"[a-z0-9-]{2,40}", code):
        wrong["code"] = _("用小写字母、数字和短横线，2 到 40 个。")
    if not name_zh.strip() or len(name_zh) > 60 or len(name_en) > 80 or "\x00" in name_zh + name_en:
        wrong["name_zh"] = _("请填写名称，中文最多 60 字，英文最多 80 字。")
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    held = System.objects.select_for_update().filter(pk=code).first()
    if held and new:
        raise Refused(_("已有这个代码。"), fields={"code": _("已有这个代码。")})
    before = _as_entered(held) if held else None
    system = held or System(code=code)
    system.name_zh, system.name_en = name_zh.strip(), name_en.strip()
    system.takes = read_columns(takes, TAKES, "takes")
    system.gives = read_columns(gives, GIVES, "gives")
    system.values, system.above = read_values(values), above
    if system.gives and "number" not in [our for _header, our in system.gives]:
        raise Refused(_("有几处需要改一下。"), fields={"gives": _("回传的表要有编号（number）一列。")})
    after = _as_entered(system)
    if after != before:
        system.save()
        Change.objects.create(
            at=at, account=by.viewer.account, what="system", object_id=code, before=before, after=after
        )
    return system


def history_of(system: System) -> list[Change]:
    """The latest changes of a field map."""
    return list(Change.objects.filter(what="system", object_id=system.pk).order_by("-id")[:20])


@transaction.atomic
def give_back(*, system: System, by: Actor, at: dt.datetime) -> bytes | None:
    """The table of what is to go back now, in the system's own layout, and the note that it went; None for nothing.

    Two at a time would give the same twice: one waits for the other.
    """
    _check(by)
    held = System.objects.select_for_update().get(pk=system.pk)
    if not held.gives:
        raise Refused(_("这个系统还没有写明回传哪些列。"))
    refs = to_give(by.viewer, held, most=MOST_GIVEN)
    if not refs:
        return None
    rows = rows_of(held, refs, by.viewer)
    export = Export.objects.create(system=held, at=at, account=by.viewer.account)
    Exported.objects.bulk_create(_went(export, ref) for ref in refs)
    return written(XLSX, headers_of(held), rows)


def _went(export: Export, ref: ExternalRef) -> Exported:
    case = ref.case
    return Exported(export=export, ref=ref, state=case.matter.state, outcome=case.outcome, round=case.round)
