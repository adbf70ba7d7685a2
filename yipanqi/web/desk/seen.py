"""Seen before? The earlier cases most like the one on the page, as a short list with why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yipanqi.cases.models import Case
from yipanqi.cases.procedure import ACCUSATION
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.insight.similar import seen_before
from yipanqi.organisations.models import Part
from yipanqi.text.similar import Why
from yipanqi.web.components.shapes import Badge
from yipanqi.web.desk import shown


@dataclass(frozen=True)
class Earlier:
    """An earlier case in the list."""

    number: str
    title: str
    url: str
    unit: str
    badge: Badge
    why: list[str]


def before(subject: Any, view: Any, viewer: Viewer) -> list[Earlier]:
    """Those most like this case, by the words that this viewer reads on the page; nothing for any other matter, nor
    once it is ended, never for an accusation, nor for a review: what that reviews stands on its page."""
    if not isinstance(subject, Case) or not subject.matter.open or view.text_withheld:
        return []
    if subject.matter.procedure == ACCUSATION.code or subject.reviews_id:
        return []
    said = getattr(view, "original", None) or {}
    title, text = view.title or said.get("title", ""), view.text or said.get("text", "")
    return like(title, f"{text}\n{said.get('place', '')}", subject, viewer)


def like(title: str, text: str, case: Case, viewer: Viewer) -> list[Earlier]:
    """Those most like these words."""
    found = seen_before(title=title, text=text, viewer=viewer, before=case.pk)
    ids = [each.case.pk for each in found]
    leads = Part.objects.filter(matter__in=ids, role=Part.LEAD, until__isnull=True).select_related("unit")
    units = {part.matter_id: str(part.unit) for part in leads}
    return [row(each.case, each.why, units.get(each.case.pk, "")) for each in found]


def row(case: Case, why: Why, unit: str) -> Earlier:
    """An earlier case in a list, with the unit that leads it."""
    url = reverse("desk:matter", args=[case.pk])
    return Earlier(case.number, case.title, url, unit, _badge(case), _why(why))


def _badge(case: Case) -> Badge:
    state = procedure_of(case.matter).state[case.matter.state]
    return shown.badge_of(state.code, str(state.label))


def _why(why: Why) -> list[str]:
    named = (
        (_("同一地点：%(what)s"), why.places),
        (_("同一事项：%(what)s"), why.things),
        (_("相同字句：%(what)s"), why.words),
    )
    return [text % {"what": _("、").join(what)} for text, what in named if what]
