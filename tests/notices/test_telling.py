"""Who is told of a move: from the step alone, each unit exactly once, and nobody of what they may not find."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.factories import EPOCH, City, bring_to, file, make_city, take
from tests.meetings.plan_world import bring_plan, drawn_up
from tests.meetings.world import bring, lines, task
from yipanqi.cases.actions import Filed
from yipanqi.core import gate
from yipanqi.core.gate import Channel
from yipanqi.core.kinds import all_kinds
from yipanqi.core.models import Move
from yipanqi.core.procedure import Role
from yipanqi.notices import queries
from yipanqi.notices.actions import mark_read, tell
from yipanqi.notices.models import Notice, ReadUpTo

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> City:
    return make_city()


def told(city: City) -> list[tuple[str, str]]:
    """Step and unit of each notice, in the order of the moves."""
    codes = {unit.pk: code for code, unit in city.units.items()}
    rows = Notice.objects.order_by("move__at", "move__number", "unit__code").values_list("move__step", "unit")
    return [(step, codes[unit]) for step, unit in rows]


def tell_all(*, times: int = 1) -> None:
    for _time in range(times):
        tell(moves=Move.objects.values_list("pk", flat=True), at=EPOCH)


def news(city: City, login: str, **more: Any) -> list[list[str]]:
    """The labels on the page of somebody, matter by matter."""
    unit = {"insider": "lamps", "colleague": "roads", "stranger": "schools", "deputy": "socialwork"}.get(
        login, "hotline"
    )
    page = queries.page(city.viewer(login), [city.units[unit].pk], **({"everything": False} | more))
    return [one.labels for one in page.news]


def test_a_case_tells_the_units_that_its_steps_name(city: City) -> None:
    bring_to(city, file(city, at=EPOCH), "served", EPOCH)
    tell_all()
    assert told(city) == [
        ("route", "lamps"), ("route", "roads"),
        ("accept", "hotline"),
        ("answer", "hotline"),
        ("serve", "lamps"),
    ]  # fmt: skip


def test_a_task_tells_them_too_by_the_same_reaction(city: City) -> None:
    [line] = lines(city, "改进路灯维修", at=EPOCH)
    bring(city, task(city, line, at=EPOCH), "working", EPOCH)
    tell_all()
    assert told(city) == [
        ("issue", "lamps"), ("issue", "roads"),
        ("receive", "roads"), ("receive", "socialwork"),
    ]  # fmt: skip


def test_what_the_submitter_alone_is_told_makes_no_notice(city: City) -> None:
    file(city, at=EPOCH)
    tell_all()
    assert told(city) == []


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.integers(min_value=0, max_value=4), max_size=12))
def test_any_number_of_runs_in_any_order_leaves_exactly_one_notice(city: City, order: list[int]) -> None:
    with transaction.atomic():
        bring_to(city, file(city, at=EPOCH), "served", EPOCH)
        moves = list(Move.objects.exclude(step="clear").order_by("number").values_list("pk", flat=True))
        for place in [*order, *range(5)]:
            tell(moves=[moves[place]], at=EPOCH)
        assert sorted(told(city)) == sorted(set(told(city)))
        assert len(told(city)) == 5
        transaction.set_rollback(True)


def test_the_database_keeps_a_unit_from_being_told_twice(city: City) -> None:
    bring_to(city, file(city, at=EPOCH), "forwarded", EPOCH)
    tell_all()
    notice = Notice.objects.all()[0]
    with pytest.raises(IntegrityError, match="a_unit_is_told_of_a_move_once"), transaction.atomic():
        Notice.objects.create(matter=notice.matter, move=notice.move, unit=notice.unit)


def test_a_late_job_tells_the_unit_that_was_meant_and_not_its_successor(city: City) -> None:
    filed = file(city, at=EPOCH)
    bring_to(city, filed, "forwarded", EPOCH)
    later = EPOCH.replace(hour=2)
    take(filed.case.pk, "request_return", city.actor("insider"), later, reason="不归我们")
    take(filed.case.pk, "agree_return", city.actor("clerk"), later)
    take(filed.case.pk, "route", city.actor("clerk"), later.replace(hour=3), unit="schools")
    tell(moves=Move.objects.filter(step="route").values_list("pk", flat=True), at=later)
    assert told(city) == [("route", "lamps"), ("route", "roads"), ("route", "schools")]
    # Who has lost its part is shown nothing: it may no longer find the matter.
    assert news(city, "insider") == news(city, "colleague") == []
    assert news(city, "stranger") == [["转办"]]


def test_a_lead_that_loses_a_task_is_told_once_what_it_knew_and_finds_the_task_no_more(city: City) -> None:
    [line] = lines(city, "改进路灯维修", at=EPOCH)
    one = task(city, line, at=EPOCH)
    bring(city, one, "working", EPOCH)
    later = EPOCH.replace(hour=2)
    told_of = {"unit": "schools", "reason": "职责调整"}
    take(one.pk, "hand_over", city.actor("deputy"), later, **told_of)
    take(one.pk, "hand_over", city.actor("deputy"), later.replace(hour=3), unit="market", reason="再调整")
    tell_all(times=2)
    left = Notice.objects.filter(left=True).order_by("move__at").values_list("unit__code", flat=True)
    assert list(left) == ["lamps", "schools"]
    page = queries.page(city.viewer("insider"), [city.units["lamps"].pk], everything=True)
    assert [
        (one.labels, one.lost and (one.lost.reference, one.lost.title, one.lost.text)) for one in page.news
    ] == [(["改由别的单位牵头"], (one.number, one.title, ""))]
    assert gate.find(one.pk, city.viewer("insider"), Channel.DESK) is None
    assert queries.unread(city.viewer("insider"), [city.units["lamps"].pk]) == (1, False)
    mark_read(
        upto=page.news[0].upto, matter=one.pk, units=[city.units["lamps"].pk], by=city.viewer("insider")
    )
    assert queries.unread(city.viewer("insider"), [city.units["lamps"].pk]) == (0, False)
    # Nobody of another unit is told, nor whoever may do no work for this one.
    assert queries.page(city.viewer("secadmin"), [city.units["lamps"].pk], everything=True).news == []


def test_a_lead_that_gets_the_task_back_meets_it_at_the_gate_again(city: City) -> None:
    [line] = lines(city, "改进路灯维修", at=EPOCH)
    one = task(city, line, at=EPOCH)
    bring(city, one, "working", EPOCH)
    for hour, unit in ((2, "schools"), (3, "lamps")):
        take(one.pk, "hand_over", city.actor("deputy"), EPOCH.replace(hour=hour), unit=unit, reason="调整")
    tell_all()
    page = queries.page(city.viewer("insider"), [city.units["lamps"].pk], everything=True)
    assert [found.lost for found in page.news] == [None]


def test_a_unit_without_a_role_in_a_plan_that_was_changed_is_told_and_the_others_are_asked(
    city: City,
) -> None:
    [line] = lines(city, "改进路灯维修", at=EPOCH)
    one = task(city, line, at=EPOCH)
    plan = drawn_up(city, one, EPOCH)
    bring_plan(city, plan, "revising", EPOCH)
    deputy, later = city.actor("deputy"), EPOCH.replace(hour=2)
    told_of = {"title": one.title, "goal": one.goal, "due_on": str(one.due_on), "unit": "schools"}
    take(one.pk, "redraft", deputy, later, co_units=["roads"], **told_of)
    take(plan.pk, "consult", deputy, later)
    tell_all()
    asked = Notice.objects.filter(matter=plan.pk, move__at=later)
    assert dict(asked.values_list("unit__code", "left")) == {"schools": False, "roads": False, "lamps": True}
    # The draft itself was never shown to anybody.
    assert not Notice.objects.filter(matter=one.pk).exists()


def test_nobody_is_told_of_what_they_did_themselves_and_their_colleagues_are(city: City) -> None:
    bring_to(city, file(city, at=EPOCH), "answered", EPOCH)
    tell_all()
    assert news(city, "insider") == [["转办"]]
    assert news(city, "clerk") == news(city, "clerk2") == [["答复", "接收"]]


def test_no_procedure_tells_staff_what_is_under_a_veil() -> None:
    veiled = [s for kind in all_kinds() for s in kind.procedure.steps if s.veiled_until]
    assert veiled  # there is such a thing
    assert [s.name for s in veiled if set(s.tells) - {Role.SUBMITTER}] == []


def test_a_viewer_of_other_units_and_one_without_a_capability_are_told_nothing(city: City) -> None:
    bring_to(city, file(city, at=EPOCH), "handling", EPOCH)
    tell_all()
    assert news(city, "stranger") == []
    hotline = [city.units["hotline"].pk]
    assert queries.page(city.viewer("secadmin"), hotline, everything=True).news == []
    assert queries.unread(city.viewer("secadmin"), hotline) == (0, False)


# --- read and unread -------------------------------------------------------------------------------------------------


def handled(city: City, number: int) -> list[Filed]:
    found = [file(city, at=EPOCH) for _n in range(number)]
    for filed in found:
        bring_to(city, filed, "answered", EPOCH)
    tell_all()
    return found


def counted(city: City, login: str) -> int:
    number, bounded = queries.unread(city.viewer(login), [city.units["hotline"].pk])
    assert not bounded
    return number


def test_reading_is_each_accounts_own(city: City) -> None:
    one, _other = handled(city, 2)
    units = [city.units["hotline"].pk]
    page = queries.page(city.viewer("clerk"), units, everything=False)
    first = next(news for news in page.news if news.matter.pk == one.case.pk)
    mark_read(upto=first.upto, matter=one.case.pk, units=units, by=city.viewer("clerk"))
    assert (counted(city, "clerk"), counted(city, "clerk2")) == (1, 2)
    assert len(queries.page(city.viewer("clerk"), units, everything=True).news) == 2
    take(one.case.pk, "send_back", city.actor("auditor"), EPOCH, reason="请补充")
    take(one.case.pk, "answer", city.actor("insider"), EPOCH, text="已修好。", outcome="solved")
    tell_all()
    assert counted(city, "clerk") == 2  # what came after it was read is unread


def test_reading_all_takes_one_mark_and_needs_no_other(city: City) -> None:
    one, _other = handled(city, 2)
    units, viewer = [city.units["hotline"].pk], city.viewer("clerk")
    mark_read(upto=queries.newest(units), matter=one.case.pk, units=units, by=viewer)
    for _again in range(2):
        mark_read(upto=queries.newest(units), matter=None, units=units, by=viewer)
        assert counted(city, "clerk") == 0
        assert ReadUpTo.objects.get().matter_id is None


def test_a_mark_never_goes_back(city: City) -> None:
    handled(city, 1)
    units, viewer = [city.units["hotline"].pk], city.viewer("clerk")
    oldest = Notice.objects.filter(unit__in=units).order_by("id").values_list("pk", flat=True)[0]
    mark_read(upto=queries.newest(units), matter=None, units=units, by=viewer)
    mark_read(upto=oldest, matter=None, units=units, by=viewer)
    assert counted(city, "clerk") == 0


def test_the_number_in_the_bar_is_one_statement_and_looks_at_no_more_than_it_counts(
    city: City, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    handled(city, 3)
    monkeypatch.setattr(queries, "COUNTED", 4)
    viewer = city.viewer("clerk")
    with django_assert_num_queries(1):
        assert queries.unread(viewer, [city.units["hotline"].pk]) == (2, True)


def test_pages_follow_one_another_and_show_each_matter_as_far_as_the_page_goes(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled(city, 3)
    monkeypatch.setattr(queries, "PAGE", 2)
    seen, after = [], None
    while True:
        page = queries.page(city.viewer("clerk"), [city.units["hotline"].pk], everything=True, after=after)
        seen += [label for one in page.news for label in one.labels]
        if page.next is None:
            break
        after = page.next
    assert seen == ["答复", "接收"] * 3
