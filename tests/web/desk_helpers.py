"""What the desk's tests share: a fixed clock, signed-in clients, and a case in the small city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.test import Client
from django.urls import reverse

from tests.factories import EPOCH, City, bring_to, file, make_city
from tests.standing import standing
from yipanqi.cases.actions import Filed
from yipanqi.core.models import Matter
from yipanqi.core.veil import told

# A Tuesday in the morning, city time: nothing falls due over a weekend.
NOW = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
ZH, EN = "zh-hans", "en"


def signed_in(city: City, login: str, language: str = ZH) -> Client:
    """A client of this member of staff."""
    client = Client(headers={"accept-language": language})
    client.force_login(city.accounts[login])
    return client


def matter_url(matter: UUID) -> str:
    return reverse("desk:matter", args=[matter])


def post_step(client: Client, matter: UUID, step: str, seen: int | None = None, **answers: Any) -> Any:
    """Post a step as the page's form does: with the number of moves that were there when it was opened."""
    count = told(Matter.objects.get(pk=matter)) if seen is None else seen
    data: Mapping[str, Any] = {"seen": count, **answers}
    return client.post(reverse("desk:step", args=[matter, step]), data)


def text_of(response: Any) -> str:
    return str(response.content.decode())


ONE_DAY = dt.timedelta(days=1)


def case_in(city: City, state: str = "", at: dt.datetime = NOW, **more: Any) -> Filed:
    """A filed case, brought to a state of the usual way (none: as it was filed)."""
    filed = file(city, at=at, **more)
    if state:
        bring_to(city, filed, state, at)
    return filed


@standing
def city_with(state: str = "", founded: dt.datetime = EPOCH, **more: Any) -> tuple[City, Filed]:
    """The small city with such a case in it, for tests that begin there."""
    city = make_city(founded)
    return city, case_in(city, state, **more)


def page_of(city: City, login: str, matter: UUID, language: str = ZH, query: str = "") -> str:
    """The page of a matter, as this member of staff sees it."""
    response = signed_in(city, login, language).get(matter_url(matter) + query)
    assert response.status_code == 200
    return text_of(response)
