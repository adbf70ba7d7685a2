"""Seals: bound, erasable, searchable by keyed hash, rewrapped while others read."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from yipanqi.core import sealing
from yipanqi.core.crypto.errors import CryptoError
from yipanqi.core.keys import keyring
from yipanqi.core.models import Seal, SealedText

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("suite", ["aes-256-gcm", "sm4-gcm"])
def test_what_is_sealed_opens_and_the_database_holds_no_word_of_it(settings: object, suite: str) -> None:
    settings.CRYPTO = suite  # type: ignore[attr-defined]
    row = sealing.seal({"name": "哨兵甲", "phone": "19900000001", "email": ""})
    assert sealing.open_seal(row.pk) == {"name": "哨兵甲", "phone": "19900000001"}
    stored = b"".join(bytes(t.ciphertext) for t in SealedText.objects.filter(seal=row))
    assert "哨兵甲".encode() not in stored
    assert b"19900000001" not in stored


def test_a_ciphertext_moved_to_another_person_does_not_open() -> None:
    one, other = sealing.seal({"name": "甲"}), sealing.seal({"name": "乙"})
    stolen = SealedText.objects.get(seal=one)
    with transaction.atomic():
        sealed = SealedText(seal=other, name="phone", ciphertext=stolen.ciphertext)
        sealed.save(force_insert=True)
    with pytest.raises(CryptoError):
        sealing.open_seal(other.pk)


def test_a_telephone_number_is_found_however_it_is_typed() -> None:
    row = sealing.seal({"phone": "199 0000 0002"})
    assert list(sealing.find_by("１９９-００００-０００２", "phone")) == [row.pk]
    assert not sealing.find_by("19900000003", "phone")


def test_dropping_the_key_erases() -> None:
    row = sealing.seal({"name": "甲"})
    sealing.erase(row.pk)
    with pytest.raises(sealing.Erased):
        sealing.open_seal(row.pk)


def test_rotation_brings_every_key_under_the_new_one_and_the_old_one_can_go() -> None:
    rows = [sealing.seal({"name": f"甲{n}"}) for n in range(5)]
    old = rows[0].key_id
    with pytest.raises(CryptoError):
        sealing.retire("nothing")
    new = keyring().rotate()
    assert sealing.rewrap(batch=2) >= 5
    assert set(Seal.objects.filter(pk__in=[r.pk for r in rows]).values_list("key_id", flat=True)) == {new}
    sealing.retire(old)
    assert sealing.open_seal(rows[0].pk) == {"name": "甲0"}


def test_ids_of_seals_say_nothing_of_time() -> None:
    assert isinstance(sealing.seal({"name": "甲"}).pk, uuid.UUID)
    assert {sealing.seal({"name": "甲"}).pk.version for _ in range(3)} == {4}
