"""In the name of which unit something is laid down: asked only where there is a choice."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from yipanqi.core.gate import Viewer
from yipanqi.organisations.models import Unit
from yipanqi.web.steps import Choice


def senders(viewer: Viewer) -> list[Unit]:
    """The units that may issue what this viewer drafts: the viewer's own first, then those at the head of a scope."""
    paths = viewer.capabilities.get("decisions.draft", ())
    heads = list(Unit.objects.filter(path__in=paths, valid_to__isnull=True).order_by("path"))
    own = Unit.objects.filter(pk=viewer.unit).first() if viewer.unit else None
    if own is not None and viewer.reaches("decisions.draft", own.path):
        heads = [own, *(unit for unit in heads if unit.pk != own.pk)]
    return heads


def ask_for_sender(
    form: forms.Form, units: Sequence[Unit], label: str, *, hint: str = "", name: str = "sender"
) -> None:
    """Ask for one of the units, where there are several."""
    if len(units) > 1:
        choices = [(str(unit.pk), str(unit)) for unit in units]
        form.fields[name] = Choice(label=label, choices=choices, help_text=hint)


def chosen_sender(form: forms.Form, units: Sequence[Unit], name: str = "sender") -> Unit:
    """The unit that was chosen of a form that is valid; where nothing was asked, the first."""
    return next((unit for unit in units if str(unit.pk) == form.cleaned_data.get(name)), units[0])
