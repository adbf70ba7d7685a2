"""Views of the queue that are kept: for oneself or for the unit, as filters that are read again, never as they came."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city
from tests.web.desk_helpers import case_in, signed_in, text_of
from yipanqi.web.desk.actions import MOST_VIEWS
from yipanqi.web.desk.models import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def post(city: City, login: str, go: str = "keep", **more: Any) -> Any:
    return signed_in(city, login).post(reverse("desk:views"), {"go": go, **more}, follow=True)


def queue(city: City, login: str, query: str = "") -> str:
    return text_of(signed_in(city, login).get(reverse("desk:queue") + query))


def test_a_view_is_ones_own_or_the_unit_s_and_nobody_else_s() -> None:
    city = make_city()
    post(city, "clerk", name="急的", query="whose=all&when=late")
    post(city, "clerk", name="全组", query="when=today", **{"for": "unit"})
    own, other, stranger = (queue(city, login) for login in ("clerk", "clerk2", "insider"))
    assert "急的" in own
    assert "whose=all&amp;when=late" in own
    assert "全组（本单位）" in own
    assert ("急的" in other, "全组（本单位）" in other) == (False, True)
    assert "全组" not in stranger
    mine = SavedView.objects.get(name="急的")
    for go in ("rename", "remove"):
        assert post(city, "clerk2", go, view=mine.pk, name="别").status_code == 404
        assert post(city, "insider", go, view=mine.pk, name="别").status_code == 404
    assert SavedView.objects.count() == 2


def test_what_is_kept_is_what_the_filters_say_and_no_more() -> None:
    city = make_city()
    post(
        city, "clerk", name="怪", query="when=late&state=nonsense&after=x&evil=%3Cscript%3E&unit=1&whose=all"
    )
    assert SavedView.objects.get().query == "whose=all&when=late"
    SavedView.objects.update(query="when=%00&state=<script>&holder=x")
    assert "<script>&" not in queue(city, "clerk")


def test_it_is_renamed_replaced_and_removed() -> None:
    city = make_city()
    case_in(city, "forwarded")
    for name in ("甲", "乙"):
        post(city, "clerk", name=name, query="when=late")
    one = SavedView.objects.get(name="甲")
    assert "已经有一份" in text_of(post(city, "clerk", "rename", view=one.pk, name="乙", query=""))
    assert "取个名字" in text_of(post(city, "clerk", "rename", view=one.pk, name="  "))
    post(city, "clerk", "rename", view=one.pk, name=" 丙 " * 30)
    one.refresh_from_db()
    assert one.name.startswith("丙 丙")
    assert len(one.name) <= 40
    post(city, "clerk", name="乙", query="when=today")
    assert SavedView.objects.get(name="乙").query == "whose=waits&when=today"
    page = queue(city, "clerk", "?when=today")
    assert 'aria-current="page">乙' in page
    post(city, "clerk", "remove", view=one.pk)
    assert SavedView.objects.count() == 1


def test_there_is_an_end_to_them() -> None:
    city = make_city()
    for number in range(MOST_VIEWS):
        post(city, "clerk", name=str(number), query="when=late")
    assert "最多保存" in text_of(post(city, "clerk", name="又一份", query="when=late"))
    assert SavedView.objects.count() == MOST_VIEWS
    assert "取个名字" in text_of(post(city, "insider", name=" ", query="when=late"))
