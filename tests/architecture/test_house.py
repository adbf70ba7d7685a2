"""What holds for the whole house: translations, templates, declared views, long files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver

from yipanqi.commands.messages import untranslated
from yipanqi.web.access import declared_access

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 500, 50


def test_every_text_has_its_english() -> None:
    assert list(untranslated()) == []


def test_every_template_compiles() -> None:
    names = [str(p.relative_to(ROOT / "templates")) for p in (ROOT / "templates").glob("**/*.html")]
    assert len(names) > 20
    for name in names:
        engines["django"].get_template(name)


def views(patterns: list[URLPattern | URLResolver]) -> list[URLPattern]:
    found: list[URLPattern] = []
    for pattern in patterns:
        found += views(pattern.url_patterns) if isinstance(pattern, URLResolver) else [pattern]
    return found


def test_every_view_declares_who_may_call_it() -> None:
    found = views(get_resolver().url_patterns)
    assert len(found) > 20
    assert [str(p.pattern) for p in found if declared_access(p.callback) is None] == []


def sources(*folders: str) -> list[Path]:
    """Our Python files; migrations are made, not written."""
    return [p for name in folders for p in (ROOT / name).glob("**/*.py") if "migrations" not in p.parts]


def test_no_file_is_too_long() -> None:
    files = sources("yipanqi", "config", "tests", "bench")
    long = {str(p): n for p in files if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE}
    assert long == {}


def test_few_functions_are_long() -> None:
    """At most one in two hundred has more than fifty lines."""
    lengths = {
        f"{path.name}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in sources("yipanqi", "config")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    long = {name: lines for name, lines in lengths.items() if lines > LONGEST_FUNCTION}
    assert len(long) * 200 <= len(lengths), long


@pytest.mark.django_db(databases=["default", "jobs"])
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
