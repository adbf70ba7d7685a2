"""Full and half width, each where it belongs: letters and digits half, punctuation between Chinese characters full."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from yipanqi.text.markup import CJK, Edit

_LETTERS = "0-9A-Za-z０-９Ａ-Ｚａ-ｚ"
# Chinese punctuation is full width by right; what stands between letters and digits only is not Chinese.
_WIDE = re.compile(
    rf"^[^\S\n]++|[０-９Ａ-Ｚａ-ｚ]++|(?<=[０-９])：(?=[０-９])|(?<=[0-9０-９])．(?=[0-9０-９])(?![0-9０-９]{{4}}年)|(?<=[0-9０-９])[％﹪]"
    rf"|(?<=[{_LETTERS}])[＋－＝＠＃＆＊／＿＼](?=[{_LETTERS}])|[\xa0\u2000-\u200a\u202f\u205f]|\u3000++",
    re.MULTILINE,
)
# ⼯ and 﨑: a PDF's look-alikes of 工 and 崎. Those twelve in the block that have no other form are none.
_ALIKE = re.compile("[⺀-⿕豈-龎]")


def widths(text: str) -> Iterator[Edit]:
    """Wide letters, digits, signs and blanks made plain; an indent of wide blanks is how a paragraph begins."""
    found = [*_WIDE.finditer(text), *_ALIKE.finditer(text)]
    for match in sorted(found, key=re.Match.start):
        wide = match[0]
        indent = wide.isspace() and (match.start() == 0 or text[match.start() - 1] == "\n")
        new = wide if indent else "%" if wide == "﹪" else unicodedata.normalize("NFKC", wide)
        if new != wide:
            yield match.start(), match.end(), new


_FULL = str.maketrans(",;:!?", "，；：！？")
_CLOSING = "”’》」』】）〉〕"
_MARKS = re.compile(r"[,;:!?]++")
_STOP = re.compile(rf"(?<=[{CJK}])\.(?=[ \t]{{0,8}}(?:[\r\n]|\Z))")
_CHINESE = re.compile(rf"[{CJK}]")
_OPENING = re.compile(rf"[{CJK}“‘《「『【（]")
# :) and ;-) and :D are faces.
_FACE = re.compile(r"['\-]?[)(/\\|*]|['\-]?[DPpOo3](?![A-Za-z0-9])|-")
# 1,… at the beginning counts.
_COUNTS = re.compile(r"(?:^|[\n。；！？：，、.;!?:(（)）\s])(?:\d{1,3}|[A-Za-z])\Z")
# A question is asked before the next number of a list; elsewhere a mark before digits stands for a lost character.
_LISTED = re.compile(r"\d{1,3}[.、,，．)）]")
_ASKS = "吗呢么吧啊呀嘛"


def punctuation(text: str) -> Iterator[Edit]:
    """Half-width marks behind Chinese characters, and before them where a number or a word in letters ends."""
    edits = [(m.start(), m.end(), "。") for m in _STOP.finditer(text)]
    for match in _MARKS.finditer(text):
        start, end = match.span()
        if not _meant(text, match[0], start, end):
            continue
        # The blank that goes with a half-width mark goes with it.
        if text[end : end + 1] == " " and _OPENING.match(text[end + 1 : end + 2]):
            edits.append((start, end + 1, match[0].translate(_FULL)))
        else:
            edits.append((start, end, match[0].translate(_FULL)))
    yield from sorted(edits)


def _meant(text: str, marks: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    if marks[-1] in ":;" and _FACE.match(text[end : end + 3]):
        return False
    if "?" in marks and after.isdigit() and before not in _ASKS and not _LISTED.match(text[end : end + 4]):
        return False
    if _CHINESE.match(before) or (before and before in _CLOSING):
        return True
    if not before or ":" in marks or "?" in marks or not _CHINESE.match(after):
        return False
    if before in ")]%":
        return True
    return before.isascii() and before.isalnum() and not _COUNTS.search(text[max(0, start - 12) : start])
