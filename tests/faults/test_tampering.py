"""What the tables' owner changes behind the product's back, `yipanqi verify` tells: exit 1 and one plain line (S40)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from conftest import owner_connection
from tests.core.test_ledger import delete_a_case, history, rewrite_consistently, truncate_the_log
from tests.faults.running import SELF
from yipanqi.core import ledger, published, tree

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

Sql = Callable[..., Any]


@pytest.fixture(autouse=True)
def _signed_history() -> Iterator[None]:
    """Two closed cases and one under way, signed in two checkpoints, in the file where the command looks."""
    paths = (ledger.checkpoint_file(), published.published_file(), tree.block_file())
    for path in paths:
        path.unlink(missing_ok=True)
    history()
    published.publish()
    yield
    for path in paths:
        path.unlink(missing_ok=True)


def run_verify() -> subprocess.CompletedProcess[str]:
    """The command as an operator calls it, with the application's role."""
    kept = {k: v for k, v in os.environ.items() if k != "MIGRATE_DATABASE_URL"}
    environment = {**kept, "YIPANQI_HOME": str(settings.HOME)}
    return subprocess.run(
        [*SELF, "verify"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def edit_a_move(sql: Sql) -> None:
    sql("UPDATE core_move SET at = at - interval '3 days' WHERE step = 'accept'")


def edit_what_was_said(sql: Sql) -> None:
    sql("UPDATE core_movepayload SET body = replace(body, '已修好', '未修好')")


def delete_a_move(sql: Sql) -> None:
    chosen = "(SELECT id FROM core_move WHERE step = 'accept' ORDER BY id LIMIT 1)"
    sql(f"UPDATE core_term SET ended_by_id = started_by_id WHERE ended_by_id = {chosen}")
    for table in ("core_movepayload", "core_leaf"):
        sql(f"DELETE FROM {table} WHERE move_id = {chosen}")
    sql(f"DELETE FROM core_move WHERE id = {chosen}")


def delete_what_was_said(sql: Sql) -> None:
    sql("DELETE FROM core_movepayload WHERE move_id IN (SELECT id FROM core_move WHERE step = 'answer')")


def truncate_everything(sql: Sql) -> None:
    sql("TRUNCATE core_matter, core_checkpoint CASCADE")


def delete_leaves(sql: Sql) -> None:
    sql("DELETE FROM core_leaf WHERE number >= 12")


def swap_leaves(sql: Sql) -> None:
    """Give two moves each other's place in the log."""
    moves = sql("SELECT move_id FROM core_leaf WHERE number IN (3, 4) ORDER BY number").fetchall()
    sql("DELETE FROM core_leaf WHERE number IN (3, 4)")
    for number, (move,) in zip((4, 3), moves, strict=True):
        sql("INSERT INTO core_leaf (number, move_id) VALUES (%s, %s)", number, move)


def cut_the_file(_sql: Sql) -> None:
    path = ledger.checkpoint_file()
    path.write_text(path.read_text().splitlines()[0] + "\n")


def cut_a_line_of_the_file(_sql: Sql) -> None:
    """As a crash could leave it: the last line breaks off."""
    path = ledger.checkpoint_file()
    path.write_text(path.read_text()[:-40])


def remove_the_file(_sql: Sql) -> None:
    Path(ledger.checkpoint_file()).unlink()


def sign_another_root(_sql: Sql) -> None:
    path = ledger.checkpoint_file()
    first, second = path.read_text().splitlines()
    root = ledger.read_checkpoints()[0].root.hex()
    path.write_text(f"{first.replace(root, '00' * 32)}\n{second}\n")


def publish_another_root(_sql: Sql) -> None:
    path = published.published_file()
    path.write_text(path.read_text().replace(published.read()[0].root.hex(), "00" * 32))


TAMPERINGS: dict[Callable[[Sql], None], str] = {
    edit_a_move: "the row was changed",
    edit_what_was_said: "what was said was changed",
    rewrite_consistently: "was signed over another history",
    delete_a_move: "number 4 is missing",
    delete_what_was_said: "what was said is missing, and no erasure is recorded",
    delete_a_case: "a checkpoint of 18 moves was signed, and only",
    truncate_the_log: "a checkpoint of 18 moves was signed, and only",
    truncate_everything: "a checkpoint of 18 moves was signed, and only 0 are there",
    delete_leaves: "is in no log and does not wait for a place in it",
    swap_leaves: "was signed over another history",
    cut_the_file: "the checkpoint of 18 moves is missing from the file",
    cut_a_line_of_the_file: "the checkpoint of 18 moves is missing from the file",
    remove_the_file: "the checkpoint of 7 moves is missing from the file",
    publish_another_root: "what was published of 18 moves is not in the file of checkpoints",
    sign_another_root: "the checkpoint of 7 moves is not signed with this city's key",
}


def test_an_untouched_history_is_in_order() -> None:
    told = run_verify()
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == "In order: 3 matters, 18 moves, 2 checkpoints.\n"


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_a_tampering_shows_in_one_plain_line(tamper: Callable[[Sql], None]) -> None:
    with owner_connection() as owner:
        tamper(lambda text, *values: owner.execute(text, values or None))
    told = run_verify()
    print(f"$ yipanqi verify   # {tamper.__name__}\n{told.stdout}{told.stderr}exit {told.returncode}\n")
    assert told.returncode == 1
    assert told.stdout.startswith("NOT in order: ")
    assert told.stdout.count("\n") == 1
    faults = told.stderr.splitlines()
    assert all(line.startswith("  ✗ ") for line in faults)
    assert any(TAMPERINGS[tamper] in line for line in faults)
    assert "Traceback" not in told.stdout + told.stderr
