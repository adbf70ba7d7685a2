"""What is published of the log: once a day a checkpoint, and what shows that the one before is its beginning.

Whoever holds a copy of this list, or a receipt made by it, holds the city to it: a history that was rewritten needs
another list. It names nobody (docs/adr/0037).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from yipanqi.core import ledger, merkle, tree
from yipanqi.core.counting import day_of
from yipanqi.core.keys import keyring
from yipanqi.core.ledger import Signed
from yipanqi.core.models import Checkpoint

_LOCK = 0x70756273


class NotABeginning(Exception):
    """The log does not go on from what was published: history was rewritten, or another database stands here."""


@dataclass(frozen=True)
class Published(Signed):
    """One line of the list: a checkpoint, the key that signed it, and the consistency proof from the line before."""

    key: bytes
    proof: tuple[bytes, ...]

    def line(self) -> str:
        return ledger.canonical(
            {
                "size": self.size,
                "root": self.root.hex(),
                "at": self.at,
                "signature": self.signature.hex(),
                "key": self.key.hex(),
                "proof": [each.hex() for each in self.proof],
            }
        )


def published_file() -> Path:
    """The list, beside the checkpoints."""
    return ledger.checkpoint_file().with_name("published.jsonl")


def read() -> list[Published]:
    """The list, oldest first; a line cut off by a crash is left out."""
    path = published_file()
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line for line in map(_read_line, lines) if line is not None]


def newest() -> Published | None:
    """What was published last."""
    lines = read()
    return lines[-1] if lines else None


def _read_line(raw: str) -> Published | None:
    signed = ledger.read_line(raw)
    if signed is None:
        return None
    try:
        value = json.loads(raw)
        key, proof = bytes.fromhex(value["key"]), tuple(map(bytes.fromhex, value["proof"]))
    except (ValueError, KeyError, TypeError):
        return None
    return Published(signed.size, signed.root, signed.at, signed.signature, key, proof)


def publish(*, at: dt.datetime | None = None) -> Published | None:
    """Publish the newest checkpoint where none of today is published yet. Returns None where there is nothing new.
    Raises `NotABeginning`."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        before, row = newest(), Checkpoint.objects.order_by("-size").first()
        if row is None or (before is not None and not _is_due(before, row.size, at or timezone.now())):
            return None
        stamp = row.at.astimezone(dt.UTC).isoformat(timespec="seconds")
        proof = _proof(before, row.size, bytes(row.root)) if before else ()
        line = Published(
            row.size, bytes(row.root), stamp, bytes(row.signature), keyring().public_key(), proof
        )
        ledger.append_line(published_file(), line.line())
        return line


def _is_due(before: Published, size: int, at: dt.datetime) -> bool:
    """Once a day, and only what is longer: the day is the one on which the line before was signed."""
    return size != before.size and day_of(dt.datetime.fromisoformat(before.at)) < day_of(at)


def _proof(before: Published, size: int, root: bytes) -> tuple[bytes, ...]:
    for trusting in (True, False):
        try:
            part = tree.Tree(trusting=trusting).part
            proof = merkle.consistency_path(part, first=before.size, size=size)
        except (LookupError, IndexError):
            proof = []
        if merkle.verify_consistency(
            first=before.size, second=size, first_root=before.root, second_root=root, proof=proof
        ):
            return tuple(proof)
        tree.forget()
    raise NotABeginning(f"the log of {size} moves does not go on from the {before.size} that were published")
