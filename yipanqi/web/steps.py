"""The one step form of the web, for desk and portal; `web.taking` takes the step.

A form is built from what a step asks (`Step.asks`). It carries raw text and validates nothing: `core.asks.clean`,
which the engine calls, is the only validator, and its words are put beside the fields. Typed text is never lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.functional import lazystr
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yipanqi.cases import ladder, paths, reasons
from yipanqi.core import veil
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.labels import field_says
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


class Picker(forms.Select):
    """A select. Django's own makes a template of each option, of which a list of places has two hundred."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = set(self.format_value(value))
        own = flatatt(self.build_attrs(self.attrs, (attrs or {}) | {"name": name}))
        return format_html("<select{}>{}</select>", own, _options(self.choices, chosen))


def _options(choices: Iterable[tuple[Any, Any]], chosen: set[str]) -> SafeString:
    def one(value: Any, label: Any) -> SafeString:
        if isinstance(label, list | tuple):
            return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
        here = SafeString(" selected" if str(value) in chosen else "")
        return format_html('<option value="{}"{}>{}</option>', value, here, label)

    return format_html_join("", "{}", ((one(value, label),) for value, label in choices))


class Choice(_Raw, forms.ChoiceField):
    """One of several, as radios or a select."""

    widget = Picker


class Day(_Raw, forms.DateField):
    """A day, as the browser's calendar gives it (ISO)."""


class Moment(_Raw, forms.CharField):
    """A day and a time of day, as the browser's calendar and clock give them."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "300"}, format="%Y-%m-%dT%H:%M")


class Number(_Raw, forms.IntegerField):
    """A whole number."""


class Tick(_Raw, forms.BooleanField):
    """Yes or nothing."""


class Some(_Raw, forms.MultipleChoiceField):
    """Some of several, as boxes to tick."""


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


class ShareInputs(UnitInput):
    """Rows of a unit, what it is asked to do and by when: those filled in and two more."""

    PARTS = ("unit", "asked", "until")

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        if not hasattr(data, "getlist"):
            return list(data.get(name) or [])
        columns = (data.getlist(name), data.getlist(f"{name}_asked"), data.getlist(f"{name}_until"))
        rows = [[str(cell).strip() for cell in row] for row in zip_longest(*columns, fillvalue="")]
        return [dict(zip(self.PARTS, row, strict=True)) for row in rows if any(row)]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        filled = list(value or [])
        rows = [*filled, {}, {}][: max(MOST_UNITS, len(filled))]
        base = dict(attrs or {})
        shown = ((self._row(name, row, base, number, renderer),) for number, row in enumerate(rows))
        return format_html("{}{}", format_html_join("", "{}", shown), self.options())

    def _row(self, name: str, row: Mapping[str, str], base: Any, number: int, renderer: Any) -> SafeString:
        own = dict(base) if number == 0 else UnitInputs._further(base, number)
        own.pop("aria-label", None)  # its words are seen here
        around = {"n": number + 1}
        asked_whom = _("第 %(n)d 行：哪个单位") % around
        said = {
            "asked": _("第 %(n)d 行：请它做什么") % around,
            "until": _("第 %(n)d 行：哪天以前") % around,
        }
        unit = forms.TextInput.render(self, name, row.get("unit", ""), own, renderer)
        cells = [_labelled(own.get("id", name), asked_whom, unit)]
        for part, label in said.items():
            key = f"{own.get('id', name)}_{part}"
            widget = forms.TextInput() if part == "asked" else forms.DateInput(attrs={"type": "date"})
            box = widget.render(
                f"{name}_{part}", row.get(part, ""), {"id": key, "class": own.get("class", "")}, renderer
            )
            cells.append(_labelled(key, label, box))
        return format_html('<span class="columns">{}{}{}</span>', *cells)


def _labelled(key: str, label: str, box: SafeString) -> SafeString:
    return format_html('<span><label class="quiet" for="{}">{}</label>{}</span>', key, label, box)


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


class Offered:
    """What the fields of one page offer to choose from, asked for once however many forms stand on it."""

    def __init__(self, subject: Any) -> None:
        self.subject = subject
        self._list_id = ""

    def unit_list(self, list_id: str) -> tuple[str, list[tuple[str, str]] | None]:
        """The id of the list of units on this page, with the units where it does not stand there yet."""
        if self._list_id:
            return self._list_id, None
        self._list_id = list_id
        return list_id, unit_names()

    @cached_property
    def categories(self) -> list[tuple[str, Any]]:
        return category_choices()

    @cached_property
    def areas(self) -> list[tuple[str, Any]]:
        return area_choices(getattr(self.subject, "area", None))

    @cached_property
    def statutory(self) -> list[tuple[str, str]]:
        return paths.choices(self.subject)

    @cached_property
    def parts(self) -> list[Part]:
        """The parts that units have in the matter now."""
        living = Part.objects.filter(matter=self.subject.matter, until__isnull=True)
        return list(living.select_related("unit").order_by("id"))

    @cached_property
    def suggested(self) -> tuple[str, str] | None:
        return _suggested(self.subject)


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
            form.add_error(beside, field_says(label, why) if label else why)
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
    offered: Offered | None = None,
) -> StepForm:
    """The form of a step on a subject (a case, a task: anything with `.matter`), empty or with what was posted.

    `initial` is by the name of the ask; `seen` is `veil.told` of the matter and `offered` what its fields offer, where a
    page has them for all its forms.
    Ids begin with the step's name, so that several forms can share a page.
    For asks of kind milestone the subject has `milestone_choices`, pairs of value and label (or a method that returns
    them; or such pairs by the name of the ask), of kind target `target_choices` and of kind files `file_choices`; without
    one of these two, nothing is asked.
    """
    form = StepForm(data=data, initial=dict(initial or {}), auto_id=f"{step.name}_%s")
    form.step, form.subject = step, subject
    offered = offered or Offered(subject)
    for ask in step.asks:
        if not ask.beside or ask.beside in form.fields:
            form.fields.update(_fields(step, ask, offered))
    told = veil.told(subject.matter) if seen is None else seen
    form.fields["seen"] = Line(widget=forms.HiddenInput, initial=str(told), required=False)
    return form


def first_form(step: Step, *, data: Mapping[str, Any] | None = None) -> StepForm:
    """The form of the step that begins a matter, of which there is no subject yet; its names are those of the asks."""
    form = StepForm(data=data, auto_id=f"{step.name}_%s")
    form.step, form.subject = step, None
    offered = Offered(None)
    for ask in step.asks:
        form.fields.update(_fields(step, ask, offered))
    return form


def _fields(step: Step, ask: Ask, offered: Offered) -> list[tuple[str, forms.Field]]:
    common = {
        "label": lazystr(ask.label),
        "required": ask.required,
        "help_text": lazystr(ask.hint) if ask.hint else "",
    }
    if ask.kind in (Kind.UNIT, Kind.UNITS, Kind.SHARES):
        return _unit_fields(ask, offered, common, offered.unit_list(f"{step.name}_units_to_choose"))
    none = {Kind.FILES: "file_choices", Kind.TARGET: "target_choices"}.get(ask.kind)
    if none and not getattr(offered.subject, none, ()):
        return []  # nothing came with it, or it has none
    if ask.kind == Kind.STATUTORY and not offered.statutory:
        return []  # no department has put in its list yet
    field = _BUILD[ask.kind](ask, offered, common)
    if ask.only_with:
        field.widget.attrs["data-with"] = ask.only_with
    return [(ask.name, field)]


def _unit_fields(
    ask: Ask, offered: Offered, common: dict[str, Any], units: tuple[str, list[tuple[str, str]] | None]
) -> list[tuple[str, forms.Field]]:
    if ask.kind in (Kind.SHARES, Kind.UNITS):
        several = ShareInputs if ask.kind == Kind.SHARES else UnitInputs
        return [(ask.name, Several(widget=several(*units), **common))]
    typed, suggested = UnitInput(*units), offered.suggested
    if suggested is None:
        return [(ask.name, Line(widget=typed, **(common | {"help_text": _("填单位名称或代码。")})))]
    choices = [suggested, (OTHER, _("其他单位（在下面填写）"))]
    first = Choice(widget=forms.RadioSelect, choices=choices, initial=suggested[0], **common)
    hint = _("填单位名称或代码；不改就留空。")
    other = Line(widget=typed, label=_("其他单位"), help_text=hint, required=False)
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


def _choice(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    choices = [(code, str(label)) for code, label in ask.choices]
    return Choice(widget=forms.RadioSelect, choices=choices, **common)


def _category(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    current = getattr(offered.subject, "category_id", None) or ""
    return Choice(choices=offered.categories, initial=current, **common)


def _area(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    current = getattr(offered.subject, "area_id", None) or ""
    return Choice(choices=offered.areas, initial=current, **common)


def _milestone(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    found = offered.subject.milestone_choices
    if isinstance(found, Mapping):
        found = found.get(ask.name, ())
    pairs: Iterable[tuple[Any, Any]] = found() if callable(found) else found
    choices = [("", _("不涉及节点"))] if not ask.required else []
    choices += [(str(value), str(label)) for value, label in pairs]
    return Choice(widget=forms.RadioSelect, choices=choices, **common)


def _target(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    choices = [("", _("不涉及指标")), *offered.subject.target_choices]
    return Choice(widget=forms.RadioSelect, choices=choices, **common)


def _files(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    return Some(widget=forms.CheckboxSelectMultiple, choices=list(offered.subject.file_choices), **common)


def _statutory(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    return Choice(choices=[("", _("不按清单，在下面填写")), *offered.statutory], **common)


def _reviewer(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    """The bodies that the law lets a petitioner choose, with none chosen for them; one alone is no choice."""
    choices = ladder.choices(offered.subject)
    common["initial"] = choices[0][0] if len(choices) == 1 else None
    return Choice(widget=forms.RadioSelect, choices=choices, **common)


def _co_unit(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    choices = [(str(part.unit_id), str(part.unit)) for part in offered.parts if part.role == Part.CO]
    return Choice(widget=forms.RadioSelect, choices=choices, **common)


def _parts(ask: Ask, offered: Offered, common: dict[str, Any]) -> forms.Field:
    """The units that have a part, each once, whatever parts it has."""
    choices = list({str(part.unit_id): str(part.unit) for part in offered.parts}.items())
    return Some(widget=forms.CheckboxSelectMultiple, choices=choices, **common)


_BUILD: dict[Kind, Callable[[Ask, Offered, dict[str, Any]], forms.Field]] = {
    Kind.LINE: lambda ask, offered, common: Line(**common),
    # The widget's counter shows max_length; it is the engine that refuses.
    Kind.TEXT: lambda ask, offered, common: Line(widget=forms.Textarea, max_length=ask.longest, **common),
    Kind.CHOICE: _choice,
    Kind.DATE: lambda ask, offered, common: Day(**common),
    Kind.MOMENT: lambda ask, offered, common: Moment(**common),
    Kind.NUMBER: lambda ask, offered, common: Number(min_value=ask.least, max_value=ask.most, **common),
    Kind.TICK: lambda ask, offered, common: Tick(**common),
    Kind.CATEGORY: _category,
    Kind.AREA: _area,
    Kind.MILESTONE: _milestone,
    Kind.TARGET: _target,
    Kind.CO_UNIT: _co_unit,
    Kind.STATUTORY: _statutory,
    Kind.REVIEWER: _reviewer,
    Kind.REASON: lambda ask, offered, common: Choice(choices=reasons.choices(ask.name), **common),
    Kind.PARTS: _parts,
    Kind.FILES: _files,
}
