"""Reading units, duties and parts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.core import asks
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.held import Held
from yipanqi.core.kinds import UnitRef
from yipanqi.core.prepared import id_slot
from yipanqi.core.procedure import Kind, Role
from yipanqi.organisations.access import stand_in_reach
from yipanqi.organisations.models import (
    Area,
    Category,
    Duty,
    Part,
    Posting,
    StandIn,
    Unit,
)
from yipanqi.text.geo import Point, metres

MOST = 500
NEAR = 30_000  # metres; what lies farther from every centre lies in none of these


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


def _co_unit(value: object) -> Unit:
    """A unit that helps already: also one that has ceased since."""
    try:
        found = Unit.objects.filter(pk=UUID(str(value))).first()
    except ValueError:
        found = None
    return found or living_unit(value)


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
    asks.register_reader(Kind.REVIEWER, living_unit)
    asks.register_reader(Kind.UNITS, _units)
    asks.register_reader(Kind.PARTS, _units)
    asks.register_reader(Kind.CO_UNIT, _co_unit)
    asks.register_reader(Kind.CATEGORY, _category)
    asks.register_reader(Kind.AREA, _area)


def centres() -> list[tuple[Area, Point]]:
    """The streets and towns whose middle is known."""
    known = Area.objects.filter(level="street", latitude__isnull=False).order_by("path")
    return [(area, Point(area.latitude or 0, area.longitude or 0)) for area in known]


def nearest_area(point: Point) -> Area | None:
    """The street or town whose middle is nearest: a hint, for nobody's border is known."""
    far, _code, area = min(
        ((metres(point, centre), area.pk, area) for area, centre in centres()), default=(NEAR, "", None)
    )
    return area if far < NEAR else None


def stand_ins(viewer: Viewer, at: dt.datetime) -> list[StandIn]:
    """The stand-ins that hold or will, for posts that the viewer may give one for; who comes back first stands first."""
    posts, _head = stand_in_reach(viewer, at)
    found = StandIn.objects.filter(
        posting__in=posts.values("pk"), revoked_at__isnull=True, until__gte=day_of(at)
    )
    return list(found.select_related("account", "absent", "posting__unit").order_by("until", "id")[:MOST])


def posts_to_cover(viewer: Viewer, at: dt.datetime) -> list[Posting]:
    """The posts that the viewer may give a stand-in for, to choose from."""
    posts, _head = stand_in_reach(viewer, at)
    return list(posts.select_related("account").order_by("unit__path", "id")[:MOST])


def parts_of(matters: Iterable[UUID]) -> dict[UUID, list[Part]]:
    """The parts of matters, living and former, in the order in which they began."""
    found: dict[UUID, list[Part]] = {}
    ids = list(matters)
    parts = _PARTS_OF_ONE.read({id_slot(0): ids[0]}) if len(ids) == 1 else _parts(matter__in=ids)
    for part in parts:
        found.setdefault(part.matter_id, []).append(part)
    return found


def _parts(**of: Any) -> QuerySet[Part]:
    return Part.objects.filter(**of).select_related("unit").order_by("since", "id")


_PARTS_OF_ONE = Held(lambda: _parts(matter=id_slot(0)))


def units_of(matter: UUID) -> dict[Role, list[UnitRef]]:
    """The units that now play each part, as the engine needs them."""
    return units_in(parts_of([matter]).get(matter, ()))


def units_in(parts: Iterable[Part]) -> dict[Role, list[UnitRef]]:
    """The same of parts that were read."""
    found: dict[Role, list[UnitRef]] = {}
    for part in parts:
        if part.until is None:
            found.setdefault(Role(part.role), []).append(UnitRef(part.unit_id, part.unit.path))
    return found


@dataclass(frozen=True)
class Responsible:
    """A unit's first person responsible (第一责任人): the post, as the published list of posts has it, and who holds it
    for a viewer who sees the unit's posts."""

    post: str
    name: str = ""


# By which one sees the posts at a unit on its own page.
SEES_POSTS = ("organisations.manage", "cases.route", "cases.oversee")


def first_responsible(units: Iterable[UUID], viewer: Viewer, day: dt.date) -> dict[UUID, Responsible]:
    """The post in charge of each of these units on a day, the longest held where a unit has several. It stands beside
    its unit and nowhere else: nothing lists, counts or orders by it."""
    postings = (
        Posting.objects.filter(unit__in=set(units), in_charge=True, duty="business", valid_from__lte=day)
        .filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day), account__is_active=True)
        .select_related("account", "unit")
        .order_by("-valid_from", "-pk")
    )
    return {
        one.unit_id: Responsible(
            one.post,
            one.account.name
            if any(viewer.reaches(capability, one.unit.path) for capability in SEES_POSTS)
            else "",
        )
        for one in postings
    }
