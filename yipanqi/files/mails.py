"""The process that takes a mail apart; then it is gone.

`python -I -m yipanqi.files.mails list` takes the mail on its standard input and writes a line of JSON: what of it can be
read as a report. With a number instead it writes a line of JSON, and after it the bytes of that part. Like the one that
makes copies (convert.py) it knows no database, no key and no other file.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message

from yipanqi.files.convert import NotTaken, limit
from yipanqi.text.headers import header_text, text_in

READ = ("txt", "htm", "html", "docx", "pdf")
MOST = 30  # parts; a mail of more is no report's


@dataclass(frozen=True)
class Offered:
    """A part that can be read. `name`: of the file, empty for the mail's own words."""

    name: str
    data: bytes


def offered(data: bytes) -> list[Offered]:
    """The mail's own words, and the files that can be read. Raises `NotTaken`."""
    try:
        return list(_offered(message_from_bytes(data)))
    except (MemoryError, RecursionError):
        raise NotTaken("heavy") from None
    except Exception:
        # Whatever a broken mail meets in its reader.
        raise NotTaken("broken") from None


def _offered(mail: Message) -> Iterator[Offered]:
    words: dict[str, Message] = {}
    files: list[Offered] = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        name = name_of(part)
        if name or part.get_content_disposition() == "attachment":
            if name.rpartition(".")[2].lower() in READ and len(files) < MOST:
                files.append(Offered(name, _bytes(part)))
        elif part.get_content_maintype() == "text":
            words.setdefault(part.get_content_subtype(), part)
    body = next(
        (words[kind] for kind in ("plain", "html") if kind in words and _bytes(words[kind]).strip()), None
    )
    if body is not None:
        text = text_in(_bytes(body), body.get_content_charset()).encode("utf-8", "replace")
        html = body.get_content_subtype() == "html"
        # A page without its frame is taken for plain text by its first bytes.
        yield Offered("", b"<!doctype html>" + text if html else text)
    yield from files


def name_of(part: Message) -> str:
    """The name of the file that a part is, without any folder; empty where it has none."""
    found = part.get_filename() or ""
    raw = found.encode("utf-8", "surrogateescape")
    return header_text(raw).replace("\\", "/").rpartition("/")[2].strip()


def _subject(data: bytes) -> bytes:
    """The bare bytes of the subject; a reader of mail would guess at their encoding."""
    head = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    found = re.search(rb"^subject:((?:.*)(?:\r?\n[ \t].*)*)", head, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else b""


def _bytes(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def main() -> None:
    limit()
    data, out = sys.stdin.buffer.read(), sys.stdout.buffer
    try:
        parts = offered(data)
        if sys.argv[1] == "list":
            told = [{"name": part.name, "size": len(part.data)} for part in parts]
            subject = header_text(_subject(data))
            out.write(json.dumps({"subject": subject, "parts": told}).encode() + b"\n")
            return
        chosen = parts[int(sys.argv[1])]
    except NotTaken as why:
        out.write(json.dumps({"refused": str(why)}).encode() + b"\n")
        return
    out.write(json.dumps({"name": chosen.name}).encode() + b"\n" + chosen.data)


if __name__ == "__main__":
    main()
