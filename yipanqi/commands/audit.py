"""`yipanqi audit`: the access log to the city's own log server."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from yipanqi.commands.setup import ready

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])


@click.group()
def command() -> None:
    """Give out who looked at what. Never what stood there."""


@command.command()
@click.option("--to", required=True, help="syslog://host:port, syslog+udp://host:port or the path of a file.")
@click.option("--since", type=MOMENT, help="From this moment on, in the city's time.")
@click.option(
    "--until", type=MOMENT, help="Up to this moment; five minutes ago at the latest, and by default."
)
@click.option(
    "--position",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A file that keeps the place, so that the next run goes on from there.",
)
def export(to: str, since: dt.datetime | None, until: dt.datetime | None, position: Path | None) -> None:
    """Write the access log as RFC 5424 lines. Interrupted, it goes on from the file of its position."""
    ready()
    from django.utils import timezone

    from yipanqi.core import access_log, syslog
    from yipanqi.core.counting import SHANGHAI

    now = timezone.now()
    latest = now - syslog.LAG
    end = min(latest, until.replace(tzinfo=SHANGHAI)) if until else latest
    begin = since.replace(tzinfo=SHANGHAI) if since else None
    access_log.note(account=None, page="command", at=now, fields=["access_log", "given_out"])
    try:
        done = syslog.give_out(to=to, position=position, since=begin, until=end)
    except syslog.Misnamed:
        raise click.ClickException(f"{to} is no syslog:// or syslog+udp:// address and no path.") from None
    except OSError as error:
        raise click.ClickException(f"{to} cannot be reached: {error.strerror or error}") from None
    click.echo(f"{done} rows were given out.")
