"""Homes and servers for the tests of the runtime: real ones, with every set of binaries that is here."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from yipanqi.runtime import embedded
from yipanqi.runtime.grants import Names

WHEEL = "wheel"
DEBIAN = sorted(str(path) for path in Path("/usr/lib/postgresql").glob("1[5-8]/bin"))


@pytest.fixture(params=[WHEEL, *DEBIAN])
def every_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs a test with the wheel's binaries and with each version that the machine has."""
    if request.param == WHEEL:
        monkeypatch.delenv("YIPANQI_PG_BIN", raising=False)
    else:
        monkeypatch.setenv("YIPANQI_PG_BIN", request.param)
    return str(request.param)


@pytest.fixture
def home() -> Iterator[Path]:
    """An empty home that the server's account can pass through; pytest's own folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="yqt-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server() -> Iterator[embedded.Server]:
    """One server for a module's tests, the wheel's."""
    with embedded.throwaway(names=Names()) as running:
        yield running


@pytest.fixture
def user_of(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts another process that uses the server of ``home``: it prints a line when it has it, and leaves
    when its standard input ends."""
    started: list[subprocess.Popen[str]] = []

    def start(where: Path = home) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", USER, str(where)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "has it\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


USER = """
import sys
from pathlib import Path
from yipanqi.runtime import embedded
with embedded.running(Path(sys.argv[1])):
    print("has it", flush=True)
    sys.stdin.read()
"""


def leave(process: subprocess.Popen[str]) -> None:
    """Ask a user of a server to leave, and wait until it has."""
    process.communicate(timeout=60)
    assert process.returncode == 0


def postmaster(server: embedded.Server) -> int:
    """The process id of a server's postmaster."""
    return int((server.cluster.data / "postmaster.pid").read_text().split()[0])


def ordinary_account() -> pwd.struct_passwd:
    """An account that is not root's and has nothing to do with ours."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
