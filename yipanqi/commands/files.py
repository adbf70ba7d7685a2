"""Texts that a command is given, and what it prints of them."""

from __future__ import annotations

import json
from typing import Any

import click

from yipanqi.text.encodings import decoded

#: A file, or - for standard input.
TEXT_FILE = click.Path(allow_dash=True, dir_okay=False)


def read_text(file: str) -> str:
    """The text of the file, in whichever of the two encodings it is; line ends stay."""
    try:
        with click.open_file(file, "rb") as opened:
            data: bytes = opened.read()
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror or error}.") from None
    text = decoded(data)
    if text is None:
        raise click.ClickException(f"{file} is no text in UTF-8 or GB18030.")
    return text


def print_json(value: Any) -> None:
    # A lone surrogate, which JSON can write and UTF-8 cannot, must not end the command.
    text = json.dumps(value, ensure_ascii=False)
    click.echo(text.encode("utf-8", "backslashreplace"))
