"""Mending a text that came through a bad copy, a bad page or a bad input method, with a record of every change.

What is mended: control and invisible characters, HTML, quoting of mails, pinyin glosses in brackets behind characters
(會(huì )議), traditional characters among simplified ones, full-width letters and digits, half-width punctuation between
Chinese characters. Where it is not plain that something is wrong it stays: brackets that say something, names,
addresses of pages and mails, times, numbers and codes.

Every pattern is linear: repetitions are bounded or possessive and start where the character before them cannot
belong to the match (S11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from yipanqi.text import markup, widths
from yipanqi.text.glosses import glosses
from yipanqi.text.traditional import from_traditional


@dataclass(frozen=True, slots=True)
class Change:
    """``before`` stood at ``[start:end]`` of the original text, ``after`` took its place."""

    start: int
    end: int
    before: str
    after: str
    rule: str  # control, html, quote, gloss, script, width or punctuation


@dataclass(frozen=True, slots=True)
class Mended:
    """The mended text, and what was changed, in the order of the original."""

    text: str
    changes: tuple[Change, ...]


# What needs more rounds than this was made to cost time; it stays as it is.
_ROUNDS = 12


def clean(text: str) -> Mended:
    """The text as it was meant. Cleaning it again changes nothing."""
    draft = _Draft(text)
    for _ in range(_ROUNDS):
        before = draft.text
        _mend_once(draft)
        if draft.text == before:
            return Mended(draft.text, tuple(draft.changes(text)))
    return Mended(text, ())


def _mend_once(draft: _Draft) -> None:
    draft.apply(markup.control(draft.text), "control")
    draft.apply(markup.entities(draft.text), "html")
    draft.apply(markup.tags(draft.text), "html")
    draft.apply(markup.quotes(draft.text), "quote")
    draft.apply(glosses(draft.text), "gloss")
    draft.apply(markup.outside(draft.text, from_traditional(draft.text)), "script")
    draft.apply(widths.widths(draft.text), "width")
    draft.apply(markup.outside(draft.text, widths.punctuation(draft.text)), "punctuation")


@dataclass
class _Draft:
    """A text on the way, and for each of its characters where in the original it comes from."""

    text: str
    spans: list[tuple[int, int]] = field(default_factory=list)
    rules: dict[int, str] = field(default_factory=dict)  # of a place in the original: what changed it last

    def apply(self, edits: Iterable[markup.Edit], rule: str) -> None:
        """Make the edits, which stand in order and do not overlap."""
        edits = list(edits)
        if not edits:
            return
        spans = self.spans or [(at, at + 1) for at in range(len(self.text))]
        words: list[str] = []
        moved: list[tuple[int, int]] = []
        at = 0
        for start, end, new in edits:
            words += [self.text[at:start], new]
            moved += spans[at:start]
            first, last = spans[start][0], spans[end - 1][1]
            for place in range(first, last):
                self.rules[place] = rule
            if len(new) == end - start:
                moved += spans[start:end]
            elif new:
                # The first character stands for all that was there; the others come from nowhere, behind it.
                moved += [(first, last), *[(last, last)] * (len(new) - 1)]
            at = end
        words.append(self.text[at:])
        moved += spans[at:]
        self.text, self.spans = "".join(words), moved

    def changes(self, original: str) -> Iterator[Change]:
        """What differs from the original; neighbours by the same rule are one change."""
        run: list[Change] = []
        for each in self._pieces(original):
            if run and not (run[-1].end == each.start and (run[0].rule == each.rule or not each.before)):
                yield from _together(run)
                run = []
            run.append(each)
        yield from _together(run)

    def _pieces(self, original: str) -> Iterator[Change]:
        at = 0
        for character, (start, end) in zip(self.text, self.spans, strict=bool(self.spans)):
            yield from self._gone(original, at, start)
            at = max(at, end)
            if character != original[start:end]:
                rule = self.rules.get(start, self.rules.get(end - 1, ""))
                yield Change(start, end, original[start:end], character, rule)
        yield from self._gone(original, at, len(original) if self.spans or not self.text else at)

    def _gone(self, original: str, at: int, to: int) -> Iterator[Change]:
        while at < to:
            rule, end = self.rules[at], at + 1
            while end < to and self.rules[end] == rule:
                end += 1
            yield Change(at, end, original[at:end], "", rule)
            at = end


def _together(run: list[Change]) -> Iterator[Change]:
    before, after = "".join(each.before for each in run), "".join(each.after for each in run)
    if before != after:
        yield Change(run[0].start, run[-1].end, before, after, run[0].rule)
