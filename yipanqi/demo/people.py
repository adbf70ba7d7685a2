"""Roles, staff and residents: everyone made up from a seed.

Given names are put together from two short lists chosen to sound like names and to belong to nobody in
particular; telephone numbers all begin with 1990000, so that they are seen at once to be made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from random import Random

from yipanqi.demo.places import communities, streets
from yipanqi.demo.shapes import AccountDuty, ResidentSeed, RoleSeed, StaffSeed, UnitSeed
from yipanqi.demo.units import COMMITTEE, DISCIPLINE, HOTLINE, PETITIONS, SOCIAL_WORK, street_unit, units

PHONE_PREFIX = "1990000"
RESIDENTS_PER_COMMUNITY = 3

_SURNAMES = (
    "王李张刘陈杨赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范"
)
_GIVEN_FIRST = "知予书景云望砚禾沐怀令若听叙初亦如闻识思念"
_GIVEN_SECOND = "舟禾宁澄岚川屿衡笙棠桐柚汀朗穗帆蔚旻笛筠"

ROLES = (
    RoleSeed(
        "intake_clerk",
        "受理坐席",
        "Intake clerk",
        "business",
        ("cases.register", "cases.import", "cases.route", "cases.identify"),
    ),
    RoleSeed(
        "auditor",
        "审核员",
        "Auditor of answers",
        "business",
        ("cases.audit", "cases.approve", "cases.identify"),
    ),
    RoleSeed(
        "callback_officer", "回访员", "Call-back officer", "business", ("cases.callback", "cases.identify")
    ),
    RoleSeed(
        "intake_head",
        "热线负责人",
        "Head of intake",
        "business",
        (
            "cases.approve",
            "cases.audit",
            "cases.oversee",
            "cases.identify",
            "board.see",
            "accusations.approve",
        ),
    ),
    RoleSeed(
        "handler",
        "承办人",
        "Handler",
        "business",
        ("cases.handle", "cases.identify", "decisions.work", "board.see"),
    ),
    RoleSeed(
        "unit_head",
        "单位负责人",
        "Head of unit",
        "business",
        (
            "cases.handle",
            "cases.approve",
            "cases.oversee",
            "decisions.work",
            "decisions.break_down",
            "decisions.issue",
            "decisions.check",
            "board.see",
        ),
    ),
    RoleSeed(
        "leader",
        "分管领导",
        "Leader in charge",
        "business",
        ("cases.oversee", "decisions.issue", "decisions.check", "board.see"),
    ),
    RoleSeed(
        "decision_drafter",
        "任务分解岗",
        "Drafter of tasks",
        "business",
        ("decisions.draft", "board.see"),
    ),
    RoleSeed("inspector", "检举控告承办人", "Handler of accusations", "business", ("accusations.handle",)),
    RoleSeed(
        "inspector_head",
        "有权机关负责人",
        "Head of a competent organ",
        "business",
        ("accusations.handle", "accusations.approve"),
    ),
    RoleSeed(
        "system_admin",
        "系统管理员",
        "System administrator",
        "system",
        ("system.manage", "organisations.manage", "calendar.manage", "limits.manage"),
    ),
    RoleSeed("security_admin", "安全管理员", "Security administrator", "security", ("accounts.manage",)),
    RoleSeed("audit_admin", "审计管理员", "Audit administrator", "audit", ("access.audit",)),
)

# login, Chinese post, English post, unit, role, scope (None: the unit)
_DEMO = (
    ("clerk", "受理坐席", "Intake clerk", HOTLINE, "intake_clerk", None),
    ("auditor", "审核员", "Auditor", HOTLINE, "auditor", None),
    ("callback", "回访员", "Call-back officer", HOTLINE, "callback_officer", None),
    ("chief", "热线值班主任", "Head of the hotline", HOTLINE, "intake_head", None),
    ("handler", "照明与设施科承办人", "Handler, lighting and facilities", "city-management", "handler", None),
    ("colleague", "综合科承办人", "Handler, general office", street_unit("370102009"), "handler", None),
    ("head", "局长", "Director", "city-management", "unit_head", None),
    (
        "deputy",
        "市委副书记（分管社会工作）",
        "Deputy Party secretary in charge of social work",
        COMMITTEE,
        "leader",
        None,
    ),
    ("drafter", "综合处任务分解岗", "Drafter, general division", SOCIAL_WORK, "decision_drafter", COMMITTEE),
    ("stranger", "利用科承办人", "Handler, reading room", "archives", "handler", None),
    ("sysadmin", "系统管理员", "System administrator", "big-data", "system_admin", COMMITTEE),
    ("secadmin", "安全管理员", "Security administrator", "big-data", "security_admin", COMMITTEE),
    ("audadmin", "审计管理员", "Audit administrator", "big-data", "audit_admin", COMMITTEE),
    ("inspector", "信访室承办人", "Officer of the letters division", DISCIPLINE, "inspector", None),
    ("inspector-head", "信访室主任", "Head of the letters division", DISCIPLINE, "inspector_head", None),
    ("reviewer", "复查复核科承办人", "Officer for reviews", "city-government", "handler", None),
)

_DUTY_OF_ROLE: dict[str, AccountDuty] = {role.code: role.duty for role in ROLES}
_WITHOUT_PAIR = frozenset({COMMITTEE, "city-government", HOTLINE, PETITIONS, SOCIAL_WORK, DISCIPLINE})


def names(random: Random) -> Iterator[str]:
    """Endless made-up names; each once until all have been used."""
    every = [s + a + b for s in _SURNAMES for a in _GIVEN_FIRST for b in _GIVEN_SECOND if a != b]
    while True:
        random.shuffle(every)
        yield from every


def _member(login: str, name: str, zh: str, en: str, unit: str, role: str, scope: str | None) -> StaffSeed:
    return StaffSeed(login, name, zh, en, unit, (role,), _DUTY_OF_ROLE[role], scope or unit)


def _intake_staff(name: Iterator[str]) -> Iterator[StaffSeed]:
    """More colleagues of the hotline, the petition office and the social work department."""
    for number in range(2, 9):
        yield _member(f"clerk{number}", next(name), "受理坐席", "Intake clerk", HOTLINE, "intake_clerk", None)
    for number in range(2, 5):
        yield _member(f"auditor{number}", next(name), "审核员", "Auditor", HOTLINE, "auditor", None)
        yield _member(
            f"callback{number}", next(name), "回访员", "Call-back officer", HOTLINE, "callback_officer", None
        )
    yield _member(
        "petitions",
        next(name),
        "办信接访科科员",
        "Clerk, letters and visits",
        PETITIONS,
        "intake_clerk",
        None,
    )
    yield _member(
        "petitions-handler", next(name), "综合科承办人", "Handler, general office", PETITIONS, "handler", None
    )
    yield _member(
        "petitions-head",
        next(name),
        "局长",
        "Director",
        PETITIONS,
        "intake_head",
        None,
    )
    yield _member(
        "social-work-head",
        next(name),
        "部长",
        "Head",
        SOCIAL_WORK,
        "leader",
        COMMITTEE,
    )
    yield _member(
        "drafter2",
        next(name),
        "督促落实处工作人员",
        "Officer, follow-up division",
        SOCIAL_WORK,
        "decision_drafter",
        COMMITTEE,
    )
    yield _member(
        "social-work",
        next(name),
        "基层治理处承办人",
        "Handler, grassroots governance",
        SOCIAL_WORK,
        "handler",
        None,
    )


def _pair(unit: UnitSeed, name: Iterator[str]) -> Iterator[StaffSeed]:
    """The handler and the head of a unit; the demo accounts stand in for some."""
    demo = {(row[3], row[4]) for row in _DEMO}
    if (unit.code, "handler") not in demo:
        yield _member(
            f"{unit.code}-handler",
            next(name),
            "承办人",
            "Handler",
            unit.code,
            "handler",
            None,
        )
    if (unit.code, "unit_head") not in demo:
        yield _member(
            f"{unit.code}-head",
            next(name),
            "负责人",
            "Head",
            unit.code,
            "unit_head",
            None,
        )


def staff(seed: int) -> tuple[StaffSeed, ...]:
    """The demo accounts first, then intake, then a handler and a head for every unit that acts."""
    name = names(Random(f"{seed}:staff"))
    found = [
        StaffSeed(login, next(name), zh, en, unit, (role,), _DUTY_OF_ROLE[role], scope or unit, demo=True)
        for login, zh, en, unit, role, scope in _DEMO
    ]
    found += _intake_staff(name)
    for unit in units(seed):
        if unit.kind != "community" and unit.code not in _WITHOUT_PAIR:
            found += _pair(unit, name)
    return tuple(found)


def residents(seed: int) -> tuple[ResidentSeed, ...]:
    """Three made-up residents of every community, in the communities' order; no telephone number twice."""
    random = Random(f"{seed}:residents")
    name = names(random)
    street_name = {street.code: street.name for street in streets()}
    homes = [home for home in communities(seed) for _ in range(RESIDENTS_PER_COMMUNITY)]
    numbers = random.sample(range(10_000), len(homes))
    found = []
    for home, number in zip(homes, numbers, strict=True):
        where = street_name[str(home.parent)] + home.name_zh
        if home.name_zh.endswith("村"):
            address = f"{where}{random.randint(1, 320)}号"
        else:
            floor, door = random.randint(1, 18), random.randint(1, 4)
            address = f"{where}{random.randint(1, 28)}号楼{random.randint(1, 4)}单元{floor}0{door}"
        found.append(ResidentSeed(next(name), f"{PHONE_PREFIX}{number:04}", address))
    return tuple(found)


@lru_cache(maxsize=4)
def neighbours(seed: int) -> dict[str, tuple[ResidentSeed, ...]]:
    """The made-up residents of each community, by its area code."""
    everyone = iter(residents(seed))
    return {home.code: tuple(islice(everyone, RESIDENTS_PER_COMMUNITY)) for home in communities(seed)}
