"""Loads the generated city through the same actions as everything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import override

from yipanqi.cases.actions import Words, file_submission
from yipanqi.core import engine
from yipanqi.core.calendar import in_force
from yipanqi.core.gate import NOBODY, SYSTEM, Actor, Viewer
from yipanqi.core.procedure import Role as Part
from yipanqi.demo import reviews
from yipanqi.demo.city import city
from yipanqi.demo.conference import report_of
from yipanqi.demo.follow_up import follow_up, hold_earlier
from yipanqi.demo.mass import generate_mass
from yipanqi.demo.meeting import Office, convene
from yipanqi.demo.photos import photos
from yipanqi.demo.places import centres
from yipanqi.demo.publishing import let_read
from yipanqi.demo.schedule import Schedule
from yipanqi.demo.shapes import City, Day, Event, Filing, Story, TaskSeed
from yipanqi.demo.systems import SYSTEMS
from yipanqi.demo.voices import generate_voices
from yipanqi.exchange.systems import keep_system
from yipanqi.meetings.actions import (
    LineDraft,
    ReportFacts,
    TaskDraft,
    bind_line,
    draft_tasks,
    hold_conference,
    keep_report,
    lay_down_lines,
)
from yipanqi.meetings.models import Line, Task
from yipanqi.organisations.access import viewer_of
from yipanqi.organisations.actions import (
    UnitRow,
    add_areas,
    add_categories,
    add_units,
    appoint,
    assign_duties,
)
from yipanqi.organisations.models import Area, Category, Unit
from yipanqi.people.actions import create_accounts, define_role
from yipanqi.people.models import Account

SEED = 370100
# What follows of itself in the transaction of the step before it; told in the stories, so that they can be followed.
OF_ITSELF = frozenset({("claim", "begin_execution"), ("claim", "close")})
PASSWORD = "yipanqi-demo"  # noqa: S105 - of a generated city whose every page says that it is one
ROOT = "370100"

Progress = Callable[[float], None]


@dataclass
class Loader:
    """What loading needs to find again: units, accounts by part, matters by story."""

    seed: City
    schedule: Schedule
    units: dict[str, Unit] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    handlers: dict[str, str] = field(default_factory=dict)
    heads: dict[str, str] = field(default_factory=dict)
    matters: dict[str, UUID] = field(default_factory=dict)
    photos: dict[str, list[str]] = field(default_factory=dict)  # those that go along with the text

    @property
    def founded(self) -> dt.datetime:
        """When units, duties and staff were entered: before the first story."""
        return dt.datetime.combine(self.schedule.day(-120), dt.time(9), timezone.get_default_timezone())

    def actor(self, event: Event) -> Actor:
        """Who stands behind a symbolic actor."""
        if event.actor == "system":
            return SYSTEM
        login = {"sender": "auditor"}.get(event.actor, event.actor)
        if event.actor in ("lead", "co") and event.unit:
            login = self.handlers[event.unit]
        if event.actor == "head" and event.unit:
            login = self.heads[event.unit]
        return Actor(self.viewers[login])

    def answers(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Answers with their relative days made dates and units' codes left for the engine to read."""
        return {
            name: self.schedule.day(value.offset)
            if isinstance(value, Day)
            else list(value)
            if isinstance(value, tuple)
            else value
            for name, value in raw.items()
        }


def build(*, cases: int, progress: Progress) -> None:
    """Build city, stories, mass and conference. `progress` is told the share done, from 0 to 1."""
    now = timezone.now()
    calendar = in_force()
    loader = Loader(city(SEED), Schedule(now, calendar.is_working))
    with override("zh-hans"):
        _organise(loader)
        progress(0.15)
        _people(loader)
        progress(0.2)
        voices = list(generate_voices(SEED, cases))
        mass = let_read(generate_mass(SEED, cases - len(voices)))
        stories = [*loader.seed.stories, *mass, *voices]
        _play(loader, stories, lambda share: progress(0.2 + 0.7 * share))
        _meet(loader)
        reviews.climb(loader.viewers, loader.handlers, loader.schedule)
        engine.lapse_due(at=now)
    progress(1.0)


def _meet(loader: Loader) -> None:
    """What is decided: the great conference last of those that are held, for the board shows the latest."""
    office = Office(loader.units, loader.viewers, loader.handlers, loader.schedule)
    hold_earlier(office)
    _confer(loader)
    convene(office)
    follow_up(office)


def _organise(loader: Loader) -> None:
    at, day = loader.founded, loader.founded.date()
    seed = loader.seed
    add_areas(
        rows=[(a.code, a.name_zh, a.name_en, a.level, a.parent) for a in seed.areas],
        by=None,
        at=at,
        centres=centres(seed.seed),
    )
    rows = [
        UnitRow(
            u.code,
            u.name_zh,
            u.name_en,
            u.kind,
            u.area_code,
            u.administrative,
            u.managing,
            u.professional,
            u.valid_from,
            "0531-12345" if u.kind == "intake" else f"0531-0000{n:04}",
        )
        for n, u in enumerate(seed.units)
    ]
    loader.units = {unit.code: unit for unit in add_units(rows=rows, by=None, at=at)}
    add_categories(
        rows=[(c.code, c.name_zh, c.name_en, c.parent) for c in seed.categories],
        valid_from=day,
        by=None,
        at=at,
    )
    assign_duties(
        rows=[(d.category, d.area or ROOT, d.unit, d.basis) for d in seed.duties],
        valid_from=day,
        by=None,
        at=at,
    )
    reviews.lawful(seed, at)
    for system in SYSTEMS:
        keep_system(
            code=system["code"],
            name_zh=system["name_zh"],
            name_en=system["name_en"],
            takes=system["takes"],
            gives=system["gives"],
            values=system["values"],
            by=SYSTEM,
            at=at,
        )


def _people(loader: Loader) -> None:
    at, day = loader.founded, loader.founded.date()
    seed = loader.seed
    roles = {
        r.code: define_role(
            code=r.code,
            name_zh=r.name_zh,
            name_en=r.name_en,
            duty=r.duty,
            capabilities=r.capabilities,
            by=None,
            at=at,
        )
        for r in seed.roles
    }
    for demo, password in ((True, PASSWORD), (False, None)):
        rows = [(s.login, s.name, s.duty) for s in seed.staff if s.demo == demo]
        loader.accounts |= {a.login: a for a in create_accounts(rows=rows, password=password, by=None, at=at)}
    postings = []
    for s in seed.staff:
        # The post stands at the home unit; where the role reaches further, a second line says how far.
        for unit in dict.fromkeys((s.unit, s.scope)):
            for role in s.roles:
                postings.append(
                    (loader.accounts[s.login], roles[role], loader.units[unit], s.post_zh, s.post_en)
                )
    heads = frozenset(
        loader.accounts[s.login].pk for s in seed.staff if {"unit_head", "leader"} & set(s.roles)
    )
    appoint(rows=postings, valid_from=day, by=None, at=at, in_charge=heads)
    loader.viewers = {login: viewer_of(account, timezone.now()) for login, account in loader.accounts.items()}
    for s in seed.staff:
        if "handler" in s.roles:
            loader.handlers.setdefault(s.unit, s.login)
        if "unit_head" in s.roles:
            loader.heads.setdefault(s.unit, s.login)


def _play(loader: Loader, stories: Iterable[Story], progress: Progress) -> None:
    """All events of all stories in the order of their time, as a city lives them."""
    acts = [
        (loader.schedule.at(event), n, story, event)
        for story in stories
        for n, event in enumerate(story.events)
    ]
    acts.sort(key=lambda act: (act[0], act[2].key, act[1]))
    for done, (at, _n, story, event) in enumerate(acts):
        if event.step == "register":
            _file(loader, story, event, at)
        elif (story.order.kind, event.step) not in OF_ITSELF:
            _act(loader, story, event, at)
        if done % 50 == 0:
            progress(done / len(acts))


def _file(loader: Loader, story: Story, event: Event, at: dt.datetime) -> None:
    filing: Filing = story.order
    who = filing.resident if filing.anonymity != "anonymous" else None
    words = Words(
        title=filing.title,
        text=filing.text,
        name=who.name if who else "",
        phone=who.phone if who else "",
        address=who.address if who else "",
    )
    by = Actor(loader.viewers["clerk"], Part.SENDER) if filing.at_desk else Actor(NOBODY, Part.SUBMITTER)
    files = photos(story.key, at)
    filed = file_submission(
        words=words,
        anonymity=filing.anonymity,
        channel=filing.channel,
        kind=filing.kind,
        by=by,
        at=at,
        category=Category.objects.get(pk=filing.category) if filing.category else None,
        area=Area.objects.get(pk=filing.area),
        files=files,
    )
    loader.matters[story.key] = filed.case.pk
    if filing.anonymity == "named":
        loader.photos[story.key] = [file.id for file in files]


def _act(loader: Loader, story: Story, event: Event, at: dt.datetime) -> None:
    matter = loader.matters[story.key]
    by = loader.actor(event) if event.actor != "submitter" else _submitter(matter)
    answers = loader.answers(event.answers)
    if event.step == "clear" and story.key in loader.photos:
        answers["files"] = loader.photos[story.key]
    engine.take(matters=[matter], step=event.step, by=by, at=at, answers=answers)


def _submitter(matter: UUID) -> Actor:
    return Actor(Viewer(proved=frozenset({matter}), own_secret=frozenset({matter})))


def _confer(loader: Loader) -> None:
    """The conference, its lines with what binds them to cases, and its tasks with what happened so far."""
    seed = loader.seed.conference
    held = loader.schedule.day(seed.day_offset)
    at = dt.datetime.combine(held, dt.time(18), timezone.get_default_timezone())
    by = Actor(loader.viewers["drafter"])
    conference = hold_conference(
        title=seed.title_zh,
        title_en=seed.title_en,
        kind="conference",
        held_on=held,
        form="video",
        by=by,
        at=at,
    )
    report = report_of(seed, held)
    keep_report(conference=conference, facts=ReportFacts(report, report), by=by, at=at)
    drafts = [
        LineDraft(
            line.text_zh,
            line.theme_zh,
            line.principle,
            line.text_en,
            line.theme_en,
            place=(start := report.index(line.text_zh), start + len(line.text_zh)),
        )
        for line in seed.lines
    ]
    rows = lay_down_lines(conference=conference, lines=drafts, by=by, at=at)
    sender = loader.units[seed.convener]
    acts: list[tuple[dt.datetime, int, Task | None, Event]] = []
    for line, row in zip(seed.lines, rows, strict=True):
        for binding in line.bindings:
            area = Area.objects.get(pk=binding.area) if binding.area else None
            category = Category.objects.get(pk=binding.category)
            bind_line(line=row, category=category, area=area, by=by, at=at)
        known: dict[str, Task] = {}
        for task in line.tasks:
            made = known[task.key] = _draft(loader, task, row, sender, known.get(task.under))
            acts += [
                (loader.schedule.at(event), n, made, event)
                for n, event in enumerate(task.events)
                if event.step != "draft"
            ]
    for moment, _n, made_task, event in sorted(acts, key=lambda act: (act[0], act[1])):
        assert made_task is not None
        actor = Actor(loader.viewers["deputy"]) if event.actor == "sender" else loader.actor(event)
        answers = loader.answers(event.answers)
        if "milestone" in answers:
            answers["milestone"] += 1  # the seed counts from nought, people from one
        engine.take(matters=[made_task.pk], step=event.step, by=actor, at=moment, answers=answers)


def _draft(loader: Loader, task: TaskSeed, line: Line, sender: Unit, parent: Task | None) -> Task:
    moment = loader.schedule.at(task.events[0])
    draft = TaskDraft(
        title=task.title_zh,
        goal=task.goal,
        due_on=loader.schedule.day(task.due_offset),
        unit=task.lead,
        co_units=task.co_units,
        milestones=[(m.title_zh, loader.schedule.day(m.due_offset)) for m in task.milestones],
    )
    by = Actor(loader.viewers["drafter"])
    return draft_tasks(line=line, drafts=[draft], sender=sender, by=by, at=moment, parent=parent)[0]


def accounts() -> str:
    """The demo accounts, one for each role, as they are told after the start."""
    seed = city(SEED)
    rows = [s for s in seed.staff if s.demo]
    unit = {u.code: u for u in seed.units}
    width = max(len(s.login) for s in rows)
    lines = [
        f"  {s.login:<{width}}  {unit[s.unit].name_zh} {s.post_zh} · {s.post_en}, {unit[s.unit].name_en}"
        for s in rows
    ]
    return "\n".join([f"Demo accounts (password of all: {PASSWORD}):", *lines])
