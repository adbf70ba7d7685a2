"""The base map of the demonstration: a plan of a made-up city, drawn anew for each square from nothing but numbers and
the areas' made-up middles. It asks nobody anything, and a city with data of its own never shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from math import ceil, floor

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import escape
from django.views.decorators.http import require_safe

from yipanqi.organisations.models import Area
from yipanqi.text.geo import Point
from yipanqi.web.access import public
from yipanqi.web.tiles import SIDE, pixel, place

FARTHEST, NEAREST = 10, 18  # zooms
BLOCK = (0.008, 0.01)  # degrees north and east between two roads
SHOWN = {"district": range(10, 13), "street": range(13, 19), "community": range(15, 19)}
SIZES = {"district": 17, "street": 14, "community": 12}
# Sixty names in the order of the old calendar: nobody takes them for streets that exist.
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
EARTH, BUILT, GREEN, WATER = "#f2efe9", "#e6e1d8", "#cfe3c4", "#bcd7ea"
ROAD, EDGE, LANE, WORDS = "#ffffff", "#c9c2b4", "#faf8f4", "#4a4a4a"


@dataclass(frozen=True)
class _Square:
    """One square of a zoom: what lies where on it."""

    zoom: int
    x: int
    y: int

    def at(self, north: float, east: float) -> tuple[float, float]:
        over, down = pixel(Point(north, east), self.zoom)
        return over - self.x * SIDE, down - self.y * SIDE

    def blocks(self) -> Iterator[tuple[int, int]]:
        """The blocks that touch it, with one more on each side, whose names may reach into it."""
        first = place(self.x * SIDE, (self.y + 1) * SIDE, self.zoom)
        last = place((self.x + 1) * SIDE, self.y * SIDE, self.zoom)
        for row in range(floor(first.latitude / BLOCK[0]) - 1, ceil(last.latitude / BLOCK[0]) + 1):
            for column in range(floor(first.longitude / BLOCK[1]) - 1, ceil(last.longitude / BLOCK[1]) + 1):
                yield row, column


@public
@require_safe
def tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """One square of the made-up city."""
    if settings.MAP is None or not settings.MAP.own:
        raise Http404
    if not (FARTHEST <= z <= NEAREST and x < 2**z and y < 2**z):
        raise Http404
    return HttpResponse(drawn(z, x, y), content_type="image/svg+xml")


def drawn(zoom: int, x: int, y: int) -> str:
    """The square as SVG, without a style or a script: as a picture it needs neither."""
    square = _Square(zoom, x, y)
    parts = [f'<rect width="{SIDE}" height="{SIDE}" fill="{EARTH}"/>']
    if zoom > FARTHEST + 1:
        parts += [part for block in square.blocks() for part in _ground(square, *block)]
        parts += [part for block in square.blocks() for part in _roads(square, *block)]
    parts += _names(square)
    parts.append(_text(SIDE / 2, SIDE - 8, "示例底图", 11, opacity=".55"))
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{"".join(parts)}</svg>'


def _chance(*what: object) -> float:
    """A number from 0 to 1 that is always the same for the same thing."""
    return int.from_bytes(blake2b(repr(what).encode(), digest_size=4).digest(), "big") / 2**32


def _line(kind: str, number: int) -> float:
    """Where a road runs: not quite in step with its neighbours."""
    return (number + 0.3 * _chance(kind, number)) * BLOCK[kind == "east"]


def _ground(square: _Square, row: int, column: int) -> Iterator[str]:
    left, low = square.at(_line("north", row), _line("east", column))
    right, high = square.at(_line("north", row + 1), _line("east", column + 1))
    kind = _chance("block", row, column)
    fill = WATER if kind < 0.05 else GREEN if kind < 0.17 else BUILT
    yield _rect(left, high, right - left, low - high, fill)
    if square.zoom < 14 or fill != BUILT:
        return
    # Lanes cut the block into nine, and houses stand between them.
    wide, tall = (right - left) / 3, (low - high) / 3
    for number in (1, 2):
        yield _rect(left + number * wide - 2, high, 4, low - high, LANE)
        yield _rect(left, high + number * tall - 2, right - left, 4, LANE)
    for number in range(9) if square.zoom > 14 else ():
        share = 0.35 + 0.4 * _chance("house", row, column, number)
        over, down = left + (number % 3 + 0.15) * wide, high + (number // 3 + 0.15) * tall
        yield _rect(over, down, wide * share, tall * share, EDGE)


def _roads(square: _Square, row: int, column: int) -> Iterator[str]:
    left, low = square.at(_line("north", row), _line("east", column))
    right, high = square.at(_line("north", row + 1), _line("east", column + 1))
    wide = max(2.0, (square.zoom - 11) * 2.2)
    yield _rect(left, low - wide / 2, right - left + wide, wide, ROAD)
    yield _rect(left - wide / 2, high, wide, low - high + wide, ROAD)
    if square.zoom > 13:
        yield _text((left + right) / 2, low + 4, _called(row) + "路", 11)
        middle = (low + high) / 2
        yield _text(
            left + 4, middle, _called(column) + "街", 11, turn=f"rotate(-90 {left + 4:.1f} {middle:.1f})"
        )


def _called(number: int) -> str:
    return STEMS[number % len(STEMS)] + BRANCHES[number % len(BRANCHES)]


def _names(square: _Square) -> Iterator[str]:
    """The areas whose names reach into the square: one asks half a square around it."""
    first = place((square.x - 0.5) * SIDE, (square.y + 1.5) * SIDE, square.zoom)
    last = place((square.x + 1.5) * SIDE, (square.y - 0.5) * SIDE, square.zoom)
    levels = [level for level, zooms in SHOWN.items() if square.zoom in zooms]
    found = Area.objects.filter(
        level__in=levels,
        latitude__range=(first.latitude, last.latitude),
        longitude__range=(first.longitude, last.longitude),
    )
    for area in found.order_by("-level", "pk"):
        over, down = square.at(area.latitude or 0, area.longitude or 0)
        yield _text(over, down, area.name_zh, SIZES[area.level], weight="700")


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def _text(
    x: float, y: float, words: str, size: int, *, weight: str = "400", turn: str = "", opacity: str = "1"
) -> str:
    turned = f' transform="{turn}"' if turn else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" opacity="{opacity}"{turned}'
        f' text-anchor="middle" font-family="sans-serif" fill="{WORDS}" stroke="{EARTH}" stroke-width="3"'
        f' paint-order="stroke">{escape(words)}</text>'
    )
