"""Looking for viruses: clamd, where a city has one (YIPANQI_SCANNER). A page of protocol needs no library."""

from __future__ import annotations

import socket
from enum import StrEnum

from django.conf import settings

SECONDS = 30
CHUNK = 1 << 16


class Found(StrEnum):
    """What the scanner said."""

    NOTHING = "nothing"
    VIRUS = "virus"
    NO_ANSWER = "no_answer"
    NO_SCANNER = "no_scanner"


def scan(data: bytes) -> Found:
    """Send a file to the scanner (INSTREAM). Anything but a clear answer is none: a file is not clean because the
    scanner failed."""
    if not settings.SCANNER:
        return Found.NO_SCANNER
    try:
        with _connected(settings.SCANNER) as line:
            line.sendall(b"zINSTREAM\0")
            for at in range(0, len(data), CHUNK):
                part = data[at : at + CHUNK]
                line.sendall(len(part).to_bytes(4, "big") + part)
            line.sendall(bytes(4))
            answer = _answer(line)
    except OSError:
        return Found.NO_ANSWER
    if answer == b"stream: OK":
        return Found.NOTHING
    return Found.VIRUS if answer.startswith(b"stream: ") and answer.endswith(b" FOUND") else Found.NO_ANSWER


def _connected(address: str) -> socket.socket:
    """`host:port`, or the path of a socket."""
    if address.startswith("/"):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(SECONDS)
        line.connect(address)
        return line
    host, _colon, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=SECONDS)


def _answer(line: socket.socket) -> bytes:
    told = b""
    while not told.endswith(b"\0") and len(told) < 4096:
        part = line.recv(1024)
        if not part:
            break
        told += part
    return told.rstrip(b"\0\n")
