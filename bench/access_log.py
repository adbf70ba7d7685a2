"""How long the auditor waits for what an account saw in a month, in a log of ten million rows (trust-and-ux §2.3: 10 s).

A throw-away server is filled with the looks of two thousand accounts in a year, some of which look far more often than
others; asked is for the busiest. Prints times, rows and the plan of the page; asserts nothing.

    python bench/access_log.py [--rows 10000000]
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _city import bare_city

UNTIL = "2026-11-24 02:00+00"
# Ids in the order of time, as the product makes them; r^3 gives the busiest of 2,000 accounts eight in a hundred looks.
FILL = """
INSERT INTO core_accesslog (id, at, account, page, matter, fields)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(said, 1, 3) || '8' || substr(said, 4, 15))::uuid,
       at, accounts[1 + floor(array_length(accounts, 1) * r ^ 3)::int],
       (ARRAY['matter', 'queue', 'search', 'board', 'notices'])[1 + n %% 5],
       CASE WHEN n %% 5 = 0 THEN matters[1 + n %% array_length(matters, 1)] END, 'titles'
FROM (SELECT n, md5(n::text) AS said, random() AS r,
             %(until)s::timestamptz - interval '365 days' * (1 - n / %(rows)s::int::float8) AS at
      FROM generate_series(1, %(rows)s::int) AS n) AS each,
     (SELECT array_agg(id ORDER BY login) AS accounts FROM people_account) AS a,
     (SELECT coalesce(array_agg(id), ARRAY[gen_random_uuid()]) AS matters FROM core_matter) AS m
"""


def timed(name: str, act: Callable[[], Any]) -> Any:
    began = time.perf_counter()
    found = act()
    print(f"{name}: {(time.perf_counter() - began) * 1000:.0f} ms")
    return found


def measure(rows: int) -> None:
    import datetime as dt

    import psycopg
    from django.test import Client
    from django.urls import reverse

    from tests.factories import PASSWORD, file, make_city
    from yipanqi.insight import registers
    from yipanqi.people.actions import create_accounts

    at = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
    city = make_city(at)
    for _n in range(200):
        file(city, at=at)
    many = [(f"a{n:05d}", "示例", "business") for n in range(2000)]
    busiest = create_accounts(rows=many, password=None, by=None, at=at)[0]
    with psycopg.connect(
        os.environ["MIGRATE_DATABASE_URL"], autocommit=True, options="-c search_path=city"
    ) as owner:
        timed(f"fill {rows:,} rows", lambda: owner.execute(FILL, {"rows": rows, "until": UNTIL}))
        timed("vacuum, analyze", lambda: owner.execute("VACUUM (ANALYZE) core_accesslog"))
        size = owner.execute("SELECT pg_size_pretty(pg_total_relation_size('core_accesslog'))").fetchone()
        print(f"the log with its indexes: {size[0] if size else ''}")
    client = Client()
    assert client.login(login="audadmin", password=PASSWORD)
    month = {"login": busiest.login, "since": "2026-10-24T00:00", "until": "2026-11-24T10:00"}
    asked = registers.Looking(busiest.pk, at - dt.timedelta(days=31), at)
    page = reverse("desk:access_log")
    cold = timed("first page, cold", lambda: client.get(page, month))
    assert cold.status_code == 200, cold.content.decode()
    timed("first page, warm", lambda: client.get(page, month))
    timed("narrowed to a page", lambda: client.get(page, month | {"page": "search"}))
    timed("narrowed to a page nobody opened", lambda: client.get(page, month | {"page": "lost"}))
    timed("the whole year", lambda: client.get(page, month | {"since": "2025-11-24T00:00"}))
    looks = timed("every look of the month", lambda: list(registers.every_look(asked, most=10**9)))
    print(f"looks of the busiest account in the month: {len(looks):,}")
    for kind in ("csv", "xlsx"):
        answer = timed(
            f"given out as {kind}",
            lambda kind=kind: client.get(reverse("desk:looks_out", args=[kind]), month),
        )
        print(f"  {len(answer.content):,} bytes")
    print(asked.rows.order_by("-at", "-id")[:51].explain(analyze=True, buffers=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    asked = parser.parse_args()
    with bare_city():
        measure(asked.rows)


if __name__ == "__main__":
    main()
