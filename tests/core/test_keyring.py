"""The keyring: its folder, wrapping and rotation, keyed hashes, and what it never tells."""

from __future__ import annotations

import base64
import json
import os
import pickle
import stat
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from yipanqi.core.crypto import (
    AES_GCM,
    SM4_GCM,
    KeyInUse,
    Keyring,
    KeyringDamaged,
    KeyringMissing,
    KeyringUnsafe,
    RetiredKey,
    UnknownKey,
    Unopenable,
    folder as files,
    provider,
)

PURPOSES = {"wrapping.json", "index.json", "secrets.json", "portal.json", "signing.json"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where a new keyring goes: the folder itself does not exist yet."""
    return tmp_path / "home" / "keys"


@pytest.fixture
def ring(home: Path) -> Keyring:
    return Keyring.open(home, create=True)


# The folder


def test_a_new_keyring_is_readable_by_its_owner_only(ring: Keyring) -> None:
    assert stat.S_IMODE(ring.folder.stat().st_mode) == 0o700
    assert {path.name for path in ring.folder.iterdir()} == PURPOSES
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in ring.folder.iterdir())
    assert [path.name for path in ring.folder.parent.iterdir()] == ["keys"], "nothing half-made stays behind"


def test_opening_again_finds_the_same_keys(ring: Keyring) -> None:
    kek, wrapped = ring.wrap(b"data key", b"record 1")
    again = Keyring.open(ring.folder, create=True)
    assert again.unwrap(kek, wrapped, b"record 1") == b"data key"
    assert again.public_key() == ring.public_key()
    assert again.blind_index("x") == ring.blind_index("x")


def test_an_empty_folder_is_filled_and_a_missing_one_refused(home: Path) -> None:
    with pytest.raises(KeyringMissing):
        Keyring.open(home)
    home.mkdir(parents=True, mode=0o700)
    with pytest.raises(KeyringMissing):
        Keyring.open(home)
    assert Keyring.open(home, create=True).current


def test_a_lost_key_is_never_replaced_silently(ring: Keyring) -> None:
    (ring.folder / "index.json").unlink()
    again = Keyring.open(ring.folder, create=True)
    assert again.current == ring.current
    with pytest.raises(KeyringMissing, match=r"index\.json"):
        again.blind_index("13800001111")
    assert not (ring.folder / "index.json").exists()


@pytest.mark.parametrize("name", ["wrapping.json", "signing.json", "."])
@pytest.mark.parametrize("mode", [0o040, 0o004, 0o020, 0o001])
def test_keys_that_others_could_reach_are_refused(ring: Keyring, name: str, mode: int) -> None:
    path = ring.folder / name
    path.chmod(stat.S_IMODE(path.stat().st_mode) | mode)
    with pytest.raises(KeyringUnsafe, match="chmod"):
        Keyring.open(ring.folder)
    with pytest.raises(KeyringUnsafe):
        Keyring.open(ring.folder, create=True)


def test_files_made_under_any_umask_are_private(home: Path) -> None:
    before = os.umask(0)
    try:
        ring = Keyring.open(home, create=True)
        ring.rotate()
    finally:
        os.umask(before)
    assert Keyring.open(home).current == ring.current


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_what_root_rotates_stays_readable_to_the_service(ring: Keyring) -> None:
    os.chown(ring.folder, 65534, 65534)
    ring.rotate()
    assert (ring.folder / "wrapping.json").stat().st_uid == 65534


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_keys_of_another_account_are_refused(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(ring.folder / "wrapping.json", 65534, 65534)
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    with pytest.raises(KeyringUnsafe, match="another account"):
        Keyring.open(ring.folder)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json SECRETKEY",
        b"[]",
        b'{"format": 2}',
        b'{"format": 1}',
        b'{"format": 1, "algorithm": "aes-256-gcm", "key": "SECRETKEY"}',
        b'{"format": 1, "current": "a", "keys": [{"id": "a", "algorithm": "aes-256-gcm", "key": null}]}',
        b'{"format": 1, "current": "b", "keys": []}',
    ],
)
@pytest.mark.parametrize("name", sorted(PURPOSES))
def test_a_damaged_file_is_said_plainly(ring: Keyring, name: str, content: bytes) -> None:
    (ring.folder / name).write_bytes(content)
    with pytest.raises(KeyringDamaged) as caught:
        Keyring.open(ring.folder)
    shown = "".join(traceback.format_exception(caught.value))
    assert name in str(caught.value)
    assert "SECRETKEY" not in shown
    if isinstance(caught.value.__context__, ValueError):
        assert caught.value.__suppress_context__, "the decoder's error carries the document"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("wrapping.json", {"format": 2}),
        ("index.json", {"format": 2}),
        ("index.json", {"key": "AAAA"}),
        ("signing.json", {"key": "AAAA"}),
        ("signing.json", {"algorithm": "ed448"}),
    ],
)
def test_a_file_of_another_shape_is_refused(ring: Keyring, name: str, change: dict[str, object]) -> None:
    path = ring.folder / name
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(KeyringDamaged, match=name):
        Keyring.open(ring.folder)


def test_two_processes_creating_at_once_end_with_one_keyring(home: Path) -> None:
    rings: list[Keyring] = []
    gate = threading.Barrier(6)

    def create() -> None:
        gate.wait()
        rings.append(Keyring.open(home, create=True))

    _together([create] * 6)
    assert len({ring.current for ring in rings}) == 1
    assert len({ring.public_key() for ring in rings}) == 1
    assert [path.name for path in home.parent.iterdir()] == ["keys"]


def test_a_crash_while_writing_leaves_the_old_keys(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    kek, wrapped = ring.wrap(b"data key", b"")

    def crash(*_: object) -> None:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", crash)
        with pytest.raises(OSError, match="power cut"):
            ring.rotate()
    assert ring.current == kek
    assert Keyring.open(ring.folder).unwrap(kek, wrapped, b"") == b"data key"
    assert {path.name for path in ring.folder.iterdir()} == PURPOSES


# Wrapping and rotation


@pytest.mark.parametrize("algorithm", [AES_GCM, SM4_GCM])
def test_data_keys_are_wrapped_for_one_record(home: Path, algorithm: str) -> None:
    ring = Keyring.open(home, create=True, algorithm=algorithm)
    data_key = provider(algorithm).new_key()
    kek, wrapped = ring.wrap(data_key, b"record 1")
    assert kek == ring.current
    assert [key.algorithm for key in ring.wrapping_keys()] == [algorithm]
    assert data_key not in wrapped
    assert ring.unwrap(kek, wrapped, b"record 1") == data_key
    with pytest.raises(Unopenable):
        ring.unwrap(kek, wrapped, b"record 2")


def test_rotation_changes_the_current_key_and_keeps_the_older(ring: Keyring) -> None:
    old, wrapped = ring.wrap(b"data key", b"")
    new = ring.rotate()
    assert ring.current == new != old
    assert [key.id for key in ring.wrapping_keys()] == [old, new]
    assert ring.unwrap(old, wrapped, b"") == b"data key"
    assert ring.wrap(b"data key", b"")[0] == new


def test_rotation_can_change_the_cipher(ring: Keyring) -> None:
    old, wrapped = ring.wrap(b"data key", b"")
    ring.rotate(algorithm=SM4_GCM)
    new, rewrapped = ring.wrap(b"data key", b"")
    assert [key.algorithm for key in ring.wrapping_keys()] == [AES_GCM, SM4_GCM]
    assert ring.unwrap(old, wrapped, b"") == ring.unwrap(new, rewrapped, b"") == b"data key"


def test_a_retired_key_is_gone_from_memory_and_file(ring: Keyring) -> None:
    old, wrapped = ring.wrap(b"data key", b"")
    material = json.loads((ring.folder / "wrapping.json").read_text())["keys"][0]["key"]
    ring.rotate()
    ring.retire(old)
    ring.retire(old)
    for each in (ring, Keyring.open(ring.folder)):
        with pytest.raises(RetiredKey, match=old):
            each.unwrap(old, wrapped, b"")
        assert [key.retired for key in each.wrapping_keys()] == [True, False]
    assert material not in (ring.folder / "wrapping.json").read_text()


def test_the_current_key_and_unknown_ones_cannot_be_retired(ring: Keyring) -> None:
    with pytest.raises(KeyInUse):
        ring.retire(ring.current)
    with pytest.raises(UnknownKey):
        ring.retire("nobody")
    with pytest.raises(UnknownKey, match="nobody"):
        ring.unwrap("nobody", bytes(60), b"")
    assert ring.wrap(b"data key", b"")


def test_a_running_process_notices_rotation_and_retirement(ring: Keyring) -> None:
    other = Keyring.open(ring.folder)
    old, wrapped = other.wrap(b"data key", b"")
    new = ring.rotate()
    assert other.current == new
    kek, fresh = ring.wrap(b"data key", b"")
    assert other.unwrap(kek, fresh, b"") == b"data key"
    assert other.holds(old)
    ring.retire(old)
    assert [other.holds(key) for key in (old, new, "nobody")] == [False, True, False]
    with pytest.raises(RetiredKey):
        other.unwrap(old, wrapped, b"")


def test_an_unknown_key_id_makes_it_look_again(ring: Keyring, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Keyring.open(ring.folder)
    held = files.signature(ring.folder / "wrapping.json")
    ring.rotate()
    kek, wrapped = ring.wrap(b"data key", b"")
    monkeypatch.setattr(files, "signature", lambda _: held)  # a folder on a network that hides the change
    assert other.unwrap(kek, wrapped, b"") == b"data key"


def test_rotations_at_once_lose_no_key(ring: Keyring) -> None:
    made: list[str] = []
    others = [Keyring.open(ring.folder) for _ in range(4)]

    def rotate(each: Keyring) -> Callable[[], None]:
        return lambda: made.extend(each.rotate() for _ in range(5))

    _together([rotate(each) for each in others])
    assert len(made) == 20
    assert {key.id for key in ring.wrapping_keys()} >= set(made)


_OTHER_PROCESS = """
import pathlib, sys
from yipanqi.core.crypto import Keyring
ring, count = Keyring.open(pathlib.Path(sys.argv[1])), 0
stop = pathlib.Path(sys.argv[2])
first, oldest = ring.wrap(b"data key", b"r")
print("ready", flush=True)
while not stop.exists() or count < 300:
    kek, wrapped = ring.wrap(b"data key", b"r")
    assert ring.unwrap(kek, wrapped, b"r") == b"data key"
    assert ring.unwrap(first, oldest, b"r") == b"data key"
    count += 1
print(count, ring.current)
"""


Row = tuple[str, bytes, bytes]


def _work_while_rotating(ring: Keyring, stop: Path) -> list[Row]:
    """Rotate 20 times while four threads seal and open, then touch ``stop``; returns what was sealed."""
    done = threading.Event()
    sealed: list[list[Row]] = [[] for _ in range(4)]

    def work(nth: int) -> None:
        # Two threads share a keyring, two have one of their own, as processes do.
        mine = ring if nth < 2 else Keyring.open(ring.folder)
        while not done.is_set():
            aad = os.urandom(8)
            sealed[nth].append((*mine.wrap(b"data key", aad), aad))
            for old in sealed[nth][:: max(1, len(sealed[nth]) // 5)]:
                assert mine.unwrap(*old) == b"data key"

    def rotate() -> None:
        try:
            for _ in range(20):
                ring.rotate()
                time.sleep(0.01)
        finally:
            done.set()
            stop.touch()

    _together([rotate, *(partial(work, nth) for nth in range(4))])
    return [row for part in sealed for row in part]


def test_rotation_under_load_fails_no_read(ring: Keyring, tmp_path: Path) -> None:
    """S37: four threads and another process seal and open while keys rotate; then the old ones are dead."""
    stop = tmp_path / "stop"
    command = [sys.executable, "-c", _OTHER_PROCESS, str(ring.folder), str(stop)]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "ready\n"
    rows = _work_while_rotating(ring, stop)
    output, errors = other.communicate(timeout=60)
    assert (other.returncode, errors) == (0, "")
    assert output.split()[1] == ring.current, "the other process ended on the newest key"
    assert len({kek for kek, _, _ in rows}) > 5, "the rotations happened while work went on"

    rewrapped = [(*ring.wrap(ring.unwrap(*row), row[2]), row[2]) for row in rows]
    for key in ring.wrapping_keys():
        if key.id != ring.current:
            ring.retire(key.id)
    assert all(ring.unwrap(*row) == b"data key" for row in rewrapped)
    for row in rows:
        if row[0] != ring.current:
            with pytest.raises(RetiredKey):
                ring.unwrap(*row)


# Keyed hashes, answers, signatures


@pytest.mark.parametrize("algorithm", [AES_GCM, SM4_GCM])
def test_the_blind_index_matches_equal_values_of_one_field(home: Path, algorithm: str) -> None:
    ring = Keyring.open(home, create=True, algorithm=algorithm)
    assert ring.blind_index("13800001111") == ring.blind_index("13800001111")
    assert len(ring.blind_index("13800001111")) == 32
    different = [
        ring.blind_index("13800001112"),
        ring.blind_index("13800001111", field="phone"),
        ring.blind_index("13800001111", field="qq"),
        ring.blind_index("e13800001111", field="phon"),
        ring.blind_index("13800001111"),
        ring.secret_hash(b"", "13800001111"),
        provider(algorithm).digest(b"13800001111"),
    ]
    assert len(set(different)) == len(different)


@pytest.mark.parametrize("algorithm", [AES_GCM, SM4_GCM])
def test_keyed_hashes_are_of_the_suite_the_keyring_was_made_with(home: Path, algorithm: str) -> None:
    ring = Keyring.open(home, create=True, algorithm=algorithm)
    key = base64.b64decode(json.loads((home / "secrets.json").read_text())["key"])
    assert ring.secret_hash(b"salt", "ABCD") == provider(algorithm).hmac(key, b"\0\0\0\x04saltABCD")


def test_other_keyrings_hash_otherwise(ring: Keyring, tmp_path: Path) -> None:
    other = Keyring.open(tmp_path / "other", create=True)
    assert ring.blind_index("x") != other.blind_index("x")
    assert ring.secret_hash(b"salt", "x") != other.secret_hash(b"salt", "x")


def test_a_secret_is_hashed_with_its_salt(ring: Keyring) -> None:
    assert ring.secret_hash(b"salt", "ABCD") == ring.secret_hash(b"salt", "ABCD")
    assert ring.secret_hash(b"salt", "ABCD") != ring.secret_hash(b"sal", "tABCD")
    assert ring.secret_hash(b"salt", "ABCD") != ring.secret_hash(b"salt", "ABCE")


@pytest.mark.parametrize("algorithm", [AES_GCM, SM4_GCM])
def test_an_answer_opens_for_the_same_request_only(home: Path, algorithm: str) -> None:
    ring = Keyring.open(home, create=True, algorithm=algorithm)
    digest = provider(algorithm).digest(b'{"title": "..."}')
    sealed = ring.seal_answer(ring.answer_context("key-1", digest), b"the secret is in here")
    assert b"secret" not in sealed
    again = Keyring.open(home)
    assert again.open_answer(again.answer_context("key-1", digest), sealed) == b"the secret is in here"
    for context in (
        ring.answer_context("key-2", digest),
        ring.answer_context("key-1", provider(algorithm).digest(b"{}")),
        ring.answer_context("key-", b"1" + digest),
        b"",
    ):
        with pytest.raises(Unopenable):
            ring.open_answer(context, sealed)


def test_a_checkpoint_is_verified_with_the_public_key_alone(ring: Keyring, tmp_path: Path) -> None:
    public, signature = ring.public_key(), ring.sign(b"size 8 root 5dc9")
    assert (len(public), len(signature)) == (32, 64)
    assert Keyring.verify(public, b"size 8 root 5dc9", signature)
    assert not Keyring.verify(public, b"size 7 root 5dc9", signature)
    assert not Keyring.verify(public, b"size 8 root 5dc9", signature[:-1])
    assert not Keyring.verify(b"short", b"size 8 root 5dc9", signature)
    other = Keyring.open(tmp_path / "other", create=True)
    assert not Keyring.verify(other.public_key(), b"size 8 root 5dc9", signature)


def test_a_host_needs_only_the_keys_of_its_work(ring: Keyring) -> None:
    for name in PURPOSES - {"portal.json"}:
        (ring.folder / name).unlink()
    portal = Keyring.open(ring.folder)
    context = portal.answer_context("k", b"")
    assert portal.open_answer(context, portal.seal_answer(context, b"x")) == b"x"
    acts: list[Callable[[], object]] = [
        lambda: portal.wrap(b"k", b""),
        lambda: portal.unwrap("a", bytes(60), b""),
        lambda: portal.blind_index("x"),
        lambda: portal.secret_hash(b"", "x"),
        lambda: portal.sign(b""),
    ]
    for act in acts:
        with pytest.raises(KeyringMissing):
            act()


# Nothing shows a key


def test_no_repr_shows_a_key(ring: Keyring) -> None:
    ring.rotate()
    ring.sign(b"")
    keys = [
        row["key"]
        for name in PURPOSES
        for content in [json.loads((ring.folder / name).read_text())]
        for row in content.get("keys", [content])
    ]
    assert len(keys) == 6
    shown = repr(ring) + repr(ring.wrapping_keys()) + str(ring.wrapping_keys())
    for watched in (ring._wrapping, ring._index, ring._secrets, ring._portal, ring._signing):
        shown += repr(watched) + repr(watched.get())
    shown += repr(files.read(ring.folder / "wrapping.json"))
    for key in keys:
        assert key not in shown
        assert repr(base64.b64decode(key)) not in shown


def test_a_keyring_is_never_sent(ring: Keyring) -> None:
    with pytest.raises(TypeError, match="never sent"):
        pickle.dumps(ring)


def test_errors_carry_no_secret(ring: Keyring) -> None:
    kek, wrapped = ring.wrap(b"SENTINEL-DATA-KEY", b"SENTINEL-AAD")
    with pytest.raises(Unopenable) as caught:
        ring.unwrap(kek, wrapped, b"other")
    shown = "".join(traceback.format_exception(caught.value))
    assert "SENTINEL" not in shown
    assert caught.value.__suppress_context__


def _together(acts: list[Callable[[], None]]) -> None:
    """Run all acts in threads of their own and raise the first error of any."""
    errors: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
