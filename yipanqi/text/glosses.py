"""Readings that a copy has put in brackets behind characters: 會(huì )議, 著(zhu4)力, 会议（hui yi）."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yipanqi.text.markup import CJK, Edit
from yipanqi.text.pinyin import readings, spelt
from yipanqi.text.traditional import one_simplified

# Letters as they are met with: full width, with marks of tones of their own or as combining characters, ɡ and ɑ.
_LETTERS = "a-zA-Zａ-ｚＡ-Ｚà-öø-üāăēěĕīǐĭńňōŏǒūŭǎǔǖǘǚǜǹḿɡɑ\u0300\u0301\u0304\u0306\u0308\u030c"
_BRACKETED = re.compile(
    rf"(?<![ \t\u3000\xa0])[ \t\u3000\xa0]{{0,3}}"
    rf"[(（\[［【〔]([{_LETTERS}\d０-９\s'’`·\-,，.]{{1,60}}+)[)）\]］】〕]"
)
_LETTER = re.compile(rf"[{_LETTERS}]")
_CHARACTERS = re.compile(rf"[{CJK}]{{1,12}}\Z")
# Here a reading is what the text is about; without a tone, also in 当地叫句藏（zang）.
_ABOUT = re.compile(r"(?:读作|念作|读音|拼音|注音|讀作|念做|唸作)\Z")
_SAID = re.compile(r"[叫称稱读讀念音][^，。；,;.\n]{0,3}\Z")
_GAP = re.compile(r"[ \t\u3000\xa0]")


def glosses(text: str) -> Iterator[Edit]:
    """The brackets that hold a reading and nothing else, with the blanks that came with them."""
    last, behind = -1, ""
    for match in _BRACKETED.finditer(text):
        if not _LETTER.search(match[1]):
            continue
        start, end = match.span()
        # Several in a row stand behind the same characters.
        if start != last:
            behind = text[max(0, start - 12) : start]
        if not _is_gloss(match[1], behind):
            continue
        if _GAP.match(text[start : start + 1]) and re.match(rf"[ \u3000\xa0][{CJK}]", text[end : end + 2]):
            end += 1
        yield start, end, ""
        last = end


def _is_gloss(inside: str, behind: str) -> bool:
    """With a mark of a tone, every bracket of syllables is one; without, it must be how the characters are read,
    for (app), (ai) and (Taobao) say something."""
    characters = _CHARACTERS.search(behind)
    found, tones = spelt(inside)
    if characters is None or not found or tones > len(found) or _ABOUT.search(behind):
        return False
    if tones:
        return True
    spoken = characters[0][-len(found) :]
    numbered = {each[-1].isdigit() for each in found}
    if len(spoken) < len(found) or not inside.islower() or (False in numbered and _SAID.search(behind)):
        return False
    # A tone's number is half a proof: a character whose reading is not known may have it.
    return len(numbered) == 1 and all(
        word.rstrip("012345") in known or (not known and True in numbered)
        for word, known in zip(found, map(_readings, spoken), strict=True)
    )


def _readings(character: str) -> frozenset[str]:
    """As it stands and as it is simplified: 著 is 着 or itself."""
    return readings(character) | readings(one_simplified(character))
