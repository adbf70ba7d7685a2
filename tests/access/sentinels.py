"""Words that nobody else says, planted in every field that tells of a person, and how they are found again.

A sentinel is `Zqsen`, a letter or two for its kind and two digits for its case; a telephone number, a point on the map and a
secret are digits and are known by their value. What somebody types into a form is of the kind TYPED and may stand nowhere but before them.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus
from uuid import UUID

from tests.access.world import CALL, NOW
from tests.factories import PASSWORD, City, submitter, take
from tests.files.pictures import located
from tests.meetings.instruction_world import GIVEN, advance_instruction, instruction
from tests.meetings.meeting_world import advance, meeting
from tests.meetings.world import bring, lines, task
from yipanqi.cases.actions import Filed, ForAnother, Words, ask_to_be_called, file_submission
from yipanqi.cases.models import Case
from yipanqi.core.gate import NOBODY, SYSTEM, Actor
from yipanqi.core.models import Move
from yipanqi.core.procedure import Role
from yipanqi.exchange.actions import advance_import, receive_file, start_import, stored
from yipanqi.exchange.systems import keep_system
from yipanqi.files.actions import Taken, take_in
from yipanqi.meetings.actions import ReportFacts, bind_line, keep_report
from yipanqi.meetings.exchanges import ExchangeDraft, share_exchange
from yipanqi.meetings.mechanisms import MechanismDraft, keep_mechanism
from yipanqi.meetings.plan_actions import draw_up_plan
from yipanqi.notices.actions import tell
from yipanqi.notices.delivery import deliver
from yipanqi.organisations.models import Category
from yipanqi.web.desk.orders import hold_order, run_order

KINDS = {
    "name": "n", "phone": "p", "email": "m", "address": "a",  # who it is
    "person": "B", "signatory": "S",  # for whom it was filed, and who signed it too
    "title": "t", "text": "x", "place": "l", "point": "Q",  # as said
    "cleared_title": "c", "cleared_text": "d",  # as the clerk cleared it
    "question": "q", "reply": "r", "request": "e", "answer": "w", "proof": "f", "comment": "v", "return": "b",
    "split_title": "u", "split_text": "h",  # of a second matter in the same submission
    "task_title": "o", "task_goal": "g", "task_note": "K", "task_target": "T", "task_asked": "A",
    "meeting_title": "mt", "meeting_purpose": "mp", "leave_reason": "lr",  # of a planned conference, and of one unit's reply
    "plan_title": "pt", "dispute": "dr",  # of a decomposition plan, and of one unit's dispute in it
    "instruction_title": "it", "instruction_purpose": "ip", "instruction_said": "is",  # of a leader's instruction
    "caller": "J", "call_about": "I",  # of who asks to be called
    "note": "N", "office_note": "O", "urging": "U",  # what units say to each other
    "published": "P",  # what the auditor wrote for everybody
    "file_name": "i", "camera": "j",  # of a photo: what it is called, and what it says of itself
    "secret": "s", "password": "z", "key": "k", "typed": "y",
}  # fmt: skip
NAMES = {letter: kind for kind, letter in KINDS.items()}
IDENTITY = ("name", "phone", "email", "address", "person", "signatory")
SAID = ("title", "text", "place")
# What the database may hold in clear: what was written to be forwarded, asked, answered and decided.
IN_CLEAR = (
    "cleared_title", "cleared_text", "question", "reply", "request", "answer", "proof", "comment", "return",
    "task_title", "task_goal", "task_note", "task_target", "task_asked", "split_title", "split_text", "note",
    "office_note", "urging", "published", "meeting_title", "meeting_purpose", "leave_reason",
    "plan_title", "dispute",
    "instruction_title", "instruction_purpose", "instruction_said",
)  # fmt: skip
# Each anonymity at these stages; a served case is judged, and its window is open.
STAGES = {
    "named": "registered handling answered served closed unjudged",
    "hidden": "registered handling served",
    "anonymous": "registered answered closed",
    "handler_only": "registered handling",  # claims
}
WITH_PHOTO = ("registered", "handling", "returned")
KEY = "Zqsenk00-idempotency"
TYPED_PHONE = "19855507310"


def word(kind: str, case: int) -> str:
    """The sentinel of a kind for a case."""
    if kind == "point":
        return f"geo:36.65000,117.731{case:02d};crs=wgs84"
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
    photo: Taken | None = None

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

    _WORDS = re.compile(r"Zqsen([a-zA-Z]{1,2})(\d\d)")
    _PHONE = re.compile(r"1990(\d{4})731")
    _POINT = re.compile(r"117\.731(\d\d)")
    _HEX = re.compile(r"(?:[0-9a-f]{2}){6,}")

    def __init__(self, planted: list[Planted]) -> None:
        self.secrets = {re.sub(r"\D", "", p.filed.secret): p.index for p in planted}

    def find(self, out: str | bytes) -> set[Found]:
        text = _opened(out).decode("utf-8", "replace") if isinstance(out, bytes) else out
        found: set[Found] = set()
        for form in self._forms(text):
            # What was typed into a form stands thousands of times on its page: each word is made a finding once.
            found |= {Found(NAMES[letter], int(case)) for letter, case in set(self._WORDS.findall(form))}
            found |= {Found("point", int(case)) for case in set(self._POINT.findall(form))}
            if PASSWORD in form:
                found.add(Found("password", 0))
        digits = re.sub(r"[\s-]|&nbsp;", "", text)
        found |= {Found("phone", int(case)) for case in self._PHONE.findall(digits)}
        found |= {Found("secret", case) for secret, case in self.secrets.items() if secret in digits}
        if TYPED_PHONE in digits:
            found.add(Found("typed", 0))
        return found

    def _forms(self, text: str) -> Iterator[str]:
        yield from {text, html.unescape(text), unquote_plus(text)}
        for match in self._HEX.finditer(text.lower()):
            raw = match[0]
            # From either nibble's beginning: what stands before it may have an odd length.
            yield bytes.fromhex(raw).decode("latin-1")


def _opened(out: bytes) -> bytes:
    """What stands in an office file is packed: its words are those of its parts."""
    if not out.startswith(b"PK"):
        return out
    with zipfile.ZipFile(io.BytesIO(out)) as packed:
        return b"\n".join(_opened(packed.read(name)) for name in packed.namelist())


@dataclass
class Plantation:
    """The small city with everything planted."""

    city: City
    planted: list[Planted] = field(default_factory=list)
    split: UUID | None = None
    task: Any = None
    meeting: Any = None
    plan: Any = None
    instruction: Any = None
    files: list[str] = field(default_factory=list)
    line: int = 0
    conference: int = 0
    mechanism: int = 0
    exchange: int = 0
    run: Any = None
    call: UUID = CALL
    order: Any = None

    def of(self, anonymity: str, stage: str) -> Planted:
        return next(p for p in self.planted if (p.anonymity, p.stage) == (anonymity, stage))

    @property
    def by_index(self) -> dict[int, Planted]:
        return {p.index: p for p in self.planted}

    @property
    def matters(self) -> list[UUID]:
        return [
            *(p.matter for p in self.planted),
            *([self.split] if self.split else []),
            self.task.pk,
            self.meeting.matter_id,
            self.plan.pk,
            self.instruction.matter_id,
        ]


def _words(index: int, anonymity: str) -> Words:
    said = {kind: word(kind, index) for kind in SAID}
    who = {} if anonymity == "anonymous" else {kind: word(kind, index) for kind in IDENTITY}
    signatory = who.pop("signatory", "")
    # The number of the person concerned is known by the same value.
    return Words(
        **said, **who, signatories=signatory, person_phone=who.get("phone", ""), point=word("point", index)
    )


def _way(city: City, p: Planted) -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """The steps of a case with what is said in them, each with the stage that it reaches (none: no stage)."""
    say = {kind: word(kind, p.index) for kind in KINDS}
    clerk, auditor = city.actor("clerk"), city.actor("auditor")
    handler = city.actor("insider" if p.lead == "lamps" else "stranger")
    cleared = {
        "title": say["cleared_title"],
        "text": say["cleared_text"],
        "files": [p.photo.id] if p.photo else [],
        "point": p.anonymity == "named",
        "category": "lamps",
        "area": city.area.pk,
    }
    yield "", "clear", clerk, cleared
    yield "", "route", clerk, {"unit": p.lead, "co_units": [p.co] if p.co else []}
    if p.stage == "returned":
        yield "", "request_return", handler, {"reason": say["return"]}
        yield "returned", "agree_return", clerk, {}
    claim = p.anonymity == "handler_only"
    yield "", "accept", handler, {"notice": "示例"} if claim else {}
    yield "", "urge", clerk, {"line": say["urging"]}
    yield "", "note", handler, {"text": say["note"], "mention": ["hotline"]}
    yield "", "office_note", clerk, {"text": say["office_note"]}
    yield "", "ask", handler, {"question": say["question"]}
    yield "handling" if claim else "", "reply", submitter(p.filed), {"text": say["reply"]}
    yield "", "request_extension", handler, {"reason": say["request"], "days": 2}
    yield "handling", "refuse_extension", clerk, {"reason": "示例"}
    yield "answered", "answer", handler, {"text": say["answer"], "outcome": "solved"}
    yield "unjudged", "serve", auditor, {"method": "portal", "proof": say["proof"]}
    verdict = {"solved": "no", "grade": "not_satisfied", "comment": say["comment"], "pressed": "on"}
    yield "served", "evaluate", submitter(p.filed), verdict
    # Second handling would follow: what is closed was judged well.
    yield "", "evaluate", submitter(p.filed), verdict | {"solved": "yes", "grade": "satisfied"}
    yield "", "close", SYSTEM, {}
    yield "", "consent", submitter(p.filed), {"agreed": "on"}
    words = dict.fromkeys(("title", "said", "came_of_it"), say["published"])
    yield "closed", "publish", auditor, words | {"place": "street"}


def _photo(index: int) -> Taken:
    data = located(camera=word("camera", index))
    return take_in(name=f"{word('file_name', index)}.jpg", data=data, at=NOW)


def _plant_case(city: City, index: int, anonymity: str, stage: str, lead: str, co: str) -> Planted:
    photo = _photo(index) if stage in WITH_PHOTO else None
    filed = file_submission(
        words=_words(index, anonymity),
        anonymity=anonymity,
        channel="portal",
        by=Actor(NOBODY, Role.SUBMITTER),
        at=NOW,
        kind="claim" if anonymity == "handler_only" else "order",
        files=[photo] if photo else [],
        mandate=ForAnother("helper", "written", agreed=True),
    )
    planted = Planted(index, anonymity, stage, lead, co, filed, photo)
    if stage != "registered":
        for reached, step, by, answers in _way(city, planted):
            take(planted.matter, step, by, NOW, **answers)
            if reached == stage:
                break
    return planted


def _split_and_join(world: Plantation) -> None:
    """A second matter is split off the one case that is being handled, and another person's is joined to it."""
    head, other, clerk = (
        world.of("named", "handling"),
        world.of("hidden", "handling"),
        world.city.actor("clerk"),
    )
    words = {name: word(f"split_{name}", head.index) for name in ("title", "text")}
    take(head.matter, "split", clerk, NOW, category="lamps", area=world.city.area.pk, **words)
    part = Case.objects.get(submission=head.filed.submission, title=words["title"])
    take(other.matter, "join", clerk, NOW, head=head.filed.reference)
    world.split = part.pk


def plant(city: City) -> Plantation:
    """Cases of each anonymity at several stages, one that came back, one of another unit, a task, and a conference that is
    convened."""
    world = Plantation(city)
    wanted = [(a, s, "lamps", "roads") for a, stages in STAGES.items() for s in stages.split()]
    wanted += [("named", "returned", "lamps", "roads"), ("named", "handling", "schools", "")]
    for index, (anonymity, stage, lead, co) in enumerate(wanted, start=1):
        world.planted.append(_plant_case(city, index, anonymity, stage, lead, co))
    world.files = [p.photo.id for p in world.planted if p.photo]
    _split_and_join(world)
    [line] = lines(city, "改进路灯维修", at=NOW)
    said = ReportFacts("要改进路灯维修。", "要改进路灯维修。", speakers=["示例路灯处"])
    keep_report(conference=line.conference, facts=said, by=city.actor("deputy"), at=NOW)
    told = ExchangeDraft("路灯自检", "城市管理", "每周自检一次。")
    exchange = line.conference.exchanges.get()
    world.exchange = share_exchange(exchange=exchange, draft=told, by=city.actor("deputy"), at=NOW).pk
    bind_line(
        line=line, category=Category.objects.get(pk="lamps"), area=None, by=city.actor("deputy"), at=NOW
    )
    one = task(
        city,
        line,
        at=NOW,
        title=word("task_title", 0),
        goal=word("task_goal", 0),
        targets=[(word("task_target", 0), 300, "盏")],
        co_units=[{"unit": "roads", "asked": word("task_asked", 0)}],
    )
    bring(city, one, "working", NOW)
    take(one.pk, "note", city.actor("insider"), NOW, text=word("task_note", 0), mention=["roads"])
    world.task, world.line, world.conference = one, line.pk, line.conference_id
    world.meeting = _plant_meeting(city)
    world.plan = _plant_plan(city, line)
    world.instruction = _plant_instruction(city)
    kept = MechanismDraft(
        "示例联席会议", city.units["socialwork"], "每季度一次。", [(city.units["lamps"], "")]
    )
    world.mechanism = keep_mechanism(draft=kept, by=city.actor("deputy"), at=NOW).pk
    assert Case.objects.count() == len(world.planted) + 1
    # As the worker does: notices at the desk, and messages, which without a mail server are files beside the data.
    tell(moves=Move.objects.values_list("pk", flat=True), at=NOW)
    assert deliver(at=NOW).sent > 10
    world.run = _plant_import(world)
    name, about = word("caller", 0), word("call_about", 0)
    ask_to_be_called(request=world.call, phone=word("phone", 0), at=NOW, name=name, about=about)
    world.order = _plant_order(world)
    return world


def _plant_meeting(city: City) -> Any:
    """To which the insider's unit asked for leave, which is the convener's and its own business."""
    about = {"title": word("meeting_title", 0), "purpose": word("meeting_purpose", 0)}
    one = meeting(city, at=NOW, **about)
    matter = advance(city, one, "convened", NOW)
    leave = {"reply": "leave", "reason": word("leave_reason", 0), "leader": "示例岗"}
    take(matter.pk, "reply", city.actor("insider"), NOW, invitation="1", **leave)
    return one


def _plant_plan(city: City, line: Any) -> Any:
    """In which the insider's unit disputes its role, which is the sender's and its own business."""
    task(city, line, at=NOW, title="分解中的任务")
    deputy, sender = city.actor("deputy"), city.units["socialwork"]
    title = word("plan_title", 0)
    one = draw_up_plan(conference=line.conference, sender=sender, title=title, by=deputy, at=NOW)
    take(one.pk, "consult", deputy, NOW)
    take(one.pk, "dispute", city.actor("insider"), NOW, task="1", reason=word("dispute", 0))
    return one


def _plant_instruction(city: City) -> Any:
    """Instructed and not distributed: its office's own."""
    about = {"title": word("instruction_title", 0), "purpose": word("instruction_purpose", 0)}
    one = instruction(city, at=NOW, **about)
    advance_instruction(city, one, "proposed", NOW)
    said = GIVEN | {"text": word("instruction_said", 0)}
    take(one.matter_id, "instruct", city.actor("deputy"), NOW, **said)  # type: ignore[arg-type]
    return one


def _plant_order(world: Plantation) -> UUID:
    """A step on several that one could not follow: its page names it to whoever ordered it."""
    one = world.of("named", "handling").filed.case.pk
    insider = world.city.accounts["insider"].pk
    held = hold_order(account=insider, step="accept", label="接收", answers={one: {}}, at=NOW)
    run_order(order=held.pk, at=held.due_at)
    return held.pk


def _plant_import(world: Plantation) -> Any:
    """A file that the clerk brought, whose one row failed: what stood in it is the clerk's alone, and sealed."""
    by = Actor(world.city.viewer("clerk"), Role.SENDER)
    keep_system(code="hotline", name_zh="示例系统", name_en="Sample system", takes="编号 = number", gives="编号 = number", values="", by=SYSTEM, at=NOW)  # fmt: skip
    index = world.of("named", "registered").index
    row = ",".join(word(kind, index) for kind in SAID)
    table = f"{','.join(SAID)},time\n{row},someday\n".encode()
    run = receive_file(target="submissions", source=io.BytesIO(table), name="示例.csv", by=by, at=NOW)
    mapping = {"text": "text", "time": "time"}
    run = start_import(run=run, mapping=mapping, options={}, for_good=False, by=by, at=NOW, queued=False)
    advance_import(run=run, source=stored(run), by=by, now=lambda: NOW)
    assert (run.state, run.failed) == ("checked", 1)
    return run.pk
