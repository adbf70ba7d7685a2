"""The SQL that makes roles, database and schemas: run by the embedded server, printed for another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from yipanqi.runtime.grants import Names, grants_sql, ident, literal


def role_statements(names: Names, passwords: Mapping[str, str]) -> list[str]:
    """Create the four roles where they are absent; ``passwords`` by owner, app, portal, eraser. For any
    database of the server, as one who may create roles."""
    if any(not re.fullmatch(r"[\w.~-]+", word, re.ASCII) for word in passwords.values()):
        raise ValueError("a password here has only letters, digits and . _ ~ -")
    kinds = zip(("owner", "app", "portal", "eraser"), names.roles, strict=True)
    made = [_create_role(role, passwords[kind]) for kind, role in kinds]
    # Only a superuser can create a database for a role that it is no member of.
    join = (
        "DO $$BEGIN IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN "
        f"EXECUTE format('GRANT {ident(names.owner)} TO %I', current_user); END IF; END$$"
    )
    return [*made, join]


def _create_role(role: str, password: str) -> str:
    options = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    create = f"CREATE ROLE {ident(role)} {options} PASSWORD {literal(password)}"
    return (
        f"DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal(role)}) "
        f"THEN {create}; END IF; END$$"
    )


def create_database(names: Names) -> str:
    """Create the database, in code-point order and UTF-8. Not allowed inside a transaction."""
    return (
        f"CREATE DATABASE {ident(names.database)} OWNER {ident(names.owner)} ENCODING 'UTF8' "
        "TEMPLATE template0"
    )


def database_statements(names: Names) -> list[str]:
    """Inside the new database, as the one who made it: schemas, search paths, and nothing in `public`.
    May be run again."""
    database, users = ident(names.database), ", ".join(map(ident, names.users))
    owner = ident(names.owner)
    path = f"{ident(names.city)}, {ident(names.jobs)}"
    schemas = [
        f"CREATE SCHEMA IF NOT EXISTS {ident(schema)} AUTHORIZATION {owner}"
        for schema in (names.city, names.jobs)
    ]
    return [
        f"REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        f"GRANT CONNECT ON DATABASE {database} TO {users}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        *schemas,
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        *(
            f"ALTER ROLE {ident(role)} IN DATABASE {database} SET search_path = {path}"
            for role in names.roles
        ),
    ]


def roles_sql(
    passwords: Mapping[str, str],
    *,
    names: Names | None = None,
    tables: Iterable[str] | None = None,
    jobs: Iterable[str] = (),
) -> str:
    """A script for psql, to be run once as the administrator of another server, 15 to 18: roles, database,
    schemas and search paths; with ``tables`` (what a migration has made) the privileges as well, which
    `yipanqi migrate` otherwise sets. It may be run again."""
    names = names or Names()
    make = literal(create_database(names))
    absent = f"NOT EXISTS (SELECT FROM pg_database WHERE datname = {literal(names.database)})"
    parts = [
        "-- Run as the server's administrator: psql -v ON_ERROR_STOP=1 -f this-file postgres",
        *(f"{statement};" for statement in role_statements(names, passwords)),
        f"SELECT {make} WHERE {absent} \\gexec",
        f"\\connect {ident(names.database)}",
        *(f"{statement};" for statement in database_statements(names)),
    ]
    if tables is not None:
        parts += [
            "BEGIN;",
            *(f"{statement};" for statement in grants_sql(tables, names=names, jobs=jobs)),
            "COMMIT;",
        ]
    return "\n".join(parts) + "\n"
