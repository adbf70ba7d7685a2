"""Seen before: what is alike is found inside the gate alone, whichever way the candidates are looked for."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import STAFF, City, file, make_city, take
from tests.meetings.world import MONDAY
from yipanqi.cases.models import Case
from yipanqi.core.gate import NOBODY
from yipanqi.insight import similar
from yipanqi.insight.similar import Seen, seen_before

pytestmark = pytest.mark.django_db

NOISE = ("阳光小区工地夜里施工", "阳光小区北门外的工地凌晨还在打桩，噪音很大，孩子睡不着。")
AGAIN = ("夜间施工扰民", "我们阳光小区旁边工地凌晨打桩，吵得孩子没法睡。")
LAMPS = ("示例路路灯不亮", "示例路三号杆的路灯一周不亮了，晚上看不清人。")


@pytest.fixture(params=["newest", "index"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways: among the newest, as where there are few; by the index, as where there are many."""
    if request.param == "index":
        monkeypatch.setattr(similar, "shares", lambda: (1_000_000.0, {}))
    return str(request.param)


def said(city: City, words: tuple[str, str], unit: str = "") -> UUID:
    """A case with these words, cleared, and sent to a unit if one is named."""
    pk: UUID = file(city, at=MONDAY).case.pk
    clerk = city.actor("clerk")
    take(pk, "clear", clerk, MONDAY, title=words[0], text=words[1], category="lamps", area=city.area.pk)
    if unit:
        take(pk, "route", clerk, MONDAY, unit=unit)
    return pk


def found(city: City, login: str, words: tuple[str, str] = AGAIN, before: UUID | None = None) -> list[Seen]:
    return seen_before(title=words[0], text=words[1], viewer=city.viewer(login), before=before)


def test_the_earlier_case_is_found_with_its_reasons() -> None:
    city = make_city()
    first = said(city, NOISE)
    said(city, LAMPS)
    (seen,) = found(city, "clerk")
    assert seen.case.pk == first
    assert seen.why.places == ("阳光小区",)
    assert "施工" in seen.why.things
    assert found(city, "clerk", ("社保转移", "社保关系怎么从外地转来？")) == []
    assert found(city, "clerk", ("", "")) == []


def test_what_is_handled_together_with_it_is_not_offered_again() -> None:
    city = make_city()
    head, member, sibling, apart = (said(city, NOISE) for _ in range(4))
    for each in (member, sibling):
        take(each, "join", city.actor("clerk"), MONDAY, head=Case.objects.get(pk=head).number)
    asked = said(city, AGAIN)
    assert {seen.case.pk for seen in found(city, "clerk", before=asked)} == {head, member, sibling, apart}
    take(asked, "join", city.actor("clerk"), MONDAY, head=Case.objects.get(pk=head).number)
    assert {seen.case.pk for seen in found(city, "clerk", before=asked)} == {apart}


def test_neither_itself_nor_a_later_one_is_an_earlier_one() -> None:
    city = make_city()
    first, second = said(city, NOISE), said(city, AGAIN)
    assert [each.case.pk for each in found(city, "clerk", AGAIN, second)] == [first]
    assert found(city, "clerk", NOISE, first) == []


def test_what_nobody_has_cleared_is_not_looked_into() -> None:
    city = make_city()
    file(city, at=MONDAY)
    assert found(city, "clerk", LAMPS) == []


@pytest.mark.parametrize("login", sorted(STAFF))
def test_only_who_reads_a_case_is_shown_that_it_is_alike(login: str) -> None:
    city = make_city()
    said(city, NOISE, "roads")
    readers = {each for each, (_role, unit) in STAFF.items() if unit in ("roads", "hotline")}
    shown = bool(found(city, login))
    assert shown <= (login in readers), login
    if login == "clerk":
        assert shown


def test_a_stranger_a_resident_and_a_supervisor_are_shown_nothing() -> None:
    city = make_city()
    said(city, NOISE, "roads")
    assert seen_before(title=NOISE[0], text=NOISE[1], viewer=NOBODY) == []
    assert found(city, "insider") == []
    assert found(city, "deputy") == []
    said(city, NOISE, "lamps")
    assert len(found(city, "insider")) == 1


def test_at_most_five_and_always_so_many_statements(way: str) -> None:
    city = make_city()
    counts = []
    for number in (1, 9):
        while len(city.extra.setdefault("cases", [])) < number:
            city.extra["cases"].append(said(city, NOISE))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(found(city, "clerk")) == min(number, 5)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_same_person_is_no_reason() -> None:
    city = make_city()
    said(city, ("路灯不亮", "本人李某甲，男，13800001111，3号楼2单元501室。"))
    assert found(city, "clerk", ("社保怎么转", "我叫李某甲，13800001111，3号楼2单元501室。")) == []
