"""Whoever asks for what is shut to them by its address gets what anybody gets for an address that leads nowhere, and it is
noticed (信访工作条例 18, 46 (6)): written down the same way for both, and seen by an auditor of no side."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cases.accusation_world import accuse, add_organ
from tests.factories import City, make_city
from tests.web.conftest import Clock, clock
from tests.web.desk_helpers import NOW, signed_in, text_of
from yipanqi.core.access_log import REFUSED
from yipanqi.core.models import AccessLog, Matter, new_id
from yipanqi.organisations import barring

__all__ = ["clock"]
pytestmark = pytest.mark.django_db
DAY = {"since": "2026-11-24T00:00", "until": "2026-11-25T00:00"}
SAVEPOINT = re.compile(r'"s\d+_x\d+"')


@pytest.fixture
def city(clock: Clock) -> City:
    return add_organ(make_city())


def addresses(matter: UUID) -> list[tuple[str, str]]:
    """Every address of the desk that a matter's id leads to, and how it is asked."""
    return [
        ("get", reverse("desk:matter", args=[matter])),
        ("get", reverse("desk:document", args=[matter, 1])),
        ("get", reverse("desk:document_page", args=[matter, 1])),
        ("get", reverse("desk:step", args=[matter, "accept"])),
        ("post", reverse("desk:step", args=[matter, "accept"])),
        ("post", reverse("desk:presence", args=[matter])),
        ("post", reverse("desk:typed", args=[matter, "accept"])),
        ("post", reverse("desk:accuse", args=[matter])),
        ("get", reverse("desk:file", args=[matter])),
    ]


def asked_for(client: Client, matter: UUID) -> list[tuple[int, str, list[str]]]:
    """Status, body and statements of each answer, without what names the address."""
    found = []
    for method, path in addresses(matter):
        with CaptureQueriesContext(connection) as said:
            answer = getattr(client, method)(path)
        body = text_of(answer).replace(str(matter), "…")
        found.append(
            (answer.status_code, body, [SAVEPOINT.sub("…", one["sql"].split(" WHERE ")[0]) for one in said])
        )
    return found


def without_values(found: list[tuple[int, str, list[str]]]) -> list[tuple[int, str, list[str]]]:
    return [
        (status, body, [re.sub(r"'[^']*'|\b[0-9a-f]{32}\b", "?", sql) for sql in statements])
        for status, body, statements in found
    ]


def audit(city: City, auditor: str, **more: str) -> str:
    return text_of(signed_in(city, auditor).get(reverse("desk:access_log"), DAY | {"page": REFUSED} | more))


def test_an_attempt_of_the_accuseds_side_is_written_down_and_answered_like_nothing(city: City) -> None:
    sealed, nothing = accuse(city, at=NOW, state="forwarded").case.pk, new_id()
    client = signed_in(city, "accused")
    client.get(reverse("desk:queue"))
    assert without_values(asked_for(client, sealed)) == without_values(asked_for(client, nothing))
    rows = AccessLog.objects.filter(page=REFUSED, account=city.accounts["accused"].pk)
    written = [list(rows.filter(matter=pk).values_list("fields", flat=True)) for pk in (sealed, nothing)]
    assert written[0] == written[1] == [""] * (len(addresses(sealed)) - 1)
    assert set(rows.filter(matter=None).values_list("fields", flat=True)) == {
        f"file:{pk}" for pk in (sealed, nothing)
    }


def test_an_auditor_of_no_side_sees_who_tried_without_knowing_whom_to_look_for(city: City) -> None:
    filed = accuse(city, at=NOW, state="forwarded")
    for pk in (filed.case.pk, new_id()):
        signed_in(city, "accused").get(reverse("desk:matter", args=[pk]))
    everybody = audit(city, "audadmin")
    assert everybody.count(filed.reference) == 1
    assert ">accused<" in everybody
    assert filed.reference in audit(city, "audadmin", login="accused")
    table = signed_in(city, "audadmin").get(
        reverse("desk:looks_out", args=["csv"]), DAY | {"page": REFUSED, "login": ""}
    )
    assert f"{filed.reference}" in text_of(table)
    assert ",accused" in text_of(table)
    # Of anything else it is said whose looks are wanted.
    assert "没有这个账号" in audit(city, "audadmin", page="matter")


def test_an_auditor_of_the_accuseds_side_learns_nothing_from_their_own_attempts(city: City) -> None:
    filed = accuse(city, at=NOW, state="forwarded")
    barring.bar(matter=Matter.objects.get(pk=filed.case.pk), units=[city.units["city"]], accounts=[], at=NOW)
    client, pages = signed_in(city, "audadmin"), []
    for pk in (filed.case.pk, new_id()):
        assert client.get(reverse("desk:matter", args=[pk])).status_code == 404
        shown = audit(city, "audadmin", login="audadmin")
        pages.append(shown.split("<main")[1].split("</main>")[0])
    assert pages[0] == pages[1]
    assert "共 0 条" in pages[0]
