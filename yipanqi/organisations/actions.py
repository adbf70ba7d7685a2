"""What changes units, areas, categories, duties, posts and parts. Each change keeps an audit row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from yipanqi.core import dated
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.models import Change
from yipanqi.organisations import barring
from yipanqi.organisations.access import stand_in_reach
from yipanqi.organisations.models import Area, Category, Duty, Part, Posting, StandIn, Unit
from yipanqi.people.models import Account, Role
from yipanqi.text.geo import Point

LONGEST_STAND_IN = 180  # days; who is away for longer is replaced


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
    mailbox: str = ""
    word: str = ""
    valid_to: dt.date | None = None


def _changed(what: str, rows: Iterable[tuple[str, dict[str, Any]]], by: UUID | None, at: dt.datetime) -> None:
    Change.objects.bulk_create(
        (Change(at=at, account=by, what=what, object_id=key, after=after) for key, after in rows),
        batch_size=1000,
    )


@transaction.atomic
def add_areas(
    *,
    rows: Sequence[tuple[str, str, str, str, str | None]],
    by: UUID | None,
    at: dt.datetime,
    centres: Mapping[str, Point] | None = None,
) -> list[Area]:
    """Add areas from (code, name_zh, name_en, level, parent); parents come first. `centres`: where their middles are."""
    paths = dict(Area.objects.values_list("code", "path"))
    areas = []
    for code, name_zh, name_en, level, parent in rows:
        if parent is not None and parent not in paths:
            raise Refused(_("没有上级区域 %(code)s。") % {"code": parent})
        paths[code] = f"{paths[parent] if parent else '/'}{code}/"
        areas.append(
            Area(code=code, name_zh=name_zh, name_en=name_en, level=level, parent_id=parent, path=paths[code])
        )
        if centre := (centres or {}).get(code):
            areas[-1].latitude, areas[-1].longitude = centre.latitude, centre.longitude
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
            mailbox=row.mailbox,
            word=row.word,
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


UNIT_FIELDS = ("name_zh", "name_en", "kind", "telephone", "mailbox", "word", "valid_from")
PARENTS = ("administrative", "managing", "professional")


def _unit_as_entered(unit: Unit) -> dict[str, Any]:
    """A unit as its audit rows show it: codes instead of objects."""
    found: dict[str, Any] = {name: getattr(unit, name) for name in UNIT_FIELDS}
    found["valid_from"] = unit.valid_from.isoformat()
    found["area"] = unit.area_id
    for name in PARENTS:
        parent = getattr(unit, name)
        found[name] = parent.code if parent else None
    return found


@transaction.atomic
def keep_units(*, rows: Sequence[UnitRow], by: UUID | None, at: dt.datetime) -> list[bool]:
    """Add the units whose codes are new, change those that differ and end those with a last day; whether each changed
    anything. A unit keeps its identity, its posts and its parts under a new name or parent. Raises `Refused`."""
    living = Unit.objects.filter(valid_to__isnull=True).select_related(*PARENTS)
    known = {unit.code: unit for unit in living}
    new = [row for row in rows if row.code not in known]
    if any(row.valid_to for row in new):
        raise Refused(_("没有这个单位，不能撤销。"), fields={"code": _("没有这个单位，不能撤销。")})
    for unit in add_units(rows=new, by=by, at=at):
        known[unit.code] = unit
    added = {row.code for row in new}
    return [row.code in added or _keep_unit(known[row.code], row, known, by=by, at=at) for row in rows]


def _keep_unit(unit: Unit, row: UnitRow, known: dict[str, Unit], *, by: UUID | None, at: dt.datetime) -> bool:
    if row.valid_to is not None:
        _end_unit(unit, row, by=by, at=at)
        del known[row.code]
        return True
    before, path = _unit_as_entered(unit), unit.path
    for name in UNIT_FIELDS:
        setattr(unit, name, getattr(row, name))
    unit.area_id = row.area
    for name in PARENTS:
        code = getattr(row, name)
        if code is not None and code not in known:
            why = _("没有上级单位 %(code)s。") % {"code": code}
            raise Refused(why, fields={name: why})
        setattr(unit, name, known[code] if code else None)
    after = _unit_as_entered(unit)
    if after == before:
        return False
    if unit.managing is not None and unit.managing.path.startswith(path):
        why = _("一个单位不能由自己或自己的下级管理。")
        raise Refused(why, fields={"managing": why})
    unit.path = f"{unit.managing.path if unit.managing else '/'}{unit.code}/"
    unit.save()
    if unit.path != path:
        below = Unit.objects.filter(path__startswith=path).exclude(pk=unit.pk)
        below.update(path=Concat(Value(unit.path), Substr("path", len(path) + 1)))
        for other in known.values():
            if other.path.startswith(path) and other.pk != unit.pk:
                other.path = unit.path + other.path[len(path) :]
    _record("unit", unit.code, before, after, by, at)
    return True


def _end_unit(unit: Unit, row: UnitRow, *, by: UUID | None, at: dt.datetime) -> None:
    """End a unit that nothing hangs on any more: open matters, living duties and units below would be nobody's."""
    assert row.valid_to is not None
    why = ""
    if row.valid_to <= unit.valid_from:
        why = _("撤销日期须在设立之后。")
    elif Part.objects.filter(unit=unit, until__isnull=True, open=True).exists():
        why = _("这个单位还有在办事项，先转走再撤销。")
    elif Duty.objects.filter(unit=unit, valid_to__isnull=True).exists():
        why = _("职责清单里还有这个单位，先改职责再撤销。")
    elif Unit.objects.filter(managing=unit, valid_to__isnull=True).exists():
        why = _("这个单位还管理着别的单位，先改它们再撤销。")
    if why:
        raise Refused(why, fields={"valid_to": why})
    unit.valid_to = row.valid_to
    unit.save(update_fields=["valid_to"])
    _record("unit", unit.code, {"valid_to": None}, {"valid_to": row.valid_to.isoformat()}, by, at)


def _record(
    what: str,
    key: str,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    by: UUID | None,
    at: dt.datetime,
) -> None:
    Change.objects.create(at=at, account=by, what=what, object_id=key, before=before, after=after)


@dataclass(frozen=True)
class DutyRow:
    """A line of the duty list as it is entered. Without a first day a new line begins today."""

    category: str
    area: str
    unit: str
    basis: str
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None


@transaction.atomic
def keep_duties(*, rows: Sequence[DutyRow], by: UUID | None, at: dt.datetime) -> list[bool]:
    """Add, change or end lines of the duty list; whether each changed anything. Raises `Refused`."""
    units = dict(Unit.objects.filter(valid_to__isnull=True).values_list("code", "pk"))
    lines = Duty.objects.filter(valid_to__isnull=True, category__in={row.category for row in rows})
    living = {(duty.category_id, duty.area_id): duty for duty in lines}
    return [_keep_duty(row, living, units, by=by, at=at) for row in rows]


def _keep_duty(
    row: DutyRow,
    living: dict[tuple[str, str], Duty],
    units: dict[str, UUID],
    *,
    by: UUID | None,
    at: dt.datetime,
) -> bool:
    key = (row.category, row.area)
    old = living.get(key)
    if row.unit not in units:
        why = _("没有单位 %(code)s。") % {"code": row.unit}
        raise Refused(why, fields={"unit": why})
    if not row.basis.strip():
        why = _("职责清单每一行都要写明依据。")
        raise Refused(why, fields={"basis": why})
    if row.valid_to is not None and (old is None or old.unit_id != units[row.unit]):
        why = _("没有这一条职责，不能终止。")
        raise Refused(why, fields={"valid_to": why})
    values = {
        "category_id": row.category,
        "area_id": row.area,
        "unit_id": units[row.unit],
        "basis": row.basis,
    }
    given = dated.Given(f"{row.category}@{row.area}", values, row.valid_from, row.valid_to)
    return dated.keep(Duty, living, key, given, what="duty", by=by, at=at)


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
    barring.follow_posts(postings)
    _changed(
        "posting", ((p.account.login, {"role": p.role_id, "unit": p.unit.code}) for p in postings), by, at
    )
    return postings


@transaction.atomic
def give_stand_in(
    *,
    account: Account,
    absent: Account,
    since: dt.date,
    until: dt.date,
    basis: str,
    by: Viewer,
    at: dt.datetime,
) -> list[StandIn]:
    """Let an account cover the posts of an absent one, from a day up to and with another. Given by the security
    administrator, or by the responsible person of a unit within that unit; by nobody to themselves."""
    given, head = stand_in_reach(by, at)
    posts = list(given.filter(account=absent).select_for_update(of=("self",)))
    if not posts or by.account is None:
        raise NotAllowed(_("没有这个岗位，或者您无权安排代办。"))
    _check_stand_in(account, absent, since, until, basis, by, at)
    if head and not given.filter(account=account).exists():
        raise Refused(_("代办人须在本单位或下属单位。"), fields={"account": _("不在本单位。")})
    if any(account.duty != post.duty for post in posts):
        raise Refused(_("系统、安全、审计三员和业务人员须是不同的人。"))
    overlap = StandIn.objects.filter(posting__in=posts, since__lte=until, until__gte=since)
    if overlap.filter(revoked_at__isnull=True).exists():
        raise Refused(_("这段时间这个岗位已有人代办。"), fields={"since": _("与已有的代办重叠。")})
    rows = [
        StandIn(
            account=account, posting=post, absent=absent, duty=post.duty, since=since, until=until,
            basis=basis.strip(), given_at=at, given_by=by.account,
        )
        for post in posts
    ]  # fmt: skip
    days = {"since": since.isoformat(), "until": until.isoformat(), "basis": basis.strip()}
    StandIn.objects.bulk_create(rows)
    told = {"absent": absent.login, **days}
    _changed("stand_in", ((account.login, told | {"unit": p.unit.code}) for p in posts), by.account, at)
    return rows


def _check_stand_in(
    account: Account, absent: Account, since: dt.date, until: dt.date, basis: str, by: Viewer, at: dt.datetime
) -> None:
    wrong = {}
    if account.pk == absent.pk:
        wrong["account"] = _("不能代办自己的岗位。")
    elif account.pk == by.account:
        wrong["account"] = _("不能安排自己代办，请由另一位有权的人安排。")
    elif not account.is_active:
        wrong["account"] = _("这个账号已停用。")
    if since < day_of(at):
        wrong["since"] = _("不能早于今天。")
    if until < since:
        wrong["until"] = _("不能早于开始的那天。")
    elif (until - since).days > LONGEST_STAND_IN:
        wrong["until"] = _("最长 %(n)d 天；更久请办理任职。") % {"n": LONGEST_STAND_IN}
    if not basis.strip() or len(basis.strip()) > 200 or "\x00" in basis:
        wrong["basis"] = _("请写明依据，最多 200 字。")
    if wrong:
        raise Refused(next(iter(wrong.values())), fields=wrong)


@transaction.atomic
def end_stand_in(*, stand_in: StandIn, by: Viewer, at: dt.datetime) -> None:
    """End it before its day, now."""
    given, _head = stand_in_reach(by, at)
    if not given.filter(pk=stand_in.posting_id).exists():
        raise NotAllowed(_("没有这个岗位，或者您无权安排代办。"))
    if not StandIn.objects.filter(pk=stand_in.pk, revoked_at__isnull=True).update(revoked_at=at):
        raise Refused(_("这项代办已经结束。"))
    _changed("stand_in", [(stand_in.account.login, {"revoked": at.isoformat()})], by.account, at)
