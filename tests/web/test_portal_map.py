"""A place by pin: filed with the words, carried by drafts, shown to be checked; and the made-up map of the demonstration."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.maps import site_map
from tests.factories import City, make_city
from tests.web.portal_helpers import ANSWERS, Filing, codes, text_of, visitor
from tests.web.test_portal_drafts import resumed, saved
from yipanqi.cases.actions import Words, check_words
from yipanqi.cases.models import Submission
from yipanqi.core import sealing
from yipanqi.core.errors import Refused
from yipanqi.organisations.models import Area
from yipanqi.organisations.queries import nearest_area
from yipanqi.text.geo import Point
from yipanqi.web.plan import drawn
from yipanqi.web.tiles import SIDE, pixel

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]
POINT = "geo:36.65123,117.00456;crs=wgs84"
CITY_MAP = {
    "YIPANQI_MAP_TILES": "https://t0.map.example/vec/{z}/{x}/{y} https://t0.map.example/cva/{z}/{x}/{y}",
    "YIPANQI_MAP_CREDIT": "示例地图 审图号：GS(0000)0000号",
}


@pytest.fixture
def filing() -> Filing:
    make_city()
    return Filing(visitor())


def to_where(filing: Filing) -> Filing:
    filing.press(**ANSWERS["what"])
    assert filing.page == "where"
    return filing


def on_to_check(filing: Filing) -> Filing:
    for page in ("where", "files", "known", "contact"):
        filing.press(**(ANSWERS[page] if page != "where" else {}))
    assert filing.page == "check"
    return filing


def test_a_point_is_sealed_with_the_words_and_stands_in_no_column(filing: Filing) -> None:
    to_where(filing).form["point"]
    filing.press(point=POINT)
    filing.press("where")
    page = text_of(filing.response)
    assert "36.65123, 117.00456（纬度、经度，WGS84），离“示例街道”中心最近" in page
    check = text_of(on_to_check(filing).response)
    assert "图上的点" in check
    assert '<image href="/map/15/' in check
    reference, _secret = codes(filing.press("submit"))
    submission = Submission.objects.get(reference=reference)
    assert sealing.open_seal(submission.seal_id)["point"] == POINT
    assert "117.00456" not in str(submission.__dict__) + str(submission.cases.get().__dict__)


def test_a_draft_carries_it(filing: Filing) -> None:
    to_where(filing).press(point=POINT)
    other = resumed(saved(filing))
    other.press("where")
    assert other.form["point"] == POINT
    other.response = other.client.post(other.url, other.form | {"unpoint": "1", "go": "where"})
    assert other.form["point"] == ""
    assert "<strong>图上的点" not in text_of(other.response)


def test_what_is_no_point_is_refused_and_nothing_typed_is_lost(filing: Filing) -> None:
    answer = to_where(filing).press(point="here", place="Sample Road")
    assert answer.status_code == 422
    assert "地图上的点读不出来" in text_of(answer)
    assert filing.form["place"] == "Sample Road"
    with pytest.raises(Refused) as refusal:
        check_words(Words("t", "x", point="here"), "anonymous", "order", history=False)
    assert list(refusal.value.fields) == ["point"]


def test_without_tiles_there_is_no_map_and_no_button(filing: Filing, settings: object) -> None:
    settings.MAP = None  # type: ignore[attr-defined]
    page = text_of(to_where(filing).response)
    assert 'id="pin"' not in page
    assert "图上的点" not in text_of(on_to_check(filing).response)
    assert visitor().get("/map/12/12/12.svg").status_code == 404
    # One that was shown while there was a map is not lost.
    filing.press("where", point=POINT)
    assert filing.form["point"] == POINT
    assert "36.65123, 117.00456" in text_of(filing.response)
    assert "pin-offer" not in text_of(filing.response)


def test_the_map_is_fetched_by_nobody_who_did_not_ask(filing: Filing) -> None:
    page = text_of(to_where(filing).response)
    head = page.split("</head>")[0]
    assert "leaflet" not in head
    assert "pin.js" not in head
    assert "<script" not in page.split("</head>")[1]
    assert 'id="pin-offer" class="needs-script stack"' in page
    # Its own address alone: no other is asked, and nobody is told.
    assert "https://" not in page.split('id="pin"')[1].split("</form>")[0]


def test_a_city_names_its_map_and_whose_it_is() -> None:
    found = site_map(CITY_MAP, demo=True)
    assert found is not None
    assert not found.own
    assert len(found.tiles) == 2
    assert found.origins == ["https://t0.map.example"]
    assert site_map({}, demo=False) is None
    for wrong in (
        {"YIPANQI_MAP_CREDIT": ""},
        {"YIPANQI_MAP_TILES": "http://map.example/{z}/{x}/{y}"},
        {"YIPANQI_MAP_TILES": "https://t{s}.map.example/{z}/{x}/{y}"},
        {"YIPANQI_MAP_TILES": "https://map.example/{z}/{x}"},
        {"YIPANQI_MAP_CENTRE": "here"},
    ):
        with pytest.raises(ImproperlyConfigured):
            site_map(CITY_MAP | wrong, demo=True)


def test_a_city_with_a_map_of_its_own_serves_no_made_up_one(filing: Filing, settings: object) -> None:
    settings.MAP = site_map(CITY_MAP, demo=True)  # type: ignore[attr-defined]
    page = text_of(to_where(filing).response)
    assert "审图号：GS(0000)0000号" in page
    assert "会知道您在看哪一带" in page
    assert visitor().get("/map/12/12/12.svg").status_code == 404


@pytest.mark.parametrize("zoom", range(10, 19))
def test_the_made_up_map_is_the_same_for_everybody_and_says_what_it_is(zoom: int) -> None:
    make_city()
    # The square around the middle of the one street.
    x, y = (int(at // SIDE) for at in pixel(Point(36.65, 117.0), zoom))
    first, second = (visitor(language).get(f"/map/{zoom}/{x}/{y}.svg") for language in ("zh-hans", "en"))
    assert first.headers["Content-Type"] == "image/svg+xml"
    assert first.content == second.content
    ET.fromstring(first.content)
    assert "示例底图" in text_of(first)
    assert not any(word in text_of(first) for word in ("<script", "style=", "http://127"))
    assert ("示例街道" in drawn(zoom, x, y)) == (zoom >= 13)


def test_what_is_no_square_is_not_drawn() -> None:
    for address in ("9/1/1", "19/1/1", "12/4096/1", "12/1/4096"):
        assert visitor().get(f"/map/{address}.svg").status_code == 404


def test_the_policy_lets_pictures_in_from_ourselves_alone() -> None:
    policy = visitor().get("/").headers["Content-Security-Policy"]
    sources = dict(each.split(maxsplit=1) for each in policy.split("; "))
    assert set(sources["img-src"].split()) == {"'self'", "data:"}


def test_areas_without_a_middle_are_suggested_to_nobody(city: City) -> None:
    near, far = Point(36.66, 117.01), Point(38.0, 117.0)
    found = nearest_area(near)
    assert found is not None
    assert found.pk == "370199001"
    assert nearest_area(far) is None
    Area.objects.update(latitude=None, longitude=None)
    assert nearest_area(near) is None


@pytest.fixture
def city() -> City:
    return make_city()
