"""The week in figures: each is the length of its list, told once to whoever heads units, and never of persons."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests.factories import City, add_head, bring_to, file, make_city
from tests.insight.test_board import LATER
from tests.insight.test_lists import busy_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, case_in, signed_in, text_of
from tests.web.test_desk_notices import tally
from yipanqi.insight import queue
from yipanqi.insight.supervision import WEEK_WISHES, supervision
from yipanqi.insight.weekly import monday_of, tell_weeks
from yipanqi.notices.models import Weekly
from yipanqi.web.desk.background import often

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
URL = "/desk/week/"


def test_each_figure_is_the_length_of_its_list() -> None:
    city, _line = busy_city()
    for at in (LATER - DAY, LATER - 3 * DAY):
        bring_to(city, file(city, at=at), "served", at)
        file(city, at=at)
    seen = set()
    for login in ("deputy", "insider"):
        viewer = city.viewer(login)
        found = supervision(viewer, LATER, WEEK_WISHES)
        for name, wish in WEEK_WISHES.items():
            rows = queue.page(viewer, wish, LATER).rows
            assert found.figures[name].number == len(rows), (login, name)
            seen |= {name} if rows else set()
            for unit in found.units:
                behind = queue.page(viewer, unit.wanted(name), LATER).rows
                assert unit.figures[name] == len(behind), (login, unit.unit, name)
    assert seen == set(WEEK_WISHES)


@pytest.mark.parametrize("many", [False, True])
def test_what_is_longer_ago_is_no_longer_the_week_s(monkeypatch: pytest.MonkeyPatch, *, many: bool) -> None:
    if many:
        monkeypatch.setattr(queue, "_finds_many", lambda viewer, wanted: True)
    city = make_city()
    for days in (8, 6):
        at = NOW - days * DAY
        bring_to(city, file(city, at=at), "served", at)
        file(city, at=at)
    viewer = city.viewer("deputy")
    counts = queue.counts(viewer, WEEK_WISHES.values(), NOW)
    assert counts[WEEK_WISHES["came"]].number == 2
    assert counts[WEEK_WISHES["answered"]].number == 1
    assert len(queue.page(viewer, WEEK_WISHES["came"], NOW).rows) == 2


@pytest.fixture
def city() -> City:
    city = make_city()
    case_in(city, "served")
    case_in(city, "handling")
    return city


@pytest.mark.usefixtures("clock")
def test_it_is_told_once_a_week_in_figures_alone(city: City, clock: Clock) -> None:
    add_head(city)
    assert tell_weeks(at=clock.now) > 0
    assert tell_weeks(at=clock.now) == 0
    told = Weekly.objects.get(account=city.accounts["deputy"])
    assert told.monday == monday_of(clock.now) == dt.date(2026, 11, 23)
    assert told.figures == {
        "came": [2, False],
        "answered": [1, False],
        "late": [0, False],
        "week": [1, False],
    }
    page = text_of(signed_in(city, "deputy").get(reverse("desk:notices")))
    assert "七天内收到，还没有办结：2" in page
    assert f'href="{URL}"' in page
    assert tally(page) == "1"
    assert "路灯不亮" not in page
    # Whoever opens the page has read it.
    assert "七天内送达答复，正在等评价" in text_of(signed_in(city, "deputy").get(URL))
    assert tally(text_of(signed_in(city, "deputy").get(reverse("desk:notices")))) == ""
    assert tell_weeks(at=clock.forward(days=7)) > 0


@pytest.mark.usefixtures("clock")
def test_those_alone_are_told_who_head_units_or_see_their_board(city: City, clock: Clock) -> None:
    tell_weeks(at=clock.now)
    told = set(Weekly.objects.values_list("account__login", flat=True))
    assert "deputy" in told
    assert not told & {"clerk", "auditor", "callback", "sysadmin", "secadmin", "audadmin"}
    assert signed_in(city, "clerk").get(URL).status_code == 404


@pytest.mark.usefixtures("clock")
def test_whoever_wants_none_is_told_none(city: City, clock: Clock) -> None:
    deputy = signed_in(city, "deputy", EN)
    assert "You will be told no more each week." in text_of(deputy.post(URL, {"go": "off"}, follow=True))
    tell_weeks(at=clock.now)
    assert Weekly.objects.get(account=city.accounts["deputy"]).monday is None
    assert tally(text_of(deputy.get(reverse("desk:notices")))) == ""
    assert "Tell me each Monday" in text_of(deputy.get(URL))
    deputy.post(URL, {"go": "on"})
    assert tell_weeks(at=clock.now) == 1


@pytest.mark.usefixtures("clock")
def test_the_figures_lead_to_their_lists_and_name_nobody(city: City) -> None:
    page = text_of(signed_in(city, "deputy").get(URL))
    for name in ("came", "answered"):
        address = f"/desk/queue/?whose=all&{name}=1"
        assert address.replace("&", "&amp;") in page
        behind = text_of(signed_in(city, "deputy").get(address))
        assert behind.count('class="row-link"') == {"came": 2, "answered": 1}[name]
    assert not any(f"示例{login}" in page for login in ("insider", "colleague", "clerk"))


def test_a_job_of_once_a_week_says_so() -> None:
    assert often("0 23 * * 0") == "每周"
