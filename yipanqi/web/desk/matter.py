"""The page of a matter, and taking a step on it: one page and one way for every kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yipanqi.cases.actions import link_external, reissue_secret
from yipanqi.cases.models import Case
from yipanqi.core import access_log, gate
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.models import Matter
from yipanqi.insight import queue
from yipanqi.insight.queue import SEEING
from yipanqi.meetings.models import Task
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import ListItem
from yipanqi.web.desk import shown
from yipanqi.web.desk.cards import Asked, cards
from yipanqi.web.desk.queue import row_title
from yipanqi.web.looking import look_again
from yipanqi.web.steps import Line, StepForm, step_form, take_from_post

FRAME = "desk/frame.html"
BESIDE = 20  # matters in the list beside the open one


def _case(pk: UUID) -> Case:
    return Case.objects.select_related("matter", "submission", "category", "area").get(pk=pk)


def _task(pk: UUID) -> Task:
    """A task with the milestones that can still be ticked off, for the step form."""
    task = Task.objects.select_related("matter", "line").get(pk=pk)
    undone = task.milestones.filter(done_at__isnull=True).order_by("number")
    choices = [(m.number, f"{m.number}. {m.title}") for m in undone]
    setattr(task, "milestone_choices", choices)  # noqa: B010 - what step_form asks of a subject with milestones
    return task


_SUBJECTS: dict[str, Callable[[UUID], Any]] = {"order": _case, "task": _task}


@dataclass
class Opened:
    """A matter that this viewer may find, as they see it."""

    matter: Matter
    subject: Any
    view: Any
    viewer: Viewer
    at: dt.datetime


def open_matter(request: HttpRequest, matter_id: UUID) -> Opened:
    """The matter for this request, or 404 to whom it is nothing."""
    viewer = viewer_of_request(request)
    matter = gate.find(matter_id, viewer, Channel.DESK)
    if matter is None:
        raise Http404
    subject = _SUBJECTS[matter.procedure](matter.pk)
    subject.matter = matter
    return Opened(matter, subject, gate.present(matter, viewer, Channel.DESK), viewer, timezone.now())


class ExternalForm(forms.Form):
    """The number that another system has for this case; the action checks it."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="external_%s")
        self.fields["system"] = Line(label=_("系统名称"), help_text=_("例如：国家信访信息系统。"))
        self.fields["number"] = Line(label=_("在那里的编号"))


@staff(*SEEING)
@require_safe
def matter(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """One matter. Every look is written down."""
    opened = open_matter(request, matter_id)
    access_log.note(
        account=opened.viewer.account,
        page="matter",
        at=opened.at,
        matter=opened.matter.pk,
        fields=shown.seen_fields(opened.view),
    )
    return page(request, opened, Asked(request.GET.get("step", "")))


def page(
    request: HttpRequest, opened: Opened, asked: Asked, external: ExternalForm | None = None
) -> HttpResponse:
    """The page, with a refused form in its place where there is one."""
    view = opened.view
    open_identity = f"{reverse('desk:matter', args=[opened.matter.pk])}?step=open_identity#step-open_identity"
    own = isinstance(opened.subject, Case) and any(
        opened.viewer.reaches("cases.register", p) for p in _sender_paths(opened.matter)
    )
    steps = cards(opened.matter, opened.subject, view, opened.viewer, opened.at, asked)
    context = {
        "view": view,
        "here": reverse("desk:matter", args=[opened.matter.pk]),
        "kind": str(procedure_of(opened.matter).label),
        "title": view.title,
        "withheld": getattr(view, "text_withheld", False),
        "text": getattr(view, "text", "") or "",
        "badge": shown.badge_of(view.state_code, view.state),
        "dues": view.dues,
        "text_heading": _("转办文字") if isinstance(opened.subject, Case) else _("目标和标准"),
        "milestones": shown.milestones_of(view),
        "facts": shown.facts_of(view),
        "parts": shown.parts_of(view),
        "events": shown.events_of(view.events)[::-1],
        "refused": asked.name if asked.form is not None else "",
        "documents": getattr(view, "documents", []),
        "person": shown.person_of(view, open_identity),
        "request_open": shown.request_of(view),
        "original": shown.original_of(view),
        "cards": steps,
        "ready": sum(not card.why_not for card in steps),
        "external": external or (ExternalForm() if own else None),
        "external_open": external is not None,
        "beside": _beside(opened),
    }
    return render(request, "desk/matter.html", context)


def _sender_paths(matter: Matter) -> list[str]:
    return list(matter.parts.filter(role="sender", until__isnull=True).values_list("unit__path", flat=True))


def _beside(opened: Opened) -> list[ListItem]:
    """The queue's most urgent matters, to go from one to the next without going back."""
    rows = queue.page(opened.viewer, queue.Wanted(), opened.at, size=BESIDE).rows
    return [
        ListItem(
            title=row_title(row),
            url=reverse("desk:matter", args=[row.id]),
            reference=row.number,
            due=row.due,
            badge=shown.badge_of(row.state_code, row.state),
            current=row.id == opened.matter.pk,
        )
        for row in rows
    ]


@staff(*SEEING)
def step(request: HttpRequest, matter_id: UUID, name: str) -> HttpResponse:
    """Take a step. Opened by a link (after signing in again), it shows the page with the step unfolded."""
    opened = open_matter(request, matter_id)
    here = reverse("desk:matter", args=[matter_id])
    value = procedure_of(opened.matter).step.get(name)
    if value is None or value.initial:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(f"{here}?step={name}#step-{name}")
    form = step_form(value, subject=opened.subject, data=request.POST)

    def again(refused: StepForm) -> HttpResponse:
        return page(request, open_matter(request, matter_id), Asked(name, refused))

    why = _("这里可能会暴露本人：%(what)s。请删去，或在下面确认需要保留。")
    if look_again(form, request.POST, why=why):
        return _unprocessable(again(form))
    by = Actor(opened.viewer)
    return take_from_post(
        request,
        form=form,
        by=by,
        at=opened.at,
        back=here,
        again=again,
        since=lambda seen: _since(request, matter_id, seen),
        frame=FRAME,
        take=_special(request, by, opened.at).get(name),
    )


def _since(request: HttpRequest, matter_id: UUID, seen: int) -> list[Any]:
    """What happened after a number of moves, as this viewer may see it now."""
    return shown.events_of(e for e in open_matter(request, matter_id).view.events if e.number > seen)


def _unprocessable(response: HttpResponse) -> HttpResponse:
    response.status_code = 422
    return response


def _special(
    request: HttpRequest, by: Actor, at: dt.datetime
) -> dict[str, Callable[[StepForm], HttpResponse | None]]:
    """Steps whose answer is a page of its own."""

    def reissue(form: StepForm) -> HttpResponse:
        checked = str(form.answers()["checked"] or "")
        secret = reissue_secret(case=form.subject, checked=checked, by=by, at=at, seen=form.seen)
        context = {"case": form.subject, "secret": secret, "reissued": True}
        # Shown once and never after a redirect: nothing keeps it. Sent twice, the form is in conflict with itself.
        return render(request, "desk/secret.html", context)

    return {"reissue_secret": reissue}


@staff("cases.register")
@require_POST
def external(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Put another system's number beside the case."""
    opened = open_matter(request, matter_id)
    if not isinstance(opened.subject, Case):
        raise Http404
    form = ExternalForm(request.POST)
    form.full_clean()
    given = {name: str(form.cleaned_data.get(name) or "") for name in ("system", "number")}
    try:
        link_external(case=opened.subject, by=Actor(opened.viewer), at=opened.at, **given)
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _unprocessable(page(request, opened, Asked(), form))
    messages.success(request, _("外部编号已登记。"))
    return HttpResponseRedirect(reverse("desk:matter", args=[matter_id]))
