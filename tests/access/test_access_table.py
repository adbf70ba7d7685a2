"""The access table: every address × every role × {own, own unit's, another unit's, a stranger's matter} × GET and POST.

An address that is not in the table fails, and so does a view that declares nothing. A new address needs a line here.
POSTs are empty: 409, 415 and 422 say that the person was let in and what they sent was not good.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from tests.access.world import NOW, World, make_world, path_of, routes
from tests.factories import STAFF
from tests.standing import standing
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
    "meeting": "insider colleague deputy",
    "plan": "insider colleague deputy",
    "instruction": "deputy",
}
# Who reads what goes along with its text: an overseer must open that first.
FILES = f"{INTAKE} insider colleague"
# Who may take the step that waits: the lead unit alone.
LEADS = {"own": "insider", "other": "stranger", "task": "insider"}

TABLE: dict[str, list[Line]] = {
    "set_language": public(405, 302),
    "set_display": public(405, 302),
    "policy_report": public(405, 204),
    "health": public(200, 405),
    "gallery": public(200, 200),
    "plan": public(200, 405),
    "api:submissions": public(405, 415),
    "api:track": public(405, 415),
    "api:description": public(200, 405),
    "api:description_head": public(200, 405),
    "api:root": public(404, 404),
    "api:unknown": public(404, 404),
    "portal:home": public(200, 405),
    "portal:how": public(200, 405),
    "portal:figures": public(200, 405),
    "portal:others": public(200, 405),
    "portal:other": public(200, 405),
    "portal:receipt": public(405, 302),
    "portal:document": public(302, 405),
    "portal:document_page": public(302, 405),
    "portal:case_receipt": public(302, 405),
    "portal:privacy": public(200, 405),
    "portal:children": public(200, 405),
    "portal:accessibility": public(200, 405),
    "portal:file": public(200, 422),
    "portal:filed": public(405, 302),
    "portal:call_me": public(200, 422),
    "portal:resume": public(200, 422),
    "portal:track": public(200, 422),
    "portal:check_receipt": public(200, 405),
    "portal:check_receipt_file": public(200, 405),
    "portal:checkpoints": public(200, 405),
    "portal:receipt_file": public(302, 405),
    "portal:case": public(302, 405),
    "portal:step": public(302, 302),
    "portal:messages": public(302, 302),
    "portal:end": public(405, 302),
    "portal:leave": public(302, 405),
    "desk:sign_in": [Line({200: NOBODY, 302: STAFF_ALL}, {422: NOBODY, 302: STAFF_ALL}, public=True)],
    # Whoever has shown no password yet, or is in already, is led away.
    "desk:second": public(302, 302),
    "desk:factor": public(302, 302),
    "desk:set_up": [Line({200: NOBODY, 302: STAFF_ALL}, {422: NOBODY, 302: STAFF_ALL}, public=True)],
    "desk:account": form(STAFF_ALL),
    "desk:password": form(STAFF_ALL),
    "desk:confirm": form(STAFF_ALL),
    "desk:sign_out": [Line({405: STAFF_ALL}, {302: STAFF_ALL})],
    "desk:nothing": page(STAFF_ALL),
    "desk:keys": [Line({405: STAFF_ALL}, {302: STAFF_ALL})],
    # The desk's own address: whoever has no board is led on to their first page.
    "desk:board": [
        Line({200: f"{HANDLERS} deputy", 302: f"{INTAKE} {ADMINISTRATORS}"}, {405: STAFF_ALL}),
    ],
    "desk:line": page(f"{HANDLERS} deputy"),
    "desk:conference": page(f"{HANDLERS} deputy"),
    "desk:conference_out": page(f"{HANDLERS} deputy"),
    # None of these is late.
    "desk:task_out": [Line({}, {405: "deputy"}, m) for m in FINDS],
    "desk:period_out": page(f"{HANDLERS} deputy"),
    "desk:meetings": page("deputy"),
    "desk:report": page(f"{HANDLERS} deputy"),
    "desk:from_report": form("deputy"),
    "desk:report_mails": page("deputy"),
    # No mailbox is named.
    "desk:report_mail": [Line({}, {})],
    "desk:bind_line": form("deputy"),
    "desk:meeting_file": [
        Line({200: FINDS["meeting"]}, {405: f"{HANDLERS} deputy"}, "meeting"),
        Line({}, {405: f"{HANDLERS} deputy"}, "own"),
        Line({}, {405: f"{HANDLERS} deputy"}, "task"),
    ],
    # An empty post gives the unit a new address.
    "desk:subscription": [Line({200: f"{HANDLERS} deputy"}, {200: f"{HANDLERS} deputy"})],
    "desk:meeting_sheet": [
        Line({200: "deputy"}, {405: "deputy"}, "meeting"),
        Line({}, {405: "deputy"}, "own"),
        Line({}, {405: "deputy"}, "task"),
    ],
    # The insider's unit is no venue of this meeting; whoever convenes it keeps them all.
    "desk:roster": [Line({200: "deputy"}, {302: "deputy"}, "meeting"), Line({}, {}, "own")],
    # Nobody's secret: there is no such feed.
    "desk:feed": public(404, 405),
    "desk:new_lines": form("deputy"),
    "desk:new_task": form("deputy"),
    # The head of the lead unit as well, whom the small city has not.
    "desk:break_down": [
        Line({}, {}, "own"),
        Line({}, {}, "other"),
        Line({200: "deputy"}, {422: "deputy"}, "task"),
    ],
    "desk:new_plan": form("deputy"),
    "desk:plan_print": [
        Line({200: FINDS["plan"]}, {405: BUSINESS}, "plan"),
        *(Line({}, {405: BUSINESS}, m) for m in ("own", "other", "task", "meeting")),
    ],
    "desk:new_conference": form("deputy"),
    "desk:plan_meeting": form("deputy"),
    "desk:register_instruction": form("deputy"),
    "desk:new_mechanism": form("deputy"),
    # An empty search finds all.
    "desk:exchanges": [Line({200: f"{HANDLERS} deputy"}, {200: f"{HANDLERS} deputy"})],
    "desk:exchange": page(f"{HANDLERS} deputy"),
    # An empty post shares it no more.
    "desk:keep_exchange": [Line({200: "deputy"}, {302: "deputy"})],
    "desk:mechanism": page(f"{HANDLERS} deputy"),
    "desk:change_mechanism": form("deputy"),
    "desk:keep_scan": [
        Line({200: "deputy"}, {422: "deputy"}, "instruction"),
        Line({}, {}, "meeting"),
        Line({}, {}, "own"),
    ],
    "desk:paper_file": [
        Line({200: "deputy"}, {422: "deputy"}, "meeting"),
        Line({}, {}, "instruction"),
        Line({}, {}, "own"),
    ],
    # What was read from a report is nobody's to prepare, and an empty post is of no form.
    "desk:prepare": [Line({200: "deputy"}, {}, "meeting"), Line({}, {}, "own")],
    "desk:queue": page(BUSINESS),
    "desk:queue_out": page(BUSINESS),
    "desk:tasks_out": page(BUSINESS),
    "desk:views": [Line({405: BUSINESS}, {})],
    # An empty post names no matter.
    "desk:approvals": [Line({200: f"{CLERKS} deputy"}, {})],
    "desk:calls": page(f"{CLERKS} callback"),
    # None of these is answered: there is nobody to call back, and a call-back officer is led to the list.
    "desk:call": [
        *(Line({302: "callback"}, {302: "callback"}, m) for m in ("own", "other")),
        Line({}, {}, "task"),
        Line({}, {}, "meeting"),
        Line({}, {}, "plan"),
    ],
    "desk:call_request": form(f"{CLERKS} callback"),
    # An order on several is whose it is.
    "desk:order": [Line({200: "insider"}, {302: "insider"})],
    "desk:search": form(BUSINESS),
    "desk:notices": form(BUSINESS),
    "desk:pressed": page("deputy"),
    "desk:closed": page(BUSINESS),
    "desk:rates": page(f"{HANDLERS} deputy"),
    "desk:rates_behind": page(f"{HANDLERS} deputy"),
    # An empty post names no step.
    "desk:bulk": [Line({405: BUSINESS}, {})],
    "desk:wall": page(f"{HANDLERS} deputy"),
    # An empty post has the notice sent again, and leads back.
    "desk:week": [Line({200: f"{HANDLERS} deputy"}, {302: f"{HANDLERS} deputy"})],
    "desk:supervision": page(f"{HANDLERS} deputy"),
    "desk:signs": page(f"{CLERKS} deputy"),
    "desk:matter": [Line({200: FINDS[m]}, {405: BUSINESS}, m) for m in FINDS],
    "desk:step": [
        *(Line({302: FINDS[m]}, {409: LEADS[m]}, m) for m in LEADS),
        Line({302: FINDS["meeting"]}, {409: "insider colleague"}, "meeting"),
        Line({302: FINDS["plan"]}, {409: "insider colleague"}, "plan"),
        Line({302: FINDS["instruction"]}, {409: "deputy"}, "instruction"),
    ],
    # None of them has a document yet; tests/web/test_letters.py has who reads one.
    "desk:document": [Line({}, {405: BUSINESS}, m) for m in FINDS],
    "desk:document_page": [Line({}, {405: BUSINESS}, m) for m in FINDS],
    "desk:typed": [Line({405: BUSINESS}, {200: FINDS[m]}, m) for m in FINDS],
    "desk:presence": [Line({405: BUSINESS}, {200: FINDS[m]}, m) for m in FINDS],
    "desk:external": [
        Line({405: CLERKS}, {422: CLERKS}, "own"),
        Line({405: CLERKS}, {422: CLERKS}, "other"),
        Line({405: CLERKS}, {}, "task"),
        Line({405: CLERKS}, {}, "meeting"),
        Line({405: CLERKS}, {}, "plan"),
        Line({405: CLERKS}, {}, "instruction"),
    ],
    # What has been sent on says so and leads back.
    "desk:accuse": [
        Line({405: CLERKS}, {302: CLERKS}, "own"),
        Line({405: CLERKS}, {302: CLERKS}, "other"),
        *(Line({405: CLERKS}, {}, m) for m in ("task", "meeting", "plan", "instruction")),
    ],
    # The file of the case that is handled: let go along with its text.
    "desk:file": [Line({200: FILES}, {405: BUSINESS})],
    "desk:intake": form(CLERKS),
    "desk:lost": form(CLERKS),
    "desk:imports": form(f"{CLERKS} sysadmin"),
    # The sysadmin's own imports are not this one; an empty post says which columns are missing.
    "desk:import": [Line({200: CLERKS}, {422: CLERKS})],
    # Nothing failed, and it would be for whoever brought the file.
    "desk:failed_rows": [Line({200: "clerk"}, {405: f"{CLERKS} sysadmin"})],
    "desk:rows_out": [Line({200: "sysadmin"}, {405: "sysadmin"})],
    "desk:reconciliation": page(CLERKS),
    "desk:system": form(CLERKS),
    "desk:give": [Line({405: CLERKS}, {302: CLERKS})],
    "desk:units": page(f"{CLERKS} deputy sysadmin"),
    # A clerk's own unit is not this one.
    "desk:unit": [Line({200: "deputy sysadmin"}, {405: f"{CLERKS} deputy sysadmin"})],
    # The head of a unit as well, whom the small city has not.
    "desk:templates": form("sysadmin"),
    "desk:background": page("sysadmin"),
    "desk:try_again": [Line({405: "sysadmin"}, {404: "sysadmin"})],
    "desk:limits": form("sysadmin"),
    "desk:burden_rules": form("sysadmin"),
    "desk:calendar": form("sysadmin"),
    "desk:notice_texts": form("sysadmin"),
    "desk:accounts": page("secadmin"),
    "desk:deactivate": [Line({405: "secadmin"}, {302: "secadmin"})],
    # Whoever resets an account shows password and factor once more.
    "desk:reset": [Line({302: "secadmin"}, {302: "secadmin"})],
    "desk:access_log": page("audadmin"),
    # Whose looks is for the query to say.
    "desk:looks_out": [Line({}, {405: "audadmin"})],
    # The head of a unit as well, whom the small city has not.
    "desk:roles": page("secadmin"),
    "desk:role": page("secadmin"),
    "desk:role_preview": page("secadmin"),
    "desk:stand_ins": [Line({200: "secadmin"}, {422: "secadmin"})],
    "desk:end_stand_in": [Line({405: f"{BUSINESS} secadmin"}, {302: "secadmin"})],
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
    world, sessions = signed_in()
    found = Trial(world)
    for role in ROLES:
        found.clients[role] = Client()
        if role != NOBODY:
            found.clients[role].cookies[settings.SESSION_COOKIE_NAME] = sessions[role]
    return found


@standing
def signed_in() -> tuple[World, dict[str, str]]:
    """The world, and the session of each of the staff."""
    world, sessions = make_world(), {}
    for role in STAFF:
        client = Client()
        client.force_login(world.city.accounts[role])
        sessions[role] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return world, sessions


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
