"""A message as it goes out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import dateformat, translation


@dataclass(frozen=True)
class Letter:
    """A message as it goes out; `calendar` is an iCalendar object that does what `method` says."""

    to: str
    subject: str
    body: str
    language: str = ""
    calendar: bytes = b""
    method: str = ""
    reply_to: str = ""


def day_words(day: dt.date) -> str:
    english = (translation.get_language() or "").startswith("en")
    return dateformat.format(day, "j F Y" if english else "Y年n月j日")
