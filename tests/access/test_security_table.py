"""docs/security.md names a test for each expectation, and each of them exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = re.findall(
    r"^\| ([^|]+) \| (`tests/.*) \|$", (ROOT / "docs/security.md").read_text(encoding="utf-8"), re.MULTILINE
)
ROWS = {what: tests for what, tests in TABLES if re.fullmatch(r"S\d+", what)}
# What befell comparable systems.
FAILURES = [(what, tests) for what, tests in TABLES if what not in ROWS]
WANTED = ("S8", *(f"S{number}" for number in range(13, 36)))


@cache
def functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_expectation_has_its_row() -> None:
    assert tuple(ROWS) == WANTED
    assert all("::test_" in row for row in ROWS.values())


def test_each_failure_of_others_has_its_tests() -> None:
    assert len(FAILURES) == 12
    assert all("::test_" in tests for _failure, tests in FAILURES)


@pytest.mark.parametrize("row", [*ROWS.items(), *FAILURES])
def test_every_test_that_is_named_is_there(row: tuple[str, str]) -> None:
    what, tests = row
    for path, name in re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", tests):
        assert name in functions(ROOT / path), f"{what}: there is no {path}::{name}"
