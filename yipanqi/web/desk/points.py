"""The point on the map beside the words: whether it goes along to whoever handles the case is said with the text."""

from __future__ import annotations

from typing import Any

from yipanqi.web.steps import StepForm

STAYS = ("hidden", "anonymous")  # who is known to nobody who handles it: their home must not say who they are


def offer(form: StepForm, view: Any) -> None:
    """Ask it only of a case that has a point."""
    if "point" in form.fields and getattr(view, "point", None) is None:
        del form.fields["point"]


def goes(view: Any) -> bool:
    """Whether it goes along unless the clerk says otherwise; what was said before stays said."""
    return bool(view.point_goes if view.text else view.anonymity not in STAYS)
