"""The receipt file: moves of a matter with all that is needed to check, elsewhere and later, that they were not altered.

The format is told in docs/adr/0037; `receipt_check.py` and static/js/check-receipt.js read it. What of a move may be
shown, the caller says; the secret, the words as said and whoever acted are not in it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yipanqi.core import ledger, merkle, published, tree, veil
from yipanqi.core.models import Erasure, Leaf, Matter, Move, MovePayload
from yipanqi.core.published import Published
from yipanqi.core.receipt_check import FORMAT


class NotInOrder(Exception):
    """No receipt can be made: what stands in the database is not what was signed."""


@dataclass(frozen=True)
class Shown:
    """A move that its submitter may see, and the names of the fields of its payload that they are shown."""

    move: Move
    fields: Collection[str] = ()


def receipt(*, matter: Matter, shown: Sequence[Shown], reference: str, at: dt.datetime) -> dict[str, Any]:
    """The receipt of these moves as plain values. Moves that are under a veil are left out as if they were not there
    (trust-and-ux H6): somebody may be made to show this file. Raises `NotInOrder`."""
    hidden = veil.veiled(matter)
    told = [one for one in shown if one.move.number not in hidden]
    line = published.newest()
    places = dict(
        Leaf.objects.filter(move__in=[one.move.pk for one in told]).values_list("move_id", "number")
    )
    inside = [one for one in told if line is not None and places.get(one.move.pk, line.size) < line.size]
    return {
        "format": FORMAT,
        "reference": reference,
        "made_at": _utc(at),
        "checkpoint": _checkpoint(line) if line is not None and inside else None,
        "entries": _entries(inside, places, line) if line is not None else [],
        "waiting": [{"step": one.move.step, "at": _utc(one.move.at)} for one in told if one not in inside],
    }


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="seconds")


def _checkpoint(line: Published) -> dict[str, Any]:
    return {
        "size": line.size,
        "root": line.root.hex(),
        "at": line.at,
        "signature": line.signature.hex(),
        "key": line.key.hex(),
        "fingerprint": hashlib.sha256(line.key).hexdigest(),
    }


def _entries(told: Sequence[Shown], places: Mapping[Any, int], line: Published) -> list[dict[str, Any]]:
    erased = dict(Erasure.objects.filter(move__in=[one.move.pk for one in told]).values_list("move_id", "at"))
    trees = (tree.Tree(), tree.Tree(trusting=False))
    found = []
    for one in told:
        move, place = one.move, places[one.move.pk]
        value = ledger.move_hash(move)
        entry: dict[str, Any] = {"leaf": place, "proof": _proof(trees, place, value, line)}
        if move.algorithm == ledger.OLDER:
            entry["hash"] = value.hex()  # hashed as a whole: nothing of it can be shown singly
        else:
            entry |= {"kept": ledger.kept_half(move).hex(), "said": ledger.shown_half(move)}
            entry |= _payload(one, erased.get(move.pk))
        found.append(entry)
    return found


def _proof(trees: Sequence[tree.Tree], place: int, value: bytes, line: Published) -> list[str]:
    """The inclusion proof, checked: the remembered blocks may be of another log."""
    leaf = merkle.leaf_hash(value)
    for each in trees:
        try:
            proof = merkle.inclusion_path(each.part, size=line.size, index=place)
        except LookupError:
            continue
        if merkle.verify_inclusion(leaf=leaf, index=place, size=line.size, proof=proof, root=line.root):
            return [one.hex() for one in proof]
    raise NotInOrder(f"leaf {place} is not in what was published")


def _payload(one: Shown, erased: dt.datetime | None) -> dict[str, Any]:
    payload: MovePayload | None = getattr(one.move, "payload", None)
    if payload is None:
        if erased is None:
            raise NotInOrder(f"the words of move {one.move.pk} are missing")
        return {"erased": _utc(erased)}
    salt, body = bytes(payload.salt), payload.body
    if ledger.commitment(salt, body) != bytes(one.move.commitment):
        raise NotInOrder(f"the words of move {one.move.pk} were changed")
    said = {name: says for name, says in ledger.said_in(body).items() if name in one.fields}
    return {
        "fields": [
            {"salt": ledger.field_salt(salt, name).hex(), "says": says} for name, says in said.items()
        ],
        "others": [digest.hex() for digest in ledger.kept_digests(salt, body, said)],
    }
