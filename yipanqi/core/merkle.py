"""The Merkle tree of RFC 6962 section 2 (SHA-256): roots, inclusion and consistency.

Everything works on leaf *hashes* (``leaf_hash`` of the entry), 32 bytes each; leaves are counted from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH = 32  # bytes
Part = Callable[[int, int], bytes]
_LEAF, _NODE = b"\x00", b"\x01"  # so that an inner node can never pass for a leaf


def leaf_hash(entry: bytes) -> bytes:
    """The hash of one entry as a leaf."""
    return sha256(_LEAF + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node."""
    return sha256(_NODE + left + right).digest()


class Frontier:
    """A growing tree that keeps only the roots of its perfect subtrees, largest first: one for each set bit
    of ``size``. The whole state of a tree of a billion leaves is under a kilobyte."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf hash. ValueError when it is not 32 bytes (an entry that was not hashed)."""
        if len(leaf) != HASH:
            raise ValueError("a leaf hash has 32 bytes")
        carry, peak = self.size, leaf
        while carry & 1:
            peak = node_hash(self._peaks.pop(), peak)
            carry >>= 1
        self._peaks.append(peak)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """Add many leaf hashes; returns self."""
        for leaf in leaves:
            self.append(leaf)
        return self

    def root(self) -> bytes:
        """The root so far; of no leaves, the hash of nothing."""
        if not self._peaks:
            return sha256(b"").digest()
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """The state: 8 bytes of size, big-endian, then the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self._peaks)

    @classmethod
    def from_bytes(cls, state: bytes) -> Frontier:
        """The frontier ``to_bytes`` wrote; ValueError for anything else."""
        found = cls()
        found.size = int.from_bytes(state[:8], "big")
        if len(state) != 8 + HASH * found.size.bit_count():
            raise ValueError("not the state of a tree")
        found._peaks = [state[n : n + HASH] for n in range(8, len(state), HASH)]
        return found


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaf hashes (MTH of RFC 6962)."""
    return Frontier().extend(leaves).root()


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The path from leaf ``index`` to the root, lowest sibling first. IndexError outside the tree."""
    return inclusion_path(lambda low, high: root(leaves[low:high]), size=len(leaves), index=index)


def inclusion_path(part: Part, *, size: int, index: int) -> list[bytes]:
    """The same of a tree whose leaves are not at hand: ``part`` gives the root over leaves ``low`` to ``high``."""
    if not 0 <= index < size:
        raise IndexError("no such leaf")
    path: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + split(high - low)
        if index < middle:
            path.append(part(middle, high))
            high = middle
        else:
            path.append(part(low, middle))
            low = middle
    return path[::-1]


def verify_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether ``proof`` shows the leaf hash at ``index`` in the tree of ``size`` with this ``root``
    (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    fn, sn, found = index, size - 1, leaf
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            found = node_hash(sibling, found)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            found = node_hash(found, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and found == root


def consistency_proof(leaves: Sequence[bytes], first: int) -> list[bytes]:
    """What shows that the tree of the ``first`` leaves is a beginning of this one. Empty for none or all;
    IndexError outside the tree."""
    return consistency_path(lambda low, high: root(leaves[low:high]), first=first, size=len(leaves))


def consistency_path(part: Part, *, first: int, size: int) -> list[bytes]:
    """The same of a tree whose leaves are not at hand, as in ``inclusion_path``."""
    if not 0 <= first <= size:
        raise IndexError("no such tree")
    if first == 0:
        return []
    proof: list[bytes] = []
    low, high, whole = 0, size, True
    while first != high:
        middle = low + split(high - low)
        if first <= middle:
            proof.append(part(middle, high))
            high = middle
        else:
            proof.append(part(low, middle))
            low, whole = middle, False
    return (proof if whole else [*proof, part(low, high)])[::-1]


def verify_consistency(
    *, first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether ``proof`` shows that the tree of ``first`` leaves is a beginning of the one of ``second``
    leaves (RFC 9162, 2.1.4.2). The empty tree is a beginning of every tree."""
    if not 0 <= first <= second:
        return False
    if first == 0:
        return not proof and first_root == root(())
    if first == second:
        return not proof and first_root == second_root
    path = list(proof) if first & (first - 1) else [first_root, *proof]
    if not path:
        return False
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and old == first_root and new == second_root


def split(size: int) -> int:
    """The largest power of two below ``size`` (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)
