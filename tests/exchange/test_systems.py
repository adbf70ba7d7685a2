"""Systems of record: their tables come in, are worked and go back, with no field typed twice."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests.exchange.files import xlsx_of
from tests.exchange.world import NOW, begin, importer, received, to_its_end
from tests.factories import City, file, make_city
from yipanqi.cases.models import Case, ExternalRef
from yipanqi.core import engine, sealing
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import SYSTEM, Viewer
from yipanqi.core.models import Change
from yipanqi.exchange import reconciling, systems
from yipanqi.exchange.models import Export, Exported, System
from yipanqi.exchange.reading import opened
from yipanqi.exchange.reconciling import Day

pytestmark = pytest.mark.django_db
TAKES = "工单编号 = number\n来电时间 = time\n来电人 = name\n来电号码 = phone\n诉求标题 = title\n诉求内容 = text\n区划 = area\n诉求类别 = category\n渠道 = channel"
GIVES = "办理状态 = state\n工单编号 = number\n诉求标题 = title\n来电时间 = time\n诉求类别 = category\n区划 = area\n承办单位 = unit\n办理结果 = outcome\n答复内容 = answer\n答复时间 = answered\n办结时间 = closed\n查询号 = reference\n期限 = due"
VALUES = "category: 照明（三类） = lamps\narea: 示例街办 = 370199001\nchannel: 来电 = phone\nstate: 已回复 = served\nstate: 已归档 = closed\noutcome: 办结 = solved"
HEADERS = ["工单编号", "来电时间", "来电人", "来电号码", "诉求标题", "诉求内容", "区划", "诉求类别", "渠道"]
TODAY = Day.of(NOW.date())


def rows(number: int, first: int = 0) -> list[list[str]]:
    return [
        [f"JN2026112400{n:05}", f"2026-11-23 09:{n % 60:02}:30", f"甲{n}", f"1990000{n:04}", f"第{n}盏路灯不亮", f"示例路第{n}盏灯不亮，请修。", "示例街办", "照明（三类）", "来电"]
        for n in range(first, first + number)
    ]  # fmt: skip


@pytest.fixture
def city() -> City:
    return make_city(NOW)


@pytest.fixture
def system(city: City) -> System:
    return systems.keep_system(
        code="hotline", name_zh="热线", name_en="Hotline", takes=TAKES, gives=GIVES, values=VALUES, by=SYSTEM, at=NOW
    )  # fmt: skip


def come_in(city: City, system: System, table: list[list[str]]) -> Any:
    by = importer(city)
    return to_its_end(begin(received(xlsx_of(HEADERS, *table), by, system=system), by), by)


def work(city: City, cases: list[Case], upto: str = "serve") -> None:
    """What people do with them; everything that is known already is taken over, nothing typed anew."""
    for case in cases:
        said = sealing.open_seal(case.submission.seal_id)
        answers = {
            "title": said["title"],
            "text": said["text"],
            "category": case.category_id,
            "area": case.area_id,
        }
        engine.take(matters=[case.pk], step="clear", by=city.actor("clerk"), at=NOW, answers=answers)
    way: list[tuple[str, str, dict[str, Any]]] = [
        ("route", "clerk", {"unit": "lamps", "co_units": []}),
        ("accept", "insider", {}),
        ("answer", "insider", {"text": "=已修好", "outcome": "solved"}),
        ("serve", "auditor", {"method": "phone", "proof": "示例"}),
    ]
    for step, login, given in way:
        engine.take(matters=[c.pk for c in cases], step=step, by=city.actor(login), at=NOW, answers=given)
        if step == upto:
            return


def given(city: City, system: System) -> list[dict[str, str]]:
    content = systems.give_back(system=system, by=importer(city), at=NOW)
    if content is None:
        return []
    with opened(io.BytesIO(content)) as table:
        return [dict(zip(table.headers, row.cells, strict=True)) for row in table.rows()]


def numbers(city: City, system: System, login: str = "clerk") -> dict[str, int]:
    return {code: c.number for code, c in reconciling.counts(city.viewer(login), system, TODAY).items()}


@pytest.mark.slow
def test_two_hundred_come_in_are_worked_and_go_back_cell_by_cell(city: City, system: System) -> None:
    table = rows(200)
    run = come_in(city, system, table)
    assert (run.entered, run.failed, run.mapping["text"]) == (200, 0, "诉求内容")
    assert numbers(city, system)["came"] == 200
    cases = list(Case.objects.select_related("submission").order_by("pk"))
    work(city, cases)
    assert numbers(city, system) == {
        "came": 200,
        "known": 0,
        "back": 0,
        "open": 0,
        "waiting": 200,
        "differs": 0,
    }
    back = given(city, system)
    assert list(back[0]) == [line.split(" = ")[0] for line in GIVES.splitlines()], "in its own order"
    by_number = {row["工单编号"]: row for row in back}
    for sent in (dict(zip(HEADERS, row, strict=True)) for row in table):
        row = by_number.pop(sent["工单编号"])
        for column in ("工单编号", "来电时间", "诉求标题", "诉求类别", "区划"):
            assert row[column] == sent[column]
        assert (row["办理状态"], row["承办单位"], row["办理结果"]) == ("已回复", "示例路灯处", "办结")
        assert (row["答复内容"], row["答复时间"]) == ("=已修好", "2026-11-24 10:00:00")
    assert not by_number
    assert numbers(city, system) == {
        "came": 200,
        "known": 0,
        "back": 200,
        "open": 0,
        "waiting": 0,
        "differs": 0,
    }


def test_what_went_goes_again_only_where_it_stands_otherwise(city: City, system: System) -> None:
    come_in(city, system, rows(3))
    cases = list(Case.objects.select_related("submission").order_by("pk"))
    work(city, cases[:2])
    assert len(given(city, system)) == 2
    assert given(city, system) == []
    assert Export.objects.count() == 1
    engine.take(matters=[cases[0].pk], step="close", by=SYSTEM, at=NOW, answers={})
    assert numbers(city, system)["differs"] == 1
    [row] = given(city, system)
    assert (row["办理状态"], row["办结时间"]) == ("已归档", "2026-11-24 10:00:00")
    assert numbers(city, system) == {"came": 3, "known": 0, "back": 2, "open": 1, "waiting": 0, "differs": 0}


def test_a_number_that_comes_again_changes_nothing_and_is_shown(city: City, system: System) -> None:
    come_in(city, system, rows(2))
    before = list(Case.objects.order_by("pk").values())
    changed = rows(3)
    changed[0][4] = "别的标题"
    run = come_in(city, system, changed)
    assert (run.entered, run.known) == (1, 2)
    assert list(Case.objects.order_by("pk").values())[:2] == before
    assert numbers(city, system)["known"] == 2
    page = reconciling.listed(city.viewer("clerk"), system, TODAY, reconciling.BY_CODE["known"])
    assert [ref.number for ref in page.rows] == [row[0] for row in changed[:2]]


def test_the_gate_stands_before_every_number_and_every_row(city: City, system: System) -> None:
    come_in(city, system, rows(2))
    work(city, list(Case.objects.select_related("submission")))
    assert set(numbers(city, system, "stranger").values()) == {0}
    assert reconciling.to_give(Viewer(), system, most=10) == []
    with pytest.raises(NotAllowed):
        systems.give_back(system=system, by=importer(city, "insider"), at=NOW)
    assert not Exported.objects.exists()


def test_nothing_of_the_person_goes_out(city: City, system: System) -> None:
    come_in(city, system, rows(1))
    work(city, list(Case.objects.select_related("submission")))
    everything = repr(given(city, system))
    assert "甲0" not in everything
    assert "1990000" not in everything


def test_lists_behind_the_numbers_come_page_by_page(
    city: City, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciling, "PAGE", 2)
    come_in(city, system, rows(5))
    found, after = [], ""
    while True:
        page = reconciling.listed(
            city.viewer("clerk"), system, TODAY, reconciling.BY_CODE["open"], after=after
        )
        found += [ref.number for ref in page.rows]
        after = page.next
        if not after:
            break
    assert found == [row[0] for row in rows(5)]


def test_other_numbers_are_not_the_systems(city: City, system: System) -> None:
    filed = file(city, at=NOW)
    ExternalRef.objects.create(case=filed.case, system="another", number="X", added_at=NOW)
    assert set(numbers(city, system).values()) == {0}


# --- field maps ------------------------------------------------------------------------------------------------------


def keep(**more: Any) -> System:
    row = {
        "code": "petitions",
        "name_zh": "信访系统",
        "name_en": "",
        "takes": TAKES,
        "gives": GIVES,
        "values": VALUES,
    }
    return systems.keep_system(**{"by": SYSTEM, "at": NOW, **row, **more})


def test_a_field_map_reads_back_as_it_was_written() -> None:
    system = keep()
    assert systems.lines_of(system.takes) == TAKES
    assert systems.lines_of(system.gives) == GIVES
    assert systems.value_lines_of(system.values) == VALUES


def test_a_field_map_keeps_its_history() -> None:
    keep()
    keep()
    keep(gives="编号 = number")
    first, second = Change.objects.filter(what="system", object_id="petitions").order_by("id")
    assert first.before is None
    assert second.before is not None
    assert second.after is not None
    assert second.before["gives"] != second.after["gives"] == [["编号", "number"]]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"takes": "工单编号 number"}, "takes"),
        ({"takes": "工单编号 = nothing"}, "takes"),
        ({"takes": "a = number\nb = number"}, "takes"),
        ({"takes": "a = answer"}, "takes"),
        ({"gives": "a = phone"}, "gives"),
        ({"gives": "a = title"}, "gives"),
        ({"values": "state 已办结 closed"}, "values"),
        ({"values": "phone: x = y"}, "values"),
        ({"code": "UPPER"}, "code"),
        ({"name_zh": " "}, "name_zh"),
    ],
)
def test_a_wrong_field_map_is_told_by_its_line(more: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as caught:
        keep(**more)
    assert field in caught.value.fields
    assert not System.objects.exists()
