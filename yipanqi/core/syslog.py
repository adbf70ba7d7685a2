"""Giving the access log out to a city's own log server: RFC 5424 lines, in the order in which they were written.

What goes out is what the log holds: account, page, matter and kinds of particulars, never what stood there. Each row goes at
least once: the place up to which it was sent is written after a batch, into a file. Syslog has no answer, so what a server that
hangs up had taken from the network and not read yet is lost to it; a file is the way that loses nothing.
"""

from __future__ import annotations

import datetime as dt
import os
import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from yipanqi.core.models import AccessLog, id_of_time

BATCH = 1000
# A row is seen when its transaction ends; none takes as long as this.
LAG = dt.timedelta(minutes=5)
PRIORITY = 13 * 8 + 6  # facility "log audit", severity "informational"
# The number that RFC 5612 sets aside for where there is none of one's own.
NAMED = "yipanqi@32473"
PATIENCE = 10  # seconds

Send = Callable[[Sequence[str]], None]


class Misnamed(ValueError):
    """No target that we know."""


def line_of(row: AccessLog) -> str:
    """One row as RFC 5424 has it."""
    said = {
        "id": str(row.id),
        "account": str(row.account or "-"),
        "page": row.page,
        "matter": str(row.matter or "-"),
        "fields": row.fields,
    }
    data = " ".join(f'{name}="{_escaped(value)}"' for name, value in said.items())
    moment = row.at.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"<{PRIORITY}>1 {moment} - yipanqi - look [{NAMED} {data}]"


def _escaped(value: str) -> str:
    """As RFC 5424, 6.3.3 wants it; a line break would begin another message."""
    plain = "".join(character if character.isprintable() else " " for character in value)
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("]", "\\]")


@contextmanager
def target(named: str) -> Iterator[Send]:
    """What sends lines to `syslog://host:port` (TCP, counted frames of RFC 6587), `syslog+udp://host:port`, or the end of a
    file. OSError where it cannot be reached."""
    parts = urlsplit(named)
    if parts.scheme in ("syslog", "syslog+udp"):
        if not parts.hostname:
            raise Misnamed(named)
        address = (parts.hostname, parts.port or 514)
        with _udp(address) if parts.scheme == "syslog+udp" else _tcp(address) as send:
            yield send
        return
    if parts.scheme not in ("", "file"):
        raise Misnamed(named)
    path = Path(unquote(parts.path))
    # Whoever reads it reads who looked at what: for its owner alone.
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8"
    ) as file:

        def append(lines: Sequence[str]) -> None:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())

        yield append


@contextmanager
def _tcp(address: tuple[str, int]) -> Iterator[Send]:
    with socket.create_connection(address, timeout=PATIENCE) as connection:

        def send(lines: Sequence[str]) -> None:
            framed = (line.encode() for line in lines)
            connection.sendall(b"".join(b"%d %s" % (len(frame), frame) for frame in framed))

        yield send


@contextmanager
def _udp(address: tuple[str, int]) -> Iterator[Send]:
    family = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0][0]
    with socket.socket(family, socket.SOCK_DGRAM) as connection:
        connection.connect(address)

        def send(lines: Sequence[str]) -> None:
            for line in lines:
                connection.send(line.encode())

        yield send


def place_in(file: Path) -> uuid.UUID | None:
    """The last row that was sent, by what the file says; None where there is none yet."""
    try:
        return uuid.UUID(file.read_text(encoding="ascii").strip())
    except FileNotFoundError:
        return None


def _keep_place(file: Path, last: uuid.UUID) -> None:
    """Written beside and put in its place, so that it is never half a place."""
    beside = file.with_suffix(".new")
    beside.write_text(f"{last}\n", encoding="ascii")
    beside.chmod(0o600)
    beside.replace(file)


def _first_id(at: dt.datetime | None) -> uuid.UUID:
    """What stands before every id of this moment; of no moment: before all."""
    return uuid.UUID(int=id_of_time(at).int >> 80 << 80 if at else 0)


def give_out(
    *, to: str, position: Path | None, since: dt.datetime | None, until: dt.datetime, batch: int = BATCH
) -> int:
    """Send what was written between two moments and after the place in `position`; returns how many rows."""
    last = place_in(position) if position else None
    # Ids are in the order of time, so the primary key is all the index that this needs.
    after, end, done = max(_first_id(since), last or _first_id(None)), _first_id(until), 0
    with target(to) as send:
        while True:
            rows = list(AccessLog.objects.filter(id__gt=after, id__lt=end).order_by("id")[:batch])
            if not rows:
                return done
            send([line_of(row) for row in rows])
            after, done = rows[-1].id, done + len(rows)
            if position:
                _keep_place(position, after)
