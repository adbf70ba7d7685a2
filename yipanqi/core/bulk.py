"""One step on several matters at once: tried out first, by the very same code, then taken, all or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core import engine
from yipanqi.core.errors import Refused
from yipanqi.core.following import followers_of
from yipanqi.core.gate import Actor
from yipanqi.core.models import Matter, Move

MOST = 100
Answers = Mapping[UUID, Mapping[str, Any]]


def _check(answers: Answers) -> None:
    if len(answers) > MOST:
        raise Refused(_("一次最多办 %(n)d 件。") % {"n": MOST})


def foresee(*, answers: Answers, step: str, by: Actor, at: dt.datetime) -> dict[UUID, str]:
    """What would become of each: the sentence that refuses it, empty where it can be taken. Nothing is kept."""
    _check(answers)
    found = {}
    with transaction.atomic():
        for matter in sorted(answers):
            try:
                engine.take(matters=[matter], step=step, by=by, at=at, answers=answers[matter])
                found[matter] = ""
            except Refused as refusal:
                found[matter] = refusal.message
        transaction.set_rollback(True)
    return found


@transaction.atomic
def take_all(*, answers: Answers, step: str, by: Actor, at: dt.datetime) -> list[Move]:
    """Take the step on all of them or, where one refuses, on none."""
    _check(answers)
    # Locked in one order first, with what is joined to them: two such batches must not wait for each other.
    ids = sorted(answers)
    wanted = {*ids, *followers_of(ids)}
    kinds = dict(
        Matter.objects.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk", "procedure")
    )
    groups: dict[tuple[str, str], list[UUID]] = {}
    for matter in ids:
        alike = repr(sorted(answers[matter].items()))
        groups.setdefault((kinds.get(matter, ""), alike), []).append(matter)
    moves: list[Move] = []
    for group in groups.values():
        moves += engine.take(matters=group, step=step, by=by, at=at, answers=answers[group[0]])
    return moves
