"""Traditional characters among simplified ones, and what in simplified text only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from opencc import OpenCC

from yipanqi.text.markup import CJK, Edit

# A text is a traditional one when so many of its characters are: one in eight. One among many was typed by mistake.
_SHARE = 8

# Simplified text has these too (乾隆, 扞格, 昇 in names): only in a traditional text are they
# what they look like. All other characters that are simplified as they stand are never touched, in any word.
_SHARED = frozenset("乾菸薹拚捱吒榘袷麴醣昇釐甯扞脩蒐濬")
# Simplified in every text, though the old common set has them.
_OLD = frozenset("後於徵夥麽摺")

_DRY = re.compile("乾(?=[净淨燥旱脆枯涸洗粮糧果货貨扰擾])|(?<=[饼餅晒曬烘晾风風擦])乾")
_RISE = re.compile("(?<=[提上晋晉飞飛])昇|昇(?=[级級降旗])")
# 於 is a surname too, of people whom the text calls by it.
_SURNAME = re.compile("(?<=[叫姓])於|於(?=先生|女士|小姐|老师|老師|医生|醫生|主任|书记|書記|某)")
_NOTE = re.compile("(?<=宫商角|宮商角)徵|徵(?=羽)")

# 著 is read zhù where somebody wrote or is known (显著, 著名); elsewhere it stands for 着.
_WRITTEN = re.compile(
    "(?<=[土显顯昭卓原专專名巨论論编編译譯合拙遗遺新所撰较較彰])著|著(?=[名作称稱述者录錄书書文说說《])|(?<=》)著"
)
_HELD = re.compile(
    "著(?=[力手重眼急火想装裝陆陸落实實凉涼迷色])|(?<=[沿接随隨跟看等本凭憑靠为為有活站坐躺跑拿带帶抱忙朝围圍绕繞伴守顺順堵冒拖笑哭听聽望盯拉推扛穿戴挂掛摆擺])著"
)
_ENDS = re.compile(rf"著(?![{CJK}])")


@cache
def _converter() -> OpenCC:
    # Not `tw2s`, which makes 着 of every 著, 幺 of 么 and 坯 of 坏.
    return OpenCC("t2s")


@cache
def one_simplified(character: str) -> str:
    """One character by itself."""
    return "着" if character == "著" else str(_converter().convert(character))


def from_traditional(text: str) -> Iterator[Edit]:
    """What simplified text has instead."""
    converted = str(_converter().convert(text))
    if converted == text and "著" not in text and "乾" not in text:
        return
    if len(converted) != len(text):  # no entry of this table does so; a later one might
        converted = "".join(map(one_simplified, text))
    pairs = list(zip(text, converted, strict=True))
    certain = sum(old != new and _certainly(old, new) for old, new in pairs)
    surely = 0 < len(re.findall(f"[{CJK}]", text)) <= certain * _SHARE
    told = _told(text, surely=surely)
    for at, (old, new) in enumerate(pairs):
        if at in told:
            if told[at] != old:
                yield at, at + 1, told[at]
        elif old != new and (_certainly(old, new) or old in _OLD or (surely and old in _SHARED)):
            yield at, at + 1, new


@cache
def _certainly(old: str, new: str) -> bool:
    """Whether it is traditional and nothing else. A simplified form that no font has is no mending."""
    return (
        old not in _SHARED and old not in _OLD and new < "\U00010000" and not old.encode("gb2312", "ignore")
    )


def _told(text: str, *, surely: bool) -> dict[int, str]:
    """What becomes of the characters that words decide about."""
    told: dict[int, str] = {}
    if "著" in text:
        written = {match.start() for match in _WRITTEN.finditer(text)}
        told |= dict.fromkeys(written | {m.start() for m in _ENDS.finditer(text)}, "著")
        told |= {m.start(): "着" for m in _HELD.finditer(text) if m.start() not in written}
        if surely:
            told |= {m.start(): "着" for m in re.finditer("著", text) if m.start() not in told}
    told |= {m.start(): "干" for m in _DRY.finditer(text)} | {m.start(): "升" for m in _RISE.finditer(text)}
    told |= {m.start(): m[0] for pattern in (_SURNAME, _NOTE) for m in pattern.finditer(text)}
    return told
