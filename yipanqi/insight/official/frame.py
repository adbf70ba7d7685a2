"""What all documents have in common: their fixed words, who signs, and what their figures are made by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language, gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.gate import Viewer
from yipanqi.exchange.paper import Block, Paper
from yipanqi.notices.letters import day_words
from yipanqi.notices.papers import TITLES, framed
from yipanqi.notices.queries import text_in_force
from yipanqi.organisations.models import Unit


@dataclass(frozen=True)
class TasksOf:
    """The tasks of a conference, or of one of its requirements; of one light where a colour is given."""

    conference: int
    line: int | None = None
    light: str = ""


@dataclass(frozen=True)
class BoardOf:
    """The board of a conference: its requirements."""

    conference: int


@dataclass(frozen=True)
class PageOf:
    """The page of a matter; `part` is a place on it."""

    matter: UUID
    part: str = ""


def paper(
    code: str,
    values: Mapping[str, str],
    blocks: Sequence[Block],
    *,
    issuer: str,
    at: dt.datetime,
    wide: bool = False,
) -> Paper:
    """The document of a code with its words in force, in the language of the reader."""
    text = text_in_force(code)
    frame = framed(text.subject, text.body, {**values, "issuer": issuer})
    day = day_of(at)
    return Paper(
        name=str(TITLES[code]),
        title=frame.title,
        greeting=frame.greeting,
        opening=frame.opening,
        blocks=blocks,
        closing=frame.closing,
        signer=frame.signer,
        day=day,
        day_text=day_words(day),
        lang="en" if (get_language() or "").startswith("en") else "zh",
        wide=wide,
    )


def own_unit(viewer: Viewer) -> str:
    """The unit that signs what a viewer takes out."""
    found = Unit.objects.filter(pk=viewer.unit).first() if viewer.unit else None
    return str(found) if found else _("一盘棋")
