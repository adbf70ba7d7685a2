"""The steps panel: each step with what it does, whom it tells, and which limits it moves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from yipanqi.core import veil
from yipanqi.core.counting import day_of
from yipanqi.core.engine import role_for
from yipanqi.core.gate import Actor, Viewer
from yipanqi.core.kinds import kind_of, procedure_of
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Procedure, Role, Step
from yipanqi.core.terms import limits_on
from yipanqi.meetings.instruction_access import InstructionView
from yipanqi.meetings.meeting_access import MeetingView
from yipanqi.notices.replies import asks_for_submitter
from yipanqi.organisations.timeline import Event
from yipanqi.web.components.shapes import Facts, Looked, Row, StepCard
from yipanqi.web.desk import mending, points, templates, typed
from yipanqi.web.desk.files import ticked
from yipanqi.web.desk.instruction_shown import instruction_as_it_is
from yipanqi.web.desk.meeting_shown import meeting_as_it_is
from yipanqi.web.desk.queries import kept_typed
from yipanqi.web.desk.shown import draft_as_it_is
from yipanqi.web.desk.words import amount_words, part_word, without_findings
from yipanqi.web.steps import Offered, StepForm, step_form

# By which the desk's keyboard unfolds a step.
KEYS = {"urge": "g"}


@dataclass(frozen=True)
class Asked:
    """The step whose form was posted and refused, or that a link asks to unfold."""

    name: str = ""
    form: StepForm | None = None
    looked: Looked | None = None
    chosen: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)  # what the form of that step is filled with


def cards(
    matter: Matter, subject: Any, view: Any, viewer: Viewer, at: dt.datetime, asked: Asked
) -> list[StepCard]:
    """A card for each step that the viewer may take now, first what others wait for and what brings the matter on; then
    those that wait for a condition."""
    procedure = procedure_of(matter)
    amounts = _amounts(procedure, at)
    units: dict[str, list[str]] = {}
    for part in getattr(view, "parts", ()):
        if part.until is None:
            units.setdefault(part.role, []).append(part.unit)
    found, seen, choices = [], veil.told(matter), Offered(subject)
    offered = templates.offers(matter, subject, view.steps, viewer)
    kept = kept_typed(viewer.account, matter.pk, at) if viewer.account else {}
    running = {due.code for due in view.dues if due.running}
    for step in sorted(view.steps, key=lambda step: _rank(procedure, step, matter.state, subject, running)):
        before = kept.get(step.name)
        form = asked.form if asked.form is not None and asked.name == step.name else None
        if form is None and before is not None and before.fields:
            form = typed.again(step, before, offered=choices, seen=seen)
        initial = {**_initial(step, view), **(asked.filled if asked.name == step.name else {})}
        form = form or step_form(step, subject=subject, initial=initial, seen=seen, offered=choices)
        mending.offer(form)
        points.offer(form, view)
        found.append(
            StepCard(
                name=step.name,
                label=str(step.label),
                url=reverse("desk:step", args=[matter.pk, step.name]),
                does=str(step.does),
                tells=[*_goes_with(step, view), *_tells(step, units, procedure.code)],
                starts=_limits(procedure, step, amounts),
                answers=_answered(procedure, step, view),
                form=form,
                danger=step.target is not None and not procedure.state[step.target].open,
                open=asked.name == step.name,
                keep_url=reverse("desk:typed", args=[matter.pk, step.name]) if typed.keeps(step) else "",
                templates=offered.get(step.name, ()),
                chosen=asked.chosen if asked.name == step.name else "",
                may_look=any(ask.public for ask in asks_for_submitter(step)),
                looked=asked.looked if asked.name == step.name else None,
                kept=typed.kept_text(before) if before is not None and form is not asked.form else "",
                key=KEYS.get(step.name, ""),
            )
        )
    return [*found, *_waiting(matter, subject, view, viewer)]


def _rank(procedure: Procedure, step: Step, state: str, subject: Any, running: set[str]) -> int:
    """What others wait for, what goes on, what ends it, and what is done beside."""
    if step.fulfils is not None and not step.fulfils.holds(subject):
        return 0
    if not _goes_on(procedure, step, state, running):
        return 3
    return 1 if procedure.state[procedure.target(step, state)].open else 2


def _goes_on(procedure: Procedure, step: Step, state: str, running: set[str]) -> bool:
    """Whether a step leads to a later state, and there meets a limit that runs or leaves the next move to another unit."""
    states = list(procedure.state)
    if step.target is None or states.index(step.target) <= states.index(state):
        return False
    after = procedure.state[step.target].waits_for
    moved = after in (Role.SENDER, Role.LEAD) and after != procedure.state[state].waits_for
    return moved or not running.isdisjoint(step.stops)


def _answered(procedure: Procedure, step: Step, view: Any) -> list[Facts]:
    """What others said since a limit began that runs beside the work and that this step moves on: demands, the report on
    them, a request. On a phone they stand screens away from the form that answers them."""
    moved = {*step.stops, *step.pauses, *step.resumes}
    beside = [spec.code for spec in procedure.terms if spec.beside and spec.code in moved]
    found: list[Facts] = []
    for code in beside:
        begun = {s.name for s in procedure.steps if code in s.starts}
        others = {s.name for s in procedure.steps if code in (*s.pauses, *s.resumes) and s.name != step.name}
        since: list[Event] = []
        for event in view.events:
            if event.step in begun:
                since = [event]
            elif event.step in others and since:
                since.append(event)
        found += [
            Facts(_("%(what)s（%(who)s）") % {"what": event.label, "who": event.who}, rows)
            for event in since
            if (rows := [Row(label, value) for label, value in event.facts])
        ]
    return found


def _goes_with(step: Step, view: Any) -> list[str]:
    """That the step is taken on all that is joined to the case; of a service, that it must have reached each."""
    trail = getattr(view, "trail", None)
    if trail is None or not trail.voices or not step.follows:
        return []
    if step.name == "serve":
        return [
            _("同时送达随这一件办理的每一件：电话、邮寄或当面的，须已这样送达每一位本人；做不到的先拆出来。")
        ]
    return [_("同时办到随这一件办理的每一件。")]


def consequences(procedure: Procedure, step: Step, at: dt.datetime) -> list[str]:
    """Whom a step tells and which limits it moves, whatever the matter."""
    return [*_tells(step, {}, procedure.code), *_limits(procedure, step, _amounts(procedure, at))]


def _tells(step: Step, units: Mapping[str, Sequence[str]], kind: str) -> list[str]:
    told = []
    for role in step.tells:
        if role == Role.SUBMITTER:
            told.append(_("本人"))
        elif role != Role.SYSTEM:
            # Whoever has a part that passes on is not who will be told as its holder.
            passes_on = role in step.tells_left
            named = "" if passes_on else _("、").join(units.get(role.value, ()))
            word = part_word(role.value, kind)
            told.append(_("%(part)s（%(unit)s）") % {"part": word, "unit": named} if named else word)
    told += [_("原%(part)s") % {"part": part_word(role.value, kind)} for role in step.tells_left]
    return [_("会告诉：%(who)s") % {"who": _("、").join(told)}] if told else []


def _limits(procedure: Procedure, step: Step, amounts: Mapping[str, str]) -> list[str]:
    def labels(codes: Iterable[str]) -> str:
        return _("、").join(str(procedure.term[code].label) for code in codes)

    lines = []
    off = {term.code for term in procedure.terms if term.optional and term.code not in amounts}
    if starts := [code for code in step.starts if code not in off]:
        started = _("、").join(
            _("%(term)s（%(amount)s）")
            % {"term": str(procedure.term[code].label), "amount": amounts.get(code, "—")}
            for code in starts
        )
        lines.append(_("开始计时：%(terms)s") % {"terms": started})
    for text, codes in (
        (_("结束计时：%(terms)s"), (*step.stops, *step.drops)),
        (_("暂停计时：%(terms)s"), step.pauses),
        (_("继续计时：%(terms)s"), step.resumes),
        (_("延长：%(terms)s"), (step.extends,) if step.extends else ()),
    ):
        if left := [code for code in codes if code not in off]:
            lines.append(text % {"terms": labels(left)})
    return lines


def _amounts(procedure: Procedure, at: dt.datetime) -> dict[str, str]:
    """How long each limit is today, in words, by the dated rows in force."""
    found = limits_on(procedure.code, day_of(at))
    return {code: amount_words(row, own_date=_own_date(procedure, code)) for code, row in found.items()}


def _own_date(procedure: Procedure, code: str) -> bool:
    return code in procedure.term and procedure.term[code].own_date


def _waiting(matter: Matter, subject: Any, view: Any, viewer: Viewer) -> list[StepCard]:
    """Steps that would be this viewer's next but for a condition, each with the sentence that says which."""
    if not matter.open:
        return []  # nothing is next; that nobody let others read it is no reason to go and ask
    names, found = {step.name for step in view.steps}, []
    barred = kind_of(matter).barred(subject, viewer)
    for step in procedure_of(matter).steps_from(matter.state):
        unmet = next((c for c in step.when if not c.holds(subject)), None)
        if step.name in names or unmet is None or unmet.quiet or step.by == (Role.SYSTEM,) or matter.pending:
            continue
        if role_for(view.units, subject, step, Actor(viewer), barred=barred) is not None:
            found.append(
                StepCard(name=step.name, label=str(step.label), url="", why_not=unmet.why_not(subject))
            )
    return found


def _initial(step: Step, view: Any) -> dict[str, Any]:
    """What a form is filled with beforehand: what was said, without what gives a person away; what was asked for."""
    request = getattr(view, "request", None) or {}
    if step.name == "clear":
        original = getattr(view, "original", None) or {}
        title = view.title or without_findings(original.get("title", ""))
        text = view.text or without_findings(original.get("text", ""))
        return {"title": title, "text": text, "files": ticked(view), "point": points.goes(view)}
    if isinstance(view, MeetingView):
        return meeting_as_it_is(step, view.conference)
    if step.name == "redraft":
        return draft_as_it_is(view)
    if isinstance(view, InstructionView):
        return instruction_as_it_is(step, view)
    return _published_as(view) if step.name == "publish" else prefilled(step, request)


def _published_as(view: Any) -> dict[str, Any]:
    """What everybody would read, as far as it is written already, without what gives a person away."""
    answers = [document.text for document in view.documents if document.kind == "serve"]
    return {
        "title": without_findings(view.title),
        "said": without_findings(view.text or ""),
        "came_of_it": without_findings(answers[-1] if answers else ""),
        "place": "street",
    }


def prefilled(step: Step, request: Mapping[str, Any]) -> dict[str, Any]:
    """What a decision tells the submitter, as it was asked for."""
    if step.name == "approve_extension":
        return {"notice": request.get("reason", "")}
    return {"notice": request.get("plan", "")} if step.name == "approve_hold" else {}
