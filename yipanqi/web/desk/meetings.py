"""Laying down: conferences with their requirements, what binds a requirement to orders, and drafts of tasks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yipanqi.core import gate
from yipanqi.core.asks import read_day
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel
from yipanqi.core.procedure import Ask
from yipanqi.meetings.access import SENDING
from yipanqi.meetings.actions import (
    LineDraft,
    TaskDraft,
    bind_line,
    draft_tasks,
    hold_conference,
    lay_down_lines,
)
from yipanqi.meetings.mechanisms import mechanisms
from yipanqi.meetings.meeting_queries import entered, found_by, planned_in
from yipanqi.meetings.models import HELD, INSTRUCTION, KINDS, Conference, Line as Requirement, Task
from yipanqi.meetings.nodes import NODES, TARGETS, read_milestones, read_targets
from yipanqi.meetings.procedure import TASK
from yipanqi.meetings.queries import tasks_under
from yipanqi.meetings.tree import senders_under
from yipanqi.organisations.models import Area, Category, Unit
from yipanqi.organisations.queries import responsible_unit
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Tab
from yipanqi.web.desk.given import given
from yipanqi.web.desk.meeting_shown import row_of_mechanism, row_of_meeting
from yipanqi.web.desk.placing import placed, read_year, sentences, year_field
from yipanqi.web.desk.senders import ask_for_sender, chosen_sender, senders
from yipanqi.web.steps import (
    Choice,
    Day,
    Line,
    Several,
    ShareInputs,
    UnitInput,
    area_choices,
    category_choices,
    put_beside,
    unit_names,
)

FIRST_YEAR = 2000
MECHANISM = "mechanism"
MOST_LINES = 200


# --- forms: they carry what was typed, the actions check it ----------------------------------------------------------


class ConferenceForm(forms.Form):
    """A conference and, in the same go, its requirements, one a line."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["title"] = Line(label=_("会议名称"))
        self.fields["kind"] = Choice(
            label=_("会议类型"), choices=[(code, str(label)) for code, label in HELD.items()]
        )
        self.fields["held_on"] = Day(
            label=_("开会日期"),
            required=False,
            help_text=_("年、月、日都确切知道才填。报道里没有年份的，填在下一栏，不要猜。"),
        )
        self.fields["held_text"] = Line(
            label=_("报道里写的日期"), required=False, help_text=_("照原文，例如：2月14日。")
        )
        self.fields["source"] = Line(label=_("出处"), required=False, help_text=_("文号，或报道的名称。"))
        self.fields["lines"] = lines_field()


def lines_field() -> forms.Field:
    """Requirements, one a line."""
    return Line(
        label=_("会议要求"),
        widget=forms.Textarea,
        max_length=20000,
        help_text=_(
            "每行一条，一个动作加一个对象就是一条。以冒号结尾的行是下面各条的主题；以星号开头的是原则性要求，只传达，不分解；以加号开头的是长期坚持的，每年定目标。"
        ),
    )


class LinesForm(forms.Form):
    """More requirements for a conference; of an instruction that asks for nothing yet, its own sentences to begin with."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, conference: Conference) -> None:
        super().__init__(data)
        self.fields["lines"] = lines_field()
        if conference.kind == INSTRUCTION and hasattr(conference, "report") and not conference.lines.exists():
            self.fields["lines"].initial = "\n".join(sentences(conference.report.text))


class BindForm(forms.Form):
    """Which orders show under a requirement."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, tasks: Sequence[Task] = (), task: str = "") -> None:
        super().__init__(data, auto_id="bind_%s")
        self.fields["category"] = Choice(label=_("诉求类别"), choices=category_choices(whole=True))
        self.fields["area"] = Choice(
            label=_("地点"), choices=area_choices(whole=True), required=False, help_text=_("不选就是全市。")
        )
        if tasks:
            self.fields["task"] = Choice(
                label=_("计入哪项任务的进展"),
                choices=[
                    ("", _("都不计，只看这条要求")),
                    *((str(t.pk), f"{t.number} {t.title}") for t in tasks),
                ],
                initial=task,
                required=False,
                help_text=_("这项任务的进展就从这些诉求里读取，不用牵头单位再报。"),
            )


class TaskForm(forms.Form):
    """A task, with the words of the step that drafts it."""

    use_required_attribute = False

    def __init__(
        self, data: Any = None, *, senders: Sequence[Unit], suggested: str = "", standing: bool = False
    ) -> None:
        super().__init__(data)
        if standing:
            self.fields["year"] = year_field()
        asks = {ask.name: ask for ask in TASK.initial.asks}
        units = UnitInput("units_to_choose", unit_names())
        self.fields["title"] = Line(**_said(asks["title"]))
        self.fields["goal"] = Line(
            widget=forms.Textarea, max_length=asks["goal"].longest, **_said(asks["goal"])
        )
        self.fields["due_on"] = Day(**_said(asks["due_on"]))
        hint = _("一项任务只有一个牵头单位。填全称或代码。")
        if suggested:
            hint = _("%(hint)s按职责清单，相关诉求归%(unit)s。") % {"hint": hint, "unit": suggested}
        self.fields["unit"] = Line(widget=units, **(_said(asks["unit"]) | {"help_text": hint}))
        self.fields["co_units"] = Several(
            widget=ShareInputs("units_to_choose", None), **_said(asks["co_units"])
        )
        for ask in (NODES, TARGETS):
            self.fields[ask.name] = Line(widget=forms.Textarea, max_length=ask.longest, **_said(ask))
        ask_for_sender(self, senders, _("由哪个单位下达和核查"))


def _said(ask: Ask) -> dict[str, Any]:
    return {
        "label": lazystr(ask.label),
        "required": ask.required,
        "help_text": lazystr(ask.hint) if ask.hint else "",
    }


def read_lines(text: str) -> list[LineDraft]:
    """Requirements as they are pasted: a line that ends with a colon is the theme of those after it, one that begins
    with an asterisk a principle; numbers and bullets at the beginning are taken off."""
    theme, found = "", []
    for raw in text.splitlines():
        said = raw.strip()
        if not said:
            continue
        if said.endswith(("：", ":")):
            theme = said[:-1].strip()
            continue
        principle = said.startswith(("*", "＊"))
        words = re.sub(
            r"^(\d{1,3}|[一二三四五六七八九十]{1,3})[.、．)）]\s*|^[-•·]\s*", "", said.lstrip("*＊+＋ ")
        )
        found.append(LineDraft(words.strip(), theme, principle, standing=said.startswith(("+", "＋"))))
    if len(found) > MOST_LINES:
        why = _("一次最多 %(n)d 条。") % {"n": MOST_LINES}
        raise Refused(why, fields={"lines": why})
    return found


# --- pages -----------------------------------------------------------------------------------------------------------


@staff(*SENDING)
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The conferences that were entered or planned and the instructions, the newest first; instructions alone; the plan of
    a year, in the order of its days; or the mechanisms that coordinate, by name."""
    viewer, this = viewer_of_request(request), timezone.localdate().year
    asked, after = given(request, "year", 4), given(request, "after", 9)
    year = int(asked) if asked.isascii() and asked.isdecimal() and FIRST_YEAR <= int(asked) <= this + 1 else 0
    last = int(after) if after.isascii() and after.isdecimal() else None
    here, kind = reverse("desk:meetings"), "" if year else given(request, "kind", 11)
    kind = kind if kind in (INSTRUCTION, MECHANISM) else ""
    page = (
        planned_in(viewer, year, after=last)
        if year
        else entered(viewer, after=last, instructions=kind == INSTRUCTION)
    )
    plans = [Tab(_("%(year)d 年计划") % {"year": y}, f"{here}?year={y}", year == y) for y in (this, this + 1)]
    names = {"": _("全部"), INSTRUCTION: str(KINDS[INSTRUCTION]), MECHANISM: _("协调机制")}
    kinds = [
        Tab(word, f"{here}?kind={code}" if code else here, not year and kind == code)
        for code, word in names.items()
    ]
    further = {"year": year or "", "kind": kind, "after": page.next}
    rows = [row_of_meeting(one) for one in page.rows]
    context = {
        "tabs": [*kinds, *plans],
        "rows": [row_of_mechanism(one) for one in mechanisms()[:MOST_LINES]] if kind == MECHANISM else rows,
        "next": f"{here}?{urlencode(further)}" if page.next and kind != MECHANISM else "",
        "kind": kind,
        "may_draft": viewer.has("decisions.draft"),
    }
    return render(request, "desk/board_meetings.html", context)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_conference(request: HttpRequest) -> HttpResponse:
    """Enter a conference with its requirements: both, or neither."""
    form = ConferenceForm(request.POST if request.method == "POST" else None)

    def enter(by: Actor, at: dt.datetime) -> str:
        with transaction.atomic():
            conference = enter_conference(form, by, at)
            lines = read_lines(str(form.cleaned_data["lines"] or ""))
            lay_down_lines(conference=conference, lines=lines, by=by, at=at)
        messages.success(request, _("会议已录入，共 %(n)d 条要求。") % {"n": len(lines)})
        return f"{reverse('desk:board')}?conference={conference.pk}"

    context = {"heading": _("录入会议"), "back": reverse("desk:meetings"), "send": _("录入")}
    return form_page(request, form, enter, context)


def enter_conference(typed: ConferenceForm, by: Actor, at: dt.datetime, **more: Any) -> Conference:
    """Enter the conference that was typed; `more` is what its own form does not ask."""
    told = typed.cleaned_data
    return hold_conference(
        title=str(told["title"] or ""),
        kind=str(told["kind"] or ""),
        held_on=read_day(told["held_on"], "held_on") if told["held_on"] else None,
        held_text=str(told["held_text"] or ""),
        source=str(told["source"] or ""),
        by=by,
        at=at,
        **more,
    )


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_lines(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Add requirements to a conference."""
    conference = found_by(viewer_of_request(request)).filter(pk=conference_id).first()
    if conference is None:
        raise Http404
    form = LinesForm(request.POST if request.method == "POST" else None, conference=conference)
    back = f"{reverse('desk:board')}?conference={conference.pk}"
    if conference.kind == INSTRUCTION and conference.matter is not None:
        back = reverse("desk:matter", args=[conference.matter.pk])

    def enter(by: Actor, at: dt.datetime) -> str:
        lines = placed(conference, read_lines(str(form.cleaned_data["lines"] or "")))
        lay_down_lines(conference=conference, lines=lines, by=by, at=at)
        messages.success(request, _("已增加 %(n)d 条要求。") % {"n": len(lines)})
        return back

    context = {"heading": _("增加要求"), "under": str(conference), "back": back, "send": _("增加")}
    return form_page(request, form, enter, context)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_task(request: HttpRequest, line_id: int) -> HttpResponse:
    """Draft a task under a requirement. A unit over which one may draft issues and checks it."""
    line = _line(line_id)
    viewer = viewer_of_request(request)
    issuing = senders(viewer)
    if not issuing:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, senders=issuing, suggested=_suggested(line), standing=line.standing)

    context = {
        "heading": _("起草任务"),
        "under": str(line),
        "back": reverse("desk:line", args=[line.pk]),
        "send": _("起草"),
    }
    return form_page(request, form, _drafting(request, form, issuing, line), context)


@staff("decisions.draft", "decisions.break_down")
@require_http_methods(["GET", "HEAD", "POST"])
def break_down(request: HttpRequest, matter_id: UUID) -> HttpResponse:
    """Draft a task under another. The unit that sends that one or leads it issues and checks what comes of it."""
    viewer = viewer_of_request(request)
    found = gate.find(matter_id, viewer, Channel.DESK)
    of = Task.objects.select_related("matter", "line__conference")
    parent = of.filter(pk=matter_id).first() if found is not None else None
    issuing = senders_under(parent, Actor(viewer)) if parent is not None else []
    if parent is None or not issuing:
        raise Http404
    form = TaskForm(request.POST if request.method == "POST" else None, senders=issuing)
    form.fields["due_on"].help_text = _("不晚于上级任务的完成日期：%(day)s。") % {
        "day": parent.due_on.isoformat()
    }
    context = {
        "heading": _("分解任务"),
        "under": f"{parent.number} {parent.title}",
        "back": reverse("desk:matter", args=[parent.pk]),
        "send": _("起草"),
    }
    return form_page(request, form, _drafting(request, form, issuing, parent.line, parent), context)


def _drafting(
    request: HttpRequest,
    form: TaskForm,
    issuing: Sequence[Unit],
    line: Requirement,
    parent: Task | None = None,
) -> Callable[[Actor, dt.datetime], str]:
    """What is done with a task's form once it is sent."""

    def enter(by: Actor, at: dt.datetime) -> str:
        told = form.cleaned_data
        draft = TaskDraft(
            title=str(told["title"] or ""),
            goal=str(told["goal"] or ""),
            due_on=str(told["due_on"] or ""),
            unit=str(told["unit"] or ""),
            co_units=list(told["co_units"] or []),
            milestones=read_milestones(str(told["milestones"] or "")),
            targets=read_targets(str(told["targets"] or "")),
            year=read_year(told.get("year")),
        )
        [task] = draft_tasks(
            line=line, drafts=[draft], sender=chosen_sender(form, issuing), by=by, at=at, parent=parent
        )
        messages.success(request, _("已起草。检查无误后下达，各单位才看得到。"))
        return reverse("desk:matter", args=[task.pk])

    return enter


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest, line_id: int) -> HttpResponse:
    """Let orders of a category and place show under a requirement."""
    line = _line(line_id)
    found = gate.visible(viewer_of_request(request), Channel.DESK)
    tasks = [task for task in tasks_under([line], found) if task.matter.open]
    asked = given(request, "task", 36)
    form = BindForm(request.POST if request.method == "POST" else None, tasks=tasks, task=asked)
    # Whoever came from a task goes back to it.
    of_task = any(str(one.pk) == asked for one in tasks)
    back = reverse("desk:matter", args=[asked]) if of_task else reverse("desk:line", args=[line.pk])

    def enter(by: Actor, at: dt.datetime) -> str:
        told = form.cleaned_data
        category = Category.objects.filter(pk=str(told["category"] or "")).first()
        area = Area.objects.filter(pk=str(told["area"] or "")).first() if told["area"] else None
        if category is None:
            raise Refused(_("请选择类别。"), fields={"category": _("请选择。")})
        if told["area"] and area is None:
            raise Refused(_("没有这个区域。"), fields={"area": _("没有这个区域。")})
        task = next((each for each in tasks if str(each.pk) == told.get("task")), None)
        bind_line(line=line, category=category, area=area, task=task, by=by, at=at)
        messages.success(request, _("已关联。这一条的进展会从这些诉求里读取，不用再报。"))
        return back

    context = {"heading": _("关联一类诉求"), "under": str(line), "back": back, "send": _("关联")}
    return form_page(request, form, enter, context)


def form_page(
    request: HttpRequest,
    form: forms.Form,
    enter: Callable[[Actor, dt.datetime], str],
    context: dict[str, Any],
) -> HttpResponse:
    """Show a form, or do what was sent; a refusal stands beside its fields and what was typed stays."""
    if request.method != "POST":
        return render(request, "desk/board_form.html", context | {"form": form})
    form.full_clean()
    try:
        return HttpResponseRedirect(enter(Actor(viewer_of_request(request)), timezone.now()))
    except NotAllowed:
        raise Http404 from None
    except Refused as refusal:
        put_beside(form, refusal)
    return render(request, "desk/board_form.html", context | {"form": form}, status=422)


def _line(line_id: int) -> Requirement:
    line = Requirement.objects.select_related("conference").filter(pk=line_id).first()
    if line is None:
        raise Http404
    return line


def _suggested(line: Requirement) -> str:
    """Whose the bound orders are by the duty list, as a hint."""
    city = Area.objects.filter(parent__isnull=True).order_by("path").first()
    for binding in line.bindings.select_related("category", "area"):
        area = binding.area or city
        duty = (
            responsible_unit(category=binding.category, area=area, on=timezone.localdate()) if area else None
        )
        if duty is not None:
            return str(duty.unit)
    return ""


urlpatterns: list[URLPattern] = [
    path("meetings/", meetings, name="meetings"),
    path("meetings/new", new_conference, name="new_conference"),
    path("meetings/<int:conference_id>/lines", new_lines, name="new_lines"),
    path("lines/<int:line_id>/task", new_task, name="new_task"),
    path("lines/<int:line_id>/bind", bind, name="bind_line"),
    path("matters/<uuid:matter_id>/tasks/new", break_down, name="break_down"),
]
