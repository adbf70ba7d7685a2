"""Sentences: the first of a text, as a title where nobody gave one; and the one around a place."""

from __future__ import annotations

import re

# Where a title and the letter below it were copied into one line, the letter's greeting begins it.
_END = re.compile(r"[。！？!?；;\n]|(?=尊敬的|敬爱的)")
_PAUSE = re.compile(r"[，,、：:\s]")
# Letters begin with who is spoken to and how; what it is about comes after. 市长期 and 镇长途 are nobody.
_GREETING = re.compile(
    r"^(?:尊敬的|敬爱的)?[^，。！？\n]{0,12}?"
    r"(?:领导|书记|[省市区县镇乡局厅]长(?![期时久达途大年江沙春安城度远治])|主任|大人|您好|你好)(?:们|大人|同志){0,2}"
    r"[：:，,！!。\s]*(?:您们?好|你们?好)?[：:，,！!。\s]*"
)


def title_of(text: str, *, longest: int = 60) -> str:
    """The first sentence that says something, at most `longest` characters; cut at a pause where it is longer."""
    plain = text.strip(' \t\r\n\u3000"“”')
    told = _GREETING.sub("", plain, count=1)
    for sentence in _END.split(told or plain):
        title = " ".join(sentence.split())
        if len(title) >= 4:
            break
    else:
        title = " ".join((told or plain).split())
    if len(title) <= longest:
        return title
    pauses = [found.start() for found in _PAUSE.finditer(title, 0, longest)]
    cut = pauses[-1] if pauses and pauses[-1] >= longest // 2 else longest - 1
    return f"{title[:cut]}…"


_BREAK = re.compile(r"[。！？!?\n]")


def around(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the sentence begins and ends in which the place from `start` to `end` stands."""
    first = max((text.rfind(mark, 0, start) for mark in "。！？!?\n"), default=-1) + 1
    found = _BREAK.search(text, end)
    return first, found.end() if found else len(text)
