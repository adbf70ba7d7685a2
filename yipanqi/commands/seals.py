"""`yipanqi seals`: documents to the city's seal platform and back."""

from __future__ import annotations

import datetime as dt

import click

from yipanqi.commands.setup import ready

NOBODY = "YIPANQI_SEALS_FOLDER names no folder: nothing is handed over."


@click.command()
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="Documents of so many days."
)
@click.option(
    "--most", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="At most so many."
)
def command(days: int, most: int) -> None:
    """Hand over what is not sealed yet, and take what has come back. It may run any number of times."""
    ready()
    from django.conf import settings
    from django.utils import timezone

    from yipanqi.exchange.seals import Folder, NotSealed, Outgoing
    from yipanqi.notices import sealed

    if settings.SEALS_FOLDER is None:
        raise click.ClickException(NOBODY)
    at, wrong = timezone.now(), 0
    try:
        platform = Folder(settings.SEALS_FOLDER)
        gone = 0
        for one in sealed.to_seal(since=at - dt.timedelta(days=days), most=most):
            unit = one.issued.unit
            document = Outgoing(
                str(one.issued.pk), one.issued.number, one.title, one.issued.unit_name, unit.code, one.content
            )
            sealed.went_out(document=one, reference=platform.submit(document), at=at)
            gone += 1
        back = 0
        for copy in sealed.out():
            try:
                found = platform.fetch(copy.reference, copy.submitted)
            except NotSealed as why:
                click.echo(f"{copy.reference}: {why.why}", err=True)
                wrong += 1
                continue
            if found is not None:
                sealed.came_back(copy=copy, content=found.content, content_type=found.content_type, at=at)
                back += 1
    except OSError as error:
        raise click.ClickException(f"The folder cannot be used: {error.strerror or error}") from None
    click.echo(f"{gone} went out, {back} came back sealed, {wrong} are not what they should be.")
    if wrong:
        raise SystemExit(1)
