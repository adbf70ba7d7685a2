"""How a case travels and by when, in plain words, from the procedure's value and the limits in force."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yipanqi.cases.procedure import PROCEDURES
from yipanqi.cases.queries import intake_unit
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.procedure import Procedure, Role, State, running_terms
from yipanqi.core.terms import limits_on
from yipanqi.web.components.words import amount_text


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
class Travels:
    """How cases of a kind travel: in a line, their stages and their ends."""

    code: str
    name: str
    line: str
    stages: list[Stage]
    ends: list[str]


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


def procedure_named(kind: str) -> Procedure:
    """The procedure of a kind of voice; of the order where there is no such kind."""
    return next((p for p in PROCEDURES if p.code == kind), PROCEDURES[0])


def amounts(at: dt.datetime, kind: str = "order") -> dict[str, str]:
    """By code of the limits of a kind: how long it is today. A limit nobody has set is left out."""
    return {code: amount_text(limit) for code, limit in limits_on(kind, day_of(at)).items()}


def kind_names() -> dict[str, str]:
    """What a resident calls the kinds of voice."""
    return {
        "order": _("反映一个问题"),
        "suggestion": _("提一条建议"),
        "claim": _("说说我受到的处理或决定"),
        "accusation": _("反映公职人员或单位违纪违法"),
    }


def follows(kind: str, at: dt.datetime) -> list[str]:
    """What follows the filing, by the limits in force; what nobody has set a limit for is left out."""
    long = amounts(at, kind)
    asked = _("负责单位有问题要问您时，会写在您的查询页上，请隔几天看一看。")
    said = {
        "order": [
            ("answer", _("转给负责单位以后，%(amount)s内答复您；需要延长时会告诉您理由。")),
            ("", asked),
            ("evaluate", _("收到答复以后，您有 %(amount)s可以评价。不满意或没有解决，会重新办理一次。")),
        ],
        "suggestion": [
            ("screen", _("%(amount)s内看完是不是一条建议；不是的，告诉您该去哪里。")),
            ("answer", _("交给负责单位研究以后，%(amount)s内答复您采纳没有；不采纳的写明理由。")),
            ("", asked),
            ("evaluate", _("收到答复以后，您有 %(amount)s可以评价。")),
        ],
        "claim": [
            ("", _("法律给这件事另有途径的，会书面告诉您去哪里、怎么办、最晚什么时候。")),
            ("accept", _("转给有权处理的单位以后，它在 %(amount)s内书面告诉您受理的情况。")),
            ("answer", _("受理以后 %(amount)s内给您处理意见书；情况复杂的可以延长一次，会告诉您理由。")),
            ("", asked),
            (
                "evaluate",
                _("收到处理意见书以后，您有 %(amount)s可以评价；不服的，可以按意见书上写的途径请求复查。"),
            ),
        ],
    }
    said["accusation"] = [
        ("", _("只有登记的人看一次，马上密封转给有权办理的机关；被反映的单位和它的下级查不到。")),
        ("", _("查询页上的字和别的诉求一样，不写您说的是什么；给您发的消息也不写。")),
        ("", _("以后由那个机关按规定办；规定要答复您的，会写在您的查询页上。")),
    ]
    lines = said.get(kind, said["order"])
    return [line % {"amount": long.get(code, "")} for code, line in lines if not code or code in long]


def travels(at: dt.datetime) -> list[Travels]:
    """How each kind of case travels, from the procedures themselves."""
    names, lines = kind_names(), _in_a_line()
    return [Travels(p.code, names[p.code], lines[p.code], stages(p, at), ends(p)) for p in PROCEDURES]


def _in_a_line() -> dict[str, str]:
    return {
        "order": _("登记、转办、办理、审核答复、您评价；不满意或没有解决，再办一次。"),
        "suggestion": _("筛选、交办、研究、审核答复、您评价；不采纳的写明理由。"),
        "claim": _("转送、受理、调查核实、处理意见书送达、您评价；不服的可以请求复查。"),
        "accusation": _("登记、密封转给有权机关、由它按规定办；内容打开一次，写明一次。"),
    }


def stages(procedure: Procedure, at: dt.datetime) -> list[Stage]:
    """The open states in the procedure's order."""
    running = running_terms(procedure)
    return [
        Stage(
            str(state.plain),
            _whose(state),
            _limits(procedure, running.get(state.code, set()), at),
            _yours(procedure, state),
        )
        for state in procedure.states
        if state.open
    ]


def ends(procedure: Procedure) -> list[str]:
    """How a case can end that somebody files: not where what was handled long ago begins."""
    begun = {step.target for step in procedure.steps if step.initial}
    return [str(s.plain) for s in procedure.states if not s.open and s.code not in begun]


def _whose(state: State) -> str:
    words = {
        Role.SENDER: _("热线"),
        Role.LEAD: _("负责单位"),
        Role.SUBMITTER: _("您"),
    }
    return words.get(state.waits_for, "") if state.waits_for else ""


def _limits(procedure: Procedure, running: set[frozenset[str]], at: dt.datetime) -> list[LimitLine]:
    codes, found = frozenset[str]().union(*running), limits_on(procedure.code, day_of(at))
    return [
        LimitLine(str(spec.label), amount_text(found[spec.code]), str(found[spec.code].basis))
        for spec in procedure.terms
        if spec.code in codes and spec.code in found
    ]


def _yours(procedure: Procedure, state: State) -> list[str]:
    return [str(step.label) for step in procedure.steps_from(state.code) if Role.SUBMITTER in step.by]
