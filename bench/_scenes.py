"""What is measured at one size of the city."""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from _load import Load, Serving, request, serving
from _measuring import Cost, cost_of, watched
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yipanqi.cases.actions import Filing, Words, file_submissions
from yipanqi.core import engine, writing
from yipanqi.core.crypto import Unopenable
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role
from yipanqi.core.sealing import open_seal
from yipanqi.organisations.access import viewer_of
from yipanqi.organisations.models import Part
from yipanqi.people.models import Account

Act = Callable[[], Any]
TEXT = "示例路三号杆的路灯不亮一周了，晚上路口看不清人，老人孩子走路都不安全，请尽快派人来修好。"
CSRF = "b" * 32


class Scenes:
    """One size: web servers are started for it, and everything is asked of them."""

    def __init__(self, server: Any, size: int, ports: tuple[int, int]) -> None:
        self.server, self.size, self.ports = server, size, ports
        self.random = random.Random(size)

    def all(self) -> Iterator[Any]:
        data = Path(self.server.cluster.data)
        with serving("yipanqi.runtime.web", self.ports[0], data) as web:
            with serving("_baseline", self.ports[1], data) as base:
                yield from self._baselines(base)
            yield from self._submissions(web)
            yield from self._queues(web)
            yield from self._cases(web)
            yield from self._steps(web)
            print(f"memory of the web processes: {web.pss()} MiB (PSS)", flush=True)
        yield from self._searches()
        yield from self._imports()

    def _result(self, name: str, load: Load, clients: int, sql: int, baseline: str = "") -> Any:
        from run import Result

        return Result(
            name, self.size, clients, len(load.times), load.at(50), load.at(95), load.at(99),
            len(load.times) / load.seconds, load.cpu_ms, sql, baseline,
        )  # fmt: skip

    # --- baselines

    def _baselines(self, base: Serving) -> Iterator[Any]:
        from _baseline import CREATE, TABLE

        self._as_owner(CREATE, f"GRANT ALL ON {TABLE}, {TABLE}_id_seq TO {self.server.names.app}")
        empty = [request("GET", "/empty")] * 2000
        base.drive(empty[:200], 1, 200)
        yield self._result("baseline-empty", base.drive(empty, 1, 200), 1, 0)
        for clients in (1, 8):
            rows = [self._json_post("/insert", n) for n in range(2000)]
            yield self._result("baseline-insert", base.drive(rows, clients, 201), clients, 1)
        yield self._by_key()

    def _as_owner(self, *statements: str) -> None:
        import psycopg

        with psycopg.connect(self.server.url("owner")) as owner:
            owner.execute(f"SET search_path = {self.server.names.city}".encode())
            for statement in statements:
                owner.execute(statement.encode())

    def _by_key(self) -> Any:
        """Fifty rows of the narrow table by their primary keys, as a page of the queue has."""
        ids = list(Matter.objects.filter(open=True).values_list("pk", flat=True)[:50])

        def read() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM core_matter WHERE id = ANY(%s)", [ids])
                assert len(cursor.fetchall()) == len(ids)

        return self._timed("baseline-primary-key", read, 500, 1)

    def _timed(self, name: str, act: Act, times: int, sql: int, baseline: str = "") -> Any:
        """An act in this process, by the clock."""
        act()
        took, began = [], time.perf_counter()
        for _ in range(times):
            one = time.perf_counter()
            act()
            took.append(1000 * (time.perf_counter() - one))
        load = Load(sorted(took), time.perf_counter() - began, 1000 * (time.perf_counter() - began) / times)
        return self._result(name, load, 1, sql, baseline)

    # --- submissions

    def _json_post(self, path: str, n: int) -> bytes:
        body = {"kind": "order", "title": f"路灯不亮 {n}", "text": f"{self.random.random()} {TEXT * 3}",
                "anonymity": "named", "contact": {"name": "甲某", "phone": f"199{n:08}"}}  # fmt: skip
        return request("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _submissions(self, web: Serving) -> Iterator[Any]:
        client, path = Client(), "/api/v1/submissions"
        body = json.loads(self._json_post(path, 0).partition(b"\r\n\r\n")[2])
        sql = _statements(lambda: client.post(path, json.dumps(body), content_type="application/json"))
        web.drive([self._json_post(path, n) for n in range(100)], 2, 201)
        for clients, count in ((1, 600), (8, 2000), (32, 2000)):
            load = web.drive([self._json_post(path, n) for n in range(count)], clients, 201)
            yield self._result("submit", load, clients, sql, "baseline-insert")

    # --- pages

    def _session(self, login: str) -> tuple[Client, dict[str, str]]:
        client = Client()
        client.force_login(Account.objects.get(login=login))
        key = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={CSRF}"}

    def _page(self, web: Serving, name: str, path: str, login: str, times: int = 300) -> Any:
        client, headers = self._session(login)
        sql = _statements(lambda: client.get(path))
        requests = [request("GET", path, headers=headers)] * times
        web.drive(requests[:20], 1, 200)
        return self._result(name, web.drive(requests, 1, 200), 1, sql)

    def _queues(self, web: Serving) -> Iterator[Any]:
        queue = reverse("desk:queue")
        for name, login in (("queue-unit", "handler"), ("queue-all", "clerk")):
            path = f"{queue}?whose=all"
            yield self._page(web, name, path, login)
            fifth = _following(self._session(login)[0], path, 4)
            if fifth:
                yield self._page(web, f"{name}-page-5", fifth, login)

    def _cases(self, web: Serving) -> Iterator[Any]:
        for moves in (20, 200):
            path = reverse("desk:matter", args=[_with_moves(moves)])
            yield self._page(web, f"case-{moves}-moves", path, "handler")

    def _steps(self, web: Serving) -> Iterator[Any]:
        """A handler accepts what was forwarded to the unit."""
        client, headers = self._session("handler")
        waiting = Part.objects.filter(
            unit__code="city-management", role="lead", until__isnull=True, matter__state="forwarded",
            matter__open=True, matter__pending="",
        )  # fmt: skip
        ids = list(waiting.values_list("matter_id", "matter__moves_count")[:201])
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}

        def form(seen: int) -> str:
            return urlencode({"seen": seen, "csrfmiddlewaretoken": CSRF})

        first, *others = ids
        url = reverse("desk:step", args=[first[0], "accept"])
        sql = _statements(lambda: client.post(url, {"seen": first[1]}))
        requests = [
            request("POST", reverse("desk:step", args=[pk, "accept"]), form(seen).encode(), headers)
            for pk, seen in others
        ]
        yield self._result("step", web.drive(requests, 1, 302), 1, sql)

    # --- search

    def _searches(self) -> Iterator[Any]:
        """The newest twenty, rights applied, without rendering, beside tantivy's of the same lexemes without rights; and
        what is found is what LIKE finds."""
        from _saying import COMMON, RARE
        from search import NEWEST, Peer, complete, forget, viewers

        from yipanqi.core.gate import Channel
        from yipanqi.core.models import SearchEntry
        from yipanqi.core.search import Sight
        from yipanqi.insight.search import Asked, hits_of
        from yipanqi.text.grams import words_of

        forget()
        peer, at = Peer(SearchEntry), timezone.now()
        queries = [
            *((f"common-{len(word)}", word) for word in COMMON),
            *((f"rare-{len(word)}", word) for word in RARE),
            ("two-words", f"{COMMON[1]} {COMMON[2]}"),
            ("two-words-rare", f"{COMMON[1]} {RARE[1]}"),
        ]
        for who, viewer in viewers().items():
            sight = Sight.of(viewer, Channel.DESK)
            for name, query in queries:
                asked = Asked(words_of(query))

                def own(viewer: Any = viewer, asked: Any = asked, sight: Any = sight) -> Any:
                    return hits_of(viewer, asked, at, size=NEWEST, sight=sight)

                other = f"baseline-tantivy-{name}"
                if who == "hotline":
                    yield self._timed(other, lambda a=asked: peer.newest(a.words), 200, 0)
                complete(viewer, query, asked, at)
                yield self._timed(f"search-{name}-{who}", own, 100, _statements(own), other)

    # --- import

    def _imports(self, count: int = 5000, batch: int = 500) -> Iterator[Any]:
        """The same rows by `executemany`, then as history through the action."""
        captured: list[list[Any]] = []
        real, writing.insert = writing.insert, lambda rows: captured.append(list(rows))
        try:
            self._file(count, batch)
        finally:
            writing.insert = real
        yield self._batches("baseline-executemany", captured, _many, count)
        yield self._batches(
            "import",
            [self._filings(batch, n) for n in range(count // batch)],
            _file,
            count,
            "baseline-executemany",
        )

    def _file(self, count: int, batch: int) -> None:
        for n in range(count // batch):
            _file(self._filings(batch, n))

    def _filings(self, batch: int, n: int) -> list[Filing]:
        return [
            Filing(
                Words(f"路灯不亮 {n}-{i}", f"{self.random.random()} {TEXT * 3}", name="甲某"),
                "named",
                "paper",
                history=True,
            )
            for i in range(batch)
        ]

    def _batches(
        self, name: str, batches: Sequence[Any], write: Callable[[Any], None], count: int, baseline: str = ""
    ) -> Any:
        sql = _statements(lambda: write(batches[0])) if name == "import" else 0
        took, began, used = [], time.perf_counter(), time.process_time()
        rest = batches[1:] if sql else batches
        for each in rest:
            one = time.perf_counter()
            write(each)
            took.append(1000 * (time.perf_counter() - one))
        seconds, rows = time.perf_counter() - began, count * len(rest) // len(batches)
        result = self._result(
            name, Load(sorted(took), seconds, 1000 * (time.process_time() - used) / rows), 1, sql, baseline
        )
        result.n, result.rps = rows, rows / seconds
        return result


def _file(filings: list[Filing]) -> None:
    file_submissions(
        filings=filings, by=Actor(Viewer(system=True), Role.SENDER), at=timezone.now(), secrets_for=False
    )


def _many(rows: list[Any]) -> None:
    """One `executemany` a table and batch, in one transaction: what a plain program would do with the same rows."""
    tables: dict[Any, list[Any]] = {}
    for row in rows:
        tables.setdefault(type(row), []).append(row)
    with transaction.atomic(), connection.cursor() as cursor:
        for model, each in tables.items():
            fields = writing._columns(model)
            marks = ", ".join(["%s"] * len(fields))
            sql = f"INSERT INTO {writing._head(model, fields)} VALUES ({marks})"
            cursor.executemany(sql, [writing._values(row, fields) for row in each])


def _statements(act: Act) -> int:
    act()
    with watched() as sent:
        act()
    return len(sent)


def _following(client: Client, path: str, pages: int) -> str:
    """The address so many pages further on; empty where there are not so many."""
    for _ in range(pages):
        found = re.search(r'[?;]after=([^"&]+)', client.get(path).content.decode())
        if found is None:
            return ""
        path = f"{path.partition('&after=')[0]}&after={found[1]}"
    return path


def _with_moves(count: int) -> UUID:
    """A case of the demo's handler with so many moves: extensions asked for and refused."""
    at = timezone.now()
    handler, chief = (
        Actor(viewer_of(Account.objects.get(login=login), at)) for login in ("handler", "chief")
    )
    led = Part.objects.filter(
        unit__code="city-management",
        role="lead",
        until__isnull=True,
        matter__state="handling",
        matter__pending="",
        matter__procedure="order",
    )
    # One that the usual actions made: of a copy the seal does not open. Those came first.
    found = led.order_by("pk").values_list("matter_id", "matter__case__submission__seal_id")
    matter = next(pk for pk, seal in found if _opens(seal))
    while Matter.objects.values_list("moves_count", flat=True).get(pk=matter) < count:
        engine.take(
            matters=[matter],
            step="request_extension",
            by=handler,
            at=at,
            answers={"reason": "雨天不能施工", "days": 2},
        )
        engine.take(
            matters=[matter], step="refuse_extension", by=chief, at=at, answers={"reason": "请先抢修"}
        )
    return UUID(str(matter))


def _opens(seal: UUID) -> bool:
    try:
        return bool(open_seal(seal))
    except Unopenable:
        return False


def plans() -> str:
    """The plans of the hot lists' statements that read most, for docs/performance.md."""
    from _pages import lists

    found: list[tuple[str, Cost]] = [(name, cost_of(act)) for name, act in lists(timezone.now())]
    return "\n\n".join(f"# {name}\n{cost.worst}" for name, cost in found)
