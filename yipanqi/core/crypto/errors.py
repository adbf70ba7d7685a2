"""What can go wrong with keys and sealed bytes. No message carries a key, a plaintext or a ciphertext."""

from __future__ import annotations


class CryptoError(Exception):
    """Root of everything this package raises."""


class UnknownAlgorithm(CryptoError):
    """A tag no provider is registered for: written by a newer version, or the provider is not installed."""


class BadKey(CryptoError):
    """A key of a length the algorithm does not take."""


class Unopenable(CryptoError):
    """Sealed bytes do not open: another key, another record, or changed on the way. Which one cannot be
    known, and is not guessed at."""


class KeyringError(CryptoError):
    """Root of what is wrong with the folder of keys."""


class KeyringMissing(KeyringError):
    """There is no keyring in the folder, or it lacks the key this act needs."""


class KeyringUnsafe(KeyringError):
    """Others on this machine could read or replace the keys, so they are not used."""


class KeyringDamaged(KeyringError):
    """A key file is there but cannot be read as one."""


class UnknownKey(KeyringError):
    """The keyring never held the wrapping key asked for."""


class RetiredKey(UnknownKey):
    """The wrapping key asked for was retired and is gone."""


class KeyInUse(KeyringError):
    """The current wrapping key cannot be retired: rotate first."""
