"""Which account the database server runs as. PostgreSQL refuses root, and rightly so."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yipanqi.runtime.errors import PlainError

NAME = "yipanqi"
#: Accounts that may serve where none can be created (a read-only /etc, a system without useradd).
OTHERS = ("postgres", "_postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and its group as numbers; `current` when it is the one that runs us."""

    name: str
    uid: int
    gid: int

    @property
    def current(self) -> bool:
        return self.uid == os.geteuid()

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        """Run ``command`` to its end as this account, in a bare environment, and return what it said."""
        process = self.spawn(command, output=subprocess.PIPE)
        try:
            said, _ = process.communicate()
        except BaseException:
            # Interrupted: it has a session of its own, so nobody else tells it. It tidies up and goes.
            process.terminate()
            process.communicate()
            raise
        return subprocess.CompletedProcess(list(command), process.returncode, said, "")

    def spawn(
        self, command: Sequence[str | Path], *, output: int, pass_fds: Sequence[int] = ()
    ) -> subprocess.Popen[str]:
        """Start ``command`` as this account in a session of its own, so that a Ctrl-C at the console does
        not reach it. Its environment holds nothing of ours: PG* variables would redirect it."""
        return subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            start_new_session=True,
            pass_fds=pass_fds,
            umask=0o077,
            # Given at all, they need root's power even where they change nothing.
            user=None if self.current else self.uid,
            group=None if self.current else self.gid,
            extra_groups=None if self.current else [],
        )

    def works(self) -> bool:
        """Whether we can become this account (in a user namespace not every one is mapped)."""
        try:
            return self.run(["/bin/sh", "-c", ":"]).returncode == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        """Whether this account may pass through ``folder`` and everything above it."""
        return all(self._may_pass(each) for each in (folder, *folder.parents))

    def _may_pass(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.gid else 0o001))


def server_account(cluster: Path) -> Account:
    """Who runs the server whose files are in ``cluster``: we ourselves, or, when we are root, the owner of
    the files, else the system account `yipanqi`, made where possible, else another unprivileged one."""
    if os.geteuid() != 0:
        return _ourselves()
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return _of(pwd.getpwuid(owner))
    _create()
    for name in (NAME, *OTHERS):
        try:
            found = _of(pwd.getpwnam(name))
        except KeyError:
            continue
        if found.uid != 0 and found.works():
            return found
    raise PlainError(
        "PostgreSQL does not run as root, and this machine has no other account for it. Create one named "
        f"{NAME}, run this as an ordinary user, or give DATABASE_URL."
    )


def _ourselves() -> Account:
    try:
        return _of(pwd.getpwuid(os.geteuid()))
    except KeyError:
        raise PlainError(
            f"The account number {os.geteuid()} has no entry in /etc/passwd, which PostgreSQL needs. "
            "Add one, run this as another user, or give DATABASE_URL."
        ) from None


def _of(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create() -> None:
    """Make the system account where it is absent and a tool for that exists; failing is no error."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd and not any(entry.pw_name == NAME for entry in pwd.getpwall()):
        options = ("--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
        subprocess.run(
            [useradd, *options, "--shell", "/usr/sbin/nologin", NAME],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
