"""The working-day calendar: its years, the warning while it is provisional, and publishing a notice."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from yipanqi.core.asks import read_day
from yipanqi.core.calendar import publish_notice
from yipanqi.core.counting import CalendarException, DayKind
from yipanqi.core.errors import Refused
from yipanqi.core.terms import recount_preview
from yipanqi.insight import registers
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.steps import Day, Line, Number, put_beside

MOST_LINES = 200
MOST_PREVIEWED = 200  # matters that a preview counts anew; of more it says "at least"
LONGEST_NAME = 60


class NoticeForm(forms.Form):
    """A published notice: year, source, and a line for each day that differs from its weekday."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields |= {
            "year": Number(label=_("哪一年"), min_value=2000, max_value=2100),
            "source": Line(
                label=_("文号或来源"), help_text=_("例如：国务院办公厅关于放假安排的通知，文号。")
            ),
            "published_on": Day(label=_("公布日期"), required=False),
            "lines": Line(
                label=_("放假和调休的日子，每行一天"),
                widget=forms.Textarea,
                help_text=_(
                    "日期 种类 中文名 英文名；种类填 holiday（放假）或 makeup_workday（调休上班）。例如：2027-01-01 holiday 元旦 New Year"
                ),
            ),
        }


def read_lines(text: str) -> dict[dt.date, CalendarException]:
    """The days of a notice as typed. Raises `Refused` with the number of the first line that cannot be read."""
    days: dict[dt.date, CalendarException] = {}
    lines = [line.strip() for line in text.splitlines()]
    if len(lines) > MOST_LINES:
        _wrong_line(MOST_LINES + 1, _("太长了，一年不会有这么多天。"))
    for number, line in enumerate(lines, start=1):
        if not line:
            continue
        words = line.split(maxsplit=3)
        if len(words) < 4:
            _wrong_line(number, _("要有日期、种类、中文名、英文名四样。"))
        day, kind = _read_day(number, words[0]), _read_kind(number, words[1])
        if day in days:
            _wrong_line(number, _("%(day)s 写了两次。") % {"day": day})
        if max(len(words[2]), len(words[3])) > LONGEST_NAME:
            _wrong_line(number, _("名称太长。"))
        days[day] = (kind, words[2], words[3])
    if not days:
        raise Refused(_("请填写。"), fields={"lines": _("请填写。")})
    return days


def _read_day(number: int, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        _wrong_line(number, _("“%(text)s”不是日期，请按“年-月-日”写。") % {"text": text})
        raise


def _read_kind(number: int, text: str) -> DayKind:
    if text not in (DayKind.HOLIDAY, DayKind.MAKEUP_WORKDAY):
        _wrong_line(number, _("种类“%(text)s”不对，应为 holiday 或 makeup_workday。") % {"text": text})
    return DayKind(text)


def _wrong_line(number: int, why: str) -> None:
    message = _("第 %(n)d 行：%(why)s") % {"n": number, "why": why}
    raise Refused(message, fields={"lines": message})


@staff("calendar.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The years; a notice is looked at with its consequences first, and put into force with a second button."""
    if request.method != "POST":
        return _page(request, NoticeForm())
    form = NoticeForm(request.POST)
    form.full_clean()
    publishing = request.POST.get("go") == "publish"
    try:
        changed = _publish(request, form.cleaned_data, for_good=publishing)
    except Refused as refusal:
        put_beside(form, refusal)
        return _page(request, form, status=422)
    if not publishing:
        return _page(request, form, outcome=_terms_text(*changed))
    messages.success(request, _("已公布，在办期限正在重新计算。"))
    return HttpResponseRedirect(reverse("desk:calendar"))


def _terms_text(changed: int, more: bool) -> str:
    if more:
        return _("至少 %(n)d 项在办期限会变") % {"n": changed}
    text = ngettext("%(n)d 项在办期限会变", "%(n)d 项在办期限会变", changed)
    return text % {"n": changed}


def _publish(request: HttpRequest, given: dict[str, Any], *, for_good: bool) -> tuple[int, bool]:
    """Publish, and a job counts anew; or try it out and take it all back: the preview counts by the very same code.
    Returns how many open limits change, and whether they are more."""
    year = str(given.get("year") or "").strip()
    if not (year.isascii() and year.isdecimal() and 2000 <= int(year) <= 2100):
        raise Refused(_("请填写年份。"), fields={"year": _("请填写年份，例如 2027。")})
    published = given.get("published_on")
    published_on = read_day(published, "published_on") if published else None
    if "\x00" in str(given.get("lines")) + str(given.get("source")):
        raise Refused(_("含有不能保存的字符。"), fields={"lines": _("含有不能保存的字符。")})
    days = read_lines(str(given.get("lines") or ""))
    with transaction.atomic():
        publish_notice(
            year=int(year),
            source=str(given.get("source") or "").strip()[:200],
            days=days,
            at=timezone.now(),
            by=viewer_of_request(request).account,
            published_on=published_on,
        )
        if for_good:
            return 0, False
        found = recount_preview(since=dt.date(int(year), 1, 1), most=MOST_PREVIEWED)
        transaction.set_rollback(True)
    return found


def _page(request: HttpRequest, form: NoticeForm, *, outcome: str = "", status: int = 200) -> HttpResponse:
    number, bounded = registers.provisional_terms()
    columns = [
        Column("year", _("年份"), main=True),
        Column("version", _("第几版"), "number"),
        Column("days", _("列出的天数"), "number"),
        Column("source", _("来源")),
    ]
    rows = [
        TableRow(
            cells={
                "year": str(n.year),
                "version": n.version,
                "days": getattr(n, "day_count", 0),
                "source": n.source,
            }
        )
        for n in registers.notices()
    ]
    context = {
        "form": form,
        "columns": columns,
        "rows": rows,
        "provisional": number,
        "bounded": bounded,
        "outcome": outcome,
        "recounts": registers.recounts(),
    }
    return render(request, "desk/calendar.html", context, status=status)
