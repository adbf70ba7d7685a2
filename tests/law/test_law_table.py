"""docs/law.md names tests that exist, says what the procedure has, and leaves no limit and no invariant out."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from tests.law.table import INVARIANTS, LIMITS, PAGE, ROOT, Row, page, rows
from yipanqi.cases.procedure import CLAIM


@cache
def named_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def missing(names: tuple[str, ...]) -> list[str]:
    """Those of the node ids that name no test."""
    found = []
    for name in names:
        file, _colon, test = name.partition("::")
        there = (ROOT / file).is_file() and test.startswith("test_") and test in named_in(file)
        found += [] if there else [name]
    return found


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python -m tests.law`"


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.key)
def test_each_named_test_exists(row: Row) -> None:
    assert missing(row.tests) == []


def test_a_test_that_does_not_exist_is_found_out() -> None:
    here = "tests/law/test_law_table.py"
    assert missing((f"{here}::test_the_page_is_what_the_table_says",)) == []
    gone = (f"{here}::test_that_was_renamed", "tests/law/gone.py::test_anything", f"{here}::missing")
    assert missing(gone) == list(gone)


def test_no_limit_and_no_invariant_is_left_out() -> None:
    assert [row.key for row in LIMITS][:12] == [f"T{n}" for n in range(1, 13)]
    assert [row.key for row in INVARIANTS] == [str(n) for n in range(1, 21)]
    assert len({row.key for row in rows()}) == len(rows())


def test_the_procedure_has_the_laws_amounts_and_the_table_every_limit_of_the_law() -> None:
    limits = {limit.code: limit for limit in CLAIM.limits}
    told = [row.term for row in LIMITS if row.term]
    for code, amount, unit in told:
        assert (limits[code].amount, limits[code].unit.value) == (amount, unit), code
        assert not limits[code].practice, code
        assert not limits[code].off, code
    assert {code for code, _amount, _unit in told} == {
        code for code, limit in limits.items() if not limit.practice
    }
