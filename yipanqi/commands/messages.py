"""`yipanqi messages`: translations, compiled in Python and checked for completeness."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT.parent / "templates"
FUNCTIONS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def catalogues() -> list[Path]:
    """The .po files of all packages."""
    return sorted(ROOT.glob("**/locale/*/LC_MESSAGES/django.po"))


def compile_all() -> int:
    """Compile every catalogue that is newer than its .mo; returns how many."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    done = 0
    for po in catalogues():
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime_ns >= po.stat().st_mtime_ns:
            continue
        with po.open("rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        part = mo.with_suffix(".mo.new")
        with part.open("wb") as target:
            write_mo(target, catalogue)
        part.replace(mo)
        done += 1
    return done


def used() -> dict[str, str]:
    """Every text that code and templates mark for translation, and one place where each stands."""
    from io import BytesIO

    from babel.messages.extract import extract
    from django.utils.translation.template import templatize

    found: dict[str, str] = {}

    def collect(source: bytes, where: Path) -> None:
        for line, message, _comments, _context in extract("python", BytesIO(source), keywords=FUNCTIONS):
            texts = message if isinstance(message, tuple) else (message,)
            found.setdefault(str(texts[0]), f"{where.relative_to(ROOT.parent)}:{line}")

    for path in sorted(ROOT.glob("**/*.py")):
        collect(path.read_bytes(), path)
    for path in sorted(TEMPLATES.glob("**/*.html")):
        # gettext's own view of a template: Python calls at the same lines.
        collect(templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode(), path)
    return found


def translated() -> set[str]:
    """Every text that has a complete English translation."""
    from babel.messages.pofile import read_po

    have: set[str] = set()
    for po in catalogues():
        with po.open("rb") as source:
            for message in read_po(source, locale=po.parts[-3]):
                texts = message.string if isinstance(message.string, tuple) else (message.string,)
                if message.id and not message.fuzzy and all(texts):
                    have.add(str(message.id[0] if isinstance(message.id, tuple) else message.id))
    return have


def untranslated() -> Iterator[tuple[str, str]]:
    """Texts that lack their English, with a place where each stands."""
    have = translated()
    for text, where in sorted(used().items(), key=lambda item: item[1]):
        if text and text not in have:
            yield text, where


@click.group()
def command() -> None:
    """Compile and check the translations."""


@command.command("compile")
def compile_command() -> None:
    """Compile what changed."""
    done = compile_all()
    click.echo(f"Compiled {done} catalogues of translations." if done else "The translations are up to date.")


@command.command("check")
def check_command() -> None:
    """Every text has its English; exit 1 otherwise."""
    from yipanqi.commands.setup import ready

    ready(database=False)
    missing = list(untranslated())
    for text, where in missing:
        click.echo(f"  {where}: {text}", err=True)
    if missing:
        click.echo(f"{len(missing)} texts have no English.")
        sys.exit(1)
    click.echo("Every text has its English.")
