"""`yipanqi verify`: whether the history in the database is the one that was signed.

What is trusted is the file of checkpoints outside the database and the public key; everything else is recomputed. An
edited, a deleted and a truncated history show even where the tables' owner did it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from yipanqi.core import ledger, merkle, published
from yipanqi.core.keys import keyring
from yipanqi.core.ledger import Signed
from yipanqi.core.models import Checkpoint, Erasure, Leaf, Matter, Move, MovePayload, Unsequenced

_CHUNK = 2000
MOST = 50  # faults that are listed; more would not help anybody


@dataclass
class Report:
    """What was checked and what is wrong."""

    matters: int = 0
    moves: int = 0
    leaves: int = 0
    checkpoints: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, text: str) -> None:
        if len(self.faults) < MOST:
            self.faults.append(text)


def verify() -> Report:
    """Check chains, payloads, the log and every checkpoint. Reads each move twice; memory does not grow."""
    report = Report()
    _chains(report)
    _log(report, ledger.read_checkpoints())
    return report


def _chains(report: Report) -> None:
    """Each matter's moves are numbered from 1, chained, committed to, and end at the matter's head and state."""
    moves = (
        Move.objects.select_related("payload")
        .annotate(erased=Exists(Erasure.objects.filter(move=OuterRef("pk"))))
        .order_by("matter_id", "number")
        .iterator(chunk_size=_CHUNK)
    )
    following = next(moves, None)
    for matter in Matter.objects.order_by("pk").iterator(chunk_size=_CHUNK):
        report.matters += 1
        own: list[Move] = []
        while following is not None and following.matter_id == matter.pk:
            own.append(following)
            following = next(moves, None)
        _chain(report, matter, own)


def _chain(report: Report, matter: Matter, moves: list[Move]) -> None:
    previous, state = b"", ""
    for number, move in enumerate(moves, start=1):
        report.moves += 1
        where = f"matter {matter.pk}, move {move.number}"
        if move.number != number:
            report.fault(f"{where}: number {number} is missing")
            return
        if bytes(move.previous) != previous or (state and move.source != state):
            report.fault(f"{where}: it does not follow the move before it")
        if ledger.move_hash(move) != bytes(move.hash):
            report.fault(f"{where}: the row was changed")
        _payload(report, move, where)
        previous, state = bytes(move.hash), move.target
    if (matter.moves_count, bytes(matter.head), matter.state) != (len(moves), previous, state):
        report.fault(f"matter {matter.pk}: its last moves are missing, or its state was changed")


def _payload(report: Report, move: Move, where: str) -> None:
    payload: MovePayload | None = getattr(move, "payload", None)
    if payload is None:
        if not getattr(move, "erased", False):
            report.fault(f"{where}: what was said is missing, and no erasure is recorded")
    elif not _is_committed(move, bytes(payload.salt), payload.body):
        report.fault(f"{where}: what was said was changed")


def _is_committed(move: Move, salt: bytes, body: str) -> bool:
    """Whether the payload is the one that the move commits to, written as the ledger writes."""
    try:
        if ledger.canonical(json.loads(body)) != body:
            return False
        return ledger.commitment(salt, body, move.algorithm) == bytes(move.commitment)
    except (ValueError, AttributeError):
        return False


def _log(report: Report, signed: list[Signed]) -> None:
    """Leaves count without a gap, every move has one or waits for one, and every signed root is that of the log."""
    _signatures(report, signed)
    frontier, waiting = merkle.Frontier(), sorted(signed, key=lambda s: s.size)
    for number, hash_ in _leaves():
        if number != report.leaves:
            report.fault(f"leaf {report.leaves} is missing")
            return
        frontier.append(merkle.leaf_hash(hash_))
        report.leaves += 1
        while waiting and waiting[0].size == report.leaves:
            if waiting.pop(0).root != frontier.root():
                report.fault(f"the checkpoint of {report.leaves} moves was signed over another history")
    for lost in waiting:
        report.fault(f"a checkpoint of {lost.size} moves was signed, and only {report.leaves} are there")
    known = Leaf.objects.filter(move=OuterRef("pk"))
    queued = Unsequenced.objects.filter(pk=OuterRef("pk"))
    for move in Move.objects.filter(~Exists(known), ~Exists(queued))[:MOST]:
        report.fault(f"move {move.pk} is in no log and does not wait for a place in it")


def _leaves() -> Iterator[tuple[int, bytes]]:
    rows = Leaf.objects.order_by("number").values_list("number", "move__hash")
    for number, hash_ in rows.iterator(chunk_size=_CHUNK):
        yield number, bytes(hash_)


def _signatures(report: Report, signed: list[Signed]) -> None:
    ring, in_file = keyring(), {s.size for s in signed}
    public = ring.public_key()
    for line in signed:
        report.checkpoints += 1
        if not ring.verify(public, line.text, line.signature):
            report.fault(f"the checkpoint of {line.size} moves is not signed with this city's key")
    for each in published.read():
        if (each.size, each.root) not in {(s.size, s.root) for s in signed}:
            report.fault(f"what was published of {each.size} moves is not in the file of checkpoints")
    for size in Checkpoint.objects.values_list("size", flat=True):
        if size not in in_file:
            report.fault(f"the checkpoint of {size} moves is missing from the file")
