"""docs/security.md names a test for each expectation, and each of them exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = dict(
    re.findall(
        r"^\| (S\d+) \| (.*) \|$", (ROOT / "docs/security.md").read_text(encoding="utf-8"), re.MULTILINE
    )
)
WANTED = ("S8", *(f"S{number}" for number in range(13, 36)))


@cache
def functions(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_expectation_has_its_row() -> None:
    assert tuple(ROWS) == WANTED
    assert all("::test_" in row for row in ROWS.values())


@pytest.mark.parametrize("code", WANTED)
def test_every_test_that_is_named_is_there(code: str) -> None:
    for path, name in re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", ROWS[code]):
        assert name in functions(ROOT / path), f"{code}: there is no {path}::{name}"
