"""Queries of the administrators' lists: units with their duties, accounts with their posts, the access log.

Keyset pages throughout; none of them reads what a matter says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from yipanqi.cases.models import Case, StatutoryPath
from yipanqi.cases.paths import living
from yipanqi.core.access_log import REFUSED
from yipanqi.core.gate import NOBODY, Viewer
from yipanqi.core.models import AccessLog, CalendarNotice, Change, Limit, Matter, Recount, Term
from yipanqi.meetings.meeting_queries import matter_numbered, numbers_of
from yipanqi.meetings.models import Task
from yipanqi.organisations import barring
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Duty, LawfulReviewer, Posting, Unit
from yipanqi.organisations.reviewers import living as reviewers_living
from yipanqi.people.models import Account

PAGE = 50
MOST = 1000
T = TypeVar("T")


@dataclass(frozen=True)
class Listed(Generic[T]):
    """A page of a list; `next` is the key after which the next one begins, empty at the end."""

    rows: Sequence[T]
    next: str


def _listed(found: list[Any], key: str) -> Listed[Any]:
    more = len(found) > PAGE
    rows = found[:PAGE]
    return Listed(rows, str(getattr(rows[-1], key)) if more else "")


def units(viewer: Viewer, *, after: str = "") -> Listed[Unit]:
    """Living units in the managing order with the number of their duties: all for who keeps them, else those at or
    below the viewer's own."""
    base = Unit.objects.filter(valid_to__isnull=True)
    if not viewer.has("organisations.manage"):
        base = base.filter(pk__in=units_reached(viewer, *viewer.capabilities).values("pk"))
    found = base.filter(path__gt=after) if after else base
    counted = found.annotate(duty_count=Count("duties", filter=Q(duties__valid_to__isnull=True)))
    return _listed(list(counted.select_related("managing", "area").order_by("path")[: PAGE + 1]), "path")


def unit(viewer: Viewer, unit_id: UUID) -> Unit | None:
    """A unit with its three parents, if the viewer may see it."""
    base = Unit.objects.select_related("managing", "administrative", "professional", "area", "successor")
    if not viewer.has("organisations.manage"):
        base = base.filter(pk__in=units_reached(viewer, *viewer.capabilities).values("pk"))
    return base.filter(pk=unit_id).first()


def duties(of: Unit, *, after: str = "") -> Listed[Duty]:
    """The living lines of the duty list that are this unit's."""
    base = Duty.objects.filter(unit=of, valid_to__isnull=True).select_related("category", "area")
    found = base.filter(pk__gt=int(after)) if after.isascii() and after.isdecimal() else base
    return _listed(list(found.order_by("pk")[: PAGE + 1]), "pk")


def paths(of: Unit) -> list[StatutoryPath]:
    """The living lines of the list of statutory paths that are this unit's."""
    return list(living().filter(unit=of)[:MOST])


def reviewers(of: Unit) -> list[LawfulReviewer]:
    """Who reviews what the unit decides."""
    return list(reviewers_living().filter(unit=of)[:MOST])


def changes(of: Unit) -> tuple[list[Change], dict[str, str]]:
    """The latest changes of a unit and of the duties that are or were its own, with the names of their categories and
    areas by code."""
    duties = Duty.objects.filter(unit=of).select_related("category", "area").order_by("-pk")[:MOST]
    keys = {f"{duty.category_id}@{duty.area_id}": duty for duty in duties}
    names = {duty.category_id: str(duty.category) for duty in keys.values()}
    names |= {duty.area_id: str(duty.area) for duty in keys.values()}
    found = Change.objects.filter(
        Q(what="unit", object_id=of.code)
        | Q(what="duty", object_id__in=list(keys))
        | Q(what="lawful_reviewer", object_id=of.code)
        | Q(what="statutory_path", object_id__in=StatutoryPath.objects.filter(unit=of).values("code"))
    )
    return list(found.order_by("-id")[:PAGE]), names


def posts_at(of: Unit, today: dt.date) -> QuerySet[Posting]:
    """Who holds a post at the unit, the person in charge first."""
    return (
        Posting.objects.filter(unit=of, valid_from__lte=today)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=today))
        .select_related("account", "role")
        .order_by("-in_charge", "id")
    )


def accounts(*, after: str = "") -> Listed[Account]:
    """Accounts by login, each with its posts (`held`)."""
    base = Account.objects.filter(login__gt=after) if after else Account.objects.all()
    page: Listed[Account] = _listed(list(base.order_by("login")[: PAGE + 1]), "login")
    postings = Posting.objects.filter(account__in=[a.pk for a in page.rows]).select_related("unit", "role")
    held: dict[UUID, list[Posting]] = {}
    for posting in postings.order_by("id"):
        held.setdefault(posting.account_id, []).append(posting)
    for account in page.rows:
        setattr(account, "held", held.get(account.pk, []))  # noqa: B010 - read by the template alone
    return page


@dataclass(frozen=True)
class Look:
    """One row of the access log, with the number of its matter."""

    id: UUID
    at: dt.datetime
    page: str
    number: str
    fields: list[str]
    account: UUID | None


@dataclass(frozen=True)
class Looking:
    """Whose looks are asked for: of an account from one moment up to another; on one page or at one matter alone. Without
    an account: everybody's, of those that found nothing."""

    account: UUID | None
    since: dt.datetime
    until: dt.datetime
    page: str = ""
    matter: UUID | None = None
    by: Viewer = NOBODY  # who asks: of what is shut to their side they read no look either

    @property
    def rows(self) -> QuerySet[AccessLog]:
        found = AccessLog.objects.filter(at__gte=self.since, at__lt=self.until)
        found = found.filter(account=self.account) if self.account else found.filter(page=REFUSED)
        found = found.filter(page=self.page) if self.page else found
        shut = barring.shut_to(self.by).values("matter")
        found = found.filter(Q(matter__isnull=True) | ~Q(matter__in=shut))
        # What was not found is told of real matters alone: else the lack of a row would tell that one is shut to whoever asks.
        real = Exists(Matter.objects.filter(pk=OuterRef("matter")))
        found = found.filter(~Q(page=REFUSED) | Q(matter__isnull=True) | real)
        return found.filter(matter=self.matter) if self.matter else found


def looks(asked: Looking, *, after: str = "") -> Listed[Look]:
    """What an account saw, the newest first; one walk along the index."""
    found = _looks_after(asked, _place(after), PAGE + 1)
    last = found[PAGE - 1] if len(found) > PAGE else None
    return Listed(_with_numbers(found[:PAGE]), f"{last.at.isoformat()}~{last.id}" if last else "")


def looks_counted(asked: Looking) -> tuple[int, bool]:
    """How many there are; the second says "at least"."""
    number = asked.rows.values("pk")[: MOST + 1].count()
    return min(number, MOST), number > MOST


def every_look(asked: Looking, *, most: int, batch: int = 5000) -> Iterator[Look]:
    """The same, as many as there are up to `most`, a batch at a time: for what is given out as a table."""
    place: tuple[dt.datetime, UUID] | None = None
    while most > 0:
        found = _looks_after(asked, place, min(batch, most))
        yield from _with_numbers(found)
        if len(found) < batch:
            return
        most -= len(found)
        place = (found[-1].at, found[-1].id)


def _looks_after(asked: Looking, place: tuple[dt.datetime, UUID] | None, number: int) -> list[AccessLog]:
    base = asked.rows
    if place is not None:
        when, last = place
        base = base.filter(Q(at__lt=when) | Q(at=when, id__lt=last), at__lte=when)
    return list(base.order_by("-at", "-id")[:number])


def _with_numbers(found: Sequence[AccessLog]) -> list[Look]:
    matters = {row.matter for row in found if row.matter}
    numbers: dict[UUID, str] = dict(Case.objects.filter(pk__in=matters).values_list("pk", "number"))
    numbers |= dict(Task.objects.filter(pk__in=matters).values_list("pk", "number"))
    numbers |= numbers_of(matters)
    return [
        Look(
            r.pk,
            r.at,
            r.page,
            numbers.get(r.matter, str(r.matter)) if r.matter else "",
            r.fields.split(","),
            r.account,
        )
        for r in found
    ]


def matter_of_number(number: str, by: Viewer) -> UUID | None:
    """The matter that bears a number, whoever may read it: the log is asked for it, not the matter. None where it is shut
    to the side of whoever asks."""
    cases = Case.objects.exclude(pk__in=barring.shut_to(by).values("matter"))
    case = cases.filter(number=number).values_list("pk", flat=True).first()
    task = Task.objects.filter(number=number).values_list("pk", flat=True).first()
    return case or task or matter_numbered(number)


def _place(text: str) -> tuple[dt.datetime, UUID] | None:
    when, tilde, last = text.partition("~")
    try:
        at = dt.datetime.fromisoformat(when)
        return (at, UUID(last)) if tilde and at.tzinfo else None
    except ValueError:
        return None


def limits() -> list[Limit]:
    """All dated rows, by procedure and term, the latest first."""
    return list(Limit.objects.order_by("procedure", "code", "-valid_from"))


def notices() -> list[CalendarNotice]:
    """The notices in force, one a year, the latest year first, each with its number of days (`day_count`)."""
    highest = CalendarNotice.objects.values("year").annotate(v=Max("version")).values_list("year", "v")
    in_force = set(highest)
    rows = CalendarNotice.objects.annotate(day_count=Count("days")).order_by("-year", "-version")
    return [row for row in rows if (row.year, row.version) in in_force]


def provisional_terms() -> tuple[int, bool]:
    """How many running limits reach into a year without a published notice; the second says “at least”."""
    number = Term.objects.filter(state=Term.RUNNING, provisional=True).values("pk")[: MOST + 1].count()
    return min(number, MOST), number > MOST


def recounts() -> QuerySet[Recount]:
    """How far the last notices have been followed by open terms, the newest first."""
    return Recount.objects.filter(total__gt=0).select_related("notice").order_by("-pk")[:3]
