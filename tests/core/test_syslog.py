"""The access log as RFC 5424 lines, to a real listener, a file and datagrams; resumed where it was interrupted."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from yipanqi.core import access_log, syslog
from yipanqi.core.jobs import give_out_looks
from yipanqi.core.models import AccessLog, id_of_time, new_id

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 2, tzinfo=dt.UTC)
# RFC 5424, 6: priority and version, moment, host, application, process, kind, one element of data.
LINE = re.compile(
    r'<110>1 \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z - yipanqi - look \[yipanqi@32473( [a-z]+="([^"\\\]]|\\["\\\]])*")+\]'
)


def looked(number: int, page: str = "queue", **more: Any) -> list[str]:
    """That many looks, an hour ago; their ids."""
    ids = []
    for n in range(number):
        at = NOW - dt.timedelta(hours=1) + dt.timedelta(seconds=n)
        row = AccessLog.objects.create(id=id_of_time(at), at=at, account=new_id(), page=page, **more)
        ids.append(str(row.id))
    return ids


def sent(lines: list[str]) -> list[str]:
    return [re.findall(r' id="([^"]*)"', line)[0] for line in lines]


class Listener:
    """A log server: takes connections one after the other and reads counted frames until each is closed."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"syslog://127.0.0.1:{self._socket.getsockname()[1]}"
        self.frames: list[str] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _peer = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                while head := self._until_space(stream):
                    self.frames.append(stream.read(int(head)).decode())

    @staticmethod
    def _until_space(stream: Any) -> bytes:
        found = b""
        while (byte := stream.read(1)) not in (b" ", b""):
            found += byte
        return found

    def stop(self) -> list[str]:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=20)
        return self.frames


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    if found._thread.is_alive():
        found.stop()


def test_lines_are_what_rfc_5424_asks_for_and_hold_no_more_than_the_log(
    listener: Listener, tmp_path: Path
) -> None:
    ids = looked(3)
    hostile = looked(1, page='a"b]c\\d\ne', fields="text,person", matter=new_id())
    done = syslog.give_out(to=listener.url, position=None, since=None, until=NOW, batch=2)
    frames = listener.stop()
    assert done == 4
    assert sorted(sent(frames)) == sorted(ids + hostile)
    assert all(LINE.fullmatch(frame) for frame in frames), frames
    [odd] = [frame for frame in frames if hostile[0] in frame]
    assert 'page="a\\"b\\]c\\\\d e" ' in odd
    assert 'fields="text,person"' in odd
    assert "T01:00:00.000Z" in odd


def test_it_goes_on_from_the_file_of_its_position(tmp_path: Path) -> None:
    position, file = tmp_path / "place", tmp_path / "audit.log"
    first = looked(5)
    asked: dict[str, Any] = {"to": str(file), "position": position, "since": None, "until": NOW}
    assert syslog.give_out(**asked, batch=2) == 5
    assert syslog.give_out(**asked) == 0
    at = NOW - dt.timedelta(minutes=1)
    later = AccessLog.objects.create(id=id_of_time(at), at=at, page="queue")
    assert syslog.give_out(**asked) == 1
    lines = file.read_text(encoding="utf-8").splitlines()
    assert sent(lines) == [*first, str(later.id)]
    assert (file.stat().st_mode & 0o777, position.stat().st_mode & 0o777) == (0o600, 0o600)


def test_interrupted_it_sends_again_at_most_one_batch_and_leaves_none_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, position, file = looked(7), tmp_path / "place", tmp_path / "audit.log"
    keep: Any = syslog._keep_place
    kept: list[Any] = []

    def dies(path: Path, last: Any) -> None:
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(last)
        keep(path, last)

    monkeypatch.setattr(syslog, "_keep_place", dies)
    asked: dict[str, Any] = {"to": str(file), "position": position, "since": None, "until": NOW, "batch": 2}
    with pytest.raises(KeyboardInterrupt):
        syslog.give_out(**asked)
    monkeypatch.undo()
    assert syslog.give_out(**asked) == 3
    found = sent(file.read_text(encoding="utf-8").splitlines())
    assert list(dict.fromkeys(found)) == ids
    assert len(found) == 9


def test_since_and_until_bound_it(tmp_path: Path) -> None:
    ids, begin = looked(5), NOW - dt.timedelta(hours=1)
    file = tmp_path / "audit.log"
    bounds: dict[str, Any] = {
        "since": begin + dt.timedelta(seconds=1),
        "until": begin + dt.timedelta(seconds=3),
    }
    assert syslog.give_out(to=f"file://{file}", position=None, **bounds) == 2
    assert sent(file.read_text(encoding="utf-8").splitlines()) == ids[1:3]


def test_datagrams() -> None:
    ids = looked(2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(20)
        to = f"syslog+udp://127.0.0.1:{receiver.getsockname()[1]}"
        syslog.give_out(to=to, position=None, since=None, until=NOW)
        assert sent([receiver.recv(4096).decode() for _n in range(2)]) == ids


def test_the_worker_gives_out_where_a_server_is_named(
    listener: Listener, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.HOME, settings.SYSLOG = tmp_path, ""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    ids = looked(2)
    AccessLog.objects.create(id=id_of_time(NOW), at=NOW, page="queue")
    give_out_looks(0)
    assert list(tmp_path.iterdir()) == []
    settings.SYSLOG = listener.url
    give_out_looks(0)
    give_out_looks(0)
    assert sent(listener.stop()) == ids, "what may not be committed yet waits, and nothing goes twice"


@pytest.mark.django_db(transaction=True)
def test_the_command_writes_lines_says_how_many_and_is_written_down_itself(tmp_path: Path) -> None:
    looked(3)

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "yipanqi.commands.main", "audit", "export", *words]
        return subprocess.run(command, env=os.environ, capture_output=True, text=True, check=False)

    told = run("--to", str(tmp_path / "a.log"), "--until", "2026-11-25", "--position", str(tmp_path / "p"))
    assert (told.returncode, told.stdout) == (0, "3 rows were given out.\n"), told.stderr
    assert len((tmp_path / "a.log").read_text(encoding="utf-8").splitlines()) == 3
    [own] = AccessLog.objects.filter(page="command")
    assert own.fields == "access_log,given_out"
    closed = socket.create_server(("127.0.0.1", 0))
    port = closed.getsockname()[1]
    closed.close()
    refused = run("--to", f"syslog://127.0.0.1:{port}")
    assert (refused.returncode, "cannot be reached" in refused.stderr) == (1, True), refused.stderr
    assert run("--to", "https://logs.example/").returncode == 1


def test_a_note_has_an_id_in_the_order_of_time() -> None:
    """What the export goes by."""
    for _n in range(50):
        access_log.note(account=None, page="queue", at=timezone.now())
    rows = list(AccessLog.objects.order_by("id"))
    assert [row.at for row in rows] == sorted(row.at for row in rows)
