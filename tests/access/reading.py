"""Who may read what where: the table that the sentinel crawl is held against."""

from __future__ import annotations

from dataclasses import dataclass

from tests.access.sentinels import SAID, Found, Plantation, Planted
from tests.factories import STAFF

SUBMITTER = "submitter"  # with their own secret
EVERYBODY = "everybody"
INTAKE = ("clerk", "clerk2", "auditor", "callback")


@dataclass(frozen=True)
class Line:
    """On pages of these names these people may read these kinds of sentinel of cases at these stages."""

    kinds: tuple[str, ...]
    pages: str
    who: str
    stages: str


CLEARED = "handling answered served closed unjudged"
SERVED = "served closed unjudged"
LISTS = "desk:queue desk:queue_out desk:notices desk:matter desk:board desk:line desk:conference"
MEETINGS = (
    "desk:meetings desk:prepare desk:roster desk:meeting_file desk:meeting_sheet desk:new_lines desk:search"
)
TRACKING = "portal:case portal:receipt_file api:track"
TABLE = (
    # Intake sees what it takes in, until it has sent it on.
    Line(SAID, "desk:matter", "clerk", "registered returned"),
    Line(("title",), "desk:queue desk:queue_out", "clerk", "registered"),
    # Where somebody pointed is said with the words, and goes along with the text where the clerk let it.
    Line(("point",), "desk:matter", "clerk", "registered returned"),
    Line(("point",), "desk:matter", "intake lead co", f"{CLEARED} returned"),
    # With the words go the originals of the photos, and what they are called; what handlers get says neither.
    Line(("file_name",), "desk:matter", "clerk", "registered returned"),
    Line(("camera",), "desk:file", "clerk", "registered returned"),
    # Whoever brought a file gets the rows back that failed.
    Line(SAID, "desk:failed_rows", "clerk", "registered"),
    # What was cleared is for who sent it on and who handles it. A list shows titles, and a page the list beside it.
    Line(("cleared_title",), LISTS, "intake lead co", CLEARED),
    Line(("cleared_title",), "desk:closed", "intake lead co", "closed unjudged"),
    Line(("cleared_text",), "desk:matter", "intake lead co", CLEARED),
    # What could not follow a step on several is named to whoever ordered it.
    Line(("cleared_title",), "desk:order", "lead", CLEARED),
    # A search finds by number what one may find, and shows of it what the queue shows; by words what one reads.
    Line(("title",), "desk:search", "clerk", "registered"),
    Line(("cleared_title", "cleared_text"), "desk:search", "intake lead co", f"{CLEARED} returned"),
    Line(("task_title", "task_goal"), "desk:search", "task", ""),
    Line(("cleared_title",), "desk:matter desk:queue desk:queue_out desk:notices", "intake", "returned"),
    Line(("cleared_text", "return"), "desk:matter", "intake", "returned"),
    Line(("question", "reply", "request"), "desk:matter", "intake lead co", CLEARED),
    Line(("answer",), "desk:matter desk:document_page", "intake lead co", f"answered {SERVED}"),
    Line(("proof",), "desk:matter", "intake", SERVED),
    # What units say to each other beside the work, and what the sender's office keeps to itself.
    Line(("note", "urging"), "desk:matter", "intake lead co", CLEARED),
    Line(("office_note",), "desk:matter", "intake", CLEARED),
    # What goes with a verdict waits for the end of the time to judge (H6).
    Line(("comment",), "desk:matter", "intake lead co", "closed"),
    # A submitter reads what tracking allows, of their own case: no name, no words as said.
    Line(("cleared_title",), "portal:case", SUBMITTER, f"{CLEARED} returned"),
    Line(("question", "reply"), TRACKING, SUBMITTER, CLEARED),
    Line(("answer",), f"{TRACKING} portal:document_page", SUBMITTER, SERVED),
    Line(("comment",), TRACKING, SUBMITTER, "served closed"),
    # What was split off is the sender's and the submitter's: whoever handles the rest reads nothing of it.
    Line(("split_title", "split_text"), "desk:matter desk:search", "intake", "handling"),
    Line(("split_title",), "desk:queue desk:queue_out", "intake", "handling"),
    Line(("split_title",), "portal:case", SUBMITTER, "handling"),
    # Whom to call and what is to be said is read by who asks for a verdict; the number after opening it alone.
    Line(("cleared_title",), "desk:calls desk:call", "callback", "unjudged"),
    Line(("answer",), "desk:call", "callback", "unjudged"),
    # What was written to be published everybody reads, and nothing else of the case; on its own page it is a move.
    Line(("published",), "portal:others portal:other", EVERYBODY, "closed"),
    Line(("published",), "desk:matter", "intake lead co", "closed"),
    Line(("published",), TRACKING, SUBMITTER, "closed"),
    # A task is no resident's.
    Line(("task_title",), LISTS, "task", ""),
    Line(("task_title",), "desk:conference_out desk:tasks_out", "task", ""),
    Line(("task_title",), "desk:break_down desk:bind_line", "task", ""),
    Line(("task_goal", "task_note", "task_target", "task_asked"), "desk:matter", "task", ""),
    # Nor is a conference; what a unit replied is its own business and the convener's.
    Line(("meeting_title",), f"{LISTS} {MEETINGS}", "task", ""),
    Line(("meeting_title",), "desk:conference_out", "task", ""),
    Line(("meeting_purpose",), "desk:matter desk:search", "task", ""),
    Line(("leave_reason",), "desk:matter", "replied", ""),
    # Nor is a decomposition plan; what a unit says of it is its own business and the sender's.
    Line(("plan_title",), f"{LISTS} desk:search desk:plan_print", "task", ""),
    Line(("plan_title",), "desk:approvals", "task", ""),
    Line(("dispute",), "desk:matter desk:plan_print", "replied", ""),
    # What goes to a leader, and what they wrote, is the office's own until it is distributed.
    Line(
        ("instruction_title",),
        "desk:queue desk:queue_out desk:matter desk:meetings desk:board desk:conference desk:report"
        " desk:keep_scan desk:new_lines desk:search desk:conference_out",
        "office",
        "",
    ),
    Line(("instruction_purpose",), "desk:matter desk:search", "office", ""),
    Line(("instruction_said",), "desk:matter desk:report desk:new_lines", "office", ""),
)


def groups(role: str, planted: Planted | None, proved: int) -> set[str]:
    """What somebody is to a case: its intake, lead, helper or submitter; or whether task and conference are theirs."""
    if planted is None:
        found = {"task"} if role in ("insider", "colleague", "deputy") else set()
        found |= {"office"} if role == "deputy" else set()
        return found | ({"replied"} if role in ("insider", "deputy") else set())
    what, unit = STAFF.get(role, ("", ""))
    return {
        name
        for name, is_so in {
            "intake": role in INTAKE,
            "clerk": what == "clerk",
            "callback": what == "callback",
            "lead": what == "handler" and unit == planted.lead,
            "co": what == "handler" and unit == planted.co,
            EVERYBODY: True,
            SUBMITTER: role == SUBMITTER and proved == planted.index,
        }.items()
        if is_so
    }


def allowed(world: Plantation, found: Found, page: str, role: str, proved: int) -> set[Line]:
    """The lines of the table that let this person read this there."""
    planted = world.by_index.get(found.case)
    mine = groups(role, planted, proved)
    return {
        line
        for line in TABLE
        if found.kind in line.kinds
        and page in line.pages.split()
        and mine & set(line.who.split())
        and (planted is None or planted.stage in line.stages.split())
    }
