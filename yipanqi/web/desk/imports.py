"""Imports: the list of them with a way to begin one, the page of one from its columns to its result, and rows out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, BinaryIO, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.forms.boundfield import BoundField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.cases.actions import KINDS
from yipanqi.core import access_log
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import kind_named
from yipanqi.core.procedure import Role
from yipanqi.exchange import actions, organisations, paths, queries, reasons, reviewers, writing
from yipanqi.exchange.failed import table_of
from yipanqi.exchange.models import ImportRun, System
from yipanqi.exchange.targets import Target, target_named, unused
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Badge, Column, Row, TableRow, Tone
from yipanqi.web.desk.given import given
from yipanqi.web.steps import Choice, Tick, put_beside
from yipanqi.web.uploads import LARGEST

# What goes out as a table that can be changed and imported again.
OUT = {
    "units": (organisations.UNITS, organisations.unit_rows),
    "duties": (organisations.DUTIES, organisations.duty_rows),
    "paths": (paths.PATHS, paths.path_rows),
    "reviewers": (reviewers.REVIEWERS, reviewers.reviewer_rows),
    "reasons": (reasons.REASONS, reasons.reason_rows),
}
IMPORTERS = ("cases.import", "organisations.manage")
SHOWN = 50
EVERY = 5  # seconds between two looks at an import under way
TONES: Mapping[str, Tone] = {"running": "active", "checking": "active", "done": "done", "stopped": "late"}


def state_word(state: str) -> str:
    """The state of an import in words."""
    return {
        ImportRun.UPLOADED: _("等您指认各列"),
        ImportRun.CHECKING: _("正在检查"),
        ImportRun.CHECKED: _("已检查，还没有导入"),
        ImportRun.RUNNING: _("正在导入"),
        ImportRun.DONE: _("已导入"),
        ImportRun.STOPPED: _("已停下"),
    }[state]


def _actor(request: HttpRequest) -> Actor:
    return Actor(viewer_of_request(request), Role.SENDER)


class UploadForm(forms.Form):
    """A file, and what its rows are."""

    use_required_attribute = False

    def __init__(self, targets: list[Target], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems = [(system.pk, str(system)) for system in System.objects.order_by("code")]
        self.fields["target"] = Choice(
            label=_("文件里是什么"),
            widget=forms.RadioSelect if len(targets) > 1 else forms.HiddenInput,
            choices=[(each.code, str(each.label)) for each in targets],
            initial=targets[0].code,
        )
        if any(each.code == "submissions" for each in targets) and systems:
            self.fields["system"] = Choice(
                label=_("来自哪个系统"),
                choices=[("", _("没有，是一般的表格")), *systems],
                required=False,
                help_text=_("选了系统，列就按它的对照表认，编号也记在它名下。"),
            )
        self.fields["file"] = forms.FileField(
            label=_("文件"),
            widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
            help_text=_("CSV 或 .xlsx，最大 %(n)d MB；第一行是表头。更大的文件请用命令行导入。")
            % {"n": LARGEST // 2**20},
        )


@staff(*IMPORTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The imports, the latest first, and the beginning of a new one."""
    viewer = viewer_of_request(request)
    targets = [target_named(code) for code in queries.targets_of(viewer)]
    if request.method != "POST":
        return _list(request, UploadForm(targets))
    form = UploadForm(targets, request.POST)
    form.full_clean()
    try:
        run = _receive(request, form.cleaned_data)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        form.errors.pop("file", None)
        put_beside(form, Refused(refusal.message, fields=refusal.fields or {"file": refusal.message}))
        return _list(request, form, status=422)
    return HttpResponseRedirect(reverse("desk:import", args=[run.pk]))


def _receive(request: HttpRequest, said: Mapping[str, Any]) -> ImportRun:
    upload = request.FILES.get("file")
    if upload is None:
        why = _("请选择文件；最大 %(n)d MB。") % {"n": LARGEST // 2**20}
        raise Refused(why, fields={"file": why})
    chosen = str(said.get("system") or "").replace("\x00", "")
    system = System.objects.filter(pk=chosen).first() if said.get("target") == "submissions" else None
    return actions.receive_file(
        target=str(said.get("target") or ""),
        source=cast(BinaryIO, upload),
        name=str(upload.name or ""),
        by=_actor(request),
        at=timezone.now(),
        system=system,
        options={"system": system.pk} if system else {},
    )


def _list(request: HttpRequest, form: UploadForm, status: int = 200) -> HttpResponse:
    page = queries.imports(viewer_of_request(request), after=given(request, "after", 40))
    columns = [
        Column("name", _("文件"), main=True),
        Column("what", _("内容")),
        Column("state", _("状态"), "badge"),
        Column("rows", _("行数"), "number"),
        Column("entered", _("已导入"), "number"),
        Column("failed", _("没有导入"), "number"),
        Column("at", _("什么时候"), "moment"),
    ]
    rows = [
        TableRow(
            cells={
                "name": run.name or _("（没有名字）"),
                "what": str(target_named(run.target).label),
                "state": Badge(state_word(run.state), TONES.get(run.state, "neutral")),
                "rows": run.rows,
                "entered": run.entered if run.state in (ImportRun.RUNNING, ImportRun.DONE) else "",
                "failed": run.failed or "",
                "at": run.created_at,
            },
            url=reverse("desk:import", args=[run.pk]),
        )
        for run in page.rows
    ]
    further = f"{reverse('desk:imports')}?{urlencode({'after': page.next})}" if page.next else ""
    manages = viewer_of_request(request).has("organisations.manage")
    out = [(what, str(target.label)) for what, (target, _rows) in OUT.items()] if manages else []
    context = {"form": form, "columns": columns, "rows": rows, "next": further, "out": out}
    return render(request, "desk/imports.html", context, status=status)


class ColumnsForm(forms.Form):
    """Which column is which, and for submissions how they are taken in."""

    use_required_attribute = False

    def __init__(self, run: ImportRun, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.target = run, target_named(run.target)
        if self.target.code == "submissions":
            self.fields |= _ways(run)
        headers = [("", _("没有这一列")), *((header, header) for header in run.headers)]
        for each in self.target.fields:
            self.fields[f"column_{each.name}"] = Choice(
                label=str(each.label),
                choices=headers,
                initial=run.mapping.get(each.name, ""),
                required=each.required,
            )

    def split(self) -> tuple[list[BoundField], list[BoundField]]:
        """What is asked first, and the fields that no column seems to fill."""
        bound = [self[name] for name in self.fields]
        rest = [
            field
            for field in bound
            if field.name.startswith("column_")
            and not (field.field.required or field.value() or field.errors)
        ]
        return [field for field in bound if field not in rest], rest

    def mapping(self) -> dict[str, str]:
        return {
            each.name: str(self.cleaned_data.get(f"column_{each.name}") or "") for each in self.target.fields
        }

    def said(self) -> dict[str, str]:
        """Which column is which on the page as it stands: as posted, else as guessed."""
        return {each.name: str(self[f"column_{each.name}"].value() or "") for each in self.target.fields}

    def options(self) -> dict[str, Any]:
        if self.target.code != "submissions":
            return {}
        said = self.cleaned_data
        kind = said.get("kind") if said.get("kind") in KINDS else KINDS[0]
        return {"history": bool(said.get("history")), "mend": bool(said.get("mend")), "kind": kind}


def _ways(run: ImportRun) -> dict[str, forms.Field]:
    kinds = [(code, str(kind_named(code).procedure.label)) for code in KINDS]
    history = Tick(
        label=_("都是早已办完的，只留存备查"),
        required=False,
        initial=run.options.get("history", False),
        help_text=_("不计期限，不通知任何人；可以没有时间。"),
    )
    found: dict[str, forms.Field] = {"history": history}
    found["mend"] = Tick(
        label=_("整理留存的文字"),
        required=False,
        initial=run.options.get("mend", True),
        help_text=_("去掉拼音夹注、乱码和网页代码，繁体转简体。只对早已办完的有效；原话照样密封保存。"),
    )
    if len(kinds) > 1:
        found["kind"] = Choice(
            label=_("没有写明种类的，算哪一类"), choices=kinds, initial=run.options.get("kind", kinds[0][0])
        )
    return found


@staff(*IMPORTERS)
@require_http_methods(["GET", "HEAD", "POST"])
def one_import(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """One import: say which column is which, check, import, see what came of it."""
    run = _find(request, run_id)
    if request.method != "POST":
        return _page(request, run, ColumnsForm(run))
    form = ColumnsForm(run, request.POST)
    form.full_clean()
    now = timezone.now()
    try:
        if request.POST.get("go") == "forget":
            actions.forget_import(run=run, by=_actor(request), at=now)
            messages.success(request, _("文件和没有导入的行已删除。"))
        else:
            actions.start_import(
                run=run,
                mapping=form.mapping(),
                options=form.options(),
                for_good=request.POST.get("go") == "enter",
                by=_actor(request),
                at=now,
            )
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal, {each.name: f"column_{each.name}" for each in form.target.fields})
        return _page(request, run, form, status=422)
    return HttpResponseRedirect(reverse("desk:import", args=[run.pk]))


def _find(request: HttpRequest, run_id: UUID) -> ImportRun:
    run = queries.find_import(viewer_of_request(request), run_id)
    if run is None:
        raise Http404
    return run


def _page(request: HttpRequest, run: ImportRun, form: ColumnsForm, status: int = 200) -> HttpResponse:
    here = reverse("desk:import", args=[run.pk])
    under_way = run.state in ImportRun.AT_WORK
    still = bool(given(request, "still", 1))
    first, rest = form.split()
    context: dict[str, Any] = {
        "run": run,
        "first": first,
        "rest": rest,
        "form": form,
        "facts": _facts(run),
        "under_way": under_way,
        "still": still,
        "here": here,
        "enterable": run.state == ImportRun.CHECKED
        and bool(run.entered)
        and not run.forgotten
        and not form.errors,
        "again": not under_way and run.state != ImportRun.DONE and not run.forgotten,
        "unused": unused(run.headers, form.said()),
        "why": run.options.get("why", "") if run.state == ImportRun.STOPPED else "",
    }
    if run.failed and not under_way and not run.forgotten and _may_see_rows(request, run):
        context |= _failed(request, run, here)
    response = render(request, "desk/import.html", context, status=status)
    if under_way and not still:
        # Works without JavaScript; the page has a link that stops it.
        response.headers["Refresh"] = f"{EVERY}; url={here}"
    return response


def _facts(run: ImportRun) -> list[Row]:
    facts = [
        Row(_("内容"), str(target_named(run.target).label)),
        Row(_("状态"), state_word(run.state)),
        Row(_("行数"), run.rows),
    ]
    if run.system is not None:
        facts.insert(1, Row(_("来自"), str(run.system)))
    if run.state in (ImportRun.CHECKED, ImportRun.RUNNING, ImportRun.DONE, ImportRun.STOPPED):
        word = _("可以导入") if run.state == ImportRun.CHECKED else _("已导入")
        same = _("已在系统里，没有改动") if run.target == "submissions" else _("和现有的一样，没有改动")
        out = _("不能导入") if run.state == ImportRun.CHECKED else _("没有导入")
        facts += [Row(word, run.entered), Row(same, run.known), Row(out, run.failed)]
    return facts


def _may_see_rows(request: HttpRequest, run: ImportRun) -> bool:
    """What failed holds what persons wrote: it is for whoever brought the file alone."""
    return run.account is not None and run.account == viewer_of_request(request).account


def _failed(request: HttpRequest, run: ImportRun, here: str) -> dict[str, Any]:
    """The reasons by row and column, a page of rows at a time. What stood in the cells is in the file alone."""
    after = given(request, "after", 8)
    start = int(after) if after.isascii() and after.isdecimal() else 0
    found = list(queries.failures(run, after=start, most=SHOWN + 1))
    columns = [
        Column("row", _("行"), "number"),
        Column("column", _("列"), main=True),
        Column("why", _("原因")),
    ]
    rows = [
        TableRow(cells={"row": failure.number, "column": header or _("整行"), "why": why})
        for failure in found[:SHOWN]
        for header, why in failure.wrong.items()
    ]
    further = f"{here}?{urlencode({'after': found[SHOWN - 1].number})}" if len(found) > SHOWN else ""
    return {"columns": columns, "rows": rows, "next": further, "failed_shown": True}


@staff(*IMPORTERS)
@require_safe
def failed_rows(request: HttpRequest, run_id: UUID, kind: str) -> HttpResponse:
    """The rows that failed, in the file's own columns with the reasons, to mend and upload again."""
    run = _find(request, run_id)
    if kind not in writing.CONTENT_TYPES or not _may_see_rows(request, run) or run.forgotten:
        raise Http404
    viewer = viewer_of_request(request)
    access_log.note(account=viewer.account, page="import", at=timezone.now(), fields=["failed_rows"])
    headers, rows = table_of(run.headers, queries.failures(run))
    return _file(kind, _("没有导入的行"), writing.written(kind, headers, rows))


@staff("organisations.manage")
@require_safe
def rows_out(request: HttpRequest, what: str, kind: str) -> HttpResponse:
    """All living units, the whole duty list or the lists of statutory paths, as a table that can be changed and imported again."""
    found = OUT.get(what)
    if found is None or kind not in writing.CONTENT_TYPES:
        raise Http404
    target, rows = found
    headers = [str(each.label) for each in target.fields]
    return _file(kind, str(target.label), writing.written(kind, headers, rows()))


def _file(kind: str, name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type=writing.CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{kind}") or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
