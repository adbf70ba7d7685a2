"""The point on the map at the desk: intake sees it with the words, and says with the text whether it goes along."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.factories import WORDS, add_head, make_city, take
from tests.web.desk_helpers import NOW, city_with, page_of, post_step, signed_in
from yipanqi.cases.access import present
from yipanqi.cases.actions import Words, file_submission
from yipanqi.cases.models import Case
from yipanqi.core.gate import NOBODY, Actor, Channel
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role

pytestmark = pytest.mark.django_db
POINT = "geo:36.65123,117.00456;crs=wgs84"
TOLD = "36.65123, 117.00456"
SAID = dataclasses.replace(WORDS, point=POINT)
CLEARED = {"title": "路灯不亮", "text": "路灯一周不亮了。", "category": "lamps", "area": "370199001"}
TICK = 'name="point"'


def ticked(page: str) -> bool:
    return "checked" in page.split(TICK)[1].split(">", maxsplit=1)[0]


@pytest.mark.parametrize(("goes", "sees"), [("on", True), ("", False)])
def test_the_clerk_says_whether_it_goes_along(goes: str, sees: bool) -> None:
    city, filed = city_with(words=SAID)
    page = page_of(city, "clerk", filed.case.pk)
    assert TOLD in page
    assert ticked(page)
    answers: dict[str, Any] = CLEARED | ({"point": goes} if goes else {})
    assert post_step(signed_in(city, "clerk"), filed.case.pk, "clear", **answers).status_code == 302
    assert Case.objects.get().point_goes is sees
    assert ticked(page_of(city, "clerk", filed.case.pk)) is sees
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps", co_units=["roads"])
    for login in ("insider", "colleague", "clerk"):
        assert (TOLD in page_of(city, login, filed.case.pk)) is sees, login


@pytest.mark.parametrize("anonymity", ["hidden", "anonymous"])
def test_of_whom_nobody_may_know_it_stays_unless_the_clerk_sends_it(anonymity: str) -> None:
    city = make_city()
    said, by = Words(WORDS.title, WORDS.text, point=POINT), Actor(NOBODY, Role.SUBMITTER)
    filed = file_submission(words=said, anonymity=anonymity, channel="portal", by=by, at=NOW)
    assert TOLD in page_of(city, "clerk", filed.case.pk)
    assert not ticked(page_of(city, "clerk", filed.case.pk))


def test_nobody_is_asked_of_a_case_without_one() -> None:
    city, filed = city_with()
    page = page_of(city, "clerk", filed.case.pk)
    assert 'id="step-clear"' in page
    assert TICK not in page


def test_an_overseer_reads_it_with_the_text_alone() -> None:
    city, filed = city_with(words=SAID)
    add_head(city)
    take(filed.case.pk, "clear", city.actor("clerk"), NOW, point=True, **CLEARED)
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps", co_units=[])
    matter, deputy = Matter.objects.get(pk=filed.case.pk), city.viewer("deputy")
    assert present(matter, deputy, Channel.DESK, NOW).point is None
    take(filed.case.pk, "open_text", city.actor("deputy"), NOW, purpose="督办")
    assert str(present(matter, deputy, Channel.DESK, NOW).point) == POINT


def test_what_is_split_off_takes_it_along_where_that_is_said() -> None:
    city, filed = city_with(words=SAID)
    take(filed.case.pk, "clear", city.actor("clerk"), NOW, **CLEARED)
    take(filed.case.pk, "split", city.actor("clerk"), NOW, point=True, **CLEARED)
    other = Case.objects.exclude(pk=filed.case.pk).get()
    assert (Case.objects.get(pk=filed.case.pk).point_goes, other.point_goes) == (False, True)
    assert TOLD in page_of(city, "clerk", other.pk)
