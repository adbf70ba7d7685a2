"""`yipanqi accounts`: the first security administrator, and the way back where the last one is locked out."""

from __future__ import annotations

import click

from yipanqi.commands.setup import ready


@click.group()
def command() -> None:
    """Set an account up from the machine itself, where no security administrator can."""


@command.command("set-up")
@click.argument("login")
@click.option("--reason", required=True, help="Why, for the record.")
@click.option("--name", default="", help="Make the account where there is none: whose it is.")
@click.option(
    "--duty",
    type=click.Choice(["business", "system", "security", "audit"]),
    default="security",
    show_default=True,
    help="Of an account that is made.",
)
def set_up(login: str, reason: str, name: str, duty: str) -> None:
    """Print a code with which the owner of LOGIN sets password and second factor anew within a day.

    It takes the password, the factors and the sessions that there are, and is written down like a reset from the desk.
    """
    ready()
    from django.db import transaction
    from django.utils import timezone

    from yipanqi.core.gate import SYSTEM
    from yipanqi.people.actions import create_accounts, reset_account
    from yipanqi.people.models import Account

    now = timezone.now()
    with transaction.atomic():
        account = Account.objects.filter(login=login).first()
        if account is None:
            if not name:
                raise click.ClickException(f"There is no account {login}; --name makes one.")
            [account] = create_accounts(rows=[(login, name, duty)], password=None, by=None, at=now)
        code = reset_account(account=account, reason=reason, by=SYSTEM.viewer, at=now)
    click.echo(f"Set-up code of {login}, good for 24 hours and once: {code}")
