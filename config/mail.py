"""The mail server, from one setting: `smtp://`, `smtp+starttls://` or `smtps://` with user, password, host and port; and the
mailbox of reports, from another like it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed over, and as whom."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    sender: str

    def __repr__(self) -> str:
        return f"<mail server {self.host}>"  # the password stands in no error and no log


def mail_server(url: str) -> MailServer | None:
    """The server that a URL names, None for an empty one. Raises `ImproperlyConfigured`, without the URL in it."""
    if not url:
        return None
    server = _read(url)
    if server is None:
        raise ImproperlyConfigured(
            "YIPANQI_SMTP_URL must be smtp+starttls://user:password@host:587?from=office@example.org "
            "(or smtp:// or smtps://)."
        )
    return server


def _read(url: str) -> MailServer | None:
    try:
        parts = urlsplit(url)
        sender = parse_qs(parts.query).get("from", [""])[0]
        validate_email(sender)
        port = parts.port
    except (ValueError, ValidationError):
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    port = port or PORTS[parts.scheme]
    user, password = (unquote(text or "") for text in (parts.username, parts.password))
    return MailServer(parts.scheme, parts.hostname, port, user, password, sender)


IMAP_PORTS = {"imap": 143, "imap+starttls": 143, "imaps": 993}
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ReportMailbox:
    """The one mailbox in which reports lie to be read."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    folder: str

    def __repr__(self) -> str:
        return f"<mailbox at {self.host}>"


def report_mailbox(url: str, password_file: str = "") -> ReportMailbox | None:
    """The mailbox that a URL names, None for an empty one. Raises `ImproperlyConfigured`, with neither the URL nor the
    password in it: also without TLS, except on this machine."""
    if not url:
        return None
    try:
        password = Path(password_file).read_text(encoding="utf-8").strip() if password_file else ""
        box = _read_box(url, password)
    except (OSError, ValueError):
        box = None
    if box is None:
        raise ImproperlyConfigured(
            "YIPANQI_REPORTS_IMAP_URL must be imaps://user@host:993/FOLDER (or imap+starttls://; imap:// on this machine "
            "alone), with the password in the file that YIPANQI_REPORTS_IMAP_PASSWORD_FILE names, or after user and a colon."
        )
    return box


def _read_box(url: str, password: str) -> ReportMailbox | None:
    parts = urlsplit(url)
    user = unquote(parts.username or "")
    password = password or unquote(parts.password or "")
    host, folder = parts.hostname, unquote(parts.path).strip("/") or "INBOX"
    bare = parts.scheme == "imap" and host not in LOOPBACK
    if parts.scheme not in IMAP_PORTS or not host or not user or not password or bare:
        return None
    # The protocol's plain sign-in knows no other letters.
    if not f"{user}{password}".isascii() or not f"{user}{password}{folder}".isprintable():
        return None
    return ReportMailbox(parts.scheme, host, parts.port or IMAP_PORTS[parts.scheme], user, password, folder)
