"""The board, the first page of the desk: what a conference decided, who carries it, by when, and how it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.cases.access import readable
from yipanqi.cases.models import Case
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.models import Matter
from yipanqi.insight import board as figures
from yipanqi.meetings.actions import LineDraft, TaskDraft, draft_tasks, hold_conference, lay_down_lines
from yipanqi.meetings.models import KINDS, Conference, Line, Task
from yipanqi.meetings.queries import latest_conference
from yipanqi.organisations.models import Unit
from yipanqi.web.access import staff, viewer as viewer_of_request


@staff("board.see")
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The latest conference's lines with their units, lights and figures; what is late and what waits for whom."""
    viewer, now = viewer_of_request(request), timezone.now()
    conference = latest_conference()
    context: dict[str, Any] = {"may_draft": viewer.has("decisions.draft"), "conference": conference}
    if conference is not None:
        shown = figures.board(conference, viewer, now)
        context |= {
            "board": shown,
            "requirements": len(shown.lines),
            "late_tasks": sum(row.late_tasks for row in shown.lines),
            "late": named(shown.late, viewer),
            "late_url": f"{reverse('desk:queue')}?whose=all&when=late",
            "open_url": f"{reverse('desk:queue')}?whose=all&kind=order",
        }
    return render(request, "desk/board.html", context)


def named(rows: Sequence[Matter], viewer: Viewer) -> list[dict[str, Any]]:
    """Matters with their number and, where this viewer may read it, their title: two statements."""
    ids = [matter.pk for matter in rows]
    cases = Case.objects.in_bulk(ids)
    open_to = readable(cases, viewer, timezone.now())
    tasks = Task.objects.in_bulk(ids)
    found = []
    for matter in rows:
        subject = cases.get(matter.pk) or tasks.get(matter.pk)
        if subject is not None:
            title = subject.title if matter.pk in tasks or matter.pk in open_to else ""
            found.append({"matter": matter, "number": subject.number, "title": title})
    return found


@staff("board.see")
@require_safe
def line(request: HttpRequest, line_id: int) -> HttpResponse:
    """One requirement: its tasks with their lights, and the cases that are bound to it."""
    viewer = viewer_of_request(request)
    found = Line.objects.select_related("conference").filter(pk=line_id).first()
    if found is None:
        raise Http404
    shown = figures.board(found.conference, viewer, timezone.now())
    row = next(each for each in shown.lines if each.line.pk == found.pk)
    context = {
        "row": row,
        "bindings": found.bindings.select_related("category", "area"),
        "may_draft": viewer.has("decisions.draft") and not found.principle,
    }
    return render(request, "desk/board_line.html", context)


class ConferenceForm(forms.Form):
    """A conference and its requirements, one a line."""

    title = forms.CharField(label=gettext_lazy("会议名称"), max_length=120)
    held_text = forms.CharField(
        label=gettext_lazy("会议日期（报道原文）"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("报道里常常没有年份；没写就不要补。"),
    )
    lines = forms.CharField(
        label=gettext_lazy("要求（每行一条：一个动作加一个对象）"),
        widget=forms.Textarea(attrs={"rows": 12}),
        max_length=10000,
    )


class TaskForm(forms.Form):
    """A task under a line."""

    title = forms.CharField(label=gettext_lazy("任务名称"), max_length=120)
    goal = forms.CharField(
        label=gettext_lazy("目标"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
    due_on = forms.DateField(
        label=gettext_lazy("完成日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    unit = forms.CharField(
        label=gettext_lazy("牵头单位"), max_length=120, help_text=gettext_lazy("填单位全称或代码。")
    )


def _refused(form: forms.Form, refusal: Refused) -> None:
    """Put what was refused on its fields; what was typed stays."""
    known = {name: why for name, why in refusal.fields.items() if name in form.fields}
    for name, why in known.items():
        form.add_error(name, why)
    if not known:
        form.add_error(None, refusal.message)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_conference(request: HttpRequest) -> HttpResponse:
    """Enter a conference with its requirements."""
    form = ConferenceForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, now = Actor(viewer_of_request(request)), timezone.now()
        try:
            _enter(form.cleaned_data, by, now)
        except Refused as refusal:
            _refused(form, refusal)
        else:
            messages.success(request, _("会议已录入。"))
            return HttpResponseRedirect(reverse("desk:board"))
    context = {"form": form, "heading": _("录入会议"), "send": _("保存")}
    return render(request, "desk/board_form.html", context, status=422 if form.errors else 200)


def _enter(data: dict[str, Any], by: Actor, now: dt.datetime) -> Conference:
    """Conference and lines together, or neither."""
    with transaction.atomic():
        conference = hold_conference(
            title=data["title"], kind=next(iter(KINDS)), held_text=data["held_text"], by=by, at=now
        )
        texts = [text.strip() for text in data["lines"].splitlines() if text.strip()]
        lay_down_lines(conference=conference, lines=[LineDraft(text) for text in texts], by=by, at=now)
    return conference


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_task(request: HttpRequest, line_id: int) -> HttpResponse:
    """Draft a task under a requirement; the drafter's own unit issues and checks it."""
    found = Line.objects.filter(pk=line_id).first()
    viewer = viewer_of_request(request)
    sender = Unit.objects.filter(pk=viewer.unit).first() if viewer.unit else None
    if found is None or sender is None:
        raise Http404
    form = TaskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        draft = TaskDraft(**form.cleaned_data)
        try:
            draft_tasks(line=found, drafts=[draft], sender=sender, by=Actor(viewer), at=timezone.now())
        except Refused as refusal:
            _refused(form, refusal)
        else:
            messages.success(request, _("任务已起草。"))
            return HttpResponseRedirect(reverse("desk:line", args=[found.pk]))
    context = {"form": form, "heading": str(found), "send": _("起草")}
    return render(request, "desk/board_form.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("", board, name="board"),
    path("lines/<int:line_id>/", line, name="line"),
    path("lines/<int:line_id>/task", new_task, name="new_task"),
    path("conferences/new", new_conference, name="new_conference"),
]
