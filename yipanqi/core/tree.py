"""Parts of the log's tree without reading all of it: what proofs are made of.

The roots of whole blocks of leaves are remembered in a file beside the checkpoints, 32 bytes for 256 moves. It is made
from the leaves and can be made anew at any time; whoever uses it checks what comes of it against a signed root.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from yipanqi.core import merkle
from yipanqi.core.merkle import HASH, Frontier
from yipanqi.core.models import Leaf

BLOCK = 256  # leaves


def block_file() -> Path:
    """The file of the blocks' roots."""
    from yipanqi.core import ledger

    return ledger.checkpoint_file().with_name("blocks.bin")


def remember(size: int) -> None:
    """Add the blocks that are whole in a tree of this size. One process at a time: the caller holds the log's lock."""
    path = block_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    known = min(path.stat().st_size // HASH if path.exists() else 0, size // BLOCK)
    with path.open("r+b" if path.exists() else "w+b") as file:
        file.truncate(known * HASH)  # what a crash cut off, and what another log left
        file.seek(known * HASH)
        for root in _roots(known, size // BLOCK):
            file.write(root)


def forget() -> None:
    """Have the blocks made anew: the file is not of this log."""
    block_file().unlink(missing_ok=True)


class Tree:
    """Roots over parts of the log, each worked out once. `trusting`: with the file of blocks."""

    def __init__(self, *, trusting: bool = True) -> None:
        self._trusting = trusting
        self._known: dict[tuple[int, int], bytes] = {}

    def part(self, low: int, high: int) -> bytes:
        """The root over leaves `low` to `high`, a part as RFC 6962 splits. LookupError where leaves are missing."""
        found = self._known.get((low, high))
        if found is None:
            found = self._known[low, high] = self._worked_out(low, high)
        return found

    def _worked_out(self, low: int, high: int) -> bytes:
        if high - low < BLOCK:
            return merkle.root(_leaves(low, high))
        if (high - low) & (high - low - 1):
            middle = low + merkle.split(high - low)
            return merkle.node_hash(self.part(low, middle), self.part(middle, high))
        # A whole part begins at a multiple of its length: blocks alone.
        return Frontier().extend(self._blocks(low // BLOCK, high // BLOCK)).root()

    def _blocks(self, first: int, last: int) -> Iterator[bytes]:
        path = block_file()
        if self._trusting and path.exists():
            with path.open("rb") as file:
                file.seek(first * HASH)
                held = file.read((last - first) * HASH)
            known = len(held) // HASH
            yield from (held[n * HASH : (n + 1) * HASH] for n in range(known))
            first += known
        yield from _roots(first, last)


def _roots(first: int, last: int) -> Iterator[bytes]:
    """The roots of blocks, from their leaves."""
    leaves = _leaves(first * BLOCK, last * BLOCK)
    for _block in range(first, last):
        yield merkle.root(next(leaves) for _leaf in range(BLOCK))


def _leaves(low: int, high: int) -> Iterator[bytes]:
    rows = Leaf.objects.filter(number__gte=low, number__lt=high).order_by("number")
    expected = low
    for number, value in rows.values_list("number", "move__hash").iterator(chunk_size=2000):
        if number != expected:
            break
        yield merkle.leaf_hash(bytes(value))
        expected += 1
    if expected != high:
        raise LookupError(f"leaf {expected} is missing")
