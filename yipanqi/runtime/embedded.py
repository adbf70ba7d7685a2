"""The embedded PostgreSQL: started by the first who needs it, stopped by the last one out.

Every user of a server holds a shared lock on `users.lock` in its home. On leaving, a user tries for the
exclusive lock without waiting, and whoever gets it is the last and stops the server. The kernel drops the
locks of a killed process, so there is no list of users to repair: at worst a server runs on alone, and the
next user adopts it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from yipanqi.runtime import binaries, home as homes
from yipanqi.runtime.account import server_account
from yipanqi.runtime.cluster import ADMIN, LOOK, TELL, Cluster, Ready, Say, private_folder, socket_folder
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.grants import Names
from yipanqi.runtime.roles import create_database, database_statements, role_statements

#: How long a living server may have no socket before it is taken for one whose socket was swept away.
SOCKET_PATIENCE = 10.0
#: pg_ctl hands paths to a shell in double quotes, where these have a meaning.
UNSAFE = frozenset('"$`\\\n')


def say_nothing(_: str) -> None:
    """For callers without a console."""


def say_on_console(line: str) -> None:
    """Progress goes to standard error: standard output is for what was asked."""
    print(line, file=sys.stderr, flush=True)


@dataclass(frozen=True, slots=True)
class Server:
    """A running embedded server, as its user sees it."""

    home: Path
    cluster: Cluster
    names: Names
    passwords: dict[str, str]

    def url(self, role: str, database: str | None = None) -> str:
        """The libpq URL of ``role``: admin, owner, app, portal or eraser. Admin is for set-up only."""
        user = ADMIN if role == "admin" else str(getattr(self.names, role))
        where = quote(str(self.cluster.sockets), safe="")
        name = quote(database or self.names.database, safe="")
        return f"postgresql://{user}:{quote(self.passwords[role], safe='')}@/{name}?host={where}&port=5432"

    @property
    def urls(self) -> dict[str, str]:
        """The four URLs by the names of their environment variables."""
        return {
            "MIGRATE_DATABASE_URL": self.url("owner"),
            "DATABASE_URL": self.url("app"),
            "PORTAL_DATABASE_URL": self.url("portal"),
            "ERASE_DATABASE_URL": self.url("eraser"),
        }

    def alive(self) -> bool:
        """Whether any process of the server lives. Cheap enough to ask every second."""
        return self.cluster.alive()

    def ensure(self) -> bool:
        """Make sure that the server accepts connections: adopt a living one, start a dead one. True when it
        had to be started. Raises PlainError where neither is possible."""
        began = told = time.monotonic()
        with _locked(self.home / "start.lock"):
            while True:
                state = self.cluster.ready()
                if state is Ready.ACCEPTING:
                    self._prove()
                    return False
                if state is Ready.SILENT:
                    if not self.cluster.alive() and self._start():
                        return True
                    if self._lost_socket(began):
                        self.cluster.say("  The server's socket is gone; restarting the server")
                        self.cluster.stop()
                if time.monotonic() - told >= TELL:
                    told = time.monotonic()
                    self.cluster.say(f"  waiting for PostgreSQL ({told - began:.0f} s)")
                time.sleep(LOOK)

    def _start(self) -> bool:
        if not self.cluster.data.exists():
            self.cluster.say("Making the database folder")
        self.cluster.create(self.passwords["admin"])
        if not self.cluster.start():
            return False
        self._prove()
        self._bootstrap()
        return True

    def _lost_socket(self, began: float) -> bool:
        """Cleaners of /tmp may take a socket away from under a living server, which then hears nobody."""
        return (
            time.monotonic() - began > SOCKET_PATIENCE
            and self.cluster.alive()
            and not (self.cluster.sockets / ".s.PGSQL.5432").exists()
            and (self.cluster.data / "postmaster.pid").exists()
        )

    def _prove(self) -> None:
        """That something answers is not enough: it must know our password (SCRAM proves both sides)."""
        try:
            psycopg.connect(self.url("admin", "postgres"), connect_timeout=30).close()
        except psycopg.OperationalError as error:
            raise PlainError(
                f"The server in {self.cluster.folder} answers but does not let us in: {str(error).strip()}"
            ) from error

    def _bootstrap(self) -> None:
        """Roles, database and schemas, where they are not there yet."""
        with psycopg.connect(self.url("admin", "postgres"), autocommit=True) as connection:
            have = connection.execute(
                "SELECT count(*) FROM pg_database WHERE datname = %s", [self.names.database]
            ).fetchone()
            if have == (0,):
                for statement in role_statements(self.names, self.passwords):
                    connection.execute(statement.encode())
                connection.execute(create_database(self.names).encode())
        with psycopg.connect(self.url("admin")) as connection:
            have = connection.execute(
                "SELECT count(*) FROM pg_namespace WHERE nspname = ANY(%s)",
                [[self.names.city, self.names.jobs]],
            ).fetchone()
            if have != (2,):
                for statement in database_statements(self.names):
                    connection.execute(statement.encode())


@contextmanager
def running(
    home: Path, *, throwaway: bool = False, names: Names | None = None, say: Say = say_on_console
) -> Iterator[Server]:
    """The embedded server of ``home``, running while the block runs, and afterwards if others use it.

    ``throwaway`` gives up durability for speed: for tests only. Raises PlainError.
    """
    home = homes.make_home(home.absolute())
    server = _server(home, throwaway, names or Names(), say)
    users = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    owner = os.getpid()
    try:
        # Waits only while a last one out is stopping the server.
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            server.ensure()
            yield server
        finally:
            if os.getpid() == owner:  # a forked child shares the lock and must not give it up for us
                _leave(users, server)
    finally:
        os.close(users)


def standing(home: Path) -> Server | None:
    """The embedded server of ``home`` where one accepts connections already; none is started, nor kept running."""
    if not (home / "postgresql" / "data").exists():
        return None
    server = _server(home, False, Names(), say_nothing)
    return server if server.cluster.ready() is Ready.ACCEPTING else None


def _leave(users: int, server: Server) -> None:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    server.cluster.stop()


def _server(home: Path, throwaway: bool, names: Names, say: Say) -> Server:
    if set(str(home)) & UNSAFE:
        raise PlainError(
            f"PostgreSQL cannot work in {home}: the name holds a quote, $, backslash or line end."
        )
    folder = home / "postgresql"
    account = server_account(folder)
    if not account.can_enter(home):
        raise PlainError(
            f"The database runs as the account {account.name}, which cannot enter {home}. Choose a "
            "YIPANQI_HOME that others may pass through (mode 711), such as one below /var/lib."
        )
    private_folder(folder, account)
    cluster = Cluster(
        folder=folder,
        sockets=socket_folder(folder, account),
        account=account,
        binaries=binaries.find(account),
        throwaway=throwaway,
        say=say,
    )
    return Server(home, cluster, names, homes.database_passwords(home))


@contextmanager
def throwaway(
    *, names: Names | None = None, say: Say = say_nothing, like: Path | None = None
) -> Iterator[Server]:
    """A server of its own in a temporary folder, without durability, gone afterwards, and gone too when this
    process is killed: for tests. It begins empty or ``like`` the home of a stopped one. What is put into its
    ``home`` goes with it."""
    home = Path(tempfile.mkdtemp(prefix="yq-", dir="/tmp"))
    with _cleared_away(home):
        if like is not None:
            # By cp, because the database's files belong to another account where we are root.
            subprocess.run(["cp", "-a", f"{like}/.", home], check=True)
        if os.geteuid() == 0:
            home.chmod(0o711)
        with running(home, throwaway=True, names=names, say=say) as server:
            yield server


#: The helper below: it waits for the end of its standard input, which the kernel closes with our process.
_CLEARER = """
import sys
from pathlib import Path
sys.stdin.read()
from yipanqi.runtime import embedded
embedded.clear_away(Path(sys.argv[1]))
"""


@contextmanager
def _cleared_away(home: Path) -> Iterator[None]:
    """Remove ``home`` and stop its server afterwards, even where this process is killed: no handler of ours
    runs then, and the server is no child of ours, so a helper in a session of its own does it."""
    helper = subprocess.Popen(
        [sys.executable, "-c", _CLEARER, str(home)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        yield
    finally:
        helper.communicate()


def clear_away(home: Path) -> None:
    """Stop the throw-away server of ``home``, where it lives, and remove everything."""
    if (home / "postgresql").exists():
        _server(home, True, Names(), say_nothing).cluster.stop()
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
