"""`yipanqi serve`: the whole product by one command."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException

import click

from yipanqi.runtime import environment
from yipanqi.runtime.embedded import Server, say_on_console as say
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.processes import Child, Supervisor, require_free, run_apart

REPORTS = ("YIPANQI_REPORTS_IMAP_URL", "YIPANQI_REPORTS_IMAP_PASSWORD_FILE")
#: What each process is not given: a captured web process cannot use a power that it never had.
TOO_MUCH = {
    "web": ("MIGRATE_DATABASE_URL", "ERASE_DATABASE_URL", "YIPANQI_SMTP_URL"),
    "portal": ("MIGRATE_DATABASE_URL", "ERASE_DATABASE_URL", "DATABASE_URL", "YIPANQI_SMTP_URL", *REPORTS),
    "worker": ("MIGRATE_DATABASE_URL", *REPORTS),
}
SELF = (sys.executable, "-m", "yipanqi.commands.main")


@click.command()
@click.option("--portal", "surface", flag_value="portal", help="Serve the residents' pages only.")
@click.option("--desk", "surface", flag_value="desk", help="Serve the staff's pages only.")
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True)
@click.option("--host", envvar="YIPANQI_BIND", default="127.0.0.1", show_default=True)
@click.option("--no-demo", is_flag=True, help="Do not build the demonstration city in an empty database.")
@click.option("--no-worker", is_flag=True, help="Run no worker: another process does (`yipanqi worker`).")
@click.option("--set-up", is_flag=True, hidden=True, help="Only migrate and build; print what to tell.")
def command(surface: str | None, port: int, host: str, no_demo: bool, no_worker: bool, set_up: bool) -> int:
    """Run the product: web pages and the worker.

    Migrates where needed and builds the demonstration city in an empty database. Ctrl-C stops everything.
    """
    if surface:
        os.environ["YIPANQI_SURFACE"] = surface
    if set_up:
        return _set_up(demo=not no_demo)
    began = time.monotonic()
    os.environ |= {"PORT": str(port), "YIPANQI_BIND": host}
    require_free(host, port)
    say("Starting the database")
    server = environment.prepare(True)
    told = _set_up_apart(no_demo)
    children = [_child("web", "-m", "yipanqi.runtime.web")]
    if not no_worker and os.environ.get("DATABASE_URL"):
        children.append(_child("worker", *SELF[1:], "worker"))
    watch = _Watch(server, lambda: _tell(host, port, told, time.monotonic() - began), host, port)
    code = Supervisor(children, watch=watch, say=say).run()
    environment.release()
    if code == 0:
        say("Stopped. The data are kept.")
    return code


def _child(name: str, *arguments: str) -> Child:
    kind = "portal" if name == "web" and os.environ.get("YIPANQI_SURFACE") == "portal" else name
    given = {key: value for key, value in os.environ.items() if key not in TOO_MUCH[kind]}
    return Child(name, [sys.executable, *arguments], given)


def _set_up_apart(no_demo: bool) -> str:
    """Set up in a process of its own, which takes its memory with it, and return what it wants told."""
    command = [*SELF, "serve", "--set-up", *(["--no-demo"] if no_demo else [])]
    code, told = run_apart(command, os.environ, output=subprocess.PIPE)
    if code != 0:
        raise PlainError("It could not be set up; the reason is above.")
    return told.decode()


def _set_up(*, demo: bool) -> int:
    from yipanqi.commands.migrate import ensure_migrated, refuse_too_much_power
    from yipanqi.commands.setup import ready

    environment.prepare(True)
    ensure_migrated()
    if demo and os.environ.get("DATABASE_URL"):
        from django.conf import settings

        from yipanqi.commands.demo import ensure_demo

        ready()
        if settings.DEMO_CITY and (told := ensure_demo()):
            click.echo(told)
    refuse_too_much_power()
    return 0


class _Watch:
    """Looks after the embedded database, and tells the addresses once the first page answers."""

    def __init__(self, server: Server | None, tell: Callable[[], None], host: str, port: int) -> None:
        self._server = server
        self._tell: Callable[[], None] | None = tell
        self._address = (host, port)

    def __call__(self) -> None:
        if self._server is not None and not self._server.alive():
            say("The database has ended; it is started again.")
            self._server.ensure()
        if self._tell is not None and _answers(*self._address):
            self._tell()
            self._tell = None


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _tell(host: str, port: int, told: str, seconds: float) -> None:
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    surface = os.environ.get("YIPANQI_SURFACE", "both")
    lines = [f"Ready after {seconds:.1f} s. Ctrl-C stops it.", ""]
    if surface in ("both", "portal"):
        lines.append(f"  For residents  {address}/")
    if surface in ("both", "desk"):
        lines.append(f"  For staff      {address}/desk/")
    lines.append(f"  Data and keys  {os.environ['YIPANQI_HOME']}")
    if not os.environ.get("YIPANQI_SMTP_URL"):
        lines.append("  Messages       no mail server is set: e-mails become files in outbox/ of that folder")
    click.echo("\n".join(lines))
    if told.strip():
        click.echo(f"\n{told.rstrip()}")
    sys.stdout.flush()
