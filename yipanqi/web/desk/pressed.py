"""Where somebody was pressed for a good verdict: for those who supervise the unit, never for the unit (H6)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.insight.behind import pressed_cases
from yipanqi.insight.places import Cursor
from yipanqi.insight.rows import Row
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.desk.given import given
from yipanqi.web.desk.queue import about_of, row_title
from yipanqi.web.desk.shown import badge_of


@staff("cases.oversee")
@require_safe
def pressed(request: HttpRequest) -> HttpResponse:
    """The cases, the newest first."""
    viewer, now = viewer_of_request(request), timezone.now()
    after, before = (Cursor.read(given(request, name)) for name in ("after", "before"))
    page = pressed_cases(viewer, now, after=after, before=before)
    access_log.note(account=viewer.account, page="pressed", at=now, fields=["pressed"] if page.rows else [])
    columns = [
        Column("unit", _("主办单位"), main=True),
        Column("title", _("事项")),
        Column("state", _("状态"), "badge"),
        Column("about", _("类别和地点")),
        Column("number", _("编号"), "reference"),
    ]
    context = {
        "columns": columns,
        "rows": [_row(row) for row in page.rows],
        "previous": _url(before=page.previous) if page.previous else "",
        "next": _url(after=page.next) if page.next else "",
    }
    return render(request, "desk/pressed.html", context)


def _url(**place: Cursor) -> str:
    return f"{reverse('desk:pressed')}?{urlencode({name: cursor.text for name, cursor in place.items()})}"


def _row(row: Row) -> TableRow:
    return TableRow(
        cells={
            "unit": row.unit,
            "title": row_title(row),
            "state": badge_of(row.state_code, row.state),
            "about": about_of(row),
            "number": row.number,
        },
        url=reverse("desk:matter", args=[row.id]),
    )
