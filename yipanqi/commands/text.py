"""`yipanqi text`: mend a text, and find the most alike; needs no database."""

from __future__ import annotations

import csv
import io
import sys
from typing import TYPE_CHECKING, Any

import click

from yipanqi.commands.files import TEXT_FILE, print_json, read_text

if TYPE_CHECKING:
    from yipanqi.text.similar import Alike, Document

_COLUMNS = ("id", "title", "text")


@click.group()
def command() -> None:
    """Mend a text, or find the most alike. FILE may be - for standard input; UTF-8 or GB18030."""


@command.command()
@click.argument("file", type=TEXT_FILE)
def clean(file: str) -> None:
    """Print FILE as it was meant, with each change and its place in the original, as JSON."""
    from yipanqi.text.clean import clean as mend

    mended = mend(read_text(file))
    changes = [
        {name: getattr(change, name) for name in ("start", "end", "before", "after", "rule")}
        for change in mended.changes
    ]
    print_json({"text": mended.text, "changes": changes})


@command.command()
@click.option("--index", required=True, type=TEXT_FILE, help="CSV with the columns id, title, text.")
@click.option(
    "--query", required=True, type=TEXT_FILE, help="CSV with the same columns; may be the same file."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def similar(index: str, query: str, as_json: bool) -> None:
    """For each row of the query, the five rows of the index that are most like it, but for itself, and why."""
    from yipanqi.text.similar import Index

    known = Index(_rows(index))
    found = [(each, known.like(each)) for each in _rows(query)]
    if as_json:
        print_json([{"id": each.id, "similar": [_shape(alike) for alike in like]} for each, like in found])
        return
    for each, like in found:
        click.echo(f"{each.id}  {each.title}")
        for alike in like:
            click.echo(f"  {alike.score:.3f}  {alike.id}  {alike.why}")
        if not like:
            click.echo("  -")


def _shape(alike: Alike) -> dict[str, Any]:
    return {"id": alike.id, "score": round(alike.score, 4), "why": str(alike.why)}


def _rows(file: str) -> list[Document]:
    """The rows of a CSV file with the columns id, title and text, wherever they stand."""
    from yipanqi.text.similar import Document

    # One long text in a cell is no attack: whoever runs the command brings the file.
    csv.field_size_limit(sys.maxsize)
    reader = csv.DictReader(io.StringIO(read_text(file), newline=""))
    try:
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise click.ClickException(f"{file} has no column {', '.join(missing)}.")
        return [Document(*(row[name] or "" for name in _COLUMNS)) for row in reader]
    except csv.Error as error:
        raise click.ClickException(f"{file}, line {reader.line_num}, is no CSV: {error}.") from None
