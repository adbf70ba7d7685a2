"""The mail server, from one setting: `smtp://`, `smtp+starttls://` or `smtps://` with user, password, host and port."""

from __future__ import annotations

from dataclasses import dataclass
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
