"""Sealing: ciphers behind one interface, and the keys outside the database. See ``provider``, ``keyring``."""

from __future__ import annotations

from yipanqi.core.crypto.errors import (
    BadKey,
    CryptoError,
    KeyInUse,
    KeyringDamaged,
    KeyringError,
    KeyringMissing,
    KeyringUnsafe,
    RetiredKey,
    UnknownAlgorithm,
    UnknownKey,
    Unopenable,
)
from yipanqi.core.crypto.keyring import Keyring, WrappingKey
from yipanqi.core.crypto.provider import (
    AES_GCM,
    SM4_GCM,
    AesGcmProvider,
    CryptoProvider,
    Sm4GcmProvider,
    algorithms,
    provider,
    register,
)

__all__ = [
    "AES_GCM",
    "SM4_GCM",
    "AesGcmProvider",
    "BadKey",
    "CryptoError",
    "CryptoProvider",
    "KeyInUse",
    "Keyring",
    "KeyringDamaged",
    "KeyringError",
    "KeyringMissing",
    "KeyringUnsafe",
    "RetiredKey",
    "Sm4GcmProvider",
    "UnknownAlgorithm",
    "UnknownKey",
    "Unopenable",
    "WrappingKey",
    "algorithms",
    "provider",
    "register",
]
