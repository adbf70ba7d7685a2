"""A real mail server for tests: it listens on a port of this machine and keeps what it is given."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.ports import free_port

SENDER = "office@city.example"
OK = "250 OK"


@dataclass
class PostOffice:
    """What came in, as it came in; `answer` says what the server replies to each message, and may do more."""

    port: int
    mail: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    answer: Callable[[EmailMessage], str] = lambda _message: OK

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}?from={SENDER}"

    @property
    def ids(self) -> list[str]:
        return [str(one["Message-ID"]) for one in self.mail]

    async def handle_DATA(  # noqa: N802 - the server's name for it
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.mail.append(message)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return self.answer(message)


@contextmanager
def listening(office: PostOffice) -> Iterator[PostOffice]:
    """Let the office be open."""
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it tells every address
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A mail server that is open."""
    with listening(PostOffice(free_port())) as office:
        yield office


def body_of(message: EmailMessage) -> str:
    text = message.get_content()
    assert isinstance(text, str)
    return text.replace("\r\n", "\n")
