"""The departments' lists of statutory paths, and the letter that guides a claim to one of them (信访工作条例 31(1)-(4))."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.cases.models import Case, StatutoryPath
from yipanqi.cases.steps.claim import PATHS
from yipanqi.core import dated
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Taking
from yipanqi.core.labels import Label
from yipanqi.organisations.models import Unit

NAMES: dict[str, Label] = dict(PATHS)
MOST = 200
_TOLD = ("path", "where", "how", "by_when")


@dataclass(frozen=True)
class PathRow:
    """A line of the list as it is entered. Without a first day it holds from today."""

    code: str
    unit: str
    path: str
    matter: str
    where: str
    how: str
    by_when: str
    basis: str
    category: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


def living() -> QuerySet[StatutoryPath]:
    """The lines that hold, in the order of the lists."""
    return StatutoryPath.objects.filter(valid_to__isnull=True).select_related("unit").order_by("path", "code")


def fitting(category: str | None) -> QuerySet[StatutoryPath]:
    """Those of a category and of none."""
    return living().filter(Q(category=category) | Q(category__isnull=True))


def choices(case: Case) -> list[tuple[str, str]]:
    """The lines to choose from for a case, those of its category and of none; `MOST` at most."""
    text = _("%(matter)s：%(path)s（%(unit)s）")
    return [
        (str(line.pk), text % {"matter": line.matter, "path": NAMES[line.path], "unit": str(line.unit)})
        for line in fitting(case.category_id)[:MOST]
    ]


def read(value: object) -> StatutoryPath:
    """The line with this id. Raises `Refused` for none that holds."""
    text = str(value)
    found = (
        living().filter(pk=int(text)).first()
        if text.isascii() and text.isdecimal() and len(text) < 10
        else None
    )
    if found is None:
        raise Refused(_("清单上没有这一条，请重新选择。"))
    return found


def guide(taking: Taking) -> None:
    """What the letter says: as it was written, and for what was left empty as the chosen line has it."""
    answers, line = taking.answers, taking.answers["listed"]
    for name in _TOLD:
        if not answers[name] and line is not None:
            answers[name] = getattr(line, name)
    missing = [name for name in _TOLD if not answers[name]]
    if missing:
        why = _("请填写，或者在清单里选一条。")
        raise Refused(why, fields=dict.fromkeys(missing, why))
    if answers["call_on"] <= day_of(taking.at):
        why = _("须在今天之后。")
        raise Refused(why, fields={"call_on": why})
    taking.own_dates["guidance"] = answers["call_on"]
    set_route(taking, answers["path"])


def set_route(taking: Taking, route: str) -> None:
    """Say by which route of Art. 31 the claim goes; empty where that is open again."""
    taking.subject.route = route
    taking.subject.save(update_fields=["route"])


@transaction.atomic
def keep_paths(*, rows: Sequence[PathRow], by: UUID | None, at: dt.datetime) -> list[bool]:
    """Add, change or end lines of the lists; whether each changed anything. Raises `Refused`."""
    units = dict(Unit.objects.filter(valid_to__isnull=True).values_list("code", "pk"))
    lines = {line.code: line for line in living().filter(code__in=[row.code for row in rows])}
    return [_keep(row, lines, units, by=by, at=at) for row in rows]


def _keep(
    row: PathRow, lines: dict[str, StatutoryPath], units: dict[str, UUID], *, by: UUID | None, at: dt.datetime
) -> bool:
    if row.unit not in units:
        why = _("没有单位 %(code)s。") % {"code": row.unit}
        raise Refused(why, fields={"unit": why})
    if row.path not in NAMES:
        why = _("请填写：%(names)s。") % {"names": "、".join(NAMES)}
        raise Refused(why, fields={"path": why})
    entered = {
        "code": row.code,
        "unit_id": units[row.unit],
        "category_id": row.category,
        **{name: getattr(row, name) for name in ("path", "matter", "where", "how", "by_when", "basis")},
    }
    given = dated.Given(row.code, entered, row.valid_from, row.valid_to)
    return dated.keep(StatutoryPath, lines, row.code, given, what="statutory_path", by=by, at=at)
