"""Whether the city's own video systems answer. The platform opens a connection to a host that the operator has named
(YIPANQI_VIDEO_HOSTS) and sends nothing; no other address is ever called, whatever stands in a link."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from yipanqi.meetings.models import Venue, VideoSystem

PORTS = {"http": 80, "https": 443, "h323": 1720, "sip": 5060, "sips": 5061}
PATIENCE = 3.0  # seconds


def system_of(link: str) -> str:
    """Host and port that a link leads to, as `host:port`; empty where it names none, as an H.323 alias does.

    >>> system_of("https://meet.example.org/room"), system_of("h323:8801@10.0.0.8")
    ('meet.example.org:443', '10.0.0.8:1720')
    """
    parts = urlsplit(link)
    place = parts.netloc or parts.path.partition("@")[2] or ""
    try:
        found = urlsplit(f"//{place.partition(';')[0]}")
        host, port = found.hostname, found.port
    except ValueError:
        return ""
    if not host or parts.scheme not in PORTS:
        return ""
    return f"{host}:{port or PORTS[parts.scheme]}"


def watched(systems: Iterable[str]) -> set[str]:
    """Those of them that the operator has named, by host or by host and port."""
    return {each for each in systems if {each, each.rpartition(":")[0]} & set(settings.VIDEO_HOSTS)}


def answers(system: str) -> bool:
    """Whether something takes the connection."""
    host, _colon, port = system.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), timeout=PATIENCE):
            return True
    except OSError:
        return False


def look_after(*, at: dt.datetime, ahead: dt.timedelta = dt.timedelta(days=7)) -> int:
    """Ask each system of the meetings of the days ahead whether it answers. Returns how many were asked."""
    links = Venue.objects.filter(
        conference__matter__state="convened",
        conference__ends_at__gte=at,
        conference__starts_at__lte=at + ahead,
    ).exclude(link="")
    systems = watched(system_of(link) for link in links.values_list("link", flat=True).distinct())
    for system in sorted(systems):
        _note(system, answers=answers(system), at=at)
    return len(systems)


@transaction.atomic
def _note(system: str, *, answers: bool, at: dt.datetime) -> None:
    had = VideoSystem.objects.select_for_update().filter(pk=system).first()
    since = had.since if had is not None and had.answers == answers else at
    VideoSystem.objects.update_or_create(pk=system, defaults={"answers": answers, "since": since, "at": at})


def health_of(links: Iterable[str]) -> dict[str, VideoSystem]:
    """What was found of these links, by link; of one that nobody asks, or has asked yet, nothing."""
    systems = {link: system_of(link) for link in links if link}
    found = VideoSystem.objects.in_bulk(watched(systems.values()))
    return {link: found[system] for link, system in systems.items() if system in found}
