"""A point on the earth, as it is kept: a geo URI (RFC 5870) with its reference system, five decimals (about a metre).

What browsers and maps give us is taken as WGS84 (docs/adr/0026).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

_KEPT = re.compile(r"geo:(-?\d{1,2}\.\d{5}),(-?\d{1,3}\.\d{5});crs=wgs84", re.ASCII)
_EARTH = 6_371_000  # metres


@dataclass(frozen=True)
class Point:
    """Degrees north and east."""

    latitude: float
    longitude: float

    def __str__(self) -> str:
        return f"geo:{self.latitude:.5f},{self.longitude:.5f};crs=wgs84"


def read(text: str) -> Point | None:
    """The point in a text that `str` of one made; None for anything else."""
    found = _KEPT.fullmatch(text)
    if found is None:
        return None
    point = Point(float(found[1]), float(found[2]))
    # The poles are no place of a city, and a map of squares has none.
    return point if abs(point.latitude) <= 85 and abs(point.longitude) <= 180 else None


def metres(one: Point, other: Point) -> int:
    """How far apart two points are, along the ground."""
    north, east = radians(other.latitude - one.latitude), radians(other.longitude - one.longitude)
    chord = (
        sin(north / 2) ** 2 + cos(radians(one.latitude)) * cos(radians(other.latitude)) * sin(east / 2) ** 2
    )
    return round(2 * _EARTH * asin(sqrt(chord)))
