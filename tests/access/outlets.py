"""Where words can come out of the product besides its pages: roles, dumps, logs and files."""

from __future__ import annotations

import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import connection
from psycopg.conninfo import conninfo_to_dict

from tests.faults.running import PATIENCE, SELF, Running
from tests.ports import free_port
from yipanqi.runtime import binaries
from yipanqi.runtime.account import server_account


def current_user() -> str:
    """The database role that the product has now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        return str(cursor.fetchone()[0])


@contextmanager
def as_portal() -> Iterator[None]:
    """The product with the portal's database role, as `serve --portal` has it."""
    portal = conninfo_to_dict(os.environ["PORTAL_DATABASE_URL"])
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict |= {"USER": portal["user"], "PASSWORD": portal["password"]}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= {"USER": before["USER"], "PASSWORD": before["PASSWORD"]}


@contextmanager
def logging_to(out: io.StringIO) -> Iterator[None]:
    """Everything that is logged, at the lowest level, as the product's own formatter writes it."""
    formatters: Any = settings.LOGGING["formatters"]
    plain = dict(formatters["plain"])
    module, _dot, name = str(plain["()"]).rpartition(".")
    handler, root = logging.StreamHandler(out), logging.getLogger()
    handler.setFormatter(getattr(import_module(module), name)(plain["format"]))
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def dump() -> str:
    """The whole database as `pg_dump` writes it, with the owner's role."""
    programs = binaries.find(server_account(_cluster() / "data"))
    done = subprocess.run(
        [programs["pg_dump"], "--no-owner", os.environ["MIGRATE_DATABASE_URL"]],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def tables(dumped: str) -> dict[str, str]:
    """The rows of each table in a dump."""
    found = {}
    for part in dumped.split("\nCOPY ")[1:]:
        head, _line, rows = part.partition("\n")
        found[head.split(" ", 1)[0].partition(".")[2]] = rows.partition("\n\\.\n")[0]
    return found


def _cluster() -> Path:
    """The folder of the throw-away server: its socket lies in it."""
    return Path(parse_qs(urlsplit(os.environ["DATABASE_URL"]).query)["host"][0]).parent


def server_logs() -> str:
    """What the database server wrote of itself."""
    return "\n".join(path.read_text(errors="replace") for path in (_cluster() / "log").glob("*.log"))


def files_outside() -> dict[str, bytes]:
    """Every file that the product keeps outside the database: keys, checkpoints, the server's logs, what else there may
    be."""
    home = Path(settings.HOME)
    database = home / "postgresql" / "data"
    files = [p for p in home.rglob("*") if p.is_file() and not p.is_relative_to(database)]
    return {str(path.relative_to(home)): path.read_bytes() for path in files}


def run(*arguments: str) -> str:
    """What a command prints, on both streams."""
    powers = {"MIGRATE_DATABASE_URL", "ERASE_DATABASE_URL"}
    environment = {k: v for k, v in os.environ.items() if k not in powers}
    done = subprocess.run(
        [*SELF, *arguments],
        env={**environment, "YIPANQI_HOME": str(settings.HOME)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout + done.stderr


Asked = tuple[str, str, str, dict[str, str]]


def serve_and_ask(requests: list[Asked]) -> tuple[list[tuple[int, str]], str]:
    """What the web server answers to requests (method, path, body, headers), and all that it prints meanwhile. It
    serves both surfaces with the portal's role: what needs the application's is an error."""
    port = free_port()
    environment = {
        **os.environ, "YIPANQI_ROLE": "portal", "YIPANQI_SURFACE": "both", "YIPANQI_HOME": str(settings.HOME),
        "YIPANQI_WEB_WORKERS": "1", "PORT": str(port),
    }  # fmt: skip
    command = [sys.executable, "-m", "yipanqi.runtime.web"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        Running(Path(settings.HOME), port, process).wait()
        answers = [_ask(port, *each) for each in requests]
    finally:
        process.terminate()
        printed = process.communicate(timeout=60)[0].decode()
    return answers, printed


def _ask(port: int, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
    """One request; a form's post brings the token and the cookie of the page that it stands on."""
    link = HTTPConnection("127.0.0.1", port, timeout=60)
    sent = dict(headers)
    if "form" in headers.get("Content-Type", ""):
        link.request("GET", path)
        page = link.getresponse()
        sent["Cookie"] = str(page.getheader("Set-Cookie")).split(";")[0]
        token = page.read().decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        body += f"&csrfmiddlewaretoken={token}"
    link.request(method, path, body.encode(), sent)
    answer = link.getresponse()
    said = answer.read().decode("utf-8", "replace")
    link.close()
    return answer.status, said
