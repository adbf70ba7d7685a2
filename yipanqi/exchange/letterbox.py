"""The mailbox of reports that the operator named (config/mail.py): what lies there is looked at and copied, and stays as
it is. No other host is called (docs/adr/0035), and none that does not speak TLS, except on this machine."""

from __future__ import annotations

import datetime as dt
import logging
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from email.utils import collapse_rfc2231_value, decode_params
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from config.mail import ReportMailbox
from yipanqi.text.headers import header_text, text_in

logger = logging.getLogger(__name__)

MOST = 50  # mails
LARGEST_MAIL = 29 * 1024 * 1024  # bytes: the largest file (files/checking.py) as mail carries it
TIMEOUT = SocketTimeout(connect=5, read=15)  # seconds
_HEADER = "BODY.PEEK[HEADER.FIELDS (SUBJECT)]<0.4096>"
# Each may hold a large mail, and wait for a server that is slow: pages of the desk must not all wait with them.
_AT_ONCE = threading.BoundedSemaphore(2)
# What a server, or a mail of a stranger, makes the client's reading end with.
_TROUBLE = (OSError, IMAPClientError, ValueError, LookupError, TypeError, AssertionError, RecursionError)

UNREACHABLE, LOGIN, FOLDER, BUSY, GONE, LARGE = "unreachable", "login", "folder", "busy", "gone", "large"


class NoMail(Exception):
    """Why there is nothing to be had: one of the codes above."""


@dataclass(frozen=True)
class Head:
    """A mail as it stands in the list; `files`: names of what is attached, None where nobody could tell. `place`: its
    UIDVALIDITY and UID, by which it is found again."""

    place: tuple[int, int]
    subject: str
    at: dt.datetime | None
    size: int
    files: list[str] | None

    @property
    def large(self) -> bool:
        return self.size > LARGEST_MAIL


def heads(box: ReportMailbox) -> list[Head]:
    """The newest mails, the newest first. Raises `NoMail`."""
    with _opened(box, use_uid=False) as (client, validity, last):
        numbers = list(range(max(1, last - MOST + 1), last + 1))
        if not numbers:
            return []
        rows = client.fetch(numbers, ["UID", "INTERNALDATE", "RFC822.SIZE", _HEADER])
        files = _files(client, numbers)
    found = [
        Head(
            (validity, row[b"UID"]),
            header_text(_value(row, b"BODY[HEADER").partition(b":")[2]),
            row.get(b"INTERNALDATE"),
            row.get(b"RFC822.SIZE", 0),
            files.get(number),
        )
        for number, row in sorted(rows.items(), reverse=True)
        if b"UID" in row
    ]
    return sorted(found, key=lambda head: head.at.timestamp() if head.at else 0, reverse=True)


def mail(box: ReportMailbox, place: tuple[int, int]) -> bytes:
    """A whole mail. Raises `NoMail`."""
    with _opened(box, use_uid=True) as (client, validity, _last):
        uid = place[1]
        row = client.fetch([uid], ["RFC822.SIZE"]).get(uid) if validity == place[0] else None
        if row is None:
            raise NoMail(GONE)
        if row.get(b"RFC822.SIZE", 0) > LARGEST_MAIL:
            raise NoMail(LARGE)
        found = client.fetch([uid], [f"BODY.PEEK[]<0.{LARGEST_MAIL}>"]).get(uid, {})
        return _value(found, b"BODY[]")


@contextmanager
def _opened(box: ReportMailbox, *, use_uid: bool) -> Iterator[tuple[IMAPClient, int, int]]:
    """The folder, for looking alone (EXAMINE), with its UIDVALIDITY and how many mails lie in it."""
    if not _AT_ONCE.acquire(timeout=2):
        raise NoMail(BUSY)
    client = None
    try:
        client = _connected(box, use_uid=use_uid)
        yield client, *_examined(client, box.folder)
    except _TROUBLE as error:
        # Never its text: a server may quote what it was told.
        logger.warning("the mailbox of reports cannot be read: %s", type(error).__name__)
        raise NoMail(UNREACHABLE) from None
    finally:
        _AT_ONCE.release()
        if client is not None:
            with suppress(*_TROUBLE):
                client.shutdown()


def _connected(box: ReportMailbox, *, use_uid: bool) -> IMAPClient:
    tls = ssl.create_default_context()
    client = IMAPClient(
        box.host, box.port, use_uid=use_uid, ssl=box.scheme == "imaps", ssl_context=tls, timeout=TIMEOUT
    )
    try:
        client.normalise_times = False  # with their zone
        if box.scheme == "imap+starttls":
            client.starttls(tls)
        client.login(box.user, box.password)
    except LoginError:
        client.shutdown()
        raise NoMail(LOGIN) from None
    except BaseException:
        client.shutdown()
        raise
    return client


def _examined(client: IMAPClient, folder: str) -> tuple[int, int]:
    try:
        told = client.select_folder(folder, readonly=True)
    except IMAPClientError:
        raise NoMail(FOLDER) from None
    return int(told.get(b"UIDVALIDITY", 0)), int(told.get(b"EXISTS", 0))


def _value(row: Mapping[bytes, Any], begins: bytes) -> bytes:
    """What was fetched under a name that begins so: servers end it each in their own way."""
    found = next((value for name, value in row.items() if name.upper().startswith(begins)), None)
    return found if isinstance(found, bytes) else b""


# --- what is attached ------------------------------------------------------------------------------------------------


def _files(client: IMAPClient, numbers: list[int]) -> dict[int, list[str]]:
    """The names of what is attached, by mail. A mail whose structure cannot be read costs the names and not the list."""
    try:
        rows = client.fetch(numbers, ["BODYSTRUCTURE"])
        return {number: list(_names(row[b"BODYSTRUCTURE"])) for number, row in rows.items()}
    except _TROUBLE as error:
        logger.warning("what is attached to mails cannot be read: %s", type(error).__name__)
        return {}


def _names(structure: Any) -> Iterator[str]:
    """The names in a structure as RFC 3501 has it: the parts of a multipart stand in a list, and a part is a tuple with
    its parameters third and, near its end, how it is to be shown."""
    if not structure:
        return
    if isinstance(structure[0], list):
        for part in structure[0]:
            yield from _names(part)
        return
    shown = next((each for each in structure[8:] if _is_disposition(each)), None)
    name = _name("filename", shown) or _name("name", ("", structure[2]))
    if name:
        yield name


def _is_disposition(value: Any) -> bool:
    kind = value[0] if isinstance(value, tuple) and len(value) == 2 else value
    return isinstance(kind, bytes) and kind.lower().startswith((b"attachment", b"inline"))


def _name(parameter: str, shown: Any) -> str:
    if isinstance(shown, bytes):  # some servers hand the header on as it is
        header = Message()
        header["Content-Disposition"] = " ".join(text_in(shown, None).split())
        found = header.get_filename() or ""
    else:
        pairs = shown[1] if isinstance(shown, tuple) and isinstance(shown[1], tuple) else ()
        words = [_word(each) for each in pairs]
        given = list(zip(words[::2], words[1::2], strict=False))
        decoded = decode_params([("", ""), *((key.lower(), value) for key, value in given)])
        found = next((collapse_rfc2231_value(v) for key, v in decoded if key == parameter), "").strip('"')
    return header_text(found.encode("utf-8", "surrogateescape")).replace("\\", "/").rpartition("/")[2]


def _word(value: Any) -> str:
    return value.decode("ascii", "surrogateescape") if isinstance(value, bytes) else str(value or "")
