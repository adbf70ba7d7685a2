"""Pairs of labels that stand beside the thing they name (procedures, terms, states)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import get_language


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
