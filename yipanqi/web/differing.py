"""Two texts side by side, with what only one of them says marked in it, by words (in Chinese: by characters)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

# Characters in all of which single ones are compared; longer texts sentence by sentence, for the work grows with the square.
CLOSE = 2000
_WORDS = re.compile(r"[^\W_\u3400-\u9fff]+|\s+|.", re.DOTALL)
_SENTENCES = re.compile(r"[^。！？；\n.!?;]*[。！？；\n.!?;]?", re.DOTALL)


def apart(one: str, other: str) -> tuple[SafeString, SafeString]:
    """Both texts, escaped, with what the other lacks marked."""
    cut = _WORDS if len(one) + len(other) <= CLOSE else _SENTENCES
    left, right = cut.findall(one), cut.findall(other)
    # Of many alike (a text of line breaks) the matcher leaves out the most frequent, or it would take seconds.
    found = SequenceMatcher(None, left, right, autojunk=cut is _SENTENCES).get_opcodes()
    return (
        _marked([(tag != "equal", left[i:j]) for tag, i, j, _k, _l in found]),
        _marked([(tag != "equal", right[k:m]) for tag, _i, _j, k, m in found]),
    )


def _marked(pieces: Sequence[tuple[bool, Sequence[str]]]) -> SafeString:
    texts = [(differs, "".join(words)) for differs, words in pieces]
    return format_html_join(
        "",
        "{}{}{}",
        ((_OPEN if differs else "", text, _CLOSE if differs else "") for differs, text in texts if text),
    )


_OPEN, _CLOSE = SafeString("<mark>"), SafeString("</mark>")
