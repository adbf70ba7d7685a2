"""What a step asks: reading and checking answers, one way for forms, API, bulk and commands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.procedure import Ask, Kind, Step

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
        message = _("%(field)s：%(why)s") % {"field": str(first.label), "why": wrong[first.name]}
        raise Refused(message, fields=wrong)
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
        return [] if ask.kind == Kind.UNITS else None
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


def _date(ask: Ask, value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise Refused(_("请按“年-月-日”填写，例如 2026-03-09。")) from None


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


def _by_reader(ask: Ask, value: Any) -> Any:
    return _readers[ask.kind](value)


_BY_KIND: dict[Kind, Callable[[Ask, Any], Any]] = {
    Kind.LINE: _text,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.DATE: _date,
    Kind.NUMBER: _number,
    Kind.TICK: _tick,
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
    return str(value.pk)
