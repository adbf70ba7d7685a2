"""`yipanqi verify`."""

from __future__ import annotations

import sys

import click

from yipanqi.commands.setup import ready


@click.command()
def command() -> None:
    """Prove that no history was changed since the signed checkpoints. Ends in one line; exit 0 only when all is well."""
    ready()
    from yipanqi.core.verify import verify

    report = verify()
    for fault in report.faults:
        click.echo(f"  ✗ {fault}", err=True)
    counted = f"{report.matters} matters, {report.moves} moves, {report.checkpoints} checkpoints"
    if report.faults:
        number = len(report.faults)
        click.echo(f"NOT in order: {number} fault{'s' if number > 1 else ''} in {counted}.")
        sys.exit(1)
    click.echo(f"In order: {counted}.")
