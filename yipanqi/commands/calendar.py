"""`yipanqi calendar`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from yipanqi.commands.setup import ready


@click.group()
def command() -> None:
    """See and publish working days and holidays."""


@command.command()
@click.argument("year", type=int)
def show(year: int) -> None:
    """The days of a year that differ from their weekday, and whether the year's notice is published."""
    ready()
    from yipanqi.core.calendar import in_force

    calendar = in_force()
    published = year in calendar.published_years
    click.echo(
        f"{year}: {'published' if published else 'no notice published; counted by weekdays, provisional'}"
    )
    day = dt.date(year, 1, 1)
    while day.year == year:
        found = calendar.day(day)
        if found.name_zh:
            click.echo(f"{day} {day:%a}  {found.kind.value:16} {found.name_zh} {found.name_en}")
        day += dt.timedelta(days=1)


@command.command()
@click.argument("year", type=int)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="Number of the notice, e.g. 国办发明电〔2026〕… 号")
def publish(year: int, file: Path, source: str) -> None:
    """Publish a year's notice from FILE: a line a day, `2027-01-01 holiday 元旦 New Year` (or makeup_workday).

    Open limits that the year touches are counted anew.
    """
    ready()
    from django.utils import timezone

    from yipanqi.core.calendar import publish_notice, read_days
    from yipanqi.core.errors import Refused
    from yipanqi.core.terms import recount

    try:
        notice = publish_notice(
            year=year, source=source, days=read_days(file.read_text("utf-8")), at=timezone.now(), by=None
        )
    except Refused as refusal:
        raise click.ClickException(refusal.message) from None
    recount(at=timezone.now())
    click.echo(f"{year} is published, version {notice.version}; open limits were counted anew.")
