"""The reasons on record for a grade and for an exclusion from evaluation: dated rows, chosen by name and kept by row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yipanqi.cases.models import ReasonCode
from yipanqi.core import dated
from yipanqi.core.errors import Refused
from yipanqi.core.labels import Label

SERIES = {"why": "handler", "office_why": "office", "code": "exclusion"}  # by the name of the ask
NAMES = {
    "handler": Label("评办理单位", "Grade of the unit"),
    "office": Label("评信访部门", "Grade of the petition office"),
    "exclusion": Label("剔除评价", "Exclusion from evaluation"),
}


@dataclass(frozen=True)
class ReasonRow:
    """A reason as it is entered. Without a first day it holds from today; with a last one it ends."""

    series: str
    code: str
    name_zh: str
    name_en: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def living() -> QuerySet[ReasonCode]:
    """The reasons that hold, in the order in which they were put on record."""
    return ReasonCode.objects.filter(valid_to__isnull=True).order_by("pk")


def choices(ask: str) -> list[tuple[str, str]]:
    """What can be chosen under this name, with an empty first one."""
    rows = living().filter(series=SERIES[ask])
    return [("", _("不选")), *((str(row.pk), str(row)) for row in rows)]


def read(value: object) -> ReasonCode:
    """The reason with this id. Raises `Refused` for none that holds; that it is of what was asked its effect sees to."""
    text = str(value)
    known = text.isascii() and text.isdecimal() and len(text) < 10
    found = living().filter(pk=int(text)).first() if known else None
    if found is None:
        raise Refused(_("请从所列选项中选择。"))
    return found


def fitting(row: ReasonCode | None, ask: str) -> ReasonCode | None:
    """The same, where it is one of those that this ask offers. Raises `Refused`."""
    if row is not None and row.series != SERIES[ask]:
        why = _("请从所列选项中选择。")
        raise Refused(why, fields={ask: why})
    return row


@transaction.atomic
def keep_reasons(*, rows: Sequence[ReasonRow], by: UUID | None, at: dt.datetime) -> list[bool]:
    """Add, change or end reasons; whether each changed anything. A verdict keeps the row it was given with. Raises
    `Refused`."""
    known = {(row.series, row.code): row for row in living()}
    changed = []
    for row in rows:
        key = (row.series, row.code)
        values = {
            "series": row.series,
            "code": row.code,
            "name_zh": row.name_zh,
            "name_en": row.name_en or row.name_zh,
        }
        given = dated.Given("/".join(key), values, row.valid_from, row.valid_to)
        changed.append(dated.keep(ReasonCode, known, key, given, what="reason", by=by, at=at))
    return changed
