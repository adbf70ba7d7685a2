"""Cells of a queue table, by kind of column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from yipanqi.web.components import icons, words
from yipanqi.web.components.shapes import (
    Badge,
    Colour,
    Column,
    DueLike,
    Light,
    Link,
    Person,
    TableRow,
    Tone,
    shaped,
)

NOTHING = mark_safe('<span class="quiet" aria-hidden="true">—</span>')


@dataclass(frozen=True)
class CellView:
    """A rendered cell with the column it stands in."""

    column: Column
    html: SafeString
    blank: bool


@dataclass(frozen=True)
class RowView:
    """A rendered row."""

    cells: Sequence[CellView]
    current: bool
    late: bool


def light(colour: Colour, word: str = "") -> SafeString:
    """Shape, colour and word of a light."""
    return format_html(
        '<span class="light light-{}">{}<span>{}</span></span>',
        colour,
        icons.lamp(colour),
        word or words.light_word(colour),
    )


def badge(text: str, tone: Tone = "neutral") -> SafeString:
    """A state in words; the tone only helps the eye."""
    return format_html('<span class="badge badge-{}">{}</span>', tone, text)


def row_view(columns: Sequence[Column], row: TableRow) -> RowView:
    """Render a row; a missing or empty value becomes a dash."""
    cells = []
    for column in columns:
        value = row.cells.get(column.key)
        blank = value is None or value == ""
        cells.append(CellView(column, NOTHING if blank else _cell(column, value, row), blank))
    return RowView(cells, row.current, row.late)


def _cell(column: Column, value: Any, row: TableRow) -> SafeString:
    if column.kind == "link" or (column.main and row.url and column.kind == "text"):
        return _link(value, row)
    return _RENDER[column.kind](value)


def _link(value: Any, row: TableRow) -> SafeString:
    link = value if isinstance(value, Link) else Link(str(value), row.url)
    current = mark_safe(' aria-current="true"') if row.current else ""
    return format_html('<a class="row-link" href="{}"{}><span>{}</span></a>', link.url, current, link.label)


def _due(value: DueLike) -> SafeString:
    context = {"term": value, "reading": words.read_due(value), "compact": True}
    return mark_safe(get_template("components/due.html").render(context))  # noqa: S308 - rendered with escaping


def _light(value: Any) -> SafeString:
    item = (
        value
        if isinstance(value, Light)
        else shaped(Light, {"colour": value} if isinstance(value, str) else value)
    )
    return light(item.colour, item.word)


def _badge(value: Any) -> SafeString:
    item = (
        value
        if isinstance(value, Badge)
        else shaped(Badge, {"text": value} if isinstance(value, str) else value)
    )
    return badge(item.text, item.tone)


def _day(value: dt.date) -> SafeString:
    day = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>', day.isoformat(), words.short_day_text(day)
    )


def _moment(value: dt.datetime) -> SafeString:
    return format_html(
        '<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), words.moment_text(value)
    )


def _reference(value: Any) -> SafeString:
    return format_html('<span class="code">{}</span>', value)


def _person(value: Any) -> SafeString:
    who = shaped(Person, value)
    return format_html('<span class="masked">{}{}</span>', icons.icon("lock") if who.masked else "", who.name)


def _number(value: Any) -> SafeString:
    return format_html('<span class="number">{}</span>', value)


_RENDER: dict[str, Callable[[Any], SafeString]] = {
    "text": conditional_escape,
    "link": conditional_escape,
    "number": _number,
    "day": _day,
    "moment": _moment,
    "due": _due,
    "light": _light,
    "badge": _badge,
    "reference": _reference,
    "person": _person,
}
