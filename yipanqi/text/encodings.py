"""Text as it comes from elsewhere: UTF-8, or the GB18030 of older Chinese programs."""

from __future__ import annotations


def decoded(data: bytes) -> str | None:
    """The text of these bytes in whichever of the two encodings they are; None where they are neither. Zeros are none of
    GB18030's text: what has them is a file of another kind. Line ends stay."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8-sig" or "\x00" not in text:
            return text
    return None
