"""By when: dates that a clause opens with, holds, or consists of, as the text has them."""

from __future__ import annotations

import re

DUE = re.compile(
    r"(?:(?:力争|务必|必须|确保|原则上)?(?:于|在|到)?)?(?P<due>(?:20\d{2}\s?年|今年|明年|本年度?|当年)?(?:\d{1,2}月(?:\d{1,2}[日号]|中旬|上旬|下旬|份)?|年|季度?|月|上半年|下半年|[一二三四]季度|第[一二三四]季度|春节|国庆节?|汛期|[本下]周|[“”一-鿿]{0,4}期末|\d{1,2}[日号]|\d{1,3}个?(?:工作日|月|天|日|周)|[一二三两半]个?(?:月|年|周))"
    r"(?:\d{1,2}[:：时点]\d{0,2}分?)?(?:底|末|初)?(?:之?以?[前内]|底|末)|年内|年底前?|月底前?|本月底前?|季度末|近期|\d{4}年底前?)[，,]?"
)
_DUE_LAST = re.compile(f"(?:{DUE.pattern})$")
_UNTIL = re.compile(
    r"完成|建成|出台|落实|报|启动|印发|形成|实现|制定|上线|办结|整改|投用|提交|到位|开工|交付|覆盖"
)


def due_first(text: str, start: int, end: int) -> tuple[str, int]:
    """The date by which, where it opens the clause, and where the clause goes on."""
    match = DUE.match(text, start, end)
    return (match["due"], match.end()) if match and match.end() > start else ("", start)


def due_within(words: str) -> str:
    """A date in the middle of a clause that says what is to be done until then."""
    inner = DUE.search(words)
    return inner["due"] if inner and _UNTIL.search(words) else ""


def without_due(words: str) -> tuple[str, str]:
    """A subject without the date behind it: 市民政局年底前要 …"""
    match = _DUE_LAST.search(words)
    return (words[: match.start()], match["due"]) if match else (words, "")


def due_alone(words: str) -> str:
    """The date by which, where the clause says nothing else: 6月底前，…"""
    match = DUE.fullmatch(words)
    return match["due"] if match else ""


_ONLY_DONE = re.compile(
    f"(?:{DUE.pattern})(?:全部|基本|全面)?(?:完成|到位|落实到位|落实|办结|建成|投用|完成到位)"
)


def due_of_before(words: str) -> str:
    """The date by which what was said before is to be done: …，5月底前完成"""
    match = _ONLY_DONE.fullmatch(words)
    return match["due"] if match else ""
