"""Files of matters of staff: what hangs on the seal of a conference or an instruction, who opens it, and the papers of a
meeting, each with at most one file (docs/adr/0032)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from yipanqi.core import engine, gate, writing
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel, Viewer
from yipanqi.core.kinds import Taking
from yipanqi.core.models import Matter
from yipanqi.core.sealing import open_box, sealed
from yipanqi.files.actions import Taken, filed
from yipanqi.files.checking import refused
from yipanqi.files.models import File
from yipanqi.files.queries import FileView, of_seal, views
from yipanqi.meetings.models import INSTRUCTION, Conference, Paper
from yipanqi.meetings.preparing import check_secrecy

# Of the papers of a meeting with all that were replaced: nobody hangs a library on one matter.
MOST_FILES = 100
FIELD = "scan"


def check_brought(files: Sequence[Taken], secrecy: str) -> None:
    """Refuse what a matter of staff does not keep: nothing at all, a state secret, what a virus was found in (an office
    brings it again)."""
    check_secrecy("", secrecy)
    if not files:
        why = _("请选一个文件。")
        raise Refused(why, fields={FIELD: why})
    for taken in files:
        check_secrecy(taken.name, secrecy)
        if taken.quarantined:
            why = refused(taken.name, "virus").message
            raise Refused(why, fields={FIELD: why})


def hang(conference: Conference, files: Sequence[Taken], most: int) -> list[File]:
    """The files on the seal of the conference's matter, which is made with the first and has no person behind it. The
    caller has locked the matter: two who add at once must not both number on from the same last file."""
    had = len(of_seal(conference.seal_id)) if conference.seal_id else 0
    if had + len(files) > most:
        why = _("最多 %(n)d 个文件：请把几页扫成一份 PDF。") % {"n": most}
        raise Refused(why, fields={FIELD: why})
    if conference.seal_id is None:
        [seal], _texts = sealed([{}])
        writing.insert([seal])
        conference.seal, box = seal, seal.box
        conference.save(update_fields=["seal"])
    else:
        box = open_box(conference.seal_id)
    rows = filed(files, box, first=had + 1)
    writing.insert(rows)
    return rows


# --- reading ---------------------------------------------------------------------------------------------------------


def files_of(conference: Conference) -> list[FileView]:
    """What whoever finds the matter may open: of an instruction all that was scanned, of a meeting what is the file of
    one of its papers now. An office's own papers have no words that another must open."""
    if conference.seal_id is None:
        return []
    files = of_seal(conference.seal_id)
    if conference.kind != INSTRUCTION:
        kept = set(conference.papers.filter(file__isnull=False).values_list("file_id", flat=True))
        files = [file for file in files if file.pk in kept]
    return views(files, original=True)


def find_scan(file_id: UUID, viewer: Viewer) -> tuple[Matter, FileView] | None:
    """A file of a matter of staff that this viewer may find; None for any other, and for what was replaced or withdrawn."""
    conference = Conference.objects.filter(seal__files=file_id, matter__isnull=False).first()
    if conference is None or conference.matter_id is None:
        return None
    matter = gate.find(conference.matter_id, viewer, Channel.DESK)
    seen = next((view for view in files_of(conference) if view.id == file_id), None) if matter else None
    return (matter, seen) if matter is not None and seen is not None else None


# --- the papers of a meeting -----------------------------------------------------------------------------------------


@transaction.atomic
def attach(
    *,
    paper: Paper,
    files: Sequence[Taken],
    secrecy: str,
    by: Actor,
    at: dt.datetime,
    reason: str = "",
) -> None:
    """Keep the file of a paper, in place of the one that it had, and take the step that says so: who was invited is told.

    Raises `NotAllowed` for whoever does not prepare the meeting, `Refused` with the fields that are wrong.
    """
    conference = paper.conference
    matter = Matter.objects.select_for_update(of=("self",)).get(conference=conference)
    conference = Conference.objects.select_related("matter").get(pk=conference.pk)
    if not may_attach(matter, conference, by, at):
        raise NotAllowed(_("您没有筹备会议的权限。"))
    check_brought(files, secrecy)
    rows = hang(conference, files[:1], MOST_FILES)
    answers = {"paper": paper.number, "file": rows, "reason": reason}
    engine.take(matters=[matter.pk], step="attach_paper", by=by, at=at, answers=answers)


def may_attach(matter: Matter, conference: Conference, by: Actor, at: dt.datetime) -> bool:
    """Whether this actor may add files to the papers of the meeting as it stands."""
    return any(step.name == "attach_paper" for step in engine.open_steps(matter, conference, by, at))


def attach_paper(taking: Taking) -> None:
    """The effect: a file of this matter that is no other paper's becomes this paper's. One that it had stays sealed and
    is opened by nobody."""
    told = taking.answers
    paper = _paper(taking)
    own = [file for file in told["file"] if file.seal_id == taking.subject.seal_id]
    if len(told["file"]) != 1 or len(own) != 1 or Paper.objects.filter(file=own[0]).exists():
        raise Refused(_("没有这个文件。"))
    if paper.file_id is not None and not told["reason"]:
        why = _("这份文件已有附件：换一份要写明原因。")
        raise Refused(why, fields={"reason": why})
    paper.file = own[0]
    paper.save(update_fields=["file"])


def withdraw_paper(taking: Taking) -> None:
    """The effect: the paper stays named, and its file is opened by nobody any more."""
    paper = _paper(taking)
    if paper.file_id is None:
        why = _("这份文件没有附件。")
        raise Refused(why, fields={"paper": why})
    paper.file = None
    paper.save(update_fields=["file"])


def _paper(taking: Taking) -> Paper:
    paper = Paper.objects.filter(conference=taking.subject, number=taking.answers["paper"]).first()
    if paper is None:
        why = _("没有这份文件。")
        raise Refused(why, fields={"paper": why})
    # The ledger keeps the paper as it was called, readable without this table.
    taking.answers["paper"] = f"{paper.number}. {paper.title}"
    return paper
