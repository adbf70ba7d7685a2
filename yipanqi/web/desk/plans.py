"""Drawing up a decomposition plan from the page of its conference, and the plan on paper."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.core import access_log
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.insight.queue import SEEING
from yipanqi.meetings.meeting_queries import found_by
from yipanqi.meetings.models import Conference
from yipanqi.meetings.plan_access import PlanView
from yipanqi.meetings.plan_actions import draw_up_plan
from yipanqi.meetings.plan_procedure import PLAN
from yipanqi.meetings.plan_queries import plans_of
from yipanqi.meetings.plan_tasks import open_plan, tasks_to_plan
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.words import day_text
from yipanqi.web.desk.matter import open_matter
from yipanqi.web.desk.meetings import form_page
from yipanqi.web.desk.plan_shown import plan_sheets
from yipanqi.web.desk.senders import ask_for_sender, chosen_sender, senders
from yipanqi.web.desk.shown import badge_of
from yipanqi.web.letters import official_sheet
from yipanqi.web.steps import Line


class PlanForm(forms.Form):
    """A plan's title and, where there is a choice, the unit that draws it up."""

    use_required_attribute = False

    def __init__(self, data: Any, conference: Conference, units: list[Any]) -> None:
        super().__init__(data)
        [ask] = PLAN.initial.asks
        title = (_("%(conference)s任务分解方案") % {"conference": str(conference)})[: ask.longest]
        self.fields["title"] = Line(label=lazystr(ask.label), initial=title)
        ask_for_sender(self, units, _("由哪个单位起草和印发"), hint=_("方案里是这个单位起草的任务。"))


def plans_of_conference(conference: Conference, viewer: Viewer) -> dict[str, Any]:
    """The plans of a conference that the viewer may find, and where the next one is drawn up by whoever may."""
    rows = []
    for plan in plans_of(conference, viewer):
        state = procedure_of(plan.matter).state[plan.matter.state]
        url, badge = reverse("desk:matter", args=[plan.pk]), badge_of(state.code, str(state.label))
        rows.append({"title": plan.title, "url": url, "number": plan.number, "badge": badge})
    free = any(open_plan(conference.pk, unit) is None for unit in senders(viewer))
    may = free and tasks_to_plan(conference.pk)
    return {"plans": rows, "new_plan": reverse("desk:new_plan", args=[conference.pk]) if may else ""}


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_plan(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Draw up the decomposition plan of a conference that laid something down."""
    viewer = viewer_of_request(request)
    conference = found_by(viewer).filter(pk=conference_id).first()
    if conference is None or not tasks_to_plan(conference.pk):
        raise Http404
    units = senders(viewer)
    form = PlanForm(request.POST if request.method == "POST" else None, conference, units)

    def enter(by: Actor, at: dt.datetime) -> str:
        told = form.cleaned_data
        sender = chosen_sender(form, units)
        plan = draw_up_plan(
            conference=conference, sender=sender, title=str(told["title"] or ""), by=by, at=at
        )
        messages.success(request, _("方案已起草。核对任务以后征求意见，各单位才看得到。"))
        return reverse("desk:matter", args=[plan.pk])

    context = {
        "heading": str(PLAN.initial.label),
        "under": str(PLAN.initial.does),
        "back": reverse("desk:conference", args=[conference.pk]),
        "send": _("起草"),
    }
    return form_page(request, form, enter, context)


@staff(*SEEING)
@require_safe
def plan_print(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """The plan as PDF, for whoever finds it. Every look is written down."""
    opened = open_matter(request, matter_id)
    view = opened.view
    if not isinstance(view, PlanView):
        raise Http404
    access_log.note(
        account=opened.viewer.account, page="document", at=opened.at, matter=matter_id, fields=["documents"]
    )
    plan = view.plan
    data = {
        "unit": view.unit,
        "title": view.title,
        "under": plan.document_number or _("%(state)s，未印发") % {"state": view.state},
        "day": day_text(plan.issued_on or timezone.localtime(opened.at).date()),
        "sheets": plan_sheets(view),
    }
    return official_sheet("plan", data, view.number)


urlpatterns: list[URLPattern] = [
    path("meetings/<int:conference_id>/plan", new_plan, name="new_plan"),
    path("matters/<uuid:matter_id>/plan.pdf", plan_print, name="plan_print"),
]
