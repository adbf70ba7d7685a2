"""The board's figures against a naive count, through the gate, before and after the tally has counted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import Counter
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import City, bring_to, file, make_city, submitter, take
from tests.meetings.world import MONDAY, WORKERS, bring, days, lines, task
from tests.standing import standing
from yipanqi.cases.models import Case, Verdict
from yipanqi.core import gate, ledger
from yipanqi.core.gate import NOBODY, SYSTEM, Channel, Viewer
from yipanqi.core.models import Matter, Term
from yipanqi.insight import actions, board as boards, rollup
from yipanqi.insight.board import Board, CaseFigures, board
from yipanqi.insight.models import COUNTS, Cursor, Standing, Tally
from yipanqi.meetings.actions import bind_line
from yipanqi.meetings.models import Conference, Line, LineBinding, Task
from yipanqi.organisations.models import Area, Category, Part
from yipanqi.people.models import Account

pytestmark = pytest.mark.django_db

LATER = MONDAY + days(9)
WAYS = ("registered", "forwarded", "handling", "asked", "on_hold", "answered", "served", "closed", "solved", "unsolved", "withdrawn")  # fmt: skip


def one_case(city: City, way: str, unit: str, category: str, area: str, at: dt.datetime) -> Any:
    """A case of a category in an area at a unit, brought along one of the ways."""
    filed = file(city, at=at)
    pk = filed.case.pk
    clerk, auditor = city.actor("clerk"), city.actor("auditor")
    handler = city.actor(WORKERS[unit])
    if way == "withdrawn":
        take(pk, "withdraw", submitter(filed), at)
        return pk
    take(pk, "clear", clerk, at, title="标题", text="正文", category=category, area=area)
    if way == "registered":
        return pk
    take(pk, "route", clerk, at, unit=unit)
    if way == "forwarded":
        return pk
    take(pk, "accept", handler, at)
    if way == "asked":
        take(pk, "ask", handler, at, question="哪一根？")
    elif way == "on_hold":
        take(pk, "request_hold", handler, at, plan="等改造", review_on="2027-02-01")
        take(pk, "approve_hold", clerk, at, notice="等改造")
    elif way != "handling":
        answered = at + days(8 if unit == "roads" else 1)
        take(pk, "answer", handler, answered, text="已办。", outcome="solved")
        if way != "answered":
            take(pk, "serve", auditor, answered, method="portal", proof="示例")
            _judge(filed, way, answered)
    return pk


def _judge(filed: Any, way: str, at: dt.datetime) -> None:
    if way in ("solved", "unsolved"):
        solved = "yes" if way == "solved" else "no"
        grade = "satisfied" if way == "solved" else "not_satisfied"
        take(filed.case.pk, "evaluate", submitter(filed), at, grade=grade, solved=solved)
    if way == "unsolved":
        # The second round ends like the first: the verdict is still "not solved", and there is no third.
        take(filed.case.pk, "second_handling", submitter(filed), at, understood=True)
    if way in ("closed", "solved"):
        take(filed.case.pk, "close", SYSTEM, at)


@dataclasses.dataclass
class World:
    """The small city with a conference of four lines, three of them bound to cases, and some of everything."""

    city: City
    conference: Conference
    lines: list[Line]
    cases: list[UUID]


@pytest.fixture
def world() -> World:
    return make_world()


@standing
def make_world() -> World:
    city = make_city()
    laid = lines(city, "改进路灯维修", "改进城市管理", "*牢固树立全局观念", "办好街道的事", "没有任务的要求")
    by, category, area = city.actor("deputy"), Category.objects.get, Area.objects.get
    for line, code, place in (
        (0, "lamps", None),
        (1, "city", "3701"),
        (3, "lamps", "370199001"),
        (3, "city", "370199001"),
    ):
        bind_line(
            line=laid[line],
            category=category(pk=code),
            area=area(pk=place) if place else None,
            by=by,
            at=MONDAY,
        )
    random = Random(11)
    cases = []
    for n in range(2 * len(WAYS)):
        unit = random.choice(("lamps", "roads", "schools"))
        place = random.choice(("370199001", "3701", "370199"))
        cases.append(
            one_case(
                city, WAYS[n % len(WAYS)], unit, random.choice(("lamps", "city")), place, MONDAY + days(n % 3)
            )
        )
    return World(city, laid[0].conference, laid, cases)


def naive(line: Line, viewer: Viewer, at: dt.datetime) -> CaseFigures:
    """The figures of one line counted case by case, as their definitions read."""
    seen = Matter.objects.filter(gate.visible(viewer, Channel.FIGURES))
    n = dict.fromkeys(("open", "late", "on_hold", "closed", "timed", "in_time", "judged", "solved"), 0)
    for case in Case.objects.filter(matter__in=seen, category__isnull=False).select_related(
        "matter", "category", "area"
    ):
        assert case.category is not None
        assert case.area is not None
        covered = any(
            b.category_id in (case.category_id, case.category.parent_id)
            and (b.area is None or case.area.path.startswith(b.area.path))
            for b in LineBinding.objects.filter(line=line).select_related("area")
        )
        if not covered:
            continue
        m = case.matter
        n["open"] += m.open
        n["late"] += m.open and m.holder is not None and m.due_at is not None and m.due_at <= at
        n["on_hold"] += m.state == "on_hold"
        if m.state != "closed":
            continue
        limits = [t for t in Term.objects.filter(matter=m, code="answer") if t.state in ("met", "lapsed")]
        verdicts = Verdict.objects.filter(case=case, open_to_staff=True).order_by("-round")
        n["closed"] += 1
        n["timed"] += bool(limits)
        n["in_time"] += bool(limits) and not any(t.late for t in limits)
        n["judged"] += bool(verdicts)
        n["solved"] += bool(verdicts and verdicts[0].solved)
    share = boards.Share
    return CaseFigures(
        n["open"],
        n["late"],
        n["on_hold"],
        n["closed"],
        share(n["in_time"], n["timed"]),
        share(n["solved"], n["judged"]),
    )


def check(world: World, at: dt.datetime) -> None:
    for login in ("deputy", "insider", "colleague", "stranger"):
        viewer = world.city.viewer(login)
        shown = board(world.conference, viewer, at)
        for row in shown.lines:
            if row.cases is not None:
                assert row.cases == naive(row.line, viewer, at), (login, row.line.number)
    assert [row.cases is None for row in shown.lines] == [False, False, True, False, True]


def test_figures_are_those_of_a_naive_count_before_during_and_after_counting(world: World) -> None:
    check(world, LATER)
    assert not Tally.objects.exists()
    ledger.sequence()
    check(world, LATER)
    actions.advance(at=LATER)
    assert Standing.objects.count() == Case.objects.filter(category__isnull=False).count()
    check(world, LATER)
    # What moves next is added live; a case that changes its unit is taken out of the old place.
    moved = one_case(world.city, "forwarded", "lamps", "lamps", "3701", LATER)
    take(moved, "request_return", world.city.actor("insider"), LATER, reason="不归我们")
    check(world, LATER + days(1))
    ledger.sequence()
    actions.advance(at=LATER)
    take(moved, "agree_return", world.city.actor("clerk"), LATER)
    take(moved, "route", world.city.actor("clerk"), LATER, unit="roads")
    check(world, LATER + days(1))
    ledger.sequence()
    actions.advance(at=LATER)
    check(world, LATER + days(1))


def test_the_tally_counts_in_small_batches_and_twice_as_it_counts_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger.sequence()
    monkeypatch.setattr(actions, "BATCH", 7)
    counted = actions.advance(at=LATER)
    assert counted > 80
    assert actions.advance(at=LATER) == 0
    check(world, LATER)
    rows = set(Tally.objects.values_list("category_id", "area_id", "unit_id", *COUNTS))
    Tally.objects.all().delete()
    Standing.objects.all().delete()
    Cursor.objects.all().delete()
    monkeypatch.setattr(actions, "BATCH", 2000)
    actions.advance(at=LATER)
    anew = set(Tally.objects.values_list("category_id", "area_id", "unit_id", *COUNTS))
    assert {row for row in rows if any(row[3:])} == {row for row in anew if any(row[3:])}


def test_a_board_that_is_behind_says_of_when_it_speaks(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.sequence()
    actions.advance(at=MONDAY)
    before = board(world.conference, world.city.viewer("deputy"), LATER)
    monkeypatch.setattr(rollup, "MOST_WAITING", 2)
    for _ in range(3):
        one_case(world.city, "forwarded", "lamps", "lamps", "3701", LATER)
    behind = board(world.conference, world.city.viewer("deputy"), LATER)
    assert before.counted_at is None
    assert behind.counted_at == MONDAY
    assert behind.cases == before.cases


def test_an_order_under_two_lines_is_counted_once_in_the_whole(world: World) -> None:
    deputy = world.city.viewer("deputy")
    shown = board(world.conference, deputy, LATER)
    everything = Matter.objects.filter(gate.visible(deputy, Channel.FIGURES), procedure="order", open=True)
    classified = Case.objects.filter(matter__in=everything, category__isnull=False)
    assert shown.cases.open == classified.count()
    assert sum(row.cases.open for row in shown.lines if row.cases) > shown.cases.open


def test_too_many_late_ones_are_counted_as_at_least(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.sequence()
    actions.advance(at=LATER)
    monkeypatch.setattr(boards, "MOST_LATE", 2)
    shown = board(world.conference, world.city.viewer("deputy"), LATER)
    assert (shown.cases.late, shown.cases.bounded, shown.waiting_bounded) == (2, True, True)


def test_nobody_from_outside_sees_a_figure(world: World) -> None:
    bring(world.city, task(world.city, world.lines[0]), "working", MONDAY)
    for viewer in (
        NOBODY,
        world.city.viewer("clerk"),
        world.city.viewer("sysadmin"),
        world.city.viewer("accused"),
    ):
        shown = board(world.conference, viewer, LATER)
        assert (shown.tasks, shown.waiting) == (Counter(), [])
        # What the desk shows a clerk of their own work is theirs, and no figure.
        assert not shown.late or viewer.has("cases.register")
        assert shown.cases == CaseFigures()
        assert all(
            row.cases in (None, CaseFigures()) and not row.lights and not row.units for row in shown.lines
        )


def test_a_handler_sees_the_figures_of_their_own_unit_and_the_deputy_all(world: World) -> None:
    bring(world.city, task(world.city, world.lines[0]), "working", MONDAY)
    bring(world.city, task(world.city, world.lines[0], unit="schools", co_units=["lamps"]), "working", MONDAY)

    def units(login: str) -> list[list[str]]:
        return [
            [u.code for u in row.units]
            for row in board(world.conference, world.city.viewer(login), LATER).lines
        ]

    assert units("insider") == [["lamps"], ["lamps"], [], ["lamps"], []]
    assert units("deputy")[0] == ["lamps", "schools"]
    waiting = {w.unit.code for w in board(world.conference, world.city.viewer("deputy"), LATER).waiting}
    # Orders that are late to be forwarded or to have their answer checked wait for the hotline, which sent them on.
    assert waiting == {"lamps", "roads", "schools", "hotline"}
    own = board(world.conference, world.city.viewer("insider"), LATER)
    assert {w.unit.code for w in own.waiting} == {"lamps", "hotline"}


def test_what_waits_for_whom_counts_late_matters_by_the_unit_whose_move_it_is(world: World) -> None:
    bring(world.city, task(world.city, world.lines[0], unit="lamps"), "issued", MONDAY)
    shown = board(world.conference, world.city.viewer("deputy"), LATER)
    late = Matter.objects.filter(open=True, due_at__lte=LATER, holder__isnull=False)
    for row in shown.waiting:
        assert row.matters == late.filter(holder=row.unit.pk).count()
        assert row.tasks == late.filter(holder=row.unit.pk, procedure="task").count()
    assert [w.matters for w in shown.waiting] == sorted((w.matters for w in shown.waiting), reverse=True)
    assert sum(w.matters for w in shown.waiting) == late.count()
    assert [m.due_at for m in shown.late] == sorted(m.due_at for m in late if m.due_at)[: boards.TOP]


def test_verdicts_that_staff_may_not_see_yet_are_in_no_figure() -> None:
    city = make_city()
    line = lines(city)[0]
    bind_line(
        line=line, category=Category.objects.get(pk="lamps"), area=None, by=city.actor("deputy"), at=MONDAY
    )
    filed = [file(city, at=MONDAY) for _ in range(6)]
    for one in filed:
        bring_to(city, one, "served", MONDAY)
        take(one.case.pk, "evaluate", submitter(one), MONDAY, grade="not_satisfied", solved="no")

    def solved() -> boards.Share:
        figures = board(line.conference, city.viewer("deputy"), MONDAY).lines[0].cases
        assert figures is not None
        return figures.solved

    assert solved() == boards.Share(0, 0)
    for one in filed:
        Case.objects.filter(pk=one.case.pk).update(round=2)  # so that it closes and is not handled again
        Verdict.objects.filter(case=one.case).update(round=2)
        take(one.case.pk, "close", SYSTEM, MONDAY + days(16))
    assert solved() == boards.Share(0, 6)


@pytest.mark.parametrize(
    ("good", "of", "shown", "percent", "not_solved"),
    [
        (0, 0, False, 0, 0),
        (3, 4, False, 75, None),
        (5, 5, True, 100, 0),
        (4, 9, True, 44, 5),
        (999, 1000, True, 99, None),
    ],
)
def test_small_cells_are_not_shown(
    good: int, of: int, shown: bool, percent: int, not_solved: int | None
) -> None:
    share = boards.Share(good, of)
    assert (share.shown, share.percent) == (shown, percent)
    assert CaseFigures(solved=share).not_solved == not_solved


def everything(value: Any) -> str:
    """All that hangs on a board, as text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return json.dumps(
            [everything(getattr(value, f.name)) for f in dataclasses.fields(value)], ensure_ascii=False
        )
    if isinstance(value, list | tuple | set):
        return json.dumps([everything(item) for item in value], ensure_ascii=False)
    if isinstance(value, dict):
        return json.dumps([[str(k), everything(v)] for k, v in value.items()], ensure_ascii=False)
    fields = getattr(value, "__dict__", None)
    return (
        str(value)
        if fields is None
        else json.dumps({k: str(v) for k, v in fields.items()}, ensure_ascii=False)
    )


def test_the_board_names_units_and_never_a_person(world: World) -> None:
    bring(world.city, task(world.city, world.lines[0]), "working", MONDAY)
    text = everything(board(world.conference, world.city.viewer("deputy"), LATER))
    assert "示例路灯处" in text
    people = [
        *Account.objects.values_list("name", flat=True),
        *map(str, Account.objects.values_list("pk", flat=True)),
    ]
    assert not [name for name in people if name in text]
    assert "甲某" not in text


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(world: World) -> None:
    deputy = world.city.viewer("deputy")

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            board(world.conference, deputy, LATER)
        return len(captured)

    bring(world.city, task(world.city, world.lines[0]), "working", MONDAY)
    few = statements()
    for line in (0, 1, 4):
        for _ in range(3):
            bring(world.city, task(world.city, world.lines[line]), "working", MONDAY)
    one_case(world.city, "handling", "lamps", "lamps", "3701", MONDAY)
    assert statements() == few
    assert few <= 40


def test_lines_without_anything_under_them_are_shown(world: World) -> None:
    shown: Board = board(world.conference, world.city.viewer("deputy"), LATER)
    principle, empty = shown.lines[2], shown.lines[4]
    assert (principle.light, principle.cases, principle.lights) == (None, None, Counter())
    assert empty.light is not None
    assert (empty.light.colour, empty.light.word, empty.next_on) == ("grey", "尚未开始", None)


def test_a_line_shows_its_tasks_milestones_and_next_date() -> None:
    city = make_city()
    line = lines(city)[0]
    first, second, dropped = (
        task(city, line),
        task(city, line, due_on=dt.date(2026, 12, 30)),
        task(city, line),
    )
    bring(city, first, "working", MONDAY)
    take(dropped.pk, "drop", city.actor("deputy"), MONDAY, reason="重复")
    take(first.pk, "progress", city.actor("insider"), MONDAY, milestone=1)
    row = board(line.conference, city.viewer("deputy"), MONDAY).lines[0]
    assert row.lights == {"green": 1, "grey": 2}
    assert (row.nodes, row.next_on) == ((1, 2), dt.date(2026, 12, 16))
    bring(city, second, "issued", MONDAY)
    late = board(line.conference, city.viewer("deputy"), MONDAY + days(4)).lines[0]
    assert late.light is not None
    assert (late.lights["red"], late.light.colour, list(late.light.why)) == (1, "red", ["1 项任务超期"])
    assert late.nodes == (1, 4)
    assert Task.objects.count() == 3
    assert Part.objects.filter(role="lead", until__isnull=True).count() == 2
