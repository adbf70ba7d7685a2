"""What writes leaders' instructions: registering one, the effects of its steps, and keeping what was scanned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core import asks, search, writing
from yipanqi.core.counting import day_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.kinds import Taking, Words
from yipanqi.core.models import Change, Matter
from yipanqi.files.actions import Taken
from yipanqi.meetings.instruction_procedure import INSTRUCTION
from yipanqi.meetings.models import Conference, Instruction, Report
from yipanqi.meetings.opening import open_by_sender
from yipanqi.meetings.papers import check_brought, hang
from yipanqi.meetings.preparing import check_secrecy
from yipanqi.organisations.models import Part, Unit
from yipanqi.text.clean import clean

MOST_SCANS = 12


@transaction.atomic
def register_instruction(
    *, sender: Unit, answers: Mapping[str, Any], by: Actor, at: dt.datetime
) -> Conference:
    """Register a document that goes to a leader for instruction; `sender` is the unit whose office does so.

    Raises `NotAllowed` without `decisions.draft` over the sender, `Refused` with the fields that are wrong: what is a
    state secret is not registered, its title neither.
    """
    if not by.viewer.reaches("decisions.draft", sender.path):
        raise NotAllowed(_("您没有登记批示件的权限。"))
    told = asks.clean(INSTRUCTION.initial, answers)
    check_secrecy(f"{told['title']} {told['purpose']}", told["secrecy"])
    _check_past("received_on", told["received_on"], at)
    matter = open_by_sender(INSTRUCTION, sender, told, by=by, at=at)
    conference = Conference.objects.create(
        matter=matter, kind=INSTRUCTION.code, title=told["title"], purpose=told["purpose"]
    )
    Instruction.objects.create(
        conference=conference,
        document=told["document"] or "",
        origin=told["origin"],
        received_on=told["received_on"],
    )
    writing.insert([search.entry(Words(matter.pk, conference.number, conference.title, conference.purpose))])
    return conference


def _check_past(field: str, day: dt.date, at: dt.datetime) -> None:
    if day > day_of(at):
        why = _("不能晚于今天。")
        raise Refused(why, fields={field: why})


def sender_of(conference: Conference) -> Unit:
    """The unit whose office keeps this."""
    parts = Part.objects.filter(matter=conference.matter_id, role=Part.SENDER, until__isnull=True)
    return parts.select_related("unit").get().unit


def may_keep_scans(conference: Conference, by: Actor) -> bool:
    """Whether this actor may add what was scanned: who drafts for the office, while the matter is open."""
    matter = conference.matter
    open_now = matter is not None and matter.open
    return open_now and by.viewer.reaches("decisions.draft", sender_of(conference).path)


@transaction.atomic
def keep_scans(
    *, conference: Conference, files: Sequence[Taken], secrecy: str, by: Actor, at: dt.datetime
) -> int:
    """Keep what was scanned beside a matter of staff; returns how many files it has now.

    They hang on a seal of the matter's own, with no person behind it. Raises `NotAllowed` and `Refused` as everywhere;
    what the scanner found a virus in is not kept: an office brings it again.
    """
    # Locked: two clerks who add at once must not both number on from the same last file.
    Matter.objects.select_for_update(of=("self",)).get(conference=conference)
    conference = Conference.objects.select_related("matter").get(pk=conference.pk)
    if not may_keep_scans(conference, by):
        raise NotAllowed(_("您没有登记批示件的权限。"))
    check_brought(files, secrecy)
    rows = hang(conference, files, MOST_SCANS)
    Change.objects.create(
        at=at,
        account=by.viewer.account,
        what="conference_scan",
        object_id=str(conference.pk),
        after={"files": [taken.digest for taken in files]},
    )
    return rows[-1].number


# --- effects ---------------------------------------------------------------------------------------------------------


def _set(taking: Taking, **fields: Any) -> None:
    Instruction.objects.filter(conference=taking.subject).update(**fields)


def _propose(taking: Taking) -> None:
    _set(taking, handling=taking.answers["handling"])


def _given(taking: Taking) -> None:
    """By which post, on which day."""
    conference, told = taking.subject, taking.answers
    _check_past("held_on", told["held_on"], taking.at)
    conference.held_on = told["held_on"]
    conference.save(update_fields=["held_on"])
    _set(taking, post=told["post"])


def _instruct(taking: Taking) -> None:
    """What was instructed first is kept as a report is: requirements have their places in it. What a leader adds later
    stands in the course of the matter."""
    conference, told = taking.subject, taking.answers
    _given(taking)
    _due(taking)
    if not Report.objects.filter(conference=conference).exists():
        Report.objects.create(conference=conference, original=told["text"], text=clean(told["text"]).text)


def _due(taking: Taking) -> None:
    due_on = taking.answers["due_on"]
    if due_on < day_of(taking.at):
        why = _("不能早于今天。")
        raise Refused(why, fields={"due_on": why})
    _set(taking, due_on=due_on)
    taking.own_dates["answer"] = due_on


def _report_back(taking: Taking) -> None:
    _set(taking, answer=taking.answers["answer"])


def _read(taking: Taking) -> None:
    _check_past("read_on", taking.answers["read_on"], taking.at)


INSTRUCTION_EFFECTS = {
    "propose": _propose,
    "instruct": _instruct,
    "instruct_again": _instruct,
    "circulate": _given,
    "change_due": _due,
    "report_back": _report_back,
    "submit_for_reading": _read,
}
