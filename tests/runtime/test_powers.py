"""What each database role may do with each table, written out by hand and compared with the server's own answer.

A table that is not here fails, and so does a privilege more or less: the list in runtime/grants.py must not be able to
change what the roles may do without this page being changed as well (architecture §2.11, §7).
"""

from __future__ import annotations

import os

import psycopg
import pytest
from django.db import connection

from conftest import owner_connection
from tests.access.outlets import as_portal, current_user

PRIVILEGES = {"s": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE", "t": "TRUNCATE"}
ROLES = {"app": "yipanqi_app", "portal": "yipanqi_portal", "eraser": "yipanqi_eraser"}

# Table: what application, portal and eraser may do, by first letters; - for nothing. In brackets: single columns.
POWERS = """
api_idempotentanswer       sid   sid   -
auth_group                 siud  -     -
auth_group_permissions     siud  -     -
auth_permission            siud  -     -
cases_callrequest          siu   i     -
cases_case                 siu   siu   (s)
cases_casefile             sid   -     -
cases_externalref          si    -     -
cases_mandate              si    si    -
cases_mandateend           si    si    -
cases_publication          siu   s(u)  -
cases_reasoncode           siu   s     -
cases_reference            si    si    -
cases_statutorypath        siu   -     -
cases_submission           si    si    (s)
cases_trackingsecret       siu   si    -
cases_verdict              siu   siu   -
core_accesslog             si    i     -
core_attempt               siud  siu   -
core_calendarday           si    s     -
core_calendarnotice        si    s     -
core_change                si    -     i
core_checkpoint            si    -     -
core_erasure               s     (s)   si
core_leaf                  si    s     -
core_limit                 siud  s     -
core_matter                siu   siu   s
core_move                  si    si    s
core_movepayload           si    si    d(s)
core_procedurestate        s     s     -
core_recount               siu   -     -
core_seal                  siu   i     s(u)
core_sealedtext            si    i     d(s)
core_searchentry           siu   i     -
core_term                  siu   siu   -
core_termpause             siu   siu   -
core_unsequenced           siud  i     -
django_content_type        siud  -     -
django_migrations          s     s     s
django_session             siud  -     -
exchange_chunk             sid   -     -
exchange_export            si    -     -
exchange_exported          si    -     -
exchange_failedrow         sid   -     -
exchange_importedrow       si    -     -
exchange_importrun         siu   -     -
exchange_mapping           siu   -     -
exchange_system            siu   -     -
files_content              sid   si    -
files_file                 siu   i     -
insight_cursor             siud  -     -
insight_publicfigure       siud  s     -
insight_rated              siud  -     -
insight_ratetally          siud  -     -
insight_standing           siud  -     -
insight_tally              siud  -     -
insight_taskhelp           siud  -     -
insight_taskstanding       siud  -     -
meetings_agendaitem        siud  -     -
meetings_burdenrule        si    -     -
meetings_calendarfeed      siu   -     -
meetings_conference        siu   -     -
meetings_dispute           siu   -     -
meetings_exchange          siu   -     -
meetings_instruction       siu   -     -
meetings_invitation        siud  -     -
meetings_line              siu   -     -
meetings_linebinding       siud  -     -
meetings_mechanism         siu   -     -
meetings_member            sid   -     -
meetings_milestone         siud  -     -
meetings_named             si    -     -
meetings_opinion           siud  -     -
meetings_paper             siu   -     -
meetings_plan              siu   -     -
meetings_receipt           si    -     -
meetings_report            si    -     -
meetings_target            siud  -     -
meetings_task              siu   -     -
meetings_venue             siu   -     -
meetings_videosystem       siu   -     -
notices_followed           siu   -     -
notices_issueddocument     si    s     -
notices_message            siu   -     -
notices_notice             si    -     -
notices_readupto           siud  -     -
notices_replytemplate      siud  -     -
notices_sealedcopy         siu   s     d(s)
notices_silence            sid   sid   -
notices_text               si    s     -
notices_weekly             siu   -     -
organisations_area         siud  s     -
organisations_bar          si    -     -
organisations_category     siud  s     -
organisations_duty         siud  -     -
organisations_lawfulreviewer siu   s     -
organisations_part         siu   si    -
organisations_posting      siud  s     -
organisations_standin      siu   -     -
organisations_unit         siud  s     -
people_account             siud  -     -
people_factor              siud  -     -
people_onetimecode         siu   -     -
people_role                siud  -     -
people_signin              siud  -     -
web_desk_heldorder         siud  -     -
web_desk_presence          siud  -     -
web_desk_savedview         siud  -     -
web_desk_typed             siud  -     -
web_portal_portalsession   siud  siud  -
web_portal_saveddraft      siud  siud  -
procrastinate_events       siud  i     -
procrastinate_jobs         siud  i(s)  -
procrastinate_periodic_defers siud -   -
procrastinate_workers      siud  -     -
"""


def expected() -> dict[tuple[str, str], tuple[str, str]]:
    """By table and role: what it may do with whole rows, and with single columns alone."""
    found = {}
    for line in POWERS.strip().splitlines():
        table, *cells = line.split()
        for role, cell in zip(ROLES, cells, strict=True):
            whole, _bracket, columns = cell.replace("-", "").rstrip(")").partition("(")
            found[table, role] = (whole, columns)
    return found


def actual() -> dict[tuple[str, str], tuple[str, str]]:
    found = {}
    with owner_connection() as owner:
        tables = owner.execute(
            "SELECT tablename, format('%I.%I', schemaname, tablename) FROM pg_tables "
            "WHERE schemaname IN ('city', 'jobs') AND NOT (schemaname = 'jobs' AND tablename = 'django_migrations')"
        ).fetchall()
        for table, named in tables:
            for role, user in ROLES.items():
                whole, columns = "", ""
                for letter, privilege in PRIVILEGES.items():
                    ask = "SELECT has_table_privilege(%s, %s, %s)"
                    if owner.execute(ask, [user, named, privilege]).fetchone()[0]:
                        whole += letter
                    elif (
                        letter in "siu"
                        and owner.execute(
                            "SELECT has_any_column_privilege(%s, %s, %s)", [user, named, privilege]
                        ).fetchone()[0]
                    ):
                        columns += letter
                found[table, role] = (whole, columns)
    return found


def test_each_role_may_do_with_each_table_what_is_written_here() -> None:
    wanted, got = expected(), actual()
    differences = {
        key: (wanted.get(key), got.get(key))
        for key in sorted(wanted.keys() | got.keys())
        if wanted.get(key) is None or got.get(key) is None or _sorted(wanted[key]) != got[key]
    }
    assert differences == {}


def _sorted(cell: tuple[str, str]) -> tuple[str, str]:
    whole, columns = ("".join(letter for letter in PRIVILEGES if letter in part) for part in cell)
    return whole, columns


@pytest.mark.django_db(transaction=True)
def test_tests_run_the_product_with_the_applications_role_and_can_with_the_portals() -> None:
    assert current_user() == "yipanqi_app"
    with as_portal():
        assert current_user() == "yipanqi_portal"
    assert current_user() == "yipanqi_app"
    assert connection.settings_dict["USER"] == "yipanqi_app"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT ciphertext FROM core_sealedtext",
        "SELECT wrapped FROM core_seal",
        "SELECT login, password FROM people_account",
        "SELECT session_key FROM django_session",
        "SELECT seal_id, public_key FROM people_factor",
        "SELECT digest FROM people_onetimecode",
        "SELECT network FROM people_signin",
        "INSERT INTO django_session VALUES ('x', 'x', now())",
        "SELECT args FROM jobs.procrastinate_jobs",
        "UPDATE cases_trackingsecret SET revoked_at = NULL",
        "DELETE FROM cases_mandateend",
        "DELETE FROM cases_verdict",
        "SELECT count(*) FROM core_accesslog",
        "SELECT text FROM meetings_line",
        "UPDATE cases_publication SET said = ''",
        "INSERT INTO cases_publication SELECT * FROM cases_publication",
    ],
)
def test_a_captured_portal_is_refused(statement: str) -> None:
    """By trying it: neither seals nor accounts, neither staff's sessions nor what waits to be done."""
    with (
        psycopg.connect(os.environ["PORTAL_DATABASE_URL"], options="-c search_path=city") as portal,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        portal.execute(statement.encode())
