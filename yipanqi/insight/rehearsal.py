"""What a change would have meant: the last cases are looked at with it in force and without it, and compared.

The change is put into force by the very code that puts it into force for good, in a transaction that is taken back. What
is compared for each case is what the dated rows and the texts in force decide: by when each of its limits would end, which
unit the duty list would name, to which statutory paths a claim could be guided, which units the table would have review its
opinion, and the fixed words of its documents, were they produced on that day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from yipanqi.cases import paths
from yipanqi.cases.ladder import ABOVE
from yipanqi.cases.models import Case
from yipanqi.cases.steps.ladder import deciders
from yipanqi.core import counting
from yipanqi.core.calendar import in_force
from yipanqi.core.counting import Calendar, Pause, Unit
from yipanqi.core.kinds import kind_named
from yipanqi.core.models import Limit, Term, TermPause
from yipanqi.core.terms import NoLimit, limit_on
from yipanqi.notices.documents import fixed_words
from yipanqi.notices.models import IssuedDocument
from yipanqi.organisations.models import Area, Category
from yipanqi.organisations.queries import responsible_unit
from yipanqi.organisations.reviewers import bodies_for

MOST = 1000
DUE, UNIT, ROUTE, REVIEWER, DOCUMENT = "due", "unit", "route", "reviewer", "document"


class Point(NamedTuple):
    """One thing that dated rows decide of a case: what (`due`, `unit`, `route`, `reviewer` or `document`), of which round of
    which limit, which line of a list, or which document."""

    case: str
    what: str
    label: str
    number: int


@dataclass(frozen=True)
class Difference:
    """What would be another: as it is decided now, and as it would be. Empty where nothing decides it."""

    point: Point
    now: str
    then: str

    @property
    def days(self) -> int:
        """By how many days a limit would end later; below nought: earlier."""
        if self.point.what != DUE or not (self.now and self.then):
            return 0
        return (dt.date.fromisoformat(self.then) - dt.date.fromisoformat(self.now)).days


@dataclass(frozen=True)
class Rehearsal:
    """`cases`: how many were looked at."""

    cases: int
    differences: Sequence[Difference] = field(default_factory=list)

    @property
    def touched(self) -> int:
        """How many of the cases would have gone otherwise."""
        return len({each.point.case for each in self.differences})


def rehearse(change: Callable[[], object], *, on: dt.date, most: int = MOST) -> Rehearsal:
    """Look at the last `most` cases as they would be decided on a day, without the change and with it. What the change
    raises comes through, and nothing stays of it."""
    with transaction.atomic():
        cases = list(
            Case.objects.exclude(matter__state="recorded")
            .select_related("matter", "category", "area")
            .order_by("-pk")[: min(most, MOST)]
        )
        now = _decided(cases, on)
        change()
        then = _decided(cases, on)
        transaction.set_rollback(True)
    changed = [
        Difference(point, now.get(point, ""), then.get(point, ""))
        for point in sorted(now.keys() | then.keys())
        if now.get(point, "") != then.get(point, "")
    ]
    return Rehearsal(len(cases), changed)


def _decided(cases: Iterable[Case], on: dt.date) -> dict[Point, str]:
    found = _units(cases, on)
    found.update(_dues(cases, on))
    found.update(_routes(cases))
    found.update(_reviewers(cases, on))
    found.update(_documents(cases))
    return found


def _units(cases: Iterable[Case], on: dt.date) -> dict[Point, str]:
    """The unit that the duty list names for each case that is classified."""

    @cache
    def named(category: Category, area: Area) -> str:
        duty = responsible_unit(category=category, area=area, on=on)
        return str(duty.unit) if duty is not None else ""

    return {
        Point(case.number, UNIT, "", 0): named(case.category, case.area)
        for case in cases
        if case.category is not None and case.area is not None
    }


def _routes(cases: Iterable[Case]) -> dict[Point, str]:
    """What the letter of guidance would say for each line of the departments' lists that fits a claim."""
    fitting = cache(lambda category: list(paths.fitting(category)))
    return {
        Point(case.number, ROUTE, line.code, 0): "；".join(
            (str(line.unit), str(paths.NAMES[line.path]), line.matter, line.where, line.how, line.by_when)
        )
        for case in cases
        if case.matter.procedure == "claim" and case.category_id is not None
        for line in fitting(case.category_id)
    }


def _reviewers(cases: Iterable[Case], on: dt.date) -> dict[Point, str]:
    """The units that could be asked to review what was decided of each claim and review."""
    named = cache(lambda units: "、".join(str(row.reviewer) for row in bodies_for(units, on)))
    return {
        Point(case.number, REVIEWER, "", 0): named(tuple(deciders(case)))
        for case in cases
        if case.matter.procedure in ABOVE
    }


def _dues(cases: Iterable[Case], on: dt.date) -> dict[Point, str]:
    """The ends of the limits of each case, were they those of the day. A date of its own is nobody's limit."""
    numbers = {case.pk: case.number for case in cases}
    terms = Term.objects.filter(matter__in=numbers, own_date=False).select_related("matter").order_by("pk")
    pauses: dict[UUID, list[Pause]] = {}
    for one in TermPause.objects.filter(term__in=terms).order_by("pk"):
        pauses.setdefault(one.term_id, []).append(Pause(one.since, one.until))

    @cache
    def limit(procedure: str, code: str) -> Limit | None:
        try:
            return limit_on(procedure, code, on)
        except NoLimit:
            return None

    found: dict[Point, str] = {}
    counts: dict[tuple[str, str], int] = {}
    calendar = in_force()
    for term in terms:
        row = limit(term.matter.procedure, term.code)
        key = numbers[term.matter_id], term.code
        counts[key] = counts.get(key, 0) + 1
        if row is not None:
            label = str(kind_named(term.matter.procedure).procedure.term[term.code].label)
            point = Point(key[0], DUE, label, counts[key])
            found[point] = _due(term, row, pauses.get(term.pk, []), calendar)
    return found


def _documents(cases: Iterable[Case]) -> dict[Point, str]:
    """The fixed words of each numbered document, with the texts that are in force."""
    numbers = {case.pk: case.number for case in cases}
    rows = IssuedDocument.objects.filter(move__matter__in=numbers).select_related("move").order_by("pk")
    words = cache(fixed_words)
    return {
        Point(numbers[row.move.matter_id], DOCUMENT, row.number, 0): words(row.series, row.unit_name)
        for row in rows
    }


def _due(term: Term, limit: Limit, pauses: Sequence[Pause], calendar: Calendar) -> str:
    """When the limit would have ended. One that stands still has no end yet and is compared as if it ran on."""
    due = counting.due(
        day0=term.day0,
        amount=limit.amount,
        more=term.extended,
        unit=Unit(limit.unit),
        calendar=calendar,
        pauses=[pause for pause in pauses if pause.until is not None],
        roll=limit.roll,
    )
    return due.effective.isoformat() if due.effective else ""


def summed(differences: Sequence[Difference]) -> Mapping[str, int]:
    """How many limits would end earlier and later, how many cases the duty list would give to another unit, and how many
    documents would read otherwise."""
    return {
        "earlier": sum(each.days < 0 for each in differences),
        "later": sum(each.days > 0 for each in differences),
        **{what: sum(each.point.what == what for each in differences) for what in (UNIT, DOCUMENT)},
    }
