"""Maps are squares of 256 pixels, four of one zoom for each of the zoom before (Mercator, as everybody draws them)."""

from __future__ import annotations

from math import asinh, atan, degrees, pi, radians, sinh, tan

from yipanqi.text.geo import Point

SIDE = 256


def pixel(point: Point, zoom: int) -> tuple[float, float]:
    """Where a point lies in the picture of the whole world at a zoom."""
    whole = SIDE * 2**zoom
    east = (point.longitude + 180) / 360 * whole
    south = (1 - asinh(tan(radians(point.latitude))) / pi) / 2 * whole
    return east, south


def place(east: float, south: float, zoom: int) -> Point:
    """The point under a pixel of the world."""
    whole = SIDE * 2**zoom
    return Point(degrees(atan(sinh(pi * (1 - 2 * south / whole)))), east / whole * 360 - 180)
