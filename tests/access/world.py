"""What the access table is tried on: a matter of each kind of ownership, and the arguments of every address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import WORDS, City, make_city, take
from tests.meetings.world import bring, lines, task
from yipanqi.cases.actions import Filed, file_submission
from yipanqi.core.gate import Actor
from yipanqi.core.procedure import Role

NOW = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)


@dataclass
class World:
    """The small city with matters.

    `own`: taken in by `clerk`, led by the insider's unit, who accepted it; the colleague's unit helps. `other`: led by
    the stranger's unit. `task`: issued by the deputy, led by the insider's unit.
    """

    city: City
    matters: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    line: int = 0
    conference: int = 0


def _take_in(city: City) -> Filed:
    by = Actor(city.viewer("clerk"), Role.SENDER)
    return file_submission(words=WORDS, anonymity="named", channel="phone", by=by, at=NOW)


def _handled(city: City, lead: str, co_units: list[str], handler: str) -> Filed:
    filed = _take_in(city)
    clerk = city.actor("clerk")
    cleared = {"title": "路灯不亮", "text": "三号杆路灯不亮", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", clerk, NOW, **cleared)
    take(filed.case.pk, "route", clerk, NOW, unit=lead, co_units=co_units)
    take(filed.case.pk, "accept", city.actor(handler), NOW)
    return filed


def make_world() -> World:
    """Everything an address can ask for."""
    city = make_city(NOW)
    world = World(city)
    for name, lead, co_units, handler in (
        ("own", "lamps", ["roads"], "insider"),
        ("other", "schools", [], "stranger"),
    ):
        filed = _handled(city, lead, co_units, handler)
        world.matters[name], world.numbers[name] = filed.case.pk, filed.reference
    [line] = lines(city, "改进路灯维修", at=NOW)
    world.line, world.conference = line.pk, line.conference_id
    one = task(city, line, at=NOW)
    bring(city, one, "working", NOW)
    world.matters["task"], world.numbers["task"] = one.pk, one.number
    return world


def routes(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of both surfaces with its full name."""
    for entry in (resolver or get_resolver("config.urls_both")).url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from routes(entry, inner)
        else:
            yield f"{space}{entry.name or entry.pattern}", entry


def path_of(world: World, name: str, matter: str) -> str:
    """The path of an address on one of the matters (`own`, `other`, `task`)."""
    return reverse(name, kwargs=arguments(world, name, matter))


def arguments(world: World, name: str, matter: str) -> dict[str, Any]:
    """Arguments by their names; those of the step are a step that the lead unit may take."""
    city = world.city
    known: dict[str, Any] = {
        "matter_id": world.matters[matter],
        "name": {"own": "answer", "other": "answer", "task": "apply_to_close"}[matter],
        "unit_id": city.units["lamps"].pk,
        "account_id": city.accounts["stranger"].pk,
        "reference": world.numbers[matter],
        "rest": "nowhere",
        "line_id": world.line,
        "conference_id": world.conference,
    }
    pattern = dict(routes())[name]
    return {key: known[key] for key in pattern.pattern.converters}
