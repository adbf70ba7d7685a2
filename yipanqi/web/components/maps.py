"""A point on a picture of a map that needs no script: squares laid side by side, and a pin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from yipanqi.organisations.queries import nearest_area
from yipanqi.text.geo import Point
from yipanqi.web.tiles import SIDE, pixel

ZOOM = 16
SMALL, LARGE = (320, 180), (640, 420)


def point_words(point: Point) -> str:
    """The point for whoever sees no map."""
    numbers = f"{point.latitude:.5f}, {point.longitude:.5f}"
    near = nearest_area(point)
    if near is None:
        return _("%(numbers)s（纬度、经度，WGS84）") % {"numbers": numbers}
    return _("%(numbers)s（纬度、经度，WGS84），离“%(area)s”中心最近") % {
        "numbers": numbers,
        "area": str(near),
    }


def credit_words() -> str:
    """Whose the map is, with its 审图号; of ours that it is a sample."""
    found = settings.MAP
    return "" if found is None else found.credit or _("示例底图：街道和位置都是编的")


def point_map(point: Point, larger: bool = False) -> dict[str, Any]:
    """The point in words, on a small map where there is one, and where asked for on a larger one to unfold."""
    tiles = settings.MAP.tiles if settings.MAP else ()
    sizes = [("", SMALL), *([("larger", LARGE)] if larger else [])] if tiles else []
    return {
        "words": point_words(point),
        "credit": credit_words(),
        "pictures": [_picture(point, tiles, kind, *size) for kind, size in sizes],
    }


def _picture(point: Point, tiles: Sequence[str], kind: str, width: int, height: int) -> dict[str, Any]:
    zoom = ZOOM if kind else ZOOM - 1
    east, south = pixel(point, zoom)
    left, top = round(east - width / 2), round(south - height / 2)
    columns = range(left // SIDE, (left + width - 1) // SIDE + 1)
    rows = range(top // SIDE, (top + height - 1) // SIDE + 1)
    squares = [
        {
            "url": address.replace("{z}", str(zoom)).replace("{x}", str(x)).replace("{y}", str(y)),
            "x": x * SIDE - left,
            "y": y * SIDE - top,
        }
        for address in tiles
        for y in rows
        for x in columns
    ]
    return {
        "kind": kind,
        "width": width,
        "height": height,
        "squares": squares,
        "x": width // 2,
        "y": height // 2,
    }
