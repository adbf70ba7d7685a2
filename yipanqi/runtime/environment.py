"""The environment that every command finds: home, secrets, and the URLs of a running database."""

from __future__ import annotations

import atexit
import os
from contextlib import ExitStack
from pathlib import Path

import psycopg

from yipanqi.runtime import embedded, home as homes
from yipanqi.runtime.cluster import Say
from yipanqi.runtime.errors import PlainError

URLS = ("DATABASE_URL", "MIGRATE_DATABASE_URL", "PORTAL_DATABASE_URL", "ERASE_DATABASE_URL")

#: How long a database may take to answer that a command can do without, in seconds.
PATIENCE = 3

_stack = ExitStack()
_server: embedded.Server | None = None


def home() -> Path:
    """The folder of data and keys: YIPANQI_HOME, else the default one of this checkout."""
    return Path(os.environ.get("YIPANQI_HOME") or homes.default_home()).absolute()


def prepare(command_needs_database: bool, *, say: Say = embedded.say_on_console) -> embedded.Server | None:
    """Set the environment for Django, before Django is set up.

    Sets YIPANQI_HOME, YIPANQI_SECRET_KEY and DJANGO_SETTINGS_MODULE; and where the command needs a database
    and none is given, starts or adopts the embedded server, sets the four URLs, and returns the server,
    which `release` or the end of the process stops when nobody else uses it. Raises PlainError.
    """
    global _server
    place = homes.make_home(home())
    os.environ["YIPANQI_HOME"] = str(place)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if not os.environ.get("YIPANQI_SECRET_KEY"):
        os.environ["YIPANQI_SECRET_KEY"] = homes.django_secret(place)
    if command_needs_database and _server is None and not _given():
        atexit.register(release)
        _server = _stack.enter_context(embedded.running(place, say=say))
        os.environ.update(_server.urls)
    return _server


def find_standing() -> bool:
    """Set the environment for Django where a database stands and answers within seconds; start none.

    For commands that tell more with a database and do without. Raises PlainError as `prepare` does.
    """
    if not _given():
        server = embedded.standing(home())
        if server is None:
            return False
        os.environ.update(server.urls)
    url = os.environ.get(
        "PORTAL_DATABASE_URL" if os.environ.get("YIPANQI_SURFACE") == "portal" else "DATABASE_URL"
    )
    try:
        psycopg.connect(url or "", connect_timeout=PATIENCE).close()
    except psycopg.Error:
        return False
    prepare(command_needs_database=False)
    return True


def _given() -> bool:
    """Whether the environment names a database. One that names only a part of what is needed is an error:
    half the product would work on the embedded database otherwise."""
    if not any(os.environ.get(name) for name in URLS):
        return False
    needed = "PORTAL_DATABASE_URL" if os.environ.get("YIPANQI_SURFACE") == "portal" else "DATABASE_URL"
    if not os.environ.get(needed):
        given = ", ".join(name for name in URLS if os.environ.get(name))
        raise PlainError(f"{given} is given, but not {needed}. Give both, or none for the embedded database.")
    return True


def release() -> None:
    """Leave the embedded server, if this process uses it."""
    global _server
    if _server is not None:
        for name in _server.urls:
            os.environ.pop(name, None)
        _server = None
    _stack.close()
