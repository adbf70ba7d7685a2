"""What was closed within a week or a month: where the figures of the reports lead to."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.core.counting import day_of
from yipanqi.insight import closed as lists
from yipanqi.insight.closed import SPANS, Closed
from yipanqi.insight.places import Cursor
from yipanqi.insight.queue import SEEING, kind_label
from yipanqi.insight.rows import Row
from yipanqi.organisations.models import Unit
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Link, Tab, TableRow
from yipanqi.web.components.words import day_text
from yipanqi.web.desk.given import given
from yipanqi.web.desk.queue import about_of, row_title


@staff(*SEEING)
@require_safe
def closed(request: HttpRequest) -> HttpResponse:
    """The list, what was closed last first."""
    viewer, now, wanted = viewer_of_request(request), timezone.now(), _wanted(request)
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    page = lists.page(viewer, wanted, now, after=after, before=before)
    access_log.note(account=viewer.account, page="closed", at=now, fields=["titles"] if page.rows else [])
    context = {
        "tabs": [
            Tab(_span(days), closed_url(replace(wanted, days=days)), days == wanted.days) for days in SPANS
        ],
        "taken": _taken(wanted),
        "columns": [
            Column("title", _("事项"), main=True),
            Column("unit", _("主办或牵头单位")),
            Column("about", _("类别和地点")),
            Column("closed", _("办结日期")),
            Column("number", _("编号"), "reference"),
        ],
        "rows": [_row(row, at) for row, at in page.rows],
        "previous": closed_url(wanted, before=page.previous) if page.previous else "",
        "next": closed_url(wanted, after=page.next) if page.next else "",
    }
    return render(request, "desk/closed.html", context)


def _span(days: int) -> str:
    return ngettext("%(n)d 天内", "%(n)d 天内", days) % {"n": days}


def _wanted(request: HttpRequest) -> Closed:
    """The filters of the address; what is none of them is left out."""
    days, kind = given(request, "days", 3), given(request, "kind")
    try:
        unit = UUID(given(request, "unit"))
    except ValueError:
        unit = None
    return Closed(
        days=next((each for each in SPANS if str(each) == days), SPANS[0]),
        kind=kind if kind in lists.kinds() else "",
        unit=unit,
    )


def closed_url(wanted: Closed, **place: Cursor) -> str:
    """The address of these filters, from a place on."""
    asked = {"days": str(wanted.days), "kind": wanted.kind, "unit": str(wanted.unit or "")}
    asked |= {name: cursor.text for name, cursor in place.items()}
    return f"{reverse('desk:closed')}?{urlencode({name: value for name, value in asked.items() if value})}"


def _taken(wanted: Closed) -> list[Link]:
    """The filters that are on, each with the address without it."""
    found = []
    if wanted.kind:
        found.append(Link(kind_label(wanted.kind), closed_url(replace(wanted, kind=""))))
    unit = Unit.objects.filter(pk=wanted.unit).first() if wanted.unit else None
    if unit is not None:
        found.append(Link(str(unit), closed_url(replace(wanted, unit=None))))
    return found


def _row(row: Row, at: dt.datetime) -> TableRow:
    return TableRow(
        cells={
            "title": row_title(row),
            "unit": row.unit,
            "about": about_of(row) or row.kind,
            "closed": day_text(day_of(at)),
            "number": row.number,
        },
        url=reverse("desk:matter", args=[row.id]),
    )


urlpatterns: list[URLPattern] = [path("closed/", closed, name="closed")]
