"""Queries of the administrators' lists: units with their duties, accounts with their posts, the access log.

Keyset pages throughout; none of them reads what a matter says.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from yipanqi.cases.models import Case
from yipanqi.core.gate import Viewer
from yipanqi.core.models import AccessLog, CalendarNotice, Limit, Term
from yipanqi.meetings.models import Task
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Duty, Posting, Unit
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


def looks(*, account: UUID, since: dt.datetime, until: dt.datetime, after: str = "") -> Listed[Look]:
    """What an account saw from one moment up to another, in order of time; one walk along the index."""
    base = AccessLog.objects.filter(account=account, at__gte=since, at__lt=until)
    place = _place(after)
    if place is not None:
        when, last = place
        base = base.filter(Q(at__gt=when) | Q(at=when, id__gt=last), at__gte=when)
    found = list(base.order_by("at", "id")[: PAGE + 1])
    matters = [row.matter for row in found if row.matter]
    numbers: dict[UUID, str] = dict(Case.objects.filter(pk__in=matters).values_list("pk", "number"))
    numbers |= dict(Task.objects.filter(pk__in=matters).values_list("pk", "number"))
    rows = [
        Look(
            r.pk, r.at, r.page, numbers.get(r.matter, str(r.matter)) if r.matter else "", r.fields.split(",")
        )
        for r in found[:PAGE]
    ]
    last_row = rows[-1] if len(found) > PAGE else None
    return Listed(rows, f"{last_row.at.isoformat()}~{last_row.id}" if last_row else "")


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
