"""What was read of a report. What the text does not say is empty; a year is never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A principle is conveyed and studied, and no percentage is ever asked of it; a task is work that can be asked for."""

    PRINCIPLE = "principle"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Person:
    """A leader as the text names them; the post as it stands before the name, or the unit where it gives only that."""

    name: str
    post: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One verb with its object: ``text[start:end] == clause``, without the subject and the modal verb before it."""

    clause: str
    start: int
    end: int
    kind: Kind
    theme: str  # the heading it stands under, else the clause that opens its sentence
    action: str
    object: str
    units: tuple[str, ...]  # as the text names them: the subject, or who leads and helps
    due: str  # YYYY-MM-DD where the text gives a whole date, else its words


@dataclass(frozen=True, slots=True)
class Report:
    """``text`` is the mended text, to which all positions refer."""

    text: str
    is_report: bool
    date: str = ""  # YYYY-MM-DD, or MM-DD where the text has no year
    title: str = ""
    form: str = ""  # what kind the text says it was: 视频, 电视电话, 现场, 线上线下相结合
    chair: str = ""
    attending: tuple[Person, ...] = ()
    conveyed: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    main_venue: str = ""
    branch_venues: bool = False
    attendees: tuple[str, ...] = ()
    leaders: tuple[str, ...] = ()
    speech_by: str = ""
    requirements: tuple[Requirement, ...] = ()
