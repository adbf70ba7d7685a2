"""What a file is by its bytes, and whether it is that and nothing else. Standard library alone: it also runs in the
process that converts (convert.py)."""

from __future__ import annotations

import re
import struct

MAGIC = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}
EXTENSIONS = {
    "jpeg": ("jpg", "jpeg", "jfif"),
    "png": ("png",),
    "webp": ("webp",),
    "pdf": ("pdf",),
}
MEDIA = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}
HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif")

# A browser that sniffs looks at the first kilobyte, and a reader of PDF too; a reader of ZIP at the last 64.
HEAD = 1024
TAIL = 65_557
PAGES = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?php")
_END_OF_ZIP = b"PK\x05\x06"
# Within the picture's own data 0xFF is followed by 0, by a restart, or by itself.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


class Broken(ValueError):
    """It is not what it begins as."""


class Polyglot(ValueError):
    """It is that and something else as well."""


def kind_of(data: bytes) -> str:
    """The kind by the first bytes; `heic` for what phones write and we cannot read; empty for anything else."""
    for kind, magic in MAGIC.items():
        if data.startswith(magic):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return "heic" if data[4:8] == b"ftyp" and data[8:12] in HEIC else ""


def document_of(data: bytes) -> str:
    """What a document is by its first bytes; empty for plain text, and for what is none."""
    if data.startswith(MAGIC["pdf"]):
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return "docx"
    start = data[:HEAD].lower()
    return "html" if any(mark in start for mark in PAGES[:2]) else ""


def extension_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def check_whole(kind: str, data: bytes) -> None:
    """That the file ends where its picture or its pages end, and is nothing else besides. Raises `Broken` or
    `Polyglot`."""
    try:
        end = _ENDS[kind](data)
    except (IndexError, struct.error):
        raise Broken from None
    if end > len(data):
        raise Broken
    # Some programs fill up with zeros or a line break.
    if data[end:].strip(b"\0\r\n\t "):
        raise Polyglot
    head = data[:HEAD].lower()
    if any(sign in head for sign in PAGES) or (kind != "pdf" and MAGIC["pdf"].lower() in head):
        raise Polyglot
    if _is_zip(data):
        raise Polyglot


def _is_zip(data: bytes) -> bool:
    """Whether a reader of archives, which looks from the end, would find one: a comment may hold what follows."""
    tail = data[-TAIL:]
    at = tail.find(_END_OF_ZIP)
    while at >= 0:
        comment = tail[at + 20 : at + 22]
        if len(comment) == 2 and at + 22 + int.from_bytes(comment, "little") == len(tail):
            return True
        at = tail.find(_END_OF_ZIP, at + 1)
    return False


def _jpeg_end(data: bytes) -> int:
    at = 2
    while True:
        if data[at] != 0xFF:
            raise Broken
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if marker == 0xD9:
            return at
        if marker == 0x01 or 0xD0 <= marker <= 0xD7:
            continue
        at += int(struct.unpack_from(">H", data, at)[0])
        if marker == 0xDA:
            found = _MARKER.search(data, at)
            if found is None:
                raise Broken
            at = found.start()


def _png_end(data: bytes) -> int:
    at = 8
    while True:
        length, name = struct.unpack_from(">I4s", data, at)
        at += 12 + int(length)
        if name == b"IEND":
            return at


def _webp_end(data: bytes) -> int:
    return 8 + int(struct.unpack_from("<I", data, 4)[0])


def _pdf_end(data: bytes) -> int:
    """After the last mark of an end: what follows it no reader needs."""
    at = data.rfind(b"%%EOF")
    if at < 0:
        raise Broken
    return at + 5


_ENDS = {"jpeg": _jpeg_end, "png": _png_end, "webp": _webp_end, "pdf": _pdf_end}
