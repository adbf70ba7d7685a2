"""The product as people start it, in a home of its own, for tests that kill parts of it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

SELF = [sys.executable, "-m", "yipanqi.commands.main"]
PATIENCE = 120.0  # seconds; not a target but the point at which a hang is called one


def environment(home: Path) -> dict[str, str]:
    """The environment of a fresh user: nothing of the test's own database or settings."""
    kept = {
        k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL") and not k.startswith("YIPANQI_")
    }
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "YIPANQI_HOME": str(home)}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Running:
    """A running product."""

    home: Path
    port: int
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def children(self) -> dict[int, str]:
        """Every process below the supervisor, with its command line."""
        parents: dict[int, list[int]] = {}
        lines: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                lines[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except (OSError, IndexError):
                continue
            parents.setdefault(int(stat[1]), []).append(int(entry.name))
        found: dict[int, str] = {}
        todo = [self.process.pid]
        while todo:
            for child in parents.get(todo.pop(), []):
                found[child] = lines.get(child, "")
                todo.append(child)
        return found

    def web_processes(self) -> list[int]:
        return [pid for pid, line in self.children().items() if "yipanqi.runtime.web" in line]

    def postmaster(self) -> int:
        """The pid of the embedded server."""
        (file,) = self.home.glob("**/postmaster.pid")
        return int(file.read_text().splitlines()[0])

    def post(self, path: str, body: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        """Post JSON once; status 0 where the connection broke."""
        request = urllib.request.Request(
            self.url + path,
            data=json.dumps(body).encode(),
            headers={
                "Content-Type": "application/json",
                **{k.replace("_", "-"): v for k, v in headers.items()},
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                error.read()
            return error.code, {}
        except (OSError, ValueError):
            return 0, {}

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/health/", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def wait(self) -> None:
        """Until a page answers; fails with what the process said where it ends before."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self.answers():
                return
            assert self.process.poll() is None, "the product ended while starting"
            time.sleep(0.2)
        raise AssertionError("the product does not answer")

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """A query with the owner's role on the embedded server, which must be running."""
        from yipanqi.runtime import embedded

        with (
            embedded.running(self.home, say=embedded.say_nothing) as server,
            psycopg.connect(server.urls["MIGRATE_DATABASE_URL"], options="-c search_path=city") as connection,
        ):
            return connection.execute(query.encode()).fetchall()


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Running]:
    """`yipanqi serve` in a home; stopped by Ctrl-C at the end."""
    port = free_port()
    process = subprocess.Popen(
        [*SELF, "serve", "--port", str(port), *arguments], env=environment(home), start_new_session=True
    )
    running = Running(home, port, process)
    try:
        running.wait()
        yield running
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def build_small_city(home: Path) -> None:
    """The city with its written stories and nothing behind them."""
    subprocess.run([*SELF, "demo", "--cases", "0"], env=environment(home), check=True, timeout=300)
