"""Laying down: conferences with their requirements, what binds a requirement to orders, and drafts of tasks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any

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

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Viewer
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
from yipanqi.meetings.models import KINDS, Conference, Line as Requirement
from yipanqi.meetings.procedure import TASK
from yipanqi.organisations.models import Area, Category, Unit
from yipanqi.organisations.queries import responsible_unit
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.steps import (
    Choice,
    Day,
    Line,
    Several,
    UnitInput,
    UnitInputs,
    area_choices,
    category_choices,
    put_beside,
    unit_names,
)

SHOWN = 50
MOST_LINES = 200
_NODE = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2})[\s,，、:：]+(.+)$")


# --- forms: they carry what was typed, the actions check it ----------------------------------------------------------


class ConferenceForm(forms.Form):
    """A conference and, in the same go, its requirements, one a line."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["title"] = Line(label=_("会议名称"))
        self.fields["kind"] = Choice(
            label=_("会议类型"), choices=[(code, str(label)) for code, label in KINDS.items()]
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
            "每行一条，一个动作加一个对象就是一条。以冒号结尾的行是下面各条的主题；以星号开头的是原则性要求，只传达，不分解。"
        ),
    )


class LinesForm(forms.Form):
    """More requirements for a conference."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["lines"] = lines_field()


class BindForm(forms.Form):
    """Which orders show under a requirement."""

    use_required_attribute = False

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="bind_%s")
        self.fields["category"] = Choice(label=_("诉求类别"), choices=category_choices(whole=True))
        self.fields["area"] = Choice(
            label=_("地点"), choices=area_choices(whole=True), required=False, help_text=_("不选就是全市。")
        )


class TaskForm(forms.Form):
    """A task, with the words of the step that drafts it."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, senders: Sequence[Unit], suggested: str = "") -> None:
        super().__init__(data)
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
            widget=UnitInputs("units_to_choose", None), **_said(asks["co_units"])
        )
        self.fields["milestones"] = Line(
            label=_("节点"),
            widget=forms.Textarea,
            required=False,
            max_length=4000,
            help_text=_(
                "每行一个：日期，空格，做完什么。例如：2026-12-04 完成摸底。进度只看节点，不填百分比。"
            ),
        )
        if len(senders) > 1:
            choices = [(str(unit.pk), str(unit)) for unit in senders]
            self.fields["sender"] = Choice(label=_("由哪个单位下达和核查"), choices=choices)


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
            r"^(\d{1,3}|[一二三四五六七八九十]{1,3})[.、．)）]\s*|^[-•·]\s*", "", said.lstrip("*＊ ")
        )
        found.append(LineDraft(words.strip(), theme=theme, principle=principle))
    if len(found) > MOST_LINES:
        why = _("一次最多 %(n)d 条。") % {"n": MOST_LINES}
        raise Refused(why, fields={"lines": why})
    return found


def read_milestones(text: str) -> list[tuple[str, dt.date]]:
    """Milestones as they are typed, one a line: a date, then what is done by then."""
    found = []
    for raw in filter(None, (line.strip() for line in text.splitlines())):
        match = _NODE.match(raw)
        try:
            day = dt.datetime.strptime(match.group(1), "%Y-%m-%d").date() if match else None  # noqa: DTZ007
        except ValueError:
            day = None
        if match is None or day is None:
            why = _("没有看懂“%(line)s”：请写成“2026-12-04 完成摸底”。") % {"line": raw[:40]}
            raise Refused(why, fields={"milestones": why})
        found.append((match.group(2).strip(), day))
    return found


# --- pages -----------------------------------------------------------------------------------------------------------


@staff(*SENDING)
@require_safe
def meetings(request: HttpRequest) -> HttpResponse:
    """The conferences that were entered, the newest first."""
    context = {
        "rows": Conference.objects.order_by("-pk")[:SHOWN],
        "may_draft": viewer_of_request(request).has("decisions.draft"),
    }
    return render(request, "desk/board_meetings.html", context)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_conference(request: HttpRequest) -> HttpResponse:
    """Enter a conference with its requirements: both, or neither."""
    form = ConferenceForm(request.POST if request.method == "POST" else None)

    def enter(by: Actor, at: dt.datetime) -> str:
        told = form.cleaned_data
        with transaction.atomic():
            conference = hold_conference(
                title=str(told["title"] or ""),
                kind=str(told["kind"] or ""),
                held_on=_day(told["held_on"]),
                held_text=str(told["held_text"] or ""),
                source=str(told["source"] or ""),
                by=by,
                at=at,
            )
            lines = read_lines(str(told["lines"] or ""))
            lay_down_lines(conference=conference, lines=lines, by=by, at=at)
        messages.success(request, _("会议已录入，共 %(n)d 条要求。") % {"n": len(lines)})
        return f"{reverse('desk:board')}?conference={conference.pk}"

    context = {"heading": _("录入会议"), "back": reverse("desk:meetings"), "send": _("录入")}
    return _form_page(request, form, enter, context)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_lines(request: HttpRequest, conference_id: int) -> HttpResponse:
    """Add requirements to a conference."""
    conference = Conference.objects.filter(pk=conference_id).first()
    if conference is None:
        raise Http404
    form = LinesForm(request.POST if request.method == "POST" else None)
    back = f"{reverse('desk:board')}?conference={conference.pk}"

    def enter(by: Actor, at: dt.datetime) -> str:
        lines = read_lines(str(form.cleaned_data["lines"] or ""))
        lay_down_lines(conference=conference, lines=lines, by=by, at=at)
        messages.success(request, _("已增加 %(n)d 条要求。") % {"n": len(lines)})
        return back

    context = {"heading": _("增加要求"), "under": str(conference), "back": back, "send": _("增加")}
    return _form_page(request, form, enter, context)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def new_task(request: HttpRequest, line_id: int) -> HttpResponse:
    """Draft a task under a requirement. A unit over which one may draft issues and checks it."""
    line = _line(line_id)
    viewer = viewer_of_request(request)
    senders = _senders(viewer)
    if not senders:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = TaskForm(data, senders=senders, suggested=_suggested(line))

    def enter(by: Actor, at: dt.datetime) -> str:
        told = form.cleaned_data
        sender = next((u for u in senders if str(u.pk) == told.get("sender")), senders[0])
        draft = TaskDraft(
            title=str(told["title"] or ""),
            goal=str(told["goal"] or ""),
            due_on=str(told["due_on"] or ""),
            unit=str(told["unit"] or ""),
            co_units=list(told["co_units"] or []),
            milestones=read_milestones(str(told["milestones"] or "")),
        )
        [task] = draft_tasks(line=line, drafts=[draft], sender=sender, by=by, at=at)
        messages.success(request, _("已起草。检查无误后下达，各单位才看得到。"))
        return reverse("desk:matter", args=[task.pk])

    context = {
        "heading": _("起草任务"),
        "under": str(line),
        "back": reverse("desk:line", args=[line.pk]),
        "send": _("起草"),
    }
    return _form_page(request, form, enter, context)


@staff("decisions.draft")
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest, line_id: int) -> HttpResponse:
    """Let orders of a category and place show under a requirement."""
    line = _line(line_id)
    form = BindForm(request.POST if request.method == "POST" else None)
    back = reverse("desk:line", args=[line.pk])

    def enter(by: Actor, at: dt.datetime) -> str:
        told = form.cleaned_data
        category = Category.objects.filter(pk=str(told["category"] or "")).first()
        area = Area.objects.filter(pk=str(told["area"] or "")).first() if told["area"] else None
        if category is None:
            raise Refused(_("请选择类别。"), fields={"category": _("请选择。")})
        if told["area"] and area is None:
            raise Refused(_("没有这个区域。"), fields={"area": _("没有这个区域。")})
        bind_line(line=line, category=category, area=area, by=by, at=at)
        messages.success(request, _("已关联。这一条的进展会从这些诉求里读取，不用再报。"))
        return back

    context = {"heading": _("关联诉求"), "under": str(line), "back": back, "send": _("关联")}
    return _form_page(request, form, enter, context)


def _form_page(
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


def _day(text: object) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        why = _("请按“年-月-日”填写，例如 2026-03-09。")
        raise Refused(why, fields={"held_on": why}) from None


def _senders(viewer: Viewer) -> list[Unit]:
    """The units that may issue what this viewer drafts: the viewer's own first, then those at the head of a scope."""
    paths = viewer.capabilities.get("decisions.draft", ())
    heads = list(Unit.objects.filter(path__in=paths, valid_to__isnull=True).order_by("path"))
    own = Unit.objects.filter(pk=viewer.unit).first() if viewer.unit else None
    if own is not None and viewer.reaches("decisions.draft", own.path):
        heads = [own, *(unit for unit in heads if unit.pk != own.pk)]
    return heads


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
]
