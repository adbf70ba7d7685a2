"""Signs that a claim may have to be supervised (信访工作条例 40), each with why, and the reports that wait to be checked.

A sign is computed whenever it is asked for and does nothing: somebody confirms it by a notice of supervision or dismisses it
with a reason, and both are steps of the claim. It is about a unit's work on one claim, and no list orders units by it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _, ngettext

from yipanqi.cases.steps.evaluation import ASKING, GRANTING, REFUSING
from yipanqi.cases.steps.oversight import RULES
from yipanqi.core.counting import day_of
from yipanqi.core.gate import Channel, Viewer, visible
from yipanqi.core.kinds import kind_named
from yipanqi.core.models import Matter, Move, MovePayload, Term
from yipanqi.insight.rows import Row, rows_of
from yipanqi.organisations.access import units_reached
from yipanqi.organisations.models import Part

MOST = 100  # rows of the page; there are at least so many where there are more
WITHIN = dt.timedelta(days=365)  # what is older is no sign of what goes on now
SETTLING = ("supervise", "dismiss_candidate")
_Found = Iterator[tuple[UUID, dt.datetime, str]]


@dataclass(frozen=True)
class Sign:
    """One sign: the claim, the rule by which it was found, and why in words."""

    row: Row
    rule: str
    label: str
    why: str
    since: dt.datetime


@dataclass(frozen=True)
class Signs:
    """Some of them, the oldest first; `more`: there are others."""

    signs: Sequence[Sign]
    more: bool


def signs(viewer: Viewer, at: dt.datetime) -> Signs:
    """The signs of the open claims that the viewer can supervise, without those that somebody has settled since."""
    claims = _claims(viewer, "cases.oversee")
    every = [
        (since, matter, rule, why) for rule, find in _FIND.items() for matter, since, why in find(claims, at)
    ]
    settled = _settled({matter for _since, matter, _rule, _why in every})
    last = dt.datetime.min.replace(tzinfo=dt.UTC)
    left = sorted(
        (one for one in every if one[0] > settled.get((one[1], one[2]), last)),
        key=lambda one: (one[0], one[1], one[2]),
    )
    labels = dict(RULES)
    rows = _rows([matter for _since, matter, _rule, _why in left[:MOST]], viewer, at)
    found = [
        Sign(rows[matter], rule, str(labels[rule]), why, since)
        for since, matter, rule, why in left[:MOST]
        if matter in rows
    ]
    return Signs(found, len(left) > MOST)


def reports(viewer: Viewer, at: dt.datetime) -> list[Row]:
    """The claims whose report waits to be checked by a unit for which the viewer sends claims on, the oldest first."""
    waiting = Term.objects.filter(
        code="report", state=Term.PAUSED, matter__in=_claims(viewer, "cases.route").values("pk")
    )
    ids = list(waiting.order_by("due_raw", "id").values_list("matter_id", flat=True)[:MOST])
    rows = _rows(ids, viewer, at)
    return [rows[pk] for pk in ids if pk in rows]


def exclusions(viewer: Viewer, at: dt.datetime) -> list[Row]:
    """The claims that somebody asked to leave out of evaluation and where that can still be decided by a unit for which the
    viewer approves, the oldest first."""
    running = Term.objects.filter(
        code="evaluate",
        state=Term.RUNNING,
        due_at__gt=at,
        matter__in=_claims(viewer, "cases.approve").values("pk"),
    )
    asked = Move.objects.filter(matter__in=running.values("matter_id"), step__in=(ASKING, GRANTING, REFUSING))
    last = dict(asked.order_by("at", "number").values_list("matter_id", "step"))
    ids = [matter for matter, step in last.items() if step == ASKING][:MOST]
    rows = _rows(ids, viewer, at)
    return [rows[pk] for pk in ids if pk in rows]


def _claims(viewer: Viewer, capability: str) -> QuerySet[Matter]:
    sent = Part.objects.filter(
        role=Part.SENDER,
        until__isnull=True,
        open=True,
        unit__in=units_reached(viewer, capability).values("pk"),
    )
    found = Matter.objects.filter(visible(viewer, Channel.DESK, procedures=("claim",)), procedure="claim")
    return found.filter(open=True, pk__in=sent.values("matter_id"))


def _rows(ids: Sequence[UUID], viewer: Viewer, at: dt.datetime) -> Mapping[UUID, Row]:
    matters = list(Matter.objects.filter(pk__in=set(ids)))
    return {row.id: row for row in rows_of(matters, viewer, at)}


def _settled(ids: Iterable[UUID]) -> dict[tuple[UUID, str], dt.datetime]:
    """When a sign of a rule was last confirmed or dismissed, by claim and rule."""
    moves = Move.objects.filter(matter__in=list(ids), step__in=SETTLING).order_by("at")
    bodies = dict(MovePayload.objects.filter(move__in=moves.values("pk")).values_list("move_id", "body"))
    return {
        (move.matter_id, str(json.loads(bodies[move.pk]).get("rule", ""))): move.at
        for move in moves
        if move.pk in bodies
    }


def _terms(claims: QuerySet[Matter], *codes: str) -> QuerySet[Term]:
    return Term.objects.filter(matter__in=claims.values("pk"), code__in=codes).order_by("due_at")


def _by(term: Term, days: int) -> str:
    label = str(kind_named("claim").procedure.term[term.code].label)
    text = ngettext("“%(limit)s”超期 %(n)d 天", "“%(limit)s”超期 %(n)d 天", days)
    return text % {"limit": label, "n": days}


def _overdue(*codes: str) -> Callable[[QuerySet[Matter], dt.datetime], _Found]:
    def find(claims: QuerySet[Matter], at: dt.datetime) -> _Found:
        late = _terms(claims, *codes).filter(state=Term.RUNNING, due_at__lte=at, due_at__gt=at - WITHIN)
        for term in late[:MOST]:
            if term.due_at and term.due_effective:
                yield term.matter_id, term.due_at, _by(term, (day_of(at) - term.due_effective).days)

    return find


def _late(claims: QuerySet[Matter], at: dt.datetime) -> _Found:
    """Late with what the law sets, where nobody asked for more time: an extension has a reason."""
    excused = Term.objects.filter(matter__in=claims.values("pk"), extended__gt=0).values("matter_id")
    asked = claims.exclude(pk__in=excused)
    yield from _overdue("accept", "answer", "duty")(asked, at)


def _accepted_late(claims: QuerySet[Matter], at: dt.datetime) -> _Found:
    """What was gained by it is taken back by the limit for the opinion, which began when acceptance was due."""
    late = _terms(claims, "accept").filter(state=Term.LAPSED, ended_at__gt=at - WITHIN)
    for term in late[:MOST]:
        if term.ended_at and term.due_effective:
            yield term.matter_id, term.ended_at, _by(term, (day_of(term.ended_at) - term.due_effective).days)


def _objected(claims: QuerySet[Matter], at: dt.datetime) -> _Found:
    refused = Move.objects.filter(matter__in=claims.values("pk"), step="refuse_return", at__gt=at - WITHIN)
    for matter, moment in refused.order_by("at").values_list("matter_id", "at")[:MOST]:
        yield matter, moment, _("异议经核实不成立")


def _passed_around(claims: QuerySet[Matter], at: dt.datetime) -> _Found:
    gave_back = Part.objects.filter(matter__in=claims.values("pk"), role=Part.LEAD, until__gt=at - WITHIN)
    counted = gave_back.values("matter_id").annotate(units=Count("unit", distinct=True), last=Max("until"))
    for one in counted.filter(units__gte=2).order_by("last")[:MOST]:
        text = ngettext("先后有 %(n)d 个单位退回", "先后有 %(n)d 个单位退回", one["units"])
        yield one["matter_id"], one["last"], text % {"n": one["units"]}


_FIND: dict[str, Callable[[QuerySet[Matter], dt.datetime], _Found]] = {
    "late": _late,
    "accepted_late": _accepted_late,
    "not_reported": _overdue("report"),
    "not_rectified": _overdue("rectify", "feedback"),
    "not_executed": _overdue("execute"),
    "objected": _objected,
    "passed_around": _passed_around,
}
