"""Requirements that are typed: the text in which they stand, and the year of a goal of one that never ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.meetings.actions import LineDraft
from yipanqi.meetings.models import Conference
from yipanqi.web.steps import Number


def sentences(text: str) -> list[str]:
    """The sentences of a short text, without what ends them."""
    return [said for said in (piece.strip() for piece in re.split(r"[。；;！!\n]", text)) if said]


def placed(conference: Conference, drafts: Sequence[LineDraft]) -> list[LineDraft]:
    """Requirements as they were typed, each with its place where it stands word by word in the text of its conference."""
    text = conference.report.text if hasattr(conference, "report") else ""
    found = []
    for draft in drafts:
        start = text.find(draft.text) if draft.text else -1
        found.append(draft if start < 0 else replace(draft, place=(start, start + len(draft.text))))
    return found


def year_field() -> forms.Field:
    """For which year a task is the goal; this one unless something else is said."""
    hint = _("这条要求长期坚持，每年另定目标；完成日期须在这一年里。")
    return Number(label=_("哪一年的目标"), initial=timezone.localdate().year, help_text=hint)


def read_year(typed: object) -> int | None:
    """The year that was typed, none where none was. Raises `Refused`."""
    text = str(typed or "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) == 4):
        why = _("请填写四位的年份。")
        raise Refused(why, fields={"year": why})
    return int(text) if text else None
