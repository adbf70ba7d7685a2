"""Words of the components: days, moments, lights and what is to be said of a time limit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import dateformat, timezone
from django.utils.translation import gettext as _, ngettext, pgettext

from yipanqi.core.models import Limit
from yipanqi.web.components.shapes import Colour, DueLike

# A limit is "near" on its last day and the two working days before it.
NEAR = 2


def day_text(day: dt.date) -> str:
    """A date with its weekday: 2026年11月30日 星期一 / Mon 30 Nov 2026."""
    return dateformat.format(day, pgettext("date format", "Y年n月j日 l"))


def short_day_text(day: dt.date) -> str:
    """A date without its year, for dense lists: 11月30日 / 30 Nov."""
    return dateformat.format(day, pgettext("date format", "n月j日"))


def moment_text(at: dt.datetime) -> str:
    """A moment in the city's time: 2026年11月30日 14:05 / 30 Nov 2026, 14:05."""
    return dateformat.format(timezone.localtime(at), pgettext("date format", "Y年n月j日 H:i"))


def amount_text(limit: Limit) -> str:
    """How long a limit is: 5 个工作日 / 5 working days."""
    if limit.unit == Limit.WORKING:
        text = ngettext("%(n)d 个工作日", "%(n)d 个工作日", limit.amount)
    elif limit.unit == Limit.MONTHS:
        text = ngettext("%(n)d 个月", "%(n)d 个月", limit.amount)
    else:
        text = ngettext("%(n)d 天", "%(n)d 天", limit.amount)
    return text % {"n": limit.amount}


def light_word(colour: Colour) -> str:
    """The usual word of a light."""
    return {
        "green": _("正常推进"),
        "yellow": _("临近期限"),
        "red": _("已超期"),
        "grey": _("尚未开始"),
        "blue": _("已办结"),
    }[colour]


def count_text(number: int, bounded: bool) -> str:
    """A count; a bounded one stopped counting there and says so: 1000+."""
    return f"{number}+" if bounded else str(number)


def size_text(size: int) -> str:
    """The size of a file: 3.4 MB, 120 KB."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(size // 1024, 1)} KB"


@dataclass(frozen=True)
class Reading:
    """What a time limit comes to at a glance: light, words, and a short form for dense lists."""

    colour: Colour
    words: str
    brief: str


def read_due(due: DueLike) -> Reading:
    """The reading of a time limit. What is over is told as over; lateness is never softened."""
    if getattr(due, "dropped", False):
        return Reading("grey", _("这项期限不再适用"), _("不再适用"))
    if due.met is not None:
        return _over(due, due.late_by)
    if due.paused:
        return Reading("grey", _("暂停计时"), _("暂停"))
    if due.effective is None:
        return Reading("grey", _("期限尚未起算"), _("未起算"))
    if due.late_by > 0:
        return _late(due.late_by)
    return _running(due.working_days_left, due.effective)


def _over(due: DueLike, days: int) -> Reading:
    if getattr(due, "over", False):
        return Reading("grey", _("这段时间已过"), _("已过"))
    if due.met and days < 1:
        return Reading("green", _("已按期完成"), _("已完成"))
    text = ngettext("已完成，超期 %(days)s 天", "已完成，超期 %(days)s 天", days) % {"days": days}
    return Reading("red", text if days > 0 else _("未按期完成"), _("超期完成"))


def _late(days: int) -> Reading:
    text = ngettext("已超期 %(days)s 天", "已超期 %(days)s 天", days) % {"days": days}
    return Reading("red", text, ngettext("超期 %(days)s 天", "超期 %(days)s 天", days) % {"days": days})


def _running(left: int, last: dt.date) -> Reading:
    if left < 1:
        # A date that was given, not counted, may lie on a day of rest: no working day is left, yet it is not today.
        if last > timezone.localdate():
            return Reading("yellow", _("剩余不足 1 个工作日"), _("不足 1 日"))
        return Reading("yellow", _("今天到期"), _("今天"))
    words = ngettext("还剩 %(days)s 个工作日", "还剩 %(days)s 个工作日", left) % {"days": left}
    brief = ngettext("剩 %(days)s 日", "剩 %(days)s 日", left) % {"days": left}
    return Reading("yellow" if left <= NEAR else "green", words, brief)
