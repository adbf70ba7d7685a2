"""The generated city: nothing points into the void, nobody is real, and the seed decides everything."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from yipanqi.demo.categories import branches
from yipanqi.demo.city import SEED, city
from yipanqi.demo.duties import DutyList
from yipanqi.demo.mass import generate_mass
from yipanqi.demo.places import CITY, ZONES, streets, zone_of
from yipanqi.demo.romanise import UnknownCharacter, romanise, table
from yipanqi.demo.shapes import City
from yipanqi.demo.texts import SPOT_KINDS
from yipanqi.people.capabilities import CAPABILITIES

DIGEST = """
import hashlib
from yipanqi.demo.city import city
from yipanqi.demo.mass import generate_mass
print(hashlib.sha256(repr((city(), list(generate_mass(370100, 50)))).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def jinan() -> City:
    return city()


def _digest_elsewhere(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_same_seed_gives_the_same_city_in_every_process(jinan: City) -> None:
    here = hashlib.sha256(repr((jinan, list(generate_mass(SEED, 50)))).encode()).hexdigest()
    again = hashlib.sha256(repr((city(), list(generate_mass(SEED, 50)))).encode()).hexdigest()
    assert here == again == _digest_elsewhere("1") == _digest_elsewhere("2")


def test_another_seed_gives_other_people_and_communities(jinan: City) -> None:
    other = city(1)
    assert {s.name for s in other.staff} != {s.name for s in jinan.staff}
    assert {a.name_zh for a in other.areas} != {a.name_zh for a in jinan.areas}
    assert [u.code for u in other.units] == [u.code for u in jinan.units]


def test_the_city_has_its_161_towns_and_streets(jinan: City) -> None:
    found = [area for area in jinan.areas if area.level == "street"]
    assert len(found) == 161
    assert Counter(area.name_zh.endswith("镇") for area in found) == {False: 132, True: 29}
    # domain.md §9: the table of districts.
    per_area = Counter(area.parent for area in found)
    assert per_area == {
        "370102": 13, "370103": 17, "370104": 16, "370105": 15, "370112": 17, "370113": 10, "370114": 18,
        "370115": 10, "370116": 15, "370117": 5, "370124": 8, "370126": 12, "370176": 5,
    }  # fmt: skip


def test_levels_of_areas(jinan: City) -> None:
    levels = Counter(area.level for area in jinan.areas)
    assert levels == {"city": 1, "district": 12, "zone": 4, "street": 161, "community": 483}
    assert all(area.code.startswith(str(area.parent)) for area in jinan.areas if area.level == "community")


def test_codes_are_unique_and_parents_stand_before_children(jinan: City) -> None:
    trees: list[list[tuple[str, set[str | None]]]] = [
        [(area.code, {area.parent}) for area in jinan.areas],
        [(category.code, {category.parent}) for category in jinan.categories],
        [(unit.code, {unit.administrative, unit.managing, unit.professional}) for unit in jinan.units],
    ]
    for rows in trees:
        seen: set[str | None] = {None}
        for code, parents in rows:
            assert code not in seen
            assert parents <= seen, code  # so no chain of parents can come back to where it began
            seen.add(code)


def test_units_stand_in_known_areas_and_names_are_told_apart(jinan: City) -> None:
    areas = {area.code for area in jinan.areas}
    assert all(unit.area_code in areas for unit in jinan.units)
    names = Counter(unit.name_zh for unit in jinan.units)
    assert [name for name, count in names.items() if count > 1] == []


def test_permissions_reach_every_unit_from_one_root(jinan: City) -> None:
    managing = {unit.code: unit.managing for unit in jinan.units}
    assert [code for code, parent in managing.items() if parent is None] == ["city-committee"]


def test_zones_manage_streets_that_belong_to_districts(jinan: City) -> None:
    units = {unit.code: unit for unit in jinan.units}
    managed = {street: units[f"street-{street}"] for zone in ZONES for street in zone.streets}
    assert len(managed) == 14
    for street, unit in managed.items():
        zone = zone_of(street)
        assert zone is not None
        assert unit.managing == zone.code
        assert str(unit.administrative).startswith("district-")
    others = [u for u in jinan.units if u.kind in ("street", "town") and u.area_code not in managed]
    assert len(others) == 161 - 14
    assert all(unit.managing == unit.administrative for unit in others)


def test_social_work_departments_have_the_citys_as_professional_parent(jinan: City) -> None:
    found = [unit for unit in jinan.units if unit.code.endswith("-social-work")]
    assert len(found) == 12 + 4
    assert {unit.professional for unit in found} == {"social-work"}


def test_there_is_one_unit_of_intake(jinan: City) -> None:
    assert [unit.code for unit in jinan.units if unit.kind == "intake"] == ["hotline"]


def test_every_duty_names_a_unit_a_category_and_an_area_that_exist(jinan: City) -> None:
    units, areas = {unit.code for unit in jinan.units}, {area.code for area in jinan.areas}
    known = {category.code for category in jinan.categories}
    assert all(duty.unit in units and duty.category in known for duty in jinan.duties)
    assert all(duty.area is None or duty.area in areas for duty in jinan.duties)
    assert all(duty.basis.startswith(("三定规定：", "权责清单：", "惯例：")) for duty in jinan.duties)
    assert max(Counter((duty.category, duty.area) for duty in jinan.duties).values()) == 1
    # The city's own code would be a second way to say "everywhere".
    assert CITY not in {duty.area for duty in jinan.duties}


def test_every_category_has_somebody_responsible_in_every_street(jinan: City) -> None:
    found = DutyList(jinan.duties, jinan.areas)
    for category in jinan.categories:
        for street in streets():
            assert found.find(category.code, street.code).unit != "hotline"


def test_the_nearest_area_prevails(jinan: City) -> None:
    found = DutyList(jinan.duties, jinan.areas)
    assert found.find("street-lights", "370102009").unit == "city-management"
    assert found.find("neighbour-noise", "370102009").unit == "street-370102009"
    assert found.find("neighbour-noise", "370102009901").unit == "street-370102009"
    assert found.find("parking", "370102009").unit == "district-370102"
    assert found.find("parking", "370115003").unit == "zone-start-up"
    assert found.find("parking", "370115001").unit == "district-370115"
    assert found.find("parking", "370176002").unit == "zone-high-tech"
    assert found.find("volunteers", "370112018").unit == "zone-southern-mountains-social-work"
    assert found.find("river-pollution", "370112018").unit == "zone-southern-mountains"
    assert found.find("river-pollution", "370112001").unit == "environment"
    with pytest.raises(KeyError):
        found.find("parking", CITY)  # somewhere in the city: the clerk has to ask where


def test_the_categories_are_two_levels_of_14_times_5(jinan: City) -> None:
    parents = Counter(category.parent for category in jinan.categories)
    assert parents.pop(None) == 14
    assert len(parents) == 14
    assert set(parents.values()) == {5}


def test_every_leaf_can_be_written_about() -> None:
    for branch in branches():
        for leaf in branch.leaves:
            assert leaf.spot in SPOT_KINDS
            assert len(leaf.matters) == 3
            assert {matter.outcome for matter in leaf.matters} <= {"solved", "partly", "explained", "cannot"}


def test_every_acting_unit_has_a_handler_and_a_head(jinan: City) -> None:
    posts = {(member.unit, role) for member in jinan.staff for role in member.roles}
    acting = {duty.unit for duty in jinan.duties}
    assert {unit for unit in acting if (unit, "handler") not in posts} == set()
    assert {unit for unit in acting if (unit, "unit_head") not in posts} == {
        "social-work"  # its head is a leader
    }


def test_there_is_a_demo_account_for_every_role(jinan: City) -> None:
    demo = [member for member in jinan.staff if member.demo]
    assert {role for member in demo for role in member.roles} == {role.code for role in jinan.roles}
    assert {member.login for member in demo} == {
        "clerk", "auditor", "callback", "chief", "handler", "colleague", "head", "deputy", "drafter",
        "stranger", "sysadmin", "secadmin", "audadmin", "inspector", "inspector-head", "reviewer",
    }  # fmt: skip


def test_accounts_are_persons_with_one_duty(jinan: City) -> None:
    units = {unit.code for unit in jinan.units}
    duty_of = {role.code: role.duty for role in jinan.roles}
    for names in ([m.login for m in jinan.staff], [m.name for m in jinan.staff]):
        assert len(set(names)) == len(names)
    for member in jinan.staff:
        assert {member.unit, member.scope} <= units
        assert {duty_of[role] for role in member.roles} == {member.duty}
        assert len(member.name) == 3


def test_roles_hold_the_capabilities_of_their_duty(jinan: City) -> None:
    held = {capability for role in jinan.roles for capability in role.capabilities}
    assert held == set(CAPABILITIES)
    for role in jinan.roles:
        assert {CAPABILITIES[capability][0].value for capability in role.capabilities} == {role.duty}


def test_whoever_works_by_telephone_can_open_the_number_with_a_purpose(jinan: City) -> None:
    """Taking in, serving an answer by telephone and the call-back about the verdict end at a number nobody can see."""
    calling = {"cases.register", "cases.audit", "cases.callback"}
    without = [
        r.code
        for r in jinan.roles
        if calling & set(r.capabilities) and "cases.identify" not in r.capabilities
    ]
    assert without == []


def test_a_post_does_not_say_its_unit_once_more(jinan: City) -> None:
    """Timelines write unit and post side by side, for the resident too."""
    names = {unit.code: (unit.name_zh, unit.name_en) for unit in jinan.units}
    zh = [m.login for m in jinan.staff if m.post_zh.startswith(names[m.unit][0])]
    en = [m.login for m in jinan.staff if names[m.unit][1] in m.post_en]
    assert (zh, en) == ([], [])


def test_no_telephone_number_could_be_anybodys(jinan: City) -> None:
    everything = repr((jinan, list(generate_mass(SEED, 400))))
    mobile = re.findall(r"(?<!\d)1[3-9]\d{9}(?!\d)", everything)
    assert len(mobile) > 1000
    assert {number[:7] for number in mobile} == {"1990000"}
    assert re.findall(r"0\d{2,3}[-－ ]\d{7,8}", everything) == []  # land lines
    assert re.findall(r"(?<!\d)\d{17}[\dXx](?!\d)", everything) == []  # identity cards
    assert len({resident.phone for resident in jinan.residents}) == len(jinan.residents)


def test_names_fit_what_they_are_stored_in(jinan: City) -> None:
    assert max(len(unit.code) for unit in jinan.units) <= 40
    assert max(len(unit.name_en) for unit in jinan.units) <= 120
    assert max(len(member.post_en) for member in jinan.staff) <= 80
    assert max(len(member.post_zh) for member in jinan.staff) <= 60
    assert max(len(duty.basis) for duty in jinan.duties) <= 200


def test_the_table_of_syllables_covers_exactly_the_names_we_have() -> None:
    used = set()
    for seed in (SEED, 1, 2):
        for area in city(seed).areas:
            if area.level == "street":
                used |= set(area.name_zh.removesuffix("街道").removesuffix("镇"))
            elif area.level == "community":
                used |= set(area.name_zh.removesuffix("社区").removesuffix("村"))
    # 口镇街道 keeps 镇 as part of its name.
    assert used <= set(table())
    assert set(table()) - used - {"镇"} == set()


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("趵突泉", "Baotuquan"), ("东阿", "Dong'e"), ("平安", "Ping'an"), ("相公庄", "Xianggongzhuang"),
        ("吴家堡", "Wujiapu"), ("泺口", "Luokou"), ("埠村", "Bucun"), ("殷巷", "Yinxiang"),
    ],
)  # fmt: skip
def test_toponyms_are_spelt_as_they_are_read(name: str, spelling: str) -> None:
    assert romanise(name) == spelling


def test_an_unknown_character_is_said_and_not_guessed() -> None:
    with pytest.raises(UnknownCharacter):
        romanise("龘")
