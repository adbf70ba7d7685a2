"""How one form field is shown: label, hint, error and control, tied together for screen readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True)
class Choice:
    """One row of a list of choices; `group` stands before the first of a group."""

    id: str
    value: str
    label: str
    hint: str
    checked: bool
    group: str = ""

    @property
    def described_by(self) -> str:
        parts = (("group", self.group), ("hint", self.hint))
        return " ".join(f"{self.id}_{part}" for part, there in parts if there)


@dataclass(frozen=True)
class FieldView:
    """A field ready for the template; `shape` is hidden, choices, tick or control."""

    shape: str
    base: str
    id: str
    name: str
    label: str
    hint: str
    errors: tuple[str, ...]
    optional: bool
    described_by: str
    control: SafeString
    choices: tuple[Choice, ...]
    choice_type: str
    limit: int | None


def field_view(
    bound: BoundField,
    *,
    label: str = "",
    hint: str = "",
    hints: Mapping[str, str] | None = None,
    rows: int | None = None,
) -> FieldView:
    """Read a bound field. `hints` explains choices, by value; `rows` sets the height of a textarea."""
    widget = bound.field.widget
    shape = _shape(bound, widget)
    said = str(hint or bound.help_text)
    # A text that is cut off without a word is lost: the counter warns and the form refuses, the browser never cuts.
    limit = getattr(bound.field, "max_length", None) if isinstance(widget, forms.Textarea) else None
    parts = [("hint", bool(said)), ("count", limit is not None), ("error", bool(bound.errors))]
    described_by = " ".join(f"{bound.auto_id}_{part}" for part, there in parts if there)
    return FieldView(
        shape=shape,
        base=bound.auto_id,
        id=f"{bound.auto_id}_0" if shape == "choices" else bound.auto_id,
        name=bound.html_name,
        label=str(label or bound.label),
        hint=said,
        errors=tuple(str(error) for error in bound.errors),
        optional=not bound.field.required,
        described_by=described_by,
        control=_control(bound, widget, shape, described_by, rows, limit),
        choices=_choices(bound, hints or {}) if shape == "choices" else (),
        choice_type="checkbox" if isinstance(widget, forms.CheckboxSelectMultiple) else "radio",
        limit=limit,
    )


def anchor(bound: BoundField) -> str:
    """The id an error summary leads to: of a group, its first choice."""
    return f"{bound.auto_id}_0" if _shape(bound, bound.field.widget) == "choices" else bound.auto_id


def _shape(bound: BoundField, widget: forms.Widget) -> str:
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "control"


def _control(
    bound: BoundField,
    widget: forms.Widget,
    shape: str,
    described_by: str,
    rows: int | None,
    limit: int | None,
) -> SafeString:
    if shape == "choices":
        return mark_safe("")
    if shape == "hidden":
        return bound.as_widget()
    attrs: dict[str, Any] = {"class": _control_class(widget, shape)}
    if described_by:
        attrs["aria-describedby"] = described_by
    if isinstance(widget, forms.Textarea):
        attrs["rows"] = rows or 6
        attrs["maxlength"] = False
        if limit is not None:
            attrs["data-limit"] = limit
    if isinstance(bound.field, forms.DateField) and not isinstance(widget, forms.Select):
        # Phones bring their own calendar; it speaks ISO whatever the language of the page.
        date = forms.DateInput(attrs=dict(widget.attrs), format="%Y-%m-%d")
        date.input_type = "date"
        return bound.as_widget(widget=date, attrs=attrs)
    return bound.as_widget(attrs=attrs)


def _control_class(widget: forms.Widget, shape: str) -> str:
    if shape == "tick":
        return "choice-input"
    return "input input-area" if isinstance(widget, forms.Textarea) else "input"


def _choices(bound: BoundField, hints: Mapping[str, str]) -> tuple[Choice, ...]:
    rows = []
    groups = {
        str(label[0][0]): str(name)
        for name, label in getattr(bound.field, "choices", ())
        if isinstance(label, list | tuple)
    }
    for number, sub in enumerate(bound.subwidgets):
        data = sub.data
        value = "" if data["value"] is None else str(data["value"])
        rows.append(
            Choice(
                id=f"{bound.auto_id}_{number}",
                value=value,
                label=str(data["label"]),
                hint=str(hints.get(value, "")),
                checked=bool(data["selected"]),
                group=groups.get(value, ""),
            )
        )
    return tuple(rows)
