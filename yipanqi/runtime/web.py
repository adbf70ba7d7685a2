"""The web process: granian serving the WSGI application. Started by `yipanqi serve`, not by hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import Server

from yipanqi.runtime.signals import dies_with

APPLICATION = "config.wsgi"
#: Seconds that requests under way may take at a stop.
GRACE = 5
PARENT = "YIPANQI_WEB_PARENT"


def number(name: str, default: int) -> int:
    """A whole number of at least 1 from the environment."""
    given = os.environ.get(name, "")
    return int(given) if given.isdigit() and int(given) > 0 else default


def load(_: str) -> Callable[..., Any]:
    """The application, in a worker of granian's. A worker would outlive a killed granian otherwise, and
    keep the port."""
    dies_with(int(os.environ[PARENT]))()
    application: Callable[..., Any] = import_module(APPLICATION).application
    return application


def main() -> None:
    """Serve at YIPANQI_BIND:PORT with YIPANQI_WEB_WORKERS processes of YIPANQI_WEB_THREADS threads."""
    os.environ[PARENT] = str(os.getpid())
    cpus = os.cpu_count() or 1
    server = Server(
        APPLICATION,
        address=os.environ.get("YIPANQI_BIND", "127.0.0.1"),
        port=number("PORT", 8000),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=number("YIPANQI_WEB_WORKERS", min(2, cpus)),
        # A connection to the database for each thread. More than these granian thinks too many for the machine.
        blocking_threads=number("YIPANQI_WEB_THREADS", min(8, 2 * cpus + 1)),
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=GRACE,
    )
    server.serve(target_loader=load)
    sys.exit(0)


if __name__ == "__main__":
    main()
