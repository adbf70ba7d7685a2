"""How a case travels and by when, in plain words, from the procedure's value and the limits in force."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _, ngettext

from yipanqi.cases.procedure import ORDER
from yipanqi.cases.queries import intake_unit
from yipanqi.core.counting import Unit, day_of
from yipanqi.core.errors import Refused
from yipanqi.core.models import Limit
from yipanqi.core.procedure import Role, State, running_terms
from yipanqi.core.terms import NoLimit, limit_on


@dataclass(frozen=True)
class LimitLine:
    """A limit in force: what for, how long, and why."""

    label: str
    amount: str
    basis: str


@dataclass(frozen=True)
class Stage:
    """A state as a resident meets it: whose move it is, what limits it, what the resident may do."""

    plain: str
    waits_for: str
    limits: list[LimitLine]
    yours: list[str]


@dataclass(frozen=True)
class Hotline:
    """Whom to call."""

    name: str
    telephone: str

    @property
    def dial(self) -> str:
        """The number as a telephone dials it."""
        return re.sub(r"[^0-9+]", "", self.telephone)


def hotline() -> Hotline | None:
    """The unit that takes in what residents say; None before it is set up."""
    try:
        unit = intake_unit()
    except Refused:
        return None
    return Hotline(str(unit), unit.telephone)


def amount_text(limit: Limit) -> str:
    """How long a limit is: 5 个工作日 / 5 working days."""
    if limit.unit == Unit.WORKING_DAYS:
        text = ngettext("%(n)d 个工作日", "%(n)d 个工作日", limit.amount)
    else:
        text = ngettext("%(n)d 天", "%(n)d 天", limit.amount)
    return text % {"n": limit.amount}


def amounts(at: dt.datetime) -> dict[str, str]:
    """By code of the order's limits: how long it is today. A limit nobody has set is left out."""
    found = {}
    for spec in ORDER.terms:
        try:
            found[spec.code] = amount_text(limit_on(ORDER.code, spec.code, day_of(at)))
        except NoLimit:
            continue
    return found


def stages(at: dt.datetime) -> list[Stage]:
    """The open states in the procedure's order."""
    running = running_terms(ORDER)
    return [
        Stage(str(state.plain), _whose(state), _limits(running.get(state.code, set()), at), _yours(state))
        for state in ORDER.states
        if state.open
    ]


def ends() -> list[str]:
    """How a case can end."""
    return [str(state.plain) for state in ORDER.states if not state.open]


def _whose(state: State) -> str:
    words = {
        Role.SENDER: _("热线"),
        Role.LEAD: _("负责单位"),
        Role.SUBMITTER: _("您"),
    }
    return words.get(state.waits_for, "") if state.waits_for else ""


def _limits(running: set[frozenset[str]], at: dt.datetime) -> list[LimitLine]:
    codes = frozenset[str]().union(*running)
    lines = []
    for spec in ORDER.terms:
        if spec.code in codes:
            try:
                limit = limit_on(ORDER.code, spec.code, day_of(at))
            except NoLimit:
                continue
            lines.append(LimitLine(str(spec.label), amount_text(limit), str(limit.basis)))
    return lines


def _yours(state: State) -> list[str]:
    return [str(step.label) for step in ORDER.steps_from(state.code) if Role.SUBMITTER in step.by]
