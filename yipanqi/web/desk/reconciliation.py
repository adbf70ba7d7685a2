"""Systems of record: what came in and went back on a day, with the cases behind each number; and their field maps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipanqi.core import access_log
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import procedure_of
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Role
from yipanqi.exchange import reconciling
from yipanqi.exchange.giving import GIVES
from yipanqi.exchange.models import System
from yipanqi.exchange.reading import XLSX
from yipanqi.exchange.systems import (
    TAKES,
    VALUED,
    give_back,
    history_of,
    keep_system,
    lines_of,
    value_lines_of,
)
from yipanqi.exchange.writing import CONTENT_TYPES
from yipanqi.organisations.models import Part
from yipanqi.organisations.queries import parts_of
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Tab, TableRow
from yipanqi.web.desk.given import given
from yipanqi.web.steps import Line, Tick, put_beside

NEW = "new"


def _day(text: str, today: dt.date) -> dt.date:
    """The day that an address asks for; today for what is none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return today
    return day if dt.date(2000, 1, 1) < day <= today else today


@staff("cases.import")
@require_safe
def reconciliation(request: HttpRequest) -> HttpResponse:
    """One system on one day: six numbers, and the cases behind the one that was chosen."""
    systems = list(System.objects.order_by("code"))
    if not systems:
        return render(request, "desk/reconciliation.html", {"tabs": []})
    today = day_of(timezone.now())
    code, day = given(request, "system", 40), _day(given(request, "day", 10), today)
    system = next((each for each in systems if each.pk == code), systems[0])
    line = reconciling.BY_CODE.get(given(request, "what", 10))
    viewer, span = viewer_of_request(request), reconciling.Day.of(day)
    counts = reconciling.counts(viewer, system, span)

    def here(**more: str) -> str:
        return f"{reverse('desk:reconciliation')}?{urlencode({'system': system.pk, 'day': day.isoformat(), **more})}"

    figures = [
        {
            "label": str(each.label),
            "number": counts[each.code].number,
            "bounded": counts[each.code].bounded,
            "url": here(what=each.code) if counts[each.code].number else "",
        }
        for each in reconciling.LINES
    ]
    context: dict[str, Any] = {
        "system": system,
        "tabs": [
            Tab(str(each), f"{reverse('desk:reconciliation')}?{urlencode({'system': each.pk, 'day': day.isoformat()})}", each == system)
            for each in systems
        ],
        "day": day,
        "daily": figures[:3],
        "now": figures[3:],
        "previous": here(day=(day - dt.timedelta(days=1)).isoformat()),
        "next_day": here(day=(day + dt.timedelta(days=1)).isoformat()) if day < today else "",
        "to_give": counts["waiting"].number + counts["differs"].number,
    }  # fmt: skip
    if line is not None:
        page = reconciling.listed(viewer, system, span, line, after=given(request, "after", 18))
        further = here(what=line.code, after=page.next) if page.next else ""
        context |= {"line": str(line.label), "columns": _columns(), "rows": _rows(page), "next": further}
    return render(request, "desk/reconciliation.html", context)


def _columns() -> list[Column]:
    return [
        Column("number", _("外部编号"), main=True),
        Column("reference", _("查询号"), "reference"),
        Column("state", _("状态"), "badge"),
        Column("unit", _("承办单位")),
        Column("came", _("进来的时间"), "moment"),
    ]


def _rows(page: reconciling.Listed) -> list[TableRow]:
    parts = parts_of([ref.case_id for ref in page.rows])
    rows = []
    for ref in page.rows:
        matter = ref.case.matter
        lead = next((p for p in parts.get(matter.pk, ()) if p.role == Part.LEAD and p.until is None), None)
        cells = {
            "number": ref.number,
            "reference": ref.case.number,
            "state": str(procedure_of(matter).state[matter.state].label),
            "unit": str(lead.unit) if lead else "",
            "came": ref.added_at,
        }
        rows.append(TableRow(cells=cells, url=reverse("desk:matter", args=[matter.pk])))
    return rows


@staff("cases.import")
@require_POST
def give(request: HttpRequest, code: str) -> HttpResponse:
    """The table that goes back. It is a post, for it is noted that it went."""
    system = get_object_or_404(System, pk=code)
    viewer, now = viewer_of_request(request), timezone.now()
    back = f"{reverse('desk:reconciliation')}?{urlencode({'system': system.pk})}"
    try:
        content = give_back(system=system, by=Actor(viewer, Role.SENDER), at=now)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        messages.warning(request, refusal.message)
        return HttpResponseRedirect(back)
    if content is None:
        messages.info(request, _("现在没有要回传的。"))
        return HttpResponseRedirect(back)
    access_log.note(account=viewer.account, page="reconciliation", at=now, fields=["text", "documents"])
    response = HttpResponse(content, content_type=CONTENT_TYPES[XLSX])
    name = f"{system}-{day_of(now).isoformat()}.xlsx"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _named(fields: Mapping[str, Label]) -> str:
    pairs = (
        _("%(name)s（%(label)s）") % {"name": name, "label": str(label)} for name, label in fields.items()
    )
    return _("、").join(pairs)


def _parts() -> dict[str, str]:
    """The parts of a field map, as its form calls them."""
    return {
        "name_zh": _("名称（中文）"),
        "name_en": _("名称（英文）"),
        "takes": _("进来的列"),
        "gives": _("回传的列"),
        "values": _("它的叫法"),
        "above": _("从它来的算上级转来"),
    }


class SystemForm(forms.Form):
    """A field map, a line a column; the action checks it."""

    use_required_attribute = False

    def __init__(self, system: System | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if system is None:
            self.fields["code"] = Line(
                label=_("代码"), help_text=_("小写字母、数字和短横线，例如 hotline-12345。")
            )
        takes = _named(TAKES)
        gives = _named({name: label for name, (label, _give) in GIVES.items()})
        shown, called = system or System(), _parts()
        self.fields |= {
            "name_zh": Line(label=called["name_zh"], initial=shown.name_zh),
            "name_en": Line(label=called["name_en"], initial=shown.name_en, required=False),
            "takes": Line(
                label=called["takes"],
                widget=forms.Textarea,
                initial=lines_of(shown.takes),
                required=False,
                help_text=_("每行写一列：表头 = 字段，按它自己的顺序。字段：%(names)s。") % {"names": takes},
            ),
            "gives": Line(
                label=called["gives"],
                widget=forms.Textarea,
                initial=lines_of(shown.gives),
                required=False,
                help_text=_("每行写一列：表头 = 字段，按它自己的顺序。字段：%(names)s。") % {"names": gives},
            ),
            "values": Line(
                label=called["values"],
                widget=forms.Textarea,
                initial=value_lines_of(shown.values),
                required=False,
                help_text=_("每行写一个：字段: 它的叫法 = 我们的代码，例如 state: 已办结 = closed。可用的字段：%(names)s。")
                % {"names": _("、").join(VALUED)},
            ),
            "above": Tick(
                label=called["above"],
                initial=shown.above,
                required=False,
                help_text=_("上级信访系统等：各项比率里，上级转来的和本级受理的分开数。"),
            ),
        }  # fmt: skip


@staff("cases.import")
@require_http_methods(["GET", "HEAD", "POST"])
def system(request: HttpRequest, code: str) -> HttpResponse:
    """The field map of a system, with its history; `new` adds one."""
    found = None if code == NEW else get_object_or_404(System, pk=code)
    if request.method != "POST":
        return _system_page(request, found, SystemForm(found))
    form = SystemForm(found, request.POST)
    form.full_clean()
    said: dict[str, Any] = {name: str(form.cleaned_data.get(name) or "") for name in form.fields}
    said["above"] = bool(form.cleaned_data.get("above"))
    said["code"] = found.pk if found else said["code"].strip()
    try:
        keep_system(
            **said, new=found is None, by=Actor(viewer_of_request(request), Role.SENDER), at=timezone.now()
        )
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return _system_page(request, found, form, status=422)
    messages.success(request, _("已保存。"))
    return HttpResponseRedirect(f"{reverse('desk:reconciliation')}?{urlencode({'system': said['code']})}")


def _system_page(
    request: HttpRequest, found: System | None, form: SystemForm, status: int = 200
) -> HttpResponse:
    changes = [
        TableRow(
            cells={
                "at": change.at,
                "what": _("、").join(
                    label
                    for name, label in _parts().items()
                    if (change.after or {}).get(name) != (change.before or {}).get(name)
                ),
            }
        )
        for change in (history_of(found) if found else ())
    ]
    columns = [Column("what", _("改了什么"), main=True), Column("at", _("什么时候"), "moment")]
    context = {"system": found, "form": form, "columns": columns, "changes": changes}
    return render(request, "desk/system.html", context, status=status)
