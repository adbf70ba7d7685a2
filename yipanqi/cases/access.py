"""Who may find a case, and what of it they see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from yipanqi.cases.models import Anonymity, Case, Verdict
from yipanqi.cases.queries import OPENING, opened
from yipanqi.core import engine, sealing
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter, Move
from yipanqi.core.procedure import Step
from yipanqi.organisations.access import (
    answered_by,
    in_any_part,
    matters_with,
    parts_of_viewer,
    units_reached,
)
from yipanqi.organisations.models import Part
from yipanqi.organisations.queries import parts_of
from yipanqi.organisations.timeline import (
    DocumentView,
    DueView,
    Event,
    History,
    PartView,
    documents,
    history_of,
    open_dues,
    timeline,
    without_words,
)
from yipanqi.text.privacy import mask_name, mask_phone

INTAKE = ("cases.register", "cases.route", "cases.approve", "cases.audit", "cases.callback")


def visible(viewer: Viewer, channel: Channel, live: bool) -> Q | None:
    """A submitter finds what a secret proves; intake what it sent on; handlers what they lead or help with;
    overseers what lies at or below them. Figures count a case at the unit that answers for it, for whoever sees the
    board over that unit. Everybody else nothing."""
    clause = None
    if viewer.proved and channel in (Channel.PORTAL, Channel.API):
        clause = Q(pk__in=viewer.proved)
    if viewer.account is not None and channel == Channel.FIGURES:
        return answered_by(viewer, "board.see", live=live)
    if viewer.account is None or channel not in (Channel.DESK, Channel.COMMAND):
        return clause
    parts = Q(pk__in=[])
    if any(viewer.has(c) for c in INTAKE):
        parts |= parts_of_viewer(viewer, *INTAKE, roles=(Part.SENDER,))
    if viewer.has("cases.handle"):
        parts |= parts_of_viewer(viewer, "cases.handle", roles=(Part.LEAD, Part.CO))
    if viewer.has("cases.oversee"):
        parts |= parts_of_viewer(viewer, "cases.oversee")
    staff = matters_with(parts, live=live)
    return staff if clause is None else clause | staff


def supervised(viewer: Viewer) -> Q:
    """The clause over `Matter` of what the viewer supervises: whose sender lies at or below them, or whose lead lies
    truly below them; and never what they or their own unit handle or handled. Who begs for a good verdict may be the
    head of the unit, so overseeing one's own unit is not enough (trust-and-ux H6)."""
    living = Part.objects.filter(matter=OuterRef("pk"), until__isnull=True)
    overseen = units_reached(viewer, "cases.oversee").values("pk")
    own = units_reached(viewer, "cases.handle").values("pk")
    handled = Part.objects.filter(matter=OuterRef("pk"), role__in=(Part.LEAD, Part.CO), unit__in=own)
    return Q(
        Exists(living.filter(role=Part.SENDER, unit__in=overseen))
        | Exists(living.filter(role=Part.LEAD, unit__managing__in=overseen)),
        ~Exists(handled),
    )


def pressed(viewer: Viewer) -> Q:
    """The clause over `Matter`: the submitter said that they were pressed for a good verdict, the time to judge is
    over, and the viewer supervises it. Before that, acting on it would tell the unit who has spoken."""
    said = Verdict.objects.filter(case=OuterRef("pk"), pressed=True, open_to_staff=True)
    return Q(supervised(viewer), Exists(said))


@dataclass(frozen=True)
class Person:
    """The submitter as this viewer sees them."""

    anonymity: str
    masked: bool
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""


@dataclass(frozen=True)
class CaseView:
    """One case in the shape in which one viewer sees it. What is None or empty is not for this viewer."""

    number: str
    matter: Matter
    state: str
    state_code: str
    round: int
    outcome: str
    unit: str
    unit_telephone: str
    title: str
    text: str | None
    text_withheld: bool
    category: str
    area: str
    channel: str
    received_at: dt.datetime
    anonymity: str
    events: list[Event]
    dues: list[DueView]
    documents: list[DocumentView]
    steps: list[Step]
    parts: list[PartView] = field(default_factory=list)
    person: Person | None = None
    original: dict[str, str] | None = None
    external: list[tuple[str, str]] = field(default_factory=list)
    verdict: dict[str, object] | None = None
    pressed: bool = False
    request: dict[str, object] = field(default_factory=dict)


def present(matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None) -> CaseView:
    """The case for this viewer: the submitter's plain view, or the desk's."""
    moment = at or timezone.now()
    case = Case.objects.select_related("submission", "category", "area").get(pk=matter.pk)
    public = viewer.account is None
    history = history_of(matter)
    parts = parts_of([matter.pk]).get(matter.pk, [])
    lead = next((p for p in parts if p.role == Part.LEAD and p.until is None), None)
    state = procedure_of(matter).state[matter.state]
    reads = public or _reads_text(matter, viewer, moment)
    return CaseView(
        number=case.number,
        matter=matter,
        state=str(state.plain if public else state.label),
        state_code=state.code,
        round=case.round,
        outcome=case.outcome,
        unit=str(lead.unit) if lead else "",
        unit_telephone=lead.unit.telephone if lead else "",
        title=case.title if reads else "",
        text=None if public or not reads else case.text,
        text_withheld=not reads,
        category=str(case.category) if case.category else "",
        area=str(case.area) if case.area else "",
        channel=case.submission.channel,
        received_at=case.submission.received_at,
        anonymity=case.submission.anonymity,
        events=_told(history, parts, viewer, moment, reads=reads),
        dues=open_dues(history, at=moment, public=public),
        documents=documents(history) if reads else [],
        steps=list(engine.open_steps(matter, case, Actor(viewer), moment)),
        parts=[]
        if public
        else [
            PartView(p.role, str(p.unit), p.since, p.until, p.left_because if reads else "") for p in parts
        ],
        person=None if public else _person(case, matter, viewer, moment),
        original=_original(case, matter, viewer) if not public else None,
        external=[] if public else list(case.external_refs.values_list("system", "number")),
        verdict=_verdict(case, public=public),
        pressed=not public and Matter.objects.filter(pressed(viewer), pk=matter.pk).exists(),
        request=case.request if not public and reads else {},
    )


def _told(
    history: History, parts: list[Part], viewer: Viewer, at: dt.datetime, *, reads: bool
) -> list[Event]:
    """The timeline. Somebody who may not read the text reads no words here either, only what happened when."""
    if viewer.account is None:
        return timeline(history, at=at, public=True)
    senders = [p.unit.path for p in parts if p.role == Part.SENDER and p.until is None]
    sender = any(viewer.reaches(capability, path) for capability in INTAKE for path in senders)
    events = timeline(history, at=at, public=False, sender=sender)
    return events if reads else without_words(events)


def readable(ids: Iterable[UUID], viewer: Viewer, at: dt.datetime) -> frozenset[UUID]:
    """Those of the cases whose text this viewer may read, in two statements: intake and handlers read the case; an
    overseer reads it for half an hour after opening it with a purpose (domain §0)."""
    wanted = frozenset(ids)
    parts = Part.objects.filter(matter__in=wanted, until__isnull=True)
    found = {
        matter
        for matter, role, path in parts.values_list("matter_id", "role", "unit__path")
        if any(viewer.reaches(c, path) for c in (INTAKE if role == Part.SENDER else ("cases.handle",)))
    }
    if viewer.account is not None and found != wanted:
        recent = Move.objects.filter(
            matter__in=wanted - found,
            step="open_text",
            actor_account=viewer.account,
            at__gt=at - OPENING,
            at__lte=at,
        )
        found |= set(recent.values_list("matter_id", flat=True))
    return frozenset(found)


def said_titles(ids: Iterable[UUID], viewer: Viewer) -> dict[UUID, str]:
    """What the submitters called those of the cases that nobody has cleared yet, for intake alone, which sees what it
    takes in: without it a queue is a list of things to open one by one. In two statements."""
    waiting = Part.objects.filter(
        matter__in=list(ids), matter__state="registered", role=Part.SENDER, until__isnull=True
    ).filter(matter__case__cleared=False)
    seals = {
        seal: matter
        for matter, seal, path in waiting.values_list(
            "matter_id", "matter__case__submission__seal_id", "unit__path"
        )
        if viewer.reaches("cases.register", path)
    }
    return {seals[seal]: title for seal, title in sealing.open_field(seals, "title").items()}


def _reads_text(matter: Matter, viewer: Viewer, at: dt.datetime) -> bool:
    return matter.pk in readable([matter.pk], viewer, at)


def _original(case: Case, matter: Matter, viewer: Viewer) -> dict[str, str] | None:
    """The words as said, for intake before routing alone: it sees what it takes in."""
    if matter.state != "registered" or not in_any_part(matter, viewer, "cases.register", "sender"):
        return None
    fields = sealing.open_seal(case.submission.seal_id)
    return {name: fields.get(name, "") for name in ("title", "text", "place")}


def _person(case: Case, matter: Matter, viewer: Viewer, at: dt.datetime) -> Person | None:
    """Masked unless this account opened the identity in the last half hour; nothing of a hidden or anonymous one."""
    anonymity = case.submission.anonymity
    intake = in_any_part(matter, viewer, "cases.identify", "sender")
    if anonymity == Anonymity.ANONYMOUS or (anonymity == Anonymity.HIDDEN and not intake):
        return Person(anonymity, masked=True)
    if not (intake or in_any_part(matter, viewer, "cases.identify", "lead")):
        return Person(anonymity, masked=True)
    is_open = opened(matter=matter.pk, viewer=viewer, step="open_identity", at=at)
    fields = sealing.open_seal(case.submission.seal_id)
    if not is_open:
        return Person(anonymity, True, mask_name(fields.get("name", "")), mask_phone(fields.get("phone", "")))
    return Person(
        anonymity,
        masked=False,
        name=fields.get("name", ""),
        phone=fields.get("phone", ""),
        email=fields.get("email", ""),
        address=fields.get("address", ""),
    )


def _verdict(case: Case, *, public: bool) -> dict[str, object] | None:
    """The last verdict; for staff the last that is open to them. An earlier round's must not vanish from their page
    when a later one is given: that would tell them that it was (trust-and-ux H6)."""
    given = case.verdicts.all() if public else case.verdicts.filter(open_to_staff=True)
    verdict = given.order_by("-round").first()
    if verdict is None:
        return None
    return {"grade": verdict.grade, "solved": verdict.solved, "at": verdict.at, "round": verdict.round}
