"""The working-day calendar in force, read from its table; publishing a notice recomputes open terms."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from yipanqi.core.counting import Calendar, CalendarException, DayKind
from yipanqi.core.errors import Refused
from yipanqi.core.holidays import seed_exceptions
from yipanqi.core.labels import pick
from yipanqi.core.models import CalendarDay, CalendarNotice, Change, Recount

Edition = tuple[int | None, int]
# As columns, for whoever asks something else besides (`read_editions`).
EDITIONS = """
(SELECT max(id) FROM core_calendarnotice) AS newest_notice, (SELECT count(*) FROM core_calendarnotice) AS notices,
(SELECT max(id) FROM core_limit) AS newest_limit, (SELECT count(*) FROM core_limit) AS limits
"""
# The calendar of this process, by what it was read at.
_held: dict[Edition, Calendar] = {}


def editions() -> tuple[Edition, Edition]:
    """What calendar and limits can be known by, in one small query, so that another process's publication is seen at
    once. Rows are added and never changed; count and highest id: of two that are added at once the one with the lower
    id may commit last."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {EDITIONS}")
        return read_editions(*cursor.fetchone())


def read_editions(
    newest_notice: int | None, notices: int, newest_limit: int | None, limits: int
) -> tuple[Edition, Edition]:
    """From the columns."""
    return (newest_notice, notices), (newest_limit, limits)


# The same for pages that only show how much time is left, with when it was looked for; never from a transaction, which
# sees what may not come to be.
_shown: tuple[float, Calendar] | None = None
SHOWN = 1.0  # seconds


def for_showing() -> Calendar:
    """The calendar in force, or that of a second ago: good enough to tell what is left, never to count a limit."""
    global _shown
    if connection.in_atomic_block:
        return in_force()
    if _shown is None or time.monotonic() - _shown[0] > SHOWN:
        _shown = (time.monotonic(), in_force())
    return _shown[1]


def in_force(newest: Edition | None = None) -> Calendar:
    """The calendar of the highest version of each year's notice, kept until a notice is added."""
    newest = newest or editions()[0]
    if newest in _held:
        return _held[newest]
    notices: dict[int, CalendarNotice] = {}
    for notice in CalendarNotice.objects.order_by("year", "version"):
        notices[notice.year] = notice
    exceptions: dict[dt.date, CalendarException] = {
        day.date: (DayKind(day.kind), day.name_zh, day.name_en)
        for day in CalendarDay.objects.filter(notice__in=[n.pk for n in notices.values()])
    }
    version = ",".join(f"{n.year}v{n.version}" for n in list(notices.values())[-3:])
    calendar = Calendar(exceptions=exceptions, published_years=notices, version=version)
    _held.clear()
    _held[newest] = calendar
    return calendar


@dataclass(frozen=True)
class DaysOff:
    """A holiday: from its first day off up to and with its last."""

    name: str
    first: dt.date
    last: dt.date


LONG = 3  # days off in a row that are more than a weekend
AHEAD = 400


def next_days_off(today: dt.date) -> DaysOff | None:
    """The next long stretch of days off that begins after today, by the notices in force; None where none is known."""
    calendar, since = for_showing(), None
    begun = not calendar.is_working(today)  # those that have begun are not the next
    for span in range(1, AHEAD):
        day = today + dt.timedelta(days=span)
        if not calendar.is_working(day):
            since = since or day
            continue
        if since is not None and not begun and (day - since).days >= LONG:
            days = [calendar.day(since + dt.timedelta(days=n)) for n in range((day - since).days)]
            name = next((pick(d.name_zh, d.name_en) for d in days if d.name_zh), "")
            if name:
                return DaysOff(name, since, days[-1].on)
        since, begun = None, False
    return None


@transaction.atomic
def publish_notice(
    *,
    year: int,
    source: str,
    days: Mapping[dt.date, CalendarException],
    at: dt.datetime,
    by: UUID | None,
    published_on: dt.date | None = None,
) -> CalendarNotice:
    """Put a year's notice (a new version of it) into force. A job counts the open terms that it touches anew
    (`terms.recount`): there may be a hundred thousand of them, and nobody waits for that.

    Raises `Refused` where a day lies in another year or the source is missing.
    """
    if not source.strip():
        raise Refused(_("请填写通知的文号或来源。"), fields={"source": _("请填写。")})
    strays = [day for day in days if day.year != year]
    if strays:
        raise Refused(_("%(day)s 不在 %(year)s 年。") % {"day": strays[0], "year": year})
    before = (
        CalendarNotice.objects.select_for_update().filter(year=year).aggregate(n=Max("version"))["n"] or 0
    )
    notice = CalendarNotice.objects.create(
        year=year, version=before + 1, source=source, published_on=published_on, entered_at=at, entered_by=by
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(notice=notice, date=day, kind=kind, name_zh=zh, name_en=en)
        for day, (kind, zh, en) in sorted(days.items())
    )
    Recount.objects.create(notice=notice, since=dt.date(year, 1, 1))
    Change.objects.create(
        at=at,
        account=by,
        what="calendar",
        object_id=str(year),
        before={"version": before} if before else None,
        after={"version": before + 1, "source": source, "days": len(days)},
    )
    return notice


def seed_calendar(*, first: int, last: int, at: dt.datetime) -> None:
    """Put in the published years of the `chinesecalendar` package that the table does not have yet."""
    have = set(CalendarNotice.objects.values_list("year", flat=True))
    for year in range(first, last + 1):
        if year not in have:
            publish_notice(
                year=year,
                source="国务院办公厅（chinesecalendar 1.11）",
                days=seed_exceptions([year]),
                at=at,
                by=None,
            )


def read_days(text: str) -> dict[dt.date, CalendarException]:
    """Days from lines `2027-01-01 holiday 元旦 New Year`. Raises `Refused` with the line that is wrong."""
    days: dict[dt.date, CalendarException] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        words = line.split(maxsplit=3)
        try:
            day, kind = dt.date.fromisoformat(words[0]), DayKind(words[1])
            zh, en = words[2], words[3]
        except (ValueError, IndexError):
            raise Refused(
                _("第 %(n)d 行看不懂：%(line)s。应写成：2027-01-01 holiday 元旦 New Year")
                % {"n": number, "line": line.strip()[:60]}
            ) from None
        if day in days:
            raise Refused(_("%(day)s 写了两次。") % {"day": day})
        days[day] = (kind, zh, en)
    return days
