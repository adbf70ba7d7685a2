"""The steps a resident may take now, each with its form, what it does, whom it tells and which limit it starts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yipanqi.cases.access import CaseView
from yipanqi.cases.models import Case
from yipanqi.cases.steps.publishing import standing_consent
from yipanqi.core import veil
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import procedure_of
from yipanqi.core.procedure import Kind, Procedure, Role, Step
from yipanqi.web.components.shapes import Row, StepCard
from yipanqi.web.portal.promises import amounts
from yipanqi.web.steps import StepForm, step_form

# What the state asks of the resident stands open; the rest is folded.
ASKED_FOR = {"asked": "reply", "served": "evaluate"}
FAVOURS = ("consent", "withdraw_consent")  # never put before anybody


def cards(
    case: Case, view: CaseView, viewer: Viewer, at: dt.datetime, *, tried: StepForm | None = None
) -> list[StepCard]:
    """The cards of a case's page; `tried` is a form that was refused, or one to go on with."""
    return list(_cards(case, view, viewer, at, tried))


def own_steps(case: Case) -> dict[str, Step]:
    """The steps of the case's procedure that a submitter may ever take, by name."""
    steps = procedure_of(case.matter).steps
    return {step.name: step for step in steps if Role.SUBMITTER in step.by and not step.initial}


def typed_in(form: StepForm) -> list[Row]:
    """The texts of a form whose step can no longer be taken, so that they can be copied."""
    texts = [ask for ask in form.step.asks if ask.kind in (Kind.LINE, Kind.TEXT)]
    rows = [Row(str(ask.label), form.data.get(ask.name, "")) for ask in texts]
    return [row for row in rows if str(row.value).strip()]


def _cards(
    case: Case, view: CaseView, viewer: Viewer, at: dt.datetime, tried: StepForm | None
) -> Iterator[StepCard]:
    procedure = procedure_of(case.matter)
    long, seen = amounts(at, procedure.code), veil.told(case.matter)
    # Beside each other the two would read like a question that is not settled.
    unasked = "consent" if standing_consent(case) is not None else "withdraw_consent"
    for step in view.steps:
        if step.name not in own_steps(case) or step.name == unasked:
            continue
        again = tried is not None and tried.step.name == step.name
        form = (
            tried
            if tried is not None and again
            else step_form(step, subject=case, initial=_so_far(step, view), seen=seen)
        )
        yield StepCard(
            name=step.name,
            label=str(step.label),
            url=reverse("portal:step", args=[view.number, step.name]),
            does=str(step.does),
            tells=_tells(step),
            starts=_starts(procedure, step, long),
            form=form,
            danger=step.name in ("withdraw", "hand_over"),
            unasked=step.name in FAVOURS,
            open=again or (ASKED_FOR.get(view.state_code) == step.name and not _so_far(step, view)),
            why_not=_why_not(case, step, viewer),
        )


def _so_far(step: Step, view: CaseView) -> dict[str, Any]:
    """A verdict that can still be changed is shown as it stands."""
    if step.name != "evaluate" or view.verdict is None or view.verdict["round"] != view.round:
        return {}
    # By the names of the asks: a procedure that does not ask whether it is solved has no such field.
    so_far: dict[str, Any] = {
        "grade": view.verdict["grade"],
        "solved": "yes" if view.verdict["solved"] else "no",
    }
    reasons = {name: view.verdict[name] for name in ("why", "office_why") if view.verdict.get(name)}
    so_far |= {name: str(getattr(row, "pk", "")) for name, row in reasons.items()}
    return so_far | ({"office": view.verdict["office"]} if view.verdict.get("office") else {})


def _tells(step: Step) -> list[str]:
    words = {Role.LEAD: _("负责单位会知道"), Role.CO: _("协办单位会知道"), Role.SENDER: _("热线会知道")}
    return [words[role] for role in step.tells if role in words]


def _starts(procedure: Procedure, step: Step, long: dict[str, str]) -> list[str]:
    return [
        _("重新开始计时：%(term)s，%(amount)s")
        % {"term": str(procedure.term[code].label), "amount": long[code]}
        for code in step.starts
        if code in long
    ]


def _why_not(case: Case, step: Step, viewer: Viewer) -> str:
    """A clerk who handed out the secret knows it: with it nobody can judge (cases/actions.py)."""
    if step.name == "evaluate" and case.pk not in viewer.own_secret:
        if not case.submission.has_contact:
            return _(
                "您的查询密码是工作人员给的，为防止代评，不能用它评价。您没有留联系方式，可以打热线，由另一位同事记下您的评价。"
            )
        return _("您的查询密码是工作人员重发的，为防止代评，不能用它评价。另一位同事会打电话听您的评价。")
    if step.name == "consent" and case.pk not in viewer.own_secret:
        return _("您的查询密码是工作人员给的，不能用它同意公开。愿意公开的，可以打热线，由另一位同事记下。")
    return ""
