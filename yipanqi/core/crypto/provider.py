"""Ciphers behind one interface, so that a city under 密评 (GB/T 39786) changes a setting and not the code."""

from __future__ import annotations

import os
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from yipanqi.core.crypto.errors import BadKey, UnknownAlgorithm, Unopenable

AES_GCM = "aes-256-gcm"
SM4_GCM = "sm4-gcm"

#: Bytes before and after the ciphertext: a random 96-bit nonce, a 128-bit tag. One key may seal 2**32
#: messages (NIST SP 800-38D 8.3); a data key seals a handful, a wrapping key one a submission.
NONCE = 12
TAG = 16


class CryptoProvider(Protocol):
    """Authenticated encryption, a digest and a keyed hash under one algorithm tag.

    A hardware module or a key service is one more implementation, added with ``register``: its ``new_key``
    returns a handle and not key material, and its other methods resolve the handle. Nothing outside this
    package looks into a key. Instances are shared by threads.
    """

    @property
    def name(self) -> str:
        """The tag stored beside every ciphertext."""
        ...

    @property
    def key_size(self) -> int:
        """Bytes of a key (or handle) ``encrypt`` takes."""
        ...

    def new_key(self) -> bytes:
        """A fresh random key."""
        ...

    def encrypt(self, key: bytes, plaintext: bytes, aad: bytes) -> bytes:
        """``nonce || ciphertext || tag``, bound to ``aad`` (the id of the record it belongs to)."""
        ...

    def decrypt(self, key: bytes, sealed: bytes, aad: bytes) -> bytes:
        """The plaintext; ``Unopenable`` for another key, another ``aad`` or changed bytes."""
        ...

    def digest(self, data: bytes) -> bytes:
        """32 bytes."""
        ...

    def hmac(self, key: bytes, data: bytes) -> bytes:
        """32 bytes; any key length."""
        ...


class _Hashing:
    """Digest and HMAC over the ``cryptography`` package, for the two implementations below."""

    _hash: type[hashes.HashAlgorithm]

    def digest(self, data: bytes) -> bytes:
        state = hashes.Hash(self._hash())
        state.update(data)
        return state.finalize()

    def hmac(self, key: bytes, data: bytes) -> bytes:
        state = hmac.HMAC(key, self._hash())
        state.update(data)
        return state.finalize()


class AesGcmProvider(_Hashing):
    """AES-256-GCM, SHA-256."""

    name = AES_GCM
    key_size = 32
    _hash = hashes.SHA256

    def new_key(self) -> bytes:
        return os.urandom(self.key_size)

    def encrypt(self, key: bytes, plaintext: bytes, aad: bytes) -> bytes:
        _check(key, self.key_size)
        nonce = os.urandom(NONCE)
        return nonce + AESGCM(key).encrypt(nonce, plaintext, aad)

    def decrypt(self, key: bytes, sealed: bytes, aad: bytes) -> bytes:
        _check(key, self.key_size)
        nonce, rest = _split(sealed)
        try:
            return AESGCM(key).decrypt(nonce, rest, aad)
        except InvalidTag:
            raise Unopenable("the sealed bytes do not open") from None


class Sm4GcmProvider(_Hashing):
    """SM4-GCM with a 128-bit key (GB/T 32907, RFC 8998), SM3 (GB/T 32905)."""

    name = SM4_GCM
    key_size = 16
    _hash = hashes.SM3

    def new_key(self) -> bytes:
        return os.urandom(self.key_size)

    def encrypt(self, key: bytes, plaintext: bytes, aad: bytes) -> bytes:
        _check(key, self.key_size)
        nonce = os.urandom(NONCE)
        state = Cipher(SM4(key), GCM(nonce)).encryptor()
        state.authenticate_additional_data(aad)
        body = state.update(plaintext) + state.finalize()
        return nonce + body + state.tag

    def decrypt(self, key: bytes, sealed: bytes, aad: bytes) -> bytes:
        _check(key, self.key_size)
        nonce, rest = _split(sealed)
        state = Cipher(SM4(key), GCM(nonce, rest[-TAG:])).decryptor()
        state.authenticate_additional_data(aad)
        try:
            # Nothing leaves before finalize() has checked the tag.
            return state.update(rest[:-TAG]) + state.finalize()
        except InvalidTag:
            raise Unopenable("the sealed bytes do not open") from None


def _check(key: bytes, size: int) -> None:
    if len(key) != size:
        raise BadKey(f"a key of {size} bytes is needed, not one of {len(key)}")


def _split(sealed: bytes) -> tuple[bytes, bytes]:
    if len(sealed) < NONCE + TAG:
        raise Unopenable("the sealed bytes are too short")
    return sealed[:NONCE], sealed[NONCE:]


_registry: dict[str, CryptoProvider] = {AES_GCM: AesGcmProvider(), SM4_GCM: Sm4GcmProvider()}


def provider(algorithm: str) -> CryptoProvider:
    """The provider registered for a stored tag; ``UnknownAlgorithm`` when there is none."""
    try:
        return _registry[algorithm]
    except KeyError:
        raise UnknownAlgorithm(f"no provider for the algorithm {algorithm!r}") from None


def register(new: CryptoProvider) -> None:
    """Add a provider under its name, once, at start. A name in use is refused: what it sealed could no
    longer be opened."""
    if new.name in _registry:
        raise ValueError(f"the algorithm {new.name!r} has a provider already")
    _registry[new.name] = new


def algorithms() -> tuple[str, ...]:
    """The registered tags, sorted."""
    return tuple(sorted(_registry))
