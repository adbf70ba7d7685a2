"""R18: an import killed at row 7,000 of 10,000 goes on when it is called again, and no row is in twice or missing."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.faults.running import SELF, environment
from yipanqi.runtime import embedded

pytestmark = pytest.mark.fault
ROWS, KILLED_AT = 10_000, 7_000
TWICE = (
    "SELECT count(*), count(DISTINCT number), count(DISTINCT object_id) FROM exchange_importedrow",
    "SELECT count(*), count(DISTINCT submission_id) FROM cases_case JOIN core_matter ON id = matter_id WHERE state = 'recorded'",
)


def table(to: Path) -> Path:
    with to.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(["title", "text"])
        out.writerows([f"第{n}盏路灯", f"示例路第{n}盏路灯不亮。"] for n in range(ROWS))
    return to


def importing(home: Path, file: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*SELF, "import-submissions", str(file), "--history", "--no-mend"],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def numbers(owner: psycopg.Connection[Any], question: str) -> tuple[int, ...]:
    [row] = owner.execute(question).fetchall()
    return tuple(row)


def test_a_killed_import_goes_on_without_doubles(city_home: Path, tmp_path: Path) -> None:
    file = table(tmp_path / "rows.csv")
    with (
        embedded.running(city_home, say=embedded.say_nothing) as server,
        psycopg.connect(server.urls["MIGRATE_DATABASE_URL"], options="-c search_path=city", autocommit=True) as owner,
    ):  # fmt: skip
        with importing(city_home, file) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if line.startswith(f"{KILLED_AT} of"):
                    process.kill()
                    break
        before = [numbers(owner, question) for question in TWICE]
        assert KILLED_AT <= before[0][0] < ROWS
        assert before[0][0] == before[1][0], "a row and its case are one"
        with importing(city_home, file) as process:
            told, _errors = process.communicate(timeout=600)
        assert f"{ROWS - before[0][0]} went in, {before[0][0]} were in already, 0 failed" in told
        assert [numbers(owner, question) for question in TWICE] == [
            (ROWS, ROWS, ROWS),
            (ROWS, ROWS),
        ]
