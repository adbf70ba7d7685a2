"""The supervisor: keeps children running, ends with them, leaves nothing behind, however it ends itself."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.ports import free_port
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.processes import require_free

#: A supervisor of children that are given as Python code by name; it tells its own children's ids.
SUPERVISOR = """
import os, sys
from yipanqi.runtime.processes import Child, Supervisor
children = [Child(part.split("=", 1)[0], [sys.executable, "-c", part.split("=", 1)[1]], os.environ)
            for part in sys.argv[1:]]
sys.exit(Supervisor(children, watch=lambda: None, say=lambda line: print(line, flush=True)).run())
"""
# One write, so that two of them at once never mix their lines.
SLEEPER = "import os, time; os.write(1, b'pid %d\\n' % os.getpid()); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEPER
PARENT = (
    "import os, sys, subprocess; "
    "subprocess.Popen([sys.executable, '-c', 'import os, time; os.write(1, b\"pid %d\\\\n\" % os.getpid()); "
    "time.sleep(600)']); " + SLEEPER
)

Run = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def supervise() -> Iterator[Run]:
    """Starts a supervisor as a process of its own."""
    started: list[subprocess.Popen[str]] = []

    def start(*children: str, code: str = SUPERVISOR) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *children], stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def told(process: subprocess.Popen[str], start: str) -> str:
    """The rest of the next line that begins with ``start``."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith(start):
            return line.removeprefix(start).strip()
    raise AssertionError(f"it ended without saying {start}")


def gone(pid: int, seconds: float = 10) -> bool:
    """Whether the process ends, or is a zombie that only waits for its parent, within some seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.fault
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_cleanly(supervise: Run, number: int) -> None:
    process = supervise(f"one={SLEEPER}", f"two={SLEEPER}")
    pids = [int(told(process, "pid ")) for _ in "12"]
    process.send_signal(number)
    assert process.wait(10) == 0
    assert all(gone(pid) for pid in pids)


@pytest.mark.fault
def test_a_killed_child_is_started_again_and_it_is_said(supervise: Run) -> None:
    process = supervise(f"web={SLEEPER}")
    first = int(told(process, "pid "))
    os.kill(first, signal.SIGKILL)
    assert told(process, "web ") == "was ended by SIGKILL; it is started again."
    assert int(told(process, "pid ")) != first


@pytest.mark.fault
def test_a_child_that_keeps_failing_ends_everything_with_an_error(supervise: Run) -> None:
    process = supervise(f"good={SLEEPER}", "bad=raise SystemExit(3)")
    good = int(told(process, "pid "))
    assert told(process, "bad ended with code 3, ") == "the 5th time within a minute: giving up."
    assert process.wait(20) == 1
    assert gone(good)


@pytest.mark.fault
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a child die with its parent")
def test_children_die_with_a_killed_supervisor(supervise: Run) -> None:
    process = supervise(f"one={SLEEPER}", f"two={STUBBORN}")
    pids = [int(told(process, "pid ")) for _ in "12"]
    process.kill()
    assert all(gone(pid) for pid in pids)


@pytest.mark.fault
def test_what_a_killed_child_had_started_is_swept_up(supervise: Run) -> None:
    process = supervise(f"web={PARENT}")
    pids = {int(told(process, "pid ")) for _ in "12"}
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[0]), signal.SIGKILL)
    assert all(gone(pid) for pid in pids)


@pytest.mark.fault
def test_a_second_signal_does_not_wait_for_a_stubborn_child(supervise: Run) -> None:
    process = supervise(f"web={STUBBORN}")
    pid = int(told(process, "pid "))
    process.send_signal(signal.SIGINT)
    told(process, "Stopping")
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert gone(pid)


@pytest.mark.fault
def test_a_stubborn_child_is_killed_after_the_grace(supervise: Run) -> None:
    hasty = SUPERVISOR.replace(
        "children =", "from yipanqi.runtime import processes; processes.GRACE = 0.3\nchildren ="
    )
    process = supervise(f"web={STUBBORN}", code=hasty)
    pid = int(told(process, "pid "))
    process.terminate()
    assert process.wait(10) == 0
    assert gone(pid)


def test_a_taken_port_is_told_in_words() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PlainError, match=f"Port {port} at 127.0.0.1 cannot be used.*PORT=8001"):
            require_free("127.0.0.1", port, patience=0)
    require_free("127.0.0.1", port, patience=0)


def test_a_port_that_becomes_free_is_waited_for() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        helper = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import socket, time; s = socket.socket(fileno={other.fileno()}); time.sleep(0.5)",
            ],
            pass_fds=[other.fileno()],
        )
    require_free("127.0.0.1", port, patience=10)
    helper.wait()


# The web process

TINY = """
import os, sys
from yipanqi.runtime import web
sys.path.insert(0, sys.argv[1])
web.APPLICATION = "tiny"
web.main()
"""
APPLICATION = """
import os
def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {os.getppid()}".encode()]
"""


def ask(port: int) -> list[int]:
    """The process ids of the worker that answers and of its parent."""
    until = time.monotonic() + 20
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/")
            return [int(word) for word in connection.getresponse().read().split()]
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        finally:
            connection.close()


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, supervise: Run) -> tuple[int, subprocess.Popen[str]]:
    """Granian with a tiny application: its port and its process."""
    (tmp_path / "tiny.py").write_text(APPLICATION)
    port = free_port()
    monkeypatch.setenv("PORT", str(port))
    monkeypatch.setenv("YIPANQI_WEB_WORKERS", "2")
    return port, supervise(str(tmp_path), code=TINY)


@pytest.mark.fault
def test_workers_die_with_a_killed_web_process_and_free_the_port(
    web: tuple[int, subprocess.Popen[str]],
) -> None:
    port, process = web
    worker, parent = ask(port)
    assert parent == process.pid
    process.kill()
    process.wait()
    assert gone(worker)
    require_free("127.0.0.1", port, patience=5)


@pytest.mark.fault
def test_a_killed_worker_is_replaced(web: tuple[int, subprocess.Popen[str]]) -> None:
    port, _ = web
    worker, parent = ask(port)
    os.kill(worker, signal.SIGKILL)
    again = [ask(port) for _ in range(20)]
    assert all(each[0] != worker and each[1] == parent for each in again)


@pytest.mark.fault
def test_the_web_process_ends_cleanly(web: tuple[int, subprocess.Popen[str]]) -> None:
    port, process = web
    worker, _ = ask(port)
    process.terminate()
    assert process.wait(10) == 0
    assert gone(worker)
