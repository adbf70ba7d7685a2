"""The keyring of this process: keys that lie beside the data, never in the checkout or the database."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from yipanqi.core.crypto.keyring import Keyring
from yipanqi.core.crypto.provider import CryptoProvider, provider


@lru_cache(maxsize=1)
def _keyring(folder: Path) -> Keyring:
    return Keyring.open(folder, create=True, algorithm=settings.CRYPTO)


def keyring() -> Keyring:
    """The keys, opened once a process; rotation by another process is noticed by the keyring itself."""
    return _keyring(Path(settings.HOME) / "keys")


def current_provider() -> CryptoProvider:
    """The cipher suite for new seals; old ones name theirs."""
    return provider(settings.CRYPTO)
