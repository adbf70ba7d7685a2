"""A point as it is kept."""

from __future__ import annotations

import pytest

from yipanqi.text.geo import Point, metres, read


def test_a_point_comes_back_as_it_was_kept() -> None:
    assert str(Point(36.651234, 117.1)) == "geo:36.65123,117.10000;crs=wgs84"
    assert read("geo:36.65123,117.10000;crs=wgs84") == Point(36.65123, 117.1)
    assert read("geo:-36.65123,-117.10000;crs=wgs84") == Point(-36.65123, -117.1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "36.65123,117.10000",
        "geo:36.65123,117.10000",
        "geo:36.65123,117.10000;crs=gcj02",
        "geo:36.6,117.1;crs=wgs84",
        "geo:86.00000,117.10000;crs=wgs84",
        "geo:36.65123,181.00000;crs=wgs84",
        "geo:３６.65123,117.10000;crs=wgs84",
        "geo:36.65123,117.10000;crs=wgs84\n",
    ],
)
def test_nothing_else_is_read_as_one(text: str) -> None:
    assert read(text) is None


def test_how_far_apart_two_points_are() -> None:
    assert metres(Point(36.65, 117.0), Point(36.65, 117.0)) == 0
    assert metres(Point(36.0, 117.0), Point(37.0, 117.0)) == pytest.approx(111_195, abs=10)
    assert metres(Point(60.0, 117.0), Point(60.0, 118.0)) == pytest.approx(55_597, abs=50)
