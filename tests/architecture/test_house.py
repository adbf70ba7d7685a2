"""What holds for the whole house: translations, templates, declared views, long files."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.template import engines
from django.urls import URLPattern, URLResolver, get_resolver

from yipanqi.commands.messages import untranslated
from yipanqi.web.access import declared_access

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 500


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


def test_no_file_is_too_long() -> None:
    files = [p for p in (ROOT / "yipanqi").glob("**/*.py") if "migrations" not in p.parts]
    long = {str(p): n for p in files if (n := len(p.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE}
    assert long == {}


@pytest.mark.django_db(databases=["default", "jobs"])
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
