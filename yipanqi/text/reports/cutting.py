"""Where one clause holds several demands: 、 or 并 before a verb that is no noun as well."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from yipanqi.text.reports import phrases, verbs
from yipanqi.text.reports.layout import Span, items

# From where it is looked at, and what it is said to be: nothing in it is demanded by itself.
_NO_CUT = re.compile(
    "^对.{2,40}的，|^从.{2,}(?:高度|角度|大局|全局|层面|出发)$|(?<![就要但于不特尤只可还便总凡或正若求])是(?!否|非).{2,}$|(?:作为|成为|视为|当作).{2,}的.{1,6}$"
)
# No clause that demands something is longer; whoever writes one that is means to cost time.
LONGEST = 500


def cut(text: str, span: Span) -> Iterator[Span]:
    """The demands that 、 or 并 join in one clause: cut where the next begins with a verb that is no noun as well."""
    if span.end - span.start > LONGEST:
        return
    span = _inside(text, span)
    if _NO_CUT.search(text[span.start : span.end]):
        yield span
        return
    begun = span.start
    marks: list[tuple[int, int]] = []
    pieces = list(items(text, span.start, span.end))
    for before, piece in pairwise(pieces):
        words = text[piece.start : piece.end]
        both_short = phrases.SHORT.fullmatch(words) and phrases.is_short(text[begun : before.end])
        if (
            (both_short or _begins_demand(words, text[before.start : before.end]))
            and _is_whole(text[begun : before.end])
            and not _one_of_many(pieces, text)
        ):
            marks.append((before.end, piece.start))
            begun = piece.start
    begun = span.start
    for end, start in marks:
        yield from _at_and(text, Span(begun, end))
        begun = start
    yield from _at_and(text, Span(begun, span.end))


def _inside(text: str, span: Span) -> Span:
    """在加强 A、提升 B 上持续用力: what is demanded is A and B."""
    match = phrases.IN_WHAT.match(text[span.start : span.end])
    if match and text[span.start] == "在" and phrases.verb_of(match["what"]) in phrases.STRONG:
        return Span(span.start + match.start("what"), span.start + match.end("what"))
    return span


def _at_and(text: str, span: Span) -> Iterator[Span]:
    """并 before a verb joins two demands."""
    words = text[span.start : span.end]
    for match in re.finditer("(?<![合一兼吞归])并(?![购行举存联非不])", words):
        if (
            match.start() > 3
            and _begins_demand(words[match.end() :], words[: match.start()])
            and _is_whole(words[: match.start()])
        ):
            yield Span(span.start, span.start + match.start())
            yield from _at_and(text, Span(span.start + match.end(), span.end))
            return
    yield span


def _begins_demand(words: str, before: str) -> bool:
    """Whether a demand begins here; one in four characters (凝聚共识) beside another, so that 组织振兴 is none behind
    生态振兴."""
    if words in phrases.WHOLE:
        return words in verbs.TOGETHER
    if re.match("(?:把|将).{2,30}?(?:摆|放|作为|纳入|融入|落)", words):
        return True
    skipped, verb = phrases.opening(words)
    if not verb:
        return False
    if len(words) == 4 and len(verb) == 2 and not skipped and not phrases.verb_of(words[2:]):
        return bool(phrases.opening(before)[1])
    strong = verb in phrases.STRONG or (verb not in verbs.WEAK and verbs.DONE.match(verb) is not None)
    left = words[skipped + len(verb) :]
    # 治理性, 覆盖率 are nouns; 化解 behind a verb is none.
    noun = left.startswith(tuple("的和与性率度型化者力式")) and not phrases.verb_of(left)
    return (strong or skipped > 0) and len(left) > 1 and not noun


def _is_whole(words: str) -> bool:
    """Whether what stands before has a verb and an object of its own; 谋准、谋细 waits for one."""
    if words in verbs.TOGETHER or phrases.is_short(words):
        return True
    skipped, verb = phrases.opening(words)
    left = words[skipped + len(verb) :]
    while left.startswith("、") and phrases.verb_of(left[1:]):
        left = left[1 + len(phrases.verb_of(left[1:])) :]
    return (bool(verb) and len(left) > 1) or phrases.behind_preposition(words) is not None


def _one_of_many(pieces: list[Span], text: str) -> bool:
    """提升联系群众、服务群众、推动发展能力: short ones that share the noun at the end."""
    last = text[pieces[-1].start : pieces[-1].end]
    inner = [text[each.start : each.end] for each in pieces[1:-1]]
    return bool(re.search("(?:能力|本领)$", last)) and all(len(each) < 7 for each in inner) and len(last) < 12
