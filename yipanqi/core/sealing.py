"""Sealing: a data key for each person's particulars, wrapped by a key outside the database.

Opening is an act: the step `open_identity` of a case decides who may and writes it down; this module only knows keys.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet

from yipanqi.core import writing
from yipanqi.core.crypto.provider import provider
from yipanqi.core.keys import current_provider, keyring
from yipanqi.core.models import Seal, SealedText

# Fields by which a submitter who lost the reference, or the person for whom it was filed, can be found again at the
# counter.
INDEXED = frozenset({"phone", "person_phone"})


class Erased(LookupError):
    """What was sealed has been erased."""


def _bound_to(seal: UUID, name: str) -> bytes:
    return f"yipanqi-seal-1\0{seal}\0{name}".encode()


@dataclass(frozen=True)
class Box:
    """A seal's own key, for what other tables keep sealed and delete: files on their way in, rows that failed."""

    seal: UUID
    algorithm: str
    data_key: bytes = field(repr=False)

    def lock(self, name: str, plain: bytes) -> bytes:
        return provider(self.algorithm).encrypt(self.data_key, plain, _bound_to(self.seal, name))

    def unlock(self, name: str, ciphertext: bytes) -> bytes:
        return provider(self.algorithm).decrypt(self.data_key, ciphertext, _bound_to(self.seal, name))


def seal(fields: Mapping[str, str]) -> Seal:
    """Seal the non-empty fields under a new data key, in the caller's transaction."""
    [row], texts = sealed([fields])
    writing.insert([row, *texts])
    return row


def sealed(each: Sequence[Mapping[str, str]]) -> tuple[list[Seal], list[SealedText]]:
    """The same for several persons, each under a data key of their own: the rows, which the caller inserts in the same
    transaction."""
    with connection.cursor() as cursor:
        # From here on the retirement of a wrapping key waits for this transaction (see `retire`): a key that is held
        # now will be held when the rows are there. To insert is all that this lock asks of the role.
        cursor.execute("LOCK TABLE core_seal IN ROW EXCLUSIVE MODE")
    suite, keys = current_provider(), keyring()
    seals, texts = [], []
    for fields in each:
        data_key = suite.new_key()
        row = Seal(algorithm=suite.name)
        row.key_id, row.wrapped = keys.wrap(data_key, _bound_to(row.id, "key"))
        row.box = Box(row.id, suite.name, data_key)
        seals.append(row)
        texts += [
            SealedText(
                seal=row,
                name=name,
                ciphertext=suite.encrypt(data_key, text.encode(), _bound_to(row.id, name)),
                index=search_index(name, text) if name in INDEXED else None,
            )
            for name, text in fields.items()
            if text
        ]
    return seals, texts


def open_box(seal_id: UUID) -> Box:
    """The box of a seal. Raises `Erased`. Whoever calls this has passed the gate and written it down."""
    row = Seal.objects.get(pk=seal_id)
    if row.wrapped is None:
        raise Erased
    return Box(
        row.id, row.algorithm, keyring().unwrap(row.key_id, bytes(row.wrapped), _bound_to(row.id, "key"))
    )


def open_seal(seal_id: UUID) -> dict[str, str]:
    """The sealed fields. Raises `Erased`. Whoever calls this has passed the gate and written it down."""
    row = Seal.objects.get(pk=seal_id)
    if row.wrapped is None:
        raise Erased
    data_key = keyring().unwrap(row.key_id, bytes(row.wrapped), _bound_to(row.id, "key"))
    suite = provider(row.algorithm)
    return {
        text.name: suite.decrypt(data_key, bytes(text.ciphertext), _bound_to(row.id, text.name)).decode()
        for text in row.texts.all()
    }


def open_field(seal_ids: Iterable[UUID], name: str) -> dict[UUID, str]:
    """One field of many seals, in one statement; what was erased or is empty is left out. Whoever calls this has
    passed the gate and written it down."""
    texts = SealedText.objects.filter(seal__in=list(seal_ids), name=name, seal__wrapped__isnull=False)
    found = {}
    for text in texts.select_related("seal"):
        row = text.seal
        data_key = keyring().unwrap(row.key_id, bytes(row.wrapped or b""), _bound_to(row.id, "key"))
        plain = provider(row.algorithm).decrypt(data_key, bytes(text.ciphertext), _bound_to(row.id, name))
        found[row.id] = plain.decode()
    return found


def search_index(name: str, text: str) -> bytes:
    """The keyed hash for equality search: the same for full width and half width, with or without spaces."""
    plain = "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())
    return keyring().blind_index(plain, field=name)


def find_by(text: str, *names: str) -> QuerySet[SealedText, UUID]:
    """Ids of the seals of which one of these fields equals the text, to stand inside the statement that asks whose they
    are: read by themselves, or so many of them, they would count what a viewer must not find. All fields in one: of
    seals by one field OR by another the planner makes no few, and goes through all that there is."""
    indexes = [search_index(name, text) for name in names]
    return SealedText.objects.filter(index__in=indexes, name__in=names).values_list("seal_id", flat=True)


def erase(seal_id: UUID) -> None:
    """Drop the data key: what it sealed can never be read again, in no backup that lacks it either."""
    Seal.objects.filter(pk=seal_id).update(wrapped=None)


def rewrap(*, batch: int = 500) -> int:
    """Bring data keys under the current wrapping key; returns how many. Runs beside readers: the row is locked for
    the moment of its rewrapping, and both keys open until the old one is retired. Asks for the older keys by name:
    "not the current one" would read every seal that there is."""
    done, current = 0, keyring().current
    older = [key.id for key in keyring().wrapping_keys() if key.id != current and not key.retired]
    while True:
        with transaction.atomic():
            rows = list(
                Seal.objects.select_for_update(skip_locked=True).filter(
                    key_id__in=older, wrapped__isnull=False
                )[:batch]
            )
            for row in rows:
                bound = _bound_to(row.id, "key")
                data_key = keyring().unwrap(row.key_id, bytes(row.wrapped or b""), bound)
                row.key_id, row.wrapped = keyring().wrap(data_key, bound)
            Seal.objects.bulk_update(rows, ["key_id", "wrapped"])
        done += len(rows)
        if len(rows) < batch:
            return done


def retire(key_id: str) -> None:
    """Destroy an older wrapping key. ValueError while a data key is still under it, or it is the current one.

    Rewraps first; a transaction that began under the old key and commits later would be lost, so seals are locked
    against writing for the moment of the check and the retirement.
    """
    rewrap()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE core_seal IN SHARE MODE")
        if Seal.objects.filter(key_id=key_id, wrapped__isnull=False).exists():
            raise ValueError("data keys are still under this key; try again")
        keyring().retire(key_id)
