"""The category tree and the material that messages are written from, read from `data/categories/*.toml`.

Each file is one branch; branch and leaf say who has the duty and on what basis, what residents say about it and
what units answer. The texts are our own, written for this demo. In them stand: {spot} a made-up place of the
leaf's kind, {since} a time not long ago, {n} a digit from 2 to 9, {done} a day (in answers only).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from yipanqi.demo.shapes import CategorySeed


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing people write about, whole: what is said belongs together with what is answered."""

    title: str
    problem: str
    effect: str
    want: str
    outcome: str
    answer: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf category, who has the duty (see `yipanqi.demo.duties`) and what people write about it."""

    code: str
    zh: str
    en: str
    parent: str
    duty: str
    basis: str
    spot: str
    matters: tuple[Matter, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A top category; `weight` is its share of the generated mass. What is none of its leaves is its own, and somebody
    has the duty for it too: of fifty real messages a third fitted no leaf."""

    code: str
    zh: str
    en: str
    weight: int
    duty: str
    basis: str
    leaves: tuple[Leaf, ...]


@cache
def branches() -> tuple[Branch, ...]:
    """The tree, in the order of the files' names."""
    folder = resources.files("yipanqi.demo").joinpath("data", "categories")
    found = []
    for name in sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".toml")):
        raw = tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))
        leaves = tuple(
            Leaf(
                code=row["code"],
                zh=row["zh"],
                en=row["en"],
                parent=raw["code"],
                duty=row["duty"],
                basis=row["basis"],
                spot=row["spot"],
                matters=tuple(Matter(*matter) for matter in row["matters"]),
            )
            for row in raw["leaf"]
        )
        own = (raw["code"], raw["zh"], raw["en"], raw["weight"], raw["duty"], raw["basis"])
        found.append(Branch(*own, leaves))
    return tuple(found)


@cache
def leaves() -> dict[str, Leaf]:
    """Leaves by code."""
    return {leaf.code: leaf for branch in branches() for leaf in branch.leaves}


def categories() -> tuple[CategorySeed, ...]:
    """Both levels; each branch stands before its leaves."""
    found: list[CategorySeed] = []
    for branch in branches():
        found.append(CategorySeed(branch.code, branch.zh, branch.en, None))
        found += [CategorySeed(leaf.code, leaf.zh, leaf.en, branch.code) for leaf in branch.leaves]
    return tuple(found)
