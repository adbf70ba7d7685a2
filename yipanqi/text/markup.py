"""What is no part of a text: control characters, HTML, the quoting of mails; and what in it must stay as it is."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from html import unescape
from html.entities import html5
from itertools import pairwise

Edit = tuple[int, int, str]  # from, to, what takes its place

# --- what is never touched ---------------------------------------------------------------------------------------

CJK = "一-鿿㐀-䶿豈-龎〇々"
_ADDRESS = re.compile(
    rf"(?:(?<![A-Za-z])(?:https?|ftp)://|(?<![A-Za-z0-9.])www\.)[!-;=?-~]++(?:[{CJK}]{{1,50}}+[/?=&%#.][!-;=?-~]*+){{0,50}}+"
    r"|(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]++@(?:[A-Za-z0-9\-]{1,63}\.){1,5}[A-Za-z]{2,24}"
)


def outside(text: str, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits that touch no address of a page or a mail."""
    kept = [match.span() for match in _ADDRESS.finditer(text)] if ":" in text or "." in text else []
    nth = 0
    for edit in edits:
        while nth < len(kept) and kept[nth][1] <= edit[0]:
            nth += 1
        if nth == len(kept) or edit[1] <= kept[nth][0]:
            yield edit


# --- control and invisible characters ------------------------------------------------------------------------------

# `_x000D_` is how a spreadsheet's file writes a control character.
_CONTROL = re.compile(
    "_x00[01][0-9A-F]_|\r(?!\n)|[\x0b\x0c\x85\u2028\u2029]|[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_JOINERS = "\u200c\u200d"
_BREAKS = "\r\x0b\x0c\x85\u2028\u2029"


def control(text: str) -> Iterator[Edit]:
    for match in _CONTROL.finditer(text):
        at = match.start()
        if match[0] in _JOINERS and _joins(text[at - 1 : at]) and _joins(text[at + 1 : at + 2]):
            continue
        # The carriage return of a spreadsheet stands before a line feed, which is enough.
        breaks = match[0] in _BREAKS or match[0] == "_x000A_"
        breaks = breaks or (match[0] == "_x000D_" and text[match.end() : match.end() + 1] not in ("\n", "_"))
        yield at, match.end(), "\n" if breaks else ""


def _joins(neighbour: str) -> bool:
    """Whether a joiner beside it may be meant, as in emoji and in scripts that write letters together."""
    return neighbour > "\u02ff" and not re.match(f"[{CJK}\u2000-\u200f\u3000-\u303f\uff00-\uffef]", neighbour)


# --- HTML ------------------------------------------------------------------------------------------------------------

_ENTITY = re.compile(
    r"&((?:amp;)*+)(#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|nbsp(?![A-Za-z0-9=]);?|[A-Za-z]{2,31}[0-9]{0,2};)?"
)
_BLOCKS = (
    "address|article|blockquote|br|center|dd|div|dl|dt|footer|form|h[1-6]|header|hr|li|main|ol|p|pre|section|table|"
    "tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|b|big|body|button|cite|code|del|em|figcaption|figure|font|head|html|i|iframe|img|input|ins|label|link|mark|"
    "meta|o:p|rb|rp|rt|ruby|s|script|small|span|strike|strong|style|sub|sup|tt|u|video|audio|source|col|colgroup"
)
_TAG = re.compile(
    rf"<(/?)({_BLOCKS}|{_INLINE})(?:[\s/][^<>]{{0,2000}})?>|<!--[^<>]{{0,2000}}-->|<!doctype[^<>]{{0,200}}>",
    re.IGNORECASE,
)
# What stands between these is not meant for readers.
_HIDDEN = re.compile(r"</(script|style|rt|rp)\s{0,9}>", re.IGNORECASE)
_ANGLE = re.compile("[<>]")


def entities(text: str) -> Iterator[Edit]:
    """Names of characters, and an ampersand that was written as one again and again."""
    if "&" not in text:
        return
    for match in _ENTITY.finditer(text):
        again, name = match[1], match[2] or ""
        if name.startswith(("#", "nbsp")) or name in html5:
            yield match.start(), match.end(), " " if name.startswith("nbsp") else unescape("&" + name)
        elif again:
            yield match.start(), match.end(1), "&"


def tags(text: str) -> list[Edit]:
    """Tags, from the inside out in one pass: `<b<i>>` is nothing once it is read."""
    if "<" not in text:
        return []
    found: list[Edit] = []
    written: list[str] = []  # what is left so far, in pieces
    # Where a tag may begin: in the text, and how many pieces stood before it.
    opened: list[tuple[int, int]] = []
    ends = [(each.end(), each[1].lower()) for each in _HIDDEN.finditer(text)]
    at = skip = 0
    for match in _ANGLE.finditer(text):
        if match.start() < skip:
            continue
        written.append(text[at : match.start()])
        at = match.start()
        if match[0] == "<":
            opened.append((at, len(written)))
            continue
        at = match.end()
        start, pieces = opened[-1] if opened else (0, 0)
        tag = _TAG.fullmatch("".join(written[pieces:]) + ">") if opened else None
        if tag is None:
            opened.clear()
            written.append(">")
            continue
        opened.pop()
        del written[pieces:]
        if tag[2] and not tag[1]:
            at = skip = _end_of_hidden(ends, tag[2].lower(), at)
        while found and found[-1][0] >= start:
            found.pop()
        found.append((start, at, "\n" if tag[2] and re.fullmatch(_BLOCKS, tag[2].lower()) else ""))
    return _without_empty_lines(text, found)


def _end_of_hidden(ends: list[tuple[int, str]], name: str, at: int) -> int:
    """Where the hidden content of an opening tag ends; at once where there is none."""
    nth = bisect_left(ends, (at, ""))
    return ends[nth][0] if nth < len(ends) and ends[nth][1] == name else at


def _without_empty_lines(text: str, edits: list[Edit]) -> list[Edit]:
    """A block begins a new line, but the first and the last add no empty one, nor do two in a row."""
    last = len(text)
    for start, end, _ in reversed(edits):
        if text[end:last].strip():
            break
        last = start
    kept: list[Edit] = []
    before = 0
    fresh = True  # whether what is left so far is at the start of a line
    for start, end, new in edits:
        between = text[before:start].strip(" \t")
        fresh = between.endswith("\n") if between else fresh
        wanted = new if not fresh and start < last else ""
        fresh = fresh or bool(wanted)
        kept.append((start, end, wanted))
        before = end
    return kept


# --- quoting -------------------------------------------------------------------------------------------------------

_QUOTED = re.compile(r"^[ \t]{0,8}(?:>[ \t]{0,3})++", re.MULTILINE)
_MAIL = re.compile(
    r"^[ \t]{0,8}-{2,30}[ \t]{0,4}(?:原始邮件|原邮件|转发邮件|转发的邮件|邮件原件|Original Message|Forwarded message)[ \t]{0,4}-{2,30}"
    r"[ \t]{0,8}(?:\r?\n|\Z)"
    r"(?:(?:发件人|发送时间|发送日期|日期|时间|收件人|抄送|主题|From|Sent|Date|To|Cc|Subject)[ \t]{0,4}[:：][^\n]{0,400}(?:\n|\Z)){0,8}",
    re.MULTILINE | re.IGNORECASE,
)
_WROTE = re.compile(
    r"^(?:On [^\n]{4,200} wrote:|[^\n>]{0,200}写道[:：])[ \t]{0,8}\r?\n(?=[ \t]{0,8}>)", re.MULTILINE
)


def quotes(text: str) -> Iterator[Edit]:
    """The marks of quoted lines, and the heads of mails. One line alone that begins with `>` may say *more than*."""
    if ">" not in text and "--" not in text:
        return
    found: list[Edit] = [(m.start(), m.end(), "") for m in (*_MAIL.finditer(text), *_WROTE.finditer(text))]
    marks = list(_QUOTED.finditer(text))
    follows = [text.count("\n", before.end(), mark.start()) == 1 for before, mark in pairwise(marks)]
    for nth, mark in enumerate(marks):
        among = (nth > 0 and follows[nth - 1]) or (nth < len(follows) and follows[nth])
        if among or re.match(r"[ \t][^\s\d=.]", text[mark.end() - 1 : mark.end() + 1]):
            found.append((mark.start(), mark.end(), ""))
    at = 0
    for start, end, new in sorted(found):
        if start >= at:
            yield start, end, new
            at = end
