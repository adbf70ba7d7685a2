"""Units of the demo city with their three parents.

administrative: the parent by the division of the country; managing: who really runs it, which permissions
follow (a functional zone for its streets); professional: the same line of work one level up (业务主管), where
it is known. A district stands for its Party committee and government in one unit: the demo needs no more.
"""

from __future__ import annotations

from datetime import date

from yipanqi.demo.places import CITY, DISTRICT_OF_ZONE_STREET, DISTRICTS, ZONES, communities, streets, zone_of
from yipanqi.demo.shapes import UnitSeed

VALID_FROM = date(2024, 1, 1)

COMMITTEE = "city-committee"
GOVERNMENT = "city-government"
SOCIAL_WORK = "social-work"
PETITIONS = "petitions"
HOTLINE = "hotline"
DISCIPLINE = "discipline"

# code, Chinese, English, professional parent
_PARTY = (
    ("party-office", "市委办公厅", "General Office of the Party Committee", None),
    ("organisation", "市委组织部", "Organisation Department", None),
    ("publicity", "市委宣传部", "Publicity Department", None),
    ("united-front", "市委统战部", "United Front Work Department", None),
    ("political-legal", "市委政法委", "Political and Legal Affairs Commission", None),
    (SOCIAL_WORK, "市委社会工作部", "Social Work Department", None),
    ("cyberspace", "市委网信办", "Cyberspace Affairs Office", "publicity"),
    ("staffing", "市委编办", "Staffing Commission Office", "organisation"),
)
_GOVERNMENT = (
    ("government-office", "市政府办公厅", "General Office of the Government", None),
    ("development-reform", "市发展改革委", "Development and Reform Commission", None),
    ("education", "市教育局", "Education Bureau", None),
    ("science", "市科技局", "Science and Technology Bureau", None),
    ("industry", "市工业和信息化局", "Industry and Information Technology Bureau", None),
    ("police", "市公安局", "Public Security Bureau", "political-legal"),
    ("civil-affairs", "市民政局", "Civil Affairs Bureau", None),
    ("justice", "市司法局", "Justice Bureau", "political-legal"),
    ("finance", "市财政局", "Finance Bureau", None),
    ("human-resources", "市人力资源社会保障局", "Human Resources and Social Security Bureau", None),
    ("natural-resources", "市自然资源和规划局", "Natural Resources and Planning Bureau", None),
    ("environment", "市生态环境局", "Ecology and Environment Bureau", None),
    ("housing", "市住房城乡建设局", "Housing and Urban-Rural Development Bureau", None),
    ("city-management", "市城市管理局", "Urban Management Bureau", None),
    ("transport", "市交通运输局", "Transport Bureau", None),
    ("water", "市城乡水务局", "Water Affairs Bureau", None),
    ("parks", "市园林和林业绿化局", "Parks and Forestry Bureau", None),
    ("agriculture", "市农业农村局", "Agriculture and Rural Affairs Bureau", None),
    ("commerce", "市商务局", "Commerce Bureau", None),
    ("culture-tourism", "市文化和旅游局", "Culture and Tourism Bureau", None),
    ("health", "市卫生健康委", "Health Commission", None),
    ("veterans", "市退役军人事务局", "Veterans Affairs Bureau", None),
    ("emergency", "市应急管理局", "Emergency Management Bureau", None),
    ("market", "市市场监管局", "Market Regulation Bureau", None),
    ("sports", "市体育局", "Sports Bureau", None),
    ("statistics", "市统计局", "Statistics Bureau", None),
    ("medical-insurance", "市医保局", "Healthcare Security Bureau", None),
    ("approval", "市行政审批服务局", "Administrative Approval Service Bureau", None),
    ("big-data", "市大数据局", "Big Data Bureau", None),
    ("housing-fund", "市住房公积金中心", "Housing Provident Fund Centre", None),
    ("fire", "市消防救援支队", "Fire and Rescue Brigade", None),
    ("archives", "市档案馆", "City Archives", "party-office"),
    (PETITIONS, "市信访局", "Petitions Bureau", SOCIAL_WORK),
)
_PEOPLE = (
    ("trade-union", "市总工会", "Federation of Trade Unions", None),
    ("youth-league", "团市委", "Communist Youth League Committee", None),
    ("women", "市妇联", "Women's Federation", None),
    ("commerce-federation", "市工商联", "Federation of Industry and Commerce", None),
    ("disabled", "市残联", "Disabled Persons' Federation", None),
    ("red-cross", "市红十字会", "Red Cross Society", None),
)


def district_unit(area: str) -> str:
    """The unit code of a district or county, by its area code."""
    return f"{'county' if DISTRICTS[area][0].endswith('县') else 'district'}-{area}"


def street_unit(area: str) -> str:
    """The unit code of a town or street office, by its area code."""
    return f"street-{area}"


def social_work_unit(parent: str) -> str:
    """The unit code of the social work department of a district or zone, by that unit's code."""
    return f"{parent}-social-work"


def _unit(
    code: str,
    zh: str,
    en: str,
    kind: str,
    *,
    area: str = CITY,
    admin: str | None,
    manage: str | None = None,
    professional: str | None = None,
) -> UnitSeed:
    return UnitSeed(code, zh, en, kind, area, admin, manage or admin, professional, VALID_FROM)


def _city_units() -> list[UnitSeed]:
    found = [
        _unit(COMMITTEE, "中共济南市委", "Jinan Party Committee", "party_committee", admin=None),
        # By law the government is under nobody's administration here; the Party committee leads it.
        _unit(
            GOVERNMENT, "济南市人民政府", "Jinan City Government", "government", admin=None, manage=COMMITTEE
        ),
    ]
    for rows, kind, parent in (
        (_PARTY, "party_department", COMMITTEE),
        (_GOVERNMENT, "department", GOVERNMENT),
        (_PEOPLE, "people_organisation", COMMITTEE),
    ):
        found += [_unit(c, zh, en, kind, admin=parent, professional=above) for c, zh, en, above in rows]
    hotline = _unit(
        HOTLINE,
        "12345市民服务热线",
        "12345 Citizens' Hotline",
        "intake",
        admin=GOVERNMENT,
        manage="government-office",
    )
    return [*found, hotline]


def _social_work(parent: str, area: str, name_zh: str, name_en: str) -> UnitSeed:
    return _unit(
        social_work_unit(parent),
        f"{name_zh}社会工作部",
        f"{name_en} Social Work Department",
        "party_department",
        area=area,
        admin=parent,
        professional=SOCIAL_WORK,
    )


def _district_units() -> list[UnitSeed]:
    found: list[UnitSeed] = []
    for area, (zh, en) in DISTRICTS.items():
        code = district_unit(area)
        kind = code.partition("-")[0]
        found.append(_unit(code, f"{zh}人民政府", f"{en} Government", kind, area=area, admin=GOVERNMENT))
        found.append(_social_work(code, area, f"{zh}委", en))
    for zone in ZONES:
        zh, en = f"{zone.short_zh}管委会", f"{zone.name_en} Administrative Committee"
        found.append(_unit(zone.code, zh, en, "zone", area=zone.area, admin=GOVERNMENT))
        found.append(_social_work(zone.code, zone.area, f"{zone.short_zh}党工委", zone.name_en))
    return found


def _street_units() -> list[UnitSeed]:
    found = []
    for street in streets():
        district = district_unit(DISTRICT_OF_ZONE_STREET.get(street.code, street.area))
        zone = zone_of(street.code)
        found.append(
            _unit(
                street_unit(street.code),
                street.name + ("人民政府" if street.is_town else "办事处"),
                f"{street.name_en} {'Government' if street.is_town else 'Office'}",
                "town" if street.is_town else "street",
                area=street.code,
                admin=district,
                manage=zone.code if zone else district,
            )
        )
    return found


def _community_units(seed: int) -> list[UnitSeed]:
    return [
        _unit(
            f"community-{area.code}",
            area.name_zh + ("村民委员会" if area.name_zh.endswith("村") else "居民委员会"),
            f"{area.name_en} Committee",
            "community",
            area=area.code,
            admin=street_unit(str(area.parent)),
        )
        for area in communities(seed)
    ]


def units(seed: int) -> tuple[UnitSeed, ...]:
    """All units; every parent stands before its children."""
    organ = _unit(
        DISCIPLINE, "市纪委监委", "Discipline and Supervision Commission", "discipline", admin=COMMITTEE
    )
    return (*_city_units(), *_district_units(), *_street_units(), *_community_units(seed), organ)


def department_codes() -> tuple[str, ...]:
    """Departments and people's organisations of the city: those that get a handler and a head."""
    return tuple(row[0] for rows in (_PARTY, _GOVERNMENT, _PEOPLE) for row in rows)
