"""Script variants: one form for what is written in traditional or simplified characters, full or half width."""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    # `tw2s`, not `t2s`: the latter leaves 著力 as it is, where 着力 is meant.
    return OpenCC("tw2s")


def simplify(text: str) -> str:
    """The text in simplified characters, of the same length; everything else stays as it is."""
    return str(_converter().convert(text))


def folded(text: str) -> str:
    """The form in which texts are compared and searched: NFKC, case folded, simplified."""
    return simplify(unicodedata.normalize("NFKC", text).casefold())
