"""A folder of key files that only its owner can read (S38): checked on every read, replaced atomically."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yipanqi.core.crypto.errors import KeyringDamaged, KeyringMissing, KeyringUnsafe

#: Which file this is: device, inode, time of change in ns, size. A replaced file differs in at least one.
Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class KeyFile:
    """One key file as read: its signature, and its content, which is kept out of every repr."""

    signature: Signature
    content: dict[str, Any] = field(repr=False)


def read(path: Path) -> KeyFile:
    """The file at ``path``. KeyringMissing, KeyringUnsafe or KeyringDamaged when it cannot be trusted."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeyringMissing(f"there is no key file {path}") from None
    except PermissionError:
        raise KeyringUnsafe(f"this account may not read {path}") from None
    with os.fdopen(descriptor, "rb") as stream:
        # fstat of what was opened, not of the name: a file replaced in between cannot be mixed up.
        status = os.fstat(stream.fileno())
        _refuse_shared(path, status)
        raw = stream.read()
    try:
        content = json.loads(raw)
    except ValueError:
        # The decoder's own error carries the document, so it is not passed on.
        raise KeyringDamaged(f"{path} is not a key file") from None
    if not isinstance(content, dict) or content.get("format") != 1:
        raise KeyringDamaged(f"{path} is not a key file of a format this version reads")
    return KeyFile(_signature(status), content)


def signature(path: Path) -> Signature | None:
    """What ``read`` would return as signature, without reading; None when there is no such file."""
    try:
        return _signature(os.stat(path))
    except FileNotFoundError:
        return None


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Put ``content`` in place of ``path``: a reader sees the old file or the new one, and after a power
    cut one of the two is there."""
    owner = os.stat(path.parent)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            if os.geteuid() == 0:
                # Rotated by root, read by the service's own account.
                os.fchown(stream.fileno(), owner.st_uid, owner.st_gid)
            json.dump(content, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(path.parent)


def create(folder: Path, files: Mapping[str, Mapping[str, Any]]) -> bool:
    """Make ``folder`` (0700) with all ``files`` (0600) in it, or nothing; False when it holds something
    already, another process having been faster included. The folder appears in one rename, so a crash
    leaves no half keyring that a later start would complete with new keys."""
    if folder.is_dir() and any(folder.iterdir()):
        return False
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))  # mkdtemp makes it 0700
    try:
        if os.geteuid() == 0:
            owner = os.stat(folder if folder.is_dir() else folder.parent)
            os.chown(building, owner.st_uid, owner.st_gid)
        for name, content in files.items():
            write(building / name, content)
        try:
            os.rename(building, folder)
        except OSError:
            if folder.is_dir() and any(folder.iterdir()):
                return False
            raise
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _sync_folder(folder.parent)
    return True


def check(folder: Path) -> None:
    """KeyringMissing when ``folder`` is not there, KeyringUnsafe when others could enter it."""
    try:
        status = os.stat(folder)
    except FileNotFoundError:
        raise KeyringMissing(f"there is no folder of keys at {folder}") from None
    if not stat.S_ISDIR(status.st_mode):
        raise KeyringDamaged(f"{folder} is not a folder")
    _refuse_shared(folder, status)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder against other writers, in this process and in others. Readers need no lock."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _refuse_shared(path: Path, status: os.stat_result) -> None:
    if status.st_mode & 0o077:
        wanted = "700" if stat.S_ISDIR(status.st_mode) else "600"
        raise KeyringUnsafe(
            f"{path} is open to other accounts (mode {stat.S_IMODE(status.st_mode):o}); "
            f"run: chmod {wanted} {path}"
        )
    if os.geteuid() != 0 and status.st_uid not in (os.geteuid(), 0):
        raise KeyringUnsafe(f"{path} belongs to another account")


def _signature(status: os.stat_result) -> Signature:
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
