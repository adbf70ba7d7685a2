"""What a morning's reminders cost over a hundred thousand open tasks (meetings/reminders.py).

A throw-away server is filled with tasks of the small city that are worked on, one in fifty of which is due a step that day.
Compared within the run: a step of the job with a step that a person takes (a note, which changes nothing else), and a run
that finds nothing with a walk over all open tasks. Prints times and ratios; asserts nothing.

    python bench/reminders.py [--tasks 100000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from _city import bare_city

AT = dt.datetime(2026, 12, 11, 0, 30, tzinfo=dt.UTC)
COMPARED = 500  # steps of the baseline
# Copies of one task that is worked on; every fiftieth is due today, the others in the weeks after.
FILL = """
CREATE TEMP TABLE copied AS SELECT n, gen_random_uuid() AS id FROM generate_series(1, %(tasks)s::int) AS n;
INSERT INTO core_matter SELECT (jsonb_populate_record(m, jsonb_build_object('id', c.id, 'moves_count', 0, 'head', ''))).*
FROM core_matter m, copied c WHERE m.id = %(one)s;
INSERT INTO meetings_task SELECT (jsonb_populate_record(t, jsonb_build_object('matter_id', c.id, 'number', 'B' || c.n,
    'rung_on', %(today)s::date + CASE WHEN c.n %% 50 = 0 THEN 0 ELSE 1 + c.n %% 40 END))).*
FROM meetings_task t, copied c WHERE t.matter_id = %(one)s;
INSERT INTO organisations_part (matter_id, unit_id, role, since, until, left_because, open)
SELECT c.id, p.unit_id, p.role, p.since, p.until, p.left_because, p.open
FROM organisations_part p, copied c WHERE p.matter_id = %(one)s AND p.until IS NULL;
INSERT INTO core_term SELECT (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'matter_id', c.id))).*
FROM core_term t, copied c WHERE t.matter_id = %(one)s AND t.state = 'running';
"""


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = act()
    return time.perf_counter() - began, found


def fill(tasks: int, one: Any) -> None:
    import psycopg

    url = os.environ["MIGRATE_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True, options="-c search_path=city") as owner:
        cursor = psycopg.ClientCursor(owner)
        values = {"tasks": tasks, "one": one, "today": AT.date()}
        took, _none = timed(lambda: cursor.execute(FILL, values))
        owner.execute("VACUUM (ANALYZE)")
        print(f"filled with {tasks:,} tasks in {took:.0f} s", flush=True)


def measure(tasks: int) -> None:
    from tests.factories import make_city
    from tests.meetings.world import MONDAY, bring, lines, task
    from yipanqi.core import engine
    from yipanqi.core.models import Matter
    from yipanqi.meetings.models import Task
    from yipanqi.meetings.reminders import send_due

    city = make_city(MONDAY)
    one = task(city, lines(city)[0])
    bring(city, one, "working", MONDAY)
    fill(tasks, one.pk)
    deputy = city.actor("deputy")
    others = list(Task.objects.filter(rung_on__gt=AT.date()).values_list("pk", flat=True)[:COMPARED])

    def notes() -> None:
        for pk in others:
            engine.take(matters=[pk], step="note", by=deputy, at=AT, answers={"text": "示例"})

    baseline, _none = timed(notes)
    each = baseline / len(others)
    took, sent = timed(lambda: send_due(at=AT))
    nothing, none = timed(lambda: send_due(at=AT))
    walk, _rows = timed(
        lambda: list(Matter.objects.filter(procedure="task", open=True).values_list("pk", "state", "due_at"))
    )
    assert none == 0
    print(f"a note by a person: {each * 1000:.2f} ms")
    print(
        f"{sent:,} reminders: {took:.1f} s, {took / sent * 1000:.2f} ms each, {took / sent / each:.2f} × a note"
    )
    print(
        f"a run that finds nothing: {nothing * 1000:.1f} ms, {nothing / walk:.4f} × a walk over all open tasks"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    wanted = parser.parse_args()
    with bare_city():
        measure(wanted.tasks)


if __name__ == "__main__":
    main()
