"""The working-day calendar in force, read from its table; publishing a notice recomputes open terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from uuid import UUID

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Max
from django.utils.translation import gettext as _

from yipanqi.core.counting import Calendar, CalendarException, DayKind
from yipanqi.core.errors import Refused
from yipanqi.core.holidays import seed_exceptions
from yipanqi.core.models import CalendarDay, CalendarNotice, Change

_KEY = "calendar"


def in_force() -> Calendar:
    """The calendar of the highest version of each year's notice. Cached until a notice is added, so that another
    process's publication is seen at once at the price of one small query."""
    # Count and highest id: of two notices published at once the one with the lower id may commit last.
    seen = CalendarNotice.objects.aggregate(n=Max("id"), c=Count("id"))
    newest = (seen["n"], seen["c"])
    held: tuple[tuple[int | None, int], Calendar] | None = cache.get(_KEY)
    if held is not None and held[0] == newest:
        return held[1]
    notices: dict[int, CalendarNotice] = {}
    for notice in CalendarNotice.objects.order_by("year", "version"):
        notices[notice.year] = notice
    exceptions: dict[dt.date, CalendarException] = {
        day.date: (DayKind(day.kind), day.name_zh, day.name_en)
        for day in CalendarDay.objects.filter(notice__in=[n.pk for n in notices.values()])
    }
    version = ",".join(f"{n.year}v{n.version}" for n in list(notices.values())[-3:])
    calendar = Calendar(exceptions=exceptions, published_years=notices, version=version)
    cache.set(_KEY, (newest, calendar), None)
    return calendar


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
    """Put a year's notice (a new version of it) into force and recompute the open terms that it touches.

    Raises `Refused` where a day lies in another year or the source is missing.
    """
    from yipanqi.core.terms import recompute_open_terms

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
    changed = recompute_open_terms(since=dt.date(year, 1, 1))
    Change.objects.create(
        at=at,
        account=by,
        what="calendar",
        object_id=str(year),
        before={"version": before} if before else None,
        after={"version": before + 1, "source": source, "days": len(days), "terms": changed},
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
