"""Cells of a queue table, by kind of column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

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


def rows_html(columns: Sequence[Column], rows: Iterable[TableRow]) -> SafeString:
    """The rows of a table; a missing or empty value becomes a dash. Written here and not by a template: a page has
    hundreds of cells, and a template takes longer over them than the database over the list."""
    frames = [(column, *_frame(column)) for column in columns]
    return mark_safe("\n".join(_row_html(frames, row) for row in rows))  # noqa: S308 - each value is escaped


def _frame(column: Column) -> tuple[str, str, str]:
    """What opens a cell of this column, what opens an empty one, and what closes it."""
    if column.main:
        opening = '<th role="rowheader" scope="row" class="queue-main">'
        return opening, opening, "</th>"
    opening = f'<td role="cell" data-label="{escape(column.label)}" class="cell-{escape(column.kind)}'
    return f'{opening}">', f'{opening} cell-blank">', "</td>"


def _row_html(frames: Iterable[tuple[Column, str, str, str]], row: TableRow) -> str:
    marks = " ".join(name for name, on in _marks(row) if on)
    cells = [f'<tr role="row" class="{marks}">']
    for column, opening, blank, closing in frames:
        value = row.cells.get(column.key)
        if value is None or value == "":
            cells += (blank, NOTHING, closing)
        else:
            cells += (opening, _cell(column, value, row), closing)
    return "".join(cells) + "</tr>"


def _marks(row: TableRow) -> Iterable[tuple[str, object]]:
    return ("queue-current", row.current), ("queue-late", row.late), (f"queue-below-{row.depth}", row.depth)


def _cell(column: Column, value: Any, row: TableRow) -> SafeString:
    if column.main and row.note:
        return format_html('{}<p class="queue-note">{}</p>', _told(column, value, row), row.note)
    return _told(column, value, row)


def _told(column: Column, value: Any, row: TableRow) -> SafeString:
    if column.kind == "link" or (column.main and row.url and column.kind == "text"):
        return _link(value, row)
    return _RENDER[column.kind](value)


def _link(value: Any, row: TableRow) -> SafeString:
    link = value if isinstance(value, Link) else Link(str(value), row.url)
    current = mark_safe(' aria-current="true"') if row.current else ""
    return format_html('<a class="row-link" href="{}"{}><span>{}</span></a>', link.url, current, link.label)


def _due(value: DueLike) -> SafeString:
    return _compact(get_language(), words.read_due(value), value.effective, value.provisional)


@lru_cache(maxsize=1024)
def _compact(
    _language: str | None, reading: words.Reading, effective: dt.date | None, provisional: bool
) -> SafeString:
    """A list has the same few dates again and again."""
    term = {"effective": effective, "provisional": provisional}
    context = {"term": term, "reading": reading, "compact": True}
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
    said = format_html('<a href="{}">{}</a>', value.url, value.label) if isinstance(value, Link) else value
    return format_html('<span class="number">{}</span>', said)


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
