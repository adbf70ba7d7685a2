"""The receipt file: what it proves, what it finds out, and what is not in it."""

from __future__ import annotations

import copy
import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings, strategies as st

from conftest import owner_connection
from tests.factories import City, bring_to, file, make_city, submitter, take
from yipanqi.cases.actions import Filed
from yipanqi.cases.queries import whole
from yipanqi.commands.verify_receipt import command
from yipanqi.core import ledger, merkle, published, tree
from yipanqi.core.crypto.keyring import Keyring
from yipanqi.core.keys import keyring
from yipanqi.core.models import Checkpoint, Leaf, Move, MovePayload
from yipanqi.core.receipt_check import NoReceipt, check, read_list, read_receipt
from yipanqi.core.receipts import NotInOrder
from yipanqi.core.verify import verify
from yipanqi.web.portal.proving import made

pytestmark = pytest.mark.django_db(transaction=True)

MONDAY = dt.datetime(2026, 11, 23, 2, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_checkpoint_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "checkpoint_file", lambda: tmp_path / "checkpoints.jsonl")


@pytest.fixture
def city() -> City:
    return make_city()


def sign(at: dt.datetime) -> None:
    ledger.checkpoint(at=at)
    published.publish(at=at)


def history(city: City) -> Filed:
    """A case that was served and closed, between others, published over two days."""
    bring_to(city, file(city, at=MONDAY), "handling", MONDAY)
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "served", MONDAY)
    take(filed.case.pk, "close", _system(), MONDAY)
    sign(MONDAY)
    bring_to(city, file(city, at=MONDAY), "handling", MONDAY + DAY)
    sign(MONDAY + DAY)
    return filed


def _system() -> Any:
    from yipanqi.core.gate import SYSTEM

    return SYSTEM


def receipt_of(filed: Filed) -> dict[str, Any]:
    return read_receipt(json.dumps(made(whole().get(pk=filed.case.pk), MONDAY), ensure_ascii=False).encode())


def listed() -> bytes:
    return published.published_file().read_bytes()


def bad(receipt: dict[str, Any], raw: bytes | None = None) -> set[str]:
    """What does not hold."""
    facts = check(receipt, read_list(raw if raw is not None else listed()))
    return {fact.code for fact in facts if not fact.good}


def entry(receipt: dict[str, Any], step: str) -> dict[str, Any]:
    found: dict[str, Any] = next(e for e in receipt["entries"] if json.loads(e["said"])[2] == step)
    return found


def fields(one: dict[str, Any]) -> dict[str, Any]:
    return dict(json.loads(field["says"]) for field in one["fields"])


# What is in it


def test_an_untouched_case_is_in_order_and_its_answer_is_in_it(city: City) -> None:
    filed = history(city)
    receipt = receipt_of(filed)
    assert bad(receipt) == set()
    assert fields(entry(receipt, "answer"))["text"] == "已修好。"
    assert fields(entry(receipt, "register")) == {"submission": filed.submission.digest.hex()}
    steps = [json.loads(e["said"])[2] for e in receipt["entries"]]
    assert steps == ["register", "route", "accept", "answer", "serve", "close"]
    assert receipt["waiting"] == []


def test_what_the_submitter_does_not_see_is_not_in_it(city: City) -> None:
    filed = history(city)
    text = json.dumps(receipt_of(filed), ensure_ascii=False)
    moves = Move.objects.filter(matter=filed.case.pk)
    kept = {str(filed.case.pk), filed.secret, "示例", "三号杆路灯不亮", "甲某"}  # proof and cleared text
    kept |= {str(getattr(move, name)) for move in moves for name in ("id", "actor_account", "actor_unit")}
    kept -= {"None"}
    assert [word for word in kept if word in text] == []
    answered = entry(receipt_of(filed), "serve")
    # As many digests as four fields have: that a proof was given does not tell.
    assert len(answered["fields"]) + len(answered["others"]) == 4


def test_a_verdict_under_its_veil_is_not_in_it(city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "served", MONDAY)
    take(filed.case.pk, "evaluate", submitter(filed), MONDAY, solved="yes", grade="satisfied", pressed=True)
    waiting = receipt_of(filed)
    assert waiting["checkpoint"] is None
    assert "evaluate" not in {one["step"] for one in waiting["waiting"]}
    sign(MONDAY)
    assert "evaluate" not in json.dumps(receipt_of(filed))
    take(filed.case.pk, "close", _system(), MONDAY + DAY)
    sign(MONDAY + DAY)
    receipt = receipt_of(filed)
    assert fields(entry(receipt, "evaluate")) == {"solved": "yes", "grade": "satisfied"}
    assert bad(receipt) == set()


def test_an_answer_that_was_not_served_is_not_shown(city: City) -> None:
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "answered", MONDAY)
    sign(MONDAY)
    assert entry(receipt_of(filed), "answer")["fields"] == []


def test_what_is_not_published_yet_waits_for_the_next_day(city: City) -> None:
    filed = file(city, at=MONDAY)
    sign(MONDAY)
    bring_to(city, filed, "forwarded", MONDAY)
    sign(MONDAY)  # signed within the day, and published the day after
    receipt = receipt_of(filed)
    assert [one["step"] for one in receipt["waiting"]] == ["route"]
    assert bad(receipt) == set()
    sign(MONDAY + DAY)
    assert receipt_of(filed)["waiting"] == []
    assert len(published.read()) == 2
    assert published.publish(at=MONDAY + 2 * DAY) is None  # nothing came since


# What it finds out


def rewrite_the_answer(sql: Callable[..., Any], filed: Filed) -> None:
    """Change the answer and every hash that follows from it, as the tables' owner with the source code would."""
    previous = b""
    for move in Move.objects.filter(matter=filed.case.pk).select_related("payload").order_by("number"):
        body = move.payload.body.replace("已修好", "未修好")
        move.commitment = ledger.commitment(bytes(move.payload.salt), body)
        move.previous = previous
        previous = ledger.move_hash(move)
        sql("UPDATE core_movepayload SET body = %s WHERE move_id = %s", body, move.pk)
        sql("UPDATE core_move SET commitment = %s, previous = %s, hash = %s WHERE id = %s", move.commitment, move.previous, previous, move.pk)  # fmt: skip
    sql("UPDATE core_matter SET head = %s WHERE id = %s", previous, filed.case.pk)


def sign_everything_anew(sql: Callable[..., Any], lines: list[published.Published]) -> None:
    """With the signing key in hand: the same sizes and times over the log as it is now, in the file, the table and
    the published list."""
    tree.forget()
    leaves = [merkle.leaf_hash(bytes(h)) for h in Leaf.objects.order_by("number").values_list("move__hash", flat=True)]  # fmt: skip
    for path in (ledger.checkpoint_file(), published.published_file()):
        path.unlink()
    before = 0
    for line in lines:
        root = merkle.root(leaves[: line.size])
        signature = keyring().sign(ledger.signed_text(line.size, root, line.at))
        proof = tuple(merkle.consistency_proof(leaves[: line.size], before)) if before else ()
        new = published.Published(line.size, root, line.at, signature, keyring().public_key(), proof)
        ledger.append_line(ledger.checkpoint_file(), ledger.Signed(line.size, root, line.at, signature).line())  # fmt: skip
        ledger.append_line(published.published_file(), new.line())
        frontier = merkle.Frontier().extend(leaves[: line.size]).to_bytes()
        sql("UPDATE core_checkpoint SET root = %s, signature = %s, frontier = %s WHERE size = %s", root, signature, frontier, line.size)  # fmt: skip
        before = line.size


@contextmanager
def owner() -> Iterator[Callable[..., Any]]:
    with owner_connection() as connection:
        yield lambda text, *values: connection.execute(text, values or None)


def test_an_answer_rewritten_with_the_owners_role_and_the_key_is_found_out_by_one_receipt(city: City) -> None:
    filed = history(city)
    old, old_list = receipt_of(filed), listed()
    with owner() as sql:
        rewrite_the_answer(sql, filed)
        sign_everything_anew(sql, published.read())
    # Nothing in the city's own hands tells any more: owner and key can make everything agree.
    assert verify().faults == []
    new = receipt_of(filed)
    assert fields(entry(new, "answer"))["text"] == "未修好。"
    assert bad(new) == set()
    # But not with what a resident holds, and not with a list that anybody kept.
    assert bad(old) == {"published"}
    assert bad(new, old_list) == {"published"}


def test_nor_can_the_list_go_on_as_if_nothing_had_been(city: City) -> None:
    """The old lines stay, and what is signed from now on is over the history as rewritten."""
    filed = history(city)
    old = receipt_of(filed)
    kept = listed()
    with owner() as sql:
        rewrite_the_answer(sql, filed)
        sign_everything_anew(sql, published.read())
    published.published_file().write_bytes(kept)
    bring_to(city, file(city, at=MONDAY), "handling", MONDAY + 2 * DAY)
    ledger.checkpoint(at=MONDAY + 2 * DAY)
    with pytest.raises(published.NotABeginning):
        published.publish(at=MONDAY + 2 * DAY)
    row = Checkpoint.objects.latest("size")
    forced = published.Published(row.size, bytes(row.root), (MONDAY + 2 * DAY).isoformat(), b"", keyring().public_key(), tuple(merkle.consistency_path(tree.Tree().part, first=published.read()[-1].size, size=row.size)))  # fmt: skip
    signature = keyring().sign(forced.text)
    line = json.loads(forced.line()) | {"signature": signature.hex()}
    assert bad(old, kept + ledger.canonical(line).encode()) == {"list_whole"}


def test_a_line_that_was_taken_out_is_missed(city: City) -> None:
    old = receipt_of(history(city))
    assert bad(old, listed().splitlines()[0]) == {"list_older"}
    assert bad(old, listed().splitlines()[1]) == set()
    first = receipt_of(file(city, at=MONDAY))
    assert first["checkpoint"] is None


def test_a_truncated_log_is_found_out(city: City) -> None:
    filed = history(city)
    old = receipt_of(filed)
    lines = published.read()
    with owner() as sql:
        sql("DELETE FROM core_checkpoint WHERE size = %s", lines[1].size)
        for table in ("core_unsequenced", "core_leaf"):
            sql(f"DELETE FROM {table} WHERE move_id IN (SELECT move_id FROM core_leaf WHERE number >= %s)", lines[0].size)  # fmt: skip
        sign_everything_anew(sql, lines[:1])
    bring_to(city, file(city, at=MONDAY), "served", MONDAY + DAY)
    bring_to(city, file(city, at=MONDAY), "served", MONDAY + DAY)
    sign(MONDAY + DAY)
    assert bad(old) == {"published"}


def test_a_forged_receipt_is_found_out(city: City, tmp_path: Path) -> None:
    """Made whole with a key of the forger's own: it agrees with itself, and with nothing that is published."""
    receipt = receipt_of(history(city))
    ring = Keyring.open(tmp_path / "forger", create=True)
    answer = entry(receipt, "answer")
    answer["fields"][0]["says"] = ledger.canonical(["text", "全部解决。"])
    said = json.loads(answer["said"])
    digests = [ledger.field_digest(bytes.fromhex(f["salt"]), f["says"]) for f in answer["fields"]]
    said[7] = ledger.committed([*digests, *map(bytes.fromhex, answer["others"])]).hex()
    answer["said"], answer["leaf"], answer["proof"] = ledger.canonical(said), 0, []
    receipt["entries"] = [answer]
    root = merkle.leaf_hash(ledger.two_halves(bytes.fromhex(answer["kept"]), answer["said"]))
    at = receipt["checkpoint"]["at"]
    signature = ring.sign(ledger.signed_text(1, root, at))
    receipt["checkpoint"] |= {"size": 1, "root": root.hex(), "signature": signature.hex(), "key": ring.public_key().hex()}  # fmt: skip
    assert {fact.code for fact in check(receipt) if not fact.good} == set()
    assert bad(receipt) == {"list_signed", "published"}


def test_every_changed_byte_of_a_receipt_is_found_out(city: City) -> None:
    receipt, lines = receipt_of(history(city)), read_list(listed())

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def changed(data: st.DataObject) -> None:
        forged = copy.deepcopy(receipt)
        one = data.draw(st.sampled_from(forged["entries"]))
        name = data.draw(
            st.sampled_from(sorted(key for key, value in one.items() if value or key == "fields"))
        )
        if name == "leaf":
            one["leaf"] += data.draw(st.sampled_from([-1, 1]))
        elif name in ("proof", "others"):
            n = data.draw(st.integers(0, len(one[name]) - 1))
            one[name][n] = _other(one[name][n], data)
        elif name == "fields" and one["fields"]:
            field = data.draw(st.sampled_from(one["fields"]))
            part = data.draw(st.sampled_from(["salt", "says"]))
            field[part] = _other(field[part], data)
        elif name in ("kept", "said"):
            one[name] = _other(one[name], data)
        else:
            one["fields"].append({"salt": "00" * 32, "says": '["text","x"]'})
        with suppress(NoReceipt):
            assert any(not fact.good for fact in check(forged, lines))

    changed()


def _other(text: str, data: st.DataObject) -> str:
    """The text with one character another."""
    at = data.draw(st.integers(0, len(text) - 1))
    return text[:at] + ("0" if text[at] != "0" else "1") + text[at + 1 :]


def test_words_erased_by_law_verify_as_erased(city: City) -> None:
    filed = history(city)
    old = receipt_of(filed)
    answer = Move.objects.get(matter=filed.case.pk, step="answer")
    with owner() as sql:
        sql("INSERT INTO core_erasure (move_id, at, basis) VALUES (%s, now(), 'test')", answer.pk)
        sql("DELETE FROM core_movepayload WHERE move_id = %s", answer.pk)
    receipt = receipt_of(filed)
    assert "已修好" not in json.dumps(receipt, ensure_ascii=False)
    facts = check(receipt, read_list(listed()))
    assert [fact.about["step"] for fact in facts if fact.code == "erased" and fact.good] == ["answer"]
    assert bad(receipt) == bad(old) == set()
    assert verify().faults == []


def test_no_receipt_is_made_of_what_was_changed(city: City) -> None:
    filed = history(city)
    answer = MovePayload.objects.get(move__matter=filed.case.pk, move__step="answer")
    with owner() as sql:
        sql("UPDATE core_movepayload SET body = replace(body, '已修好', '未修好') WHERE move_id = %s", answer.pk)  # fmt: skip
    with pytest.raises(NotInOrder):
        receipt_of(filed)


# Moves of before


def test_a_move_hashed_as_before_keeps_its_place_and_verifies(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "ALGORITHM", ledger.OLDER)
    monkeypatch.setattr(ledger.commitment, "__defaults__", (ledger.OLDER,))
    filed = history(city)
    assert set(Move.objects.values_list("algorithm", flat=True)) == {"sha256-1"}
    assert verify().faults == []
    receipt = receipt_of(filed)
    assert {fact.code for fact in check(receipt) if fact.code == "place"} == {"place"}
    assert "已修好" not in json.dumps(receipt, ensure_ascii=False)
    assert bad(receipt) == set()


# The log's tree


def test_proofs_are_the_same_with_and_without_the_blocks(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "BLOCK", 4)
    for _case in range(5):
        bring_to(city, file(city, at=MONDAY), "served", MONDAY)
        ledger.checkpoint(at=MONDAY)
    leaves = [merkle.leaf_hash(bytes(h)) for h in Leaf.objects.order_by("number").values_list("move__hash", flat=True)]  # fmt: skip
    size = len(leaves)
    assert tree.block_file().stat().st_size == size // 4 * 32
    for trusting in (True, False):
        part = tree.Tree(trusting=trusting).part
        for index in range(size):
            path = merkle.inclusion_path(part, size=size, index=index)
            assert path == merkle.inclusion_proof(leaves, index)
            assert merkle.consistency_path(part, first=index, size=size) == merkle.consistency_proof(leaves, index)  # fmt: skip


def test_blocks_of_another_log_are_not_believed(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "BLOCK", 4)
    filed = history(city)
    tree.block_file().write_bytes(b"x" * 32 * 40)
    assert bad(receipt_of(filed)) == set()
    bring_to(city, file(city, at=MONDAY), "served", MONDAY + 2 * DAY)
    sign(MONDAY + 2 * DAY)
    assert bad(receipt_of(filed)) == set()


# The command


def run(tmp_path: Path, receipt: Any, raw: bytes | None, *more: str) -> Any:
    path = tmp_path / "receipt.json"
    path.write_text(receipt if isinstance(receipt, str) else json.dumps(receipt), encoding="utf-8")
    given: list[str] = [str(path), *more]
    if raw is not None:
        (tmp_path / "list.jsonl").write_bytes(raw)
        given += ["--checkpoints", str(tmp_path / "list.jsonl")]
    return CliRunner().invoke(command, given)


def test_the_command_says_each_fact_and_ends_in_one_line(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIPANQI_HOME", str(tmp_path / "elsewhere"))
    receipt, raw = receipt_of(history(city)), listed()
    told = run(tmp_path, receipt, raw)
    assert told.exit_code == 0, told.output
    assert told.output.splitlines()[-1] == "In order: 11 checks."
    assert "was not altered: outcome: solved; text: 已修好。" in told.output
    alone = run(tmp_path, receipt, None)
    assert (alone.exit_code, alone.output.splitlines()[-1][:11]) == (1, "Not proved:")
    value = json.loads(run(tmp_path, receipt, raw, "--json").output)
    assert (value["good"], value["waiting"], len(value["facts"])) == (True, 0, 11)
    entry(receipt, "answer")["fields"][0]["says"] = '["text","\\u001b[2J"]'
    forged = run(tmp_path, receipt, raw)
    assert forged.exit_code == 1
    assert forged.output.splitlines()[-1] == "NOT in order: 1 of 11 checks failed."
    assert "\x1b" not in forged.output


@pytest.mark.parametrize(
    "text", ["", "no JSON", "[]", "{}", '{"format":"yipanqi-receipt-1"}', '{"format":"yipanqi-receipt-1","entries":[{}],"waiting":[],"checkpoint":{"size":"x"}}', "[" * 100_000]
)  # fmt: skip
def test_what_is_no_receipt_is_refused_in_words(tmp_path: Path, text: str) -> None:
    told = run(tmp_path, text, None)
    assert told.exit_code == 1
    assert told.output.startswith("Error: "), told.output
