"""Files for the tests, made by the tests: photos, documents, and things that are two things at once."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
CAMERA = "Zqseni00-camera"


def photo(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **more: Any) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(out, kind, **more)
    return out.getvalue()


def located(size: tuple[int, int] = (64, 48), camera: str = CAMERA) -> bytes:
    """A photo that says where and with what it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x0110] = camera
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: tuple(IFDRational(n) for n in (36, 40, 0)), 3: "E"}
    return photo(size=size, exif=exif.tobytes(), comment=camera.encode())


def document(pages: int = 1, title: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _each in range(pages):
        writer.add_blank_page(200, 200)
    if title:
        writer.add_metadata({"/Author": title, "/Title": title})
    writer.write(out)
    return out.getvalue()


def active_document(what: str) -> bytes:
    """A document that does something, or carries something."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    if what == "attachment":
        writer.add_attachment("x.exe", b"MZ")
    elif what == "encrypted":
        writer.encrypt("secret")
    else:
        action = DictionaryObject(
            {NameObject("/S"): NameObject(what), NameObject("/F"): TextStringObject("x")}
        )
        writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)
    writer.write(out)
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("x.js", "alert(1)")
    return out.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def huge() -> bytes:
    """A few hundred bytes that say they are 10,000 by 10,000 pixels."""
    head = struct.pack(">IIBBBBB", 10_000, 10_000, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def with_comment(comment: bytes) -> bytes:
    """A whole photo with a comment right at its beginning."""
    plain = photo()
    return plain[:2] + b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment + plain[2:]


def polyglots() -> dict[str, tuple[str, bytes]]:
    """By what they are: a name and the bytes."""
    png = photo("PNG")
    webp = photo("WEBP")
    return {
        "photo and archive": ("a.jpg", photo() + archive()),
        "photo and page": ("a.jpg", photo() + b"<html><script>alert(1)</script>"),
        "photo and photo": ("a.jpg", photo() + photo()),
        "photo and film": ("a.jpg", photo() + b"\0\0\0\x18ftypmp42" + bytes(40)),
        "picture and archive": ("a.png", png + archive()),
        "picture and script": ("a.webp", webp + b"/*" + b"x" * 20 + b"*/"),
        "page in a comment": ("a.jpg", with_comment(b"<SCRIPT>alert(1)</SCRIPT>")),
        "document in a comment": ("a.jpg", with_comment(b"%PDF-1.7\n1 0 obj")),
        "drawing in a text": ("a.png", png[:33] + chunk(b"tEXt", b"a\0<svg onload=alert(1)>") + png[33:]),
        "archive in a comment": ("a.jpg", with_end_of_zip()),
        "document and archive": ("a.pdf", document() + archive()),
        "document and page": ("a.pdf", document() + b"<html>"),
        "page before a document": ("a.pdf", b"%PDF-1.7\n<script>alert(1)</script>\n" + document()[9:]),
    }


def with_end_of_zip() -> bytes:
    """A photo whose comment ends an archive, with all that follows as that archive's own comment."""
    plain = photo()
    rest = len(plain) - 2
    end = b"PK\x05\x06" + bytes(16) + struct.pack("<H", rest)
    return with_comment(end)


def broken() -> dict[str, tuple[str, bytes]]:
    png = photo("PNG")
    return {
        "half a photo": ("a.jpg", photo()[:-200]),
        "a beginning": ("a.jpg", b"\xff\xd8\xff\xe0"),
        "a changed picture": ("a.png", png[:60] + bytes([png[60] ^ 255]) + png[61:]),
        "half a document": ("a.pdf", document()[:100]),
        "no document": ("a.pdf", b"%PDF-1.7\nhello\n%%EOF\n"),
        "half a webp": ("a.webp", photo("WEBP")[:-20]),
    }


def bomb() -> bytes:
    """A document whose stream of objects is a few kilobytes and two gigabytes at once."""
    packer, packed = zlib.compressobj(9), []
    block = b" " * (1 << 24)
    for _each in range(128):
        packed.append(packer.compress(block))
    stream = b"".join(packed) + packer.flush()
    plain = document()
    head = b"%%PDF-1.7\n9 0 obj\n<</Type/ObjStm/N 1/First 5/Filter/FlateDecode/Length %d>>\nstream\n" % len(
        stream
    )
    body = head + stream + b"\nendstream\nendobj\n"
    offset = len(b"%PDF-1.7\n")
    rows = struct.pack(">BHB", 1, offset, 0) + struct.pack(">BHB", 2, 9, 0)
    xref = b"8 0 obj\n<</Type/XRef/Size 10/W[1 2 1]/Index[9 1 1 1]/Root 1 0 R/Length %d>>\nstream\n" % len(
        rows
    )
    assert plain
    at = len(body)
    return body + xref + rows + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % at
