"""The reasons on record for a grade and for an exclusion from evaluation: dated rows, chosen by name and kept by row."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yipanqi.cases.models import ReasonCode
from yipanqi.core.errors import Refused

SERIES = {"why": "handler", "office_why": "office", "code": "exclusion"}  # by the name of the ask


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
