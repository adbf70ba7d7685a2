"""The one step form and the one way to take a step from the web, for desk and portal.

A form is built from what a step asks (`Step.asks`). It carries raw text and validates nothing: `core.asks.clean`,
which the engine calls, is the only validator, and its words are put beside the fields. Typed text is never lost.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yipanqi.core import engine, veil
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Conflict, NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Ask, Kind, Step
from yipanqi.organisations.models import Area, Category, Part, Unit
from yipanqi.organisations.queries import responsible_unit

OTHER = "other"
# The list one types into: communities and what lies below take no orders by themselves.
NOT_LISTED = ("community", "village")
MOST_UNITS = 6


# --- fields that carry raw text ----------------------------------------------------------------------------------


class _Raw:
    """A field that takes what was typed as it is; `required` only says how it is labelled."""

    def clean(self, value: Any) -> Any:
        return value


class Line(_Raw, forms.CharField):
    """Text; a line, or with a textarea several."""


class Choice(_Raw, forms.ChoiceField):
    """One of several, as radios or a select."""


class Day(_Raw, forms.DateField):
    """A day, as the browser's calendar gives it (ISO)."""


class Number(_Raw, forms.IntegerField):
    """A whole number."""


class Tick(_Raw, forms.BooleanField):
    """Yes or nothing."""


class Several(_Raw, forms.CharField):
    """Several short texts under one name."""


class UnitInput(forms.TextInput):
    """A line with the units to choose from (a datalist; without one it is a plain line). `units` None: the list
    stands elsewhere on the page."""

    def __init__(self, list_id: str, units: Sequence[tuple[str, str]] | None) -> None:
        super().__init__(attrs={"list": list_id, "autocomplete": "off"})
        self.list_id, self.units = list_id, units

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html("{}{}", super().render(name, value, attrs, renderer), self.options())

    def options(self) -> SafeString:
        if self.units is None:
            return SafeString("")
        rows = format_html_join("", '<option value="{}">{}</option>', self.units)
        return format_html('<datalist id="{}">{}</datalist>', self.list_id, rows)


class UnitInputs(UnitInput):
    """Several such lines under one name: those filled in and two more, at most `MOST_UNITS`."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        return [str(value).strip() for value in given if str(value).strip()]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        filled = list(value or [])
        lines = (filled + ["", ""])[: max(MOST_UNITS, len(filled))]
        base = dict(attrs or {})
        shown = []
        for number, text in enumerate(lines):
            own = base if number == 0 else self._further(base, number)
            shown.append((forms.TextInput.render(self, name, text, own, renderer),))
        return format_html("{}{}", format_html_join("", "{}", shown), self.options())

    @staticmethod
    def _further(base: dict[str, Any], number: int) -> dict[str, Any]:
        further = {key: value for key, value in base.items() if key != "aria-describedby"}
        return further | {
            "id": f"{base.get('id', 'units')}_{number}",
            "aria-label": _("又一个单位（第 %(n)d 个）") % {"n": number + 1},
        }


# --- what can be chosen ------------------------------------------------------------------------------------------


def unit_names() -> list[tuple[str, str]]:
    """(name, code) of the living units that orders are sent to, in the managing order; for a datalist."""
    units = Unit.objects.filter(valid_to__isnull=True).exclude(kind__in=NOT_LISTED).order_by("path")
    return [(str(unit), unit.code) for unit in units.only("code", "name_zh", "name_en")]


def category_choices(*, whole: bool = False) -> list[tuple[str, Any]]:
    """The living categories grouped by their parents, as choices of a select with an empty first one. A parent is what
    is none of its children, where a case is classified; `whole`: all of them, where cases are chosen by it."""
    own_name = _("%(category)s（全部）") if whole else _("%(category)s（其他）")
    rows = list(Category.objects.filter(valid_to__isnull=True).order_by("code"))
    children: dict[str, list[tuple[str, Any]]] = {}
    for row in rows:
        if row.parent_id:
            children.setdefault(row.parent_id, []).append((row.pk, str(row)))
    groups: list[tuple[str, Any]] = [("", _("请选择"))]
    for row in rows:
        if row.parent_id is None:
            own = (row.pk, str(row))
            general = (row.pk, own_name % {"category": str(row)})
            members = children.get(row.pk, [])
            groups.append(
                (str(row), [general, *members] if whole else [*members, general]) if members else own
            )
    return groups


def area_choices(current: Area | None = None, *, whole: bool = False) -> list[tuple[str, Any]]:
    """Districts with their streets and towns, as choices of a select with an empty first one. A `current` place
    below a street (a community) is offered as well. `whole`: a district is all of it, not a place nobody knows."""
    in_city = _("%(area)s（全部）") if whole else _("%(area)s（不确定在哪个区县）")
    in_district = _("%(area)s（全部）") if whole else _("%(area)s（不确定在哪个街道）")
    rows = list(Area.objects.exclude(level__in=NOT_LISTED).order_by("path"))
    groups: dict[str, tuple[str, list[tuple[str, Any]]]] = {}
    cities: list[tuple[str, Any]] = []
    depth_of_district = 2
    for row in rows:
        codes = [code for code in row.path.split("/") if code]
        if len(codes) < depth_of_district:
            cities.append((row.pk, in_city % {"area": str(row)}))
            continue
        label, members = groups.setdefault(codes[1], (str(row), []))
        name = in_district % {"area": label} if row.pk == codes[1] else str(row)
        members.append((row.pk, name))
    choices: list[tuple[str, Any]] = [("", _("请选择")), *cities, *groups.values()]
    if current is not None and all(current.pk != row.pk for row in rows):
        choices.insert(1, (current.pk, str(current)))
    return choices


# --- the form ----------------------------------------------------------------------------------------------------


class StepForm(forms.Form):
    """What a step asks, with the number of moves that the person saw (`seen`)."""

    use_required_attribute = False
    step: Step
    subject: Any

    @property
    def seen(self) -> int:
        """How many moves the person saw; -1 where the form did not say, which is in conflict with any."""
        text = str(self.data.get("seen", ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else -1

    def answers(self) -> dict[str, Any]:
        """The raw answers by the name of the ask, for `engine.take`. Raises `Refused` where somebody chose the
        suggested unit and named another one as well: without JavaScript we cannot tell which is meant."""
        self.full_clean()
        given: dict[str, Any] = {}
        for ask in self.step.asks:
            given[ask.name] = self.cleaned_data.get(ask.name)
            if ask.kind == Kind.UNIT and f"{ask.name}_other" in self.fields:
                given[ask.name] = self._unit(ask.name)
        return given

    def _unit(self, name: str) -> Any:
        chosen, typed = self.cleaned_data.get(name), str(self.cleaned_data.get(f"{name}_other") or "").strip()
        if chosen and chosen != OTHER and typed:
            why = _("您选了建议的单位，又填了另一个单位。请只留一个。")
            raise Refused(why, fields={name: why})
        return typed if not chosen or chosen == OTHER else chosen

    def refuse(self, refusal: Refused) -> None:
        """Put what was refused beside the fields it concerns, the rest at the top."""
        self.full_clean()
        typed = {n: f"{n}_other" for n in refusal.fields if self.cleaned_data.get(n) == OTHER}
        put_beside(self, refusal, typed)


def put_beside(form: forms.Form, refusal: Refused, instead: Mapping[str, str] | None = None) -> None:
    """What an action refused, beside the fields of a cleaned form; each line names its field, for the summary at the
    top shows them apart from it. `instead`: fields that stand for others."""
    for name, why in refusal.fields.items():
        beside = (instead or {}).get(name, name)
        if beside in form.fields:
            label = str(form.fields[beside].label or "")
            form.add_error(beside, _("%(field)s：%(why)s") % {"field": label, "why": why} if label else why)
        else:
            form.add_error(None, why)
    if not refusal.fields:
        form.add_error(None, refusal.message)


def step_form(
    step: Step,
    *,
    subject: Any,
    data: Mapping[str, Any] | None = None,
    initial: Mapping[str, Any] | None = None,
    seen: int | None = None,
) -> StepForm:
    """The form of a step on a subject (a case, a task: anything with `.matter`), empty or with what was posted.

    `initial` is by the name of the ask; `seen` is `veil.told` of the matter, where a page has it for all its forms.
    Ids begin with the step's name, so that several forms can share a page.
    For asks of kind milestone the subject has `milestone_choices`, pairs of value and label (or a method that
    returns them).
    """
    form = StepForm(data=data, initial=dict(initial or {}), auto_id=f"{step.name}_%s")
    form.step, form.subject = step, subject
    for ask in step.asks:
        for name, field in _fields(step, ask, subject, form.fields):
            form.fields[name] = field
    told = veil.told(subject.matter) if seen is None else seen
    form.fields["seen"] = Line(widget=forms.HiddenInput, initial=str(told), required=False)
    return form


def _fields(step: Step, ask: Ask, subject: Any, before: Mapping[str, Any]) -> list[tuple[str, forms.Field]]:
    common = {
        "label": lazystr(ask.label),
        "required": ask.required,
        "help_text": lazystr(ask.hint) if ask.hint else "",
    }
    if ask.kind in (Kind.UNIT, Kind.UNITS):
        listed = any(isinstance(field.widget, UnitInput) for field in before.values())
        units = None if listed else unit_names()
        return _unit_fields(ask, subject, common, f"{step.name}_units_to_choose", units)
    return [(ask.name, _BUILD[ask.kind](ask, subject, common))]


def _unit_fields(
    ask: Ask, subject: Any, common: dict[str, Any], list_id: str, units: list[tuple[str, str]] | None
) -> list[tuple[str, forms.Field]]:
    if ask.kind == Kind.UNITS:
        return [(ask.name, Several(widget=UnitInputs(list_id, units), **common))]
    typed = UnitInput(list_id, units)
    suggested = _suggested(subject)
    if suggested is None:
        return [(ask.name, Line(widget=typed, **(common | {"help_text": _("填单位名称或代码。")})))]
    choices = [suggested, (OTHER, _("其他单位（在下面填写）"))]
    first = Choice(widget=forms.RadioSelect, choices=choices, initial=suggested[0], **common)
    other = Line(
        widget=typed, label=_("其他单位"), help_text=_("填单位名称或代码；不改就留空。"), required=False
    )
    return [(ask.name, first), (f"{ask.name}_other", other)]


def _suggested(subject: Any) -> tuple[str, str] | None:
    """The unit of the duty list with its basis, and a word where it gave this matter back before."""
    category, area = getattr(subject, "category", None), getattr(subject, "area", None)
    if category is None or area is None:
        return None
    duty = responsible_unit(category=category, area=area, on=day_of(timezone.now()))
    if duty is None:
        return None
    gave_back = Part.objects.filter(
        matter=subject.matter, unit=duty.unit, role=Part.LEAD, until__isnull=False
    ).exists()
    text = _("%(unit)s（已退回过；依据：%(basis)s）") if gave_back else _("%(unit)s（依据：%(basis)s）")
    return str(duty.unit_id), text % {"unit": str(duty.unit), "basis": duty.basis}


def _line(ask: Ask, subject: Any, common: dict[str, Any]) -> forms.Field:
    return Line(**common)


def _text(ask: Ask, subject: Any, common: dict[str, Any]) -> forms.Field:
    # The widget's counter shows max_length; it is the engine that refuses.
    return Line(widget=forms.Textarea, max_length=ask.longest, **common)


def _choice(ask: Ask, subject: Any, common: dict[str, Any]) -> forms.Field:
    choices = [(code, str(label)) for code, label in ask.choices]
    return Choice(widget=forms.RadioSelect, choices=choices, **common)


def _category(ask: Ask, subject: Any, common: dict[str, Any]) -> forms.Field:
    current = getattr(subject, "category_id", None) or ""
    return Choice(choices=category_choices(), initial=current, **common)


def _area(ask: Ask, subject: Any, common: dict[str, Any]) -> forms.Field:
    current = getattr(subject, "area", None)
    return Choice(choices=area_choices(current), initial=current.pk if current else "", **common)


def _milestone(ask: Ask, subject: Any, common: dict[str, Any]) -> forms.Field:
    found = subject.milestone_choices
    pairs: Iterable[tuple[Any, Any]] = found() if callable(found) else found
    choices = [("", _("不涉及节点"))] if not ask.required else []
    choices += [(str(value), str(label)) for value, label in pairs]
    return Choice(widget=forms.RadioSelect, choices=choices, **common)


_BUILD: dict[Kind, Callable[[Ask, Any, dict[str, Any]], forms.Field]] = {
    Kind.LINE: _line,
    Kind.TEXT: _text,
    Kind.CHOICE: _choice,
    Kind.DATE: lambda ask, subject, common: Day(**common),
    Kind.NUMBER: lambda ask, subject, common: Number(min_value=ask.least, max_value=ask.most, **common),
    Kind.TICK: lambda ask, subject, common: Tick(**common),
    Kind.CATEGORY: _category,
    Kind.AREA: _area,
    Kind.MILESTONE: _milestone,
}


# --- taking a step -----------------------------------------------------------------------------------------------


def take_from_post(
    request: HttpRequest,
    *,
    form: StepForm,
    by: Actor,
    at: dt.datetime,
    back: str,
    again: Callable[[StepForm], HttpResponse],
    since: Callable[[int], Sequence[Any]],
    frame: str,
    told: str = "",
    take: Callable[[StepForm], HttpResponse | None] | None = None,
) -> HttpResponse:
    """Take the step of a posted form; what desk and portal both do.

    `again` renders the page with the form and its errors (sent as 422). `since` gives the events after a number of
    moves as this person may see them, for the page that tells of a conflict (409), in `frame`. `take` replaces the
    engine's `take` where the answer is a page of its own (a secret shown once). `back` and `told`: where to go
    afterwards, and what to say there. A stranger gets 404.
    """
    try:
        answer = (take or _engine(by, at))(form)
    except NotAllowed:
        raise Http404 from None
    except Conflict as conflict:
        events = since(form.seen)
        return _conflict(request, conflict, form=form, by=by, at=at, back=back, events=events, frame=frame)
    except Refused as refusal:
        form.refuse(refusal)
        response = again(form)
        response.status_code = 422
        return response
    if answer is not None:
        return answer
    messages.success(request, told or _("已办理：%(step)s。") % {"step": str(form.step.label)})
    return HttpResponseRedirect(back)


def _engine(by: Actor, at: dt.datetime) -> Callable[[StepForm], HttpResponse | None]:
    def take(form: StepForm) -> None:
        matter: UUID = form.subject.matter.pk
        engine.take(
            matters=[matter], step=form.step.name, by=by, at=at, answers=form.answers(), seen=form.seen
        )

    return take


def _conflict(
    request: HttpRequest,
    conflict: Conflict,
    *,
    form: StepForm,
    by: Actor,
    at: dt.datetime,
    back: str,
    events: Sequence[Any],
    frame: str,
) -> HttpResponse:
    """Somebody was quicker: what happened since, and the same form with what was typed, to be sent again by one who
    has read it. Where the step is no longer possible the typed text is shown for copying."""
    form.full_clean()
    subject = form.subject
    subject.refresh_from_db()
    matter = Matter.objects.get(pk=subject.matter.pk)
    subject.matter = matter
    renewed = None
    if any(step.name == form.step.name for step in engine.open_steps(matter, subject, by, at)):
        data = request.POST.copy()
        data["seen"] = str(veil.told(matter))
        renewed = step_form(form.step, subject=subject, data=data)
    typed = [
        (str(ask.label), str(form.cleaned_data[ask.name]))
        for ask in form.step.asks
        if ask.kind in (Kind.LINE, Kind.TEXT) and form.cleaned_data.get(ask.name)
    ]
    context = {
        "frame": frame,
        "why": conflict.message,
        "step": str(form.step.label),
        "events": events,
        "form": renewed,
        "typed": typed,
        "back": back,
    }
    return render(request, "desk/conflict.html", context, status=409)
