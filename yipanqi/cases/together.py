"""Splitting, joining and parting: the effects of these steps, and what the engine must know of joined cases.

Whoever joins, parts or moves a head holds the lock of the case that changes, and a join that of the head too, so that
nobody is joined to a case that is just then moving on.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.cases import effects
from yipanqi.cases.actions import case_rows
from yipanqi.cases.models import Case
from yipanqi.cases.references import new_references, read_reference
from yipanqi.core import engine, writing
from yipanqi.core.asks import Share
from yipanqi.core.counting import day_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import Answers, Effect, Joining, Taking, procedure_of
from yipanqi.core.models import Matter, MovePayload, Term, new_id
from yipanqi.core.procedure import Role
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.queries import parts_of

# What brings a case to where its head stands, by where the two stand; what is not here cannot be joined.
CATCHING_UP: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("registered", "registered"): (),
    ("registered", "forwarded"): ("route",),
    ("registered", "handling"): ("route", "taken_along"),
    ("forwarded", "forwarded"): (),
    ("forwarded", "handling"): ("taken_along",),
    ("handling", "handling"): (),
}


def _head_of(case: Case) -> UUID | None:
    return case.joined_to_id


def followers(heads: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The open cases joined to each of these, in the order of their ids."""
    found: dict[UUID, list[UUID]] = {}
    rows = Case.objects.filter(joined_to__in=list(heads), matter__open=True).order_by("pk")
    for head, pk in rows.values_list("joined_to_id", "pk"):
        found.setdefault(head, []).append(pk)
    return found


def _named(raw: Mapping[str, Any]) -> list[UUID]:
    number = str(raw.get("head") or "")
    return list(Case.objects.filter(number=read_reference(number) or "").values_list("pk", flat=True))


JOINED = Joining(head=_head_of, followers=followers, beside={"join": _named}, parting="parted")


def split(taking: Taking) -> None:
    """A further case of the same submission, with the same sender, limits that count from the day of receipt, and a
    first move that names where it comes from. It is cleared as it comes, so what clearing ends does not start."""
    origin, answers, submission = taking.subject, taking.answers, taking.subject.submission
    value = procedure_of(taking.matter)
    sender = _units(origin.pk, Part.SENDER)[0]
    payload = {
        "channel": submission.channel,
        "submission": bytes(submission.digest).hex(),
        "split_from": origin.number,
    }
    opening = engine.Opening(
        procedure=value.code,
        step=value.initial.name,
        matter_id=new_id(),
        units={Role.SENDER: sender.pk},
        payload=payload,
        day0s=dict.fromkeys(value.initial.starts, day_of(submission.received_at or taking.at)),
        met=value.step["clear"].stops,
        subject=submission,
    )
    by = Actor(taking.by.viewer, Role.SENDER)
    (matter,), rows = engine.opened(openings=[opening], by=by, at=taking.at)
    case = Case(
        matter=matter,
        submission=submission,
        number=new_references(1)[0],
        title=answers["title"],
        text=answers["text"],
        cleared=True,
        category=answers["category"],
        area=answers["area"],
        point_goes=answers["point"],
    )
    writing.insert([*rows, *case_rows(case, sender, taking.at)])
    effects.release(case, answers["files"])
    answers["into"] = case.number


def join(taking: Taking) -> None:
    """Have the case follow its head, and bring it to where the head stands."""
    case, head = taking.subject, _wanted(taking)
    steps = CATCHING_UP.get((taking.matter.state, head.matter.state))
    if steps is None or head.matter.pending:
        raise _apart(taking.matter, head.matter)
    leads, co_units = _units(head.pk, Part.LEAD), [Share(unit) for unit in _units(head.pk, Part.CO)]
    if taking.matter.state != "registered" and _units(case.pk, Part.LEAD) != leads:
        raise _no(_("两件由不同的单位主办，请先统一主办单位。"))
    if _due_earlier(taking.matter, head.matter):
        raise _no(_("这一件的期限更早：请反过来，把那一件并入这一件。"))
    case.joined_to, case.stands = head, False
    case.save(update_fields=["joined_to", "stands"])
    taking.answers["head"] = head.number
    given = {
        "route": {"unit": leads[0], "co_units": co_units} if leads else {},
        "taken_along": _accepted(head),
    }
    taking.then += [(name, given[name]) for name in steps]


def _wanted(taking: Taking) -> Case:
    """The head as it was named; whoever may not route it learns nothing of it."""
    number = read_reference(taking.answers["head"]) or ""
    head = Case.objects.select_related("matter").filter(number=number).first()
    senders = _units(head.pk, Part.SENDER) if head else []
    if head is None or not any(taking.by.viewer.reaches("cases.route", unit.path) for unit in senders):
        raise _no(_("没有这个编号，或者您无权办理。"))
    if head.pk == taking.subject.pk:
        raise _no(_("这就是这一件自己的编号。"))
    if head.joined_to_id is not None:
        raise _no(_("那一件自己也随另一件办理，请填它所并入的那一件。"))
    if (head.matter.procedure, head.matter.version) != (taking.matter.procedure, taking.matter.version):
        raise _no(_("只有同一类事项才能一起办理。"))
    return head


def _accepted(head: Case) -> Answers:
    """What was written when the head was accepted."""
    steps = ("accept", "taken_along")
    body = (
        MovePayload.objects.filter(move__matter=head.pk, move__step__in=steps)
        .order_by("-move__number")
        .values_list("body", flat=True)
        .first()
    )
    return dict(json.loads(body)) if body else {}


def _no(why: str) -> Refused:
    return Refused(why, fields={"head": why})


def _apart(matter: Matter, head: Matter) -> Refused:
    if head.pending:
        return _no(_("那一件有一项申请正在等待决定，请先等它有结果。"))
    states = [str(procedure_of(m).state[m.state].label) for m in (matter, head)]
    return _no(_("这一件“%(own)s”，那一件“%(head)s”，不能一起办理。") % {"own": states[0], "head": states[1]})


def _due_earlier(matter: Matter, head: Matter) -> bool:
    """Whether a limit that runs for both ends before the head's: nobody's date may vanish behind a later one."""
    own, other = _running(matter), _running(head)
    return any(own[code] < other[code] for code in own.keys() & other.keys())


def _running(matter: Matter) -> dict[str, dt.date]:
    running = Term.objects.filter(matter=matter, state=Term.RUNNING, due_effective__isnull=False)
    return {term.code: term.due_effective for term in running if term.due_effective}


def _units(matter: UUID, role: str) -> list[Unit]:
    return [p.unit for p in parts_of([matter]).get(matter, ()) if p.until is None and p.role == role]


def part(taking: Taking) -> None:
    """Let the case go by itself from where it stands. Its history keeps with whom it went."""
    case = taking.subject
    taking.answers["from_head"] = Case.objects.values_list("number", flat=True).get(pk=case.joined_to_id)
    case.joined_to, case.stands = None, True
    case.save(update_fields=["joined_to", "stands"])


def _effects(own: Mapping[str, Effect]) -> dict[str, Effect]:
    """The effects of a kind with those of joining; what is taken along is accepted as that kind accepts."""
    taken_along = {"taken_along": own["accept"]} if "accept" in own else {}
    return {**own, **taken_along, "split": split, "join": join, "part": part, "parted": part}


# What cannot be sent on cannot be joined either: a review is one submitter's own.
EFFECTS = {code: _effects(own) if "route" in own else dict(own) for code, own in effects.EFFECTS.items()}
