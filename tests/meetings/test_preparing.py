"""Preparing a conference: agenda, venues, who is invited by which rule, papers, and what the burden rules say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.factories import DAY, City, make_city
from tests.meetings.meeting_world import advance, meeting
from tests.meetings.world import MONDAY
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.meetings.burden import advice
from yipanqi.meetings.meeting_queries import invited_to
from yipanqi.meetings.models import BurdenRule, Conference, Invitation, Paper
from yipanqi.meetings.preparing import (
    ItemDraft,
    Rule,
    VenueDraft,
    add_paper,
    checked_link,
    invite,
    lay_out_venue,
    note_test_call,
    resolve,
    set_agenda,
    strike_off,
)
from yipanqi.organisations.actions import UnitRow, add_units
from yipanqi.organisations.models import Area, Unit

pytestmark = pytest.mark.django_db


def with_districts(city: City) -> City:
    """A district with its social work department and a street, and two industry Party committees."""
    rows = [
        UnitRow("d-b", "示例区人民政府", "District B", "district", "370199", "city", "city", None, DAY, ""),
        UnitRow("d-sw", "示例区委社会工作部", "District SW", "party_department", "370199", "d-b", "d-b", "socialwork", DAY, ""),
        UnitRow("st", "示例街道办事处", "Street", "street", "370199001", "d-b", "d-b", None, DAY, ""),
        UnitRow("ind-1", "示例快递行业党委", "Express", "industry_committee", "3701", "city", "city", "socialwork", DAY, ""),
        UnitRow("ind-2", "示例物业行业党委", "Property", "industry_committee", "3701", "city", "city", "socialwork", DAY, ""),
    ]  # fmt: skip
    city.units |= {unit.code: unit for unit in add_units(rows=rows, by=None, at=city.at)}
    return city


def acts(city: City, login: str = "deputy") -> dict[str, Any]:
    return {"by": city.actor(login), "at": MONDAY}


def codes(one: Conference) -> list[str]:
    return [said.code for said in advice(one, MONDAY)]


def test_an_agenda_is_written_anew_and_knows_a_unit_by_its_name() -> None:
    city = make_city()
    one = meeting(city)
    items = [ItemDraft("传达学习", 15, "示例社会工作部"), ItemDraft("讲话", 40, "示例副书记", main=True)]
    set_agenda(conference=one, items=items, **acts(city))
    set_agenda(conference=one, items=items[::-1], **acts(city))
    rows = list(one.agenda.order_by("number").values_list("title", "speaker__code", "speaker_post", "main"))
    assert rows == [("讲话", None, "示例副书记", True), ("传达学习", "socialwork", "", False)]
    with pytest.raises(Refused):
        set_agenda(conference=one, items=[ItemDraft("讲话", 0)], **acts(city))
    with pytest.raises(NotAllowed):
        set_agenda(conference=one, items=items, **acts(city, "insider"))


@pytest.mark.parametrize(
    "link",
    ["https://meet.example/r?x=1", "http://10.0.0.8:8443/a", "h323:10.0.0.8", "h323:room@10.0.0.8", "sip:7001@video.example", ""],
)  # fmt: skip
def test_a_link_of_a_known_kind_is_kept_as_it_is(link: str) -> None:
    assert checked_link(link) == link


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", "data:text/html,x", "ftp://x.example", "//x.example", "https://", "sip:", "h323://",
     "https://a:b@meet.example", "https://meet.example/a b", "https://x.example/\"onclick=", "http://[", "会议室一"],
)  # fmt: skip
def test_any_other_address_is_refused(link: str) -> None:
    with pytest.raises(Refused) as found:
        checked_link(link)
    assert set(found.value.fields) == {"link"}


def test_another_room_must_be_tested_anew_and_there_is_one_main_venue() -> None:
    city = make_city()
    one = meeting(city)
    lamps = city.units["lamps"]
    branch = lay_out_venue(conference=one, draft=VenueDraft(lamps, "一楼", "sip:1@v.example"), **acts(city))
    note_test_call(conference=one, venue=branch.number, **acts(city))
    lay_out_venue(conference=one, draft=VenueDraft(lamps, "一楼", "sip:1@v.example", heads=9), **acts(city))
    branch.refresh_from_db()
    assert (branch.tested_at, branch.heads) == (MONDAY, 9)
    lay_out_venue(conference=one, draft=VenueDraft(lamps, "二楼", "sip:1@v.example"), **acts(city))
    branch.refresh_from_db()
    assert branch.tested_at is None
    with pytest.raises(Refused) as found:
        lay_out_venue(conference=one, draft=VenueDraft(lamps, "二楼", main=True), **acts(city))
    assert set(found.value.fields) == {"main"}


def test_once_convened_the_main_venue_moves_by_the_step_that_tells_everybody() -> None:
    city = make_city()
    one = meeting(city)
    advance(city, one, "convened")
    main = one.venues.get(main=True)
    before = (main.room, one.sequence)
    with pytest.raises(Refused) as found:
        lay_out_venue(conference=one, draft=VenueDraft(main.unit, "另一个厅", main=True), **acts(city))
    assert set(found.value.fields) == {"room"}
    lay_out_venue(conference=one, draft=VenueDraft(main.unit, main.room, heads=99, main=True), **acts(city))
    main.refresh_from_db()
    one.refresh_from_db()
    assert ((main.room, one.sequence), main.heads) == (before, 99)


def named(rule: Rule) -> list[str]:
    return [unit.code for unit in resolve(rule)]


def test_rules_become_units_in_the_published_order() -> None:
    city = with_districts(make_city())
    district, sw = Area.objects.get(pk="370199"), city.units["socialwork"]
    assert named(Rule("", "", kind="district")) == ["d-b"]
    assert named(Rule("", "", kind="party_department", under=sw)) == ["d-sw"]
    assert named(Rule("", "", kind="industry_committee")) == [
        unit.code for unit in Unit.objects.filter(kind="industry_committee").order_by("path")
    ]
    assert set(named(Rule("", "", area=district))) == {"d-b", "d-sw", "st"}
    assert named(Rule("", "", level="street")) == ["st"]
    assert named(Rule("", "", named=[city.units["lamps"]])) == ["lamps"]
    assert named(Rule("", "")) == [], "a rule that chooses nothing invites nobody"


def test_a_list_is_added_to_and_struck_off_until_it_is_convened() -> None:
    city = with_districts(make_city())
    one = meeting(city)
    rule = Rule("主要负责人", "attend", kind="industry_committee")
    assert invite(conference=one, rule=rule, **acts(city)) == 2
    assert invite(conference=one, rule=rule, **acts(city)) == 0
    observers = Rule("分管负责人", "observe", kind="industry_committee")
    assert invite(conference=one, rule=observers, **acts(city)) == 2
    rows = [(row.seat, row.unit.path, row.number) for row in invited_to(one)]
    assert rows == sorted(rows)
    number = Invitation.objects.get(conference=one, unit__code="ind-2", seat="observe").number
    assert strike_off(conference=one, numbers=[number], **acts(city)) == 1
    with pytest.raises(Refused):
        strike_off(conference=one, numbers=[999], **acts(city))
    advance(city, one, "convened")
    with pytest.raises(Refused):
        invite(conference=one, rule=rule, **acts(city))
    with pytest.raises(Refused):
        invite(
            conference=meeting(city, plan_number=""),
            rule=Rule("主要负责人", "attend", kind="nothing"),
            **acts(city),
        )


@pytest.mark.parametrize(
    ("title", "secrecy"),
    [("示例意见", "secret"), ("示例意见", "confidential"), ("示例意见", "top_secret"), ("机密★一年 示例意见", "internal"), ("示例意见", "")],
)  # fmt: skip
def test_what_is_secret_does_not_come_in(title: str, secrecy: str) -> None:
    city = make_city()
    one = meeting(city)
    before = Paper.objects.count()
    with pytest.raises(Refused) as found:
        add_paper(conference=one, title=title, characters=100, secrecy=secrecy, **acts(city))
    assert set(found.value.fields) == {"secrecy"}
    assert Paper.objects.count() == before
    add_paper(conference=one, title="示例意见", characters=100, secrecy="internal", **acts(city))


def test_a_modest_plan_is_told_nothing() -> None:
    city = make_city()
    assert codes(meeting(city)) == []


def test_each_burden_rule_speaks_when_its_bound_is_passed() -> None:
    city = with_districts(make_city())
    one = meeting(city, ends_at="2026-12-10T11:01")
    assert codes(one) == ["length"]
    one = meeting(city, plan_number="")
    for minutes, said in ((60, []), (61, ["speech"])):
        set_agenda(conference=one, items=[ItemDraft("讲话", minutes, main=True)], **acts(city))
        assert codes(one) == said
    set_agenda(conference=one, items=[], **acts(city))
    for title, characters, said in (("示例意见", 5000, []), ("示例报告", 4000, []), ("示例意见", 5001, ["document"]), ("示例报告", 4001, ["document", "report"])):  # fmt: skip
        add_paper(conference=one, title=title, characters=characters, secrecy="public", **acts(city))
        assert codes(one) == said
    one = meeting(city, plan_number="")
    invite(conference=one, rule=Rule("分管负责人", "attend", kind="district"), **acts(city))
    assert codes(one) == []
    invite(conference=one, rule=Rule("主要负责人", "attend", kind="street"), **acts(city))
    assert codes(one) == ["levels"]
    assert "示例街道办事处" in advice(one, MONDAY)[0].text


def test_a_second_comprehensive_meeting_in_a_year_is_spoken_of() -> None:
    city = make_city()
    first = meeting(city, comprehensive="on", plan_number="")
    second = meeting(city, comprehensive="on", plan_number="")
    next_year = {"starts_at": "2027-01-05T09:00", "ends_at": "2027-01-05T10:00", "plan_number": ""}
    assert codes(second) == ["comprehensive"]
    assert codes(meeting(city, comprehensive="on", **next_year)) == []
    advance(city, first, "cancelled")
    assert codes(second) == []


def test_a_bound_is_a_dated_row_with_its_source() -> None:
    city = make_city()
    one = meeting(city)
    BurdenRule.objects.create(
        code="invited",
        valid_from=dt.date(2026, 6, 1),
        amount=2,
        practice=True,
        basis_zh="示例规定",
        basis_en="Sample",
    )
    [said] = advice(one, MONDAY)
    assert (said.code, said.basis) == ("invited", "示例规定")
    assert "3 个岗位" in said.text
