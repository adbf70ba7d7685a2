"""What each database role may do, as a list, and the SQL that makes it so.

The owner migrates and nothing else uses it. Everything not listed is: all four row privileges for the
application, nothing for the portal, nothing for the eraser. Append-only is a grant and not a trigger, so
that a captured web process cannot rewrite history (architecture §7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from psycopg import Connection

Privileges = tuple[str, ...]
ALL: Privileges = ("select", "insert", "update", "delete")
READ: Privileges = ("select",)
APPEND: Privileges = ("select", "insert")
NONE: Privileges = ()


@dataclass(frozen=True, slots=True)
class Names:
    """The names of roles, database and schemas on one server."""

    owner: str = "yipanqi_owner"
    app: str = "yipanqi_app"
    portal: str = "yipanqi_portal"
    eraser: str = "yipanqi_eraser"
    database: str = "yipanqi"
    city: str = "city"
    jobs: str = "jobs"

    @property
    def roles(self) -> tuple[str, str, str, str]:
        return (self.owner, self.app, self.portal, self.eraser)

    @property
    def users(self) -> tuple[str, str, str]:
        """The roles that do not own: what runs in production."""
        return (self.app, self.portal, self.eraser)


@dataclass(frozen=True, slots=True)
class Access:
    """What the three roles may do with one table. A privilege may name columns: ``"update (due_at)"``."""

    app: Privileges = ALL
    portal: Privileges = NONE
    eraser: Privileges = NONE


DEFAULT = Access()

WORK: Privileges = ("select", "insert", "update")
PUT: Privileges = ("insert",)
KEEP: Privileges = ("select", "insert", "delete")

#: Tables of the city's schema that differ from DEFAULT. The portal puts submissions in, takes the submitter's own
#: steps and reads what tracking allows; it can put a seal in and can read none.
CITY: Mapping[str, Access] = {
    "django_migrations": Access(app=READ, portal=READ, eraser=READ),
    "web_portal_portalsession": Access(portal=ALL),
    "web_portal_saveddraft": Access(portal=ALL),
    "core_procedurestate": Access(app=READ, portal=READ),
    "core_matter": Access(app=WORK, portal=WORK, eraser=READ),
    "core_move": Access(app=APPEND, portal=APPEND, eraser=READ),
    "core_movepayload": Access(app=APPEND, portal=APPEND, eraser=("select (move_id)", "delete")),
    "core_erasure": Access(app=READ, portal=("select (move_id, at)",), eraser=APPEND),
    "core_unsequenced": Access(portal=PUT),
    "core_leaf": Access(app=APPEND, portal=READ),
    "core_checkpoint": Access(app=APPEND),
    "core_limit": Access(portal=READ),
    "core_term": Access(app=WORK, portal=WORK),
    "core_termpause": Access(app=WORK, portal=WORK),
    "core_calendarnotice": Access(app=APPEND, portal=READ),
    "core_calendarday": Access(app=APPEND, portal=READ),
    "core_recount": Access(app=WORK),
    "core_seal": Access(app=WORK, portal=PUT, eraser=("select", "update (wrapped)")),
    "core_sealedtext": Access(app=APPEND, portal=PUT, eraser=("select (seal_id, name)", "delete")),
    "core_accesslog": Access(app=APPEND, portal=PUT),
    "core_searchentry": Access(app=WORK, portal=PUT),
    "core_attempt": Access(portal=WORK),
    "core_change": Access(app=APPEND, eraser=PUT),
    "people_onetimecode": Access(app=WORK),
    "organisations_area": Access(portal=READ),
    "organisations_unit": Access(portal=READ),
    "organisations_category": Access(portal=READ),
    "organisations_posting": Access(portal=READ),
    "organisations_lawfulreviewer": Access(app=WORK, portal=READ),
    "organisations_part": Access(app=WORK, portal=APPEND),
    "organisations_standin": Access(app=WORK),
    "organisations_bar": Access(app=APPEND),
    "cases_reference": Access(app=APPEND, portal=APPEND),
    "cases_submission": Access(app=APPEND, portal=APPEND, eraser=("select (id, seal_id)",)),
    "cases_mandate": Access(app=APPEND, portal=APPEND),
    "cases_mandateend": Access(app=APPEND, portal=APPEND),
    "cases_trackingsecret": Access(app=WORK, portal=APPEND),
    "cases_callrequest": Access(app=WORK, portal=PUT),
    "cases_case": Access(app=WORK, portal=WORK, eraser=("select (matter_id, number, submission_id)",)),
    "cases_casefile": Access(app=KEEP),
    "cases_statutorypath": Access(app=WORK),
    "cases_reasoncode": Access(app=WORK, portal=READ),
    "cases_verdict": Access(app=WORK, portal=WORK),
    # The public pages are read from it alone; a consent that is taken back takes the page off.
    "cases_publication": Access(app=WORK, portal=("select", "update (withdrawn_at)")),
    "cases_externalref": Access(app=APPEND),
    "files_file": Access(app=WORK, portal=PUT),
    "files_content": Access(app=KEEP, portal=APPEND),
    "insight_publicfigure": Access(portal=READ),
    "exchange_system": Access(app=WORK),
    "exchange_importrun": Access(app=WORK),
    "exchange_importedrow": Access(app=APPEND),
    "exchange_chunk": Access(app=KEEP),
    "exchange_failedrow": Access(app=KEEP),
    "exchange_mapping": Access(app=WORK),
    "exchange_export": Access(app=APPEND),
    "exchange_exported": Access(app=APPEND),
    "meetings_conference": Access(app=WORK),
    "meetings_instruction": Access(app=WORK),
    "meetings_mechanism": Access(app=WORK),
    "meetings_member": Access(app=KEEP),
    "meetings_report": Access(app=APPEND),
    "meetings_named": Access(app=APPEND),
    "meetings_paper": Access(app=WORK),
    "meetings_receipt": Access(app=APPEND),
    "meetings_venue": Access(app=WORK),
    "meetings_videosystem": Access(app=WORK),
    "meetings_calendarfeed": Access(app=WORK),
    "meetings_burdenrule": Access(app=APPEND),
    "meetings_exchange": Access(app=WORK),
    "meetings_line": Access(app=WORK),
    "meetings_task": Access(app=WORK),
    "meetings_plan": Access(app=WORK),
    "meetings_dispute": Access(app=WORK),
    "notices_notice": Access(app=APPEND),
    "notices_silence": Access(app=KEEP, portal=KEEP),
    "notices_message": Access(app=WORK),
    "notices_text": Access(app=APPEND, portal=READ),
    "notices_sealedcopy": Access(app=WORK, portal=READ, eraser=("select (issued_id)", "delete")),
    "notices_issueddocument": Access(app=APPEND, portal=READ),
    "notices_followed": Access(app=WORK),
    "notices_weekly": Access(app=WORK),
    "api_idempotentanswer": Access(app=KEEP, portal=KEEP),
}

#: Tables of the job queue. The portal can put a job in and see its number, and read no other job: what
#: jobs are waiting would tell about other people's matters.
JOBS: Mapping[str, Access] = {
    "procrastinate_jobs": Access(portal=("insert", "select (id)")),
    "procrastinate_events": Access(portal=("insert",)),
    "django_migrations": Access(app=READ),
}


def grants_sql(
    tables: Iterable[str],
    *,
    names: Names | None = None,
    jobs: Iterable[str] = (),
    city: Mapping[str, Access] = CITY,
) -> list[str]:
    """The statements that bring every privilege to what the list says, whatever it was before. To be run
    by the owner after each migration, in one transaction, so that nobody meets the moment in between.

    ``tables`` and ``jobs`` are the tables that exist in the two schemas. ValueError when the list names a
    table that ``tables`` lacks: a misspelt restriction would silently be none.
    """
    names = names or Names()
    present, queued = sorted(set(tables)), sorted(set(jobs))
    if unknown := sorted(set(city) - set(present)):
        raise ValueError(f"grants name tables that do not exist: {', '.join(unknown)}")
    statements = [*_nothing(names, names.city), *_nothing(names, names.jobs)]
    everyone = ", ".join(map(ident, names.users))
    statements.append(f"GRANT USAGE ON SCHEMA {ident(names.city)} TO {everyone}")
    queue_users = f"{ident(names.app)}, {ident(names.portal)}"
    statements.append(f"GRANT USAGE ON SCHEMA {ident(names.jobs)} TO {queue_users}")
    for table in present:
        statements += _table(names, names.city, table, city.get(table, DEFAULT))
    for table in queued:
        statements += _table(names, names.jobs, table, JOBS.get(table, DEFAULT))
    # Row privileges decide; a sequence or an invoker's function gives nothing without them.
    statements += [
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {ident(names.city)} TO {ident(names.app)}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {ident(names.jobs)} TO {queue_users}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {ident(names.jobs)} TO {queue_users}",
    ]
    return statements


def _nothing(names: Names, schema: str) -> list[str]:
    everyone = ", ".join(("PUBLIC", *map(ident, names.users)))
    return [
        f"REVOKE ALL ON ALL {kind} IN SCHEMA {ident(schema)} FROM {everyone}"
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS")
    ] + [f"REVOKE ALL ON SCHEMA {ident(schema)} FROM {everyone}"]


def _table(names: Names, schema: str, table: str, access: Access) -> list[str]:
    wanted = ((names.app, access.app), (names.portal, access.portal), (names.eraser, access.eraser))
    return [
        f"GRANT {', '.join(privileges)} ON {ident(schema)}.{ident(table)} TO {ident(role)}"
        for role, privileges in wanted
        if privileges
    ]


def too_much_power(
    connection: Connection[Any],
    *,
    role: Literal["app", "portal"] = "app",
    names: Names | None = None,
    city: Mapping[str, Access] = CITY,
) -> list[str]:
    """Why the role of ``connection`` must not serve, in words; empty when it may do no more than the list
    says of ``role``. What it may do by membership in other roles counts as well."""
    names = names or Names()
    reasons = [word for (word,) in connection.execute(_POWERS, {"schemas": [names.city, names.jobs]})]
    if "it is a superuser" in reasons:
        return ["it is a superuser"]  # it may do everything: a list of tables would bury this
    held: dict[str, list[str]] = {}
    for table, privilege in connection.execute(_HELD, {"schema": names.city}):
        allowed = {each.split()[0] for each in getattr(city.get(table, DEFAULT), role)}
        if privilege not in allowed:
            held.setdefault(table, []).append(privilege)
    return reasons + [f"it may {', '.join(sorted(what))} on {table}" for table, what in sorted(held.items())]


_POWERS = """
SELECT reason FROM (
    SELECT 1, 'it is a superuser' FROM pg_roles WHERE rolname = current_user AND rolsuper
    UNION ALL SELECT 2, 'it may create roles' FROM pg_roles WHERE rolname = current_user AND rolcreaterole
    UNION ALL SELECT 3, 'it bypasses row security' FROM pg_roles
        WHERE rolname = current_user AND rolbypassrls
    UNION ALL SELECT 4, 'it owns the database' FROM pg_database
        WHERE datname = current_database() AND pg_has_role(datdba, 'MEMBER')
    UNION ALL SELECT 5, format('it owns the schema %%s', nspname) FROM pg_namespace
        WHERE nspname = ANY(%(schemas)s) AND pg_has_role(nspowner, 'MEMBER')
    UNION ALL SELECT 6, format('it may create things in the schema %%s', nspname) FROM pg_namespace
        WHERE nspname = ANY(%(schemas)s) AND has_schema_privilege(oid, 'CREATE')
    UNION ALL (SELECT 7, format('it owns the table %%s', relname) FROM pg_class
        WHERE relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname = ANY(%(schemas)s))
          AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'MEMBER') ORDER BY relname LIMIT 3)
) AS found (rank, reason) ORDER BY rank
"""

#: Column privileges count like the table's own: who may update one column of a move may change a move.
_HELD = """
SELECT relname, privilege
FROM pg_class
CROSS JOIN (VALUES ('select'), ('insert'), ('update'), ('delete'), ('truncate'), ('trigger'))
    AS every (privilege)
WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = %(schema)s)
  AND relkind IN ('r', 'p', 'v', 'm')
  AND CASE WHEN privilege IN ('select', 'insert', 'update') THEN has_any_column_privilege(oid, privilege)
           ELSE has_table_privilege(oid, privilege) END
"""


def ident(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """``text`` as an SQL string (with standard_conforming_strings, the default since PostgreSQL 9.1)."""
    return "'" + text.replace("'", "''") + "'"
