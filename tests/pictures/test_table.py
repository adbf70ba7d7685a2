"""Every address has its picture, or a reason for having none."""

from __future__ import annotations

from collections import Counter

from tests.access.world import routes
from tests.pictures.table import NO_PICTURE, SHEETS, SHOTS


def test_every_address_is_pictured_or_says_why_not() -> None:
    names = {name for name, _pattern in routes()}
    assert set(SHOTS) | set(NO_PICTURE) == names
    assert set(SHOTS) & set(NO_PICTURE) == set()


def test_every_picture_has_a_name_of_its_own_and_a_sheet() -> None:
    shots = [shot for each in SHOTS.values() for shot in each]
    assert [key for key, number in Counter(shot.key for shot in shots).items() if number > 1] == []
    assert {shot.sheet for shot in shots} == set(SHEETS)
