"""The steps panel: each step with what it does, whom it tells, and which limits it moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yipanqi.core import veil
from yipanqi.core.counting import day_of
from yipanqi.core.engine import role_for
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.kinds import kind_of, procedure_of
from yipanqi.core.models import Limit, Matter
from yipanqi.core.procedure import Procedure, Role, Step
from yipanqi.web.components.shapes import StepCard
from yipanqi.web.desk.words import amount_words, part_word, without_findings
from yipanqi.web.steps import StepForm, step_form


@dataclass(frozen=True)
class Asked:
    """The step whose form was posted and refused, or that a link asks to unfold."""

    name: str = ""
    form: StepForm | None = None


def cards(
    matter: Matter, subject: Any, view: Any, viewer: Viewer, at: dt.datetime, asked: Asked
) -> list[StepCard]:
    """A card for each step that the viewer may take now, then those that wait for a condition."""
    procedure = procedure_of(matter)
    amounts = _amounts(procedure, at)
    units: dict[str, list[str]] = {}
    for part in getattr(view, "parts", ()):
        if part.until is None:
            units.setdefault(part.role, []).append(part.unit)
    found, seen = [], veil.told(matter)
    for step in view.steps:
        form = asked.form if asked.form is not None and asked.name == step.name else None
        found.append(
            StepCard(
                name=step.name,
                label=str(step.label),
                url=reverse("desk:step", args=[matter.pk, step.name]),
                does=str(step.does),
                tells=_tells(step, units, procedure.code),
                starts=_limits(procedure, step, amounts),
                form=form or step_form(step, subject=subject, initial=_initial(step, view), seen=seen),
                danger=step.target is not None and not procedure.state[step.target].open,
                open=asked.name == step.name,
            )
        )
    return [*found, *_waiting(matter, subject, view.steps, viewer)]


def _tells(step: Step, units: Mapping[str, Sequence[str]], kind: str) -> list[str]:
    told = []
    for role in step.tells:
        if role == Role.SUBMITTER:
            told.append(_("本人"))
        elif role != Role.SYSTEM:
            named = _("、").join(units.get(role.value, ()))
            word = part_word(role.value, kind)
            told.append(_("%(part)s（%(unit)s）") % {"part": word, "unit": named} if named else word)
    return [_("会告诉：%(who)s") % {"who": _("、").join(told)}] if told else []


def _limits(procedure: Procedure, step: Step, amounts: Mapping[str, str]) -> list[str]:
    def labels(codes: Iterable[str]) -> str:
        return _("、").join(str(procedure.term[code].label) for code in codes)

    lines = []
    if step.starts:
        started = _("、").join(
            _("%(term)s（%(amount)s）")
            % {"term": str(procedure.term[code].label), "amount": amounts.get(code, "—")}
            for code in step.starts
        )
        lines.append(_("开始计时：%(terms)s") % {"terms": started})
    for text, codes in (
        (_("结束计时：%(terms)s"), (*step.stops, *step.drops)),
        (_("暂停计时：%(terms)s"), step.pauses),
        (_("继续计时：%(terms)s"), step.resumes),
        (_("延长：%(terms)s"), (step.extends,) if step.extends else ()),
    ):
        if codes:
            lines.append(text % {"terms": labels(codes)})
    return lines


def _amounts(procedure: Procedure, at: dt.datetime) -> dict[str, str]:
    """How long each limit is today, in words, by the dated rows in force."""
    rows = Limit.objects.filter(procedure=procedure.code, valid_from__lte=day_of(at)).order_by("valid_from")
    return {row.code: amount_words(row, own_date=_own_date(procedure, row.code)) for row in rows}


def _own_date(procedure: Procedure, code: str) -> bool:
    return code in procedure.term and procedure.term[code].own_date


def _waiting(matter: Matter, subject: Any, open_now: Sequence[Step], viewer: Viewer) -> list[StepCard]:
    """Steps that would be this viewer's next but for a condition, each with the sentence that says which."""
    kind, found = kind_of(matter), []
    names = {step.name for step in open_now}
    for step in procedure_of(matter).steps_from(matter.state):
        unmet = next((c for c in step.when if not c.holds(subject)), None)
        if step.name in names or unmet is None or step.by == (Role.SYSTEM,) or matter.pending:
            continue
        if role_for(kind, subject, step, Actor(viewer)) is not None:
            found.append(
                StepCard(name=step.name, label=str(step.label), url="", why_not=str(unmet.otherwise))
            )
    return found


def _initial(step: Step, view: Any) -> dict[str, Any]:
    """What a form is filled with beforehand: what was said, without what gives a person away; what was asked for."""
    request = getattr(view, "request", None) or {}
    if step.name == "clear":
        original = getattr(view, "original", None) or {}
        title = view.title or without_findings(original.get("title", ""))
        return {"title": title, "text": view.text or without_findings(original.get("text", ""))}
    if step.name == "approve_extension":
        return {"notice": request.get("reason", "")}
    if step.name == "approve_hold":
        return {"notice": request.get("plan", "")}
    return {}
