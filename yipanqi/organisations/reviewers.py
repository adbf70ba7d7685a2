"""Which unit reviews which unit's opinions: dated rows, for above a department stand its government and the same
department one level up, and where the law gives a choice the petitioner chooses (domain §0.5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yipanqi.core import dated
from yipanqi.core.errors import Refused
from yipanqi.organisations.models import LawfulReviewer, Unit

LONGEST_BASIS = 200


@dataclass(frozen=True)
class ReviewerRow:
    """A row as it is entered, units by code. Without a first day it holds from today; with a last one it ends."""

    unit: str
    reviewer: str
    basis: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def living() -> QuerySet[LawfulReviewer]:
    """The rows that hold or will, unit by unit."""
    rows = LawfulReviewer.objects.filter(valid_to__isnull=True).select_related("unit", "reviewer")
    return rows.order_by("unit__path", "reviewer__path", "pk")


def bodies_for(deciders: Sequence[str], on: dt.date | None = None) -> list[LawfulReviewer]:
    """The lawful reviewers of an opinion, given the paths of the units that decided the matter so far, the last first:
    never one of these nor a unit under one, whatever the table says."""
    if not deciders:
        return []
    rows = living().filter(
        unit__path=deciders[0], unit__valid_to__isnull=True, reviewer__valid_to__isnull=True
    )
    rows = rows.filter(valid_from__lte=on) if on else rows
    return [row for row in rows if not is_under(row.reviewer.path, deciders)]


def is_under(path: str, deciders: Iterable[str]) -> bool:
    """Whether a unit, by its path, is one of these units or lies under one."""
    return any(path.startswith(decider) for decider in deciders)


@transaction.atomic
def keep_reviewers(*, rows: Sequence[ReviewerRow], by: UUID | None, at: dt.datetime) -> list[bool]:
    """Add, change or end rows; whether each changed anything. Raises `Refused`."""
    units = {unit.code: unit for unit in Unit.objects.filter(valid_to__isnull=True)}
    known = {(row.unit.code, row.reviewer.code): row for row in living()}
    return [_keep(row, known, units, by=by, at=at) for row in rows]


def _keep(
    row: ReviewerRow,
    known: dict[tuple[str, str], LawfulReviewer],
    units: dict[str, Unit],
    *,
    by: UUID | None,
    at: dt.datetime,
) -> bool:
    check(row, units)
    key = (row.unit, row.reviewer)
    values = {"unit": units[row.unit], "reviewer": units[row.reviewer], "basis": row.basis}
    given = dated.Given(row.unit, values, row.valid_from, row.valid_to)
    return dated.keep(LawfulReviewer, known, key, given, what="lawful_reviewer", by=by, at=at)


def check(row: ReviewerRow, units: dict[str, Unit]) -> None:
    """Whether the row can stand. Raises `Refused` with the field that is wrong."""
    for name in ("unit", "reviewer"):
        code = getattr(row, name)
        if code not in units:
            raise _wrong(name, _("没有单位 %(code)s。") % {"code": code[:40]})
    if is_under(units[row.reviewer].path, [units[row.unit].path]):
        raise _wrong("reviewer", _("作出意见的单位和它下属的单位，不能审查自己的意见。"))
    if not row.basis.strip() or len(row.basis) > LONGEST_BASIS:
        raise _wrong("basis", _("请写明依据，最多 %(n)d 字。") % {"n": LONGEST_BASIS})


def _wrong(name: str, why: str) -> Refused:
    return Refused(why, fields={name: why})
