"""What changes units, areas, categories, duties, posts and parts. Each change keeps an audit row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.models import Change, Matter
from yipanqi.organisations.models import Area, Category, Duty, Part, Posting, Unit
from yipanqi.people.models import Account, Role


@dataclass(frozen=True)
class UnitRow:
    """A unit as it is entered: codes instead of objects."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    area: str | None
    administrative: str | None
    managing: str | None
    professional: str | None
    valid_from: dt.date
    telephone: str = ""


def _changed(what: str, rows: Iterable[tuple[str, dict[str, Any]]], by: UUID | None, at: dt.datetime) -> None:
    Change.objects.bulk_create(
        (Change(at=at, account=by, what=what, object_id=key, after=after) for key, after in rows),
        batch_size=1000,
    )


@transaction.atomic
def add_areas(
    *, rows: Sequence[tuple[str, str, str, str, str | None]], by: UUID | None, at: dt.datetime
) -> list[Area]:
    """Add areas from (code, name_zh, name_en, level, parent); parents come first."""
    paths = dict(Area.objects.values_list("code", "path"))
    areas = []
    for code, name_zh, name_en, level, parent in rows:
        if parent is not None and parent not in paths:
            raise Refused(_("没有上级区域 %(code)s。") % {"code": parent})
        paths[code] = f"{paths[parent] if parent else '/'}{code}/"
        areas.append(
            Area(code=code, name_zh=name_zh, name_en=name_en, level=level, parent_id=parent, path=paths[code])
        )
    Area.objects.bulk_create(areas, batch_size=1000)
    _changed("area", ((a.code, {"name_zh": a.name_zh, "parent": a.parent_id}) for a in areas), by, at)
    return areas


@transaction.atomic
def add_units(*, rows: Sequence[UnitRow], by: UUID | None, at: dt.datetime) -> list[Unit]:
    """Add units; a parent stands before those below it, or is there already."""
    known = {unit.code: unit for unit in Unit.objects.filter(valid_to__isnull=True)}
    added = []
    for row in rows:
        if row.code in known:
            raise Refused(_("单位代码 %(code)s 已有。") % {"code": row.code})
        unit = Unit(
            code=row.code,
            name_zh=row.name_zh,
            name_en=row.name_en,
            kind=row.kind,
            area_id=row.area,
            telephone=row.telephone,
            valid_from=row.valid_from,
        )
        for relation in ("administrative", "managing", "professional"):
            code = getattr(row, relation)
            if code is not None and code not in known:
                raise Refused(_("没有上级单位 %(code)s。") % {"code": code})
            setattr(unit, relation, known.get(code) if code else None)
        unit.path = f"{unit.managing.path if unit.managing else '/'}{row.code}/"
        known[row.code] = unit
        added.append(unit)
    Unit.objects.bulk_create(added, batch_size=1000)
    _changed("unit", ((u.code, {"name_zh": u.name_zh, "path": u.path}) for u in added), by, at)
    return added


@transaction.atomic
def add_categories(
    *, rows: Sequence[tuple[str, str, str, str | None]], valid_from: dt.date, by: UUID | None, at: dt.datetime
) -> list[Category]:
    """Add categories from (code, name_zh, name_en, parent); parents come first."""
    categories = [
        Category(code=code, name_zh=zh, name_en=en, parent_id=parent, valid_from=valid_from)
        for code, zh, en, parent in rows
    ]
    Category.objects.bulk_create(categories)
    _changed(
        "category", ((c.code, {"name_zh": c.name_zh, "parent": c.parent_id}) for c in categories), by, at
    )
    return categories


@transaction.atomic
def assign_duties(
    *, rows: Sequence[tuple[str, str, str, str]], valid_from: dt.date, by: UUID | None, at: dt.datetime
) -> list[Duty]:
    """Add lines of the duty list from (category, area, unit, basis), by code. Each needs a basis."""
    units = dict(Unit.objects.filter(valid_to__isnull=True).values_list("code", "pk"))
    duties = []
    for category, area, unit, basis in rows:
        if unit not in units:
            raise Refused(_("没有单位 %(code)s。") % {"code": unit})
        if not basis.strip():
            raise Refused(_("职责清单每一行都要写明依据。"))
        duties.append(
            Duty(category_id=category, area_id=area, unit_id=units[unit], basis=basis, valid_from=valid_from)
        )
    Duty.objects.bulk_create(duties, batch_size=1000)
    _changed("duty", ((f"{d.category_id}@{d.area_id}", {"unit": str(d.unit_id)}) for d in duties), by, at)
    return duties


@transaction.atomic
def appoint(
    *,
    rows: Sequence[tuple[Account, Role, Unit, str, str]],
    valid_from: dt.date,
    by: UUID | None,
    at: dt.datetime,
    in_charge: frozenset[UUID] = frozenset(),
) -> list[Posting]:
    """Give accounts roles at units, from (account, role, unit, post_zh, post_en)."""
    for account, role, _unit, _zh, _en in rows:
        if account.duty != role.duty:
            raise Refused(_("系统、安全、审计三员和业务人员须是不同的人。"))
    postings = Posting.objects.bulk_create(
        Posting(
            account=account,
            role=role,
            duty=role.duty,
            unit=unit,
            post_zh=zh,
            post_en=en,
            in_charge=account.pk in in_charge,
            valid_from=valid_from,
        )
        for account, role, unit, zh, en in rows
    )
    _changed(
        "posting", ((p.account.login, {"role": p.role_id, "unit": p.unit.code}) for p in postings), by, at
    )
    return postings


def set_part(*, matter: Matter, unit: Unit, role: str, at: dt.datetime) -> Part:
    """Give a unit a part in a matter, within the transaction of a step."""
    return Part.objects.create(matter=matter, unit=unit, role=role, since=at)


def leave_part(*, matter: Matter, roles: Sequence[str], at: dt.datetime, because: str) -> None:
    """End the living parts of these roles, with the reason: former holders stay visible."""
    Part.objects.filter(matter=matter, role__in=roles, until__isnull=True).update(
        until=at, left_because=because[:500]
    )
