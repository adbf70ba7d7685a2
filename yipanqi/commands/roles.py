"""`yipanqi roles`."""

from __future__ import annotations

import secrets

import click

from yipanqi.runtime.grants import Names
from yipanqi.runtime.roles import roles_sql


@click.command()
def command() -> None:
    """Print the SQL that makes the database, its schemas and the four roles on another PostgreSQL server.

    It carries new random passwords each time. Run it as a superuser, then point MIGRATE_DATABASE_URL, DATABASE_URL,
    PORTAL_DATABASE_URL and ERASE_DATABASE_URL at it and run `yipanqi migrate`, which grants table by table.
    """
    names = Names()
    click.echo(
        roles_sql(
            {role: secrets.token_urlsafe(24) for role in ("owner", "app", "portal", "eraser")}, names=names
        )
    )
