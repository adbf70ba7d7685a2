"""Fills a city with matters in the shapes that real use left: whole orders of the demo city, copied over the years.

Each order of the demo city, made by the usual actions, is a pattern. A copy has its rows in every table that lists and
jobs read, moved in time, with a category, an area and the unit of the duty list of its own. Ten of a hundred copies
are open. What is signed or sealed cannot be copied: chains of hashes do not verify. Seals of open copies are made anew, so
that their pages open; those of closed ones do not open.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import psycopg
from _saying import entries, said

from yipanqi.core.keys import current_provider, keyring
from yipanqi.core.sealing import _bound_to

# The table of a pattern's rows, what a copy has of its own (c: the copy, x: the pattern's row), and further joins.
# Times move by whole days: limits end at midnight.
_AT = "x.{0} + c.shift * interval '1 day'"
_ON = "x.{0} + c.shift"


def _moved(*times: str, days: tuple[str, ...] = ()) -> dict[str, str]:
    return {name: _AT.format(name) for name in times} | {name: _ON.format(name) for name in days}


def _move(alias: str) -> str:
    """The id of a copied move, of which others know by the pattern's move."""
    return f"pg_temp.made_id({alias}.at + c.shift * interval '1 day', c.n || ':' || {alias}.number)"


_TERM = "pg_temp.made_id(s.at + c.shift * interval '1 day', c.n || '/' || {0})"
_SUBMISSION = "pg_temp.made_id(c.at, 's' || c.n)"
_SEAL = "md5('seal' || c.n)::uuid"
_OF_CASE = "JOIN cases_case k ON k.matter_id = c.pattern JOIN cases_submission u ON u.id = k.submission_id"
_OF_TERM = "JOIN core_term t ON t.matter_id = c.pattern JOIN core_move s ON s.id = t.started_by_id"
_MOVES = "JOIN core_move s ON s.id = x.started_by_id LEFT JOIN core_move e ON e.id = x.ended_by_id"
_PAUSES = f"""{_OF_TERM} JOIN core_termpause x ON x.term_id = t.id
    JOIN core_move b ON b.id = x.began_by_id LEFT JOIN core_move e ON e.id = x.ended_by_id"""
# Of a closed order no list reads more than its limits for answer and verdict, and the moves that these point at.
_KEPT = ("c.open OR x.number = 1 OR x.step IN ('route', 'serve', 'close', 'second_due', 'second_handling', "
         "'withdraw', 'redirect')")  # fmt: skip

# In the order of what points at what.
_TABLES: list[tuple[str, str, Mapping[str, str], str]] = [
    ("core_seal", f"{_OF_CASE} JOIN core_seal x ON x.id = u.seal_id LEFT JOIN sealed ON sealed.n = c.n",
     {"id": _SEAL, "key_id": "coalesce(sealed.key_id, x.key_id)", "wrapped": "coalesce(sealed.wrapped, x.wrapped)"}, ""),
    ("core_sealedtext", f"{_OF_CASE} JOIN core_sealedtext x ON x.seal_id = u.seal_id AND x.name = 'phone' LEFT JOIN sealed ON sealed.n = c.n",
     {"seal_id": _SEAL, "ciphertext": "coalesce(sealed.ciphertext, x.ciphertext)", "index": "sha256(c.n::text::bytea)"}, ""),
    ("cases_reference", f"{_OF_CASE} JOIN cases_reference x ON x.code = u.reference_id", {"code": "c.number"}, ""),
    ("cases_submission", f"{_OF_CASE} JOIN cases_submission x ON x.id = u.id",
     {"id": _SUBMISSION, "reference_id": "c.number", "seal_id": _SEAL, **_moved("received_at")}, ""),
    ("cases_trackingsecret", f"{_OF_CASE} JOIN cases_trackingsecret x ON x.submission_id = u.id",
     {"submission_id": _SUBMISSION, **_moved("issued_at", "revoked_at")}, ""),
    ("core_matter", "JOIN core_matter x ON x.id = c.pattern",
     {"id": "c.id", "holder": "CASE WHEN x.holder = c.lead THEN c.unit ELSE x.holder END", **_moved("due_at", "opened_at", "closed_at")}, ""),
    ("cases_case", "JOIN cases_case x ON x.matter_id = c.pattern JOIN said ON said.n = c.n",
     {"matter_id": "c.id", "submission_id": _SUBMISSION, "number": "c.number",
      "title": "CASE WHEN x.cleared THEN said.title ELSE '' END", "text": "CASE WHEN x.cleared THEN said.text ELSE '' END",
      "category_id": "CASE WHEN x.category_id IS NOT NULL THEN c.category END", "area_id": "CASE WHEN x.area_id IS NOT NULL THEN c.area END"}, ""),
    ("core_searchentry", "JOIN cases_case x ON x.matter_id = c.pattern JOIN said ON said.n = c.n",
     {"matter_id": "c.id", "reference": "said.reference", "body": "CASE WHEN x.cleared THEN said.body ELSE '' END",
      "lexemes": "CASE WHEN x.cleared THEN said.lexemes ELSE said.bare END"}, ""),
    ("cases_verdict", "JOIN cases_verdict x ON x.case_id = c.pattern", {"case_id": "c.id", **_moved("at")}, ""),
    ("organisations_part", "JOIN organisations_part x ON x.matter_id = c.pattern",
     {"matter_id": "c.id", "unit_id": "CASE WHEN x.unit_id = c.lead AND x.role = 'lead' THEN c.unit ELSE x.unit_id END", **_moved("since", "until", "due_at", "done_at")}, ""),
    ("core_move", "JOIN core_move x ON x.matter_id = c.pattern", {"id": _move("x"), "matter_id": "c.id", **_moved("at")}, _KEPT),
    ("core_movepayload", "JOIN core_move m ON m.matter_id = c.pattern JOIN core_movepayload x ON x.move_id = m.id",
     {"move_id": _move("m")}, "c.open"),
    ("core_term", f"JOIN core_term x ON x.matter_id = c.pattern {_MOVES}",
     {"id": _TERM.format("x.id"), "matter_id": "c.id", "started_by_id": _move("s"),
      "ended_by_id": f"CASE WHEN e.id IS NOT NULL THEN {_move('e')} END",
      **_moved("due_at", "ended_at", days=("day0", "due_raw", "due_effective"))},
     "c.open OR (x.code IN ('answer', 'evaluate') AND x.state <> 'dropped')"),
    ("core_termpause", _PAUSES,
     {"term_id": _TERM.format("t.id"), "began_by_id": _move("b"), "ended_by_id": f"CASE WHEN e.id IS NOT NULL THEN {_move('e')} END",
      **_moved(days=("since", "until"))}, "c.open"),
    ("insight_standing", "JOIN insight_standing x ON x.matter_id = c.pattern",
     {"matter_id": "c.id", "category_id": "c.category", "area_id": "c.area",
      "unit_id": "CASE WHEN x.unit_id = c.lead THEN c.unit ELSE x.unit_id END", **_moved("due_at")}, ""),
]  # fmt: skip

_MADE_ID = """
CREATE FUNCTION pg_temp.made_id(at timestamptz, seed text) RETURNS uuid STABLE LANGUAGE sql AS $$
    SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
        || '7' || substr(md5(seed), 1, 3) || '8' || substr(md5(seed), 4, 15))::uuid $$
"""
# Where orders come from: each category that has no other below it, in each place where the demo city has orders, with
# the unit that the duty list names. The first ones come most often, as some matters and streets do.
_PLACES = """
CREATE TEMP TABLE place AS
SELECT row_number() OVER (ORDER BY md5(k.code || a.code)) - 1 AS n, k.code AS category, a.code AS area, d.unit_id AS unit
FROM organisations_category k
CROSS JOIN organisations_area a
CROSS JOIN LATERAL (
    SELECT unit_id FROM organisations_duty d JOIN organisations_area b ON b.code = d.area_id
    WHERE d.category_id IN (k.code, k.parent_id) AND d.valid_to IS NULL AND a.path LIKE b.path || '%'
    ORDER BY d.category_id = k.code DESC, length(b.path) DESC LIMIT 1
) d
WHERE k.parent_id IS NOT NULL AND a.level IN (SELECT DISTINCT b.level FROM cases_case c JOIN organisations_area b ON b.code = c.area_id)
"""
_PATTERNS = """
CREATE TEMP TABLE pattern AS
SELECT m.id, m.open, m.due_at, m.opened_at, p.unit_id AS lead, m.state IN ('asked', 'on_hold', 'served') AS lapses,
    row_number() OVER (PARTITION BY m.open ORDER BY m.id) - 1 AS spot,
    (SELECT max(at) FROM core_move v WHERE v.matter_id = m.id) AS moved_at
FROM core_matter m
LEFT JOIN organisations_part p ON p.matter_id = m.id AND p.role = 'lead' AND p.until IS NULL
WHERE m.procedure = 'order'
"""
# Closed ones over three years; open ones so that their limits end between a day ago and nine days from now, as far as
# nothing moves into the future by it. What the system moves by itself when its limit ends is not late: it would have.
_COPIES = """
WITH drawn AS MATERIALIZED (
    SELECT n, n %% 100 < 10 AS open, upper(lpad(to_hex(n * 2654435761 %% 4294967296), 8, '0')) AS code,
        (n / 100 * 7 + n) %% CASE WHEN n %% 100 < 10
            THEN (SELECT count(*) FROM pattern WHERE open) ELSE (SELECT count(*) FROM pattern WHERE NOT open) END AS spot,
        floor(power(random(), 2) * (SELECT count(*) FROM place))::bigint AS place, random() AS luck
    FROM generate_series(%(first)s::bigint, %(last)s) n
), dated AS MATERIALIZED (
    SELECT d.*, t.id AS pattern, t.opened_at, t.lead, CASE
        WHEN t.lapses THEN %(at)s::date - t.due_at::date + 1 + floor(luck * 9)::int
        WHEN t.open THEN least(%(at)s::date - t.due_at::date + floor(luck * 11)::int - 1, %(at)s::date - t.moved_at::date - 1)
        ELSE -1 - floor(luck * 1000)::int END AS shift
    FROM drawn d JOIN pattern t USING (open, spot)
)
INSERT INTO copy
SELECT d.n, d.pattern, pg_temp.made_id(d.opened_at + d.shift * interval '1 day', 'm' || d.n),
    d.opened_at + d.shift * interval '1 day', d.shift, d.open, d.lead, l.category, l.area, l.unit,
    substr(code, 1, 4) || '-' || substr(code, 5, 4) || '-#'
FROM dated d JOIN place l ON l.n = d.place
ORDER BY 4
"""
# Those that no constraint stands on.
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = current_schema() AND tablename = ANY(%(tables)s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = (quote_ident(schemaname) || '.' || quote_ident(indexname))::regclass)
"""
_TALLY = """
INSERT INTO insight_tally (category_id, area_id, unit_id, {names})
SELECT category_id, area_id, unit_id, {sums} FROM insight_standing GROUP BY 1, 2, 3
"""
_LEAVES = """
INSERT INTO core_leaf (number, move_id)
SELECT (SELECT max(number) FROM core_leaf) + row_number() OVER (ORDER BY m.id), m.id
FROM core_move m LEFT JOIN core_leaf l ON l.move_id = m.id WHERE l.number IS NULL
"""
_LOOKS = """
INSERT INTO core_accesslog (id, at, account, page, matter, fields)
SELECT pg_temp.made_id(c.at, 'l' || c.n || a.k), c.at, accounts[1 + floor(power(random(), 2) * array_length(accounts, 1))::int],
    'matter', c.id, 'text,person_masked'
FROM copy c CROSS JOIN generate_series(1, 2) a (k)
CROSS JOIN (SELECT array_agg(id ORDER BY login) AS accounts FROM people_account) s
"""


class Filling:
    """The filling of one database; the orders that are there when it begins are its patterns."""

    def __init__(self, url: str, owner: str, schema: str) -> None:
        """`url` has an administrator's power: what is copied row by row need not be checked row by row."""
        self._db = psycopg.connect(url, autocommit=True)
        self._run("SET session_replication_role = replica")
        self._run(f"SET ROLE {owner}")
        self._run(f"SET search_path = {schema}")
        for name, value in (
            ("work_mem", "128MB"),
            ("synchronous_commit", "off"),
            ("TimeZone", "Asia/Shanghai"),
        ):
            self._run(f"SET {name} = '{value}'")
        # Of a city that was built a moment ago the planner knows nothing yet, and takes minutes over its places.
        for statement in ("ANALYZE", _MADE_ID, _PLACES, _PATTERNS):
            self._run(statement)
        self._run("CREATE TEMP TABLE copy (n bigint, pattern uuid, id uuid, at timestamptz, shift int, open bool, "
                  "lead uuid, category text, area text, unit uuid, number text)")  # fmt: skip
        self._run("CREATE TEMP TABLE said (n bigint, title text, text text, reference text, body text, "
                  "lexemes tsvector, bare tsvector)")  # fmt: skip
        self._run("CREATE TEMP TABLE sealed (n bigint, key_id text, wrapped bytea, ciphertext bytea)")
        self._run("ANALYZE place; ANALYZE pattern")

    def _run(self, statement: str, values: Mapping[str, Any] | None = None) -> Any:
        return self._db.execute(statement.encode(), values)

    def close(self) -> None:
        self._db.close()

    def up_to(self, count: int, at: dt.datetime) -> None:
        """Add copies until there are `count` orders, and let the server gather its statistics."""
        # Indexes are built in less time than they are added to.
        self._run("SET maintenance_work_mem = '1GB'")
        found = self._run(_INDEXES, {"tables": [table for table, *_more in _TABLES]}).fetchall()
        for name, _definition in found:
            self._run(f'DROP INDEX "{name}"')
        have = self._run("SELECT count(*) FROM core_matter WHERE procedure = 'order'").fetchone()[0]
        for first in range(have + 1, count + 1, 50_000):
            self._run("TRUNCATE copy")
            self._run(_COPIES, {"first": first, "last": min(first + 49_999, count), "at": at})
            self._say(first, min(first + 49_999, count))
            self._seal(first, min(first + 49_999, count))
            self._run("ANALYZE copy; ANALYZE said; ANALYZE sealed")
            for table, joins, own, where in _TABLES:
                self._copy(table, joins, own, where)
            self._run(_LOOKS)
        for _name, definition in found:
            self._run(definition)
        self._run(_LEAVES)
        self._count()
        self._run("VACUUM ANALYZE")

    def _say(self, first: int, last: int) -> None:
        """The texts of these copies, and what is searched of them."""
        self._run("TRUNCATE said")
        with self._db.cursor() as cursor, cursor.copy("COPY said FROM STDIN") as rows:
            for n in range(first, last + 1):
                cleared, before = entries(n)
                rows.write_row(
                    (n, *said(n), cleared.reference, cleared.body, cleared.lexemes, before.lexemes)
                )

    def _seal(self, first: int, last: int) -> None:
        """Data keys and telephone numbers of the open ones of these copies."""
        suite, keys = current_provider(), keyring()
        self._run("TRUNCATE sealed")
        with self._db.cursor() as cursor, cursor.copy("COPY sealed FROM STDIN") as rows:
            for n in (n for n in range(first, last + 1) if n % 100 < 10):
                seal, data_key = UUID(hashlib.md5(f"seal{n}".encode()).hexdigest()), suite.new_key()
                key_id, wrapped = keys.wrap(data_key, _bound_to(seal, "key"))
                phone = suite.encrypt(data_key, f"199{n:08}".encode(), _bound_to(seal, "phone"))
                rows.write_row((n, key_id, wrapped, phone))

    def _copy(self, table: str, joins: str, own: Mapping[str, str], where: str) -> None:
        rows = self._run(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = current_schema() "
            f"AND table_name = '{table}' AND is_identity = 'NO'"
        )
        names = [name for (name,) in rows]
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(own.get(name, f'x."{name}"') for name in names)
        self._run(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM copy c {joins} WHERE {where or 'true'}"
        )

    def _count(self) -> None:
        """The tally as counting every move would have made it."""
        names = ("open", "on_hold", "closed", "timed", "in_time", "judged", "solved")
        self._run("TRUNCATE insight_tally")
        self._run(_TALLY.format(names=", ".join(names), sums=", ".join(f"sum({name})" for name in names)))
        self._run("UPDATE insight_cursor SET leaf = (SELECT max(number) FROM core_leaf)")
