"""What a call-back officer has to do now, in one list: first those who asked to be telephoned, the oldest first, then
submitters who can still judge an answer, by the time that they have left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from yipanqi.cases.models import CallRequest, Case, MandateEnd, TrackingSecret, Verdict
from yipanqi.cases.queries import CALLING, call_requests, may_see_calls
from yipanqi.core.gate import Viewer
from yipanqi.core.models import Matter, Move, SealedText, Term
from yipanqi.insight.queue import PAGE, Count
from yipanqi.insight.rows import Row, rows_of
from yipanqi.notices.models import Silence
from yipanqi.organisations.access import parts_of_viewer, units_reached
from yipanqi.organisations.models import Part

ASKED, SERVED = "asked", "served"
COUNTED = 100


@dataclass(frozen=True)
class Place:
    """A place between two rows of the list."""

    what: str
    at: dt.datetime
    id: UUID

    @property
    def text(self) -> str:
        return f"{self.what}~{self.at.isoformat()}~{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """The place that a link carries; None for what is none."""
        what, _tilde, rest = text.partition("~")
        when, _tilde, key = rest.partition("~")
        try:
            at = dt.datetime.fromisoformat(when)
            return cls(what, at, UUID(key)) if what in (ASKED, SERVED) and at.tzinfo else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Call:
    """One call to make: a request, or a case whose submitter is asked for a verdict."""

    place: Place
    request: CallRequest | None = None
    row: Row | None = None


@dataclass(frozen=True)
class Page:
    """Some calls, and where to go on; None where there is nothing."""

    calls: list[Call]
    previous: Place | None
    next: Place | None


def to_call_back(viewer: Viewer, at: dt.datetime) -> QuerySet[Term]:
    """The windows of submitters whom this viewer may ask for a verdict by telephone now: who left a number (or for whom
    one was left; where a mandate has ended that one alone), has not judged, wants to hear from us and is not to be called later. Not where the viewer worked on the case or gave out its
    secret, for then another must ask; nor where a unit of theirs handled it, whom the list would tell who has judged
    (trust-and-ux H6).

    Walked along the index of windows that run, each asked about as it comes: what is wanted as a value and not as EXISTS
    the planner can neither hash nor join, which would begin with all that the city has.
    """
    over = MandateEnd.objects.filter(mandate=OuterRef("submission"))
    case = Case.objects.filter(
        Q(call_after__isnull=True) | Q(call_after__lte=at),
        _left("person_phone") | Q(_left("phone"), ~Exists(over)),
        Exists(_living(parts_of_viewer(viewer, "cases.callback", roles=(Part.SENDER,)))),
        ~Exists(Silence.objects.filter(submission=OuterRef("submission"))),
        ~Exists(Verdict.objects.filter(case=OuterRef("pk"), round=OuterRef("round"))),
        ~Exists(TrackingSecret.objects.filter(submission=OuterRef("submission"), issued_by=viewer.account)),
        ~Exists(_worked_on(viewer)),
        pk=OuterRef("matter_id"),
    )
    if viewer.has("cases.handle"):
        own = units_reached(viewer, "cases.handle").values("pk")
        handled = Part.objects.filter(matter=OuterRef("pk"), role__in=(Part.LEAD, Part.CO), unit__in=own)
        case = case.filter(~Exists(handled))
    wanted = IsNull(Subquery(case.values("pk")[:1]), False)
    return Term.objects.filter(wanted, code="evaluate", state=Term.RUNNING, due_at__gt=at)


def _left(name: str) -> Exists:
    return Exists(SealedText.objects.filter(seal=OuterRef("submission__seal"), name=name))


def _living(parts: Q) -> QuerySet[Part]:
    return Part.objects.filter(parts, matter=OuterRef("pk"), until__isnull=True)


def _worked_on(viewer: Viewer) -> QuerySet[Move]:
    return Move.objects.filter(matter=OuterRef("pk"), actor_account=viewer.account).exclude(step__in=CALLING)


def may_call(matter: UUID, viewer: Viewer, at: dt.datetime) -> bool:
    """Whether the matter is on the viewer's list now."""
    return to_call_back(viewer, at).filter(matter=matter).exists()


def page(
    viewer: Viewer,
    at: dt.datetime,
    *,
    after: Place | None = None,
    before: Place | None = None,
    size: int = PAGE,
) -> Page:
    """A page of the list: of the requests what is left of them, then of the windows."""
    place, backwards = before or after, before is not None
    order = [SERVED, ASKED] if backwards else [ASKED, SERVED]
    found: list[tuple[Place, Any]] = []
    for what in order[order.index(place.what) if place else 0 :]:
        within = place if place and place.what == what else None
        if len(found) <= size:
            found += _walk(what, viewer, at, within, size + 1 - len(found), backwards=backwards)
    more, found = len(found) > size, found[:size]
    found = found[::-1] if backwards else found
    previous, following = (more, bool(found)) if backwards else (after is not None and bool(found), more)
    return Page(
        calls=_calls(found, viewer, at),
        previous=found[0][0] if previous and found else None,
        next=found[-1][0] if following and found else None,
    )


def _walk(
    what: str, viewer: Viewer, at: dt.datetime, place: Place | None, size: int, *, backwards: bool
) -> list[tuple[Place, Any]]:
    """The next rows of one of the two lists after a place in it (`backwards`: before it, the nearest first)."""
    found, when = _LISTS[what](viewer, at)
    way, sign = ("lt", "-") if backwards else ("gt", "")
    if place is not None:
        beyond = Q(**{f"{when}__{way}": place.at}) | Q(**{f"id__{way}": place.id})
        found = found.filter(beyond, **{f"{when}__{way}e": place.at})
    rows = found.order_by(f"{sign}{when}", f"{sign}id")[:size]
    return [(Place(what, getattr(row, when), row.pk), row) for row in rows]


def _asked(viewer: Viewer, at: dt.datetime) -> tuple[QuerySet[Any], str]:
    found = call_requests(at) if may_see_calls(viewer) else CallRequest.objects.none()
    return found.select_related("submission"), "asked_at"


def _served(viewer: Viewer, at: dt.datetime) -> tuple[QuerySet[Any], str]:
    found = to_call_back(viewer, at) if viewer.has("cases.callback") else Term.objects.none()
    return found.only("id", "due_at", "matter_id"), "due_at"


_LISTS: dict[str, Callable[[Viewer, dt.datetime], tuple[QuerySet[Any], str]]] = {
    ASKED: _asked,
    SERVED: _served,
}


def _calls(found: list[tuple[Place, Any]], viewer: Viewer, at: dt.datetime) -> list[Call]:
    ids = [row.matter_id for place, row in found if place.what == SERVED]
    rows = {row.id: row for row in rows_of(list(Matter.objects.filter(pk__in=ids)), viewer, at)}
    return [
        Call(place, request=row) if place.what == ASKED else Call(place, row=rows.get(row.matter_id))
        for place, row in found
    ]


def count(viewer: Viewer, at: dt.datetime, *, most: int = COUNTED) -> Count:
    """How many calls there are to make, no further than `most`."""
    number = 0
    for what in (ASKED, SERVED):
        if number <= most:
            found, _when = _LISTS[what](viewer, at)
            number += found.order_by().values("id")[: most + 1 - number].count()
    return Count(min(number, most), number > most)
