"""The ledger: moves chained by hash, numbered by one sequencer, sealed by signed checkpoints outside the database.

A move's hash covers a salted commitment to its payload, never the payload, so that a payload can be erased by law
without breaking the chain. Tree and checkpoints follow RFC 6962.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from yipanqi.core import merkle
from yipanqi.core.keys import keyring
from yipanqi.core.models import Checkpoint, Leaf, Matter, Move, MovePayload, Unsequenced

# Two sequencers would give one number twice; the primary key would refuse, the lock spares the quarrel.
_SEQUENCER_LOCK = 0x79697061
_BATCH = 5000


def canonical(value: Any) -> str:
    """JSON in one form only: sorted keys, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def commitment(salt: bytes, body: str) -> bytes:
    """The salted commitment to a payload; without the salt it says nothing of a short text."""
    return hashlib.sha256(b"yipanqi-payload-1\0" + salt + body.encode()).digest()


def move_hash(move: Move) -> bytes:
    """The hash of a move: everything in its row but the hash itself."""
    fields = [
        move.algorithm,
        str(move.id),
        str(move.matter_id),
        move.number,
        move.step,
        move.source,
        move.target,
        move.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        move.actor_role,
        str(move.actor_account or ""),
        str(move.actor_unit or ""),
        bytes(move.commitment).hex(),
        bytes(move.previous).hex(),
    ]
    return hashlib.sha256(b"yipanqi-move-1\0" + canonical(fields).encode()).digest()


def next_move(*, matter: Matter, payload: dict[str, Any], **fields: Any) -> tuple[Move, list[Model]]:
    """The next move of a locked matter and its rows, which the caller inserts in the same transaction."""
    body, salt = canonical(payload), secrets.token_bytes(32)
    move = Move(
        matter=matter,
        number=matter.moves_count + 1,
        commitment=commitment(salt, body),
        previous=bytes(matter.head),
        **fields,
    )
    move.hash = move_hash(move)
    matter.moves_count, matter.head = move.number, move.hash
    return move, [move, MovePayload(move=move, salt=salt, body=body), Unsequenced(move=move)]


def sequence() -> int:
    """Give committed moves their leaf numbers. Returns how many; safe to run at any time, by any number."""
    done = 0
    while True:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEQUENCER_LOCK])
                if not cursor.fetchone()[0]:
                    return done
            waiting = list(Unsequenced.objects.order_by("move_id").values_list("move_id", flat=True)[:_BATCH])
            if not waiting:
                return done
            size = tree_size()
            Leaf.objects.bulk_create(Leaf(number=size + n, move_id=move) for n, move in enumerate(waiting))
            Unsequenced.objects.filter(move_id__in=waiting).delete()
            done += len(waiting)


def tree_size() -> int:
    """How many moves have a leaf number."""
    last = Leaf.objects.order_by("-number").values_list("number", flat=True).first()
    return 0 if last is None else last + 1


@dataclass(frozen=True)
class Signed:
    """One line of the checkpoint file."""

    size: int
    root: bytes
    at: str
    signature: bytes

    @property
    def text(self) -> bytes:
        return signed_text(self.size, self.root, self.at)

    def line(self) -> str:
        return canonical(
            {"size": self.size, "root": self.root.hex(), "at": self.at, "signature": self.signature.hex()}
        )


def signed_text(size: int, root: bytes, at: str) -> bytes:
    """What a checkpoint signs."""
    return f"yipanqi checkpoint 1\n{size}\n{root.hex()}\n{at}\n".encode()


def checkpoint_file() -> Path:
    """The file outside the database; the city publishes its last line every day."""
    return Path(settings.HOME) / "checkpoints" / "checkpoints.jsonl"


def checkpoint(*, at: dt.datetime | None = None) -> Signed | None:
    """Number what is committed, sign size and root, and write them to the file, then to the table.

    Returns None where nothing was added since the last one. The file comes first: a checkpoint that the table alone
    knew would prove nothing.
    """
    sequence()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SEQUENCER_LOCK])
        last = Checkpoint.objects.order_by("-size").first()
        frontier = merkle.Frontier.from_bytes(bytes(last.frontier)) if last else merkle.Frontier()
        start = last.size if last else 0
        hashes = (
            Leaf.objects.filter(number__gte=start).order_by("number").values_list("move__hash", flat=True)
        )
        added = 0
        for value in hashes.iterator(chunk_size=_BATCH):
            frontier.append(merkle.leaf_hash(bytes(value)))
            added += 1
        if not added:
            return None
        moment = at or timezone.now()
        stamp = moment.astimezone(dt.UTC).isoformat(timespec="seconds")
        size, root = start + added, frontier.root()
        signed = Signed(size, root, stamp, keyring().sign(signed_text(size, root, stamp)))
        _append(signed)
        Checkpoint.objects.create(
            size=size, root=root, at=moment, frontier=frontier.to_bytes(), signature=signed.signature
        )
        return signed


def _append(signed: Signed) -> None:
    """Add a line and force it to the disk, the folder's entry too. A fragment that a crash left keeps to its own line,
    so that the new one can be read."""
    path = checkpoint_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and not _ends_a_line(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if torn else "") + signed.line() + "\n")
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
        return file.read(1) in (b"\n", b"")


def read_checkpoints() -> list[Signed]:
    """The lines of the file, oldest first. A line cut off by a crash while it was written is left out."""
    path = checkpoint_file()
    if not path.exists():
        return []
    lines = []
    for raw in path.read_text(encoding="utf-8").splitlines():
        try:
            value = json.loads(raw)
            lines.append(
                Signed(
                    value["size"],
                    bytes.fromhex(value["root"]),
                    value["at"],
                    bytes.fromhex(value["signature"]),
                )
            )
        except (ValueError, KeyError, TypeError):
            continue
    return lines
