"""The duty list: category × area → unit, with its basis.

The `duty` of a leaf or a branch is a city unit, or a level: "street" (the office of the street), "district"
(whoever manages the street: its zone, else its district), "district-social-work" (that unit's social work
department). Levels are written out here as plain rows, so routing needs to know rows only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from yipanqi.demo.categories import Branch, Leaf, branches, leaves
from yipanqi.demo.places import CITY, DISTRICTS, ZONES, streets
from yipanqi.demo.shapes import AreaSeed, DutySeed
from yipanqi.demo.units import SOCIAL_WORK, district_unit, social_work_unit, street_unit

# In single areas somebody else acts than the rest of the city's rows say.
EXCEPTIONS = tuple(
    DutySeed(
        "river-pollution",
        street,
        "zone-southern-mountains",
        "权责清单：南部山区管委会负责泉水补给区水环境的保护和巡查",
    )
    for street in ("370112018", "370112019", "370112021")
) + (
    DutySeed("greening", "370176001", "zone-high-tech", "权责清单：高新区管委会负责建成区公共绿地养护"),
    DutySeed("tourism", "370102005", "district-370102", "惯例：大明湖周边旅游秩序由历下区先行处置"),
)


def _street_rows(leaf: Branch | Leaf) -> Iterator[DutySeed]:
    for street in streets():
        yield DutySeed(leaf.code, street.code, street_unit(street.code), leaf.basis)
    # Where only the district is known it has to find out which of its streets is meant.
    yield from (
        DutySeed(leaf.code, row.area, row.unit, "惯例：地点不到街道、镇的，由区县或功能区先接再分派")
        for row in _district_rows(leaf, social_work=False)
        if row.area in DISTRICTS or str(row.area) in {zone.area for zone in ZONES}
    )


def _district_rows(leaf: Branch | Leaf, *, social_work: bool) -> Iterator[DutySeed]:
    def unit(code: str) -> str:
        return social_work_unit(code) if social_work else code

    for area in DISTRICTS:
        yield DutySeed(leaf.code, area, unit(district_unit(area)), leaf.basis)
    for zone in ZONES:
        yield DutySeed(leaf.code, zone.area, unit(zone.code), leaf.basis)
        for street in zone.streets:
            # 370176 is above its own streets in the area tree; the other zones' streets hang on a district.
            if not street.startswith(zone.area):
                basis = f"{leaf.basis}；{zone.short_zh}代管街道由{zone.short_zh}负责"
                yield DutySeed(leaf.code, street, unit(zone.code), basis)


def _rows(leaf: Branch | Leaf) -> Iterator[DutySeed]:
    if leaf.duty == "street":
        yield from _street_rows(leaf)
    elif leaf.duty == "district":
        yield from _district_rows(leaf, social_work=False)
    elif leaf.duty == "district-social-work":
        yield from _district_rows(leaf, social_work=True)
        yield DutySeed(leaf.code, None, SOCIAL_WORK, leaf.basis)
    else:
        yield DutySeed(leaf.code, None, leaf.duty, leaf.basis)


@cache
def duties() -> tuple[DutySeed, ...]:
    """All rows; at most one for each category and area."""
    every: tuple[Branch | Leaf, ...] = (*leaves().values(), *branches())
    return (*(row for each in every for row in _rows(each)), *EXCEPTIONS)


class DutyList:
    """Finds the row for a category and a place: its own area first, then each area above, then citywide."""

    def __init__(self, rows: Iterable[DutySeed], areas: Iterable[AreaSeed]) -> None:
        self._rows = {(row.category, row.area): row for row in rows}
        self._parents = {area.code: area.parent for area in areas}

    def find(self, category: str, area: str) -> DutySeed:
        """The prevailing row.

        Raises KeyError when the area is unknown, and for what streets and districts do when all that is known
        is "in the city": the clerk has to ask where.
        """
        place: str | None = area
        while place is not None and place != CITY:
            if (row := self._rows.get((category, place))) is not None:
                return row
            place = self._parents[place]
        return self._rows[category, None]
