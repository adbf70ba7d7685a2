"""Documents as PDF, set by typst from a template and plain data.

What people typed goes in as data and is never read as markup. The typeface comes from the front-end packages: without
it a document would be set in whatever there is, with boxes for characters, so it is refused instead.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import typst
from django.conf import settings

FONTS = settings.BASE_DIR / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
WEIGHTS = ("400Regular", "700Bold")
TEMPLATES = settings.BASE_DIR / "templates" / "documents"


class NoTypeface(RuntimeError):
    """The typeface of documents is not installed; `make setup` brings it."""


@cache
def _typefaces() -> typst.Fonts:
    folders = [FONTS / weight for weight in WEIGHTS]
    if missing := [str(folder) for folder in folders if not any(folder.glob("*.ttf"))]:
        raise NoTypeface(f"No typeface in {', '.join(missing)}: run make setup.")
    if settings.TYPEFACES:
        folders.append(settings.TYPEFACES)
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def official_typefaces() -> dict[str, list[str]]:
    """What documents are set in before all else, by use: the typefaces of GB/T 9704 where the city has a licence for
    them and `settings.TYPEFACES` names their folder."""
    title, text = ("FZXiaoBiaoSong-B05S", "STXiaoBiaoSong"), ("FangSong_GB2312", "FangSong", "STFangsong")
    known = set(_typefaces().families())
    return {"title": [n for n in title if n in known], "text": [n for n in text if n in known]}


def typeset(name: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a template (`receipt` for templates/documents/receipt.typ) with its data, JSON values alone.

    Raises `NoTypeface`, and `RuntimeError` where the template is wrong.
    """
    source = TEMPLATES / f"{name}.typ"
    return typst.compile(
        source, root=TEMPLATES, font_paths=_typefaces(), sys_inputs={"data": json.dumps(data)}
    )
