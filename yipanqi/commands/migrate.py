"""`yipanqi migrate`: the owner's only command. Schema, states and first limits, calendar, privileges."""

from __future__ import annotations

import os
import subprocess
import sys

import click

from yipanqi.runtime import environment
from yipanqi.runtime.errors import PlainError


def ensure_migrated() -> None:
    """Migrate in a process of its own, which alone has the owner's power."""
    if subprocess.run([sys.executable, "-m", "yipanqi.commands.main", "migrate"], check=False).returncode:
        raise PlainError("The database could not be migrated; the reason is above.")


def run() -> None:
    """Migrate both schemas, write what is derived, and grant what each role needs."""
    import django

    os.environ["YIPANQI_ROLE"] = "owner"
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from yipanqi.core import calendar, procedures

    call_command("migrate", database="jobs", verbosity=0)
    call_command("migrate", verbosity=0)
    procedures.synchronise()
    calendar.seed_calendar(first=2020, last=2026, at=timezone.now())
    _grant()


def _grant() -> None:
    """Bring the privileges to the list in runtime/grants.py, in one transaction."""
    from django.conf import settings
    from django.db import connections, transaction
    from psycopg.conninfo import conninfo_to_dict

    from yipanqi.runtime import grants

    def user(variable: str, default: str) -> str:
        return str(conninfo_to_dict(os.environ.get(variable, "")).get("user") or default)

    usual = grants.Names()
    names = grants.Names(
        owner=user("MIGRATE_DATABASE_URL", usual.owner),
        app=user("DATABASE_URL", usual.app),
        portal=user("PORTAL_DATABASE_URL", usual.portal),
        eraser=user("ERASE_DATABASE_URL", usual.eraser),
        database=str(settings.DATABASES["default"]["NAME"]),
        city=settings.CITY_SCHEMA,
        jobs=settings.JOBS_SCHEMA,
    )
    with connections["jobs"].cursor() as cursor:
        jobs = connections["jobs"].introspection.table_names(cursor)
    with transaction.atomic(), connections["default"].cursor() as cursor:
        everything = connections["default"].introspection.table_names(cursor)
        city = [name for name in everything if not name.startswith("procrastinate_")]
        for statement in grants.grants_sql(city, names=names, jobs=jobs):
            cursor.execute(statement)


def refuse_too_much_power() -> None:
    """Refuse to serve with a role that could rewrite history or change the schema."""
    import psycopg

    from yipanqi.runtime import grants

    portal = os.environ.get("YIPANQI_SURFACE") == "portal"
    variable = "PORTAL_DATABASE_URL" if portal else "DATABASE_URL"
    with psycopg.connect(os.environ[variable]) as connection:
        for reason in grants.too_much_power(connection, role="portal" if portal else "app"):
            raise PlainError(f"{variable} has too much power: {reason}. See `yipanqi roles`.")


@click.command()
def command() -> None:
    """Bring the database up to date (with the owner's role)."""
    environment.prepare(command_needs_database=True)
    run()
    click.echo("The database is up to date.")


if __name__ == "__main__":
    command()
