"""A first start that is killed again and again comes to its end: the next one takes up what it finds."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from tests.faults.running import SELF, command, environment, everything, kill, nothing_left, sql

pytestmark = pytest.mark.fault


def test_a_first_start_that_is_killed_again_and_again_comes_to_its_end(fresh_home: Path) -> None:
    for seconds in (0.8, 1.6, 2.4):
        kill_after(seconds, begin(fresh_home), fresh_home)
    # And in the midst of the city, which a fast machine may have built by now.
    process = begin(fresh_home)
    assert process.stderr is not None
    if any("Building the demo city" in line for line in process.stderr):
        kill_after(1, process, fresh_home)
    else:
        process.communicate()
    assert command(fresh_home, "demo", "--cases", "0").returncode == 0
    # What is in hand after the conferences is built last: a city that stopped half way would have no mechanism.
    assert sql(fresh_home, "SELECT count(*) > 0 FROM meetings_mechanism") == [(True,)]
    assert nothing_left(fresh_home)
    assert command(fresh_home, "verify").returncode == 0


def begin(home: Path) -> subprocess.Popen[str]:
    """Start the building of the small city."""
    return subprocess.Popen(
        [*SELF, "demo", "--cases", "0"], env=environment(home), stderr=subprocess.PIPE, text=True
    )


def kill_after(seconds: float, process: subprocess.Popen[str], home: Path) -> None:
    """Kill it and everything that it started, the database included."""
    time.sleep(seconds)
    kill([process.pid, *(pid for pid in everything(home) if pid != process.pid)])
    process.communicate()
