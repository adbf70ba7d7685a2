"""The words of a mail's header, in whatever encoding its writer's program put them."""

from __future__ import annotations

import binascii
import re
from email.errors import HeaderParseError
from email.header import decode_header

from yipanqi.text.encodings import decoded

LONGEST = 200  # characters
# Mails that say GB2312 have GBK or GB18030 in them, which hold it.
_CHINESE = frozenset(("gb2312", "gb_2312-80", "gbk", "cp936", "x-gbk", "euc-cn", "gb18030"))


def text_in(data: bytes, charset: str | None) -> str:
    """The text of these bytes in the encoding that was named for them, or else in the one they are in; what is in none
    stays readable as far as it is."""
    named = (charset or "").strip().lower()
    for encoding in ("gb18030" if named in _CHINESE else named, None):
        try:
            text = data.decode(encoding) if encoding else decoded(data)
        except (LookupError, ValueError):
            continue
        if text is not None:
            return text
    return data.decode("utf-8", "replace")


def header_text(value: bytes) -> str:
    """A header's value on one line (RFC 2047, or its bare bytes), shortened."""
    unfolded = re.sub(rb"\r?\n[ \t]*", b" ", value).strip()
    try:
        pieces = decode_header(unfolded.decode("ascii"))
        text = "".join(p if isinstance(p, str) else text_in(p, charset) for p, charset in pieces)
    except (HeaderParseError, binascii.Error, ValueError):
        text = text_in(unfolded, None)
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"
