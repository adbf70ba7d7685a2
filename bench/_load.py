"""A closed loop of clients over loopback with connections kept alive, and what it cost the servers in CPU."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

BENCH = Path(__file__).parent


@dataclass(frozen=True)
class Load:
    """Times in milliseconds, sorted; `cpu_ms` of a request, of the web processes and PostgreSQL together."""

    times: Sequence[float]
    seconds: float
    cpu_ms: float

    def at(self, percent: float) -> float:
        return self.times[min(len(self.times) - 1, int(len(self.times) * percent / 100))]


@contextmanager
def serving(module: str, port: int, data: Path, workers: int = 2) -> Iterator[Serving]:
    """A web server of the product (`yipanqi.runtime.web`) or the baseline, with two workers."""
    environment = {**os.environ, "PORT": str(port), "YIPANQI_WEB_WORKERS": str(workers)}
    environment["PYTHONPATH"] = os.pathsep.join([str(BENCH), str(BENCH.parent)])
    process = subprocess.Popen([sys.executable, "-m", module], env=environment, cwd=BENCH.parent)
    try:
        _wait_for(port)
        yield Serving(port, process.pid, data)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"nothing serves port {port}")


@dataclass(frozen=True)
class Serving:
    """A server that runs: its port, its process, and the data folder of its database."""

    port: int
    pid: int
    data: Path

    def drive(self, requests: Sequence[bytes], clients: int, expect: int) -> Load:
        """Send the requests, so many at a time; every answer must have the status that is expected."""
        waiting, times, wrong = iter(requests), [], []
        lock = threading.Lock()

        def client() -> None:
            with socket.create_connection(("127.0.0.1", self.port)) as connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                while True:
                    with lock:
                        request = next(waiting, None)
                    if request is None:
                        return
                    began = time.perf_counter()
                    connection.sendall(request)
                    status, head = _answer(connection)
                    times.append(1000 * (time.perf_counter() - began))
                    if status != expect:
                        wrong.append((status, head[:300]))

        threads = [threading.Thread(target=client) for _ in range(clients)]
        before, began = self.cpu(), time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds, used = time.perf_counter() - began, self.cpu() - before
        if wrong or len(times) != len(requests):
            raise RuntimeError(f"{len(wrong)} wrong answers of {len(times)}: {wrong[:1]}")
        return Load(sorted(times), seconds, 1000 * used / len(times))

    def cpu(self) -> float:
        """Seconds of CPU of the web processes and of PostgreSQL so far."""
        return sum(_ticks(stat) for stat in self._processes()) / os.sysconf("SC_CLK_TCK")

    def pss(self) -> int:
        """MiB of memory of the web processes, what they share counted once."""
        total = 0
        for stat in self._processes(database=False):
            for line in (stat.parent / "smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total // 1024

    def _processes(self, *, database: bool = True) -> Iterator[Path]:
        parents = {int(p.name): p / "stat" for p in Path("/proc").iterdir() if p.name.isdigit()}
        for pid, stat in parents.items():
            try:
                if self._is_web(pid) or (database and (stat.parent / "cwd").readlink() == self.data):
                    yield stat
            except OSError:
                continue  # it has ended meanwhile

    def _is_web(self, pid: int) -> bool:
        while pid > 1 and pid != self.pid:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        return pid == self.pid


def _ticks(stat: Path) -> int:
    fields = stat.read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and beginning of one answer, read to its end."""
    got = b""
    while b"\r\n\r\n" not in got:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError("the server closed the connection")
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length")
        ),
        0,
    )
    while len(body) < length:
        body += connection.recv(65536)
    return int(head.split(b" ", 2)[1]), head + b"\r\n\r\n" + body


def request(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
