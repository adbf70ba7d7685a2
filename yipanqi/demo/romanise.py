"""English spellings of street and community names, by a table made for exactly the characters they use.

Toponyms read some characters in their own way (东阿 Dong'e, 相公庄 Xianggongzhuang, 埠村 Bucun); the table
gives the reading that the names here need, so it is no general dictionary.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources


class UnknownCharacter(KeyError):
    """A character that `data/pinyin.csv` does not list."""


@cache
def table() -> dict[str, str]:
    """Character → toneless syllable."""
    text = resources.files("yipanqi.demo").joinpath("data", "pinyin.csv").read_text(encoding="utf-8")
    return {row["character"]: row["pinyin"] for row in csv.DictReader(text.splitlines())}


def romanise(name: str) -> str:
    """One capitalised word; an apostrophe where a syllable begins with a vowel (GB/T 16159): 平安 → Ping'an."""
    word = ""
    for character in name:
        try:
            syllable = table()[character]
        except KeyError:
            raise UnknownCharacter(character) from None
        word += ("'" if word and syllable[0] in "aeo" else "") + syllable
    return word[:1].upper() + word[1:]
