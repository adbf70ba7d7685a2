"""Words that nobody else says, planted in every field that tells of a person, and how they are found again.

A sentinel is `Zqsen`, a letter for its kind and two digits for its case; a telephone number and a secret are digits and
are known by their value. What somebody types into a form is of the kind TYPED and may stand nowhere but before them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from tests.access.world import NOW
from tests.factories import PASSWORD, City, submitter, take
from tests.meetings.world import bring, lines, task
from yipanqi.cases.actions import Filed, Words, file_submission
from yipanqi.cases.models import Case
from yipanqi.core.gate import NOBODY, SYSTEM, Actor
from yipanqi.core.procedure import Role
from yipanqi.meetings.actions import bind_line
from yipanqi.organisations.models import Category

KINDS = {
    "name": "n", "phone": "p", "email": "m", "address": "a",  # who it is
    "title": "t", "text": "x", "place": "l",  # as said
    "cleared_title": "c", "cleared_text": "d",  # as the clerk cleared it
    "question": "q", "reply": "r", "request": "e", "answer": "w", "proof": "f", "comment": "v", "return": "b",
    "task_title": "o", "task_goal": "g",
    "secret": "s", "password": "z", "key": "k", "typed": "y",
}  # fmt: skip
NAMES = {letter: kind for kind, letter in KINDS.items()}
IDENTITY = ("name", "phone", "email", "address")
SAID = ("title", "text", "place")
# What the database may hold in clear: what was written to be forwarded, asked, answered and decided.
IN_CLEAR = (
    "cleared_title", "cleared_text", "question", "reply", "request", "answer", "proof", "comment", "return",
    "task_title", "task_goal",
)  # fmt: skip
# Each anonymity at these stages; a served case is judged, and its window is open.
STAGES = {
    "named": "registered handling answered served closed",
    "hidden": "registered handling served",
    "anonymous": "registered answered closed",
}
KEY = "Zqsenk00-idempotency"
TYPED_PHONE = "19855507310"


def word(kind: str, case: int) -> str:
    """The sentinel of a kind for a case."""
    return f"1990{case:04d}731" if kind == "phone" else f"Zqsen{KINDS[kind]}{case:02d}"


@dataclass
class Planted:
    """A case with its sentinels: who leads it, who helps, and how far it has come."""

    index: int
    anonymity: str
    stage: str
    lead: str
    co: str
    filed: Filed

    @property
    def matter(self) -> UUID:
        return UUID(str(self.filed.case.pk))


@dataclass(frozen=True)
class Found:
    """A sentinel that was found: its kind, and the number of its case."""

    kind: str
    case: int


class Reader:
    """Finds sentinels in whatever came out: as they are, escaped for HTML, JSON or an address, and hexadecimal."""

    _WORDS = re.compile(r"Zqsen([a-z])(\d\d)")
    _PHONE = re.compile(r"1990(\d{4})731")
    _HEX = re.compile(r"(?:[0-9a-f]{2}){6,}")

    def __init__(self, planted: list[Planted]) -> None:
        self.secrets = {re.sub(r"\D", "", p.filed.secret): p.index for p in planted}

    def find(self, out: str | bytes) -> set[Found]:
        text = out.decode("utf-8", "replace") if isinstance(out, bytes) else out
        found: set[Found] = set()
        for form in self._forms(text):
            found |= {Found(NAMES[letter], int(case)) for letter, case in self._WORDS.findall(form)}
            if PASSWORD in form:
                found.add(Found("password", 0))
        digits = re.sub(r"[\s-]|&nbsp;", "", text)
        found |= {Found("phone", int(case)) for case in self._PHONE.findall(digits)}
        found |= {Found("secret", case) for secret, case in self.secrets.items() if secret in digits}
        if TYPED_PHONE in digits:
            found.add(Found("typed", 0))
        return found

    def _forms(self, text: str) -> Iterator[str]:
        yield text
        yield html.unescape(text)
        yield unquote_plus(text)
        for match in self._HEX.finditer(text.lower()):
            raw = match[0]
            # From either nibble's beginning: what stands before it may have an odd length.
            yield bytes.fromhex(raw).decode("latin-1")


@dataclass
class Plantation:
    """The small city with everything planted."""

    city: City
    planted: list[Planted] = field(default_factory=list)
    task: Any = None
    line: int = 0
    conference: int = 0

    def of(self, anonymity: str, stage: str) -> Planted:
        return next(p for p in self.planted if (p.anonymity, p.stage) == (anonymity, stage))

    @property
    def by_index(self) -> dict[int, Planted]:
        return {p.index: p for p in self.planted}

    @property
    def matters(self) -> list[UUID]:
        return [*(p.matter for p in self.planted), self.task.pk]


def _words(index: int, anonymity: str) -> Words:
    said = {kind: word(kind, index) for kind in SAID}
    who = {} if anonymity == "anonymous" else {kind: word(kind, index) for kind in IDENTITY}
    return Words(**said, **who)


def _way(city: City, p: Planted) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """The steps of a case with what is said in them, each with the stage that it reaches (none: no stage)."""
    say = {kind: word(kind, p.index) for kind in KINDS}
    clerk, auditor = city.actor("clerk"), city.actor("auditor")
    handler = city.actor("insider" if p.lead == "lamps" else "stranger")
    cleared = {
        "title": say["cleared_title"],
        "text": say["cleared_text"],
        "category": "lamps",
        "area": city.area.pk,
    }
    yield "", "clear", clerk, cleared
    yield "", "route", clerk, {"unit": p.lead, "co_units": [p.co] if p.co else []}
    if p.stage == "returned":
        yield "", "request_return", handler, {"reason": say["return"]}
        yield "returned", "agree_return", clerk, {}
    yield "", "accept", handler, {}
    yield "", "ask", handler, {"question": say["question"]}
    yield "", "reply", submitter(p.filed), {"text": say["reply"]}
    yield "", "request_extension", handler, {"reason": say["request"], "days": 2}
    yield "handling", "refuse_extension", clerk, {"reason": "示例"}
    yield "answered", "answer", handler, {"text": say["answer"], "outcome": "solved"}
    yield "", "serve", auditor, {"method": "portal", "proof": say["proof"]}
    verdict = {"solved": "no", "grade": "not_satisfied", "comment": say["comment"], "pressed": "on"}
    yield "served", "evaluate", submitter(p.filed), verdict
    # Second handling would follow: what is closed was judged well.
    yield "", "evaluate", submitter(p.filed), verdict | {"solved": "yes", "grade": "satisfied"}
    yield "closed", "close", SYSTEM, {}


def _plant_case(city: City, index: int, anonymity: str, stage: str, lead: str, co: str) -> Planted:
    filed = file_submission(
        words=_words(index, anonymity),
        anonymity=anonymity,
        channel="portal",
        by=Actor(NOBODY, Role.SUBMITTER),
        at=NOW,
    )
    planted = Planted(index, anonymity, stage, lead, co, filed)
    if stage != "registered":
        for reached, step, by, answers in _way(city, planted):
            take(planted.matter, step, by, NOW, **answers)
            if reached == stage:
                break
    return planted


def plant(city: City) -> Plantation:
    """Cases of each anonymity at several stages, one that came back, one of another unit, and a task."""
    world = Plantation(city)
    wanted = [(a, s, "lamps", "roads") for a, stages in STAGES.items() for s in stages.split()]
    wanted += [("named", "returned", "lamps", "roads"), ("named", "handling", "schools", "")]
    for index, (anonymity, stage, lead, co) in enumerate(wanted, start=1):
        world.planted.append(_plant_case(city, index, anonymity, stage, lead, co))
    [line] = lines(city, "改进路灯维修", at=NOW)
    bind_line(
        line=line, category=Category.objects.get(pk="lamps"), area=None, by=city.actor("deputy"), at=NOW
    )
    one = task(city, line, at=NOW, title=word("task_title", 0), goal=word("task_goal", 0))
    bring(city, one, "working", NOW)
    world.task, world.line, world.conference = one, line.pk, line.conference_id
    assert Case.objects.count() == len(world.planted)
    return world
