"""Walks every address of the product as one person, by the addresses' own list and by the links on the pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse

from tests.access.sentinels import Found, Plantation, Reader
from tests.access.world import routes

LINK = re.compile(r'(?:href|action)="(/[^"]*)"')
FIELD = re.compile(r'<(?:input|textarea|select)[^>]*\sname="([^"]+)"')
# A document in another kind of file: written from the same, and looked at as DOCX.
PAPER = re.compile(r"/(?:brief|ledger|week|month|urging|inspection)\.(?:pdf|xlsx|zip)")
DEPTH = 1  # the links of an address; further on lies the same under more filters
MOST = 1300  # pages: a crawl that goes on for ever is a defect of its links


@dataclass
class Visit:
    """What came back from one address, and which sentinels stand in it."""

    method: str
    path: str
    name: str
    status: int
    body: set[Found]
    head: set[Found]
    asked: set[Found]  # what stood in the address
    typed: set[Found]  # and what in the body: it may come back to whoever typed it
    unkept: bool  # no cache keeps it
    links: list[str]
    fields: list[str]


@dataclass
class Crawler:
    """One person's client, and what it has seen so far."""

    client: Client
    reader: Reader
    seen: dict[str, Visit] = field(default_factory=dict)

    def look(self, path: str, method: str = "get", data: Any = None, **more: Any) -> Visit:
        """One request; a redirect is a visit of its own, whose Location is read like every header."""
        response: Any = getattr(self.client, method)(path, data, **more)
        text = b"".join(response) if response.streaming else response.content
        match = getattr(response, "resolver_match", None)
        headers = "\n".join(f"{k}: {v}" for k, v in response.items())
        cookies = "\n".join(morsel.OutputString() for morsel in response.cookies.values())
        shown = text.decode("utf-8", "replace")
        links = [unescape(link).partition("#")[0] for link in LINK.findall(shown)]
        location = response.headers.get("Location", "")
        if location.startswith("/"):
            links.append(location.partition("#")[0])
        asked = self.reader.find(path)
        return Visit(
            method=method.upper(),
            path=path,
            name=match.view_name if match is not None else "",
            status=response.status_code,
            body=self.reader.find(text),
            head=self.reader.find(headers + "\n" + cookies),
            asked=asked,
            typed=asked if method == "get" else asked | self.reader.find(str(data)),
            unkept="no-store" in response.headers.get("Cache-Control", ""),
            links=[link for link in links if not link.startswith("/static/")],
            fields=sorted(set(FIELD.findall(shown)) - {"csrfmiddlewaretoken"}),
        )

    def crawl(self, seeds: list[str]) -> list[Visit]:
        """Look at these addresses and at what they lead to. Signing out and leaving end the session: they come last."""
        todo = [(path, 0) for path in seeds if not self._ends(path)]
        while todo:
            path, depth = todo.pop(0)
            if path in self.seen:
                continue
            self.seen[path] = visit = self.look(path)
            assert len(self.seen) < MOST, f"no end of addresses: {sorted(self.seen)[::50]}"
            if depth < DEPTH:
                todo += [
                    (link, depth + 1)
                    for link in visit.links
                    if not self._ends(link) and not PAPER.search(link)
                ]
        for path in seeds:
            if self._ends(path):
                self.seen[path] = self.look(path)
        return list(self.seen.values())

    @staticmethod
    def _ends(path: str) -> bool:
        return urlsplit(path).path in (reverse("portal:leave"), reverse("portal:end"), "/desk/sign-out/")


def seeds(world: Plantation, urlconf: str) -> Iterator[str]:
    """Every address of a surface with every argument that the plantation has for it."""
    known: dict[str, list[Any]] = {
        "matter_id": world.matters,
        "name": ["open_identity"],
        "unit_id": [unit.pk for unit in world.city.units.values()],
        "account_id": [world.city.accounts["stranger"].pk],
        # Without its secret each leads to the same page; whoever has one looks at their own besides.
        "reference": [world.planted[1].filed.reference, world.task.number],
        "rest": ["nowhere"],
        "line_id": [world.line],
        "conference_id": [world.conference, world.meeting.pk, world.instruction.pk],
        "mechanism_id": [world.mechanism],
        "exchange_id": [world.exchange],
        "secret": ["nobody"],
        "stand_in_id": [1],
        "run_id": [world.run],
        "request_id": [world.call],
        "file_id": world.files,
        "order_id": [world.order],
        "kind": ["csv"],
        "what": ["units", "duties", "paths"],
        "validity": [1],
        "uid": [1],
        "role_code": ["clerk", "handler", "secadmin"],
        "shown": ["queue", "registered", "handling"],
        "code": ["hotline"],
        "sheet": ["usual"],
        "job": [1],
        "number": [1],
        **{each: [12] for each in ("z", "x", "y")},
    }
    from django.urls import get_resolver

    own: dict[str, dict[str, list[Any]]] = {
        "desk:meeting_sheet": {"what": ["seats"]},
        "desk:conference_out": {"what": ["brief", "ledger"], "kind": ["docx"]},
        "desk:tasks_out": {"kind": ["docx"]},
        "desk:period_out": {"what": ["month"], "kind": ["docx"]},
        "desk:task_out": {"what": ["inspection"], "kind": ["docx"]},
    }
    for name, pattern in routes(get_resolver(urlconf)):
        wanted: list[dict[str, Any]] = [{}]
        for argument in pattern.pattern.converters:
            given = (known | own.get(name, {}))[argument]
            wanted = [{**have, argument: value} for have in wanted for value in given]
        for arguments in wanted:
            yield reverse(name, kwargs=arguments, urlconf=urlconf)
