"""The auditor's page: what an account saw between two moments. Looking here is written down as well."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from yipanqi.core import access_log as log
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.gate import Viewer
from yipanqi.exchange import writing
from yipanqi.insight import registers
from yipanqi.insight.registers import Look, Looking
from yipanqi.people.models import Account
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.components.words import count_text
from yipanqi.web.desk.administration import fields_words, page_words
from yipanqi.web.desk.given import given

MOST_GIVEN = 100_000  # rows of a table that is given out
ASKED = ("login", "since", "until", "page", "number")


class LogForm(forms.Form):
    """Whose looks, and between which moments (in the city's time); on one page or at one matter alone."""

    use_required_attribute = False
    login = forms.CharField(max_length=60, required=False)
    since = forms.DateTimeField()
    until = forms.DateTimeField()
    page = forms.ChoiceField(required=False)
    number = forms.CharField(max_length=80, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = (_("账号"), _("从"), _("到"), _("页面"), _("事项编号"))
        for name, label in zip(ASKED, labels, strict=True):
            self.fields[name].label = label
        self.fields["login"].help_text = _("只看“按网址找，没有找到”的，可以不填：看所有人的。")
        moment = {"type": "datetime-local", "step": "60"}
        for name in ("since", "until"):
            self.fields[name].widget = forms.DateTimeInput(attrs=moment, format="%Y-%m-%dT%H:%M")
        self.fields["page"] = forms.ChoiceField(
            label=_("页面"), required=False, choices=[("", _("全部")), *page_words().items()]
        )

    def looking(self, by: Viewer) -> Looking | None:
        """What is asked for; None where there is no such account or matter, which the form then says."""
        if not self.is_valid():
            return None
        typed = self.cleaned_data
        account = Account.objects.filter(login=typed["login"]).first()
        everybody = not typed["login"] and typed["page"] == log.REFUSED
        if account is None and not everybody:
            self.add_error("login", _("没有这个账号。"))
        matter = registers.matter_of_number(typed["number"].strip(), by) if typed["number"] else None
        if typed["number"] and matter is None:
            self.add_error("number", _("没有这个编号的事项。"))
        if self.errors:
            return None
        return Looking(
            account.pk if account else None, typed["since"], typed["until"], typed["page"], matter, by
        )


@staff("access.audit")
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """What an account saw, the newest first."""
    now = timezone.now()
    if not request.GET:
        today = now.astimezone(SHANGHAI).replace(hour=0, minute=0)
        form = LogForm(initial={"since": today, "until": today + dt.timedelta(days=1)})
        return render(request, "desk/access_log.html", {"form": form})
    form = LogForm(request.GET)
    asked = form.looking(viewer_of_request(request))
    if asked is None:
        return render(request, "desk/access_log.html", {"form": form}, status=422)
    _note(request, asked, now)
    page = registers.looks(asked, after=given(request, "after"))
    query, words = {name: request.GET.get(name, "") for name in ASKED}, _Words()
    context = {
        "form": form,
        "looked": True,
        "columns": [
            Column("at", _("时间")),
            *([] if asked.account else [Column("login", _("账号"))]),
            Column("page", _("页面"), main=True),
            Column("number", _("编号"), "reference"),
            Column("fields", _("看到的内容种类")),
        ],
        "rows": [
            TableRow(cells=dict(zip(COLUMNS, words.cells(row), strict=True)) | {"login": words.login(row)})
            for row in page.rows
        ],
        "count": count_text(*registers.looks_counted(asked)),
        "next": f"{reverse('desk:access_log')}?{urlencode(query | {'after': page.next})}"
        if page.next
        else "",
        "tables": [
            (kind.upper(), f"{reverse('desk:looks_out', args=[kind])}?{urlencode(query)}")
            for kind in writing.CONTENT_TYPES
        ],
        "since": asked.since,
        "until": asked.until,
    }
    return render(request, "desk/access_log.html", context)


COLUMNS = ("at", "page", "number", "fields")


class _Words:
    """The rows in words. Each kind of row is put into words once: a table has a hundred thousand of a dozen kinds."""

    def __init__(self) -> None:
        self._pages, self._fields = page_words(), dict[tuple[str, ...], str]()
        self._logins: dict[UUID, str] = {}

    def login(self, row: Look) -> str:
        if row.account is None:
            return ""
        if row.account not in self._logins:
            found = Account.objects.filter(pk=row.account).values_list("login", flat=True).first()
            self._logins[row.account] = found or ""
        return self._logins[row.account]

    def cells(self, row: Look) -> tuple[str, str, str, str]:
        kinds = tuple(row.fields)
        if kinds not in self._fields:
            self._fields[kinds] = fields_words(row.fields)
        moment = f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}"
        return moment, self._pages.get(row.page, row.page), row.number, self._fields[kinds]


def _note(request: HttpRequest, asked: Looking, at: dt.datetime, *more: str) -> None:
    narrowed = ("narrowed",) if asked.page or asked.matter else ()
    log.note(
        account=viewer_of_request(request).account,
        page="access_log",
        at=at,
        matter=asked.matter,
        fields=(f"account:{asked.account or 'all'}", *narrowed, *more),
    )


@staff("access.audit")
@require_safe
def looks_out(request: HttpRequest, kind: str) -> HttpResponse:
    """The same as a table, the newest 100,000 at most."""
    asked = LogForm(request.GET).looking(viewer_of_request(request))
    if kind not in writing.CONTENT_TYPES or asked is None:
        raise Http404
    _note(request, asked, timezone.now(), "given_out")
    headers, words = [_("时间"), _("页面"), _("编号"), _("看到的内容种类")], _Words()
    found = registers.every_look(asked, most=MOST_GIVEN)
    rows = (words.cells(row) if asked.account else (*words.cells(row), words.login(row)) for row in found)
    headers += [] if asked.account else [_("账号")]
    response = HttpResponse(content_type=writing.CONTENT_TYPES[kind])
    response.write(writing.written(kind, headers, rows))
    name = f"{_('访问记录')}.{kind}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
