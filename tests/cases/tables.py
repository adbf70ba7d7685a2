"""Procedures as the issues lay them down, written by hand and apart from the code: what the tests hold it against.

One line a step: name | sources | target | who | capability | starts | stops | drops | pauses | resumes. `=` as target:
the state stays. A capability after a slash is the sender's.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One step as the table has it."""

    sources: frozenset[str]
    target: str | None
    by: frozenset[str]
    needs: str
    sender_needs: str
    terms: tuple[frozenset[str], ...]  # starts, stops, drops, pauses, resumes


@dataclass(frozen=True)
class Table:
    """A procedure: its steps, the amount and unit of its limits with whether a law sets them, and the steps that,
    taken on a head, are taken on all that is joined to it."""

    rows: dict[str, Row]
    limits: dict[str, tuple[int, str, str]]
    following: frozenset[str]


# What needs a second case: tests/cases/test_joining_machine.py.
OF_SEVERAL = frozenset({"join", "taken_along", "part", "parted"})


def read(text: str) -> dict[str, Row]:
    """The lines of a table."""
    found = {}
    for line in text.strip().splitlines():
        name, sources, target, by, needs, *terms = (cell.strip() for cell in line.split("|"))
        terms += [""] * (5 - len(terms))
        found[name] = Row(
            frozenset(sources.split()),
            None if target == "=" else target,
            frozenset(by.split()),
            needs.partition("/")[0],
            needs.partition("/")[2],
            tuple(frozenset(cell.split()) for cell in terms),
        )
    return found
