"""What the access table is tried on: a matter of each kind of ownership, and the arguments of every address."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import WORDS, City, make_city, take
from tests.files.pictures import located
from tests.meetings.instruction_world import instruction
from tests.meetings.meeting_world import advance, meeting
from tests.meetings.plan_world import bring_plan, drawn_up
from tests.meetings.world import bring, lines, task
from tests.standing import standing
from yipanqi.cases.actions import Filed, ask_to_be_called, file_submission
from yipanqi.cases.models import Case, Publication
from yipanqi.core.gate import SYSTEM, Actor
from yipanqi.core.procedure import Role
from yipanqi.exchange.actions import receive_file
from yipanqi.exchange.systems import keep_system
from yipanqi.files.actions import Taken, take_in
from yipanqi.meetings.actions import ReportFacts, keep_report
from yipanqi.meetings.exchanges import ExchangeDraft, share_exchange
from yipanqi.meetings.mechanisms import MechanismDraft, keep_mechanism
from yipanqi.organisations.actions import give_stand_in
from yipanqi.web.desk.orders import hold_order

NOW = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
CALL = UUID(int=0x4A)  # somebody who asks to be called


@dataclass
class World:
    """The small city with matters.

    `own`: taken in by `clerk`, led by the insider's unit, who accepted it; the colleague's unit helps. `other`: led by
    the stranger's unit. `task`: issued by the deputy, led by the insider's unit. `meeting`: convened by the deputy, with
    the insider's and the colleague's units invited. `instruction`: a leader's, registered by the deputy's office.
    """

    city: City
    matters: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    line: int = 0
    conference: int = 0
    planned: int = 0
    mechanism: int = 0
    exchange: int = 0
    stand_in: int = 0
    order: UUID | None = None
    run: UUID | None = None
    call: UUID = CALL
    file: str = ""


def _take_in(city: City, files: list[Taken]) -> Filed:
    by = Actor(city.viewer("clerk"), Role.SENDER)
    return file_submission(words=WORDS, anonymity="named", channel="phone", by=by, at=NOW, files=files)


def _handled(city: City, lead: str, co_units: list[str], handler: str, files: list[Taken]) -> Filed:
    filed = _take_in(city, files)
    clerk = city.actor("clerk")
    cleared = {"title": "路灯不亮", "text": "三号杆路灯不亮", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", clerk, NOW, **cleared, files=[file.id for file in files])
    take(filed.case.pk, "route", clerk, NOW, unit=lead, co_units=co_units)
    take(filed.case.pk, "accept", city.actor(handler), NOW)
    return filed


def _publish(matter: UUID) -> None:
    """A public page, laid in: how one comes to it is tested elsewhere (tests/guards/test_publication.py)."""
    case = Case.objects.get(pk=matter)
    assert case.category is not None
    assert case.area is not None
    Publication.objects.create(
        case=case,
        consent=case.matter.moves.latest("number"),
        number="1",
        kind="order",
        title="路灯修好了",
        said="一根灯杆不亮。",
        came_of_it="当晚换了灯泡。",
        category=case.category,
        area=case.area,
        unit=case.matter.parts.get(role="lead").unit,
        month=NOW.date().replace(day=1),
        working_days=3,
        solved=True,
        published_at=NOW,
    )


def _import(city: City) -> UUID:
    """A file that the clerk brought for a system of record, which waits for its columns."""
    system = keep_system(
        code="hotline",
        name_zh="示例热线系统",
        name_en="Sample hotline system",
        takes="编号 = number\n内容 = text",
        gives="编号 = number\n状态 = state",
        values="",
        by=SYSTEM,
        at=NOW,
    )
    by = Actor(city.viewer("clerk"), Role.SENDER)
    run = receive_file(
        target="submissions",
        source=io.BytesIO("编号,内容\nA1,示例文字\n".encode()),
        name="示例.csv",
        by=by,
        at=NOW,
        system=system,
    )
    return run.pk


@standing
def make_world() -> World:
    """Everything an address can ask for."""
    city = make_city(NOW)
    world = World(city)
    for name, lead, co_units, handler in (
        ("own", "lamps", ["roads"], "insider"),
        ("other", "schools", [], "stranger"),
    ):
        files = [take_in(name="灯杆.jpg", data=located(), at=NOW)] if name == "own" else []
        filed = _handled(city, lead, co_units, handler, files)
        world.file = files[0].id if files else world.file
        world.matters[name], world.numbers[name] = filed.case.pk, filed.reference
    _publish(world.matters["own"])
    [line] = lines(city, "改进路灯维修", at=NOW)
    said = ReportFacts("要改进路灯维修。", "要改进路灯维修。", speakers=["示例路灯处"])
    keep_report(conference=line.conference, facts=said, by=city.actor("deputy"), at=NOW)
    world.line, world.conference = line.pk, line.conference_id
    world.run = _import(city)
    ask_to_be_called(request=world.call, phone="199 0000 0002", at=NOW)
    one = task(city, line, at=NOW)
    bring(city, one, "working", NOW)
    # Of the days after: it changes nothing of what these people may.
    [stand_in] = give_stand_in(
        account=city.accounts["stranger"],
        absent=city.accounts["accused"],
        since=NOW.date() + dt.timedelta(days=30),
        until=NOW.date() + dt.timedelta(days=31),
        basis="示例请假单",
        by=city.viewer("secadmin"),
        at=NOW,
    )
    world.stand_in = stand_in.pk
    held = hold_order(account=city.accounts["insider"].pk, step="accept", label="接收", answers={}, at=NOW)
    world.order = held.pk
    world.matters["task"], world.numbers["task"] = one.pk, one.number
    planned = meeting(city, at=NOW)
    world.matters["meeting"] = advance(city, planned, "convened", NOW).pk
    world.numbers["meeting"], world.planned = planned.number, planned.pk
    # Of the same conference, with a task of its own that nobody but its sender finds yet.
    task(city, line, at=NOW, title="分解中的任务")
    plan = drawn_up(city, one, NOW)
    world.matters["plan"], world.numbers["plan"] = bring_plan(city, plan, "consulting", NOW).pk, plan.number
    given = instruction(city, at=NOW)
    assert given.matter_id is not None
    world.matters["instruction"], world.numbers["instruction"] = given.matter_id, given.number
    kept = MechanismDraft(
        "示例联席会议", city.units["socialwork"], "每季度一次。", [(city.units["lamps"], "")]
    )
    world.mechanism = keep_mechanism(draft=kept, by=city.actor("deputy"), at=NOW).pk
    told = line.conference.exchanges.get()
    draft = ExchangeDraft("路灯自检", "城市管理", "每周自检一次。")
    world.exchange = share_exchange(exchange=told, draft=draft, by=city.actor("deputy"), at=NOW).pk
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


# What is taken out, by the address that gives it.
PAPERS = {
    "desk:meeting_sheet": "seats",
    "desk:conference_out": "brief",
    "desk:tasks_out": "",
    "desk:period_out": "month",
    "desk:task_out": "inspection",
}


def arguments(world: World, name: str, matter: str) -> dict[str, Any]:
    """Arguments by their names; those of the step are a step that the lead unit may take."""
    city = world.city
    known: dict[str, Any] = {
        "matter_id": world.matters[matter],
        "name": {
            "own": "answer",
            "other": "answer",
            "task": "apply_to_close",
            "meeting": "reply",
            "plan": "dispute",
            "instruction": "propose",
        }[matter],
        "unit_id": city.units["lamps"].pk,
        "account_id": city.accounts["stranger"].pk,
        "reference": world.numbers[matter],
        "rest": "nowhere",
        "secret": "nobody",
        "line_id": world.line,
        "conference_id": world.planned if matter == "meeting" else world.conference,
        "mechanism_id": world.mechanism,
        "exchange_id": world.exchange,
        "stand_in_id": world.stand_in,
        "order_id": world.order,
        "run_id": world.run,
        "request_id": world.call,
        "file_id": world.file,
        "kind": "docx" if name in PAPERS else "csv",
        "what": PAPERS.get(name, "units"),
        "role_code": "clerk",
        "shown": "queue",
        "code": "hotline",
        "sheet": "usual",
        "job": 1,
        "number": 1,
        "validity": 1,
        "uid": 1,
        **dict.fromkeys(("z", "x", "y"), 12),
    }
    pattern = dict(routes())[name]
    return {key: known[key] for key in pattern.pattern.converters}
