"""Pairs of labels that stand beside the thing they name (procedures, terms, states)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language, gettext as _


@dataclass(frozen=True)
class Label:
    """A text in Simplified Chinese and English; `str()` gives the one of the active language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en if (get_language() or "zh").startswith("en") else self.zh


def pick(zh: str, en: str) -> str:
    """The text of the active language; Chinese where the English one is empty."""
    return str(Label(zh, en or zh))


def field_says(label: object, what: str) -> str:
    """A field's label and what is said of it, on one line; of a label that asks, without its question mark."""
    return _("%(field)s：%(why)s") % {"field": str(label).rstrip("？?：:"), "why": what}
