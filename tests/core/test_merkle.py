from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given, settings, strategies as st

from yipanqi.core.merkle import (
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root,
    verify_consistency,
    verify_inclusion,
)

# The test inputs and results of the certificate-transparency project (merkletree tests).
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
LEAVES = [leaf_hash(bytes.fromhex(each)) for each in INPUTS]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

_hashes = st.binary(min_size=32, max_size=32)
_trees = st.lists(_hashes, min_size=1, max_size=70)


def _recursive(leaves: list[bytes]) -> bytes:
    """MTH as RFC 6962 2.1 writes it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(_recursive(leaves[:k]), _recursive(leaves[k:]))


def test_the_tree_of_nothing() -> None:
    assert root([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Frontier().root() == root([])


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_agree_with_the_published_ones(size: int) -> None:
    assert root(LEAVES[:size]).hex() == ROOTS[size - 1]


@pytest.mark.parametrize(
    ("index", "size", "path"),
    [
        (0, 1, []),
        (
            0,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            5,
            8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1,
            5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_inclusion_paths_agree_with_the_published_ones(index: int, size: int, path: list[str]) -> None:
    assert [each.hex() for each in inclusion_proof(LEAVES[:size], index)] == path


@pytest.mark.parametrize(
    ("first", "second", "path"),
    [
        (1, 1, []),
        (
            1,
            8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ],
        ),
        (
            6,
            8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ],
        ),
        (
            2,
            5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ],
        ),
    ],
)
def test_consistency_paths_agree_with_the_published_ones(first: int, second: int, path: list[str]) -> None:
    assert [each.hex() for each in consistency_proof(LEAVES[:second], first)] == path


@settings(max_examples=100, deadline=None)
@given(st.lists(_hashes, max_size=70))
def test_the_frontier_agrees_with_the_recursive_definition(leaves: list[bytes]) -> None:
    assert root(leaves) == _recursive(leaves)


@settings(max_examples=100, deadline=None)
@given(st.lists(_hashes, max_size=70), st.data())
def test_a_frontier_goes_on_where_it_was_stored(leaves: list[bytes], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(leaves)))
    stored = Frontier().extend(leaves[:cut]).to_bytes()
    assert len(stored) == 8 + 32 * cut.bit_count()
    resumed = Frontier.from_bytes(stored)
    assert (resumed.size, resumed.root()) == (cut, root(leaves[:cut]))
    assert resumed.to_bytes() == stored
    assert resumed.extend(leaves[cut:]).root() == root(leaves)
    assert resumed.size == len(leaves)


@pytest.mark.parametrize("state", [b"", bytes(7), bytes(8) + b"x", (3).to_bytes(8, "big") + bytes(32)])
def test_a_damaged_frontier_is_refused(state: bytes) -> None:
    with pytest.raises(ValueError, match="not the state"):
        Frontier.from_bytes(state)


def test_an_entry_that_was_not_hashed_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Frontier().append(b"an entry")


def test_a_leaf_never_passes_for_a_node() -> None:
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)


@settings(max_examples=100, deadline=None)
@given(_trees, st.data())
def test_every_leaf_is_shown_to_be_in_the_tree(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(leaves, index)
    assert len(proof) <= (len(leaves) - 1).bit_length()

    def holds(
        leaf: bytes = leaves[index],
        at: int = index,
        size: int = len(leaves),
        path: list[bytes] = proof,
        top: bytes = root(leaves),
    ) -> bool:
        return verify_inclusion(leaf=leaf, index=at, size=size, proof=path, root=top)

    assert holds()
    assert not holds(leaf=leaf_hash(leaves[index]))
    assert not holds(top=leaf_hash(b""))
    assert not holds(at=-1)
    assert not holds(at=len(leaves))
    assert not holds(path=[*proof, bytes(32)])
    if proof:
        assert not holds(path=proof[:-1])
        changed = data.draw(st.integers(0, len(proof) - 1))
        assert not holds(path=[*proof[:changed], leaf_hash(proof[changed]), *proof[changed + 1 :]])


@settings(max_examples=100, deadline=None)
@given(st.lists(_hashes, min_size=2, max_size=70, unique=True), st.data())
def test_a_leaf_is_not_shown_in_another_place(leaves: list[bytes], data: st.DataObject) -> None:
    index, other = data.draw(st.lists(st.integers(0, len(leaves) - 1), min_size=2, max_size=2, unique=True))
    proof = inclusion_proof(leaves, index)
    assert not verify_inclusion(
        leaf=leaves[index], index=other, size=len(leaves), proof=proof, root=root(leaves)
    )


@settings(max_examples=200, deadline=None)
@given(_trees, st.data())
def test_every_beginning_is_shown_to_be_one(leaves: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(leaves)))
    proof = consistency_proof(leaves, first)
    old, new = root(leaves[:first]), root(leaves)

    def holds(old: bytes = old, new: bytes = new, size: int = len(leaves), path: list[bytes] = proof) -> bool:
        return verify_consistency(first=first, second=size, first_root=old, second_root=new, proof=path)

    assert holds()
    assert not holds(old=leaf_hash(b"another history"))
    assert not holds(path=[*proof, bytes(32)])
    assert not holds(size=first - 1)
    if first > 0:
        assert not holds(new=leaf_hash(b"another history"))
    if proof:
        assert not holds(path=proof[:-1])
        assert not holds(path=[])
        changed = data.draw(st.integers(0, len(proof) - 1))
        assert not holds(path=[*proof[:changed], leaf_hash(proof[changed]), *proof[changed + 1 :]])


@settings(max_examples=100, deadline=None)
@given(_trees, st.data())
def test_a_changed_history_cannot_be_shown_consistent(leaves: list[bytes], data: st.DataObject) -> None:
    first = data.draw(st.integers(1, len(leaves)))
    changed = data.draw(st.integers(0, first - 1))
    edited = [*leaves[:changed], leaf_hash(leaves[changed]), *leaves[changed + 1 :]]
    assert not verify_consistency(
        first=first,
        second=len(leaves),
        first_root=root(leaves[:first]),
        second_root=root(edited),
        proof=consistency_proof(edited, first),
    )


def test_what_lies_outside_the_tree_is_refused() -> None:
    for index in (-1, 8):
        with pytest.raises(IndexError):
            inclusion_proof(LEAVES, index)
    for first in (-1, 9):
        with pytest.raises(IndexError):
            consistency_proof(LEAVES, first)
