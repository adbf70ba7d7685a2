"""Reports on assignments that wait to be checked, and signs that a claim may have to be supervised. Both lead to the step on
the claim's own page: nothing is confirmed from a list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log
from yipanqi.core.counting import day_of
from yipanqi.insight import signs as lists
from yipanqi.insight.rows import Row
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.components.words import short_day_text
from yipanqi.web.desk.queue import row_title


@staff("cases.route", "cases.oversee")
@require_safe
def signs(request: HttpRequest) -> HttpResponse:
    """The lists, each for whoever can act on it."""
    viewer, now = viewer_of_request(request), timezone.now()
    checks, oversees = viewer.has("cases.route"), viewer.has("cases.oversee")
    reports = lists.reports(viewer, now) if checks else []
    found = lists.signs(viewer, now) if oversees else lists.Signs([], more=False)
    decides = viewer.has("cases.approve")
    exclusions = lists.exclusions(viewer, now) if decides else []
    fields = ["titles"] if reports or exclusions or found.signs else []
    access_log.note(account=viewer.account, page="signs", at=now, fields=fields)
    title, unit, number = (
        Column("title", _("事项"), main=True),
        Column("unit", _("主办单位")),
        Column("number", _("编号"), "reference"),
    )
    context = {
        "checks": checks,
        "report_columns": [title, unit, number],
        "reports": [_row(row) for row in reports],
        "decides": decides,
        "exclusions": [_row(row) for row in exclusions],
        "oversees": oversees,
        "sign_columns": [title, Column("why", _("为什么")), unit, number],
        "signs": [_sign(one) for one in found.signs],
        "more": found.more,
    }
    return render(request, "desk/signs.html", context)


def _row(row: Row) -> TableRow:
    cells = {"title": row_title(row), "unit": row.unit, "number": row.number}
    return TableRow(cells=cells, url=reverse("desk:matter", args=[row.id]))


def _sign(one: lists.Sign) -> TableRow:
    told = {"rule": one.label, "why": one.why, "day": short_day_text(day_of(one.since))}
    cells = {
        "title": row_title(one.row),
        "why": _("%(rule)s：%(why)s（%(day)s起）") % told,
        "unit": one.row.unit,
        "number": one.row.number,
    }
    url = reverse("desk:matter", args=[one.row.id])
    return TableRow(cells=cells, url=f"{url}?step=supervise#step-supervise")
