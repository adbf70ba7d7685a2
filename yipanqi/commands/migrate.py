"""`yipanqi migrate`: the owner's only command. Schema, states and first limits, calendar, privileges."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg
from psycopg.conninfo import conninfo_to_dict

from yipanqi.runtime import environment, grants
from yipanqi.runtime.embedded import say_on_console as say
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.processes import run_apart

OWNER = "MIGRATE_DATABASE_URL"
_LOCK = 0x6D696772


def ensure_migrated() -> None:
    """Migrate in a process of its own, which alone has the owner's power. A host that was not given that power takes
    the database as it is."""
    if not os.environ.get(OWNER):
        say(f"{OWNER} is not given: the database is taken as it is")
        return
    command = [sys.executable, "-m", "yipanqi.commands.main", "migrate"]
    code, _ = run_apart(command, os.environ, output=sys.stderr.fileno())
    if code != 0:
        raise PlainError("The database could not be migrated; the reason is above.")


def run() -> None:
    """Migrate both schemas, write what is derived, and grant what each role needs."""
    import django

    os.environ["YIPANQI_ROLE"] = "owner"
    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from yipanqi.core import calendar, procedures, search

    names = _names()
    with _alone():
        call_command("migrate", database="jobs", verbosity=0)
        call_command("migrate", verbosity=0)
        procedures.synchronise()
        calendar.seed_calendar(first=2020, last=2026, at=timezone.now())
        _grant(names)
        if search.unfilled():
            _fill()


def _fill() -> None:
    """Make what there was before there was a search findable; a run that is stopped here goes on at the next."""
    from yipanqi.core import search

    done, place = 0, search.fill()
    while place is not None:
        done += 1
        if done % 20 == 0:
            say(f"{done * search.BATCH:,} matters can be searched; going on")
        place = search.fill(before=place)


@contextmanager
def _alone() -> Iterator[None]:
    """One at a time: portal and desk may start at once, and the statement of a killed run may still be under way.
    The lock is a connection's, so that a killed run gives it up."""
    with psycopg.connect(os.environ[OWNER], autocommit=True) as holding:
        holding.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield


def _names() -> grants.Names:
    """The roles that the environment's URLs name, by their tasks. PlainError where one has two: what is taken from
    the application would be taken from the owner."""
    from django.conf import settings

    usual = grants.Names()
    variables = {
        OWNER: usual.owner,
        "DATABASE_URL": usual.app,
        "PORTAL_DATABASE_URL": usual.portal,
        "ERASE_DATABASE_URL": usual.eraser,
    }
    users: dict[str, str] = {}
    for variable, default in variables.items():
        user = str(conninfo_to_dict(os.environ.get(variable, "")).get("user") or default)
        if user in users:
            raise PlainError(f"{users[user]} and {variable} name the same role, {user}. See `yipanqi roles`.")
        users[user] = variable
    owner, app, portal, eraser = users
    return grants.Names(
        owner=owner,
        app=app,
        portal=portal,
        eraser=eraser,
        database=str(settings.DATABASES["default"]["NAME"]),
        city=settings.CITY_SCHEMA,
        jobs=settings.JOBS_SCHEMA,
    )


def _grant(names: grants.Names) -> None:
    """Bring the privileges to the list in runtime/grants.py, in one transaction."""
    from django.db import connections, transaction

    with connections["jobs"].cursor() as cursor:
        jobs = connections["jobs"].introspection.table_names(cursor)
    with transaction.atomic(), connections["default"].cursor() as cursor:
        everything = connections["default"].introspection.table_names(cursor)
        city = [name for name in everything if not name.startswith("procrastinate_")]
        for statement in grants.grants_sql(city, names=names, jobs=jobs):
            cursor.execute(statement)


def refuse_too_much_power() -> None:
    """Refuse to serve with a role that could rewrite history or change the schema."""
    portal = os.environ.get("YIPANQI_SURFACE") == "portal"
    variable = "PORTAL_DATABASE_URL" if portal else "DATABASE_URL"
    with psycopg.connect(os.environ[variable]) as connection:
        for reason in grants.too_much_power(connection, role="portal" if portal else "app"):
            raise PlainError(f"{variable} has too much power: {reason}. See `yipanqi roles`.")


@click.command()
def command() -> None:
    """Bring the database up to date (with the owner's role)."""
    environment.prepare(command_needs_database=True)
    if not os.environ.get(OWNER):
        raise PlainError(f"{OWNER} is not given: only the owner's role can migrate. See `yipanqi roles`.")
    run()
    click.echo("The database is up to date.")


if __name__ == "__main__":
    command()
