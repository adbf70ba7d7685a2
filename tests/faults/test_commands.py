"""The command line, as an operator uses it, on an embedded database of its own."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.faults.conftest import copy_home
from tests.faults.running import SELF, environment
from yipanqi.runtime import embedded

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module", autouse=True)
def _city(built_home: Path, home: Path) -> None:
    copy_home(built_home, home)


@pytest.fixture
def owner(home: Path) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with (
        embedded.running(home, say=embedded.say_nothing) as server,
        psycopg.connect(server.urls["MIGRATE_DATABASE_URL"], options="-c search_path=city") as connection,
    ):
        yield connection


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SELF, *arguments], env=environment(home), capture_output=True, text=True, timeout=120, check=False
    )


def a_case(owner: psycopg.Connection[tuple[object, ...]], state: str) -> str:
    row = owner.execute(
        "SELECT number FROM cases_case JOIN core_matter ON core_matter.id = matter_id WHERE state = %s LIMIT 1",
        [state],
    ).fetchone()
    owner.rollback()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("name", ["", "serve", "worker", "migrate", "demo", "step", "import-submissions", "verify", "procedures", "calendar", "keys", "accounts", "audit", "erase", "roles", "messages"])  # fmt: skip
def test_every_command_explains_itself(home: Path, name: str) -> None:
    told = run(home, *([name] if name else []), "--help")
    assert told.returncode == 0
    assert len(told.stdout) > 80


def test_a_step_is_taken_and_refused_in_plain_words(
    home: Path, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    number = a_case(owner, "handling")
    shown = run(home, "step", number)
    assert "登记" in shown.stdout
    assert "state: handling" in shown.stdout
    refused = run(home, "step", number, "accept", "--as", "stranger")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert run(home, "step", "nothing").returncode == 1
    [(task,)] = owner.execute("SELECT number FROM meetings_task LIMIT 1").fetchall()
    owner.rollback()
    assert "[" in run(home, "step", str(task).lower()).stdout, "a task is found by its number as a case is"
    assert run(home, "step", number, "accept", "--as", "nobody").returncode == 1
    answers = [f"--set={each}" for each in ("text=已修好。", "outcome=nothing")]
    told = run(home, "step", number, "answer", "--as", "handler", *answers)
    assert (told.returncode, "outcome: solved (" in told.stderr) == (1, True), told.stderr


def test_verify_is_well_after_an_erasure_and_ill_after_an_edit(
    home: Path, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    number = a_case(owner, "closed")
    assert run(home, "erase", number, "--move", "2", "--basis", "示例依据", "--yes").returncode == 0
    assert run(home, "erase", number, "--basis", "示例依据", "--yes").returncode == 0
    well = run(home, "verify")
    assert (well.returncode, len(well.stdout.splitlines())) == (0, 1)
    for sign in ("-", "+"):
        owner.execute(f"UPDATE core_move SET at = at {sign} interval '1 day' WHERE step = 'accept'".encode())
        owner.commit()
        ill = run(home, "verify")
        assert (ill.returncode, len(ill.stdout.splitlines())) == ((1, 1) if sign == "-" else (0, 1))


def test_keys_are_rotated_and_the_old_one_retired(home: Path) -> None:
    old = run(home, "keys", "list").stdout.splitlines()[0].split()[0]
    assert run(home, "keys", "retire", old).returncode == 1
    rotated = run(home, "keys", "rotate")
    assert rotated.returncode == 0
    retired = run(home, "keys", "retire", old)
    assert retired.returncode == 0, retired.stderr
    assert "retired" in run(home, "keys", "list").stdout


def test_a_year_is_shown_and_published(home: Path, tmp_path: Path) -> None:
    assert "provisional" in run(home, "calendar", "show", "2027").stdout
    assert "makeup_workday" in run(home, "calendar", "show", "2026").stdout
    notice = tmp_path / "2027.txt"
    notice.write_text("2027-01-01 holiday 元旦 New Year\n2027-01-02 feast 元旦 New Year\n", encoding="utf-8")
    wrong = run(home, "calendar", "publish", "2027", str(notice), "--source", "示例")
    assert wrong.returncode == 1
    assert "2" in wrong.stderr
    notice.write_text("2027-01-01 holiday 元旦 New Year\n", encoding="utf-8")
    assert run(home, "calendar", "publish", "2027", str(notice), "--source", "示例").returncode == 0
    assert "published" in run(home, "calendar", "show", "2027").stdout


def test_the_worker_numbers_what_was_committed(
    home: Path, owner: psycopg.Connection[tuple[object, ...]]
) -> None:
    number = a_case(owner, "handling")
    taken = run(home, "step", number, "open_text", "--as", "deputy", "--set", "purpose=示例")
    assert taken.returncode == 0, taken.stderr
    worker = subprocess.Popen([*SELF, "worker"], env=environment(home))
    try:
        deadline = time.monotonic() + 150
        while owner.execute("SELECT count(*) FROM core_unsequenced").fetchone() != (0,):
            owner.rollback()
            assert worker.poll() is None, "the worker ended"
            assert time.monotonic() < deadline, "nothing was numbered"
            time.sleep(1)
    finally:
        worker.terminate()
        worker.wait(30)
        owner.rollback()


def test_procedures_and_roles(home: Path) -> None:
    checked = run(home, "procedures", "check")
    assert (checked.returncode, len(checked.stdout.splitlines())) == (0, 1)
    assert "GRANT" in run(home, "roles").stdout
