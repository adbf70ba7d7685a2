"""The lists, pages and jobs that are measured, as the people of the demo city open them."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from yipanqi.cases.models import Case
from yipanqi.core import engine, ledger, sealing
from yipanqi.core.models import Matter, Term
from yipanqi.insight import actions
from yipanqi.meetings.models import Conference, Line, LineBinding
from yipanqi.organisations.models import Part, Unit
from yipanqi.people.models import Account

Act = Callable[[], Any]
# Pages that stand above with their filters.
MEASURED = {f"desk:{name}" for name in ("queue", "board", "units", "accounts", "calendar", "access_log")}
SHOWS = ("tasks", "open", "late", "held", "closed", "unsolved")


class Desk:
    """The desk as one account opens it."""

    def __init__(self, login: str) -> None:
        self.client = Client()
        self.client.force_login(Account.objects.get(login=login))
        self.login = login

    def page(self, path: str, **query: Any) -> tuple[str, Act]:
        """Opening a page, and its name in the table."""
        url = f"{path}?{urlencode(query)}" if query else path

        def act() -> Any:
            answer = self.client.get(url)
            assert answer.status_code == 200, (answer.status_code, url)
            return answer

        return url, act


def lists(at: dt.datetime) -> Iterator[tuple[str, Act]]:
    """The hot lists, by name."""
    yield from _queues(at)
    yield from _boards(at)


def pages(at: dt.datetime) -> Iterator[tuple[str, Act]]:
    """All of them."""
    yield from lists(at)
    yield from _matters(at)
    yield from _administration(at)
    yield from _others()
    yield from _jobs(at)


def _others() -> Iterator[tuple[str, Act]]:
    """Every other page of the desk that needs nothing in its address, as the first account that may open it does."""
    desks = [
        Desk(login)
        for login in ("clerk", "handler", "deputy", "callback", "sysadmin", "secadmin", "audadmin")
    ]
    for entry in get_resolver("yipanqi.web.desk.urls").url_patterns:
        name = f"desk:{entry.name}"
        if entry.pattern.converters or name in MEASURED:
            continue
        for desk in desks:
            answer = desk.client.get(reverse(name))
            if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
                yield f"{name.removeprefix('desk:')}, {desk.login}", desk.page(reverse(name))[1]
                break


def _next(desk: Desk, path: str, **query: Any) -> str:
    """The cursor of the second page; empty where there is none."""
    _name, act = desk.page(path, **query)
    found = re.search(r"[?;]after=([^\"&]+)", act().content.decode())
    return found[1] if found else ""


def _far(at: dt.datetime) -> str:
    """A place far down the queue: what is due in six days."""
    return f"{(at + dt.timedelta(days=6)).isoformat()}~{UUID(int=0)}"


def _queues(at: dt.datetime) -> Iterator[tuple[str, Act]]:
    queue = reverse("desk:queue")
    leaf = Case.objects.filter(category__isnull=False).values_list(
        "category", "category__parent", "area", "area__parent"
    )
    category, branch, area, above = leaf.order_by("pk").first() or ("", "", "", "")
    lamps = Unit.objects.get(code="city-management")
    filters: list[tuple[str, dict[str, Any]]] = [
        ("waits for us", {}),
        ("all of ours", {"whose": "all"}),
        ("all, late", {"whose": "all", "when": "late"}),
        ("all, due today", {"whose": "all", "when": "today"}),
        ("all, being handled", {"whose": "all", "state": "handling"}),
        ("all, orders", {"whose": "all", "kind": "order"}),
        ("all, with a request", {"whose": "all", "pending": 1}),
        ("all, one category", {"whose": "all", "category": category}),
        ("all, a branch of categories", {"whose": "all", "category": branch}),
        ("all, one place", {"whose": "all", "area": area}),
        ("all, a place and below", {"whose": "all", "area": above}),
        ("all, one lead unit", {"whose": "all", "unit": lamps.pk}),
        ("all, waits for one unit", {"whose": "all", "holder": lamps.pk}),
    ]
    for login in ("clerk", "handler", "deputy"):
        desk = Desk(login)
        for words, query in filters:
            yield f"queue, {login}: {words}", desk.page(queue, **query)[1]
        following = _next(desk, queue, whose="all")
        yield f"queue, {login}: all, second page", desk.page(queue + f"?whose=all&after={following}")[1]
        yield f"queue, {login}: all, far down", desk.page(queue, whose="all", after=_far(at))[1]
        yield f"queue, {login}: all, back from far down", desk.page(queue, whose="all", before=_far(at))[1]


def _boards(at: dt.datetime) -> Iterator[tuple[str, Act]]:
    # An instruction is one too, and has no such page.
    conference = Conference.objects.filter(lines__isnull=False).latest("pk")
    line = Line.objects.get(pk=LineBinding.objects.order_by("pk").values_list("line", flat=True)[0])
    # A place among closed orders a year ago; their ids are in the order of time.
    ago = Matter.objects.filter(opened_at__lte=at - dt.timedelta(days=365)).order_by("-opened_at").first()
    for login in ("deputy", "head"):
        desk = Desk(login)
        yield f"board, {login}", desk.page(reverse("desk:board"))[1]
        for words, path in (
            ("conference", reverse("desk:conference", args=[conference.pk])),
            ("line", reverse("desk:line", args=[line.pk])),
        ):
            for show in SHOWS:
                yield f"{words}, {login}: {show}", desk.page(path, show=show)[1]
            following = _next(desk, path, show="open")
            if following:
                yield (
                    f"{words}, {login}: open, second page",
                    desk.page(path + f"?show=open&after={following}")[1],
                )
            yield f"{words}, {login}: open, far down", desk.page(path, show="open", after=_far(at))[1]
            if ago:
                for show in ("closed", "unsolved"):
                    far = desk.page(path, show=show, after=f"~{ago.pk}")[1]
                    yield f"{words}, {login}: {show}, a year down", far


def _file(client: Client) -> dict[str, str]:
    body = {"kind": "order", "title": "路灯不亮", "text": "示例路三号杆的路灯不亮一周了。", "anonymity": "named",
            "contact": {"name": "甲某", "phone": "199 0000 0001"}}  # fmt: skip
    answer = client.post("/api/v1/submissions", json.dumps(body), content_type="application/json")
    assert answer.status_code == 201, answer.content
    filed: dict[str, str] = answer.json()
    return filed


def _matters(at: dt.datetime) -> Iterator[tuple[str, Act]]:
    """A resident files, tracks; a clerk opens and clears; a handler and a leader open what the demo city handles."""
    resident, clerk, handler, deputy = Client(), Desk("clerk"), Desk("handler"), Desk("deputy")
    yield "filing a submission", lambda: _file(resident)
    filed = _file(resident)
    shown = {"reference": filed["reference"], "secret": filed["secret"]}
    assert resident.post(reverse("portal:track"), shown).status_code == 302
    case_path = reverse("portal:case", args=[filed["reference"]])

    def track() -> None:
        assert resident.get(case_path).status_code == 200

    yield "tracking page", track
    case = Case.objects.get(number=filed["reference"])
    matter = reverse("desk:matter", args=[case.pk])
    yield "a matter's page, clerk", clerk.page(matter)[1]
    words = {"title": "路灯不亮", "text": "三号杆路灯不亮", "category": "", "area": ""}
    classified = Case.objects.filter(category__isnull=False).order_by("pk")
    words["category"], words["area"] = classified.values_list("category", "area")[0]

    def clear() -> None:
        seen = Matter.objects.values_list("moves_count", flat=True).get(pk=case.pk)
        answer = clerk.client.post(f"{matter}steps/clear", {**words, "seen": seen, "words_checked": "on"})
        assert answer.status_code == 302, answer.status_code

    yield "a step, clerk: clear and classify", clear
    led = Part.objects.filter(
        unit__code="city-management", role="lead", until__isnull=True, matter__open=True
    )
    own = led.order_by("pk").values_list("matter", flat=True)[0]
    yield "a matter's page, handler", handler.page(reverse("desk:matter", args=[own]))[1]
    yield "a matter's page, deputy", deputy.page(reverse("desk:matter", args=[own]))[1]
    yield "find by number, clerk", lambda: clerk.client.get(reverse("desk:queue"), {"number": case.number})
    yield (
        "find what was lost, clerk",
        lambda: clerk.client.post(reverse("desk:lost"), {"phone": "199 0000 0001"}),
    )


def _administration(at: dt.datetime) -> Iterator[tuple[str, Act]]:
    for login in ("sysadmin", "clerk", "deputy"):
        yield f"units, {login}", Desk(login).page(reverse("desk:units"))[1]
    yield "accounts, secadmin", Desk("secadmin").page(reverse("desk:accounts"))[1]
    yield "calendar, sysadmin", Desk("sysadmin").page(reverse("desk:calendar"))[1]
    since, until = (
        timezone.localtime(at + dt.timedelta(days=n)).strftime("%Y-%m-%dT%H:%M") for n in (-700, 1)
    )
    busiest = Account.objects.order_by("login").values_list("login", flat=True)[0]
    looks = Desk("audadmin").page(reverse("desk:access_log"), login=busiest, since=since, until=until)
    yield "access log, audadmin", looks[1]


def _jobs(at: dt.datetime) -> Iterator[tuple[str, Act]]:
    """What the worker does every minute or hour, when there is little to do."""
    client = Client()

    def counted() -> None:
        _file(client)
        ledger.sequence()
        actions.advance(at=timezone.now())

    def signed() -> None:
        _file(client)
        ledger.checkpoint()

    yield "job: lapse", lambda: engine.lapse_due(at=timezone.now())
    yield "job: number and count one move", counted
    yield "job: checkpoint over one move", signed
    yield "job: rewrap, nothing to do", sealing.rewrap
    provisional = Term.objects.filter(state=Term.RUNNING, provisional=True)
    yield "calendar: is a term provisional", provisional.exists
