"""`yipanqi erase`: the only use of the eraser's role."""

from __future__ import annotations

import os

import click

from yipanqi.commands.setup import ready


@click.command()
@click.argument("number")
@click.option(
    "--move", type=int, help="Erase what was said in this move; without it, the identity and the words."
)
@click.option("--basis", required=True, help="The article or decision that demands it; kept.")
@click.confirmation_option(prompt="What is erased can never be read again. Go on?")
def command(number: str, move: int | None, basis: str) -> None:
    """Erase, because the law demands it, what the case NUMBER holds: the history stays provable without it."""
    os.environ["YIPANQI_ROLE"] = "eraser"
    ready()
    from django.db import transaction
    from django.utils import timezone

    from yipanqi.cases.models import Case
    from yipanqi.cases.references import read_reference
    from yipanqi.core import erasing
    from yipanqi.notices import sealed

    found = (
        Case.objects.filter(number=read_reference(number) or number)
        .values_list("pk", "submission__seal_id")
        .first()
    )
    if found is None:
        raise click.ClickException(f"There is no case {number}.")
    try:
        if move is not None:
            with transaction.atomic():
                erasing.erase_payload(matter=found[0], number=move, basis=basis, at=timezone.now())
                sealed.forget(matter=found[0], number=move)
        else:
            erasing.erase_seal(seal=found[1], basis=basis, at=timezone.now())
    except (LookupError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    click.echo("Erased. `yipanqi verify` shows that nothing else changed.")
