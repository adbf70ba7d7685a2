"""The ways out: mail by SMTP or into files, text messages by whatever provider the city has.

A channel is opened once for a batch. What fails while it is opened is the provider's trouble, and nobody's message is
blamed for it; what fails later is one message's.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol, Self

from django.conf import settings
from django.utils.module_loading import import_string

from config.mail import MailServer

TIMEOUT = 10  # seconds


class Unreachable(Exception):
    """The provider cannot be reached or lets nobody in: to be tried again later, with all that waits."""


class NotTaken(Exception):
    """One message was not taken. The text is a code word: what a server says may quote an address."""


class Dropped(Exception):
    """There is nobody to send it to, or nothing to say any more, and there never will be. The text is a code word."""


class Mail(Protocol):
    """Hands mail over. `opens`: whether it needs the recipient's address, for which a seal has to be opened."""

    opens: bool

    def open(self) -> None: ...
    def send(self, message: EmailMessage, to: str) -> None: ...
    def close(self) -> None: ...


class Sms(Protocol):
    """Hands text messages over to a provider. `key` stays the same however often a message is sent: the provider drops
    what it has had before. Raises `Unreachable` or `NotTaken`."""

    def open(self) -> None: ...
    def send(self, *, number: str, text: str, key: str) -> None: ...
    def close(self) -> None: ...


class SmtpMail:
    """By SMTP, over one connection, which is renewed where the server broke it off."""

    opens = True

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def open(self) -> None:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (OSError, smtplib.SMTPException) as error:
                raise Unreachable(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.scheme == "smtps":
            tls = ssl.create_default_context()
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT, context=tls
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)
        try:
            if server.scheme == "smtp+starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.ehlo_or_helo_if_needed()
        except BaseException:
            connection.close()
            raise
        return connection

    def send(self, message: EmailMessage, to: str) -> None:
        self.open()
        assert self._connection is not None
        try:
            # The one address that was checked, whatever a header says.
            self._connection.send_message(message, from_addr=self._server.sender, to_addrs=[to])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()), (0, b""))[0]
            raise NotTaken(f"smtp {code}") from None
        except smtplib.SMTPResponseException as error:
            self.close()
            raise NotTaken(f"smtp {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise NotTaken(type(error).__name__) from None

    def close(self) -> None:
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._connection.quit()
            self._connection.close()
            self._connection = None


class FileMail:
    """Without a mail server: a file a message, to be looked at. Nobody's seal is opened for it."""

    opens = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(self, message: EmailMessage, to: str) -> None:
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        part = self._folder / f"{name}.part"
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(bytes(message))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._folder / f"{name}.eml")

    def close(self) -> None:
        pass


class FileSms:
    """A line of JSON a message, on the disk before it counts as sent: for trying, or for a gateway that reads it."""

    def __init__(self) -> None:
        self._path = Path(settings.HOME) / "outbox" / "sms.jsonl"

    def open(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    def send(self, *, number: str, text: str, key: str) -> None:
        line = json.dumps({"key": key, "number": number, "text": text}, ensure_ascii=False)
        with open(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            file.write(line.encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())

    def close(self) -> None:
        pass


def mail() -> Mail:
    """The channel for mail that the settings name."""
    server = settings.MAIL_SERVER
    return SmtpMail(server) if server else FileMail(Path(settings.HOME) / "outbox")


def sms() -> Sms:
    """The channel for text messages that the settings name."""
    made: Sms = FileSms() if settings.SMS == "file" else import_string(settings.SMS)()
    return made


class Channels:
    """The channels of a batch, each opened when it is first needed and closed at the end."""

    def __init__(self) -> None:
        self._mail: Mail | None = None
        self._sms: Sms | None = None

    @property
    def mail(self) -> Mail:
        if self._mail is None:
            self._mail = mail()
        return self._mail

    @property
    def sms(self) -> Sms:
        if self._sms is None:
            self._sms = sms()
        return self._sms

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for channel in (self._mail, self._sms):
            if channel is not None:
                channel.close()
