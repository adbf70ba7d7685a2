"""One PostgreSQL data folder: making it, starting, stopping, and knowing whether anything of it lives."""

from __future__ import annotations

import fcntl
import os
import secrets
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from yipanqi.runtime.account import Account
from yipanqi.runtime.binaries import Binaries
from yipanqi.runtime.errors import PlainError
from yipanqi.runtime.home import digest

Say = Callable[[str], None]

ADMIN = "yipanqi_admin"
#: Bytes of a socket's path that every system accepts (104 with the end mark on macOS, 108 on Linux).
LONGEST_SOCKET = 100
SOCKET_NAME = ".s.PGSQL.5432"
#: How often a wait looks, and how often it says that it still waits, in seconds.
LOOK, TELL = 0.05, 5.0
FOR_EVER = "604800"  # pg_ctl knows no "without limit"; a week of recovery comes near enough


class Ready(IntEnum):
    """What pg_isready answers."""

    ACCEPTING = 0
    REJECTING = 1  # starting, recovering or stopping
    SILENT = 2


@dataclass(frozen=True, slots=True)
class Cluster:
    """The files of one embedded server: `folder` is closed to all but `account`."""

    folder: Path
    sockets: Path
    account: Account
    binaries: Binaries
    throwaway: bool
    say: Say

    @property
    def data(self) -> Path:
        return self.folder / "data"

    # Life

    def alive(self) -> bool:
        """Whether any process of the server lives, the last backend of a killed one included.

        The server holds a lock that all its processes inherit and that the kernel drops with the last of
        them. A pid file says less: its number may be a zombie, a stranger, or of another container.
        """
        descriptor = self._life()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _life(self) -> int:
        return os.open(self.folder.parent / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def ready(self) -> Ready:
        """Whether the server answers at its socket."""
        done = subprocess.run(
            [self.binaries["pg_isready"], "-q", "-h", self.sockets, "-p", "5432", "-t", "5"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        return Ready(done.returncode) if done.returncode in (0, 1) else Ready.SILENT

    # Making

    def create(self, password: str) -> None:
        """Make the data folder, once. It appears in one rename: what a killed attempt left is thrown away."""
        if self.data.exists():
            self._check_version()
            return
        for leftover in self.folder.glob("making-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        building = self.folder / f"making-{secrets.token_hex(4)}"
        word = self._hand_over(password)
        try:
            done = self.account.run(self._initdb(building, word, unicode=True))
            if done.returncode != 0 and self.binaries.major < 17:
                # Before 17 the alphabet comes from the system, and not every one has C.UTF-8.
                done = self.account.run(self._initdb(building, word, unicode=False))
        finally:
            word.unlink()
        if done.returncode != 0:
            raise PlainError(f"PostgreSQL could not make its data folder {self.data}:\n{done.stdout.strip()}")
        building.rename(self.data)

    def _initdb(self, target: Path, word: Path, *, unicode: bool) -> list[str | Path]:
        command: list[str | Path] = [
            self.binaries["initdb"],
            "-D",
            target,
            "-U",
            ADMIN,
            "-A",
            "scram-sha-256",
        ]
        command += [f"--pwfile={word}", "--encoding=UTF8", "--data-checksums", "--no-instructions"]
        # Order by code point on every machine and version; letters as Unicode knows them.
        if self.binaries.major >= 17:
            command += ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        elif unicode:
            command += ["--locale=C", "--lc-ctype=C.UTF-8"]
        else:
            command += ["--locale=C"]
        return command + (["--no-sync"] if self.throwaway else [])

    def _hand_over(self, password: str) -> Path:
        """A file that the server's account alone can read, with the administrator's password."""
        word = self.folder / f"making-word-{secrets.token_hex(4)}"
        descriptor = os.open(word, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            if not self.account.current:
                os.fchown(stream.fileno(), self.account.uid, self.account.gid)
            stream.write(password)
        return word

    def _check_version(self) -> None:
        try:
            made_by = int((self.data / "PG_VERSION").read_text())
        except (OSError, ValueError) as error:
            raise PlainError(f"{self.data} is no PostgreSQL data folder, or a damaged one.") from error
        if made_by != self.binaries.major:
            raise PlainError(
                f"The data in {self.data} were made by PostgreSQL {made_by}, and the binaries are version "
                f"{self.binaries.major}. YIPANQI_PG_BIN can name binaries of version {made_by}; to change the "
                "version, dump with the old one and restore into a new folder (YIPANQI_HOME)."
            )

    # Starting

    def start(self) -> bool:
        """Start the server and wait until it accepts connections, however long its recovery takes. False
        when processes of a former server still end: look again. The caller holds the start lock."""
        life = self._life()
        try:
            try:
                fcntl.flock(life, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            # Nothing of an earlier server lives, so its lock files are stale, whatever number they hold.
            for stale in (self.data / "postmaster.pid", self.sockets / f"{SOCKET_NAME}.lock"):
                stale.unlink(missing_ok=True)
            log = self.folder / "start.log"
            log.unlink(missing_ok=True)
            command = self._control("start", "-l", log, "-o", shlex.join(self._options()))
            process = self.account.spawn(command, output=subprocess.DEVNULL, pass_fds=(life,))
        finally:
            os.close(life)
        self._wait(process)
        if process.returncode != 0:
            raise PlainError(f"PostgreSQL did not start. It said:\n{self._last_words(log)}")
        return True

    def _last_words(self, log: Path) -> str:
        """What the server said at its latest start: before its log collector ran, and through it."""
        said = log.read_text(errors="replace") if log.exists() else ""
        collected = sorted((self.folder / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        if collected:
            _, mark, rest = collected[-1].read_text(errors="replace").rpartition("starting PostgreSQL")
            said += f"… {mark}{rest}"
        return f"{said.strip()[-2000:]}\nThe logs are in {self.folder}."

    def _control(self, verb: str, *more: str | Path) -> list[str | Path]:
        return [self.binaries["pg_ctl"], verb, "-w", "-t", FOR_EVER, "-D", self.data, *more]

    def _wait(self, process: subprocess.Popen[str]) -> None:
        began = told = time.monotonic()
        try:
            while process.poll() is None:
                time.sleep(LOOK)
                if time.monotonic() - told >= TELL:
                    told = time.monotonic()
                    self.say(f"  PostgreSQL is still starting, recovering its data ({told - began:.0f} s)")
        except BaseException:
            # Interrupted: the server that is coming up is stopped again, not left to nobody.
            process.terminate()
            process.wait()
            self.stop()
            raise

    def _options(self) -> list[str]:
        """What must be so, whatever postgresql.conf says; the rest can be tuned there."""
        settings = {
            "listen_addresses": "",
            "port": "5432",
            # A list in which a comma or a blank would end the name.
            "unix_socket_directories": f'"{self.sockets}"',
            "unix_socket_permissions": "0700",
            "fsync": "off" if self.throwaway else "on",
            "full_page_writes": "off" if self.throwaway else "on",
            "synchronous_commit": "off" if self.throwaway else "on",
            "jit": "off",
            "TimeZone": "UTC",
            "lc_messages": "C",
            "logging_collector": "on",
            "log_directory": str(self.folder / "log"),
            "log_filename": "postgresql-%a.log",  # seven files, each written over after a week
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            "log_rotation_size": "0",
            "log_timezone": "UTC",
            # What people typed stays out of the log (S41): no statements, and no errors of statements, which
            # quote values ("invalid input syntax for …") and which the application is told anyway.
            "log_min_messages": "log",
            "log_statement": "none",
            "log_min_error_statement": "panic",
            "log_min_duration_statement": "-1",
            "log_parameter_max_length_on_error": "0",
            "log_error_verbosity": "terse",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    # Stopping

    def stop(self) -> None:
        """Stop cleanly: open transactions are rolled back, everything is written down. No limit of time,
        because a server killed while writing has to recover next time."""
        if not self.alive():
            return
        process = self.account.spawn(self._control("stop", "-m", "fast"), output=subprocess.DEVNULL)
        told = time.monotonic()
        while process.poll() is None or (process.returncode == 0 and self.alive()):
            time.sleep(LOOK / 2)
            if time.monotonic() - told >= TELL:
                told = time.monotonic()
                self.say("  PostgreSQL is still writing its data down")


def socket_folder(folder: Path, account: Account) -> Path:
    """A folder for the socket, closed to all but ``account``, with a path that is short enough: inside the
    cluster's ``folder`` where that fits, else in the system's place for such things. A comma in the path
    would be the end of it to clients, which take a list of hosts."""
    inside = folder / "run"
    if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET and "," not in str(inside):
        return private_folder(inside, account)
    name = f"yq-{account.uid}-{digest(str(folder))}"
    return private_folder(_short_place(account) / name, account)


def _short_place(account: Account) -> Path:
    if account.current:
        for place in (os.environ.get("XDG_RUNTIME_DIR", ""), f"/run/user/{account.uid}"):
            folder = Path(place)
            if 0 < len(place) < 40 and folder.is_dir() and folder.stat().st_uid == account.uid:
                return folder
    elif os.access("/run", os.W_OK) and sys.platform == "linux":
        return Path("/run")
    return Path("/tmp")  # noqa: S108 - private_folder proves whose it is


def _hand_over(folder: Path, account: Account) -> None:
    """Make ``folder`` for ``account`` under another name first: whoever comes at the same time would find a
    folder that is still root's, and take it for a stranger's."""
    unborn = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        os.chown(unborn, account.uid, account.gid, follow_symlinks=False)
        # An empty folder in its place is one that another of us has just put there, and is like ours.
        unborn.rename(folder)
    except OSError:
        unborn.rmdir()
        if not os.path.lexists(folder):
            raise


def private_folder(folder: Path, account: Account) -> Path:
    """Make ``folder`` with mode 0700 for ``account``, or prove that it is such a one: in /tmp anybody could
    have put something there first."""
    try:
        if account.current:
            folder.mkdir(mode=0o700)
        elif not os.path.lexists(folder):
            _hand_over(folder, account)
    except FileExistsError:
        pass
    except OSError as error:
        raise PlainError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != account.uid:
        raise PlainError(f"{folder} is not a folder of the account {account.name}: move it away.")
    if status.st_mode & 0o077:
        raise PlainError(f"{folder} is open to other accounts; run: chmod 700 {folder}")
    return folder
