"""The sentinel crawl (trust-and-ux S2, S5, S12, S32, S36, S41, S45).

Words that nobody else says stand in every field that tells of a person, in cases of each anonymity at each stage. Then
everybody looks at everything, and reading.TABLE says who may read what where; everything else fails, and so does a line of it
that nobody made use of. Afterwards the logs, the sessions, the job queue, the checkpoints and a dump of the database
are read for the same words.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from conftest import clean
from tests.access.crawl import Crawler, Visit, seeds
from tests.access.outlets import (
    as_portal,
    current_user,
    dump,
    files_outside,
    logging_to,
    run,
    serve_and_ask,
    server_logs,
    tables,
)
from tests.access.reading import SUBMITTER, TABLE, Line, allowed
from tests.access.sentinels import (
    IDENTITY,
    IN_CLEAR,
    KEY,
    SAID,
    TYPED_PHONE,
    Plantation,
    Planted,
    Reader,
    plant,
    word,
)
from tests.access.world import NOW, routes
from tests.factories import STAFF, make_city
from yipanqi.core import ledger

pytestmark = pytest.mark.slow

NOBODY = "nobody"
ROLES = (NOBODY, SUBMITTER, *STAFF)
CACHED = "portal:checkpoints"  # published for everybody to keep, and about nobody
PORTAL = {"ROOT_URLCONF": "config.urls_portal", "SESSION_ENGINE": "yipanqi.web.portal.sessions"}


# --- the walk --------------------------------------------------------------------------------------------------------


@dataclass
class Walked:
    """The plantation after everybody has looked at everything and typed what they should not."""

    world: Plantation
    reader: Reader
    log: io.StringIO = field(default_factory=io.StringIO)
    faults: list[str] = field(default_factory=list)
    used: set[Line] = field(default_factory=set)
    pages: dict[str, set[str]] = field(default_factory=dict)
    looked: int = 0

    def judge(self, visit: Visit, role: str, proved: int = 0) -> None:
        """Write down what is wrong with an answer: words for others, words in a head, an error, a page that may be
        kept in a cache."""
        self.looked += 1
        self.pages.setdefault(role, set()).add(visit.name)
        said = f"{visit.method} {visit.path} ({visit.name}, {visit.status}) by {role}"
        for each in visit.head - visit.asked:
            self.faults.append(f"{said}: {each.kind} of case {each.case} in its head")
        for each in visit.body - visit.typed:
            lines = allowed(self.world, each, visit.name, role, proved)
            self.used |= lines
            if not lines:
                self.faults.append(f"{said}: {each.kind} of case {each.case}")
        if visit.status >= 500:
            self.faults.append(f"{said}: an error of ours")
        if not visit.unkept and visit.name != CACHED:
            self.faults.append(f"{said}: it may be kept in a cache")


def client_of(world: Plantation, role: str, proved: Planted | None = None) -> Client:
    """Somebody's client; every other one reads English. A submitter has shown reference and secret."""
    language = "en" if ROLES.index(role) % 2 else "zh-hans"
    client = Client(headers={"accept-language": language}, raise_request_exception=False)
    if role in STAFF:
        client.force_login(world.city.accounts[role])
    if proved is not None:
        codes = {"reference": proved.filed.reference, "secret": proved.filed.secret}
        assert client.post("/track/", codes).status_code == 302
    return client


def looks(world: Plantation) -> list[str]:
    """Filters and searches besides those that pages link to; among them what somebody might look for (S5, H1)."""
    queue, one = reverse("desk:queue"), world.of("named", "handling")
    words = [word(kind, one.index) for kind in (*IDENTITY, *SAID, "cleared_title")]
    period = "since=2026-11-01T00:00&until=2026-12-01T00:00"
    return [
        *(f"{queue}?whose=all&{facet}" for facet in ("when=late", "kind=order", "state=served", "pending=1")),
        *(f"{queue}?whose=all&number={each}&q={each}&name={each}&phone={each}" for each in words),
        *(f"{reverse('desk:lost')}?phone={each}" for each in words),
        *(f"{reverse('desk:access_log')}?login={login}&{period}" for login in ("clerk", "insider")),
        *(
            f"{reverse('desk:line', args=[world.line])}?show={show}"
            for show in ("open", "closed", "unsolved")
        ),
        f"{queue}?number={one.filed.reference}",
    ]


TYPED = word("typed", 0) + " " + TYPED_PHONE + " "
LONG = TYPED * 25  # longer than any line that is kept: what is typed is refused everywhere
# Posts that would be carried out, whatever is typed, and those that end the session.
NOT_POSTED = {
    *("desk:deactivate", "desk:reset", "desk:sign_out", "portal:end", "set_language", "set_display"),
    "desk:accuse",
    *("desk:typed", "desk:presence", "desk:keys", "desk:subscription"),
}
FIELDS = {
    *(
        "name",
        "phone",
        "person",
        "signatories",
        "representatives",
        "second_agent",
        "relation",
        "email",
        "address",
        "title",
        "text",
        "place",
        "reference",
        "secret",
        "login",
        "password",
    ),
    *(
        "purpose",
        "reason",
        "comment",
        "question",
        "plan",
        "notice",
        "proof",
        "where",
        "system",
        "number",
        "lines",
    ),
    *("on", "go", "token", "anonymity", "channel", "category", "area", "once", "seen", "goal", "milestones"),
}


def type_everywhere(walked: Walked, crawler: Crawler, role: str, urlconf: str) -> None:
    """Post to every address what no form takes: refused, and what was typed comes back to nobody else."""
    names = {name for visit in crawler.seen.values() for name in visit.fields} | FIELDS
    body = dict.fromkeys(names - {"next"}, LONG)
    for path in seeds(walked.world, urlconf):
        if crawler.seen[path].name not in NOT_POSTED:
            walked.judge(crawler.look(path, "post", body), role)


def search_for_everything(walked: Walked, crawler: Crawler, role: str) -> None:
    """Each number, and each word that was said or written of a case: in small letters, with wide digits, so that
    what the page repeats of the search is not taken for what was found."""
    world, url = walked.world, reverse("desk:search")
    wide = {ord(str(n)): 0xFF10 + n for n in range(10)}
    kinds = (*IDENTITY, *SAID, "cleared_title", "cleared_text", "answer", "comment")
    asked = [word(kind, one.index) for one in world.planted[::3] for kind in kinds]
    asked += [word("task_title", 0), word("task_goal", 0), world.task.number[:4]]
    asked += [word("meeting_title", 0), word("meeting_purpose", 0), world.meeting.number]
    asked += [word("plan_title", 0), world.plan.number]
    asked += [word("instruction_title", 0), word("instruction_purpose", 0), world.instruction.number]
    asked += [one.filed.reference[:7] for one in world.planted]
    for number, each in enumerate(asked):
        visit = crawler.look(url, "post", {"words": each.lower().translate(wide)})
        walked.judge(visit, role)
        # The other order finds the same: it is looked at for every fourth.
        orders = ("", "&order=best") if number % 4 == 0 else ("",)
        for link in visit.links if visit.status == 302 else ():
            for order in orders:
                walked.judge(crawler.look(link + order), role)


def walk_staff(walked: Walked) -> None:
    for role in (NOBODY, *STAFF):
        crawler = Crawler(client_of(walked.world, role), walked.reader)
        for visit in crawler.crawl([*seeds(walked.world, "config.urls_both"), *looks(walked.world)]):
            walked.judge(visit, role)
        if role in ("clerk", "insider", "colleague", "stranger", "deputy", "sysadmin"):
            search_for_everything(walked, Crawler(client_of(walked.world, role), walked.reader), role)
        if role in (NOBODY, "clerk", "insider", "deputy", "sysadmin"):
            type_everywhere(walked, crawler, role, "config.urls_both")


def walk_submitters(walked: Walked, urlconf: str) -> None:
    """Each with their own secret, at their own case and at everybody else's; and through the interface."""
    for planted in walked.world.planted:
        crawler = Crawler(client_of(walked.world, SUBMITTER, planted), walked.reader)
        own = [reverse("portal:case", args=[planted.filed.reference], urlconf=urlconf)]
        others = list(seeds(walked.world, urlconf)) if planted.index % 5 == 1 else own
        for visit in crawler.crawl([path for path in (*own, *others) if not path.startswith("/desk/")]):
            walked.judge(visit, SUBMITTER, planted.index)
        other = walked.world.planted[planted.index % len(walked.world.planted)]
        for secret, proved in ((planted.filed.secret, planted.index), (other.filed.secret, 0)):
            codes = {"reference": planted.filed.reference, "secret": secret}
            visit = crawler.look("/api/v1/track", "post", json.dumps(codes), content_type="application/json")
            assert visit.status == (200 if proved else 404)
            walked.judge(visit, SUBMITTER, proved)


@pytest.fixture(scope="module")
def walked(django_db_blocker: DjangoDbBlocker) -> Iterator[Walked]:
    """Committed, so that other processes and other roles see it; the owner's role takes it away again."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: NOW)
        # Tries are counted for everybody together, and this is everybody.
        patch.setattr("yipanqi.cases.queries.TRIES", (("all", 10**6),))
        patch.setattr("yipanqi.web.desk.tries.PASSWORD", ())
        patch.setattr("yipanqi.web.desk.tries.FACTOR", ())
        clean()
        world = plant(make_city(NOW))
        found = Walked(world, Reader(world.planted))
        try:
            with logging_to(found.log):
                walk_staff(found)
                walk_submitters(found, "config.urls_both")
                with as_portal(), override_settings(**PORTAL):
                    assert current_user() == "yipanqi_portal"
                    walk_submitters(found, "config.urls_portal")
                type_into_the_interface(found)
            yield found
        finally:
            connection.close()
            clean()


def type_into_the_interface(walked: Walked) -> None:
    """Good, bad and broken bodies, with an idempotency key that is a sentinel too."""
    crawler = Crawler(client_of(walked.world, NOBODY), walked.reader)
    good = {
        "kind": "order",
        "title": TYPED[:8],
        "text": TYPED,
        "contact": {"name": TYPED, "phone": TYPED_PHONE},
    }
    bodies: list[tuple[str, Any]] = [
        ("submissions", good), ("submissions", good), ("submissions", good | {"text": "x"}),
        ("submissions", good | {"kind": TYPED}), ("submissions", good | {"title": LONG}),
        ("submissions", good | {"category": TYPED}), ("submissions", good | {"anonymity": "anonymous"}),
        ("track", {"reference": TYPED, "secret": TYPED}), ("track", [TYPED]), ("nowhere", {TYPED: TYPED}),
    ]  # fmt: skip
    statuses = []
    for name, body in bodies:
        key = {"headers": {"Idempotency-Key": KEY}} if name == "submissions" else {}
        for content in (json.dumps(body), json.dumps(body)[:-2]):
            visit = crawler.look(f"/api/v1/{name}", "post", content, content_type="application/json", **key)
            statuses.append(visit.status)
            # The one who files gets a secret, which nobody planted, and no word of what they said.
            walked.judge(visit, NOBODY)
    assert set(statuses) == {201, 400, 404, 409, 422}


# --- what was seen ---------------------------------------------------------------------------------------------------


def test_nobody_reads_what_is_for_others(walked: Walked) -> None:
    assert walked.faults == []


def test_every_line_of_the_table_was_made_use_of(walked: Walked) -> None:
    """A line that lets through what nobody sees would let a leak through."""
    assert [line for line in TABLE if line not in walked.used] == []


def test_every_address_was_looked_at_by_everybody(walked: Walked) -> None:
    # The head of the description is its own route at the same address.
    names = {name for name, _pattern in routes()} - {"api:description_head"}
    for role in STAFF:
        assert names - walked.pages[role] == set(), role
    assert walked.looked > 2000


# --- where else words could come out ---------------------------------------------------------------------------------


def told(walked: Walked, out: str | bytes) -> set[str]:
    """The kinds of sentinel in what came out."""
    return {found.kind for found in walked.reader.find(out)}


def test_nothing_that_anybody_typed_is_logged(walked: Walked) -> None:
    logged = walked.log.getvalue()
    assert "404 GET" in logged  # it was listened to
    assert told(walked, logged) == set()


def test_the_database_server_logs_no_words(walked: Walked) -> None:
    logged = server_logs()
    assert "starting PostgreSQL" in logged
    assert told(walked, logged) == set()


def test_a_dump_holds_in_clear_what_was_written_to_be_read_and_nothing_sealed(walked: Walked) -> None:
    rows = tables(dump())
    found = {table: told(walked, text) for table, text in rows.items()}
    assert {table for table, kinds in found.items() if kinds} <= {
        "cases_case", "cases_publication", "core_movepayload", "organisations_part", "meetings_task", "meetings_target",
        "meetings_conference", "meetings_invitation", "meetings_plan", "meetings_dispute",
        "meetings_report",
    }  # fmt: skip
    kinds = set().union(*found.values())
    assert kinds == set(IN_CLEAR)
    assert found["core_accesslog"] == found["procrastinate_jobs"] == found["core_change"] == set()
    # What is searched is in small letters there.
    searched = told(walked, rows["core_searchentry"].replace("zqsen", "Zqsen"))
    titles = {
        "cleared_title",
        "split_title",
        "task_title",
        "meeting_title",
        "plan_title",
        "instruction_title",
    }
    texts = {"cleared_text", "split_text", "task_goal", "meeting_purpose", "instruction_purpose"}
    assert searched == titles | texts
    assert rows["core_accesslog"].count("\n") > 100  # there was something to read


def test_sessions_hold_ids_and_no_words(walked: Walked) -> None:
    rows = tables(dump())
    data = [line.split("\t")[1] for name in ("django_session", "web_portal_portalsession") for line in rows[name].splitlines()]  # fmt: skip
    assert len(data) > len(STAFF)
    with override_settings():
        decoded = [SessionStore().decode(text) for text in data]
    assert told(walked, json.dumps(decoded, default=str)) == set()
    known = {
        "_auth_user_id",
        "_auth_user_backend",
        "_auth_user_hash",
        "tracking",
        "desk_since",
        "seen",
        "searches",
    }
    assert {key for session in decoded for key in session} <= known


def test_files_outside_the_database_hold_no_words(walked: Walked) -> None:
    assert ledger.checkpoint() is not None
    files = files_outside()
    assert any("checkpoint" in name for name in files)
    assert sum(name.endswith(".eml") for name in files) > 10
    assert {name: told(walked, content) for name, content in files.items() if told(walked, content)} == {}


# --- the command line and the web server, as processes of their own --------------------------------------------------


def test_a_command_tells_what_its_account_may_read_and_no_more(walked: Walked) -> None:
    number = walked.world.of("named", "served").filed.reference
    handled = {"cleared_title", "cleared_text", "question", "reply", "request", "answer"} | {"note", "urging"}
    for login, kinds in {
        "": set(),  # whoever runs the machine is no reader
        "insider": handled,
        "clerk": handled | {"proof", "office_note"},
        "deputy": set(),
    }.items():
        printed = run("step", number, *(["--as", login] if login else []))
        assert "state: served" in printed, printed
        assert told(walked, printed) == kinds, login
    # Who does not find it is told what is told of a number that nobody has.
    unknown = run("step", "2222-2222-2", "--as", "accused").replace("2222-2222-2", number)
    assert run("step", number, "--as", "accused") == unknown
    assert told(walked, run("step", number, "answer", "--as", "insider", "--set", f"text={TYPED}")) == set()


def test_verify_tells_no_words(walked: Walked) -> None:
    printed = run("verify")
    assert printed.startswith("In order: ")
    assert told(walked, printed) == set()


def test_the_web_server_logs_no_words(walked: Walked) -> None:
    """Served with the portal's role, so that what needs the application's fails in earnest."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answers, printed = serve_and_ask(
        [
            ("GET", f"/{quote(TYPED)}/", "", {}),
            ("GET", f"/desk/matters/{quote(TYPED)}/", "", {}),
            ("GET", "/file/", "", {"Host": "zqseny00.example"}),
            (
                "POST",
                "/api/v1/track",
                json.dumps({"reference": TYPED})[:-1],
                {"Content-Type": "application/json"},
            ),
            ("POST", "/desk/sign-in/", urlencode({"login": TYPED, "password": TYPED}), form),
        ]
    )
    assert {status for status, _said in answers} == {404, 400, 500}
    assert [told(walked, said) for _status, said in answers] == [set()] * 5
    assert "500 POST desk:sign_in" in printed
    assert told(walked, printed) == set()


# --- errors of our own (S45) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["portal", "desk", "interface"])
@pytest.mark.parametrize("how", ["exception", "database"])
def test_an_error_of_ours_tells_nothing(
    walked: Walked, where: str, how: str, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    def fail(*_args: Any, **given: Any) -> None:
        if how == "exception":
            raise ValueError(f"{TYPED} {given}")
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [TYPED])  # the server's message quotes the value

    log = io.StringIO()
    with django_db_blocker.unblock(), logging_to(log):
        if where == "portal":
            monkeypatch.setattr("yipanqi.web.portal.tracking.prove", fail)
            crawler = Crawler(client_of(walked.world, NOBODY), walked.reader)
            visit = crawler.look("/track/", "post", {"reference": TYPED, "secret": TYPED})
        elif where == "desk":
            monkeypatch.setattr("yipanqi.web.desk.intake.find_lost", fail)
            crawler = Crawler(client_of(walked.world, "clerk"), walked.reader)
            visit = crawler.look("/desk/lost/", "post", {"phone": TYPED_PHONE, "on": "2026-11-24"})
        else:
            monkeypatch.setattr("yipanqi.api.queries.prove", fail)
            crawler = Crawler(client_of(walked.world, NOBODY), walked.reader)
            body = json.dumps({"reference": TYPED, "secret": TYPED})
            visit = crawler.look("/api/v1/track", "post", body, content_type="application/json")
    assert visit.status == 500
    assert visit.body == visit.head == set()
    assert ("ValueError" if how == "exception" else "InvalidTextRepresentation") in log.getvalue() or (
        "DataError" in log.getvalue()
    )
    assert told(walked, log.getvalue()) == set()
