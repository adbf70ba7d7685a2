"""`yipanqi keys`."""

from __future__ import annotations

import click

from yipanqi.commands.setup import ready


@click.group()
def command() -> None:
    """See, rotate and retire the wrapping keys, which lie beside the data and never in the database."""


@command.command("list")
def list_command() -> None:
    """The wrapping keys: id, cipher, and whether they are current, older or retired. Never a key itself."""
    ready(database=False)
    from yipanqi.core.keys import keyring

    ring = keyring()
    for key in ring.wrapping_keys():
        state = "current" if key.id == ring.current else ("retired" if key.retired else "older")
        click.echo(f"{key.id}  {key.algorithm}  {state}")
    click.echo(f"checkpoints are signed with the key {ring.public_key().hex()}")


@command.command()
@click.option("--algorithm", default=None, help="Change the cipher as well: aes-256-gcm or sm4-gcm.")
def rotate(algorithm: str | None) -> None:
    """Make a new wrapping key and bring every data key under it, while the service runs."""
    ready()
    from yipanqi.core import sealing
    from yipanqi.core.keys import keyring

    new = keyring().rotate(algorithm=algorithm)
    click.echo(f"New wrapping key {new}; {sealing.rewrap()} data keys brought under it.")


@command.command()
@click.argument("key")
def retire(key: str) -> None:
    """Destroy an older wrapping key; refused while a data key is still under it."""
    ready()
    from yipanqi.core import sealing
    from yipanqi.core.crypto.errors import CryptoError

    try:
        sealing.retire(key)
    except (ValueError, CryptoError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Wrapping key {key} is retired.")
