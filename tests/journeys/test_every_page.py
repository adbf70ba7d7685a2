"""Every page there is, in a real browser: no serious accessibility finding, no error of HTML and no scrolling
sideways, in both languages, on a desk and on a phone, the residents' pages in large print too.

The pages are those of the access table, which has a line for every address: a new page is visited without anybody
thinking of it, by the first of those who may see it (a matter's page by each of them, for each sees another one).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, Response, expect

from tests.access.test_access_table import NOBODY, TABLE
from tests.access.world import NOW, World, make_world, path_of, routes
from tests.factories import STAFF, City, make_city
from tests.journeys.helpers import DESKTOP, LANGUAGES, PHONE, WAYS, Seen
from tests.journeys.validator import faults
from tests.pictures.table import NO_PICTURE
from yipanqi.web.portal import promises

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SIZES = pytest.mark.parametrize(("language", "width"), [(code, w) for code in LANGUAGES for w in (DESKTOP, PHONE)])  # fmt: skip
PageFor = Callable[..., Page]


@dataclass(frozen=True)
class Visit:
    """An address and who opens it."""

    path: str
    login: str = NOBODY


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moment that the world was made for, and a bit."""
    monkeypatch.setattr(timezone, "now", lambda: NOW + dt.timedelta(hours=1))


def _distinct(logins: str) -> list[str]:
    """One of each role: whoever comes first."""
    by_role: dict[str, str] = {}
    for login in logins.split():
        by_role.setdefault(STAFF.get(login, (login,))[0] + STAFF.get(login, ("", ""))[1], login)
    return list(by_role.values())


def visits(world: World) -> Iterator[Visit]:
    """Everything that answers a look with a page, by the access table."""
    for name, lines in TABLE.items():
        for line in lines if NO_PICTURE.get(name) != "a file" else ():
            logins = _distinct(line.get.get(200, ""))
            for login in logins if name == "desk:matter" else logins[:1]:
                yield Visit(path_of(world, name, line.matter), login)
    yield from FURTHER


# States that are addresses of their own.
FURTHER = (
    Visit("/nowhere/"),
    Visit("/desk/nowhere/", "clerk"),
    Visit("/gallery/?frame=desk"),
    Visit("/desk/sign-in/?next=/desk/queue/"),
    Visit("/desk/queue/?whose=all", "clerk"),
    Visit("/desk/queue/?whose=all&when=late&state=on_hold", "insider"),
    Visit("/desk/queue/?number=nothing", "insider"),
    *(Visit(f"/desk/?view={view}", "deputy") for view in ("meetings", "meeting", "plan", "joint", "tasks")),
    Visit("/desk/?view=plan&light=red&quarter=2020-q1", "deputy"),
    Visit("/desk/access-log/?login=clerk&since=2026-11-01T00:00&until=2026-12-01T00:00", "audadmin"),
    Visit("/desk/access-log/?login=nobody&since=&until=", "audadmin"),
)


class Walker:
    """One browser that is whoever it has to be, and what was wrong on the way."""

    def __init__(self, page: Page, url: str, seen: Seen) -> None:
        self.page, self.url, self.seen = page, url, seen
        self.wrong: list[str] = []
        self.sent: dict[str, str] = {}
        self._sessions: dict[str, str] = {}

    def become(self, login: str, city: City) -> None:
        self.page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        if login != NOBODY:
            if login not in self._sessions:
                client = Client()
                client.force_login(city.accounts[login])
                self._sessions[login] = client.cookies[settings.SESSION_COOKIE_NAME].value
            cookie: Any = {"name": settings.SESSION_COOKIE_NAME, "value": self._sessions[login]}
            self.page.context.add_cookies([cookie | {"url": self.url}])

    def look(self, told: str, response: Response | None) -> None:
        """Look at the page that is open, unless what came is no page."""
        assert response is not None
        if "text/html" not in response.headers.get("content-type", ""):
            return
        self.sent[told] = response.text()
        try:
            self.seen(self.page)
        except AssertionError as error:
            self.wrong.append(f"{told}: {error}")

    def walk(self, all_: Iterator[Visit], city: City) -> None:
        who = ""
        for visit in all_:
            if visit.login != who:
                self.become(visit.login, city)
                who = visit.login
            self.look(f"{visit.path} ({visit.login})", self.page.goto(visit.path))

    def right(self, *, sent: bool = True) -> None:
        """That nothing was wrong on any page, nor with what was `sent`."""
        assert self.wrong == []
        assert not sent or faults(self.sent) == []


@pytest.fixture
def walker(page_for: PageFor, live_server: Any, seen: Seen) -> Callable[[str, int], Walker]:
    return lambda language, width: Walker(page_for(language, width), live_server.url, seen)


Walking = Callable[[str, int], Walker]


@SIZES
def test_every_page(walker: Walking, language: str, width: int) -> None:
    world, walking = make_world(), walker(language, width)
    walking.walk(visits(world), world.city)
    walking.right(sent=width == DESKTOP)  # to both widths the server sends the same
    assert len(walking.sent) > len(TABLE) / 2


@WAYS
def test_every_page_before_anything_has_happened(walker: Walking, language: str, width: int) -> None:
    """A city that was set up this morning: the pages that need no matter are empty, and say so."""
    city, walking = make_city(NOW), walker(language, width)
    # Those that can be opened without anything to name in their address.
    plain = {
        name: reverse(name)
        for name, pattern in routes()
        if name.startswith("desk:") and not pattern.pattern.converters
    }
    empty = [
        Visit(plain[name], _distinct(line.get[200])[0])
        for name, lines in TABLE.items()
        for line in lines
        if name in plain and line.get.get(200)
    ]
    walking.walk(iter(empty), city)
    walking.right()


@WAYS
def test_every_page_for_residents_in_large_print(walker: Walking, language: str, width: int) -> None:
    world, walking = make_world(), walker(language, width)
    cookie: Any = {"name": "elder", "value": "1", "url": walking.url}
    walking.page.context.add_cookies([cookie])
    walking.walk((visit for visit in visits(world) if visit.login == NOBODY), world.city)
    expect(walking.page.locator("html[data-elder]")).to_be_visible()
    walking.right()


@WAYS
def test_the_pages_of_what_went_wrong(
    walker: Walking, monkeypatch: pytest.MonkeyPatch, language: str, width: int
) -> None:
    """A form whose cookie is gone (403), a request that cannot be read (400), our own fault (500), and too many
    tries (429)."""
    world, walking = make_world(), walker(language, width)
    page = walking.page
    page.goto("/track/")
    page.context.clear_cookies()
    with page.expect_response(lambda answer: answer.status == 403) as refused:
        page.locator("main form button").first.click()
    walking.look("403", refused.value)
    for status, fault in ((400, BadRequest), (500, ZeroDivisionError)):

        def fail(fault: type[Exception] = fault) -> None:
            raise fault("for the test")

        with monkeypatch.context() as patch:
            patch.setattr(promises, "hotline", fail)
            response = page.goto("/")
        assert response is not None
        assert response.status == status
        walking.look(str(status), response)
    for _each in range(12):
        page.goto("/track/")
        page.locator("[name='reference']").fill(world.numbers["own"])
        page.locator("[name='secret']").fill("0000 0000 0000 0000")
        with page.expect_navigation() as tried:
            page.locator("main form button").first.click()
    assert tried.value is not None
    assert tried.value.status == 429
    walking.look("429", tried.value)
    walking.right()
