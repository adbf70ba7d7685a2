"""Lists of open matters: they find what the gate shows and nothing of the years, at a cost that does not grow."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import STAFF, City, bring_to, file, make_city
from tests.insight.test_board import LATER, WAYS, one_case
from tests.meetings.world import MONDAY, bring, days, lines, task
from tests.standing import standing
from tests.web.desk_helpers import signed_in
from yipanqi.cases.models import Case, Verdict
from yipanqi.core import gate, sealing
from yipanqi.core.gate import Channel, Live
from yipanqi.core.keys import keyring
from yipanqi.core.models import Matter, Term
from yipanqi.insight import behind, queue
from yipanqi.insight.behind import UNSOLVED
from yipanqi.insight.board import waits_for_whom
from yipanqi.insight.queue import ALL, LATE, WAITS, Wanted
from yipanqi.insight.rollup import standings
from yipanqi.meetings.actions import bind_line
from yipanqi.meetings.models import Line, LineBinding
from yipanqi.organisations.actions import UnitRow, add_units
from yipanqi.organisations.models import Area, Category, Part
from yipanqi.organisations.timeline import history_of, open_dues

pytestmark = pytest.mark.django_db


def some_of_everything(city: City) -> Line:
    """Orders in every state at three units, a task in each state, and a line that is bound to all orders."""
    line = lines(city)[0]
    by = city.actor("deputy")
    bind_line(line=line, category=Category.objects.get(pk="city"), area=None, by=by, at=MONDAY)
    for n, way in enumerate(WAYS):
        unit = ("lamps", "roads", "schools")[n % 3]
        one_case(city, way, unit, "lamps", city.area.pk, MONDAY)
    for state in ("drafted", "issued", "working", "closing", "closed"):
        one = task(city, line)
        if state != "drafted":
            bring(city, one, state, MONDAY)
    return line


@standing
def busy_city() -> tuple[City, Line]:
    """The small city with some of everything."""
    city = make_city()
    return city, some_of_everything(city)


def test_what_is_found_of_open_matters_is_what_the_gate_shows_of_them() -> None:
    city, _line = busy_city()
    found = 0
    for login in STAFF:
        for channel in (Channel.DESK, Channel.FIGURES, Channel.COMMAND):
            viewer = city.viewer(login)
            shown = Matter.objects.filter(gate.visible(viewer, channel))
            live = Matter.objects.filter(gate.visible(viewer, channel, live=Live.OPEN))
            walked = Matter.objects.filter(gate.visible(viewer, channel, live=Live.WALKED))
            orders = Matter.objects.filter(gate.visible(viewer, channel, procedures=("order",)))
            ids = set(live.values_list("pk", flat=True))
            assert ids == set(shown.filter(open=True).values_list("pk", flat=True)), (login, channel)
            assert ids == set(walked.values_list("pk", flat=True)), (login, channel)
            assert set(orders) == set(shown.filter(procedure="order")), (login, channel)
            found += len(ids)
    assert found > 50


def test_the_parts_of_a_matter_close_with_it_whoever_closes_it() -> None:
    _city, _line = busy_city()
    closed = Part.objects.filter(matter__open=False)
    assert closed.count() > 6
    assert not closed.filter(open=True).exists()
    assert not Part.objects.filter(matter__open=True, open=False).exists()
    assert Case.objects.filter(open=False).exists()
    assert not Case.objects.exclude(open=F("matter__open")).exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(open=False).update(open=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        closed.update(open=True)


@pytest.mark.parametrize("few", [0, 2000])
def test_each_count_of_the_queue_is_the_length_of_the_list_it_leads_to(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FEW", few)
    city, _line = busy_city()
    leads = Wanted(whose=ALL, category="city", area="370199", unit=city.units["lamps"].pk)
    different = set()
    for login in ("clerk", "auditor", "insider", "colleague", "deputy"):
        viewer = city.viewer(login)
        for wanted in (Wanted(whose=WAITS), Wanted(whose=ALL), leads, replace(leads, unit=None)):
            wishes = [wish for group in queue.facet_wishes(wanted).values() for wish in group]
            counts = queue.counts(viewer, wishes, LATER)
            for wish in wishes:
                assert counts[wish].number == queue.matters(viewer, wish, LATER).count(), (login, wish)
                different.add(counts[wish].number)
    assert len(different) > 6


@pytest.mark.parametrize(
    ("verdicts", "listed"),
    [
        ([(1, False, True)], True),
        ([(1, True, True)], False),
        ([(1, False, True), (2, False, True)], True),
        ([(1, False, True), (2, True, True)], False),
        ([(1, True, True), (2, False, True)], True),
        ([(1, False, True), (2, True, False)], True),  # what staff may not see yet tells nothing
        ([(1, False, False)], False),
        ([], False),
    ],
)
def test_not_solved_is_what_the_last_verdict_says_that_staff_may_see(
    verdicts: list[tuple[int, bool, bool]], listed: bool
) -> None:
    city, line = busy_city()
    pk = one_case(city, "closed", "roads", "lamps", city.area.pk, MONDAY)
    for number, solved, seen in verdicts:
        Verdict.objects.create(
            case_id=pk, round=number, grade="basically", solved=solved, at=MONDAY, open_to_staff=seen
        )
    bindings = LineBinding.objects.filter(line=line).select_related("area")
    page = behind.cases(bindings, UNSOLVED, city.viewer("deputy"), LATER)
    assert (pk in {row.id for row in page.rows}) == listed


def statements(city: City, path: str, **query: str) -> int:
    client = signed_in(city, "deputy")
    client.get(path, query)  # what is cached is cached now
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path, query).status_code == 200
    return len(captured)


def test_the_statements_of_what_stands_behind_do_not_depend_on_its_rows() -> None:
    city, line = busy_city()
    paths = reverse("desk:line", args=[line.pk]), reverse("desk:conference", args=[line.conference_id])

    def all_of_them() -> dict[tuple[str, str], int]:
        shows = ("tasks", *behind.SHOWS)
        return {(path, show): statements(city, path, show=show) for path in paths for show in shows}

    few = all_of_them()
    for way in WAYS:
        one_case(city, way, "roads", "lamps", city.area.pk, MONDAY + days(1))
    bring(city, task(city, line), "working", MONDAY)
    assert all_of_them() == few
    assert max(few.values()) <= 40


def test_the_statements_of_the_units_page_do_not_depend_on_the_units() -> None:
    city = make_city()
    few = statements(city, reverse("desk:units"))
    day = city.units["city"].valid_from
    rows = [
        UnitRow(f"u{n}", f"示例{n}处", f"U{n}", "department", "3701", "city", "city", None, day)
        for n in range(20)
    ]
    add_units(rows=rows, by=None, at=MONDAY)
    assert statements(city, reverse("desk:units")) == few


def test_lines_bound_to_categories_cost_no_statement_each() -> None:
    city, line = busy_city()
    path = reverse("desk:conference", args=[line.conference_id])
    few = statements(city, path, show="open")
    by = city.actor("deputy")
    for code in ("city", "lamps"):
        for place in ("370199", "3701", "370199001"):
            area = Area.objects.get(pk=place)
            bind_line(line=line, category=Category.objects.get(pk=code), area=area, by=by, at=MONDAY)
    assert statements(city, path, show="open") == few


def test_rewrapping_asks_for_nothing_where_every_key_is_the_current_one() -> None:
    sealing.seal({"name": "甲"})
    sealing.rewrap()

    def asked() -> list[Any]:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            sealing.rewrap()
        return [each for each in captured if "core_seal" in each["sql"]]

    older = [key for key in keyring().wrapping_keys() if key.id != keyring().current and not key.retired]
    if not older:
        assert not asked()
    keyring().rotate()
    assert asked()
    assert all(f"'{keyring().current}'" not in each["sql"].partition("WHERE")[2] for each in asked())


def test_a_window_that_the_system_closes_makes_no_unit_late() -> None:
    city = make_city()
    filed = file(city, at=MONDAY, kind="claim")
    bring_to(city, filed, "forwarded", MONDAY)
    window = Term.objects.get(matter=filed.case.pk, code="object")
    assert window.due_at is not None
    moment = window.due_at + dt.timedelta(seconds=1)  # over, and the job that closes it has not run
    viewer = city.viewer("insider")
    (row,) = queue.page(viewer, Wanted(whose=ALL), moment).rows
    assert row.due is not None
    assert (row.due.code, row.due.late_by) == ("accept", 0)
    assert queue.page(viewer, Wanted(whose=ALL, when=LATE), moment).rows == []
    assert queue.counts(viewer, [Wanted(when=LATE)], moment)[Wanted(when=LATE)].number == 0
    assert waits_for_whom(city.viewer("deputy"), moment) == ([], False)
    shown = {
        due.code: due.late_by for due in open_dues(history_of(filed.case.matter), at=moment, public=False)
    }
    assert shown == {"object": 0, "accept": 0}
    accept = Term.objects.get(matter=filed.case.pk, code="accept").due_at
    assert standings([filed.case.pk])[filed.case.pk].due_at == accept
