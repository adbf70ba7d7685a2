"""Public figures: what they say of what was counted, and what they keep to themselves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.factories import City, make_city
from tests.web.conftest import Clock
from tests.web.portal_helpers import text_of, visitor
from yipanqi.insight.actions import advance
from yipanqi.insight.models import Tally
from yipanqi.insight.public import release
from yipanqi.organisations.models import Area, Category, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]

URL = "/figures/"


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


def tallied(category: str, area: Area, unit: Unit, **counts: int) -> None:
    Tally.objects.create(category_id=category, area=area, unit=unit, **counts)


def test_before_anything_was_counted_the_page_says_so(city: City) -> None:
    assert "还没有可以公布的数字" in text_of(visitor().get(URL))


def test_sums_of_all_places_and_shares_with_what_they_are_of(city: City) -> None:
    advance(at=timezone.now())
    units = list(Unit.objects.order_by("code")[:2])
    for unit in units:
        tallied("lamps", city.area, unit, open=3, closed=10, timed=10, in_time=9, judged=4, solved=3)
    release(at=timezone.now())
    page = text_of(visitor().get(URL))
    assert "按期：90%（18/20）" in page
    assert "本人说解决了：75%（6/8）" in page


def test_a_share_of_fewer_than_five_is_not_told(city: City) -> None:
    advance(at=timezone.now())
    tallied(
        "lamps", city.area, Unit.objects.order_by("code")[0], closed=4, timed=4, in_time=3, judged=4, solved=0
    )
    release(at=timezone.now())
    page = text_of(visitor().get(URL))
    assert "（3/4）" not in page
    assert "（0/4）" not in page
    assert "按期：—" in page


def test_a_kind_of_thing_counts_with_the_one_above(city: City) -> None:
    advance(at=timezone.now())
    lamps = Category.objects.get(pk="lamps")
    Category.objects.create(
        code="lamps-high",
        name_zh="高杆灯",
        name_en="High lamps",
        parent=lamps,
        valid_from=dt.date(2020, 1, 1),
    )
    unit = Unit.objects.order_by("code")[0]
    tallied("lamps", city.area, unit, open=2)
    tallied("lamps-high", city.area, unit, open=5)
    release(at=timezone.now())
    page = text_of(visitor().get(URL))
    assert str(lamps.parent) in page
    assert str(lamps) not in page
    assert "高杆灯" not in page
