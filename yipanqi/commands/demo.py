"""`yipanqi demo`: the generated city, built by the same actions as everything else."""

from __future__ import annotations

import sys

import click

from yipanqi.commands.setup import ready

_LOCK = 0x64656D6F


def ensure_demo(*, cases: int = 300) -> str:
    """Build the city where none stands and write a checkpoint; returns the accounts to be told."""
    from django.conf import settings
    from django.utils import timezone

    from yipanqi.core import ledger, published
    from yipanqi.demo import load
    from yipanqi.insight import actions as figures
    from yipanqi.runtime.errors import PlainError

    if not settings.DEMO_CITY:
        # Its accounts share a printed password (S35).
        raise PlainError("This city is no demonstration (YIPANQI_DEMO=0): no demonstration is built in it.")
    _build(cases)
    ledger.checkpoint()
    try:
        published.publish()
    except published.NotABeginning as error:
        click.echo(f"Nothing new is published: {error}.", err=True)
    figures.advance(at=timezone.now())
    return load.accounts()


def _build(cases: int) -> None:
    """All of the city or nothing of it: half of one would be taken for a city by the next start."""
    from django.db import connection, transaction

    from yipanqi.demo import load
    from yipanqi.organisations.models import Unit

    with transaction.atomic():
        with connection.cursor() as cursor:
            # Portal and desk may start at once, and a killed run's last statement may still be under way.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if Unit.objects.exists():
            return
        with click.progressbar(length=100, label="Building the demo city", file=sys.stderr) as bar:
            load.build(cases=cases, progress=lambda share: bar.update(int(share * 100) - bar.pos))


@click.command()
@click.option(
    "--cases", default=300, show_default=True, help="How many generated cases stand behind the stories."
)
def command(cases: int) -> None:
    """Migrate, build the demonstration city where none stands, and write a checkpoint."""
    ready(migrated=True)
    click.echo(ensure_demo(cases=cases))
