"""Mixed letters: what accuses somebody in a claim, an order or a suggestion becomes an accusation of its own at intake.

No step of the case it came in, for a step leaves a move there, and whoever handles the case, the accused perhaps, would
count one more than they read. The accusation alone says where it came from.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.cases.actions import case_rows
from yipanqi.cases.models import Case
from yipanqi.cases.procedure import ACCUSATION
from yipanqi.cases.references import new_references
from yipanqi.core import engine, gate, writing
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel
from yipanqi.core.models import Matter, new_id
from yipanqi.core.procedure import Role
from yipanqi.organisations.models import Part


def may_split(case: Case, by: Actor) -> bool:
    """Whether an accusation can be taken out of this case now, by this actor: before anybody else had the case."""
    matter = case.matter
    if matter.procedure == ACCUSATION.code or matter.state != "registered":
        return False
    parts = list(matter.parts.select_related("unit"))
    untouched = all(part.role == Part.SENDER for part in parts)
    return untouched and any(by.viewer.reaches("cases.route", part.unit.path) for part in parts)


@transaction.atomic
def split_accusation(*, case: Case, by: Actor, at: dt.datetime) -> Case:
    """A further case of the same submission, an accusation, with the same sender; its limit counts from receipt. The words
    as said go with it under their seal; the case goes on without it, and its text must be cleared (again) before it is sent.

    Raises `NotAllowed` for whoever may not find or route the case, `Refused` once it has been with another unit, or where
    an accusation was taken out of it before.
    """
    matter = (
        Matter.objects.select_for_update().filter(gate.visible(by.viewer, Channel.DESK), pk=case.pk).first()
    )
    if matter is None or matter.procedure == ACCUSATION.code:
        raise NotAllowed(_("没有这个事项，或者您无权办理。"))
    case = Case.objects.select_related("matter", "submission").get(pk=matter.pk)
    if not may_split(case, by):
        raise Refused(_("已经转出去的，不能再分出检举控告。"))
    submission = case.submission
    if submission.cases.filter(matter__procedure=ACCUSATION.code).exists():
        raise Refused(_("已经分出过一件检举控告。"))
    sender = matter.parts.select_related("unit").get(role=Part.SENDER, until__isnull=True).unit
    opening = engine.Opening(
        procedure=ACCUSATION.code,
        step=ACCUSATION.initial.name,
        matter_id=new_id(),
        units={Role.SENDER: sender.pk},
        payload={
            "channel": submission.channel,
            "submission": bytes(submission.digest).hex(),
            "split_from": case.number,
        },
        day0s=dict.fromkeys(ACCUSATION.initial.starts, day_of(submission.received_at or at)),
        subject=submission,
    )
    (opened,), rows = engine.opened(openings=[opening], by=Actor(by.viewer, Role.SENDER), at=at)
    accusation = Case(matter=opened, submission=submission, number=new_references(1)[0])
    writing.insert([*rows, *case_rows(accusation, sender, at)])
    Case.objects.filter(pk=case.pk).update(cleared=False)
    return accusation
