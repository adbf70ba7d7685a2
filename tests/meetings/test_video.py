"""The health of the city's video systems: asked of a real socket, and of no host that the operator has not named."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories import City, make_city, take
from tests.meetings.meeting_world import AFTER, STARTS, advance, meeting
from tests.meetings.test_meeting import refused
from tests.ports import free_port
from tests.web.desk_helpers import signed_in
from yipanqi.meetings import video
from yipanqi.meetings.models import Conference, Venue, VideoSystem

pytestmark = pytest.mark.django_db
SOON = STARTS - dt.timedelta(days=1)


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def with_link(city: City, link: str) -> Conference:
    one = meeting(city)
    Venue.objects.create(conference=one, number=2, unit=city.units["lamps"], room="示例分会场", link=link)
    advance(city, one, "convened")
    return one


@pytest.mark.parametrize(
    ("link", "system"),
    [
        ("https://meet.example.org/room", "meet.example.org:443"),
        ("http://10.0.0.8:8080/x", "10.0.0.8:8080"),
        ("h323:8801@10.0.0.8", "10.0.0.8:1720"),
        ("h323:8801@10.0.0.8:1721", "10.0.0.8:1721"),
        ("sip:room@meet.example.org;transport=tls", "meet.example.org:5060"),
        ("sips:room@[2001:db8::1]", "2001:db8::1:5061"),
        ("h323:8801", ""),
        ("https://meet.example.org:99999/", ""),
        ("", ""),
    ],
)
def test_a_link_names_its_system(link: str, system: str) -> None:
    assert video.system_of(link) == system


def test_it_is_said_since_when_a_system_does_not_answer(settings: Any, listening: int) -> None:
    settings.VIDEO_HOSTS = ["127.0.0.1"]
    city = make_city()
    one = with_link(city, f"http://127.0.0.1:{listening}/room")
    assert video.look_after(at=SOON) == 1
    assert VideoSystem.objects.get().answers
    page = signed_in(city, "insider").get(f"/desk/matters/{one.matter_id}/").content.decode()
    assert "视频系统连得上" in page
    dead = free_port()
    one.venues.filter(number=2).update(link=f"http://127.0.0.1:{dead}/room")
    for minutes in (5, 10):
        video.look_after(at=SOON + dt.timedelta(minutes=minutes))
    found = VideoSystem.objects.get(pk=f"127.0.0.1:{dead}")
    assert (found.answers, found.since) == (False, SOON + dt.timedelta(minutes=5))
    page = signed_in(city, "insider").get(f"/desk/matters/{one.matter_id}/").content.decode()
    assert "起连不上" in page


def test_no_host_is_called_that_was_not_named(
    settings: Any, monkeypatch: pytest.MonkeyPatch, listening: int
) -> None:
    called: list[object] = []
    monkeypatch.setattr(socket, "create_connection", lambda *given, **_more: called.append(given))
    with_link(make_city(), f"http://127.0.0.1:{listening}/room")
    for named in ([], ["meet.example.org"], ["127.0.0.1:1720"]):
        settings.VIDEO_HOSTS = named
        assert video.look_after(at=SOON) == 0
    assert called == []


def test_only_the_meetings_ahead_are_looked_after(settings: Any, listening: int) -> None:
    settings.VIDEO_HOSTS = [f"127.0.0.1:{listening}"]
    with_link(make_city(), f"http://127.0.0.1:{listening}/room")
    assert video.look_after(at=STARTS - dt.timedelta(days=8)) == 0
    assert video.look_after(at=AFTER) == 0
    assert video.look_after(at=SOON) == 1


def test_the_recording_is_a_link_and_no_password() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    held = {"held_on": "2026-12-10", "recording": "https://a:b@media.example.org/1"}
    assert "recording" in refused(city, one, "hold", "deputy", at=AFTER, **held).fields
    take(
        matter.pk, "hold", city.actor("deputy"), AFTER, **held | {"recording": "https://media.example.org/1"}
    )
    page = signed_in(city, "insider").get(f"/desk/matters/{one.matter_id}/").content.decode()
    assert 'href="https://media.example.org/1"' in page
