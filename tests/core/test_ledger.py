"""The ledger: numbering, checkpoints, and what `verify` sees when the owner tampers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import owner_connection
from tests.factories import bring_to, file, make_city
from yipanqi.core import ledger
from yipanqi.core.models import Checkpoint, Leaf, Move, Unsequenced
from yipanqi.core.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _own_checkpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "checkpoint_file", lambda: tmp_path / "checkpoints.jsonl")


def history() -> None:
    """Two closed cases and one under way, numbered and signed in two checkpoints."""
    city = make_city()
    bring_to(city, file(city, at=MONDAY), "closed", MONDAY)
    ledger.checkpoint()
    bring_to(city, file(city, at=MONDAY), "closed", MONDAY)
    bring_to(city, file(city, at=MONDAY), "handling", MONDAY)
    ledger.checkpoint()


def test_untouched_history_is_in_order() -> None:
    history()
    report = verify()
    assert report.faults == []
    assert (report.matters, report.moves, report.checkpoints) == (3, 18, 2)
    assert not Unsequenced.objects.exists()
    assert list(Leaf.objects.order_by("number").values_list("number", flat=True)) == list(range(18))


def test_a_checkpoint_is_written_only_when_something_was_added() -> None:
    history()
    assert ledger.checkpoint() is None
    assert Checkpoint.objects.count() == len(ledger.read_checkpoints()) == 2


def edit(sql: Callable[..., Any]) -> None:
    sql("UPDATE core_move SET at = at - interval '3 days' WHERE step = 'accept'")


def edit_words(sql: Callable[..., Any]) -> None:
    sql("UPDATE core_movepayload SET body = replace(body, '已修好', '未修好')")


def delete_a_case(sql: Callable[..., Any]) -> None:
    last = Move.objects.order_by("-id").first()
    assert last is not None
    for table in ("core_movepayload", "core_leaf"):
        sql(
            f"DELETE FROM {table} WHERE move_id IN (SELECT id FROM core_move WHERE matter_id = %s)",
            last.matter_id,
        )
    for table in ("core_searchentry", "core_term", "organisations_part", "cases_case", "core_move"):
        sql(f"DELETE FROM {table} WHERE matter_id = %s", last.matter_id)
    sql("DELETE FROM core_matter WHERE id = %s", last.matter_id)


def truncate_the_log(sql: Callable[..., Any]) -> None:
    """Take the last case away and the checkpoint with it, leaving everything in the database consistent."""
    delete_a_case(sql)
    sql("DELETE FROM core_checkpoint WHERE size = (SELECT max(size) FROM core_checkpoint)")


def rewrite_consistently(sql: Callable[..., Any]) -> None:
    """Change a move and recompute every hash after it, as somebody with the source code would."""
    move = Move.objects.filter(step="register").order_by("-id").first()
    assert move is not None
    matter = move.matter
    previous = b""
    for each in Move.objects.filter(matter=matter).order_by("number"):
        if each.number == 1:
            each.at -= dt.timedelta(days=9)
        each.previous = previous
        previous = ledger.move_hash(each)
        sql("UPDATE core_move SET at = %s, previous = %s, hash = %s WHERE id = %s", each.at, each.previous, previous, each.pk)  # fmt: skip
    sql("UPDATE core_matter SET head = %s WHERE id = %s", previous, matter.pk)


def hide_a_payload(sql: Callable[..., Any]) -> None:
    sql(
        "DELETE FROM core_movepayload WHERE move_id = (SELECT id FROM core_move WHERE step = 'answer' LIMIT 1)"
    )


@pytest.mark.parametrize(
    "tamper", [edit, edit_words, delete_a_case, truncate_the_log, rewrite_consistently, hide_a_payload]
)
def test_what_the_owner_changes_shows(tamper: Callable[[Callable[..., Any]], None]) -> None:
    history()
    with owner_connection() as owner:
        tamper(lambda text, *values: owner.execute(text, values or None))
    assert verify().faults


def test_a_cut_file_shows() -> None:
    history()
    path = ledger.checkpoint_file()
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert any("missing from the file" in fault for fault in verify().faults)


def test_a_checkpoint_signed_by_somebody_else_shows() -> None:
    history()
    path = ledger.checkpoint_file()
    path.write_text(
        path.read_text().replace('"signature":"', '"signature":"00', 1).replace('00","size"', '","size"', 1)
    )
    assert any("not signed" in fault or "missing" in fault for fault in verify().faults)


def test_an_erasure_that_is_recorded_is_in_order() -> None:
    history()
    answer = Move.objects.filter(step="answer").first()
    assert answer is not None
    with owner_connection() as owner:
        owner.execute("INSERT INTO core_erasure (move_id, at, basis) VALUES (%s, now(), 'test')", [answer.pk])
        owner.execute("DELETE FROM core_movepayload WHERE move_id = %s", [answer.pk])
    assert verify().faults == []
