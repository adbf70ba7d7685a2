"""Coordination mechanisms at the desk: what one is, who belongs to it, what is open before it, and its meetings."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.lights import light_of
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.mechanisms import (
    MechanismDraft,
    Problem,
    keep_mechanism,
    may_keep,
    meetings_of,
    members_of,
    problems_before,
)
from yipanqi.organisations.models import Unit
from yipanqi.organisations.queries import living_unit
from yipanqi.organisations.timeline import part_due
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, Light, TableRow
from yipanqi.web.desk.meeting_shown import row_of_meeting
from yipanqi.web.desk.meetings import form_page
from yipanqi.web.desk.senders import ask_for_sender, chosen_sender, senders
from yipanqi.web.steps import Line, Tick


class MechanismForm(forms.Form):
    """A mechanism: its name, rules and members, one a line."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, units: Sequence[Unit], one: Mechanism | None = None) -> None:
        super().__init__(data)
        self.fields["name"] = Line(label=_("机制名称"), help_text=_("例如：新就业群体服务联席会议。"))
        ask_for_sender(self, units, _("召集单位"), name="unit")
        self.fields["rules"] = Line(
            label=_("工作规则"),
            widget=forms.Textarea,
            max_length=5000,
            help_text=_("多久开一次会、议什么、怎么定。"),
        )
        self.fields["members"] = Line(
            label=_("成员单位"),
            widget=forms.Textarea,
            max_length=8000,
            help_text=_("每行一个：全称或代码，竖线，在机制里负责什么（可不写）。"),
        )
        if one is not None:
            self.fields["ended"] = Tick(label=_("这个机制已经结束"), required=False)
            rows = [f"{m.unit.name_zh} | {m.does}".rstrip(" |") for m in members_of(one)]
            self.initial = {
                "name": one.name,
                "unit": str(one.unit_id),
                "rules": one.rules,
                "members": "\n".join(rows),
                "ended": one.valid_to is not None,
            }

    def draft(self, units: Sequence[Unit]) -> MechanismDraft:
        """What was typed. Raises `Refused`."""
        told = self.cleaned_data
        return MechanismDraft(
            name=str(told["name"] or ""),
            unit=chosen_sender(self, units, "unit"),
            rules=str(told["rules"] or ""),
            members=read_members(str(told["members"] or "")),
            ended=bool(told.get("ended")),
        )


def read_members(text: str) -> list[tuple[Unit, str]]:
    """Members as they are typed, one a line."""
    found = []
    for raw in filter(None, (line.strip() for line in text.splitlines())):
        name, *does = re.split(r"[|｜]", raw, maxsplit=1)
        try:
            found.append((living_unit(name), does[0].strip() if does else ""))
        except Refused as refusal:
            why = _("“%(line)s”：%(why)s") % {"line": name.strip()[:40], "why": refusal.message}
            raise Refused(why, fields={"members": why}) from None
    return found


@staff(*SENDING, "board.see")
@require_safe
def mechanism(request: HttpRequest, mechanism_id: int) -> HttpResponse:
    """One mechanism. Of what is open before it each sees the tasks that are theirs to find."""
    one = get_object_or_404(Mechanism.objects.select_related("unit"), pk=mechanism_id)
    viewer, now = viewer_of_request(request), timezone.now()
    keeps = may_keep(one.unit, Actor(viewer))
    context = {
        "one": one,
        "members": members_of(one),
        "keeps": keeps,
        "meet": f"{reverse('desk:plan_meeting')}?mechanism={one.pk}" if keeps and not one.valid_to else "",
        "meetings": [row_of_meeting(each) | {"minutes": _minutes(each)} for each in meetings_of(one, viewer)],
        "columns": [
            Column("asked", _("问题"), main=True),
            Column("light", _("灯"), "light"),
            Column("lead", _("牵头单位")),
            Column("due", _("请求解决的日期"), "due"),
            Column("number", _("任务编号"), "reference"),
        ],
        "problems": [_problem(each, now) for each in problems_before(one, viewer)],
    }
    return render(request, "desk/mechanism.html", context)


def _minutes(one: Any) -> str:
    """Signed minutes; a draft is its convener's."""
    return one.minutes if one.matter is not None and one.matter.state == "signed" else ""


def _problem(each: Problem, at: dt.datetime) -> TableRow:
    task = each.task
    light = light_of(task, task.matter, list(task.milestones.order_by("number")), at, each.part)
    return TableRow(
        cells={
            "asked": each.part.asked,
            "light": Light(light.colour, light.why),
            "lead": each.lead,
            "due": part_due(each.part, at),
            "number": task.number,
        },
        url=reverse("desk:matter", args=[task.pk]),
        note=task.title,
    )


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest, mechanism_id: int = 0) -> HttpResponse:
    """Set up a mechanism, or change one."""
    viewer = viewer_of_request(request)
    units, one = senders(viewer), None
    if mechanism_id:
        one = get_object_or_404(Mechanism.objects.select_related("unit"), pk=mechanism_id)
        if not may_keep(one.unit, Actor(viewer)):
            raise Http404
        units = [one.unit, *(unit for unit in units if unit.pk != one.unit_id)]
    if not units:
        raise Http404
    form = MechanismForm(request.POST if request.method == "POST" else None, units=units, one=one)

    def enter(by: Actor, at: dt.datetime) -> str:
        kept = keep_mechanism(draft=form.draft(units), by=by, at=at, mechanism=one)
        messages.success(request, _("协调机制已登记。"))
        return reverse("desk:mechanism", args=[kept.pk])

    back = reverse("desk:mechanism", args=[one.pk]) if one else f"{reverse('desk:meetings')}?kind=mechanism"
    heading = _("修改协调机制") if one else _("登记协调机制")
    return form_page(request, form, enter, {"heading": heading, "back": back, "send": _("登记")})


urlpatterns: list[URLPattern] = [
    path("meetings/mechanisms/new", keep, name="new_mechanism"),
    path("meetings/mechanisms/<int:mechanism_id>/", mechanism, name="mechanism"),
    path("meetings/mechanisms/<int:mechanism_id>/change", keep, name="change_mechanism"),
]
