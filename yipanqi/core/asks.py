"""What a step asks: reading and checking answers, one way for forms, API, bulk and commands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.counting import SHANGHAI
from yipanqi.core.errors import Refused
from yipanqi.core.labels import field_says
from yipanqi.core.procedure import Ask, Kind, Step

MOST_SHARES = 20


@dataclass(frozen=True)
class Share:
    """What one unit is asked to do, and by when; without a day of its own, by that of the answer."""

    unit: Any
    asked: str = ""
    until: dt.date | None = None


# Kinds whose values only a domain knows (units, categories, areas): text in, object with a `pk` out.
_readers: dict[Kind, Callable[[Any], Any]] = {}


def register_reader(kind: Kind, reader: Callable[[Any], Any]) -> None:
    """Say how answers of a kind become objects. The reader raises `Refused` for what it does not know."""
    _readers[kind] = reader


def clean(step: Step, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a step, read and checked. Raises `Refused` with a sentence for each wrong field.

    A field that the step does not ask for is refused too: nothing is taken that nobody asked for.
    """
    known = {ask.name for ask in step.asks}
    strays = sorted(set(raw) - known)
    if strays:
        raise Refused(_("这一步不需要：%(names)s。") % {"names": "、".join(strays)})
    answers: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for ask in step.asks:
        try:
            answers[ask.name] = _read(ask, raw.get(ask.name))
        except Refused as refusal:
            wrong[ask.name] = refusal.message
    if wrong:
        first = next(ask for ask in step.asks if ask.name in wrong)
        raise Refused(field_says(first.label, wrong[first.name]), fields=wrong)
    return answers


def _read(ask: Ask, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip().replace("\r\n", "\n")
        if "\x00" in value:
            raise Refused(_("含有不能保存的字符。"))
    if isinstance(value, list | tuple) and any("\x00" in str(item) for item in value):
        raise Refused(_("含有不能保存的字符。"))
    if value in (None, "", [], ()):
        if ask.kind == Kind.TICK and not ask.required:
            return False
        if ask.required:
            raise Refused(_("请填写。"))
        return [] if ask.kind in (Kind.UNITS, Kind.SHARES, Kind.PARTS, Kind.FILES) else None
    return _BY_KIND.get(ask.kind, _by_reader)(ask, value)


def _text(ask: Ask, value: Any) -> str:
    text = str(value)
    if len(text) > ask.longest:
        raise Refused(_("最多 %(n)d 字，现有 %(m)d 字。") % {"n": ask.longest, "m": len(text)})
    return text


def _choice(ask: Ask, value: Any) -> str:
    if value not in {code for code, _label in ask.choices}:
        raise Refused(_("请从所列选项中选择。"))
    return str(value)


def read_day(value: object, field: str = "") -> dt.date:
    """A day as the browser's calendar gives it. Raises `Refused`, under the field where one is named."""
    text = str(value or "").strip()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        why = _("请按“年-月-日”填写，例如 2026-03-09。") if text else _("请填写日期。")
        raise Refused(why, fields={field: why} if field else None) from None


def _date(ask: Ask, value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    return read_day(value)


def _moment(ask: Ask, value: Any) -> dt.datetime:
    """A moment as the browser's field gives it, which is the city's time whatever the reader's clock says."""
    try:
        moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value).strip())
    except ValueError:
        raise Refused(_("请填写日期和时间，例如 2026-03-09 14:30。")) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _number(ask: Ask, value: Any) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise Refused(_("请填写整数。")) from None
    if (ask.least is not None and number < ask.least) or (ask.most is not None and number > ask.most):
        raise Refused(_("请填写 %(least)s 到 %(most)s 之间的整数。") % {"least": ask.least, "most": ask.most})
    return number


def _tick(ask: Ask, value: Any) -> bool:
    """A tick that is required says that somebody knows or agrees: nobody says so by leaving it empty."""
    ticked = value in (True, "on", "true", "1", "yes")
    if ask.required and not ticked:
        raise Refused(_("请勾选。"))
    return ticked


def _shares(ask: Ask, value: Any) -> list[Share]:
    """Rows of unit, asked and until; a row that is a text is a unit alone. What is wrong is said with its row."""
    rows = value if isinstance(value, list | tuple) else [value]
    if len(rows) > MOST_SHARES:
        raise Refused(_("一次最多 %(n)d 个单位。") % {"n": MOST_SHARES})
    found: list[Share] = []
    for number, row in enumerate(rows, start=1):
        try:
            found.append(_share(ask, row if isinstance(row, Mapping) else {"unit": row}))
        except Refused as refusal:
            why = _("第 %(n)d 行：%(why)s") % {"n": number, "why": refusal.message}
            raise Refused(why) from None
    if len({share.unit.pk for share in found}) < len(found):
        raise Refused(_("同一个单位写了两次，请合成一行。"))
    return found


def _share(ask: Ask, row: Mapping[str, Any]) -> Share:
    if set(row) - {"unit", "asked", "until"}:
        raise Refused(_("每行只有单位、请它做什么、日期。"))
    given = {name: str(row.get(name) or "").strip() for name in ("unit", "asked", "until")}
    if any("\x00" in text for text in given.values()):
        raise Refused(_("含有不能保存的字符。"))
    if not given["unit"]:
        raise Refused(_("请写明单位。"))
    until = _date(ask, given["until"]) if given["until"] else None
    return Share(_readers[Kind.UNIT](given["unit"]), _text(ask, given["asked"]), until)


def _by_reader(ask: Ask, value: Any) -> Any:
    return _readers[ask.kind](value)


_BY_KIND: dict[Kind, Callable[[Ask, Any], Any]] = {
    Kind.LINE: _text,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.NUMBER: _number,
    Kind.TICK: _tick,
    Kind.SHARES: _shares,
}


def payload_of(step: Step, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as plain JSON values for the move's payload; objects by their id. Keys that an effect put in
    beside the asks are kept."""
    return {name: _plain(value) for name, value in answers.items() if value not in (None, [], "")}


def _plain(value: Any) -> Any:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Share):
        told = {"unit": value.unit, "asked": value.asked, "until": value.until}
        return {name: _plain(item) for name, item in told.items() if item}
    return str(value.pk)
