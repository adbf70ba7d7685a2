"""Co-units: each has a part and a day of its own, is missed until it gives it, and never sees more than the case."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.factories import City, bring_to, file, make_city, submitter, take
from tests.web.desk_helpers import EN, NOW, city_with, matter_url, page_of, post_step, signed_in
from yipanqi.cases.actions import Filed
from yipanqi.core import gate
from yipanqi.core.counting import end_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter
from yipanqi.insight import queue
from yipanqi.insight.queue import ALL, LATE, TODAY, WAITS, Wanted
from yipanqi.insight.rows import Row
from yipanqi.organisations.actions import appoint
from yipanqi.organisations.models import Part
from yipanqi.people.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = dt.timedelta(days=1)
THURSDAY = dt.date(2026, 11, 26)
ANSWER_DUE = dt.date(2026, 12, 1)  # five working days from the Tuesday


def routed(city: City, *shares: Any, accepted: bool = True) -> Filed:
    """A case with the lamps, sent on with these co-units."""
    filed = file(city, at=NOW)
    bring_to(city, filed, "registered", NOW)
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps", co_units=list(shares))
    if accepted:
        take(filed.case.pk, "accept", city.actor("insider"), NOW)
    return filed


def parts(filed: Filed) -> dict[str, Part]:
    living = Part.objects.filter(matter=filed.case.pk, role=Part.CO, until__isnull=True)
    return {part.unit.code: part for part in living.select_related("unit")}


def share(unit: str, asked: str = "", until: str = "") -> dict[str, str]:
    return {"unit": unit, "asked": asked, "until": until}


def test_each_co_unit_has_its_own_part_and_day_and_there_is_one_lead() -> None:
    city = make_city()
    filed = routed(city, share("roads", "查井盖", "2026-11-26"), share("schools", "查围墙"))
    found = parts(filed)
    assert {code: part.asked for code, part in found.items()} == {"roads": "查井盖", "schools": "查围墙"}
    assert found["roads"].due_at == end_of(THURSDAY)
    assert found["schools"].due_at == end_of(ANSWER_DUE), "without a day of its own, by the answer's"
    assert Part.objects.filter(matter=filed.case.pk, role=Part.LEAD, until__isnull=True).count() == 1
    market = city.units["market"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Part.objects.create(matter_id=filed.case.pk, unit=market, role=Part.LEAD, since=NOW)


@pytest.mark.parametrize(
    ("shares", "says"),
    [
        ([share("roads", until="2026-12-02")], "答复期限"),
        ([share("roads", until="2026-11-23")], "答复期限"),
        ([share("lamps", "自己")], "主办单位"),
        ([share("roads", "一"), share("roads", "二")], "写了两次"),
        ([share("", "没有单位")], "第 1 行"),
        ([share("roads"), share("nowhere")], "第 2 行"),
        ([share("roads", "长" * 501)], "最多"),
        ([share("roads", "\x00")], "不能保存"),
        ([{"unit": "roads", "why": "x"}], "每行"),
        ([share(f"u{n}") for n in range(21)], "一次最多"),
    ],
)
def test_what_makes_no_sense_is_refused_beside_the_field(shares: list[dict[str, str]], says: str) -> None:
    city = make_city()
    filed = file(city, at=NOW)
    bring_to(city, filed, "registered", NOW)
    with pytest.raises(Refused, match=says) as refused:
        take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps", co_units=shares)
    assert set(refused.value.fields) == {"co_units"}
    assert not Part.objects.filter(matter=filed.case.pk, role=Part.CO).exists()


def test_the_database_knows_who_can_owe() -> None:
    city = make_city()
    filed = routed(city, share("roads", "查井盖"))
    lead = Part.objects.filter(matter=filed.case.pk, role=Part.LEAD)
    for wrong in ({"asked": "查"}, {"due_at": NOW}):
        with pytest.raises(IntegrityError, match="only_a_co_unit_owes"), transaction.atomic():
            lead.update(**wrong)
    with pytest.raises(IntegrityError, match="only_what_was_owed"), transaction.atomic():
        lead.update(done_at=NOW)


@pytest.mark.parametrize("login", ["insider", "clerk"])
def test_lead_and_sender_add_and_release_co_units(login: str) -> None:
    city = make_city()
    filed = routed(city)
    by, later = city.actor(login), NOW + DAY
    take(
        filed.case.pk,
        "add_co_unit",
        by,
        later,
        co_units=[share("roads", "查井盖"), share("schools", "查围墙")],
    )
    take(filed.case.pk, "add_co_unit", by, later, co_units=[share("roads", "换井盖", "2026-11-26")])
    assert parts(filed)["roads"].asked == "换井盖"
    former = Part.objects.get(matter=filed.case.pk, unit=city.units["roads"], until__isnull=False)
    assert (former.asked, former.left_because) == ("查井盖", "重新提出要求")
    take(filed.case.pk, "release_co_unit", by, later, unit="roads", reason="不用了")
    assert set(parts(filed)) == {"schools"}
    with pytest.raises(Refused, match="不是协办单位"):
        take(filed.case.pk, "release_co_unit", by, later, unit="market", reason="不用了")
    colleague = Matter.objects.filter(gate.visible(city.viewer("colleague"), Channel.DESK))
    assert not colleague.exists(), "who is released finds the case no more"


@pytest.mark.parametrize("login", ["colleague", "stranger", "auditor", "deputy"])
def test_nobody_else_adds_or_releases(login: str) -> None:
    city = make_city()
    filed = routed(city, share("roads", "查井盖"))
    for step, answers in (
        ("add_co_unit", {"co_units": [share("market")]}),
        ("release_co_unit", {"unit": "roads", "reason": "不用了"}),
    ):
        with pytest.raises(NotAllowed):
            take(filed.case.pk, step, city.actor(login), NOW, **answers)


def rows(city: City, login: str, at: dt.datetime, when: str = "") -> list[Row]:
    """What waits for them, with the count held against it."""
    wanted = Wanted(whose=WAITS, when=when)
    found = queue.page(city.viewer(login), wanted, at).rows
    assert queue.counts(city.viewer(login), [wanted], at)[wanted].number == len(found)
    assert queue.matters(city.viewer(login), wanted, at).count() == len(found)
    return found


def test_a_co_unit_is_waited_for_by_its_own_day_until_it_gives_its_part() -> None:
    city = make_city()
    filed = routed(city, share("roads", "查井盖", "2026-11-26"), share("schools"), accepted=False)
    assert rows(city, "colleague", NOW) == [], "nothing can be given before the lead has taken it on"
    take(filed.case.pk, "accept", city.actor("insider"), NOW)
    [row] = rows(city, "colleague", NOW)
    assert row.due is not None
    assert (row.id, row.due.effective, row.due.label) == (filed.case.pk, THURSDAY, "协办")
    assert len(rows(city, "colleague", NOW + 2 * DAY, TODAY)) == 1
    [late] = rows(city, "colleague", NOW + 3 * DAY, LATE)
    assert late.due is not None
    assert late.due.late_by == 1
    assert rows(city, "insider", NOW + 3 * DAY, LATE) == [], "the lead has its own day"
    take(filed.case.pk, "ask", city.actor("insider"), NOW, question="哪一根？")
    assert len(rows(city, "colleague", NOW)) == 1, "a question to the submitter holds up no co-unit"
    take(filed.case.pk, "contribute", city.actor("colleague"), NOW, text="井盖完好")
    assert rows(city, "colleague", NOW) == []
    assert len(rows(city, "stranger", NOW)) == 1, "the other still owes its part"
    assert parts(filed)["roads"].done_at == NOW
    assert parts(filed)["schools"].done_at is None


def test_held_and_owed_are_one_list_by_date_page_by_page() -> None:
    city = make_city()
    days = ["2026-11-25", "2026-11-27", "2026-11-26", "2026-11-30"]
    owed = [routed(city, share("roads", until=day)).case.pk for day in days]
    held = []
    for n in range(4):
        filed = file(city, at=NOW - n * DAY)
        bring_to(city, filed, "registered", NOW - n * DAY)
        take(filed.case.pk, "route", city.actor("clerk"), NOW - n * DAY, unit="roads")
        take(filed.case.pk, "accept", city.actor("colleague"), NOW - n * DAY)
        held.append(filed.case.pk)
    viewer, wanted = city.viewer("colleague"), Wanted()
    whole = queue.page(viewer, wanted, NOW).rows
    assert {row.id for row in whole} == {*owed, *held}
    dates = [row.due.effective for row in whole if row.due and row.due.effective]
    assert dates == sorted(dates)
    assert len(dates) == 8
    seen, after = [], None
    for _ in range(4):
        page = queue.page(viewer, wanted, NOW, after=after, size=2)
        seen += [row.id for row in page.rows]
        after = page.next
    assert after is None
    assert seen == [row.id for row in whole]
    back = queue.page(viewer, wanted, NOW, before=page.previous, size=2)
    assert [row.id for row in back.rows] == seen[4:6]


def test_a_matter_with_two_parts_of_ours_stands_once_at_the_earlier_day() -> None:
    city = make_city()
    filed = routed(city, share("roads", until="2026-11-27"), share("schools", until="2026-11-26"))
    post = (city.accounts["clerk2"], Role.objects.get(code="handler"), city.units["city"], "值班", "duty")
    appoint(rows=[post], valid_from=dt.date(2026, 1, 1), by=None, at=NOW)
    take(filed.case.pk, "ask", city.actor("insider"), NOW, question="哪一根？")  # so that nobody holds it
    [row] = rows(city, "clerk2", NOW)
    assert row.due is not None
    assert row.due.effective == THURSDAY


def test_the_lead_sees_who_is_missing_and_a_co_unit_nothing_of_the_person() -> None:
    city = make_city()
    filed = routed(city, share("roads", "查井盖", "2026-11-26"), share("schools", "查围墙"))
    take(filed.case.pk, "contribute", city.actor("colleague"), NOW, text="井盖完好")
    lead = page_of(city, "insider", filed.case.pk)
    assert "查围墙" in lead
    assert "示例教育局（查围墙）" in lead
    view = gate.present(Matter.objects.get(pk=filed.case.pk), city.viewer("insider"), Channel.DESK)
    assert {p.unit: p.due.met for p in view.parts if p.due} == {"示例道路处": True, "示例教育局": None}
    stranger = page_of(city, "stranger", filed.case.pk, EN)
    assert "查围墙" in stranger
    assert "甲" not in stranger
    assert "0001" not in stranger
    owing = gate.present(Matter.objects.get(pk=filed.case.pk), city.viewer("stranger"), Channel.DESK)
    assert [due.code for due in owing.dues] == ["part", "answer"]


def test_the_submitter_reads_which_units_and_not_what_they_ask_of_each_other() -> None:
    city = make_city()
    filed = routed(city, share("roads", "查井盖", "2026-11-26"))
    matter = Matter.objects.get(pk=filed.case.pk)
    view = gate.present(matter, submitter(filed).viewer, Channel.PORTAL)
    told = [value for event in view.events for _label, value in event.facts]
    assert "示例道路处" in told
    assert not any("查井盖" in value for value in told)


def test_the_form_has_rows_and_keeps_what_was_typed() -> None:
    city, filed = city_with("registered")
    client = signed_in(city, "clerk")
    typed: dict[str, Any] = {
        "unit": "lamps",
        "co_units": ["roads", "", "schools"],
        "co_units_asked": ["看井盖", "", "看围墙"],
        "co_units_until": ["2026-12-09", "", ""],
    }
    refused = post_step(client, filed.case.pk, "route", **typed)
    page = refused.content.decode()
    assert refused.status_code == 422
    for word in ("看井盖", "看围墙", "2026-12-09", "不能晚于答复期限"):
        assert word in page
    for row in (1, 2, 3):
        assert f"第 {row} 行：哪个单位</label>" in page, "each box says on the page what it is for"
    done = post_step(client, filed.case.pk, "route", **typed | {"co_units_until": ["2026-11-26", "", ""]})
    assert done.status_code == 302
    assert {code: part.asked for code, part in parts(filed).items()} == {
        "roads": "看井盖",
        "schools": "看围墙",
    }


def test_words_for_a_co_unit_are_looked_at_for_what_gives_a_person_away() -> None:
    city = make_city()
    filed = routed(city)
    answer = post_step(
        signed_in(city, "insider"), filed.case.pk, "add_co_unit",
        co_units=["market"], co_units_asked=["请联系 13800001111"], co_units_until=[""],
    )  # fmt: skip
    assert answer.status_code == 422
    assert "手机号" in answer.content.decode()
    assert matter_url(filed.case.pk) in answer.content.decode()


def test_among_all_a_matter_stands_at_its_own_day() -> None:
    city = make_city()
    filed = routed(city, share("roads"))
    found = queue.page(city.viewer("colleague"), Wanted(whose=ALL), NOW).rows
    assert [row.id for row in found] == [filed.case.pk]
    assert found[0].due is not None
    assert found[0].due.code == "answer", "among all it stands at the matter's own day"
