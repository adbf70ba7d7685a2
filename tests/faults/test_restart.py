"""Whatever of it was killed, the product goes on or starts again with its data, and nothing has to be repaired."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.running import (
    SELF,
    Running,
    command,
    environment,
    everything,
    kill,
    nothing_left,
    serving,
    words,
)
from tests.ports import free_port

pytestmark = pytest.mark.fault


def victims(running: Running, name: str) -> list[int]:
    """The processes to kill."""
    if name == "everything":
        return list(everything(running.home))
    return [{"supervisor": lambda: running.process.pid, "web": running.web, "web worker": lambda: running.web_workers()[0],
             "worker": running.worker, "postmaster": running.postmaster}[name]()]  # fmt: skip


@pytest.mark.parametrize("name", ["web", "web worker", "worker", "postmaster"])
def test_the_supervisor_brings_back_what_was_killed(city_home: Path, name: str) -> None:
    with serving(city_home) as running:
        before = running.submit(words("之前"), key="before")
        killed = victims(running, name)
        kill(killed)
        deadline = time.monotonic() + 60
        while not came_back(running, name, killed) and time.monotonic() < deadline:
            time.sleep(0.1)
        assert came_back(running, name, killed)
        running.submit(words("之后"), key="after")
        assert can_track(running, before)
    assert running.process.returncode == 0
    assert nothing_left(city_home)
    assert command(city_home, "verify").returncode == 0


def came_back(running: Running, name: str, killed: list[int]) -> bool:
    """Whether another process has taken the place of the killed one, and pages answer."""
    try:
        return victims(running, name) != killed and running.answers()
    except (LookupError, ValueError, FileNotFoundError):  # a database that is being started has no number yet
        return False


def can_track(running: Running, filed: dict[str, str]) -> bool:
    body = {"reference": filed["reference"], "secret": filed["secret"]}
    return running.post("/api/v1/track", body)[0] == 200


@pytest.mark.parametrize("name", ["supervisor", "everything"])
def test_after_a_killed_run_the_next_one_has_the_data_and_leaves_nothing(city_home: Path, name: str) -> None:
    with serving(city_home) as running:
        before = running.submit(words("之前"), key="before")
        kill(victims(running, name))
        running.process.wait()
    with serving(city_home) as again:
        assert can_track(again, before)
        again.submit(words("之后"), key="after")
    assert again.process.returncode == 0
    assert nothing_left(city_home)
    assert command(city_home, "verify").returncode == 0


def test_a_start_tells_what_a_newcomer_needs_and_warns_of_nothing(city_home: Path) -> None:
    port = free_port()
    process = subprocess.Popen(
        [*SELF, "serve", "--port", str(port)],
        env=environment(city_home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    Running(city_home, port, process).wait()
    assert process.stdout is not None
    said = ""
    # It is told a little after the first page answers, on a busy machine not so little.
    while "Demo accounts" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    time.sleep(1)  # the accounts follow at once
    os.killpg(process.pid, signal.SIGINT)
    said += process.stdout.read()
    process.wait(timeout=60)
    process.stdout.close()
    lines = [line for line in said.splitlines() if line]
    assert lines[:2] == ["Starting the database", "The database is up to date."]
    assert lines[2].startswith("Ready after ")
    assert lines[3:5] == [
        f"  For residents  http://127.0.0.1:{port}/",
        f"  For staff      http://127.0.0.1:{port}/desk/",
    ]
    assert lines[5] == f"  Data and keys  {city_home}"
    assert lines[6].startswith("  Messages       no mail server is set")
    assert lines[7].startswith("Demo accounts")
    assert lines[-2:] == ["Stopping …", "Stopped. The data are kept."]
    assert all(line.startswith("  ") for line in lines[8:-2])  # the accounts, and no warning
    assert process.returncode == 0
