"""A real IMAP server for tests (pymap), on a port of this machine, over a Maildir: what happens to a mail is seen in the
name of its file, where its flags stand."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pysasl.hashing import BuiltinHash

from tests.ports import free_port

USER, PASSWORD = "reports", "sample secret 1"
RUN = "from pymap.main import main; main()"


@dataclass
class MailServer:
    """Mails are put in as they came; the one that was put in last is the newest."""

    port: int
    folder: Path
    put: int = 0

    @property
    def url(self) -> str:
        return f"imap://{USER}@127.0.0.1:{self.port}/"

    def bring(self, mail: bytes) -> None:
        self.put += 1
        place = self.folder / "cur" / f"{self.put:04}.test.example:2,"
        place.write_bytes(mail)
        # In whole seconds on the first of the year, one after the other.
        os.utime(place, (1767229200 + self.put, 1767229200 + self.put))

    @property
    def names(self) -> list[str]:
        return sorted(each.name for each in self.folder.glob("[cn]*/*"))


def _lay_out(base: Path) -> Path:
    for each in ("cur", "new", "tmp"):
        (base / USER / each).mkdir(parents=True)
    (base / "pymap-etc-passwd").write_text(f"{USER}:x:0:0::{USER}:\n")
    (base / "pymap-etc-shadow").write_text(f"{USER}:{BuiltinHash().hash(PASSWORD)}:::::::\n")
    (base / "pymap-etc-group").write_text("")
    return base / USER


@contextmanager
def mail_server(base: Path) -> Iterator[MailServer]:
    """A server that answers."""
    server = MailServer(free_port(), _lay_out(base))
    told = ["--host", "127.0.0.1", "--port", str(server.port), "--no-tls", "--no-service", "admin"]
    running = subprocess.Popen(
        [sys.executable, "-c", RUN, *told, "maildir", str(base)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(server.port)
        yield server
    finally:
        running.kill()
        running.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            return
