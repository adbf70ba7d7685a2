"""`yipanqi demo`: the generated city, built by the same actions as everything else."""

from __future__ import annotations

import sys

import click

from yipanqi.commands.setup import ready


def ensure_demo(*, cases: int = 300) -> str:
    """Build the city where none stands and write a checkpoint; returns the accounts to be told."""
    from django.utils import timezone

    from yipanqi.core import ledger
    from yipanqi.demo import load
    from yipanqi.insight import actions as figures
    from yipanqi.organisations.models import Unit

    if not Unit.objects.exists():
        with click.progressbar(length=100, label="Building the demo city", file=sys.stderr) as bar:
            load.build(cases=cases, progress=lambda share: bar.update(int(share * 100) - bar.pos))
        ledger.checkpoint()
        figures.advance(at=timezone.now())
    return load.accounts()


@click.command()
@click.option(
    "--cases", default=300, show_default=True, help="How many generated cases stand behind the stories."
)
def command(cases: int) -> None:
    """Migrate, build the demonstration city where none stands, and write a checkpoint."""
    ready(migrated=True)
    click.echo(ensure_demo(cases=cases))
