"""Who may find a case, and what of it they see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from yipanqi.cases import persons
from yipanqi.cases.models import Case, Mandate, Verdict
from yipanqi.cases.queries import OPENING, ended, knows_person, mandate_of, number_of, whole
from yipanqi.cases.trail import Trail, trail_of
from yipanqi.core import engine, gate, sealing
from yipanqi.core.gate import Actor, Channel, Live, Viewer
from yipanqi.core.kinds import UnitRef, procedure_of
from yipanqi.core.models import Matter, Move
from yipanqi.core.procedure import Role, Step
from yipanqi.files.queries import FileView, of_seal, views
from yipanqi.organisations.access import (
    answered_by,
    in_any_part,
    matters_with,
    parts_of_viewer,
    units_reached,
)
from yipanqi.organisations.models import Part
from yipanqi.organisations.queries import parts_of, units_in
from yipanqi.organisations.timeline import (
    DocumentView,
    DueView,
    Event,
    History,
    PartView,
    documents,
    history_of,
    open_dues,
    part_due,
    timeline,
    without_words,
)
from yipanqi.text.geo import Point, read as read_point
from yipanqi.text.privacy import mask_name, mask_phone

PARTICULARS = ("name", "phone", "email", "address", "person", "person_phone")
INTAKE = ("cases.register", "cases.route", "cases.approve", "cases.audit", "cases.callback")
READING = {Part.SENDER: INTAKE, Part.SUPERIOR: ("cases.oversee",)}


def visible(viewer: Viewer, channel: Channel, live: Live) -> Q | None:
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
    parts = _working_parts(viewer)
    if viewer.has("cases.oversee"):
        parts |= parts_of_viewer(viewer, "cases.oversee")
    staff = matters_with(parts, live=live)
    return staff if clause is None else clause | staff


def reads(viewer: Viewer, channel: Channel) -> Q | None:
    """The clause over `Matter` of what `readable` gives without an opening: intake and handlers read the case. An
    overseer who has opened one does not search in it for that: what a search finds must not depend on it."""
    if viewer.account is None or channel not in (Channel.DESK, Channel.COMMAND):
        return None
    return matters_with(_working_parts(viewer), live=Live.NO)


def _working_parts(viewer: Viewer) -> Q:
    """The clause over `Part` of intake's and handlers' own: with these they read the case."""
    parts = Q(pk__in=[])
    if any(viewer.has(c) for c in INTAKE):
        parts |= parts_of_viewer(viewer, *INTAKE, roles=(Part.SENDER,))
    if viewer.has("cases.handle"):
        parts |= parts_of_viewer(viewer, "cases.handle", roles=(Part.LEAD, Part.CO))
    if viewer.has("cases.oversee"):
        # Whoever decides a dispute reads what it is about, as long as it has to decide.
        parts |= parts_of_viewer(viewer, "cases.oversee", roles=(Part.SUPERIOR,))
    return parts


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
    person: str = ""
    person_phone: str = ""
    beside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # once it is open (cases/persons.py)


@dataclass(frozen=True)
class Below:
    """A case that is reviewed, as the reviewing body reads it: who decided, what was served and what happened. Nothing of
    what units wrote to each other, nothing under a veil, and no way to the case itself."""

    number: str
    kind: str
    unit: str
    title: str
    text: str
    documents: list[DocumentView]
    events: list[Event]


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
    received_at: dt.datetime | None  # unknown of what is long past
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
    together: bool = False  # handled with another case; of which one a submitter is told nothing
    trail: Trail = field(default_factory=Trail)
    files: list[FileView] = field(default_factory=list)
    takes_in: bool = False  # the viewer registers for the unit that sent it on
    units: Mapping[Role, list[UnitRef]] = field(default_factory=dict)
    gathering: persons.Gathering | None = None  # that several filed it together
    mandate: Mandate | None = None  # of whoever filed it for another: the relation, and nobody's name
    published: str = ""  # the number of its public page
    point: Point | None = None  # on the map; `point_goes`: it goes with the text
    point_goes: bool = False
    below: list[Below] = field(default_factory=list)  # what is reviewed, the last opinion first


def present(matter: Matter, viewer: Viewer, channel: Channel, at: dt.datetime | None = None) -> CaseView:
    """The case for this viewer: the submitter's plain view, or the desk's."""
    moment = at or timezone.now()
    case = _case_of(matter)
    public = viewer.account is None
    history = history_of(matter)
    parts = parts_of([matter.pk]).get(matter.pk, [])
    lead = next((p for p in parts if p.role == Part.LEAD and p.until is None), None)
    state = procedure_of(matter).state[matter.state]
    reads = public or _reads_text(matter, parts, viewer, moment)
    takes_in = in_any_part(parts, viewer, "cases.register", Part.SENDER)
    sealed = cache(lambda: sealed_of(case))
    original = _original(case, matter, sealed) if takes_in else None
    units = units_in(parts)
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
        dues=[*_owed(parts, viewer, moment), *open_dues(history, at=moment, public=public)],
        documents=_documents(history, parts, viewer) if reads else [],
        steps=list(engine.open_steps(matter, case, Actor(viewer), moment, units)),
        parts=[]
        if public
        else [
            PartView(
                p.role,
                str(p.unit),
                p.since,
                p.until,
                p.left_because if reads else "",
                p.asked if reads else "",
                part_due(p, moment),
            )
            for p in parts
        ],
        person=None if public else _person(case, parts, history, viewer, moment, sealed),
        original=original,
        external=[] if public else list(case.external_refs.values_list("system", "number")),
        verdict=_verdict(case, public=public),
        pressed=viewer.has("cases.oversee") and Matter.objects.filter(pressed(viewer), pk=matter.pk).exists(),
        request=case.request if not public and reads else {},
        together=case.joined_to_id is not None,
        trail=Trail()
        if public
        else trail_of(case, history, viewer, channel, sender=_is_sender(parts, viewer)),
        files=[] if public or not reads else _files(case, original=original is not None),
        takes_in=takes_in,
        units=units,
        gathering=persons.gathering(sealed()) if reads and not public else None,
        mandate=mandate_of(case.submission),
        published=number_of(case),
        point=None if public or not reads else _point(case, original, sealed),
        point_goes=case.point_goes,
        below=[] if public or not reads or case.reviews_id is None else _below(case, moment),
    )


def _below(case: Case, at: dt.datetime) -> list[Below]:
    """What a review reviews, down to the claim."""
    found, one = [], case.reviews
    while one is not None:
        history = history_of(one.matter)
        lead = next(
            (p for p in parts_of([one.pk]).get(one.pk, []) if p.role == Part.LEAD and not p.until), None
        )
        told = [
            event
            for event in timeline(history, at=at, public=False)
            if not (
                history.procedure.step[event.step].aside or history.procedure.step[event.step].veiled_until
            )
        ]
        found.append(
            Below(
                number=one.number,
                kind=str(history.procedure.label),
                unit=str(lead.unit) if lead else "",
                title=one.title,
                text=one.text,
                documents=documents(history),
                events=told,
            )
        )
        one = one.reviews
    return found


def _case_of(matter: Matter) -> Case:
    """The case of a matter, with which its page may have read it already."""
    if Matter._meta.get_field("case").is_cached(matter):
        return matter.case
    case = whole().get(pk=matter.pk)
    case.matter = matter  # with what is known of it
    return case


def _owed(parts: list[Part], viewer: Viewer, at: dt.datetime) -> list[DueView]:
    """The dates by which the viewer's units owe the lead their parts."""
    mine = [p for p in parts if p.until is None and p.done_at is None and p.role == Part.CO]
    dues = (part_due(p, at) for p in mine if viewer.reaches("cases.handle", p.unit.path))
    return [due for due in dues if due is not None]


def _told(
    history: History, parts: list[Part], viewer: Viewer, at: dt.datetime, *, reads: bool
) -> list[Event]:
    """The timeline. Somebody who may not read the text reads no words here either, only what happened when."""
    if viewer.account is None:
        return timeline(history, at=at, public=True)
    events = timeline(history, at=at, public=False, sender=_is_sender(parts, viewer))
    return events if reads else without_words(events)


def _documents(history: History, parts: list[Part], viewer: Viewer) -> list[DocumentView]:
    """What was written, for this viewer. How a service was proved is for the sender, as on the timeline, and for whoever
    served it: they keep the record."""
    sender = _is_sender(parts, viewer)
    own = {p.unit_id for p in parts if viewer.reaches("cases.handle", p.unit.path)} - {None}

    def sees_proof(move: Move) -> bool:
        return viewer.account is not None and (sender or move.actor_unit in own)

    return documents(history, public=viewer.account is None, sees_proof=sees_proof)


def _is_sender(parts: list[Part], viewer: Viewer) -> bool:
    senders = [p.unit.path for p in parts if p.role == Part.SENDER and p.until is None]
    return any(viewer.reaches(capability, path) for capability in INTAKE for path in senders)


def readable(
    parts: Mapping[UUID, Iterable[tuple[str, str]]], viewer: Viewer, at: dt.datetime
) -> frozenset[UUID]:
    """Those of the cases, each given with role and path of its living parts, whose text this viewer may read: intake and
    handlers read the case; an overseer reads it for half an hour after opening it with a purpose (domain §0). One
    statement at most."""
    found = {
        matter
        for matter, living in parts.items()
        if any(
            viewer.reaches(capability, path)
            for role, path in living
            for capability in READING.get(role, ("cases.handle",))
        )
    }
    closed = parts.keys() - found
    if viewer.account is not None and closed:
        recent = Move.objects.filter(
            matter__in=closed,
            step="open_text",
            actor_account=viewer.account,
            at__gt=at - OPENING,
            at__lte=at,
        )
        found |= set(recent.values_list("matter_id", flat=True))
    return frozenset(found)


def said_titles(
    seals: Mapping[UUID, UUID], parts: Mapping[UUID, Iterable[tuple[str, str]]], viewer: Viewer
) -> dict[UUID, str]:
    """What the submitters called these cases, which nobody has cleared yet, given with their seals and as `readable` has
    them; for intake alone, which sees what it takes in: without it a queue is a list of things to open one by one."""
    taken_in = {
        seal: matter
        for matter, seal in seals.items()
        if any(r == Part.SENDER and viewer.reaches("cases.register", path) for r, path in parts[matter])
    }
    if not taken_in:
        return {}
    return {taken_in[seal]: title for seal, title in sealing.open_field(taken_in, "title").items()}


def _reads_text(matter: Matter, parts: list[Part], viewer: Viewer, at: dt.datetime) -> bool:
    living = [(part.role, part.unit.path) for part in parts if part.until is None]
    return bool(readable({matter.pk: living}, viewer, at))


def _original(case: Case, matter: Matter, sealed: Callable[[], dict[str, str]]) -> dict[str, str] | None:
    """The words as said, for intake before routing alone: it sees what it takes in. A case that was split off shows
    them not again: it may be registered long after they went out of sight."""
    if case.number != case.submission.reference_id or matter.state != "registered":
        return None
    fields = sealed()
    return {name: fields.get(name, "") for name in ("title", "text", "place", "point")} if fields else None


def sealed_of(case: Case) -> dict[str, str]:
    """What was sealed with the submission; nothing once it has been erased."""
    try:
        return sealing.open_seal(case.submission.seal_id)
    except sealing.Erased:
        return {}


def _point(case: Case, original: dict[str, str] | None, sealed: Callable[[], dict[str, str]]) -> Point | None:
    """What was pointed at: where the words as said may be read, and where the clerk let it go along with the text."""
    if original is not None:
        return read_point(original["point"])
    return read_point(sealed().get("point", "")) if case.point_goes else None


def _files(case: Case, *, original: bool) -> list[FileView]:
    """Where the words as said may be read, all files of the submission with their own names; elsewhere those that the
    clerk let go along with the text."""
    files = of_seal(case.submission.seal_id)
    going = set(case.released.values_list("file", flat=True)) if files else set()
    shown = files if original else [file for file in files if file.pk in going]
    return [replace(view, goes=view.id in going) for view in views(shown, original=original)]


def find_file(file_id: UUID, viewer: Viewer, at: dt.datetime) -> tuple[Matter, FileView] | None:
    """A file as the page of one of its cases shows it to this viewer, there with its original if anywhere; None where
    no page of theirs shows it."""
    found = []
    for pk in (
        Case.objects.filter(submission__seal__files=file_id).order_by("pk").values_list("pk", flat=True)
    ):
        matter = gate.find(pk, viewer, Channel.DESK)
        files = present(matter, viewer, Channel.DESK, at).files if matter is not None else []
        found += [(matter, view) for view in files if view.id == file_id and matter is not None]
    return max(found, key=lambda each: each[1].original, default=None)


def _person(
    case: Case,
    parts: list[Part],
    history: History,
    viewer: Viewer,
    at: dt.datetime,
    sealed: Callable[[], dict[str, str]],
) -> Person | None:
    """Masked unless this account opened the identity in the last half hour; nothing of one whom this viewer may not
    know. Of whoever filed it for another and does so no more the name stays, and no way to reach them."""
    anonymity = case.submission.anonymity
    if not knows_person(anonymity, parts, viewer):
        return Person(anonymity, masked=True)
    is_open = any(
        move.step == "open_identity"
        and move.actor_account == viewer.account is not None
        and at - OPENING < move.at <= at
        for move in history.moves
    )
    fields = sealed()
    shown = {name: fields.get(name, "") for name in PARTICULARS}
    if ended(case.submission):
        shown |= dict.fromkeys(("phone", "email", "address"), "")
    if is_open:
        return Person(anonymity, masked=False, beside=beside_of(case, fields), **shown)
    return Person(
        anonymity,
        masked=True,
        name=mask_name(shown["name"]),
        phone=mask_phone(shown["phone"]),
        person=mask_name(shown["person"]),
        person_phone=mask_phone(shown["person_phone"]),
    )


def beside_of(case: Case, fields: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Who stands beside the submitter; of whoever spoke for another and does so no more nobody."""
    found = {n: tuple(persons.listed(fields.get(n, ""), fields.get("name", ""))) for n in persons.BESIDE}
    if ended(case.submission):
        found["second_agent"] = ()
    return {name: people for name, people in found.items() if people}


def _verdict(case: Case, *, public: bool) -> dict[str, object] | None:
    """The last verdict; for staff the last that is open to them. An earlier round's must not vanish from their page
    when a later one is given: that would tell them that it was (trust-and-ux H6)."""
    given = case.verdicts.all() if public else case.verdicts.filter(open_to_staff=True)
    rows = list(given.select_related("why").order_by("-round", "of")[:2])  # "handler" stands before "office"
    if not rows:
        return None
    verdict, others = rows[0], [row for row in rows[1:] if row.round == rows[0].round]
    found: dict[str, object] = {
        "grade": verdict.grade,
        "solved": verdict.solved,
        "at": verdict.at,
        "round": verdict.round,
        "why": verdict.why,
    }
    for row in others:
        found |= {"office": row.grade, "office_why": row.why}
    return found
