"""`yipanqi procedures`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from yipanqi.commands.setup import ready


@click.group()
def command() -> None:
    """Check the procedures, or write their pages."""


@command.command()
def check() -> None:
    """Prove each procedure; ends in one line, exit 0 only when all is well."""
    ready(database=False)
    from yipanqi.core.kinds import all_kinds
    from yipanqi.core.proceduredocs import stale
    from yipanqi.core.procedures import faults

    count = 0
    for kind in all_kinds():
        found = [*faults(kind.procedure), *stale(kind.procedure)]
        missing = set(kind.effects) - set(kind.procedure.step)
        found += [f"effect {name} belongs to no step" for name in sorted(missing)]
        for fault in found:
            click.echo(f"  ✗ {kind.procedure.code}: {fault}", err=True)
        count += len(found)
    if count:
        click.echo(f"NOT in order: {count} faults in {len(all_kinds())} procedures.")
        sys.exit(1)
    steps = sum(len(kind.procedure.steps) for kind in all_kinds())
    click.echo(f"In order: {len(all_kinds())} procedures, {steps} steps.")


@command.command()
@click.option(
    "--to", type=click.Path(path_type=Path), default=None, help="Folder; docs/procedures by default."
)
def docs(to: Path | None) -> None:
    """Write a page for each procedure: diagram, states, steps, terms with their basis."""
    ready(database=False)
    from yipanqi.core.kinds import all_kinds
    from yipanqi.core.proceduredocs import FOLDER, page

    folder = to or FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for kind in all_kinds():
        (folder / f"{kind.procedure.code}.md").write_text(page(kind.procedure), encoding="utf-8")
        click.echo(f"wrote {folder / kind.procedure.code}.md")
