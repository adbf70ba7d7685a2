"""The city's seal platform: documents go out to be sealed, and come back as sealed PDF or OFD.

What the product needs of a platform is the protocol. The one that comes with it is a folder that a gateway of the city's
own empties and fills; a platform with an interface of its own is a class like it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PDF, OFD = "application/pdf", "application/ofd"
ENDINGS = {".pdf": PDF, ".ofd": OFD}
MOST = 30 * 1024 * 1024  # bytes of a sealed file
OUT, IN = "outgoing", "incoming"
_REFERENCE = re.compile(r"[0-9a-f-]{36}")


class NotSealed(Exception):
    """What came back is not the sealed document; `why` is a code word, never anything of the file."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Outgoing:
    """A document to be sealed. `reference`, an id (UUID), is by what it comes back; it says nothing of a case."""

    reference: str
    number: str
    title: str
    unit: str
    unit_code: str
    content: bytes


@dataclass(frozen=True)
class Sealed:
    content: bytes
    content_type: str
    digest: str


class SealPlatform(Protocol):
    """What seals documents. Both calls may raise OSError where it cannot be reached; they may be made again."""

    def submit(self, document: Outgoing) -> str:
        """Hand a document over; returns the reference by which to fetch it."""

    def fetch(self, reference: str, submitted: str) -> Sealed | None:
        """The sealed file of what was submitted under this digest; None while there is none. Raises `NotSealed`."""


class Folder:
    """A folder with `outgoing` and `incoming`, as a gateway reads and fills them.

    Out: REFERENCE.pdf, and REFERENCE.json that says what it is and its SHA-256; the manifest is written last. Back: the
    sealed file as REFERENCE.ofd or REFERENCE.pdf, and REFERENCE.json with `submitted_sha256` (of what went out) and
    `sha256` (of the sealed file), written last as well.
    """

    def __init__(self, folder: Path) -> None:
        self.out, self.back = folder / OUT, folder / IN
        for one in (self.out, self.back):
            one.mkdir(mode=0o700, parents=True, exist_ok=True)

    def submit(self, document: Outgoing) -> str:
        reference = _named(document.reference)
        manifest = {
            "reference": reference,
            "number": document.number,
            "title": document.title,
            "unit": document.unit,
            "unit_code": document.unit_code,
            "file": f"{reference}.pdf",
            "content_type": PDF,
            "sha256": hashlib.sha256(document.content).hexdigest(),
            "size": len(document.content),
            "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }
        _write(self.out / f"{reference}.pdf", document.content)
        _write(self.out / f"{reference}.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        return reference

    def fetch(self, reference: str, submitted: str) -> Sealed | None:
        name = _named(reference)
        manifest = self.back / f"{name}.json"
        if not manifest.exists():
            return None
        said = _manifest(manifest)
        if said.get("reference") != name or said.get("submitted_sha256") != submitted:
            raise NotSealed("another_document")
        files = [self.back / f"{name}{ending}" for ending in ENDINGS]
        found = [file for file in files if file.exists()]
        if len(found) != 1:
            raise NotSealed("no_file" if not found else "two_files")
        content = _read(found[0])
        digest = hashlib.sha256(content).hexdigest()
        if digest != said.get("sha256"):
            raise NotSealed("altered")
        if digest == submitted:
            raise NotSealed("unsealed")
        content_type = ENDINGS[found[0].suffix]
        if _type_of(content) != content_type:
            raise NotSealed("another_type")
        return Sealed(content, content_type, digest)


def _named(reference: str) -> str:
    """A reference as the name of a file. ValueError for one that could lead elsewhere."""
    if not _REFERENCE.fullmatch(reference):
        raise ValueError("not a reference")
    return reference


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a gateway must never take half a file."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _read(path: Path) -> bytes:
    """A file that somebody put there: no link to another place, and not without end."""
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        content = file.read(MOST + 1)
    if len(content) > MOST:
        raise NotSealed("too_large")
    return content


def _manifest(path: Path) -> dict[str, object]:
    try:
        said = json.loads(_read(path))
    except ValueError:
        raise NotSealed("no_manifest") from None
    if not isinstance(said, dict):
        raise NotSealed("no_manifest")
    return said


def _type_of(content: bytes) -> str:
    """PDF, OFD (a ZIP whose root document is OFD.xml: GB/T 33190), or nothing."""
    if content.startswith(b"%PDF-"):
        return PDF
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return OFD if "OFD.xml" in archive.namelist() else ""
    except (zipfile.BadZipFile, ValueError):
        return ""
