"""Non-interference (issue 6, proof 2): two worlds, equal but for one accusation and its accused, look the same to the
accused's side.

Both are the same rows: one is looked at as it is, the other with an accusation laid into it, and each is rolled back
after. So ids, references and secrets are the same without being seeded; the clock stands still. Everybody of the
accused's side walks through the lists, every address of a matter with the accusation's id or number in it (in both worlds),
what these lead to, exports among it, and searches for what it says: status, headers and body, and every SQL statement with
how many rows it gave, must be the same.

What differs by nature and is taken out: tokens against forgery, nonces, session cookies, and ids of what the walk itself
makes. What is published of the log as a whole (its checkpoints, to which every move of everything adds one) is left out
by name.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.access.crawl import Crawler, seeds
from tests.access.sentinels import Plantation, Reader, plant
from tests.access.world import NOW
from tests.cases.accusation_world import PEOPLE, WORDS, add_organ
from tests.factories import City, bring_to, file, make_city, take
from yipanqi.cases.actions import Filed
from yipanqi.core import calendar, ledger, prepared
from yipanqi.core.models import Matter, Move, new_id
from yipanqi.insight import actions as figures, queue
from yipanqi.insight.search import _known
from yipanqi.notices.actions import tell

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

SIDE = ("accused", "accusedhead", "accusedbelow")
# Of the whole log, and of no matter: how many moves there are in the city.
OF_THE_LOG = re.compile(r"/checkpoints|/ledger|/desk/background|/status|/health")
_SAVEPOINT = re.compile(r'"s\d+_x\d+"')
NOT_SAID = (
    re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"'),
    re.compile(r"nonce-[\w+/=-]+|nonce=\"[^\"]*\""),
    re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"),  # drawn for one form
    re.compile(r"(?:csrftoken|sessionid|\w*session\w*)=[^;]*"),
    re.compile(r"expires=[^;]*"),
)


# --- what somebody gets --------------------------------------------------------------------------------------------


def plain(data: bytes) -> str:
    """A body as it can be compared: what an office file has packed, without the hour at which it was packed."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = [name for name in sorted(packed.namelist()) if not name.startswith("docProps/")]
            return "\n".join(f"{name}\n{plain(packed.read(name))}" for name in names)
    text = data.decode("utf-8", "replace")
    if data.startswith(b"%PDF"):
        text = re.sub(r"/(?:CreationDate|ModDate|ID)[^\n]*|<xmp[^>]*>[^<]*|uuid:[\w-]+", "", text)
    for pattern in NOT_SAID:
        text = pattern.sub("…", text)
    return text


@dataclass
class Answer:
    """All that came back from one request, and all that was asked of the database for it."""

    status: int
    head: str
    body: str
    statements: list[tuple[str, int]]


@dataclass
class Recorder:
    """Listens to one client: each answer, with the statements and the rows that each gave."""

    client: Client
    answers: dict[str, Answer] = field(default_factory=dict)
    statements: list[tuple[str, int]] = field(default_factory=list)

    def _statement(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        done = execute(sql, params, many, context)
        self.statements.append((_SAVEPOINT.sub("…", sql), context["cursor"].rowcount))
        return done

    def request(self, method: str, path: str, *args: Any, **more: Any) -> Any:
        self.statements = []
        with connection.execute_wrapper(self._statement):
            response: Any = getattr(self.client, method)(path, *args, **more)
            if response.streaming:
                response.streaming_content = [b"".join(response.streaming_content)]
                data = next(iter(response.streaming_content))
                response.streaming_content = [data]
            else:
                data = response.content
        head = "\n".join(sorted(f"{k}: {v}" for k, v in response.items() if k != "Content-Length"))
        self.answers[f"{method} {path} {args}"] = Answer(
            response.status_code, plain(head.encode()), plain(data), self.statements
        )
        return response

    def get(self, path: str, *args: Any, **more: Any) -> Any:
        return self.request("get", path, *args, **more)

    def post(self, path: str, *args: Any, **more: Any) -> Any:
        return self.request("post", path, *args, **more)


# --- the two worlds ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Accused:
    """One generated accusation: how far it has come, who is accused, and how whoever filed it is known."""

    state: str
    said: dict[str, Any]
    anonymity: str


def generated(seed: int) -> Accused:
    """An accusation whose accused has the market's unit on its side."""
    draw = Random(seed)
    sides: list[dict[str, Any]] = [
        {"accused": ["market"]},
        {"accused": [], "leaders": "accused"},
        {"accused": [], "leaders": "示例accusedhead"},
        {"accused": ["market", "lamps"], "leaders": "accused、accusedhead"},
    ]
    said = draw.choice(sides)
    states = ("forwarded", "handling", "asked", "opened", "closed")
    return Accused(draw.choice(states), said, draw.choice(("named", "hidden", "anonymous")))


def worker() -> None:
    """What runs beside the pages: numbers, notices, figures."""
    ledger.sequence()
    tell(moves=Move.objects.values_list("pk", flat=True), at=NOW)
    figures.advance(at=NOW)


def lay_in(city: City, accused: Accused, matter: Any) -> Filed:
    """The accusation, as its submitter, intake and the competent organ bring it there."""
    filed = file(city, at=NOW, kind="accusation", words=WORDS, anonymity=accused.anonymity, matter_id=matter)
    ways: list[tuple[str, str, str, dict[str, Any]]] = [
        ("forwarded", "route", "window", {"unit": "discipline"} | accused.said),
        ("handling", "accept", "inspector", {}),
        ("asked", "ask_opening", "inspector", {"purpose": "verify"}),
        ("", "agree_opening", "warden", {}),
        ("opened", "open_seal", "inspector", {"purpose": "verify"}),
        ("closed", "conclude", "inspector", {"outcome": "in_hands"}),
    ]
    for reached, step, login, answers in ways:
        take(filed.case.pk, step, city.actor(login), NOW, **answers)
        if reached == accused.state:
            break
    worker()
    return filed


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is rolled back, and no statement or figure of it is held."""
    _forget()
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    _forget()


def _forget() -> None:
    """What a process holds for a while: both walks begin without, and hold it to their end (see `world`)."""
    prepared._held.clear()
    queue._many.clear()
    _known.cache_clear()
    calendar._shown = None


def with_business(city: City) -> None:
    """What the accused's side works on: an order and a claim that it handles."""
    clerk, own = city.actor("clerk"), city.actor("accused")
    for kind in ("order", "claim"):
        filed = file(city, at=NOW, kind=kind)
        words = {"title": "示例收费", "text": "示例市场收费", "category": "lamps", "area": city.area.pk}
        take(filed.case.pk, "clear", clerk, NOW, **words)
        take(filed.case.pk, "route", clerk, NOW, unit="market", co_units=["stall"])
        take(filed.case.pk, "accept", own, NOW, **({"notice": "已受理。"} if kind == "claim" else {}))
    other = file(city, at=NOW)
    bring_to(city, other, "served", NOW)


_drawn = [0]


def _name(_size: int) -> str:
    """The name of a kept search, which is drawn: the same in both walks."""
    _drawn[0] += 1
    return f"kept{_drawn[0]}"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Plantation:
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    monkeypatch.setattr("yipanqi.cases.queries.TRIES", (("all", 10**6),))
    for held_for in ("core.calendar.SHOWN", "insight.queue.LOOKED_AT", "insight.search.LASTS"):
        monkeypatch.setattr(f"yipanqi.{held_for}", 10**9)
    monkeypatch.setattr("yipanqi.web.desk.search.secrets.token_urlsafe", _name)
    planted = plant(make_city(NOW))
    add_organ(planted.city)
    with_business(planted.city)
    worker()
    return planted


def lists() -> list[str]:
    """The pages of lists, figures, notices and exports with filters that nobody links to."""
    queue_ = reverse("desk:queue")
    filters = ("whose=all", "whose=all&kind=accusation", "whose=all&state=forwarded", "whose=all&pending=1")
    return [*(f"{queue_}?{each}" for each in filters), reverse("desk:search"), "/desk/"]


def search(recorder: Recorder, filed: str) -> None:
    """The words and the number of the accusation, as somebody would look for it."""
    for words in ("示例收费", "收费不入账", filed, filed[:4], "检举", "示例市场"):
        answer = recorder.post(reverse("desk:search"), {"words": words})
        if answer.status_code == 302:
            recorder.get(re.sub(r"^https?://[^/]+", "", answer.headers["Location"]))


def walk(world: Plantation, login: str, extra: list[str], number: str) -> dict[str, Answer]:
    """Everything that somebody gets: the lists, the addresses of the accusation, what these lead to, and searches."""
    _drawn[0] = 0
    client = Client(raise_request_exception=False)
    client.force_login(world.city.accounts[login])
    recorder = Recorder(client)
    crawler = Crawler(recorder, Reader([]))  # type: ignore[arg-type]
    crawler.crawl([path for path in (*lists(), *extra) if not OF_THE_LOG.search(path)])
    search(recorder, number)
    return recorder.answers


def of_the_accusation(world: Plantation, matter: Any, number: str) -> list[str]:
    """The addresses of the accusation itself: of each address with a matter or a number in it, one with its own."""
    known, reference = str(world.matters[0]), world.planted[1].filed.reference
    found = []
    for path in seeds(world, "config.urls_both"):
        if known in path or reference in path:
            found.append(path.replace(known, str(matter)).replace(reference, number))
    return found


def differences(one: dict[str, Answer], other: dict[str, Answer]) -> list[str]:
    """Where two walks are not the same, in words."""
    found = [
        f"only in one: {path}" for path in sorted(one.keys() ^ other.keys()) if not OF_THE_LOG.search(path)
    ]
    for path in sorted(one.keys() & other.keys()):
        a, b = one[path], other[path]
        if OF_THE_LOG.search(path):
            continue
        if a.status != b.status:
            found.append(f"{path}: {a.status} and {b.status}")
        for name in ("head", "body"):
            if getattr(a, name) != getattr(b, name):
                found.append(f"{path}: another {name}{_where(getattr(a, name), getattr(b, name))}")
        if a.statements != b.statements:
            odd = [(x, y) for x, y in zip(a.statements, b.statements, strict=False) if x != y][:1]
            found.append(f"{path}: {len(a.statements)} and {len(b.statements)} statements {odd}")
    return found


def _where(one: str, other: str) -> str:
    at = next(
        (n for n, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other))
    )
    return f" at {at}: …{one[max(at - 80, 0) : at + 80]!r} and …{other[max(at - 80, 0) : at + 80]!r}"


def compared(world: Plantation, accused: Accused, people: tuple[str, ...] = SIDE) -> str:
    """The differences that the accused's side could see between the two worlds."""
    matter, found, number = new_id(), [], ""
    for login in people:
        with undone():
            filed = lay_in(world.city, accused, matter)
            number = filed.reference
            extra = of_the_accusation(world, matter, number)
            there = walk(world, login, extra, number)
            assert Matter.objects.filter(pk=matter, procedure="accusation").exists()
        with undone():
            worker()
            absent = walk(world, login, extra, number)
        assert len(there) > len(extra)
        found += [f"{login}: {each}" for each in differences(there, absent)]
    return "\n".join(found)


NONE = ""


# --- proof -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_lists_searches_and_exports_are_the_same_with_and_without_an_accusation(
    world: Plantation, seed: int
) -> None:
    assert compared(world, generated(seed)) == NONE


def test_somebody_of_no_side_sees_the_difference(world: Plantation) -> None:
    """The walk finds what is there to be found: else it would prove nothing."""
    accused = Accused("forwarded", {"accused": ["market"]}, "named")
    assert compared(world, accused, people=("inspector",))
    assert set(PEOPLE) >= {"inspector"}
