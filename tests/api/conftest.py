"""Callers of the interface: in this process, and a server of its own that runs with the portal's role."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker

from conftest import clean
from tests.faults.running import PATIENCE
from tests.ports import free_port
from yipanqi.commands.messages import compile_all

# Before any test reads a translation: the compiled ones are no part of the checkout.
compile_all()

ORDER = {"kind": "order", "title": "路灯不亮", "text": "示例路三号杆的路灯不亮一周了。"}


@dataclass(frozen=True)
class Told:
    """An answer: its status, its headers by lower-case name, its bytes, and what they say."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def problem(self) -> str:
        """The kind of problem it is; fails for what is none."""
        assert self.headers["content-type"] == "application/problem+json"
        assert self.json["status"] == self.status
        return str(self.json["type"]).removeprefix("/api/v1/problems/")

    @property
    def wrong(self) -> dict[str, str]:
        """What is wrong, by member."""
        return {error["field"]: error["message"] for error in self.json["errors"]}


Call = Callable[..., Told]


def is_english(text: str) -> bool:
    """Whether no Chinese stands in it, not even a comma."""
    return not any("\u2e80" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef" for c in text)


def _headers(key: Any, headers: dict[str, str]) -> dict[str, Any]:
    given: dict[str, Any] = {
        "Content-Type": "application/json",
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    return given if key is None else {**given, "Idempotency-Key": key}


def _content(body: Any) -> Any:
    """JSON of what is not bytes or an iterator of bytes, which is sent in chunks."""
    return body if isinstance(body, bytes | Iterator) else json.dumps(body).encode()


@pytest.fixture
def call(client: Client) -> Call:
    """Call /api/v1/<name> in this process; posts JSON where no other method is named."""

    def send(
        name: str, body: Any = b"", *, method: str = "POST", key: str | None = None, **more: str
    ) -> Told:
        headers = _headers(key, more)
        kind = headers.pop("Content-Type")
        response: Any = client.generic(
            method, f"/api/v1/{name}", _content(body), content_type=kind, headers=headers
        )
        return Told(response.status_code, {k.lower(): v for k, v in response.items()}, response.content)

    return send


@dataclass
class Portal:
    """A running portal. Each call has a connection of its own, as different clients have."""

    port: int

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def call(self, name: str, body: Any = b"", *, method: str = "POST", key: Any = None, **more: str) -> Told:
        connection = self.connect()
        try:
            connection.request(
                method, f"/api/v1/{name}", _content(body), {**_headers(key, more), "Connection": "close"}
            )
            response = connection.getresponse()
            return Told(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()


@pytest.fixture(scope="module")
def portal(django_db_blocker: DjangoDbBlocker) -> Iterator[Portal]:
    """A portal as it is deployed: processes of its own, with the portal's database role and no other."""
    from tests.factories import make_city  # not before Django is set up

    with django_db_blocker.unblock():
        clean()
        make_city()
    powers = {name for name in os.environ if name.endswith("DATABASE_URL")} - {"PORTAL_DATABASE_URL"}
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if name not in powers},
        "YIPANQI_SURFACE": "portal",
        "YIPANQI_HOME": str(settings.HOME),
        "YIPANQI_WEB_WORKERS": "2",
        "PORT": str(port),
    }
    process = subprocess.Popen([sys.executable, "-m", "yipanqi.runtime.web"], env=environment)
    try:
        _wait(port, process)
        yield Portal(port)
    finally:
        process.terminate()
        process.wait(30)
        with django_db_blocker.unblock():
            clean()


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert process.poll() is None, "the portal ended while starting"
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/health/")
            if connection.getresponse().status == 200:
                return
        except (OSError, HTTPException):
            time.sleep(0.1)
        finally:
            connection.close()
    raise AssertionError("the portal does not answer")
