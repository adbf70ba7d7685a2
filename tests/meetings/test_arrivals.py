"""Who has come: rosters by venue, kept by the venue's keeper alone."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import City, make_city, take
from tests.meetings.meeting_world import advance, meeting
from tests.meetings.world import MONDAY
from tests.web.desk_helpers import page_of, signed_in
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.meetings.arrivals import note_arrival, rosters, venue_of
from yipanqi.meetings.models import Conference, Venue
from yipanqi.organisations.models import Unit

pytestmark = pytest.mark.django_db
LATER = MONDAY + dt.timedelta(minutes=5)


def convened(city: City) -> Conference:
    """With a branch venue at the lamps."""
    one = meeting(city)
    Venue.objects.create(conference=one, number=2, unit=city.units["lamps"], room="二楼")
    advance(city, one, "convened")
    return one


def note(city: City, one: Conference, number: int, login: str, **more: Any) -> None:
    told: dict[str, Any] = {"here": True, "at": MONDAY} | more
    note_arrival(conference=one, number=number, by=city.actor(login), **told)


def test_posts_come_to_the_nearest_branch_venue_and_else_to_the_main_one() -> None:
    city = make_city()
    one = convened(city)
    found = {each.venue.number: [post.number for post in each.posts] for each in rosters(one)}
    assert found == {1: [3], 2: [1, 2]}
    venues = [Venue(unit=Unit(path=p), number=n, main=n == 0) for n, p in enumerate(("/9/", "/1/", "/1/2/"))]
    for path, number in (("/1/2/3/", 2), ("/1/5/", 1), ("/7/", 0)):
        at = venue_of(Unit(path=path), venues)
        assert at is not None
        assert at.number == number


def test_whoever_asked_for_leave_is_on_no_roster() -> None:
    city = make_city()
    one = convened(city)
    assert one.matter_id is not None
    take(
        one.matter_id,
        "reply",
        city.actor("insider"),
        MONDAY,
        invitation="1",
        reply="leave",
        reason="出差",
        leader="某岗",
    )
    assert [[post.number for post in each.posts] for each in rosters(one)] == [[3], [2]]


def test_the_keeper_of_a_venue_notes_who_came_and_takes_it_back() -> None:
    city = make_city()
    one = convened(city)
    note(city, one, 1, "insider")
    note(city, one, 1, "insider", at=LATER)
    assert one.invitations.get(number=1).arrived_at == MONDAY, "what was noted first stays"
    note(city, one, 1, "deputy", here=False)
    assert one.invitations.get(number=1).arrived_at is None


@pytest.mark.parametrize(
    ("number", "login"), [(3, "insider"), (1, "colleague"), (1, "stranger"), (9, "deputy")]
)
def test_nobody_keeps_the_roster_of_another_venue(number: int, login: str) -> None:
    city = make_city()
    one = convened(city)
    with pytest.raises(NotAllowed):
        note(city, one, number, login)


def test_before_it_is_convened_nobody_arrives() -> None:
    city = make_city()
    with pytest.raises(Refused):
        note(city, meeting(city), 1, "deputy")


def test_the_roster_is_ticked_on_its_page_without_a_script() -> None:
    city = make_city()
    one = convened(city)
    client, page = signed_in(city, "insider"), reverse("desk:roster", args=[one.pk])
    shown = client.get(page).content.decode()
    assert shown.count(">到了<") == 2
    assert "示例道路处" not in shown
    answer = client.post(f"{page}?venue=2", {"number": "1", "go": "here"})
    assert answer.headers["Location"] == f"{page}?venue=2#post-1"
    assert client.get(page).content.decode().count(">到了<") == 1
    assert client.post(page, {"number": "x"}).status_code == 302
    assert client.post(page, {"number": "3"}).status_code == 404
    for login, status in (("deputy", 200), ("colleague", 404), ("stranger", 404), ("clerk", 404)):
        assert signed_in(city, login).get(page).status_code == status


def test_who_came_is_seen_by_unit_by_the_convener_and_of_its_own_by_each() -> None:
    city = make_city()
    one = convened(city)
    assert one.matter_id is not None
    assert "已到" not in page_of(city, "deputy", one.matter_id)
    note(city, one, 1, "insider")
    assert page_of(city, "deputy", one.matter_id).count("已到") == 1
    assert page_of(city, "insider", one.matter_id).count("已到") == 1
    assert "已到" not in page_of(city, "colleague", one.matter_id)
