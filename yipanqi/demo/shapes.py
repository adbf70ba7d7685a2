"""The shapes of the demo city: frozen values that say what to load, never how.

Offsets are **working days** relative to the last working day that is wholly over before "now" (day 0); see
`yipanqi.demo.schedule`. Working days and not calendar days, because nearly every limit of an order counts
working days: so a case that is two days late is two days late in whichever week the demo is built.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

AreaLevel = Literal["city", "district", "zone", "street", "community"]
AccountDuty = Literal["business", "system", "security", "audit"]
Channel = Literal["portal", "phone", "visit", "paper"]
Anonymity = Literal["named", "hidden", "handler_only", "anonymous"]
ActorName = Literal[
    "submitter", "clerk", "auditor", "callback", "sender", "lead", "head", "co", "drafter", "system"
]  # the symbolic actors of events: the loader finds the account that stands behind each


@dataclass(frozen=True, slots=True)
class Day:
    """A date that stands for an answer to a step (`served_on`, `review_on`): working days from day 0."""

    offset: int


Answer = str | int | bool | tuple[str, ...] | Day


@dataclass(frozen=True, slots=True)
class AreaSeed:
    """A place. `parent` follows the statistical codes; who manages it is told by the unit, not by the area."""

    code: str
    name_zh: str
    name_en: str
    level: AreaLevel
    parent: str | None


@dataclass(frozen=True, slots=True)
class UnitSeed:
    """A unit and its three parents (codes, or None at a root), valid from `valid_from` on.

    kind: party_committee, government, party_department, department, people_organisation, intake, district,
    county, zone, street, town, community.
    """

    code: str
    name_zh: str
    name_en: str
    kind: str
    area_code: str
    administrative: str | None
    managing: str | None
    professional: str | None
    valid_from: date


@dataclass(frozen=True, slots=True)
class CategorySeed:
    """A category of matters; two levels: a parent has `parent=None`, cases are filed under the leaves."""

    code: str
    name_zh: str
    name_en: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class DutySeed:
    """One row of the duty list: in this category and area, this unit acts, and on what basis.

    `area=None` means citywide. Of several rows for one category the most specific area prevails; see
    `yipanqi.demo.duties.DutyList`.
    """

    category: str
    area: str | None
    unit: str
    basis: str


@dataclass(frozen=True, slots=True)
class RoleSeed:
    """A role is data: a name for a set of capabilities. `duty` is the duty an account must have to hold it."""

    code: str
    name_zh: str
    name_en: str
    duty: AccountDuty
    capabilities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StaffSeed:
    """A member of staff. `roles` hold for `scope` (a unit code) and the units below it by managing parent.

    `demo` marks the accounts whose logins are printed and which get a password; the others need none.
    """

    login: str
    name: str
    post_zh: str
    post_en: str
    unit: str
    roles: tuple[str, ...]
    duty: AccountDuty
    scope: str
    demo: bool = False


@dataclass(frozen=True, slots=True)
class ResidentSeed:
    """A made-up resident. Every `phone` begins with 1990000; `address` names a street and a made-up estate."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody said, as received: the answers of `register`, and who said it (None when anonymous).

    `category` is what the submitter or the clerk at the desk chose; None when nobody chose.
    `area` is the code of the place that the matter is about.
    """

    channel: Channel
    title: str
    text: str
    category: str | None
    area: str
    anonymity: Anonymity
    resident: ResidentSeed | None
    kind: str = "order"

    @property
    def at_desk(self) -> bool:
        """Calls, visits and letters are taken in by a clerk; only the portal is the submitter's own hand."""
        return self.channel != "portal"


@dataclass(frozen=True, slots=True)
class Event:
    """One step taken: `step` by `actor` on working day `day_offset` at `hour`:`minute` (Asia/Shanghai).

    `unit` is the code of the unit for which the actor acts, None for the submitter and the system. The answers
    carry the names that the step asks for.
    """

    day_offset: int
    hour: int
    step: str
    actor: ActorName
    answers: Mapping[str, Answer] = field(default_factory=dict)
    unit: str | None = None
    minute: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """One case from its filing to where it stands now.

    `events[0]` is always `register`; its answers are the filing's. `ends` is the state after the last event,
    `pending` an open request (return, extension, hold) or None, `late` whether the running limit has passed
    without what it asks for.
    """

    key: str
    title_zh: str
    title_en: str
    order: Filing
    events: tuple[Event, ...]
    ends: str
    pending: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class MilestoneSeed:
    """A milestone (节点) of a task, due on a working day relative to day 0."""

    title_zh: str
    title_en: str
    due_offset: int


@dataclass(frozen=True, slots=True)
class TaskSeed:
    """A task under a conference line: one lead unit, co-units, its own due date, and what happened so far.

    `progress` events name a milestone by its index in `milestones` (answer `milestone`, an int). `under`: the key of the
    task of the same line that it is a part of, which stands before it.
    """

    key: str
    title_zh: str
    title_en: str
    goal: str
    lead: str
    co_units: tuple[str, ...]
    due_offset: int
    milestones: tuple[MilestoneSeed, ...]
    events: tuple[Event, ...]
    ends: str
    late: bool = False
    under: str = ""


@dataclass(frozen=True, slots=True)
class BindingSeed:
    """Cases of this category (a leaf or a whole branch) and area (None: the whole city) show under the line."""

    category: str
    area: str | None = None


@dataclass(frozen=True, slots=True)
class LineSeed:
    """One requirement of the conference: a verb with its object. A principle (a way to work) takes no tasks."""

    number: int
    theme_zh: str
    theme_en: str
    text_zh: str
    text_en: str
    tasks: tuple[TaskSeed, ...]
    bindings: tuple[BindingSeed, ...] = ()
    principle: bool = False


@dataclass(frozen=True, slots=True)
class ConferenceSeed:
    """A conference held on working day `day_offset`; persons appear by post only, in the published order."""

    key: str
    title_zh: str
    title_en: str
    day_offset: int
    venue_zh: str
    venue_en: str
    convener: str
    chair_zh: str
    chair_en: str
    present_zh: tuple[str, ...]
    lines: tuple[LineSeed, ...]


@dataclass(frozen=True, slots=True)
class City:
    """The whole demo city but its mass of stories (`yipanqi.demo.mass.generate_mass`).

    Parents stand before children in `areas`, `units` and `categories`, so loading in order never looks ahead.
    """

    seed: int
    areas: tuple[AreaSeed, ...]
    units: tuple[UnitSeed, ...]
    categories: tuple[CategorySeed, ...]
    duties: tuple[DutySeed, ...]
    roles: tuple[RoleSeed, ...]
    staff: tuple[StaffSeed, ...]
    residents: tuple[ResidentSeed, ...]
    stories: tuple[Story, ...]
    conference: ConferenceSeed
