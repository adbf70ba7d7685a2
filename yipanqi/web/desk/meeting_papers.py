"""Putting a file to a paper of a meeting, or another in its place; the paper is named where the meeting is prepared."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_http_methods

from yipanqi.core import gate
from yipanqi.core.gate import Actor, Channel
from yipanqi.files.queries import FileView
from yipanqi.meetings.meeting_access import MeetingView
from yipanqi.meetings.models import Paper
from yipanqi.meetings.papers import attach, may_attach
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.words import size_text
from yipanqi.web.desk import files
from yipanqi.web.desk.instructions import ScanForm, taken_in
from yipanqi.web.desk.meetings import form_page
from yipanqi.web.steps import Line


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def paper_file(request: HttpRequest, matter_id: UUID, number: int) -> HttpResponse:
    """Put a file to a paper; for another in its place a reason is asked."""
    paper = _paper(request, matter_id, number)
    posted = request.method == "POST"
    form = ScanForm(request.POST if posted else None, request.FILES if posted else None, label=_("文件"))
    if paper.file_id is not None:
        form.fields["reason"] = Line(label=_("为什么换"), help_text=_("受邀单位都会看到。"))
    back = reverse("desk:matter", args=[matter_id])

    def enter(by: Actor, at: dt.datetime) -> str:
        told = {name: str(form.cleaned_data.get(name) or "") for name in ("secrecy", "reason")}
        attach(paper=paper, files=taken_in(form, at), by=by, at=at, **told)
        messages.success(request, _("文件已存，受邀单位打得开。"))
        return back

    heading = _("换一份文件") if paper.file_id is not None else _("上传会议文件")
    context = {"heading": heading, "under": f"{paper.number}. {paper.title}", "back": back, "send": _("上传")}
    return form_page(request, form, enter, context)


def _paper(request: HttpRequest, matter_id: UUID, number: int) -> Paper:
    """The paper of a meeting that this viewer prepares, 404 for any other."""
    viewer = viewer_of_request(request)
    matter = gate.find(matter_id, viewer, Channel.DESK)
    of = Paper.objects.select_related("conference__matter", "file")
    paper = of.filter(conference__matter=matter_id, number=number).first() if matter is not None else None
    if (
        matter is None
        or paper is None
        or not may_attach(matter, paper.conference, Actor(viewer), timezone.now())
    ):
        raise Http404
    return paper


def papers_of(view: MeetingView) -> dict[str, Any] | None:
    """The papers of a meeting as a list of files; one without a file is named all the same. None where there are none."""
    if not view.papers:
        return None
    kept = {file.id: file for file in view.files}
    rows = [_row(view, paper, kept) for paper in view.papers]
    return {
        "heading": _("会议文件"),
        "rows": rows,
        "unscanned": any(file.shown and not file.scanned for file in view.files),
    }


def _row(view: MeetingView, paper: Paper, kept: dict[UUID, FileView]) -> dict[str, Any]:
    file = kept.get(paper.file_id) if paper.file_id else None
    row = files.row(file) if file else {"note": _("没有附件。")}
    long = paper.characters
    facts = [ngettext("%(n)s 字", "%(n)s 字", long) % {"n": long}] if long else []
    facts += [size_text(file.size)] if file else []
    change = reverse("desk:paper_file", args=[view.matter.pk, paper.number]) if view.may_attach else ""
    return row | {
        "name": f"{paper.number}. {paper.title}",
        "facts": " · ".join(facts),
        "change_url": change,
        "change": _("换一份") if file else _("上传文件"),
    }


urlpatterns: list[URLPattern] = [
    path("matters/<uuid:matter_id>/papers/<int:number>", paper_file, name="paper_file"),
]
