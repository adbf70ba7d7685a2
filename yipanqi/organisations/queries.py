"""Reading units, duties and parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from yipanqi.core import asks
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import UnitRef
from yipanqi.core.procedure import Kind, Role
from yipanqi.organisations.models import Area, Category, Duty, Part, Unit


def responsible_unit(*, category: Category, area: Area, on: dt.date) -> Duty | None:
    """The line of the duty list that says whose this is: the nearest area upwards, for the category or its parent."""
    areas = [code for code in area.path.split("/") if code]
    categories = [c for c in (category.pk, category.parent_id) if c]
    duties = (
        Duty.objects.filter(category_id__in=categories, area_id__in=areas, valid_from__lte=on)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on))
        .select_related("unit", "area")
    )
    ranked = sorted(duties, key=lambda d: (categories.index(d.category_id), -len(d.area.path)))
    return ranked[0] if ranked else None


def living_unit(code_or_id: object) -> Unit:
    """The living unit with this id, code or full name. Raises `Refused`, also where a name is not one unit's alone."""
    text = str(code_or_id).strip()
    try:
        clause = Q(pk=UUID(text))
    except ValueError:
        clause = Q(code=text) | Q(name_zh=text) | Q(name_en=text)
    units = list(Unit.objects.filter(clause, valid_to__isnull=True)[:2])
    if not units:
        raise Refused(_("没有这个单位。"))
    if len(units) > 1:
        raise Refused(_("有几个单位叫这个名字，请填写代码。"))
    return units[0]


def _units(value: object) -> list[Unit]:
    values = value if isinstance(value, list | tuple) else str(value).split(",")
    return [living_unit(v) for v in values if v]


def _category(value: object) -> Category:
    found = Category.objects.filter(pk=str(value), valid_to__isnull=True).first()
    if found is None:
        raise Refused(_("没有这个类别。"))
    return found


def _area(value: object) -> Area:
    found = Area.objects.filter(pk=str(value)).first()
    if found is None:
        raise Refused(_("没有这个区域。"))
    return found


def register_readers() -> None:
    """Tell the engine how units, categories and areas are read from answers."""
    asks.register_reader(Kind.UNIT, living_unit)
    asks.register_reader(Kind.UNITS, _units)
    asks.register_reader(Kind.CATEGORY, _category)
    asks.register_reader(Kind.AREA, _area)


def parts_of(matters: Iterable[UUID]) -> dict[UUID, list[Part]]:
    """The parts of matters, living and former, in the order in which they began."""
    found: dict[UUID, list[Part]] = {}
    for part in Part.objects.filter(matter__in=list(matters)).select_related("unit").order_by("since", "id"):
        found.setdefault(part.matter_id, []).append(part)
    return found


def units_in(parts: Iterable[Part], role: Role) -> tuple[UnitRef, ...]:
    """The units that now play a part, as the engine needs them."""
    return tuple(UnitRef(p.unit_id, p.unit.path) for p in parts if p.until is None and p.role == role.value)
