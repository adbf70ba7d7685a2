"""The administrators' pages: units and duties, and limits. None of them shows business content."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.cases.paths import NAMES
from yipanqi.core.asks import read_day
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.kinds import all_kinds, kind_named
from yipanqi.core.limits import set_limit
from yipanqi.core.models import Limit
from yipanqi.insight import registers
from yipanqi.insight.rehearsal import Rehearsal, rehearse, summed
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Row, TableRow
from yipanqi.web.components.words import day_text
from yipanqi.web.desk import changes
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
        Row(_("值班邮箱"), found.mailbox),
        Row(_("机关代字"), found.word),
        Row(_("设立"), day_text(found.valid_from)),
        *([Row(_("撤销"), day_text(found.valid_to))] if found.valid_to else []),
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
    past, names = registers.changes(found)
    context = {
        "change_columns": changes.columns(),
        "changes": changes.rows(past, names),
        "unit": found,
        "facts": facts,
        "columns": columns,
        "rows": rows,
        "next": f"{here}?{urlencode({'after': page.next})}" if page.next else "",
        "path_columns": [
            Column("matter", _("投诉请求"), main=True),
            Column("path", _("法定途径")),
            Column("where", _("去哪里")),
            Column("basis", _("依据")),
        ],
        "paths": [
            TableRow(
                cells={
                    "matter": line.matter,
                    "path": str(NAMES[line.path]),
                    "where": line.where,
                    "basis": line.basis,
                }
            )
            for line in registers.paths(found)
        ],
        "reviewer_columns": [
            Column("reviewer", _("复查复核机关"), main=True),
            Column("from", _("从哪天起")),
            Column("basis", _("依据")),
        ],
        "reviewers": [
            TableRow(
                cells={"reviewer": str(row.reviewer), "from": day_text(row.valid_from), "basis": row.basis}
            )
            for row in registers.reviewers(found)
        ],
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
        how = Choice(
            label=_("怎么数"),
            widget=forms.RadioSelect,
            choices=[
                (Limit.WORKING, _("工作日")),
                (Limit.CALENDAR, _("自然日")),
                (Limit.MONTHS, _("月")),
            ],
        )
        long = Number(label=_("多长"), min_value=1, max_value=365)
        off = Tick(
            label=_("从这天起停用"),
            required=False,
            help_text=_("只有法律没有规定、办理也离得了的期限能停用，例如简易办理；不勾选就是启用。"),
        )
        dated_fields(self, terms, _("哪项期限"), long, ("unit", how), ("off", off))
        self.fields["valid_from"].help_text = _("明天或以后。已经开始计时的不变。")


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
        change = partial(
            set_limit,
            procedure=procedure,
            code=code,
            valid_from=read_day(typed.get("valid_from"), "valid_from"),
            amount=whole_number(typed.get("amount")),
            unit=str(typed.get("unit") or ""),
            practice=bool(typed.get("practice")),
            off=bool(typed.get("off")),
            basis_zh=str(typed.get("basis_zh") or ""),
            basis_en=str(typed.get("basis_en") or ""),
            by=viewer_of_request(request),
            at=timezone.now(),
        )
        if request.POST.get("go") == "preview":
            tried = rehearse(change, on=change.keywords["valid_from"])
            return _limits_page(request, form, outcome=_tried_words(tried))
        row = change()
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
        return _limits_page(request, form, status=422)
    messages.success(request, _("已登记，从 %(day)s 起按新的期限算。") % {"day": day_text(row.valid_from)})
    return HttpResponseRedirect(reverse("desk:limits"))


def whole_number(value: Any, longest: int = 4) -> int:
    """A whole number as it was typed, of at most so many digits. Raises `Refused`."""
    text = str(value or "").strip()
    if not text.isascii() or not text.isdecimal() or len(text) > longest:
        why = _("请填写整数。")
        raise Refused(why, fields={"amount": why})
    return int(text)


def _tried_words(found: Rehearsal) -> str:
    """What a new limit would have meant, in sums: an administrator sees no case."""
    n = {"cases": found.cases, "touched": found.touched, **summed(found.differences)}
    if not found.touched:
        return _("最近 %(cases)d 件里，没有一件的到期日会变。") % n
    days = [each.days for each in found.differences]
    n |= {"least": min(days), "most": max(days)}
    text = _(
        "最近 %(cases)d 件里，%(touched)d 件的到期日会变：%(earlier)d 项提前、%(later)d 项推后（%(least)+d 至 %(most)+d 天）。已经开始计时的不变。"
    )
    return text % n


def _limits_page(request: HttpRequest, form: LimitForm, status: int = 200, outcome: str = "") -> HttpResponse:
    today = day_of(timezone.now())
    states = states_of([(f"{row.procedure}:{row.code}", row.valid_from) for row in registers.limits()], today)
    rows = []
    for row, state in zip(registers.limits(), states, strict=True):
        procedure = kind_named(row.procedure).procedure
        term = {"kind": str(procedure.label), "term": str(procedure.term[row.code].label)}
        cells = {"what": _("%(kind)s · %(term)s") % term, "amount": amount_words(row)}
        rows.append(dated_row(cells, row.valid_from, state, row.basis))
    context = {
        "heading": _("办理期限"),
        "form_heading": _("登记一行新的期限"),
        "outcome": outcome,
        "tries": True,
        "form": form,
        "columns": dated_columns(_("期限"), _("长度")),
        "rows": rows,
    }
    return render(request, "desk/dated_rows.html", context, status=status)


# --- what has rows from a day on: shown in one way ---------------------------------------------------------------------


def states_of(rows: Sequence[tuple[str, dt.date]], today: dt.date) -> list[str]:
    """For each of the rows (what it is of, from which day on), the latest of each first: whether it is in force."""
    found, in_force = [], set()
    for key, valid_from in rows:
        current = valid_from <= today and key not in in_force
        if current:
            in_force.add(key)
        found.append(_("现行") if current else (_("将来") if valid_from > today else _("已被替换")))
    return found


def dated_columns(what: str, amount: str) -> list[Column]:
    return [
        Column("what", what, main=True),
        Column("amount", amount),
        Column("from", _("从哪天起")),
        Column("state", _("状态"), "badge"),
        Column("basis", _("依据")),
    ]


def dated_row(cells: dict[str, Any], valid_from: dt.date, state: str, basis: str) -> TableRow:
    return TableRow(cells=cells | {"from": day_text(valid_from), "state": state, "basis": basis})


def dated_fields(
    form: forms.Form, codes: list[Any], what: str, amount: forms.Field, *more: tuple[str, forms.Field]
) -> None:
    """The fields of a new row: of what, from when, how much, and on what it rests."""
    form.fields |= {
        "code": Choice(label=what, choices=[("", _("请选择")), *codes]),
        "valid_from": Day(label=_("从哪天起"), help_text=_("明天或以后。")),
        "amount": amount,
        **dict(more),
        "practice": Tick(label=_("这是工作惯例，没有条文规定"), required=False),
        "basis_zh": Line(label=_("依据（中文）"), help_text=_("条文名称和第几条；没有条文的写“工作惯例”。")),
        "basis_en": Line(label=_("依据（英文）")),
    }


def page_words() -> dict[str, str]:
    """The pages of the access log in words, by code."""
    return {
        "matter": _("事项页"),
        "document": _("文书"),
        "report_mail": _("收报道的邮箱"),
        "queue": _("待办列表"),
        "search": _("搜索"),
        "export": _("导出清单"),
        "intake": _("登记来电来访"),
        "lost": _("按电话查找"),
        "sign_in": _("登录"),
        "access_log": _("访问记录"),
        "board": _("一盘棋"),
        "closed": _("办结清单"),
        "pressed": _("被要求好评"),
        "supervision": _("督办"),
        "signs": _("交办和督办线索"),
        "file": _("照片和文件"),
        "scan": _("病毒扫描"),
        "command": _("命令行"),
        "notices": _("通知"),
        "message": _("消息"),
        "import": _("导入"),
        "reconciliation": _("外部系统对账"),
        "approvals": _("等我批的"),
        "calls": _("要打的电话"),
        "call": _("回访电话"),
        "wall": _("大屏"),
        "week": _("一周情况"),
        "role_preview": _("按角色预览（示例）"),
        "refused": _("按网址找，没有找到"),
        "rates": _("各项比率"),
    }


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
        "title": _("标题"),
        "script": _("照着说的话"),
        "requests": _("申请的内容"),
        "number": _("要回电的号码"),
        "name": _("姓名"),
        "about": _("想说的事"),
        "phone": _("按电话号码"),
        "pressed": _("被要求好评"),
        "failed_rows": _("没有导入的行"),
        "given_out": _("导出为表格"),
        "narrowed": _("限定了页面或事项"),
        "files": _("小图"),
        "file": _("文件"),
        "file_served": _("文件的可看副本"),
        "file_original": _("文件原件"),
    }
    said = (
        code.partition(":")[0] if code.startswith(("account:", "file:")) else code for code in codes if code
    )
    words |= {"account": _("某个账号的记录"), "queue": _("待办列表")}
    role = _("角色 %(code)s")
    return _("、").join(
        role % {"code": code.removeprefix("role:")} if code.startswith("role:") else words.get(code, code)
        for code in said
    )
