"""The same again (重复信访, 信访工作条例 19¶3): earlier cases of the same contact that say the same, for the page of one case.

Both must hold: the contact (cases/repeats.py) and the likeness of the words, each case as this viewer reads it. A person
decides what follows; nothing is counted by it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from yipanqi.cases import access, repeats
from yipanqi.cases.models import Case
from yipanqi.core.gate import Channel, Viewer, readable
from yipanqi.core.models import Matter
from yipanqi.insight.similar import alike_among
from yipanqi.organisations.models import Part
from yipanqi.text.similar import Why

OPENED = 3  # cases that nobody has cleared yet, whose words are opened to be compared


@dataclass(frozen=True)
class Repeat:
    """An earlier case of the same matter: `unit` leads it now, and `in_time`: a unit has it and nothing of it is late."""

    case: Case
    why: Why
    unit: str
    in_time: bool


def same_again(*, case: Case, title: str, text: str, viewer: Viewer, at: dt.datetime) -> list[Repeat]:
    """Those of the same contact that are like these words, the likest first."""
    ids = repeats.of_same_contact(case, viewer)
    found = list(
        Matter.objects.filter(readable(viewer, Channel.DESK), pk__in=ids)
        .order_by("-pk")
        .select_related("case")
    )
    together = {case.pk, case.joined_to_id} - {None}
    apart = [m for m in found if not together & {m.pk, m.case.joined_to_id}] if found else []
    if not apart:
        return []
    seen = alike_among(title=title, text=text, documents=_documents(apart, viewer, at))
    leads = _leads([each.case.pk for each in seen])
    return [
        Repeat(
            each.case,
            each.why,
            leads.get(each.case.pk, ""),
            bool(leads.get(each.case.pk)) and _in_time(each.case.matter, at),
        )
        for each in seen
    ]


def _documents(matters: Iterable[Matter], viewer: Viewer, at: dt.datetime) -> dict[UUID, tuple[str, str]]:
    """Title and text of each as it was cleared; before that the words as said, where the viewer reads these."""
    found, opened = {}, 0
    for matter in matters:
        title, text = matter.case.title, matter.case.text
        if not text and opened < OPENED:
            opened += 1
            said = access.present(matter, viewer, Channel.DESK, at).original or {}
            title, text = said.get("title", ""), said.get("text", "")
        if text:
            found[matter.pk] = title, text
    return found


def _leads(ids: list[UUID]) -> dict[UUID, str]:
    leads = Part.objects.filter(matter__in=ids, role=Part.LEAD, until__isnull=True).select_related("unit")
    return {part.matter_id: str(part.unit) for part in leads}


def _in_time(matter: Matter, at: dt.datetime) -> bool:
    return matter.open and (matter.due_at is None or at < matter.due_at)
