"""Searches that are kept: as views of the queue are, with their words sealed and in no address."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.factories import City, make_city
from tests.web.desk_helpers import NOW, signed_in, text_of
from tests.web.test_desk_search import cleared, search
from yipanqi.web.desk.models import SavedView

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/desk/search/"


def keep(client: Client, words: str, name: str = "北门", extra: str = "", **more: Any) -> Any:
    """Search, and keep what the page shows."""
    query = search(client, words).wsgi_request.get_full_path().partition("?")[2] + extra
    return client.post(
        reverse("desk:views"), {"go": "keep", "query": query, "name": name, **more}, follow=True
    )


def city_with_lamp() -> City:
    city = make_city(NOW)
    cleared(city, "北门路灯不亮", "三号杆坏了一周。")
    return city


def test_it_opens_with_its_words_and_its_filters_and_no_address_says_them() -> None:
    client = signed_in(city_with_lamp(), "clerk")
    page = text_of(keep(client, "三号杆", extra="&state=forwarded&evil=1&after=x"))
    assert "已保存" in page
    view = SavedView.objects.get()
    assert view.query == "state=forwarded"
    assert "三号杆".encode() not in bytes(view.sealed or b"")
    assert 'aria-current="page">北门' in page
    opened = client.get(f"{URL}?view={view.pk}", follow=True)
    assert "搜索的是“三号杆”。" in text_of(opened)
    assert "北门路灯不亮" in text_of(opened)
    assert "state=forwarded" in opened.redirect_chain[-1][0]
    assert "三号杆" not in str(opened.redirect_chain)
    assert "三号杆" not in str([session.get_decoded() for session in Session.objects.all()])


def test_it_is_ones_own_or_the_unit_s_and_shows_nobody_more_than_they_find() -> None:
    city = city_with_lamp()
    clerk = signed_in(city, "clerk")
    keep(clerk, "三号杆", "我的")
    keep(clerk, "路灯", "大家的", **{"for": "unit"})
    mine, ours = SavedView.objects.get(name="我的"), SavedView.objects.get(name="大家的")
    other, stranger = signed_in(city, "clerk2"), signed_in(city, "stranger")
    assert "大家的（本单位）" in text_of(other.get(URL))
    assert "搜索的是“路灯”。" in text_of(other.get(f"{URL}?view={ours.pk}", follow=True))
    assert other.get(f"{URL}?view={mine.pk}").status_code == 404
    for view in (mine, ours):
        assert stranger.get(f"{URL}?view={view.pk}").status_code == 404
    # Moved to somebody else, the words do not open.
    SavedView.objects.filter(pk=mine.pk).update(account=city.accounts["stranger"])
    assert "已经不在了" in text_of(stranger.get(f"{URL}?view={mine.pk}"))


@pytest.mark.parametrize("words", ["13800138000", "找 jia@example.com"])
def test_a_search_for_somebody_s_number_is_not_kept(words: str) -> None:
    client = signed_in(city_with_lamp(), "clerk")
    assert "像是有人的号码" in text_of(keep(client, words))
    assert SavedView.objects.count() == 0


def test_the_queue_shows_its_own_and_a_search_its_own() -> None:
    client = signed_in(city_with_lamp(), "clerk")
    keep(client, "三号杆", "找灯")
    client.post(reverse("desk:views"), {"go": "keep", "query": "when=late", "name": "急的"})
    queue, found = text_of(client.get(reverse("desk:queue"))), text_of(client.get(URL))
    assert ("急的" in queue, "找灯" in queue) == (True, False)
    assert ("急的" in found, "找灯" in found) == (False, True)
    assert "已经有一份叫“急的”的清单" in text_of(keep(client, "路灯", "急的"))
    assert SavedView.objects.get(name="急的").sealed is None


def test_it_is_renamed_replaced_and_removed() -> None:
    client = signed_in(city_with_lamp(), "clerk")
    keep(client, "三号杆")
    keep(client, "路灯")
    view = SavedView.objects.get()
    assert "搜索的是“路灯”。" in text_of(client.get(f"{URL}?view={view.pk}", follow=True))
    query = search(client, "路灯").wsgi_request.get_full_path().partition("?")[2]
    for go, name in (("rename", "南门"), ("remove", "")):
        answer = client.post(
            reverse("desk:views"), {"go": go, "query": query, "view": view.pk, "name": name}, follow=True
        )
        assert "搜索的是“路灯”。" in text_of(answer)
        assert SavedView.objects.filter(name="南门").exists() is (go == "rename")


def test_whose_words_are_gone_keeps_nothing() -> None:
    client = signed_in(city_with_lamp(), "clerk")
    answer = client.post(reverse("desk:views"), {"go": "keep", "query": "s=gone", "name": "空"})
    assert answer.status_code == 404
    assert SavedView.objects.count() == 0
