"""Texts as characters and pairs of characters, by which any word of them is found.

A text is kept in its folded form and, where that differs, folded character by character: OpenCC looks at the words
around a character (深沈 becomes 深沉, 沈 alone does not), and a part of a text must be found without them. Every
character counts alike, be it Chinese, Latin, a digit or a sign; a word holds no white space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from yipanqi.text.variants import folded, simplify

MOST_WORDS = 8
LONGEST_WORD = 60
# What a reference is made of; people write its hyphens in many ways, or leave them out.
_MARK = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DASHES = re.compile(r"[\u00ad\u2010-\u2015\u2212\u30fc\ufe58\ufe63\uff0d_.·]+")


class _Characters(dict[int, str]):
    """Character by character; filled as characters come."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        # Zero width, byte order marks, direction marks: nobody sees them, and nobody types them into a search.
        unseen = unicodedata.category(character) in {"Cf", "Cc", "Cs"} and not character.isspace()
        self[code] = "" if unseen else simplify(character)
        return self[code]


_characters = _Characters()


def plain(text: str) -> str:
    """The text folded character by character: a part of a text is a part of its plain form."""
    return unicodedata.normalize("NFKC", text).casefold().translate(_characters)


def forms(text: str) -> tuple[str, ...]:
    """The forms in which a text is searched and a word looked for: one, or two where words around a character
    matter."""
    by_word, by_character = plain(folded(text)), plain(text)
    return (by_word,) if by_word == by_character else (by_word, by_character)


def body(*texts: str) -> str:
    """Texts as one that is searched; no word reaches over the border of two."""
    return "\n".join(form for text in texts if text for form in forms(text))


def grams(text: str) -> set[str]:
    """The characters and pairs of characters of a folded text."""
    found: set[str] = set()
    for run in text.split():
        found.update(run)
        found.update(map("".join, pairwise(run)))
    return found


def grams_of_word(word: str) -> list[str]:
    """Those of which a text has all, if it holds the folded word: its pairs, or its one character."""
    if len(word) == 1:
        return [word]
    return list(dict.fromkeys(map("".join, pairwise(word))))


@dataclass(frozen=True)
class Word:
    """A word that is looked for: the forms it may have in a text, and in a reference (none: it cannot be there)."""

    forms: tuple[str, ...]
    marks: tuple[str, ...] = ()

    def within(self, text: str) -> bool:
        return any(form in text for form in self.forms)


def mark(reference: str) -> str:
    """A reference as it is searched: as it is written, and without its hyphens."""
    written = plain(reference)
    return f"{written} {written.replace('-', '')}"


def words_of(query: str) -> tuple[Word, ...]:
    """The words of a query; all of them must be there. Longer ones are cut, and there are at most eight."""
    found: dict[Word, None] = {}
    # A full-width space, and what else becomes white space, is a border too.
    text = query.encode("utf-8", "ignore").decode()  # half a surrogate is no character, and OpenCC refuses it
    for word in unicodedata.normalize("NFKC", text).split():
        each = tuple(dict.fromkeys(form for form in forms(word[:LONGEST_WORD]) if form))
        if each:
            found[Word(each, tuple(_marks(each)))] = None
        if len(found) == MOST_WORDS:
            break
    return tuple(found)


def _marks(each: Iterable[str]) -> Iterator[str]:
    for form in each:
        written = _DASHES.sub("-", form)
        if _MARK.fullmatch(written.strip("-")):
            yield written.strip("-")


def places(text: str, words: Iterable[Word]) -> list[tuple[int, int]]:
    """Where in a text as it is written the words stand, for marking them: from and up to, in order, apart."""
    found: set[int] = set()
    for read in {text, simplify(text)} if len(simplify(text)) == len(text) else {text}:
        plains = [plain(character) for character in read]
        at = [n for n, each in enumerate(plains) for _ in each]
        joined = "".join(plains)
        for form in {form for word in words for form in word.forms}:
            start = joined.find(form)
            while start >= 0:
                found.update(range(at[start], at[start + len(form) - 1] + 1))
                start = joined.find(form, start + len(form))
    return _runs(sorted(found))


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for n in numbers:
        if runs and runs[-1][1] == n:
            runs[-1] = (runs[-1][0], n + 1)
        else:
            runs.append((n, n + 1))
    return runs
