"""The same again? Earlier cases of the same contact and the same matter, on the page of one case and on no other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yipanqi.cases.models import Case
from yipanqi.cases.procedure import ACCUSATION, CLAIM
from yipanqi.cases.together import CATCHING_UP
from yipanqi.core.gate import Viewer
from yipanqi.insight.repeats import Repeat, same_again
from yipanqi.web.desk import seen

# What is suggested where an earlier one is there, by the name of its step; whether, a person decides.
DECLINE, JOIN = "refuse_accept", "join"


def before(subject: Any, view: Any, viewer: Viewer, at: dt.datetime) -> list[Repeat]:
    """Those of this case; nothing of any other matter, nor once it is ended, of an accusation or a review."""
    if not isinstance(subject, Case) or not subject.matter.open or view.text_withheld:
        return []
    if subject.matter.procedure == ACCUSATION.code or subject.reviews_id:
        return []
    said = getattr(view, "original", None) or {}
    title, text = view.title or said.get("title", ""), view.text or said.get("text", "")
    return same_again(case=subject, title=title, text=text, viewer=viewer, at=at)


def shown(found: Sequence[Repeat], subject: Any, view: Any) -> dict[str, Any] | None:
    """The list with the steps that are suggested; None where there is nothing."""
    if not found:
        return None
    may = {step.name for step in view.steps}
    here = reverse("desk:matter", args=[subject.pk])
    return {
        "rows": [seen.row(each.case, each.why, each.unit) for each in found],
        "decline": _to(here, DECLINE) if DECLINE in may and declined(found) else "",
        "join": _to(here, JOIN) if JOIN in may and _head(found, subject) else "",
    }


def declined(found: Sequence[Repeat]) -> Repeat | None:
    """The one for which this is not accepted again: a claim that is being handled within its limits (Art. 19¶3)."""
    return next((each for each in found if each.in_time and _is_claim(each.case)), None)


def filled(step: str, found: Sequence[Repeat], subject: Any) -> dict[str, str]:
    """What the form of a suggested step is filled with."""
    if step == JOIN:
        return {"head": _head(found, subject)}
    earlier = declined(found) if step == DECLINE else None
    if earlier is None:
        return {}
    told = _("您此前反映的同一事项正由%(unit)s办理，请用那一次的查询号和密码查询。")
    anybody = _("您此前反映的同一事项正在办理，请用那一次的查询号和密码查询。")
    return {
        "ground": "duplicate",
        "law": _("《信访工作条例》第十九条第三款"),
        "where": told % {"unit": earlier.unit} if earlier.unit else anybody,
    }


def _head(found: Sequence[Repeat], subject: Any) -> str:
    """The number of the case with which it may go from where the two stand."""
    for each in found:
        head, matter = each.case.matter, subject.matter
        alike = (head.procedure, head.version) == (matter.procedure, matter.version)
        follows = (matter.state, head.state) in CATCHING_UP and not head.pending
        if alike and follows and each.case.joined_to_id is None:
            return str(each.case.number)
    return ""


def _is_claim(case: Case) -> bool:
    return case.matter.procedure == CLAIM.code


def _to(here: str, step: str) -> str:
    return f"{here}?step={step}#step-{step}"
