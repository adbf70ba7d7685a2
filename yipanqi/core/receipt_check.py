"""Whether a receipt file holds, against itself and against the published list: without a database, a network, or Django.

Nothing that is read here is trusted: every value is worked out from the bytes that were hashed. The same is done by
static/js/check-receipt.js in a browser.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from yipanqi.core import merkle
from yipanqi.core.crypto.keyring import Keyring

FORMAT = "yipanqi-receipt-1"
LARGEST = 16 * 1024 * 1024  # bytes of a receipt or a list
_SAID = 8  # values in the shown half of a move


class NoReceipt(ValueError):
    """The file is no receipt (or no list) of ours, or is damaged."""


@dataclass(frozen=True)
class Fact:
    """One thing that was checked. `code` names it; `about` is what it is said of."""

    code: str
    good: bool
    about: Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """A line of the published list."""

    size: int
    root: bytes
    at: str
    signature: bytes
    key: bytes
    proof: tuple[bytes, ...] = ()

    @property
    def text(self) -> bytes:
        """What its signature is of."""
        return f"yipanqi checkpoint 1\n{self.size}\n{self.root.hex()}\n{self.at}\n".encode()


def read_receipt(raw: bytes) -> dict[str, Any]:
    """The receipt in a file. Raises `NoReceipt`."""
    value = _json(raw)
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise NoReceipt(f"this is no receipt file of the kind {FORMAT}")
    return value


def read_list(raw: bytes) -> list[Line]:
    """The lines of a published list. Raises `NoReceipt`."""
    try:
        lines = [_line(json.loads(each)) for each in raw.decode().splitlines() if each.strip()]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise NoReceipt("this is no list of checkpoints") from None
    if not lines:
        raise NoReceipt("the list of checkpoints is empty")
    return lines


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise NoReceipt("the file cannot be read: it is no JSON text") from None


def _line(value: Mapping[str, Any]) -> Line:
    if not isinstance(value["size"], int) or not isinstance(value["at"], str):
        raise TypeError
    proof = tuple(map(bytes.fromhex, value.get("proof", ())))
    root, signature, key = (bytes.fromhex(value[name]) for name in ("root", "signature", "key"))
    return Line(value["size"], root, value["at"], signature, key, proof)


def check(receipt: Mapping[str, Any], lines: Sequence[Line] | None = None) -> list[Fact]:
    """Everything that can be checked of it, one fact each. Raises `NoReceipt` where the file is damaged."""
    try:
        return list(_check(receipt, lines))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise NoReceipt("the receipt file is damaged") from None


def _check(receipt: Mapping[str, Any], lines: Sequence[Line] | None) -> Iterator[Fact]:
    entries = receipt["entries"]
    if receipt["checkpoint"] is None:
        yield Fact("nothing", False, {"waiting": len(receipt["waiting"])})
        return
    signed = _line(receipt["checkpoint"])
    about = {"size": signed.size, "at": signed.at, "fingerprint": hashlib.sha256(signed.key).hexdigest()}
    yield Fact("signature", Keyring.verify(signed.key, signed.text, signed.signature), about)
    cases = set()
    for entry in entries:
        fact, case = _entry(entry, signed)
        cases.add(case)
        yield fact
    yield Fact("one_case", len(cases - {""}) <= 1 and bool(entries), {"entries": len(entries)})
    if lines is not None:
        yield from _against(signed, lines)


def _entry(entry: Mapping[str, Any], signed: Line) -> tuple[Fact, str]:
    """The fact of one move, and the case that it says it is of."""
    place, proof = entry["leaf"], [bytes.fromhex(each) for each in entry["proof"]]
    about: dict[str, Any] = {"leaf": place}
    if "hash" in entry:
        value, case, code, whole = bytes.fromhex(entry["hash"]), "", "place", True
    else:
        said = json.loads(entry["said"])
        if len(said) != _SAID:
            raise ValueError
        _algorithm, case, step, _source, _target, at, role, commits = said
        about |= {"step": step, "at": at, "by": role}
        kept = bytes.fromhex(entry["kept"])
        value = hashlib.sha256(b"yipanqi-move-2\0" + kept + entry["said"].encode()).digest()
        code, whole = "erased", True
        if "erased" in entry:
            about["erased"] = str(entry["erased"])
        else:
            code, about["says"] = "entry", [json.loads(field["says"]) for field in entry["fields"]]
            whole = _commitment(entry) == commits
    leaf = merkle.leaf_hash(value)
    stands = merkle.verify_inclusion(leaf=leaf, index=place, size=signed.size, proof=proof, root=signed.root)
    return Fact(code, stands and whole, about), case


def _commitment(entry: Mapping[str, Any]) -> str:
    """What the digests of the fields that are shown, and of those that are not, commit to."""
    shown = [
        hashlib.sha256(b"yipanqi-field-2\0" + bytes.fromhex(f["salt"]) + f["says"].encode()).digest()
        for f in entry["fields"]
    ]
    digests = sorted([*shown, *(bytes.fromhex(each) for each in entry["others"])])
    if any(len(each) != merkle.HASH for each in digests):
        raise ValueError
    return hashlib.sha256(b"yipanqi-payload-2\0" + b"".join(digests)).hexdigest()


def _against(signed: Line, lines: Sequence[Line]) -> Iterator[Fact]:
    """The published list: signed by the same key, each line a beginning of the next, and the receipt's among them."""
    by_key = all(
        line.key == signed.key and Keyring.verify(line.key, line.text, line.signature) for line in lines
    )
    yield Fact("list_signed", by_key, {"lines": len(lines)})
    broken = next((second for first, second in pairwise(lines) if not _goes_on(first, second)), None)
    yield Fact("list_whole", broken is None, {"at": broken.at if broken else lines[-1].at})
    found = any((line.size, line.root) == (signed.size, signed.root) for line in lines)
    older = not found and lines[-1].size < signed.size
    yield Fact("list_older" if older else "published", found, {"size": signed.size, "at": signed.at})


def _goes_on(first: Line, second: Line) -> bool:
    return 0 < first.size < second.size and merkle.verify_consistency(
        first=first.size,
        second=second.size,
        first_root=first.root,
        second_root=second.root,
        proof=second.proof,
    )
