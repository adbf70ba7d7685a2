"""The process that reads one file from a stranger and writes the copy that may be looked at; then it is gone.

`python -I -m yipanqi.files.convert KIND` takes the file on its standard input and gives a line of JSON and the copies
on its standard output. It knows no database, no key and no other file: what goes wrong in a decoder stays here, and
nothing of one person's file can end up in another's (trust-and-ux §1, SecureDrop 2026). Django is not loaded.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from dataclasses import dataclass
from typing import Any

from yipanqi.files.formats import Broken, Polyglot, check_whole

# Any telephone's photo is smaller; Pillow's own limit lets three times as much memory be asked for (S15).
PIXELS = 50_000_000
LONGEST_SIDE = (
    2048  # of the served copy: a number plate across a street can be read, an album cannot be printed
)
SMALL = 320
MEMORY = 1 << 30  # bytes of address space: a picture of 50 M px is 200 MB, and is held twice at most
SECONDS = 20  # of processor

# In a PDF: what runs, starts, sends or carries something else.
ACTIVE = ("/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/RichMediaExecute")
FORBIDDEN = ("/JS", "/AA", "/XFA", "/EmbeddedFiles", "/EF", "/RichMediaContent")


class NotTaken(Exception):
    """Why it is not taken, as a code."""


@dataclass(frozen=True)
class Copies:
    """What came of a file: a copy to look at and a small one, and what was found."""

    served: bytes
    small: bytes = b""
    width: int | None = None
    height: int | None = None
    located: bool = False


def convert(kind: str, data: bytes) -> Copies:
    """Check a file and copy it. Raises `NotTaken`."""
    try:
        check_whole(kind, data)
    except Polyglot:
        raise NotTaken("polyglot") from None
    except Broken:
        raise NotTaken("broken") from None
    try:
        return _pdf(data) if kind == "pdf" else _picture(kind, data)
    except NotTaken:
        raise
    except MemoryError:
        raise NotTaken("heavy") from None
    except Exception:
        # Decoders raise whatever comes to their mind.
        raise NotTaken("broken") from None


def _picture(kind: str, data: bytes) -> Copies:
    from PIL import Image, ImageFile, ImageOps

    ImageFile.LOAD_TRUNCATED_IMAGES = False
    Image.MAX_IMAGE_PIXELS = None  # checked here, and before anything is decoded
    image: Any = Image.open(io.BytesIO(data), formats=[kind.upper()])
    if image.width * image.height > PIXELS:
        raise NotTaken("pixels")
    exif = image.getexif()
    located = bool(exif.get_ifd(0x8825))
    width, height = image.size
    turned = exif.get(0x0112, 1)
    image.load()
    # Made small first: to turn and to fill it then costs little.
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    image = _plain(ImageOps.exif_transpose(image))
    if turned in (5, 6, 7, 8):
        width, height = height, width
    served = _jpeg(image, 85)
    image.thumbnail((SMALL, SMALL))
    return Copies(served, _jpeg(image, 70), width, height, located)


def _plain(image: Any) -> Any:
    """Red, green and blue on white, and nothing that was said about them."""
    from PIL import Image

    if image.mode in ("RGBA", "LA", "PA", "P") or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        return white
    bare = image.convert("RGB")
    copy = Image.new("RGB", bare.size)
    copy.paste(bare)
    return copy


def _jpeg(image: Any, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _pdf(data: bytes) -> Copies:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(data), strict=True)
    if reader.is_encrypted:
        raise NotTaken("encrypted")
    if not reader.pages:
        raise NotTaken("broken")
    _check_objects(reader)
    writer, out = PdfWriter(), io.BytesIO()
    for page in reader.pages:
        writer.add_page(page)
    writer.metadata = None
    writer.write(out)
    return Copies(out.getvalue())


def _check_objects(reader: Any) -> None:
    """No object, named from anywhere or not, runs, starts or carries anything."""
    from pypdf.generic import IndirectObject

    numbers = {(number, generation) for generation, rows in reader.xref.items() for number in rows}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    todo = [reader.trailer]
    for number, generation in numbers:
        if (number, generation) not in ((0, 0), (0, 65535)):
            todo.append(reader.get_object(IndirectObject(number, generation, reader)))
    while todo:
        found = todo.pop()
        if isinstance(found, dict):
            if found.get("/S") in ACTIVE or any(name in found for name in FORBIDDEN):
                raise NotTaken("active")
            todo += list(dict.values(found))  # raw: what is named by number is looked at by its number
        elif isinstance(found, list):
            todo += list(list.__iter__(found))


def limit() -> None:
    """So much memory and time, and no file written."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main() -> None:
    limit()
    data, out = sys.stdin.buffer.read(), sys.stdout.buffer
    try:
        made = convert(sys.argv[1], data)
    except NotTaken as why:
        out.write(json.dumps({"refused": str(why)}).encode() + b"\n")
        return
    told = {
        "served": len(made.served),
        "small": len(made.small),
        "width": made.width,
        "height": made.height,
        "located": made.located,
    }
    out.write(json.dumps(told).encode() + b"\n" + made.served + made.small)


if __name__ == "__main__":
    main()
