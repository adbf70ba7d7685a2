"""Where the paragraphs, sentences and clauses of a text stand. All positions are of the whole text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

_OPEN, _CLOSE = "“‘《〈「『（(【[", "”’》〉」』）)】]"
_PARAGRAPH = re.compile(r"[^\n]+")
_SENTENCE_END = "。！？；!?;"
_POINT = re.compile(r"(?<=[一-鿿”）)])\.(?=\s|[一-鿿“]|$)")
_CLAUSE_END = "，,：:"
# A quotation or a bracket longer than this was never closed.
_LONGEST_QUOTE = 400

#: 一、 （一） 1. ① 第一， 一是
NUMBER = re.compile(
    r"\s{0,4}(?:[一二三四五六七八九十]{1,3}、|[(（](?:[一二三四五六七八九十]{1,3}|\d{1,2})[)）][、.．]?|\d{1,2}(?:[、．]|\.(?!\d))"
    r"|[①-⑳]|第[一二三四五六七八九十]{1,2}[，,、]|[●■◆•·▪*-](?=\s?[一-鿿]))\s{0,4}"
)
#: 一是 二要 inside a paragraph
ORDINAL = re.compile(
    r"\s{0,2}(?:[一二三四五六七八九十]{1,2}(?:是(?!否)|要(?![求点])|、)|第[一二三四五六七八九十]{1,2}[，,、]|首先[，,]?|其次[，,]?|再次[，,]?|最后[，,]|[(（](?:[一二三四五六七八九十]{1,2}|\d)[)）]|[①-⑳])"
)


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``level``: it begins with 一、 (1), （一） (2) or 1. (3), which ``start`` is behind; 0 where with none."""

    start: int
    end: int
    level: int


# Lines of print: so wide, so many as wide, and none wider.
_NARROWEST, _FEWEST, _RAGGED = 36, 3, 3
_ENDED = tuple("。！？!?.”")


def unwrapped(text: str) -> tuple[str, Sequence[int]]:
    """The text without the line ends that a printed page put into its sentences, and where each character stood.

    A line goes on in the next one where it is as wide as the widest, does not end a sentence, and several are.
    """
    lines = text.split("\n")
    full = _as_wide(lines, lambda line: sum(1 + (character > "\u2e7f") for character in line))
    full = [
        one or other for one, other in zip(full, _as_wide(lines, lambda line: 2 * len(line)), strict=True)
    ]
    if sum(full) < _FEWEST:
        return text, range(len(text))
    words: list[str] = []
    places: list[int] = []
    at = 0
    for line, goes_on, following in zip_longest(lines, full, lines[1:], fillvalue=""):
        joined = goes_on and following[:1].strip() and not NUMBER.match(following)
        kept = line.rstrip() if joined else f"{line}\n"
        words.append(kept)
        places += range(at, at + len(kept))
        at += len(line) + 1
    return "".join(words)[:-1], places[:-1]


def _as_wide(lines: list[str], width: Callable[[str], int]) -> list[bool]:
    """Which lines are as wide as the widest and end in no sentence's end."""
    widths = [width(line.rstrip()) for line in lines]
    least = max(_NARROWEST, max(widths) - _RAGGED)
    return [
        wide >= least and not line.rstrip().endswith(_ENDED) for line, wide in zip(lines, widths, strict=True)
    ]


def paragraphs(text: str) -> Iterator[Paragraph]:
    for match in _PARAGRAPH.finditer(text):
        start, end = trimmed(text, match.start(), match.end())
        if start == end:
            continue
        number = NUMBER.match(text, start, end)
        level = _level(number[0].strip()) if number and number.end() < end else 0
        yield Paragraph(number.end() if number and level else start, end, level)


def _level(number: str) -> int:
    if number[0] in "(（":
        return 2 if re.match("[一二三四五六七八九十]", number[1:]) else 4
    return 1 if re.match("[一二三四五六七八九十第]", number) else 3


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut at full stops and semicolons outside quotations."""
    return _cut(text, start, end, _SENTENCE_END)


def clauses(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut at commas and colons outside quotations."""
    return _cut(text, start, end, _CLAUSE_END)


def items(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut at 、 outside quotations."""
    return _cut(text, start, end, "、")


def _ends(text: str, place: int, at: str) -> bool:
    """Whether a piece ends here: at no mark within a number (17:00, 1,000), and at a point behind Chinese."""
    character = text[place]
    if character == ".":
        return at is _SENTENCE_END and _POINT.match(text, place) is not None
    within = text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit()
    return character in at and not (within and character in ":：,")


def _cut(text: str, start: int, end: int, at: str) -> Iterator[Span]:
    """The mark is no part of the piece."""
    begun, depth, opened = start, 0, start
    for place in range(start, end):
        character = text[place]
        if character in _OPEN:
            depth, opened = depth + 1, place
        elif character in _CLOSE:
            depth = max(0, depth - 1)
        elif _ends(text, place, at) and (depth == 0 or place - opened > _LONGEST_QUOTE):
            depth = 0
            if begun < place:
                yield Span(*trimmed(text, begun, place))
            begun = place + 1
    if begun < end:
        yield Span(*trimmed(text, begun, end))
