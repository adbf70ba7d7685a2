"""The trail of a case at the desk: what it was split from and into, what reviews it, whom it went with, and what goes with
it now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from yipanqi.cases.models import Case
from yipanqi.core import gate
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.organisations.timeline import History

SPLIT_FROM, SPLIT_INTO, JOINED, PARTED = "split_from", "split_into", "joined", "parted"
REVIEWED, REVIEWS = "reviewed", "reviews"
# Step by step: the keys of its payload under which another case's number stands, and what it says of that case.
_TIES = {
    "register": {"split_from": SPLIT_FROM, "reviews": REVIEWS},
    "split": {"into": SPLIT_INTO},
    "join": {"head": JOINED},
    "part": {"from_head": PARTED},
    "parted": {"from_head": PARTED},
    "ask_review": {"into": REVIEWED},
    "ask_second": {"into": REVIEWED},
}
_FOR_ALL = (JOINED, PARTED, REVIEWED)
LISTED = 20  # cases that are listed under a head; their number is told beside it
MOST = 1000


@dataclass(frozen=True)
class Tie:
    """That a case was tied to another one, and when; `number` and `matter` only where this viewer may find it."""

    at: dt.datetime
    what: str
    number: str = ""
    matter: UUID | None = None


@dataclass(frozen=True)
class Member:
    """A case that goes with this one, as a viewer finds it."""

    matter: UUID
    number: str
    state: str
    state_code: str


@dataclass(frozen=True)
class Trail:
    """`head` is the last tie where the case goes with another now. `voices` are the submissions behind a head, its own
    among them, at most MOST: how many, and never whose (trust-and-ux H1); nought where nothing goes with it."""

    ties: list[Tie] = field(default_factory=list)
    head: Tie | None = None
    members: list[Member] = field(default_factory=list)
    voices: int = 0

    @property
    def bounded(self) -> bool:
        return self.voices > MOST


def trail_of(case: Case, history: History, viewer: Viewer, channel: Channel, *, sender: bool) -> Trail:
    """The trail as this viewer may see it. That two cases are one submission's is for its `sender` alone: it says that one
    person raised both. Of a review everybody knows, for the case waits for it. Of what the viewer cannot find there is no
    number and no link."""
    ties = []
    for move in history.moves:
        for key, what in _TIES.get(move.step, {}).items():
            number = str(history.payloads[move.pk].get(key, ""))
            if number and (sender or what in _FOR_ALL):
                ties.append((move.at, what, number))
    found = _findable((number for _at, _what, number in ties), viewer, channel)
    shown = [Tie(at, what, number if number in found else "", found.get(number)) for at, what, number in ties]
    members = list(
        case.joined.exclude(matter__state="withdrawn").order_by("pk").values_list("pk", flat=True)[:1]
    )
    return Trail(
        ties=shown,
        head=next((t for t in reversed(shown) if t.what == JOINED), None) if case.joined_to_id else None,
        members=_members(case, viewer, channel) if members else [],
        voices=_voices(case) if members else 0,
    )


def _findable(numbers: Iterable[str], viewer: Viewer, channel: Channel) -> dict[str, UUID]:
    wanted = set(numbers)
    if not wanted:
        return {}
    seen = Matter.objects.filter(gate.visible(viewer, channel), case__number__in=wanted)
    return dict(seen.values_list("case__number", "pk"))


def _members(case: Case, viewer: Viewer, channel: Channel) -> list[Member]:
    """The first of them that the viewer may find, in the order in which they came."""
    seen = Matter.objects.filter(gate.visible(viewer, channel), case__joined_to=case).select_related("case")
    found = []
    for matter in seen.exclude(state="withdrawn").order_by("pk")[:LISTED]:
        state = procedure_of(matter).state[matter.state]
        found.append(Member(matter.pk, matter.case.number, str(state.label), state.code))
    return found


def _voices(case: Case) -> int:
    others = case.joined.exclude(matter__state="withdrawn").exclude(submission=case.submission_id)
    return 1 + others.order_by().values("submission").distinct()[:MOST].count()
