"""The access table: every address × every role × {own, own unit's, another unit's, a stranger's matter} × GET and POST.

An address that is not in the table fails, and so does a view that declares nothing. A new address needs a line here.
POSTs are empty: 409, 415 and 422 say that the person was let in and what they sent was not good.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.access.world import NOW, World, make_world, path_of, routes
from tests.factories import STAFF
from yipanqi.web.access import declared_access

pytestmark = pytest.mark.django_db

NOBODY = "anonymous"
ROLES = (NOBODY, *STAFF)
CLERKS = "clerk clerk2"
INTAKE = f"{CLERKS} auditor callback"
HANDLERS = "insider colleague stranger accused"
BUSINESS = f"{INTAKE} {HANDLERS} deputy"
ADMINISTRATORS = "sysadmin secadmin audadmin"
EVERYBODY = " ".join(ROLES)
STAFF_ALL = f"{BUSINESS} {ADMINISTRATORS}"

Expected = dict[int, str]


@dataclass(frozen=True)
class Line:
    """Who gets which status. Whoever is not named gets 404, and somebody who is not signed in is sent to sign in."""

    get: Expected
    post: Expected
    matter: str = "own"
    public: bool = False


def public(get: int, post: int) -> list[Line]:
    """The same for everybody, staff or not."""
    return [Line({get: EVERYBODY}, {post: EVERYBODY}, public=True)]


def page(who: str) -> list[Line]:
    """A page that is only looked at."""
    return [Line({200: who}, {405: who})]


def form(who: str) -> list[Line]:
    """A page with a form of its own."""
    return [Line({200: who}, {422: who})]


# Who finds each matter: it is intake's own, for it sent it on; its lead's, its helper's, or its overseer's.
FINDS = {
    "own": f"{INTAKE} insider colleague deputy",
    "other": f"{INTAKE} stranger deputy",
    "task": "insider colleague deputy",
}
# Who may take the step that waits: the lead unit alone.
LEADS = {"own": "insider", "other": "stranger", "task": "insider"}

TABLE: dict[str, list[Line]] = {
    "set_language": public(405, 302),
    "set_elder": public(405, 302),
    "health": public(200, 405),
    "gallery": public(200, 200),
    "api:submissions": public(405, 415),
    "api:track": public(405, 415),
    "api:description": public(200, 405),
    "api:description_head": public(200, 405),
    "api:root": public(404, 404),
    "api:unknown": public(404, 404),
    "portal:home": public(200, 405),
    "portal:how": public(200, 405),
    "portal:privacy": public(200, 405),
    "portal:accessibility": public(200, 405),
    "portal:file": public(200, 422),
    "portal:filed": public(405, 302),
    "portal:track": public(200, 422),
    "portal:case": public(302, 405),
    "portal:step": public(302, 302),
    "portal:end": public(405, 302),
    "portal:leave": public(302, 405),
    "desk:sign_in": [Line({200: NOBODY, 302: STAFF_ALL}, {422: NOBODY, 302: STAFF_ALL}, public=True)],
    "desk:sign_out": [Line({405: STAFF_ALL}, {302: STAFF_ALL})],
    "desk:nothing": page(STAFF_ALL),
    # The desk's own address: whoever has no board is led on to their first page.
    "desk:board": [
        Line({200: f"{HANDLERS} deputy", 302: f"{INTAKE} {ADMINISTRATORS}"}, {405: STAFF_ALL}),
    ],
    "desk:line": page(f"{HANDLERS} deputy"),
    "desk:conference": page(f"{HANDLERS} deputy"),
    "desk:meetings": page("deputy"),
    "desk:bind_line": form("deputy"),
    "desk:new_lines": form("deputy"),
    "desk:new_task": form("deputy"),
    "desk:new_conference": form("deputy"),
    "desk:queue": page(BUSINESS),
    "desk:pressed": page("deputy"),
    "desk:matter": [Line({200: FINDS[m]}, {405: BUSINESS}, m) for m in FINDS],
    "desk:step": [Line({302: FINDS[m]}, {409: LEADS[m]}, m) for m in FINDS],
    "desk:external": [
        Line({405: CLERKS}, {422: CLERKS}, "own"),
        Line({405: CLERKS}, {422: CLERKS}, "other"),
        Line({405: CLERKS}, {}, "task"),
    ],
    "desk:intake": form(CLERKS),
    "desk:lost": form(CLERKS),
    "desk:units": page(f"{CLERKS} deputy sysadmin"),
    # A clerk's own unit is not this one.
    "desk:unit": [Line({200: "deputy sysadmin"}, {405: f"{CLERKS} deputy sysadmin"})],
    "desk:limits": form("sysadmin"),
    "desk:calendar": form("sysadmin"),
    "desk:accounts": page("secadmin"),
    "desk:deactivate": [Line({405: "secadmin"}, {302: "secadmin"})],
    "desk:access_log": page("audadmin"),
}


@dataclass
class Trial:
    """The city, and one client for each role."""

    world: World
    clients: dict[str, Client] = field(default_factory=dict)

    def status(self, role: str, method: str, path: str) -> int:
        """The status of a request, everything it did taken back afterwards."""
        with transaction.atomic():
            response = getattr(self.clients[role], method)(path)
            transaction.set_rollback(True)
        return int(response.status_code)


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> Trial:
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    found = Trial(make_world())
    for role in ROLES:
        found.clients[role] = Client()
        if role != NOBODY:
            found.clients[role].force_login(found.world.city.accounts[role])
    return found


def expected(line: Line, expectation: Expected, role: str) -> int:
    for status, roles in expectation.items():
        if role in roles.split():
            return status
    return 302 if role == NOBODY and not line.public else 404


def test_every_address_is_in_the_table_and_no_other() -> None:
    assert {name for name, _pattern in routes()} == set(TABLE)


def test_every_view_declares_who_may_call_it() -> None:
    undeclared = [name for name, pattern in routes() if declared_access(pattern.callback) is None]
    assert undeclared == []


def test_what_is_public_is_said_to_be_in_the_table() -> None:
    for name, pattern in routes():
        access = declared_access(pattern.callback)
        assert access is not None
        assert access.public == TABLE[name][0].public, name


@pytest.mark.parametrize("name", TABLE)
def test_each_role_gets_what_the_table_says(name: str, trial: Trial) -> None:
    wrong = []
    for line in TABLE[name]:
        path = path_of(trial.world, name, line.matter)
        for role in ROLES:
            for method, expectation in (("get", line.get), ("post", line.post)):
                wanted, got = expected(line, expectation, role), trial.status(role, method, path)
                if got != wanted:
                    wrong.append(f"{method.upper()} {name} ({line.matter}) by {role}: {got}, not {wanted}")
    assert wrong == []


def test_whoever_is_not_signed_in_is_sent_to_sign_in_and_nowhere_else(trial: Trial) -> None:
    for name, lines_of in TABLE.items():
        if not lines_of[0].public:
            answer = Client().get(path_of(trial.world, name, lines_of[0].matter))
            assert answer["Location"].startswith("/desk/sign-in/?next=/desk/"), name


def test_what_does_not_exist_looks_like_what_is_not_ones_own(trial: Trial) -> None:
    client = trial.clients["accused"]
    own = client.get(path_of(trial.world, "desk:matter", "own"))
    none = client.get("/desk/matters/00000000-0000-7000-8000-000000000000/")
    assert (own.status_code, own.content) == (none.status_code, none.content)


# --- GET changes nothing (S27) ---------------------------------------------------------------------------------------

# What a look may leave behind: the log of looks, which nobody can change, and the session.
MAY_GROW = {"core_accesslog", "django_session"}
LOOKS = (
    "/desk/queue/?whose=all&when=late&state=handling&after=x",
    "/desk/queue/?number=x",
    "/desk/access-log/?login=clerk&since=2026-11-01T00:00&until=2026-12-01T00:00",
    "/desk/lost/?phone=19900000001",
    "/desk/sign-in/?next=//evil.example",
    "/gallery/?frame=desk",
)


def checksums() -> dict[str, str]:
    """A checksum of every row of every table of the city and of the job queue."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('city', 'jobs')")
        for schema, table in cursor.fetchall():
            if table not in MAY_GROW:
                rows = f'SELECT md5(t::text) AS row FROM "{schema}"."{table}" AS t'
                cursor.execute(
                    f"SELECT coalesce(string_agg(row, '' ORDER BY row), '') FROM ({rows}) AS every"
                )
                found[table] = cursor.fetchone()[0]
    return found


@pytest.mark.slow
def test_looking_changes_nothing(trial: Trial) -> None:
    paths = {path_of(trial.world, name, line.matter) for name, lines_of in TABLE.items() for line in lines_of}
    before = checksums()
    for path in sorted(paths | set(LOOKS)):
        for client in trial.clients.values():
            assert client.get(path).status_code < 500
            assert client.head(path).status_code < 500
    assert {table for table, sum_ in checksums().items() if sum_ != before[table]} == set()
