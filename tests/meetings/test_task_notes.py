"""Notes on a task, as on a case: for its units, told to those that are named, and in nobody's way."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.factories import City, make_city, take
from tests.meetings.world import MONDAY, bring, lines, task
from tests.standing import standing
from tests.web.desk_helpers import page_of, post_step, signed_in
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.models import Matter, Move
from yipanqi.core.veil import told
from yipanqi.meetings.models import Task
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice

pytestmark = pytest.mark.django_db


@standing
def place() -> tuple[City, Task]:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, "working", MONDAY)
    return city, one


def noticed(one: Task) -> set[str]:
    move = Move.objects.filter(matter=one.pk, step="note").latest("number")
    tell(moves=[move.pk], at=MONDAY)
    return set(Notice.objects.filter(move=move).values_list("unit__code", flat=True))


@pytest.mark.parametrize("login", ["deputy", "insider", "colleague"])
def test_a_note_is_read_by_its_units_and_tells_those_that_are_named(login: str) -> None:
    city, one = place()
    seen = told(Matter.objects.get(pk=one.pk))
    units = [str(city.units["roads"].pk)]
    answer = post_step(signed_in(city, login), one.pk, "note", text="灯杆周四到货", mention=units)
    assert answer.status_code == 302
    for reader in ("deputy", "insider", "colleague"):
        assert "灯杆周四到货" in page_of(city, reader, one.pk), reader
    assert noticed(one) == {"roads"}
    # Whoever is writing is not overtaken by it.
    assert told(Matter.objects.get(pk=one.pk)) == seen
    assert Matter.objects.get(pk=one.pk).state == "working"


def test_nobody_is_told_who_has_no_part_and_nobody_else_writes() -> None:
    city, one = place()
    take(one.pk, "note", city.actor("insider"), MONDAY, text="记一笔")
    assert noticed(one) == set()
    with translation.override("en"), pytest.raises(Refused, match="Schools"):
        take(one.pk, "note", city.actor("insider"), MONDAY, text="记一笔", mention=["schools"])
    for login in ("stranger", "clerk", "sysadmin"):
        with pytest.raises(NotAllowed):
            take(one.pk, "note", city.actor(login), MONDAY, text="记一笔")


@pytest.mark.parametrize(("state", "open_"), [("drafted", False), ("closing", True), ("closed", False)])
def test_it_is_written_while_the_units_work_on_it(state: str, open_: bool) -> None:
    city = make_city()
    one = task(city, lines(city)[0])
    bring(city, one, state, MONDAY)
    assert ('id="step-note"' in page_of(city, "deputy", one.pk)) is open_
