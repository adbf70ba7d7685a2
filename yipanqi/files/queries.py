"""Reading files. Whoever calls these has passed the gate and written it down."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.sealing import Box, Erased, open_box
from yipanqi.files.models import Content, File, State


def key_name(file: object) -> str:
    """What the key of a file is bound to, under the seal of its submission."""
    return f"file {file} key"


def name_name(file: object) -> str:
    return f"file {file} name"


@dataclass(frozen=True)
class FileView:
    """A file as one viewer sees it. `name` is its own where the original may be seen, else a plain number: what
    somebody called a file may say who they are."""

    id: UUID
    number: int
    name: str
    kind: str
    size: int
    width: int | None
    height: int | None
    state: str
    scanned: bool
    original: bool
    small: str = ""  # data: URI
    goes: bool = False  # with the text to whoever handles this case

    @property
    def shown(self) -> bool:
        """Whether it can be looked at: what is held or in quarantine cannot, by anybody."""
        return self.state == State.CLEAN


def named(value: Any) -> list[File]:
    """The files that an answer names by their ids."""
    given = value if isinstance(value, list | tuple) else [value]
    try:
        ids = [each.pk if isinstance(each, File) else UUID(str(each)) for each in given]
    except ValueError:
        raise Refused(_("没有这个文件。")) from None
    found = {file.pk: file for file in File.objects.filter(pk__in=ids)}
    if set(ids) - set(found):
        raise Refused(_("没有这个文件。"))
    return sorted(found.values(), key=lambda file: file.number)


def of_seal(seal: UUID) -> list[File]:
    """The files of a submission, in the order in which they were picked."""
    return list(File.objects.filter(seal=seal).order_by("number"))


def views(files: Iterable[File], *, original: bool) -> list[FileView]:
    """The files for somebody who may see them, with their small pictures; nothing of what was erased."""
    found = list(files)
    if not found:
        return []
    try:
        box = open_box(found[0].seal_id)
    except Erased:
        return []
    rows = Content.objects.filter(file__in=[f.pk for f in found], part="small").values_list("file", "sealed")
    small = {file: bytes(sealed) for file, sealed in rows}
    return [_view(file, box, small.get(file.pk), original=original) for file in found]


def plain_name(file: File | FileView) -> str:
    """What a file is called where its own name is not shown: to handlers, and in the head of an answer."""
    word = _("文件") if file.kind == "pdf" else _("照片")
    return f"{word} {file.number}"


def _view(file: File, box: Box, small: bytes | None, *, original: bool) -> FileView:
    own = box.unlock(name_name(file.pk), bytes(file.name)).decode() if original else plain_name(file)
    shown = file.state == State.CLEAN and small is not None
    picture = _own_box(file, box).unlock("small", small) if shown and small is not None else b""
    return FileView(
        id=file.pk,
        number=file.number,
        name=own,
        kind=file.kind,
        size=file.size,
        width=file.width,
        height=file.height,
        state=file.state,
        scanned=file.scanned,
        original=original,
        small=as_uri(picture) if picture else "",
    )


def as_uri(picture: bytes) -> str:
    """A small picture within its page."""
    return "data:image/jpeg;base64," + base64.b64encode(picture).decode()


def _own_box(file: File, box: Box) -> Box:
    return Box(file.pk, file.algorithm, box.unlock(key_name(file.pk), bytes(file.key)))


def contents(file: File, part: str) -> bytes:
    """A content of a filed file. Raises `Erased`."""
    row = Content.objects.get(file=file.pk, part=part)
    return _own_box(file, open_box(file.seal_id)).unlock(part, bytes(row.sealed))


def small_of(boxes: Iterable[Box]) -> dict[UUID, str]:
    """The small pictures of files that a draft speaks of, by the keys that it has."""
    keys = {box.seal: box for box in boxes}
    rows = Content.objects.filter(file__in=list(keys), part="small").values_list("file", "sealed")
    return {file: as_uri(keys[file].unlock("small", bytes(sealed))) for file, sealed in rows}
