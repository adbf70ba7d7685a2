"""What writes files: taking one in, filing those of a draft, scanning those that were held."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef

from yipanqi.core import access_log, writing
from yipanqi.core.counting import day_of
from yipanqi.core.keys import current_provider
from yipanqi.core.sealing import Box, Erased
from yipanqi.files.checking import check, shortened
from yipanqi.files.convert import Copies
from yipanqi.files.models import Content, File, State
from yipanqi.files.queries import contents, key_name, name_name
from yipanqi.files.scanning import Found, scan

# Of what was never filed: longer than any draft can be kept. Nobody can read it once its draft is gone.
KEPT = dt.timedelta(days=30)
BATCH = 50
_STATES = {
    Found.NOTHING: (State.CLEAN, True),
    Found.VIRUS: (State.QUARANTINED, True),
    Found.NO_ANSWER: (State.HELD, False),
    Found.NO_SCANNER: (State.CLEAN, False),
}


@dataclass(frozen=True)
class Taken:
    """A file that was taken in and not filed yet: all that is known of it, its key too. It is kept sealed, with the
    draft that speaks of it, and nowhere else."""

    id: str
    name: str
    kind: str
    size: int
    served_size: int
    width: int | None
    height: int | None
    located: bool
    state: str
    scanned: bool
    algorithm: str
    key: str
    digest: str

    @property
    def box(self) -> Box:
        return Box(UUID(self.id), self.algorithm, bytes.fromhex(self.key))

    @property
    def quarantined(self) -> bool:
        return self.state == State.QUARANTINED

    @property
    def held(self) -> bool:
        return self.state == State.HELD


def take_in(*, name: str, data: bytes, at: dt.datetime) -> Taken:
    """Check a file, have it scanned, and keep its contents under a key of its own. Raises `FileRefused`."""
    kind, copies = check(name, data)
    return keep(name=name, kind=kind, data=data, copies=copies, found=scan(data), at=at)


def keep(*, name: str, kind: str, data: bytes, copies: Copies, found: Found, at: dt.datetime) -> Taken:
    """Keep what was checked, copied and scanned."""
    state, scanned = _STATES[found]
    suite = current_provider()
    box = Box(uuid4(), suite.name, suite.new_key())
    taken = Taken(
        id=str(box.seal),
        name=shortened(name),
        kind=kind,
        size=len(data),
        served_size=len(copies.served),
        width=copies.width,
        height=copies.height,
        located=copies.located,
        state=state.value,
        scanned=scanned,
        algorithm=box.algorithm,
        key=box.data_key.hex(),
        # Salted with the key: the ledger's commitment says nothing of the file to anybody who cannot open it.
        digest=hashlib.sha256(box.data_key + data).hexdigest(),
    )
    parts = {"original": data, "served": copies.served, "small": copies.small}
    rows = [
        Content(file=box.seal, part=part, sealed=box.lock(part, plain), until=day_of(at + KEPT))
        for part, plain in parts.items()
        if plain
    ]
    with transaction.atomic():
        writing.insert(rows)
    return taken


def filed(files: Sequence[Taken], box: Box, *, first: int = 1) -> list[File]:
    """The rows of files that are filed, under the seal of their submission or of a matter of staff, for the caller to
    insert with it; numbered on from `first`."""
    return [
        File(
            id=UUID(taken.id),
            seal_id=box.seal,
            number=number,
            kind=taken.kind,
            algorithm=taken.algorithm,
            key=box.lock(key_name(taken.id), bytes.fromhex(taken.key)),
            name=box.lock(name_name(taken.id), taken.name.encode()),
            size=taken.size,
            served_size=taken.served_size,
            width=taken.width,
            height=taken.height,
            state=taken.state,
            scanned=taken.scanned,
        )
        for number, taken in enumerate(files, start=first)
    ]


def scan_held(*, at: dt.datetime) -> int:
    """Try those again that no scanner has looked at; returns how many are held no longer. One after the other, each in
    a transaction of its own: the first that gets no answer ends it until the next time."""
    done = 0
    for pk in list(File.objects.filter(state=State.HELD).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            file = File.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.HELD).first()
            if file is None:
                continue
            try:
                original = contents(file, "original")
            except Erased:
                continue
            access_log.note(account=None, page="scan", at=at, fields=["file"])
            state, scanned = _STATES[scan(original)]
            if state == State.HELD:
                break
            File.objects.filter(pk=pk).update(state=state, scanned=scanned)
            done += 1
    return done


def forget_unfiled(*, at: dt.datetime) -> int:
    """Delete contents that no draft can speak of any longer; returns how many."""
    known: Any = Exists(File.objects.filter(pk=OuterRef("file")))
    deleted, _by_model = Content.objects.filter(~known, until__lt=day_of(at)).delete()
    return deleted
