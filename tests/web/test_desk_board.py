"""What the board and the pages around it tell each viewer."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import make_city
from tests.meetings.world import bring, lines, task
from tests.web.desk_helpers import EN, NOW, ONE_DAY, signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

NOBODYS, NOT_YOURS = "还没有落到单位", "没有您单位的任务和诉求"


def test_a_line_that_others_carry_is_not_told_as_nobodys() -> None:
    """Whose figures are one unit's cannot tell whether somebody else carries a line."""
    city = make_city()
    ours, theirs = lines(city, "改进路灯维修", "办好学校", at=NOW - ONE_DAY)
    for line, lead in ((ours, "lamps"), (theirs, "schools")):
        one = task(city, line, at=NOW - ONE_DAY, unit=lead, co_units=[])
        bring(city, one, "working", NOW - ONE_DAY)
    board = text_of(signed_in(city, "insider").get(reverse("desk:board") + "?view=meeting"))
    assert board.count(NOT_YOURS) == 1
    assert NOBODYS not in board
    page = text_of(signed_in(city, "insider", EN).get(reverse("desk:line", args=[theirs.pk])))
    assert "Nothing here is your unit" in page
    assert "Not begun" not in page
    assert NOT_YOURS not in text_of(signed_in(city, "deputy").get(reverse("desk:board") + "?view=meeting"))


def test_whoever_sees_the_whole_city_is_told_of_a_line_that_nobody_carries() -> None:
    city = make_city()
    lines(city, "改进路灯维修", at=NOW - ONE_DAY)
    board = text_of(signed_in(city, "deputy").get(reverse("desk:board") + "?view=meeting"))
    assert NOBODYS in board
    assert NOT_YOURS not in board


@pytest.mark.parametrize("name", ["desk:limits", "desk:calendar"])
def test_what_is_wrong_stands_before_the_long_list(name: str) -> None:
    """Without JavaScript nothing scrolls to the problem: it must be seen on the page as it opens."""
    page = text_of(signed_in(make_city(), "sysadmin").post(reverse(name), {}))
    assert 0 < page.index('class="problems"') < page.index('class="queue"')


@pytest.mark.parametrize(("path", "home"), [("/desk/nowhere/", "/desk/sign-in/"), ("/nowhere/", "/")])
def test_a_page_that_is_not_there_leads_back_to_ones_own_beginning(path: str, home: str) -> None:
    page = text_of(signed_in(make_city(), "clerk").get(path))
    assert f'class="button button-primary" href="{home}"' in page
