"""What the city's board costs with five thousand units and a hundred thousand tasks (insight/city.py).

A throw-away server is filled with units in four levels, a hundred conferences and their tasks, each with milestones, a
lead and now and then a co-unit, in all states and lights. Compared within the run: each view of the page with the same
over a twentieth of the tasks, and the counts by light with the one light after the other that Python would say. Prints
times, ratios, statements and rows read; asserts nothing.

    python bench/board.py [--tasks 100000] [--units 5000] [--plans FILE]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


from _city import bare_city

AT = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
SHARE = 20  # the baseline has so many times fewer tasks

# Twelve districts with eight streets each and forty departments; all else are communities of the streets.
UNITS = """
CREATE TEMP TABLE more AS SELECT n, CASE WHEN n <= 52 THEN 'a' || n WHEN n <= 148 THEN 'b' || n ELSE 'c' || n END AS code,
    CASE WHEN n <= 52 THEN NULL WHEN n <= 148 THEN 'a' || 1 + (n - 53) / 8 ELSE 'b' || 53 + (n - 149) % 96 END AS above
FROM generate_series(1, {units}) AS n;
CREATE TEMP TABLE placed AS WITH RECURSIVE tree AS (
    SELECT m.n, m.code, gen_random_uuid() AS id, c.id AS managing, c.path || m.code || '/' AS path
    FROM more m JOIN organisations_unit c ON c.code = 'city' WHERE m.above IS NULL
    UNION ALL
    SELECT m.n, m.code, gen_random_uuid(), t.id, t.path || m.code || '/' FROM more m JOIN tree t ON t.code = m.above
) SELECT * FROM tree;
INSERT INTO organisations_unit SELECT (jsonb_populate_record(u, jsonb_build_object('id', p.id, 'code', p.code,
    'name_zh', '示例单位' || p.n, 'name_en', 'Unit ' || p.n, 'managing_id', p.managing, 'path', p.path))).*
FROM organisations_unit u, placed p WHERE u.code = 'roads' ORDER BY p.path;
"""
CONFERENCES = """
INSERT INTO meetings_conference SELECT (jsonb_populate_record(c, jsonb_build_object('id', c.id + n, 'title', '示例会议' || n,
    'held_on', date '2024-01-01' + n * 10))).*
FROM meetings_conference c, generate_series(1, 100) AS n WHERE c.id = {conference};
INSERT INTO meetings_line SELECT (jsonb_populate_record(l, jsonb_build_object('id', l.id + n, 'conference_id',
    l.conference_id + 1 + (n - 1) / 12, 'number', 1 + (n - 1) % 12, 'text', '示例要求' || n, 'theme', '主题' || n % 8))).*
FROM meetings_line l, generate_series(1, 1200) AS n WHERE l.id = {line};
"""
# Copies of one task that is worked on: a fifth is closed, some wait for receipt or check, a few are late.
TASKS = """
CREATE TEMP TABLE unit_no AS SELECT row_number() OVER (ORDER BY md5(code)) - 1 AS k, id FROM organisations_unit;
CREATE TEMP TABLE copied AS SELECT n, gen_random_uuid() AS id, (hashint4(n) & 2147483647) %% 100 AS luck,
    date %(today)s + CASE WHEN n %% 50 = 0 THEN -(n / 50 %% 40) - 1 ELSE 1 + n / 7 %% 500 END AS due
FROM generate_series(%(first)s::int, %(last)s::int) AS n;
CREATE TEMP TABLE led AS SELECT c.*, u.id AS unit, v.id AS other FROM copied c
JOIN unit_no u ON u.k = (hashint4(c.n + 7) & 2147483647) %% {units}
JOIN unit_no v ON v.k = (hashint4(c.n + 99) & 2147483647) %% 200;
INSERT INTO core_matter SELECT (jsonb_populate_record(m, jsonb_build_object('id', c.id, 'moves_count', 0, 'head', '',
    'state', CASE WHEN luck < 20 THEN 'closed' WHEN luck < 25 THEN 'issued' WHEN luck < 30 THEN 'closing' ELSE 'working' END,
    'open', luck >= 20, 'closed_at', CASE WHEN luck < 20 THEN m.opened_at END, 'holder', CASE WHEN luck >= 20 THEN c.unit END,
    'due_at', CASE WHEN luck >= 20 THEN (due + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' END))).*
FROM core_matter m, led c WHERE m.id = %(one)s;
INSERT INTO meetings_task SELECT (jsonb_populate_record(t, jsonb_build_object('matter_id', c.id, 'number', 'B' || c.n,
    'line_id', t.line_id + 1 + c.n %% 1200, 'due_on', due, 'issued_on', due - 90, 'rung_on', NULL,
    'deferred_from', CASE WHEN luck = 50 THEN due - 9 END))).*
FROM meetings_task t, led c WHERE t.matter_id = %(one)s;
INSERT INTO meetings_milestone (task_id, number, title, due_on, done_at)
SELECT c.id, k, '节点' || k, due - 90 + k * 30, CASE WHEN due - 90 + k * 30 < date %(today)s AND luck <> 60 THEN now() END
FROM led c, generate_series(1, 3) AS k;
INSERT INTO organisations_part (matter_id, unit_id, role, since, until, left_because, open)
SELECT c.id, p.unit_id, 'sender', p.since, NULL::timestamptz, '', luck >= 20
FROM organisations_part p, led c WHERE p.matter_id = %(one)s AND p.role = 'sender'
UNION ALL SELECT c.id, c.unit, 'lead', now(), NULL::timestamptz, '', luck >= 20 FROM led c
UNION ALL SELECT c.id, c.other, 'co', now(), NULL::timestamptz, '', luck >= 20 FROM led c WHERE luck %% 3 > 0;
DROP TABLE unit_no, copied, led;
"""


class Filling:
    """The filling of one throw-away city, as its owner."""

    def __init__(self, one: Any, units: int) -> None:
        import psycopg

        url = os.environ["MIGRATE_DATABASE_URL"]
        self.owner = psycopg.connect(
            url, autocommit=True, options="-c search_path=city -c synchronous_commit=off"
        )
        self.cursor = psycopg.ClientCursor(self.owner)
        self.one, self.units, self.have = one.pk, units, 0
        self.owner.execute("SET timezone = 'Asia/Shanghai'")
        self.cursor.execute(UNITS.format(units=units).encode())
        line = one.line
        self.cursor.execute(CONFERENCES.format(conference=line.conference_id, line=line.pk).encode())

    def up_to(self, count: int) -> None:
        values = {"first": self.have + 1, "last": count, "one": self.one, "today": AT.date()}
        self.cursor.execute(TASKS.format(units=self.units).encode(), values)
        self.have = count
        self.owner.execute("VACUUM (ANALYZE)")

    def stand(self) -> None:
        """Has the rollup count what is not counted, for copies have no moves for it to follow."""
        from yipanqi.insight import actions
        from yipanqi.insight.models import TaskStanding
        from yipanqi.meetings.models import Task

        kept = TaskStanding.objects.values("pk")
        ids = list(Task.objects.exclude(pk__in=kept).values_list("pk", flat=True))
        for first in range(0, len(ids), actions.BATCH):
            actions.stand_tasks(matters=set(ids[first : first + actions.BATCH]))
        self.owner.execute("VACUUM (ANALYZE)")


def views(city: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The page as who sees the whole city opens it, and as a unit does; dates lie around AT, so it is opened at AT."""
    from django.db.models import Count
    from django.test import Client
    from django.urls import reverse

    from yipanqi.insight.models import TaskStanding
    from yipanqi.organisations.models import Unit

    district = Unit.objects.get(code="a1")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("units and themes", {}),
        ("units of a district", {"unit": district.pk}),
        ("meetings", {"view": "meetings"}),
        ("plan", {"view": "plan"}),
        ("plan of a district", {"view": "plan", "unit": district.pk}),
        ("joint work", {"view": "joint"}),
        ("tasks", {"view": "tasks"}),
        ("late tasks", {"view": "tasks", "light": "red"}),
        ("tasks of a district and a theme", {"view": "tasks", "unit": district.pk, "theme": "主题3"}),
        ("latest meeting", {"view": "meeting"}),
    ]
    for login, some in (("deputy", asked), ("insider", asked[:1])):
        client = Client()
        client.force_login(city.accounts[login])
        for name, query in some:

            def act(client: Client = client, query: Mapping[str, Any] = query) -> Any:
                answer = client.get(reverse("desk:board"), query)
                assert answer.status_code == 200
                return answer

            yield f"{name}, {login}", act
    wall = Client()
    wall.force_login(city.accounts["deputy"])
    yield "wall, deputy", lambda: wall.get(reverse("desk:wall"))
    yield (
        "one pass over all, counted",
        lambda: list(TaskStanding.objects.values_list("shade").annotate(n=Count("pk")).order_by()),
    )


def measure(tasks: int, units: int, plans: Path | None) -> None:
    from _measuring import Cost, cost_of

    from tests.factories import make_city
    from tests.meetings.world import MONDAY, bring, lines, task
    from yipanqi.core import ledger
    from yipanqi.insight import actions

    city = make_city(MONDAY)
    one = task(city, lines(city)[0])
    bring(city, one, "working", MONDAY)
    ledger.sequence()
    actions.advance(at=AT)
    filling = Filling(one, units)
    costs: list[dict[str, Cost]] = []
    for count in (tasks // SHARE, tasks):
        filling.up_to(count)
        filling.stand()
        costs.append({name: cost_of(act, 9) for name, act in views(city)})
        print(f"{count:,} tasks, {units:,} units", file=sys.stderr, flush=True)
    few, many = costs
    width = max(map(len, many))
    print(f"{'':{width}}  {tasks // SHARE:>10,}  {tasks:>10,}  ratio         p95  statements  rows read")
    for name, cost in many.items():
        print(
            f"{name:{width}}  {few[name].ms:7.1f} ms  {cost.ms:7.1f} ms  {cost.ms / few[name].ms:5.2f}  {cost.p95:7.1f} ms"
            f"  {cost.statements:10}  {few[name].read:,} → {cost.read:,}"
        )
    print(f"{os.cpu_count()} processors; load {os.getloadavg()[0]:.1f}")
    if plans:
        plans.write_text("\n\n".join(f"# {name}\n{cost.worst}" for name, cost in many.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=5_000)
    parser.add_argument("--plans", type=Path, help="where to write the plan of each view that reads most")
    wanted = parser.parse_args()
    with bare_city():
        measure(wanted.tasks, wanted.units, wanted.plans)


if __name__ == "__main__":
    main()
