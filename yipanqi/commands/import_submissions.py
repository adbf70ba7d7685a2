"""`yipanqi import-submissions`: a file of what people said elsewhere, by the same flow as the page."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yipanqi.commands.setup import ready

if TYPE_CHECKING:
    from yipanqi.exchange.flow import Failure
    from yipanqi.exchange.models import ImportRun

SHOWN = 20


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--history", is_flag=True, help="Long past: no limits, no notices; the date may be unknown.")
@click.option(
    "--kind",
    type=click.Choice(["order", "suggestion", "claim"]),
    default="order",
    show_default=True,
    help="What they are where no column says so.",
)
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Which column is which; may be repeated. Empty COLUMN: none. The rest is guessed from the headers.",
)
@click.option("--dry-run", is_flag=True, help="Check every row and write nothing.")
@click.option(
    "--failed",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rows that failed here, with the reasons, to mend and import again.",
)
@click.option(
    "--system", "system_code", default="", help="The system of record whose numbers the file gives."
)
@click.option(
    "--mend/--no-mend", default=None, help="Mend the text that staff read (default: with --history)."
)
@click.pass_context
def command(
    ctx: click.Context,
    file: Path,
    history: bool,
    kind: str,
    columns: tuple[str, ...],
    dry_run: bool,
    failed: Path | None,
    system_code: str,
    mend: bool | None,
) -> None:
    """Import the submissions in FILE (CSV or XLSX). Called again with the same file it goes on where it was left:
    no row goes in twice. Exit code 0 only if every row is in."""
    ready()
    options = {
        "history": history,
        "kind": kind,
        "mend": history if mend is None else mend,
        "system": system_code,
    }
    mapping = dict(column.partition("=")[::2] for column in columns)
    started = time.monotonic()
    run, failures = _checked(file, options, mapping) if dry_run else _imported(file, options, mapping)
    if failed is not None and failures:
        _write_failed(failed, run.headers, failures)
    for failure in failures[:SHOWN]:
        click.echo(f"row {failure.number}: {failure.reasons}", err=True)
    if len(failures) > SHOWN:
        click.echo(f"… and {len(failures) - SHOWN} more rows", err=True)
    seconds = max(time.monotonic() - started, 0.001)
    click.echo(
        f"{'Checked' if dry_run else 'Imported'} {run.rows} rows in {seconds:.1f} s ({run.rows / seconds:.0f} rows/s): "
        f"{run.entered} {'can go in' if dry_run else 'went in'}, {run.known} were in already, {run.failed} failed."
    )
    ctx.exit(1 if run.failed else 0)


def _columns(headers: list[str], guessed: dict[str, str], mapping: dict[str, str]) -> dict[str, str]:
    """What was guessed, and what was said over it."""
    from yipanqi.exchange.actions import check_mapping
    from yipanqi.exchange.targets import target_named

    kept = {name: header for name, header in guessed.items() if header not in mapping.values()}
    return check_mapping(target_named("submissions"), headers, {**kept, **mapping})


def _checked(file: Path, options: dict[str, Any], mapping: dict[str, str]) -> tuple[ImportRun, list[Failure]]:
    """Every row read and checked, by the same code, with nothing written."""
    from yipanqi.core.gate import SYSTEM
    from yipanqi.exchange import actions
    from yipanqi.exchange.flow import Failure, Reading
    from yipanqi.exchange.reading import opened
    from yipanqi.exchange.targets import target_named

    with _in_words(), file.open("rb") as source:
        target = target_named("submissions")
        run = actions.look_at(
            target=target, source=source, name=file.name, by=SYSTEM, system=_system(options), options=options
        )
        run.mapping = _columns(run.headers, run.mapping, mapping)
        _say_columns(run)
        failures = []
        with opened(source) as table:
            reading = Reading(target, target.open(run.options), run.headers, run.mapping)
            columns = reading.columns()
            for line in table.rows():
                row = reading.row(line, columns)
                if isinstance(row, Failure):
                    failures.append(row)
                _progress(run, line.number - 1)
    run.failed, run.entered = len(failures), run.rows - len(failures)
    _clear_progress()
    return run, failures


def _imported(
    file: Path, options: dict[str, Any], mapping: dict[str, str]
) -> tuple[ImportRun, list[Failure]]:
    from django.utils import timezone

    from yipanqi.core.gate import SYSTEM
    from yipanqi.exchange import actions, queries

    with _in_words(), file.open("rb") as source:
        run = actions.receive_file(
            target="submissions",
            source=source,
            name=file.name,
            by=SYSTEM,
            at=timezone.now(),
            system=_system(options),
            options=options,
            keep=False,
        )
        run = actions.start_import(
            run=run,
            mapping=_columns(run.headers, run.mapping, mapping),
            options={},
            for_good=True,
            by=SYSTEM,
            at=timezone.now(),
            queued=False,
        )
        _say_columns(run)
        began = time.monotonic()
        actions.advance_import(
            run=run,
            source=source,
            by=SYSTEM,
            now=timezone.now,
            told=lambda run: _progress(run, run.dealt_with, began),
        )
    _clear_progress()
    run.refresh_from_db()
    failures = list(queries.failures(run))
    # They are the operator's from here on: nothing of what persons wrote stays behind.
    actions.forget_import(run=run, at=timezone.now())
    return run, failures


def _say_columns(run: ImportRun) -> None:
    """Which column is which, and which are left behind: a name in a column that nobody knows would be lost unsaid."""
    from yipanqi.exchange.targets import unused

    click.echo("; ".join(f"{name} = {header}" for name, header in run.mapping.items()), err=True)
    left = unused(run.headers, run.mapping)
    if left:
        click.echo(f"Not used (--map FIELD=COLUMN uses it): {', '.join(left)}", err=True)


def _system(options: dict[str, Any]) -> Any:
    """The system of record; one that has no field map yet still has its numbers."""
    from yipanqi.exchange.models import System

    return System.objects.filter(pk=options["system"]).first() if options["system"] else None


class _in_words:  # noqa: N801 - used as a statement
    """What the flow refuses, by field."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        from yipanqi.core.errors import Refused

        if isinstance(error, Refused):
            told = "; ".join(f"{name}: {why}" for name, why in error.fields.items()) or error.message
            raise click.ClickException(told) from None


def _progress(run: ImportRun, done: int, began: float | None = None) -> None:
    if not sys.stderr.isatty() and done % 500:
        return
    rate = f", {done / max(time.monotonic() - began, 0.001):.0f} rows/s" if began else ""
    end = "\r" if sys.stderr.isatty() else "\n"
    click.echo(
        f"{done} of {run.rows} rows ({100 * done // max(run.rows, 1)} %){rate}{end}", nl=False, err=True
    )


def _clear_progress() -> None:
    if sys.stderr.isatty():
        click.echo(" " * 60 + "\r", nl=False, err=True)


def _write_failed(to: Path, headers: list[str], failures: list[Failure]) -> None:
    """The failed rows alone, in the file's own columns, and the reasons. Readable by the operator alone."""
    import os

    from yipanqi.exchange.failed import table_of
    from yipanqi.exchange.reading import CSV, XLSX
    from yipanqi.exchange.writing import write

    kind = XLSX if to.suffix.lower() == ".xlsx" else CSV
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        write(kind, *table_of(headers, failures), out)
