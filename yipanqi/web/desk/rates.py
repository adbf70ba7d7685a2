"""The rates of claims of a month by unit: each with numerator and denominator, and the claims behind it one press away."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import dateformat, timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _, pgettext
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.core.counting import day_of
from yipanqi.insight import rated
from yipanqi.insight.places import Cursor
from yipanqi.insight.rated import Counted, Rate, UnitRates
from yipanqi.insight.rates import EVALUATED, HANDLER, OFFICE, ON_TIME, RATES, REPEAT, SATISFIED, TIMELY
from yipanqi.insight.rows import Row
from yipanqi.organisations.models import Unit
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Link, Tab, TableRow
from yipanqi.web.desk.given import given
from yipanqi.web.desk.queue import about_of, row_title
from yipanqi.web.desk.shown import badge_of

ORIGINS = (None, True, False)


def labels() -> dict[str, str]:
    """The rates, in the order of the page."""
    return {
        TIMELY: _("及时受理率"),
        ON_TIME: _("按期办结率"),
        SATISFIED: _("满意率"),
        EVALUATED: _("参评率"),
        REPEAT: _("重复信访率"),
    }


def _origins() -> dict[bool | None, str]:
    return {None: _("全部"), True: _("上级转来"), False: _("本级受理")}


@staff(*rated.SEES)
@require_safe
def rates(request: HttpRequest) -> HttpResponse:
    """The table of a month."""
    viewer, now = viewer_of_request(request), timezone.now()
    wanted = replace(_wanted(request, now), rate="", unit=None, of="", good=None)
    rows = rated.by_unit(viewer, wanted, now)
    access_log.note(account=viewer.account, page="rates", at=now)
    this, earlier = day_of(now).replace(day=1), (wanted.month - dt.timedelta(days=1)).replace(day=1)
    later = rated.next_month(wanted.month)
    context = {
        "month": _month(wanted),
        "tabs": _tabs(wanted),
        "columns": [
            Column("unit", _("单位"), main=True),
            *(Column(name, label, "number") for name, label in labels().items()),
        ],
        "rows": [_row(row, wanted) for row in rows],
        "earlier": _url(replace(wanted, month=earlier)),
        "later": _url(replace(wanted, month=later)) if later <= this else "",
    }
    return render(request, "desk/rates.html", context)


@staff(*rated.SEES)
@require_safe
def behind(request: HttpRequest) -> HttpResponse:
    """The claims that a number counts: all of its denominator, or those in or not in the numerator."""
    viewer, now, wanted = viewer_of_request(request), timezone.now(), _wanted(request, timezone.now())
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    page = rated.behind(viewer, wanted, now, after=after, before=before)
    access_log.note(account=viewer.account, page="rates", at=now, fields=["titles"] if page.rows else [])
    unit = Unit.objects.filter(pk=wanted.unit).first() if wanted.unit else None
    context = {
        "month": _month(wanted),
        "what": labels().get(wanted.rate, _("各项比率")),
        "unit": _named(unit, wanted.of) if unit else "",
        "origin": _origins()[wanted.above],
        "tabs": [
            Tab(label, list_url(replace(wanted, good=good)), wanted.good is good)
            for good, label in ((None, _("分母全部")), (True, _("计入分子")), (False, _("没有计入分子")))
        ],
        "columns": [
            Column("title", _("事项"), main=True),
            Column("state", _("状态"), "badge"),
            Column("about", _("类别和地点")),
            Column("unit", _("主办单位")),
            Column("number", _("编号"), "reference"),
        ],
        "rows": [_listed(row) for row in page.rows],
        "previous": list_url(wanted, before=page.previous) if page.previous else "",
        "next": list_url(wanted, after=page.next) if page.next else "",
        "back": _url(replace(wanted, rate="", unit=None, of="", good=None)),
    }
    return render(request, "desk/rates-behind.html", context)


def _wanted(request: HttpRequest, now: dt.datetime) -> Counted:
    """The filters of the address; what is none of them is left out, and no month lies to come."""
    this = day_of(now).replace(day=1)
    try:
        month = dt.date.fromisoformat(f"{given(request, 'month', 7)}-01")
    except ValueError:
        month = this
    try:
        unit = UUID(given(request, "unit"))
    except ValueError:
        unit = None
    rate, of = given(request, "rate"), given(request, "of")
    flags = {"1": True, "0": False}
    return Counted(
        month=month if dt.date(2000, 1, 1) <= month <= this else this,
        above=flags.get(given(request, "above")),
        rate=rate if rate in RATES else "",
        unit=unit,
        of=of if of in (HANDLER, OFFICE) else "",
        good=flags.get(given(request, "good")),
    )


def _asked(wanted: Counted) -> dict[str, str]:
    flags = {None: "", True: "1", False: "0"}
    asked = {
        "month": f"{wanted.month:%Y-%m}",
        "above": flags[wanted.above],
        "rate": wanted.rate,
        "unit": str(wanted.unit or ""),
        "of": wanted.of,
        "good": flags[wanted.good],
    }
    return {name: value for name, value in asked.items() if value}


def _month(wanted: Counted) -> str:
    return dateformat.format(wanted.month, pgettext("date format", "Y年n月"))


def _url(wanted: Counted) -> str:
    return f"{reverse('desk:rates')}?{urlencode(_asked(wanted))}"


def list_url(wanted: Counted, **place: Cursor) -> str:
    """The address of the claims behind a number, from a place on."""
    asked = _asked(wanted) | {name: cursor.text for name, cursor in place.items()}
    return f"{reverse('desk:rates_behind')}?{urlencode(asked)}"


def _tabs(wanted: Counted) -> list[Tab]:
    return [
        Tab(_origins()[above], _url(replace(wanted, above=above)), wanted.above is above) for above in ORIGINS
    ]


def _named(unit: Unit, of: str) -> str:
    return _("%(unit)s（作为信访部门）") % {"unit": unit} if of == OFFICE else str(unit)


def _row(row: UnitRates, wanted: Counted) -> TableRow:
    cells: dict[str, object] = {"unit": _named(row.unit, row.of)}
    for name in labels():
        found = row.told(name)
        if found is not None:
            behind = replace(wanted, rate=name, unit=row.unit.pk, of=row.of)
            cells[name] = Link(_fraction(found), list_url(behind))
        elif name in row.rates:
            cells[name] = _("少于 5 件")
    return TableRow(cells=cells)


def _fraction(rate: Rate) -> str:
    told = {"good": rate.good, "of": rate.of, "percent": rate.percent}
    return _("%(good)d/%(of)d（%(percent)d%%）") % told


def _listed(row: Row) -> TableRow:
    return TableRow(
        cells={
            "title": row_title(row),
            "state": badge_of(row.state_code, row.state),
            "about": about_of(row) if row.title else "",
            "unit": row.unit,
            "number": row.number,
        },
        url=reverse("desk:matter", args=[row.id]),
    )


urlpatterns: list[URLPattern] = [
    path("rates/", rates, name="rates"),
    path("rates/behind/", behind, name="rates_behind"),
]
