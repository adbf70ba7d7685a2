"""Texts for the copies: words drawn as often as words of a language come, and some whose frequency is known."""

from __future__ import annotations

import itertools
import random

from yipanqi.core.kinds import Words
from yipanqi.core.models import SearchEntry
from yipanqi.core.search import entry

# Of one to four characters: each in one of ten texts, and each in one of five thousand.
COMMON = ("噪", "占道", "垃圾桶", "物业收费")
RARE = ("鼬", "犀牛", "热气球", "骆驼商队")

_TAKEN = set("".join(COMMON + RARE))
_seed = random.Random(7)
_characters = [c for c in map(chr, range(0x4E00, 0x4E00 + 5000)) if c not in _TAKEN]
_seed.shuffle(_characters)
_share = list(itertools.accumulate(1 / (n + 8) for n in range(len(_characters))))
_words = [
    "".join(_seed.choices(_characters, cum_weights=_share, k=_seed.choice((1, 2, 2, 2, 3))))
    for _ in range(20_000)
]
_often = list(itertools.accumulate(1 / (n + 8) ** 0.9 for n in range(len(_words))))


def said(n: int) -> tuple[str, str]:
    """Title and text of the copy with this number."""
    own = random.Random(n)
    words = own.choices(_words, cum_weights=_often, k=own.randint(22, 40))
    words += [word for word in COMMON if own.random() < 0.1]
    words += [word for word in RARE if own.random() < 1 / 5000]
    own.shuffle(words)
    return "".join(words[:5]), "，".join("".join(words[k : k + 6]) for k in range(5, len(words), 6)) + "。"


def number(n: int) -> str:
    """The number that the copy has (as `_COPIES` makes it)."""
    code = f"{n * 2654435761 % 4294967296:08X}"
    return f"{code[:4]}-{code[4:]}-#"


def entries(n: int) -> tuple[SearchEntry, SearchEntry]:
    """What is searched of the copy once it is cleared, and before."""
    from uuid import UUID

    return entry(Words(UUID(int=0), number(n), *said(n))), entry(Words(UUID(int=0), number(n)))
