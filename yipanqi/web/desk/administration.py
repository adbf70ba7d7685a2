"""The administrators' pages: units and duties, limits, accounts, the access log. None of them shows business content."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yipanqi.core import access_log as log
from yipanqi.core.counting import SHANGHAI, day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.kinds import all_kinds, kind_named
from yipanqi.core.limits import set_limit
from yipanqi.core.models import Limit
from yipanqi.insight import registers
from yipanqi.people.actions import deactivate_account
from yipanqi.people.models import Account
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Row, TableRow
from yipanqi.web.desk.given import given
from yipanqi.web.desk.words import amount_words
from yipanqi.web.steps import Choice, Day, Line, Number, Tick, put_beside

KEEPERS = ("organisations.manage", "cases.route", "cases.oversee")


def _further(name: str, key: str, **more: str) -> str:
    """The address of the next page of a list; empty at its end."""
    return f"{reverse(name)}?{urlencode({**more, 'after': key})}" if key else ""


@staff(*KEEPERS)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """Units in the managing order."""
    page = registers.units(viewer_of_request(request), after=given(request, "after"))
    rows = [
        TableRow(
            cells={
                "name": str(unit),
                "code": unit.code,
                "managing": str(unit.managing) if unit.managing else "",
                "area": str(unit.area) if unit.area else "",
                "duties": getattr(unit, "duty_count", 0),
            },
            url=reverse("desk:unit", args=[unit.pk]),
        )
        for unit in page.rows
    ]
    columns = [
        Column("name", _("单位"), main=True),
        Column("managing", _("管理单位")),
        Column("area", _("区域")),
        Column("duties", _("职责条数"), "number"),
        Column("code", _("代码"), "reference"),
    ]
    context = {"columns": columns, "rows": rows, "next": _further("desk:units", page.next)}
    return render(request, "desk/units.html", context)


@staff(*KEEPERS)
@require_safe
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One unit: its parents, its posts, and its lines of the duty list with their bases."""
    found = registers.unit(viewer_of_request(request), unit_id)
    if found is None:
        raise Http404
    page = registers.duties(found, after=given(request, "after", 18))
    facts = [
        Row(_("代码"), found.code),
        Row(_("管理单位"), found.managing),
        Row(_("行政上级"), found.administrative),
        Row(_("业务指导"), found.professional),
        Row(_("区域"), found.area),
        Row(_("电话"), found.telephone),
        Row(_("设立"), found.valid_from.isoformat()),
    ]
    columns = [
        Column("category", _("类别"), main=True),
        Column("area", _("区域")),
        Column("basis", _("依据")),
    ]
    rows = [
        TableRow(cells={"category": str(d.category), "area": str(d.area), "basis": d.basis})
        for d in page.rows
    ]
    here = reverse("desk:unit", args=[unit_id])
    context = {
        "unit": found,
        "facts": facts,
        "columns": columns,
        "rows": rows,
        "next": f"{here}?{urlencode({'after': page.next})}" if page.next else "",
        "posts": registers.posts_at(found, day_of(timezone.now())),
    }
    return render(request, "desk/unit.html", context)


class LimitForm(forms.Form):
    """A new dated row of a limit; the action checks it."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = [
            (
                str(kind.procedure.label),
                [(f"{kind.procedure.code}:{t.code}", str(t.label)) for t in kind.procedure.terms],
            )
            for kind in all_kinds()
        ]
        self.fields |= {
            "code": Choice(label=_("哪项期限"), choices=[("", _("请选择")), *terms]),
            "valid_from": Day(label=_("从哪天起"), help_text=_("明天或以后。已经开始计时的不变。")),
            "amount": Number(label=_("多少天"), min_value=1, max_value=365),
            "unit": Choice(
                label=_("怎么数"),
                widget=forms.RadioSelect,
                choices=[(Limit.WORKING, _("工作日")), (Limit.CALENDAR, _("自然日"))],
            ),
            "practice": Tick(label=_("这是工作惯例，没有条文规定"), required=False),
            "basis_zh": Line(
                label=_("依据（中文）"), help_text=_("条文名称和第几条；没有条文的写“工作惯例”。")
            ),
            "basis_en": Line(label=_("依据（英文）")),
        }


@staff("limits.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest) -> HttpResponse:
    """The limits and their history; a new row from a future day on."""
    if request.method != "POST":
        return _limits_page(request, LimitForm())
    form = LimitForm(request.POST)
    form.full_clean()
    typed = form.cleaned_data
    procedure, _colon, code = str(typed.get("code") or "").partition(":")
    try:
        row = set_limit(
            procedure=procedure,
            code=code,
            valid_from=_day(typed.get("valid_from"), "valid_from"),
            amount=_number(typed.get("amount")),
            unit=str(typed.get("unit") or ""),
            practice=bool(typed.get("practice")),
            basis_zh=str(typed.get("basis_zh") or ""),
            basis_en=str(typed.get("basis_en") or ""),
            by=viewer_of_request(request),
            at=timezone.now(),
        )
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return _limits_page(request, form, status=422)
    messages.success(request, _("已登记，从 %(day)s 起按新的期限算。") % {"day": row.valid_from.isoformat()})
    return HttpResponseRedirect(reverse("desk:limits"))


def _day(value: Any, field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value or "").strip())
    except ValueError:
        why = _("请按“年-月-日”填写，例如 2026-03-09。")
        raise Refused(why, fields={field: why}) from None


def _number(value: Any) -> int:
    text = str(value or "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > 4:
        why = _("请填写整数。")
        raise Refused(why, fields={"amount": why})
    return int(text)


def _limits_page(request: HttpRequest, form: LimitForm, status: int = 200) -> HttpResponse:
    today = day_of(timezone.now())
    rows, in_force = [], set()
    for row in registers.limits():
        procedure = kind_named(row.procedure).procedure
        current = row.valid_from <= today and (row.procedure, row.code) not in in_force
        if current:
            in_force.add((row.procedure, row.code))
        rows.append(
            TableRow(
                cells={
                    "term": _("%(kind)s · %(term)s")
                    % {"kind": str(procedure.label), "term": str(procedure.term[row.code].label)},
                    "amount": amount_words(row),
                    "from": row.valid_from.isoformat(),
                    "state": _("现行")
                    if current
                    else (_("将来") if row.valid_from > today else _("已被替换")),
                    "basis": row.basis,
                },
            )
        )
    columns = [
        Column("term", _("期限"), main=True),
        Column("amount", _("长度")),
        Column("from", _("从哪天起")),
        Column("state", _("状态"), "badge"),
        Column("basis", _("依据")),
    ]
    return render(
        request, "desk/limits.html", {"form": form, "columns": columns, "rows": rows}, status=status
    )


@staff("accounts.manage")
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Accounts with their posts."""
    page = registers.accounts(after=given(request, "after", 60))
    context = {"accounts": page.rows, "next": _further("desk:accounts", page.next), "own": request.user.pk}
    return render(request, "desk/accounts.html", context)


@staff("accounts.manage")
@require_POST
def deactivate(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """Shut an account; it bites at its next request (S4)."""
    account = get_object_or_404(Account, pk=account_id)
    viewer = viewer_of_request(request)
    assert viewer.account is not None
    try:
        deactivate_account(account=account, by=viewer.account, at=timezone.now())
        messages.success(request, _("账号 %(login)s 已停用。") % {"login": account.login})
    except Refused as refusal:
        messages.error(request, refusal.message)
    return HttpResponseRedirect(reverse("desk:accounts"))


class LogForm(forms.Form):
    """Whose looks, and between which moments (in the city's time)."""

    use_required_attribute = False
    login = forms.CharField(max_length=60)
    since = forms.DateTimeField()
    until = forms.DateTimeField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("账号")
        moment = {"type": "datetime-local", "step": "60"}
        for name, label in (("since", _("从")), ("until", _("到"))):
            self.fields[name].label = label
            self.fields[name].widget = forms.DateTimeInput(attrs=moment, format="%Y-%m-%dT%H:%M")


@staff("access.audit")
@require_safe
def access_log(request: HttpRequest) -> HttpResponse:
    """What an account saw between two moments. Looking here is written down as well."""
    viewer, now = viewer_of_request(request), timezone.now()
    if not request.GET:
        today = now.astimezone(SHANGHAI)
        form = LogForm(
            initial={"since": today.replace(hour=0, minute=0), "until": today + dt.timedelta(days=1)}
        )
        return render(request, "desk/access_log.html", {"form": form})
    form = LogForm(request.GET)
    account = Account.objects.filter(login=given(request, "login", 60)).first()
    if form.is_valid() and account is None:
        form.add_error("login", _("没有这个账号。"))
    if not form.is_valid() or account is None:
        return render(request, "desk/access_log.html", {"form": form}, status=422)
    log.note(account=viewer.account, page="access_log", at=now, fields=[f"account:{account.pk}"])
    since, until = form.cleaned_data["since"], form.cleaned_data["until"]
    page = registers.looks(account=account.pk, since=since, until=until, after=given(request, "after"))
    columns = [
        Column("at", _("时间")),
        Column("page", _("页面"), main=True),
        Column("number", _("编号"), "reference"),
        Column("fields", _("看到的内容种类")),
    ]
    rows = [
        TableRow(
            cells={
                "at": f"{timezone.localtime(r.at):%Y-%m-%d %H:%M:%S}",
                "page": page_word(r.page),
                "number": r.number,
                "fields": fields_words(r.fields),
            }
        )
        for r in page.rows
    ]
    more = {name: request.GET.get(name, "") for name in ("login", "since", "until")}
    context = {
        "form": form,
        "looked": True,
        "columns": columns,
        "rows": rows,
        "next": _further("desk:access_log", page.next, **more),
    }
    return render(request, "desk/access_log.html", context)


def page_word(code: str) -> str:
    """A page of the access log in words."""
    return {
        "matter": _("事项页"),
        "queue": _("待办列表"),
        "intake": _("登记来电来访"),
        "lost": _("按电话查找"),
        "sign_in": _("登录"),
        "access_log": _("访问记录"),
        "board": _("一盘棋"),
        "pressed": _("被要求好评"),
        "command": _("命令行"),
    }.get(code, code)


def fields_words(codes: list[str]) -> str:
    """Kinds of particulars in words; never what stood there."""
    words = {
        "text": _("转办文字"),
        "original": _("原话"),
        "verdict": _("评价"),
        "documents": _("文书"),
        "person": _("姓名和联系方式"),
        "person_masked": _("遮掩的姓名和电话"),
        "titles": _("标题"),
        "phone": _("按电话号码"),
        "pressed": _("被要求好评"),
    }
    return _("、").join(words.get(code, code) for code in codes if code)
