"""Areas of the demo city: the statistical tree from public reference data, and made-up communities."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources
from math import cos, pi, sin, sqrt
from random import Random

from yipanqi.demo.romanise import romanise
from yipanqi.demo.shapes import AreaSeed
from yipanqi.text.geo import Point

CITY = "370100"
COMMUNITIES_PER_STREET = 3

DISTRICTS: dict[str, tuple[str, str]] = {
    "370102": ("历下区", "Lixia District"),
    "370103": ("市中区", "Shizhong District"),
    "370104": ("槐荫区", "Huaiyin District"),
    "370105": ("天桥区", "Tianqiao District"),
    "370112": ("历城区", "Licheng District"),
    "370113": ("长清区", "Changqing District"),
    "370114": ("章丘区", "Zhangqiu District"),
    "370115": ("济阳区", "Jiyang District"),
    "370116": ("莱芜区", "Laiwu District"),
    "370117": ("钢城区", "Gangcheng District"),
    "370124": ("平阴县", "Pingyin County"),
    "370126": ("商河县", "Shanghe County"),
}


@dataclass(frozen=True, slots=True)
class Zone:
    """A functional zone: what it is called and which streets it manages (codes).

    `streets` of 370176 are those of its statistical code. The others keep their district's code, so the area
    tree shows them under the district and only the units' managing parent shows the zone.
    """

    code: str
    area: str
    name_zh: str
    name_en: str
    short_zh: str
    streets: tuple[str, ...]


ZONES = (
    Zone(
        "zone-high-tech",
        "370176",
        "济南高新技术产业开发区",
        "Jinan High-tech Zone",
        "济南高新区",
        ("370176001", "370176002", "370176003", "370176004", "370176005"),
    ),
    Zone(
        "zone-start-up",
        "zone-start-up",
        "济南新旧动能转换起步区",
        "Jinan Start-up Area",
        "起步区",
        ("370105017", "370105016", "370115003", "370115004", "370115006"),
    ),
    Zone(
        "zone-southern-mountains",
        "zone-southern-mountains",
        "济南市南部山区",
        "Southern Mountain Area",
        "南部山区",
        ("370112018", "370112019", "370112021"),
    ),
    Zone(
        "zone-laiwu-high-tech",
        "zone-laiwu-high-tech",
        "莱芜高新技术产业开发区",
        "Laiwu High-tech Zone",
        "莱芜高新区",
        ("370116004",),
    ),
)

# The streets under the statistical code 370176 lie in districts all the same: their administrative parent.
DISTRICT_OF_ZONE_STREET = {
    "370176001": "370102",
    "370176002": "370112",
    "370176003": "370112",
    "370176004": "370112",
    "370176005": "370112",
}

_URBAN_FIRST = "福康景悦文清翠锦嘉怡瑞永同金新和明春凤玉丽祥雅"
_URBAN_SECOND = "苑泉和园华林宁安泰兴馨庭桥湾岭河秀阳辰溪"
_VILLAGE_FAMILY = "李张刘陈赵孙周吴郑冯高徐马郭宋韩唐董袁邓"
_VILLAGE_FORM = ("家庄", "家洼", "家桥", "家楼", "家坡", "家台", "家集", "家峪", "官庄", "家铺")


@dataclass(frozen=True, slots=True)
class Street:
    """A row of the public reference data that is a town or street."""

    code: str
    name: str
    area: str

    @property
    def stem(self) -> str:
        return self.name.removesuffix("街道").removesuffix("镇") if not self.is_town else self.name[:-1]

    @property
    def is_town(self) -> bool:
        return self.name.endswith("镇")

    @property
    def name_en(self) -> str:
        return f"{romanise(self.stem)} {'Town' if self.is_town else 'Subdistrict'}"


@cache
def streets() -> tuple[Street, ...]:
    """The 161 towns and streets. Codes …400 and up are parks and development zones: no townships."""
    source = resources.files("yipanqi.demo").joinpath("data", "jinan_streets_2023.csv")
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    return tuple(
        Street(row["code"], row["name"], row["area_code"])
        for row in rows
        if row["name"].endswith(("街道", "镇"))
    )


def _community_names(random: Random) -> tuple[list[str], list[str]]:
    """All made-up names of urban communities and of villages, each once, shuffled."""
    urban = [a + b for a in _URBAN_FIRST for b in _URBAN_SECOND if a != b]
    rural = [a + b for a in _VILLAGE_FAMILY for b in _VILLAGE_FORM]
    random.shuffle(urban)
    random.shuffle(rural)
    return urban, rural


def communities(seed: int) -> tuple[AreaSeed, ...]:
    """Three made-up communities for each street; the third of a street, and all of a town, are villages.

    Codes are the street's with 9xx behind it, a range that the statistical codes leave free.
    """
    urban, rural = _community_names(Random(f"{seed}:communities"))
    found: list[AreaSeed] = []
    for street in streets():
        outer = street.area not in {"370102", "370103", "370104", "370105"}
        for number in range(1, COMMUNITIES_PER_STREET + 1):
            village = street.is_town or (outer and number == COMMUNITIES_PER_STREET)
            stem = (rural if village else urban).pop()
            found.append(
                AreaSeed(
                    code=f"{street.code}{900 + number}",
                    name_zh=stem + ("村" if village else "社区"),
                    name_en=f"{romanise(stem)} {'Village' if village else 'Community'}",
                    level="community",
                    parent=street.code,
                )
            )
    return tuple(found)


def areas(seed: int) -> tuple[AreaSeed, ...]:
    """City, districts, zones, streets, communities; parents first."""
    found = [AreaSeed(CITY, "济南市", "Jinan", "city", None)]
    found += [AreaSeed(code, zh, en, "district", CITY) for code, (zh, en) in DISTRICTS.items()]
    found += [AreaSeed(zone.area, zone.name_zh, zone.name_en, "zone", CITY) for zone in ZONES]
    found += [AreaSeed(s.code, s.name, s.name_en, "street", s.area) for s in streets()]
    return (*found, *communities(seed))


# Degrees between neighbours on the made-up map. Where a place really is, is told nowhere.
_MIDDLE = (36.65, 117.0)
_APART = {"district": 0.085, "street": 0.017, "community": 0.006}


def centres(seed: int) -> dict[str, Point]:
    """A made-up middle for each area: those of one parent lie around it like the seeds of a sunflower."""
    found: dict[str, Point] = {}
    below: dict[str | None, int] = {}
    for area in areas(seed):
        number = below[area.parent] = below.get(area.parent, -1) + 1
        level = "district" if area.level == "zone" else area.level
        middle = found[area.parent] if area.parent else Point(*_MIDDLE)
        # The first street lies at its district's heart, the first district at the city's; communities around their street.
        out = _APART.get(level, 0) * sqrt(number + (level == "community"))
        turn = number * pi * (3 - sqrt(5))
        found[area.code] = Point(
            round(middle.latitude + out * cos(turn) * 0.8, 5), round(middle.longitude + out * sin(turn), 5)
        )
    return found


def zone_of(street: str) -> Zone | None:
    """The functional zone that manages a street, or None where its district does."""
    return next((zone for zone in ZONES if street in zone.streets), None)
