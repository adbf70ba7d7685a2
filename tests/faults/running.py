"""The product as people start it, in a home of its own, for tests that kill parts of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg

from tests.ports import free_port
from yipanqi.runtime import embedded

PASSWORD = "yipanqi-demo"
SELF = [sys.executable, "-m", "yipanqi.commands.main"]
PATIENCE = 120.0  # seconds; not a target but the point at which a hang is called one


def environment(home: Path) -> dict[str, str]:
    """The environment of a fresh user: nothing of the test's own database or settings."""
    kept = {
        k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL") and not k.startswith("YIPANQI_")
    }
    kept.pop("DJANGO_SETTINGS_MODULE", None)
    return {**kept, "YIPANQI_HOME": str(home)}


def _born(pid: int) -> int:
    """When a process began, in ticks since the machine did."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


@dataclass
class Running:
    """A running product."""

    home: Path
    port: int
    process: subprocess.Popen[Any]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @staticmethod
    def _children(parent: int) -> dict[int, str]:
        """The children of a process, with their command lines."""
        found: dict[int, str] = {}
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            for pid in map(int, task.read_text().split()):
                with suppress(OSError):
                    found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return found

    def web(self) -> int:
        """The pid of the web server, whose children answer requests."""
        return self._child("yipanqi.runtime.web")

    def worker(self) -> int:
        """The pid of the job queue's worker."""
        return self._child("yipanqi.commands.main worker")

    def _child(self, line: str) -> int:
        """The pid of the supervisor's own child with this in its command line; LookupError while it is down."""
        for pid, command in self._children(self.process.pid).items():
            if line in command:
                return pid
        raise LookupError(line)

    def web_workers(self) -> list[int]:
        """The pids of the processes that answer requests, the oldest first; none while the web server is down."""
        with suppress(LookupError):
            return sorted(self._children(self.web()), key=_born)
        return []

    def postmaster(self) -> int:
        """The pid of the embedded server."""
        (file,) = self.home.glob("**/postmaster.pid")
        return int(file.read_text().splitlines()[0])

    def post(
        self,
        path: str,
        body: dict[str, Any],
        *,
        source: str = "127.0.0.1",
        listen: bool = True,
        **headers: str,
    ) -> tuple[int, dict[str, Any]]:
        """Post JSON once, from an address of this machine; status 0 where the connection broke, or where nobody
        listens for the answer."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20, source_address=(source, 0))
        try:
            connection.request(
                "POST", path, json.dumps(body).encode(), {"Content-Type": "application/json", **given}
            )
            if not listen:
                return 0, {}
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()

    def submit(self, body: dict[str, Any], *, key: str, listen: bool = True) -> dict[str, Any]:
        """File a submission as a client that does not give up: the same key until it is acknowledged. One that does
        not listen at first loses the first answer, as happens to those of a server that is killed."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            status, answer = self.post("/api/v1/submissions", body, Idempotency_Key=key, listen=listen)
            listen = True
            if status == 201:
                return answer
            # Broken off, or told that the database is away: no other refusal is to come of a killed process.
            assert status in (0, 503), status
            assert self.process.poll() is None, "the product ended"
            time.sleep(0.05)
        raise AssertionError(f"{key} was never acknowledged")

    def answers(self) -> bool:
        """Whether the product is well. That its database is away is an answer of its own, and no error."""
        try:
            with urllib.request.urlopen(self.url + "/health/", timeout=2) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError as error:
            with error:
                if error.code != 503:
                    raise AssertionError(f"health tells {error.code}") from error
            return False
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
        """A query with the owner's role on the database of this product."""
        return sql(self.home, query)


def sql(home: Path, query: str) -> list[tuple[Any, ...]]:
    """A query with the owner's role on the embedded server of a home."""
    with (
        embedded.running(home, say=embedded.say_nothing) as server,
        psycopg.connect(server.urls["MIGRATE_DATABASE_URL"], options="-c search_path=city") as connection,
    ):
        return connection.execute(query.encode()).fetchall()


@contextmanager
def serving(home: Path, *arguments: str, more: Mapping[str, str] = MappingProxyType({})) -> Iterator[Running]:
    """`yipanqi serve` in a home, with more in its environment; stopped by Ctrl-C at the end."""
    port = free_port()
    process = subprocess.Popen(
        [*SELF, "serve", "--port", str(port), *arguments],
        env={**environment(home), **more},
        start_new_session=True,
    )
    running = Running(home, port, process)
    try:
        running.wait()
        yield running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)  # as a console does it
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise


def everything(home: Path) -> dict[int, str]:
    """Every process that works on a home, with its command line: ours say so in their environment, and the
    database's, whose environment is bare, work in the data folder."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            ours = f"YIPANQI_HOME={home}".encode() in (entry / "environ").read_bytes().split(b"\0")
            if ours or (entry / "cwd").resolve().is_relative_to(home):
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def kill(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):  # gone with one that was killed before it
            os.kill(pid, signal.SIGKILL)


def command(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SELF, *arguments], env=environment(home), capture_output=True, text=True, timeout=300, check=False
    )


def nothing_left(home: Path) -> bool:
    """Whether every process that works on a home ends within some seconds."""
    deadline = time.monotonic() + 20
    while everything(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    return everything(home) == {}


def words(number: int | str) -> dict[str, Any]:
    """The body of a submission."""
    return {
        "kind": "order",
        "title": f"示例 {number}",
        "text": f"示例诉求，第 {number} 件。",
        "contact": {"name": f"示例{number}", "phone": "19900000001"},
        "anonymity": "named",
    }


def build_small_city(home: Path) -> None:
    """The city with its written stories and nothing behind them."""
    subprocess.run([*SELF, "demo", "--cases", "0"], env=environment(home), check=True, timeout=300)
