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
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from yipanqi.core import merkle, tree
from yipanqi.core.keys import keyring
from yipanqi.core.models import Checkpoint, Leaf, Matter, Move, MovePayload, Unsequenced

# Two sequencers would give one number twice; the primary key would refuse, the lock spares the quarrel.
_SEQUENCER_LOCK = 0x79697061
_BATCH = 5000
# How moves are hashed now, and how they were before a receipt could show them in part.
ALGORITHM, OLDER = "sha256-2", "sha256-1"
_TOGETHER = 4  # fields whose number looks the same


def canonical(value: Any) -> str:
    """JSON in one form only: sorted keys, no spaces, characters as they are."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def commitment(salt: bytes, body: str, algorithm: str = ALGORITHM) -> bytes:
    """The salted commitment to a payload; without the salt it says nothing of a short text. Each field has a digest and
    a salt of its own, so that one can be shown and the others not."""
    if algorithm == OLDER:
        return hashlib.sha256(b"yipanqi-payload-1\0" + salt + body.encode()).digest()
    return committed([*(digest for _name, digest in field_digests(salt, body)), *_decoys(salt, body)])


def committed(digests: Iterable[bytes]) -> bytes:
    """The commitment to a payload, from the digests of its fields: in the order of the digests, which says nothing."""
    return hashlib.sha256(b"yipanqi-payload-2\0" + b"".join(sorted(digests))).digest()


def field_digests(salt: bytes, body: str) -> list[tuple[str, bytes]]:
    """By name of a payload's fields their digests."""
    return [(name, field_digest(field_salt(salt, name), says)) for name, says in said_in(body).items()]


def said_in(body: str) -> dict[str, str]:
    """By name the fields of a payload, each as what its digest is of."""
    return {name: canonical([name, value]) for name, value in json.loads(body).items()}


def field_salt(salt: bytes, name: str) -> bytes:
    """The salt of one field; from it nothing follows for those of the others."""
    return hashlib.sha256(b"yipanqi-salt-2\0" + salt + name.encode()).digest()


def field_digest(salt: bytes, says: str) -> bytes:
    """The digest of one field."""
    return hashlib.sha256(b"yipanqi-field-2\0" + salt + says.encode()).digest()


def kept_digests(salt: bytes, body: str, shown: Collection[str]) -> list[bytes]:
    """The digests of the fields that are not shown, and of nothing, so that their number does not tell either."""
    kept = [digest for name, digest in field_digests(salt, body) if name not in shown]
    return sorted([*kept, *_decoys(salt, body)])


def _decoys(salt: bytes, body: str) -> list[bytes]:
    """Digests of nothing, up to the next multiple of four."""
    return [
        hashlib.sha256(b"yipanqi-decoy-2\0" + salt + bytes([n])).digest()
        for n in range(-len(json.loads(body)) % _TOGETHER)
    ]


def move_hash(move: Move) -> bytes:
    """The hash of a move: everything in its row but the hash itself."""
    if move.algorithm != OLDER:
        return two_halves(kept_half(move), shown_half(move))
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


def two_halves(kept: bytes, said: str) -> bytes:
    """The hash of a move, from the digest of the half that is kept and the half that may be shown."""
    return hashlib.sha256(b"yipanqi-move-2\0" + kept + said.encode()).digest()


def shown_half(move: Move) -> str:
    """What of a move its submitter may see. The case is a digest: the receipt binds its moves together and leads to no
    address of the desk's."""
    case = hashlib.sha256(b"yipanqi-case-2\0" + str(move.matter_id).encode()).hexdigest()
    at = move.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    commits = bytes(move.commitment).hex()
    return canonical(
        [move.algorithm, case, move.step, move.source, move.target, at, move.actor_role, commits]
    )


def kept_half(move: Move) -> bytes:
    """The digest of the rest: who did it, and how many moves lie between. The id is drawn with 74 bits that nobody is
    told, so that the digest cannot be tried out against a list of accounts."""
    fields = [
        str(move.id),
        str(move.matter_id),
        move.number,
        str(move.actor_account or ""),
        str(move.actor_unit or ""),
        bytes(move.previous).hex(),
    ]
    return hashlib.sha256(b"yipanqi-kept-2\0" + canonical(fields).encode()).digest()


def next_move(*, matter: Matter, payload: dict[str, Any], **fields: Any) -> tuple[Move, list[Model]]:
    """The next move of a locked matter and its rows, which the caller inserts in the same transaction."""
    body, salt = canonical(payload), secrets.token_bytes(32)
    move = Move(
        matter=matter,
        algorithm=ALGORITHM,
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
        tree.remember(size)
        signed = Signed(size, root, stamp, keyring().sign(signed_text(size, root, stamp)))
        append_line(checkpoint_file(), signed.line())
        Checkpoint.objects.create(
            size=size, root=root, at=moment, frontier=frontier.to_bytes(), signature=signed.signature
        )
        return signed


def append_line(path: Path, line: str) -> None:
    """Add a line and force it to the disk, the folder's entry too. A fragment that a crash left keeps to its own line,
    so that the new one can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and not _ends_a_line(path)
    with path.open("a", encoding="utf-8") as file:
        file.write(("\n" if torn else "") + line + "\n")
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
    lines = (read_line(raw) for raw in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line is not None]


def read_line(raw: str) -> Signed | None:
    """A line of the file; None where it is none."""
    try:
        value = json.loads(raw)
        root, signature = bytes.fromhex(value["root"]), bytes.fromhex(value["signature"])
        return Signed(value["size"], root, value["at"], signature)
    except (ValueError, KeyError, TypeError):
        return None
