"""Keys outside the database: one folder, one file a purpose, so that a host can be given only what it needs.

``wrapping.json`` the wrapping keys of sealed identities · ``index.json`` equality search ·
``secrets.json`` residents' tracking secrets · ``portal.json`` kept answers to idempotent requests ·
``signing.json`` checkpoints. A missing file fails only the acts that need it.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yipanqi.core.crypto import folder as files
from yipanqi.core.crypto.errors import KeyInUse, KeyringDamaged, KeyringMissing, RetiredKey, UnknownKey
from yipanqi.core.crypto.provider import AES_GCM, CryptoProvider, provider

WRAPPING, INDEX, SECRETS, PORTAL, SIGNING = (
    "wrapping.json",
    "index.json",
    "secrets.json",
    "portal.json",
    "signing.json",
)
_HASH_KEY = 32  # bytes of the keys that only feed a keyed hash, whatever the cipher's key size

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WrappingKey:
    """One wrapping key. ``material`` is None once it is retired: the id stays known, the key is gone."""

    id: str
    algorithm: str
    material: bytes | None = field(repr=False)

    @property
    def retired(self) -> bool:
        return self.material is None


@dataclass(frozen=True, slots=True)
class _Wrapping:
    current: str
    keys: Mapping[str, WrappingKey]


@dataclass(frozen=True, slots=True)
class _Single:
    provider: CryptoProvider = field(repr=False)
    key: bytes = field(repr=False)


class _Watched(Generic[T]):
    """A parsed key file that is read again when another process has replaced it. Costs one stat a use."""

    def __init__(self, path: Path, parse: Callable[[Mapping[str, Any]], T]) -> None:
        self._path = path
        self._parse = parse
        self._lock = threading.Lock()
        self._held: tuple[files.Signature, T] | None = None

    def get(self, *, again: bool = False) -> T:
        """The content now; ``again`` reads even where the file looks unchanged (a clock or a network
        folder may hide a change). Readers keep the value they got: it is immutable."""
        held = self._held
        if held is not None and not again and files.signature(self._path) == held[0]:
            return held[1]
        with self._lock:
            found = files.read(self._path)
            try:
                value = self._parse(found.content)
            except (KeyError, TypeError, ValueError, AttributeError):
                raise KeyringDamaged(f"{self._path} is not a key file") from None
            self._held = (found.signature, value)
            return value


class Keyring:
    """The keys of one installation. Safe for threads; every process opens its own.

    Nothing here is ever printed, logged or pickled; messages name files and key ids only.
    """

    def __init__(self, folder: Path) -> None:
        """Use ``Keyring.open``."""
        self.folder = folder
        self._wrapping = _Watched(folder / WRAPPING, _parse_wrapping)
        self._index = _Watched(folder / INDEX, _parse_single)
        self._secrets = _Watched(folder / SECRETS, _parse_single)
        self._portal = _Watched(folder / PORTAL, _parse_single)
        self._signing = _Watched(folder / SIGNING, _parse_signing)

    @classmethod
    def open(cls, folder: Path, *, create: bool = False, algorithm: str = AES_GCM) -> Keyring:
        """The keyring in ``folder``, with every file in it checked.

        ``create`` makes one where the folder is absent or empty; it never adds a key to a folder that holds
        some, because a lost index or wrapping key must be restored and not silently replaced. ``algorithm``
        is only for what is created. Raises KeyringMissing, KeyringUnsafe or KeyringDamaged.
        """
        if create:
            files.create(folder, _fresh(algorithm))
        files.check(folder)
        ring = cls(folder)
        watched: tuple[_Watched[Any], ...] = (
            ring._wrapping, ring._index, ring._secrets, ring._portal, ring._signing,
        )  # fmt: skip
        present = [each for each in watched if files.signature(each._path) is not None]
        if not present:
            raise KeyringMissing(f"there are no keys in {folder}")
        for each in present:
            each.get()
        return ring

    def __repr__(self) -> str:
        return f"Keyring({str(self.folder)!r})"

    def __reduce__(self) -> str:
        raise TypeError("a keyring is opened where it is used, never sent")

    # Wrapping keys

    @property
    def current(self) -> str:
        """The id of the wrapping key that ``wrap`` uses now."""
        return self._wrapping.get().current

    def wrapping_keys(self) -> tuple[WrappingKey, ...]:
        """All wrapping keys, oldest first, retired ones included; their repr shows no key."""
        return tuple(self._wrapping.get().keys.values())

    def wrap(self, data_key: bytes, aad: bytes) -> tuple[str, bytes]:
        """``(kek_id, wrapped)``: the data key under the current wrapping key, bound to ``aad``."""
        held = self._wrapping.get()
        kek = held.keys[held.current]
        return kek.id, provider(kek.algorithm).encrypt(_material(kek), data_key, aad)

    def unwrap(self, kek_id: str, wrapped: bytes, aad: bytes) -> bytes:
        """The data key. UnknownKey, RetiredKey, or Unopenable for another record or changed bytes."""
        kek = self._wrapping.get().keys.get(kek_id) or self._wrapping.get(again=True).keys.get(kek_id)
        if kek is None:
            raise UnknownKey(f"this keyring has no wrapping key {kek_id}")
        return provider(kek.algorithm).decrypt(_material(kek), wrapped, aad)

    def holds(self, kek_id: str) -> bool:
        """Whether a wrapping key is there and not retired, by the file as it is now. For a writer that has
        just stored what ``wrap`` gave: once its row keeps ``retire`` waiting, a key held now stays held."""
        kek = self._wrapping.get().keys.get(kek_id)
        return kek is not None and not kek.retired

    def rotate(self, *, algorithm: str | None = None) -> str:
        """Make a new wrapping key current and return its id; ``algorithm`` changes the cipher as well. Older
        keys go on opening until retired; running processes use the new one from their next act on."""
        with files.locked(self.folder):
            held = self._wrapping.get(again=True)
            new = _new_kek(algorithm or held.keys[held.current].algorithm)
            self._put(new.id, {**held.keys, new.id: new})
        return new.id

    def retire(self, kek_id: str) -> None:
        """Destroy an older wrapping key: what is still wrapped by it can never be opened again, so the
        caller first makes sure that nothing is, transactions under way included. Retiring twice is fine.
        UnknownKey; KeyInUse for the current one."""
        with files.locked(self.folder):
            held = self._wrapping.get(again=True)
            kek = held.keys.get(kek_id)
            if kek is None:
                raise UnknownKey(f"this keyring has no wrapping key {kek_id}")
            if kek_id == held.current:
                raise KeyInUse("the current wrapping key cannot be retired: rotate first")
            self._put(held.current, {**held.keys, kek_id: WrappingKey(kek_id, kek.algorithm, None)})

    def _put(self, current: str, keys: Mapping[str, WrappingKey]) -> None:
        rows = [
            {"id": k.id, "algorithm": k.algorithm, "key": None if k.material is None else _text(k.material)}
            for k in keys.values()
        ]
        files.write(self.folder / WRAPPING, {"format": 1, "current": current, "keys": rows})
        self._wrapping.get(again=True)

    # Keyed hashes

    def blind_index(self, value: str, *, field: str = "") -> bytes:
        """32 bytes for equality search on a sealed ``value``, which the caller has normalised. ``field``
        keeps kinds apart: the same digits as a phone and as an account number do not match."""
        held = self._index.get()
        return held.provider.hmac(held.key, _joined(field.encode(), value.encode()))

    def secret_hash(self, salt: bytes, secret: str) -> bytes:
        """32 bytes to store for a resident's tracking secret. Compare with ``hmac.compare_digest``."""
        held = self._secrets.get()
        return held.provider.hmac(held.key, _joined(salt, secret.encode()))

    # Answers to idempotent requests

    def seal_answer(self, context: bytes, plaintext: bytes) -> bytes:
        """An answer sealed so that only this keyring together with the same request can open it.
        ``context``: see ``answer_context``; it must not be stored beside the result."""
        held = self._portal.get()
        return held.provider.encrypt(_derived(held, context), plaintext, b"answer")

    def open_answer(self, context: bytes, sealed: bytes) -> bytes:
        """What ``seal_answer`` sealed; Unopenable when the request is another one."""
        held = self._portal.get()
        return held.provider.decrypt(_derived(held, context), sealed, b"answer")

    @staticmethod
    def answer_context(idempotency_key: str, body_digest: bytes) -> bytes:
        """The request as ``seal_answer`` takes it, without ambiguity about where the key ends."""
        return _joined(idempotency_key.encode(), body_digest)

    # Checkpoints

    def sign(self, data: bytes) -> bytes:
        """The 64-byte Ed25519 signature of ``data``."""
        return self._signing.get().sign(data)

    def public_key(self) -> bytes:
        """The 32 bytes with which anyone can check ``sign``; meant to be published."""
        return self._signing.get().public_key().public_bytes_raw()

    @staticmethod
    def verify(public: bytes, data: bytes, signature: bytes) -> bool:
        """Whether ``signature`` of ``data`` is by the owner of ``public``; False for malformed input."""
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


def _fresh(algorithm: str) -> dict[str, dict[str, Any]]:
    kek = _new_kek(algorithm)
    found: dict[str, dict[str, Any]] = {
        WRAPPING: {
            "format": 1,
            "current": kek.id,
            "keys": [{"id": kek.id, "algorithm": kek.algorithm, "key": _text(_material(kek))}],
        }
    }
    for name in (INDEX, SECRETS, PORTAL):
        found[name] = {"format": 1, "algorithm": algorithm, "key": _text(os.urandom(_HASH_KEY))}
    seed = Ed25519PrivateKey.generate().private_bytes_raw()
    found[SIGNING] = {"format": 1, "algorithm": "ed25519", "key": _text(seed)}
    return found


def _new_kek(algorithm: str) -> WrappingKey:
    return WrappingKey(secrets.token_hex(8), algorithm, provider(algorithm).new_key())


def _material(kek: WrappingKey) -> bytes:
    if kek.material is None:
        raise RetiredKey(f"the wrapping key {kek.id} was retired")
    return kek.material


def _parse_wrapping(content: Mapping[str, Any]) -> _Wrapping:
    keys = {
        row["id"]: WrappingKey(
            row["id"], row["algorithm"], None if row["key"] is None else _bytes(row["key"])
        )
        for row in content["keys"]
    }
    if keys[content["current"]].retired:
        raise ValueError("the current key is retired")
    return _Wrapping(content["current"], keys)


def _parse_single(content: Mapping[str, Any]) -> _Single:
    key = _bytes(content["key"])
    if len(key) < _HASH_KEY:
        raise ValueError("the key is too short")
    return _Single(provider(content["algorithm"]), key)


def _parse_signing(content: Mapping[str, Any]) -> Ed25519PrivateKey:
    if content["algorithm"] != "ed25519":
        raise ValueError("another kind of signing key")
    return Ed25519PrivateKey.from_private_bytes(_bytes(content["key"]))


def _derived(held: _Single, context: bytes) -> bytes:
    """HKDF (RFC 5869) with the provider's own keyed hash, so that a module without SHA-2 can do it. One
    block of 32 bytes is enough for either cipher."""
    extracted = held.provider.hmac(bytes(32), held.key)
    return held.provider.hmac(extracted, b"yipanqi answer\x00" + context + b"\x01")[: held.provider.key_size]


def _joined(first: bytes, second: bytes) -> bytes:
    """Both parts with the boundary fixed: ("ab", "c") and ("a", "bc") differ."""
    return len(first).to_bytes(4, "big") + first + second


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
