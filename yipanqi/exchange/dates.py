"""Days and times as people and other systems write them."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from django.utils.translation import gettext as _

from yipanqi.core.counting import SHANGHAI
from yipanqi.core.errors import Refused

_DAY = r"(?P<y>\d{4})(?P<sep>[-/.年]?)(?P<m>\d{1,2})(?:(?P=sep)|月)(?P<d>\d{1,2})日?"
_TIME = r"(?P<H>\d{1,2})(?::|时|点)(?P<M>\d{1,2})(?:(?::|分)(?P<S>\d{1,2})(?:\.\d+)?秒?|分)?"
_ZONE = r"(?P<zone>Z|[+-]\d{2}:?\d{2})"
_WHEN = re.compile(rf"{_DAY}(?:[T ]*{_TIME} ?{_ZONE}?)?")
_SOLID = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:(?P<H>\d{2})(?P<M>\d{2})(?P<S>\d{2})?)?")


def read_moment(text: str) -> dt.datetime:
    """A time; a day alone is its beginning, and one without a zone is the city's. Raises `Refused`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _SOLID.fullmatch(plain) or _WHEN.fullmatch(plain)
    moment = _moment({name: value for name, value in found.groupdict().items() if value}) if found else None
    if moment is None:
        why = _("“%(text)s”不是日期。请写成 2026-03-09 或 2026-03-09 14:30。")
        raise Refused(why % {"text": text[:40]})
    return moment


def _moment(part: dict[str, str]) -> dt.datetime | None:
    year, month, day, hour, minute, second = (int(part.get(name, 0)) for name in "ymdHMS")
    if not 1949 <= year <= 2200:
        return None
    try:
        zone = _zone(part.get("zone"))
        return dt.datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(SHANGHAI)
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> dt.tzinfo:
    if text is None:
        return SHANGHAI
    return dt.UTC if text == "Z" else dt.datetime.strptime(text, "%z").tzinfo or SHANGHAI


def read_day(text: str) -> dt.date:
    """A day. Raises `Refused`."""
    return read_moment(text).date()
